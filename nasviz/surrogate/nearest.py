"""The evaluated architectures that a surrogate finds most like another, and which subterms they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from nasviz.algebra import Position
from nasviz.surrogate.basis import Basis, subterm_texts
from nasviz.surrogate.threads import exactly

if TYPE_CHECKING:
    from nasviz.spaces import Architecture


@dataclass(frozen=True)
class Neighbour:
    """An evaluated architecture that is like another.

    Attributes
    ----------
    arch
        It.
    index
        Its number among the architectures of the surrogate.
    trial
        Number of its trial, or None where that is not known.
    similarity
        Prior correlation of the two values, in [0, 1] for counting kernels; 1 where the kernel cannot tell them apart.
    value
        Its observed value; of a pruned trial the one of its rank, which the surrogate learned.
    shared : tuple of positions
        The largest subterms of the other one that stand in it as well, anywhere.
    """

    arch: Architecture
    index: int
    trial: int | None
    similarity: float
    value: float
    shared: tuple[Position, ...]


def nearest_trials(basis: Basis, arch: Architecture, k: int = 5) -> list[Neighbour]:
    """Return the `k` evaluated architectures most like `arch`, the most alike first; `arch` itself is left out."""
    rows = similarities(basis, arch)
    order = [int(i) for i in np.argsort(-rows, kind="stable") if basis.gp.archs[int(i)] != arch][: max(k, 0)]
    found: list[Neighbour] = []
    for i in order:
        trial = basis.trials[i] if basis.trials else None
        other = basis.gp.archs[i]
        shared = shared_subterms(arch, basis.subterms[i])
        found.append(Neighbour(other, i, None if trial is None else trial.number, float(rows[i]), float(basis.gp.y[i]), shared))
    return found


def similarities(basis: Basis, arch: Architecture) -> np.ndarray:
    """Return the prior correlations ``(n,)`` of `arch` with the architectures of the surrogate."""
    gp = basis.gp
    covariance: Any = gp.model.covar_module
    with exactly(), torch.no_grad():
        return covariance(gp.inputs([arch]), gp.inputs(gp.archs)).to_dense().numpy()[0] / gp.outputscale


def shared_subterms(arch: Architecture, texts: frozenset[str] | Architecture) -> tuple[Position, ...]:
    """Return the positions of the largest subterms of `arch` that are among `texts`, none within another.

    >>> from nasviz.spaces import parse
    >>> a, b = parse("Linear(Residual(conv, id, relu), fc)"), parse("Linear(relu, Residual(conv, id, relu))")
    >>> shared_subterms(a, b)
    ((0,),)
    """
    there = texts if isinstance(texts, frozenset) else subterm_texts(texts)
    term = arch.term
    start, stop, size = term.start.tolist(), term.stop.tolist(), term.size.tolist()
    found: list[Position] = []
    i = 0
    while i < len(term):
        if term.text[start[i] : stop[i]] in there:
            found.append(term.position(i))
            i += size[i]
        else:
            i += 1
    return tuple(found)
