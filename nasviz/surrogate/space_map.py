"""A map of a search space: kernel principal components of what was evaluated and of architectures drawn beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from nasviz.graph import is_connected
from nasviz.records import Belief
from nasviz.records.space_map import SpaceMap
from nasviz.spaces.nearest import known_in
from nasviz.surrogate.acquisition import log_improvement
from nasviz.surrogate.basis import Basis
from nasviz.surrogate.embedding import Embedding, embed, steady
from nasviz.surrogate.features import FeatureStore
from nasviz.surrogate.threads import exactly
from nasviz.surrogate.wl import Ints

if TYPE_CHECKING:
    from nasviz.spaces import Architecture
    from nasviz.surrogate.gp import GP

_SAME = 1 - 1e-9
"""Similarity from which on a kernel tells two architectures no more apart."""


@dataclass(frozen=True)
class KernelMap:
    """A map on which others can be placed.

    Attributes
    ----------
    gp
        The fitted process.
    candidates
        Architectures drawn beside that the kernel tells from each other and from all that were learned from.
    coordinates
        Of what the process learned from and of the candidates, ``(n + m, 2)``.
    record
        The map as plain data.
    drawn
        All that were drawn.
    maximize
        Whether larger values are better.
    """

    gp: GP
    candidates: tuple[Architecture, ...]
    coordinates: np.ndarray
    record: SpaceMap
    drawn: tuple[Architecture, ...] = field(repr=False)
    maximize: bool
    _embedding: Embedding = field(repr=False, compare=False)
    _inside: Ints = field(repr=False, compare=False)
    _kernel: Any = field(repr=False, compare=False)

    @property
    def archs(self) -> tuple[Architecture, ...]:
        """What is on the map: what the process learned from, then the candidates."""
        return (*self.gp.archs, *self.candidates)

    def place(self, archs: Sequence[Architecture]) -> np.ndarray:
        """Return the coordinates ``(q, 2)`` of any architectures, from their covariances with those on the map."""
        if not archs:
            return np.empty((0, 2))
        return self._embedding.place(_gram(self._kernel, self.gp, archs, self.archs)[:, self._inside])

    def beliefs(self, archs: Sequence[Architecture]) -> list[Belief]:
        """Return mean, sd and the logarithm of the improvement expected of any architectures, as the map shows them."""
        return Basis(self.gp, "maximize" if self.maximize else "minimize").beliefs(archs)

    @cached_property
    def known(self) -> dict[str, Architecture]:
        """The known networks that the space derives, by name."""
        return known_in(self.gp.archs[0].space)


def kernel_map(
    gp: GP, candidates: int = 200, seed: int = 0, *, maximize: bool = False, previous: KernelMap | None = None
) -> KernelMap:
    """Return the map of a space as a fitted process sees it: exact kernel principal components.

    The components are those of architectures that let something through; trials that do not are placed on them afterwards,
    since all else would shrink to a point beside them.

    Parameters
    ----------
    gp
        The process; what it learned from is on the map.
    candidates
        How many architectures are drawn beside, by productions, ≥ 0. Of those that the kernel does not tell apart one is shown,
        and none that it does not tell from a trial, or that lets nothing through.
    seed
        From which they are drawn: without `previous` the map is a function of this number and of the process.
    maximize
        Whether larger values are better.
    previous
        An earlier map of the same space: its draws are used again, and the axes keep sides and order.

    Raises
    ------
    NasvizError
        If nothing has been fitted, or the space has no grammar to draw from.
    ValueError
        If `candidates` is negative.
    """
    if candidates < 0:
        raise ValueError(f"candidates is {candidates}; 0 or more architectures are drawn beside")
    kernel = _bound(gp)
    raw = _drawn(gp, candidates, seed, previous)
    drawn, gram = _told_apart(kernel, gp, raw)
    archs, n = [*gp.archs, *drawn], len(gp.archs)
    living = lets_through(gp.store, archs)
    inside = np.flatnonzero(living) if living.any() else np.arange(len(archs))
    embedding, axes = _turned(embed(gram[np.ix_(inside, inside)]), [archs[i] for i in inside.tolist()], previous)
    coordinates = embedding.place(gram[:, inside])
    mean, sd = _posterior(gp, gram[:, :n])
    best = int(np.argmax(gp.y) if maximize else np.argmin(gp.y))
    gain = log_improvement(gp, mean, sd, float(gp.y[best]), maximize=maximize)
    means, deviations = gp.target.moments(mean, sd)
    record = SpaceMap(
        terms=tuple(map(str, archs)),
        x=tuple(coordinates[:, 0].tolist()),
        y=tuple(coordinates[:, 1].tolist()),
        values=tuple(gp.y.tolist()),
        mean=tuple(means.tolist()),
        sd=tuple(deviations.tolist()),
        acquisition=tuple(gain.tolist()),
        shares=(float(embedding.shares[0]), float(embedding.shares[1])),
        components=(int(axes[0]) + 1, int(axes[1]) + 1),
        aside=tuple(np.flatnonzero(~living).tolist()),
        best=best,
        seed=seed,
    )
    return KernelMap(gp, tuple(drawn), coordinates, record, raw, maximize, embedding, inside, kernel)


def lets_through(store: FeatureStore, archs: Sequence[Architecture]) -> np.ndarray:
    """Return which architectures have a path from input to output, bool ``(m,)``; those of equal features are looked at once.

    Raises
    ------
    BuildError
        If an architecture has open places.
    """
    counts = store.matrix(store.rows(archs))
    known: dict[bytes, bool] = {}
    found = np.ones(len(archs), dtype=bool)
    for i, arch in enumerate(archs):
        start, stop = counts.indptr[i], counts.indptr[i + 1]
        if counts.data[start:stop].sum() > 2 * (store.h + 1):
            continue  # more operations than input and output are only counted where something passes them
        key = b"" if store.h == 0 else counts.indices[start:stop].tobytes()
        if key not in known or not key:
            known[key] = is_connected(arch.term)
        found[i] = known[key]
    return found


def _bound(gp: GP) -> Any:
    """The fitted kernel bound anew: it keeps what it was last asked for, which should not push out what the process keeps."""
    fitted: Any = gp.model.covar_module
    kernel: Any = gp.kernel.covariance(gp.store)
    kernel.load_state_dict(fitted.base_kernel.state_dict())
    return kernel.eval()


def _gram(kernel: Any, gp: GP, a: Sequence[Architecture], b: Sequence[Architecture]) -> np.ndarray:
    """Prior correlations ``(p, q)``."""
    with exactly(), torch.no_grad():
        return kernel(gp.inputs(a), gp.inputs(b)).to_dense().numpy()


def _learned(gp: GP) -> np.ndarray:
    """Prior correlations of what was learned from, ``(n, n)``, from the factor that there is."""
    lower = gp.factor.lower
    found = lower @ lower.T / gp.outputscale
    np.fill_diagonal(found, 1.0)
    return found


def _drawn(gp: GP, candidates: int, seed: int, previous: KernelMap | None) -> tuple[Architecture, ...]:
    """The first `candidates` draws of the seed, as an earlier map has them."""
    space = gp.archs[0].space
    if (
        previous is not None
        and (len(previous.drawn), previous.record.seed) == (candidates, seed)
        and all(arch.space == space for arch in previous.drawn[:1])
    ):
        return previous.drawn
    return tuple(space.sample(candidates, seed=seed)) if candidates else ()


def _told_apart(kernel: Any, gp: GP, raw: Sequence[Architecture]) -> tuple[list[Architecture], np.ndarray]:
    """Of the draws one of each kind that is not among what was learned from, and the correlations of all on the map."""
    taken = set(gp.archs)
    fresh = [arch for arch in dict.fromkeys(raw) if arch not in taken]
    drawn = [arch for arch, living in zip(fresh, lets_through(gp.store, fresh), strict=True) if living]
    n = len(gp.archs)
    rows = _gram(kernel, gp, drawn, [*gp.archs, *drawn]) if drawn else np.empty((0, n))
    same = rows > _SAME
    kept = np.flatnonzero(~same[:, :n].any(axis=1) & ~np.tril(same[:, n:], -1).any(axis=1))
    rows = rows[kept][:, [*range(n), *(n + kept).tolist()]]
    gram = np.empty((n + len(kept), n + len(kept)))
    gram[:n, :n] = _learned(gp)
    gram[n:] = rows
    gram[:n, n:] = rows[:, :n].T
    return [drawn[i] for i in kept.tolist()], gram


def _turned(found: Embedding, archs: Sequence[Architecture], previous: KernelMap | None) -> tuple[Embedding, np.ndarray]:
    if previous is None:
        return found, np.arange(2)
    before = {arch: i for i, arch in enumerate(previous.archs)}
    common = [i for i, arch in enumerate(archs) if arch in before]
    if len(common) < 2:
        return found, np.arange(2)
    return steady(found, previous.coordinates[[before[archs[i]] for i in common]], np.array(common))


def _posterior(gp: GP, cross: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sd ``(m,)`` in standardised units, from correlations ``(m, n)`` with what was learned from."""
    covariances = gp.outputscale * cross
    mean = covariances @ gp.factor.solve(gp.target.forward(gp.y))
    variance = gp.outputscale - np.square(gp.factor.half(covariances.T)).sum(axis=0)
    return mean, np.sqrt(np.maximum(variance, 1e-12))
