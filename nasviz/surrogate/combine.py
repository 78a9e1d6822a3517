"""Sums and products of covariance functions, written ``HierarchicalWL() + Numeric("parameters")`` and ``a * b``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gpytorch
import torch

from nasviz.surrogate.covariance import Covariance, Part, RowKernel
from nasviz.surrogate.features import FeatureStore


class Combinable:
    """A description that may be added to and multiplied with others."""

    def __add__(self, other: object) -> Sum:
        if not isinstance(other, Covariance):
            return NotImplemented
        return Sum((*_parts(self, Sum), *_parts(other, Sum)))

    def __mul__(self, other: object) -> Product:
        if not isinstance(other, Covariance):
            return NotImplemented
        return Product((*_parts(self, Product), *_parts(other, Product)))


@dataclass(frozen=True)
class _Several(Combinable):
    parts: tuple[Covariance, ...]

    def __post_init__(self) -> None:
        if len(self.parts) < 2:
            raise ValueError(f"a {type(self).__name__.lower()} has two or more parts, found {len(self.parts)}")

    @property
    def h(self) -> int:
        """Number of Weisfeiler-Lehman iterations that the store must hold."""
        return max(part.h for part in self.parts)

    @property
    def levels(self) -> tuple[int, ...]:
        """Fold levels that the store must hold."""
        return tuple(sorted({level for part in self.parts for level in getattr(part, "levels", ())}))


@dataclass(frozen=True)
class Sum(_Several):
    """A weighted sum ``Σ_i w_i k_i`` of covariance functions: like where any of them says so.

    The weights are a softmax, so the prior variance stays 1; they are learned with the other hyperparameters, and start equal.

    Parameters
    ----------
    parts
        Two or more covariance functions.

    Raises
    ------
    ValueError
        If there are fewer than two.
    """

    def covariance(self, store: FeatureStore) -> gpytorch.kernels.Kernel:
        """Return the kernel on row numbers of `store`; see :class:`Covariance`."""
        return Mixture([part.covariance(store) for part in self.parts])


@dataclass(frozen=True)
class Product(_Several):
    """A product ``Π_i k_i`` of covariance functions: like only where each of them says so. Its prior variance is 1.

    Parameters
    ----------
    parts
        Two or more covariance functions.

    Raises
    ------
    ValueError
        If there are fewer than two.
    """

    def covariance(self, store: FeatureStore) -> gpytorch.kernels.Kernel:
        """Return the kernel on row numbers of `store`; see :class:`Covariance`."""
        return gpytorch.kernels.ProductKernel(*(part.covariance(store) for part in self.parts))


class Mixture(gpytorch.kernels.Kernel):
    """A sum of gpytorch kernels with softmax weights, the logits a parameter ``raw_weights`` ``(k,)``.

    Parameters
    ----------
    kernels
        The summands, each with prior variance 1.
    """

    kept: torch.Tensor

    def __init__(self, kernels: Sequence[gpytorch.kernels.Kernel]) -> None:
        super().__init__()
        self.kernels = torch.nn.ModuleList(kernels)
        self.register_buffer("kept", torch.ones(len(kernels), dtype=torch.bool))
        self.register_parameter("raw_weights", torch.nn.Parameter(torch.zeros(len(kernels), dtype=torch.float64)))

    @property
    def weights(self) -> torch.Tensor:
        """The weights ``(k,)``, of sum 1: positive, but 0 for a summand that was left out."""
        logits: Any = self.raw_weights
        return torch.softmax(logits.masked_fill(~self.kept, -torch.inf), dim=-1)

    @property
    def summands(self) -> list[tuple[torch.Tensor, Any]]:
        """The summands in use, each with its weight."""
        kept = self.kept.tolist()
        return [(w, kernel) for w, kernel, used in zip(self.weights, self.kernels, kept, strict=True) if used]

    def keep(self, kept: Sequence[bool]) -> None:
        """Leave out the summands for which `kept` ``(k,)`` is False; their weight goes to the others."""
        self.kept.copy_(torch.as_tensor(kept, dtype=torch.bool))

    def forward(
        self, x1: torch.Tensor, x2: torch.Tensor, diag: bool = False, last_dim_is_batch: bool = False, **params: object
    ) -> torch.Tensor:
        """Covariances ``(..., n, m)``, or ``(..., n)`` when `diag`."""
        return sum((w * _dense(kernel, x1, x2, diag) for w, kernel in self.summands), start=torch.zeros((), dtype=x1.dtype))


def _dense(kernel: Any, x1: torch.Tensor, x2: torch.Tensor, diag: bool) -> torch.Tensor:
    if isinstance(kernel, (RowKernel, Mixture)):
        return kernel.forward(x1, x2, diag=diag)
    found = kernel(x1, x2, diag=diag)
    return found if isinstance(found, torch.Tensor) else found.to_dense()


def parts_of(kernel: Any, weight: float = 1.0) -> Iterator[Part]:
    """Yield the summands of a bound kernel with their shares of the prior variance; a product is one summand."""
    if isinstance(kernel, Mixture):
        for w, part in kernel.summands:
            yield from parts_of(part, weight * w.item())
        return
    if isinstance(kernel, gpytorch.kernels.ProductKernel):
        yield Part(" × ".join(_name(part) for part in kernel.kernels), weight, kernel)
        return
    level, h = getattr(kernel, "level", None), getattr(kernel, "iterations", None)
    yield Part(_name(kernel), weight, kernel, level, None if h is None else int(h))


def _name(kernel: Any) -> str:
    if isinstance(kernel, Mixture):
        return "(" + " + ".join(_name(part) for _, part in kernel.summands) + ")"
    return str(getattr(kernel, "title", type(kernel).__name__))


def _parts(kernel: Any, kind: type[_Several]) -> tuple[Covariance, ...]:
    return kernel.parts if isinstance(kernel, kind) else (kernel,)
