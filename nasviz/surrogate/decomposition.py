"""A fitted kernel as a sum of parts that count features, which is what credit can be given to, and a rest that does not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from gpytorch.kernels import Kernel, ProductKernel

from nasviz.errors import NasvizError
from nasviz.surrogate.combine import parts_of
from nasviz.surrogate.covariance import CosineKernel, Part
from nasviz.surrogate.kernels import LevelKernel, ProductionKernel
from nasviz.surrogate.threads import exactly
from nasviz.surrogate.wl import Ints

if TYPE_CHECKING:
    from nasviz.surrogate.gp import GP

Between = Callable[[Ints, Ints], np.ndarray]
"""From row numbers ``(p,)`` and ``(q,)`` to covariances ``(p, q)``."""


@dataclass(frozen=True)
class CountingPart:
    """``weight · <φ(x), φ(y)> / (‖φ(x)‖ ‖φ(y)‖)`` with whole counts φ, times a kernel that counts nothing, if any.

    Attributes
    ----------
    kernel
        What counts: a fold level, the full graph, or the productions.
    weight
        Prior variance of this part in standardised units.
    times
        The other factors of a product, of prior variance 1; None without.
    """

    kernel: CosineKernel
    weight: float
    times: Between | None = None


@dataclass(frozen=True)
class WholePart:
    """A part that looks at the architecture as a whole, e.g. at its number of parameters.

    Attributes
    ----------
    name
        What it looks at.
    covariance
        Its covariances in standardised units.
    """

    name: str
    covariance: Between


@dataclass(frozen=True)
class Decomposition:
    """A kernel as a sum: its covariance is the sum of those of `counting` and `whole`."""

    counting: tuple[CountingPart, ...]
    whole: tuple[WholePart, ...]


def decompose(gp: GP) -> Decomposition:
    """Return the kernel of a fitted Gaussian process as a sum of parts.

    A product of sums is the sum of the products of their summands. A product of one counting kernel with kernels on numbers
    still counts; a product of several is a part of the whole.

    Raises
    ------
    NasvizError
        If nothing of the kernel counts, or only in products of several: then no occurrence has a credit.
    """
    module: Any = gp.model.covar_module
    counting: list[CountingPart] = []
    whole: dict[str, list[tuple[float, list[Kernel]]]] = {}
    for part in parts_of(module.base_kernel, gp.outputscale):
        for weight, factors in _products(part):
            found = _counting(weight, factors)
            if found is None:
                whole.setdefault(part.name, []).append((weight, factors))
            else:
                counting.append(found)
    if not counting:
        raise NasvizError(
            f"the kernel {gp.kernel!r} {_why_not(gp)}, so no part of an architecture has a credit. "
            'Add a kernel that does: HierarchicalWL() + Numeric("parameters")'
        )
    return Decomposition(tuple(counting), tuple(WholePart(name, _total(found)) for name, found in whole.items()))


def _why_not(gp: GP) -> str:
    counts = any(isinstance(module, (LevelKernel, ProductionKernel)) for module in gp.model.modules())
    return "counts only in products of several" if counts else "counts nothing"


def _products(part: Part) -> Iterator[tuple[float, list[Kernel]]]:
    """Yield the summands of a part, each with its weight and factors, none of which is a sum or a product."""
    kernel: Any = part.kernel
    if not isinstance(kernel, ProductKernel):
        yield part.weight, [kernel]
        return
    sums = [[one for summand in parts_of(factor) for one in _products(summand)] for factor in kernel.kernels]
    for chosen in product(*sums):
        yield part.weight * math.prod(weight for weight, _ in chosen), [k for _, factors in chosen for k in factors]


def _counting(weight: float, factors: Sequence[Kernel]) -> CountingPart | None:
    counting = [k for k in factors if isinstance(k, (LevelKernel, ProductionKernel))]
    if len(counting) != 1:
        return None
    others = [k for k in factors if k is not counting[0]]
    return CountingPart(counting[0], weight, _between(others, 1.0) if others else None)


def _total(products: Sequence[tuple[float, Sequence[Kernel]]]) -> Between:
    between = [_between(factors, weight) for weight, factors in products]
    return lambda a, b: np.sum([covariance(a, b) for covariance in between], axis=0)


def _between(kernels: Sequence[Kernel], weight: float) -> Between:
    def covariance(a: Ints, b: Ints) -> np.ndarray:
        first, second = (torch.as_tensor(np.asarray(rows), dtype=torch.float64)[:, None] for rows in (a, b))
        with exactly(), torch.no_grad():
            found: list[Any] = [kernel(first, second) for kernel in kernels]
            return np.prod([k.to_dense().numpy() for k in found], axis=0) * weight

    return covariance
