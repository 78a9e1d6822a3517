"""A map of a search space: kernel principal components of what was evaluated and of architectures drawn beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from nasviz.records.space_map import SpaceMap
from nasviz.surrogate.acquisition import log_improvement
from nasviz.surrogate.embedding import Embedding, embed, steady
from nasviz.surrogate.threads import exactly

if TYPE_CHECKING:
    from nasviz.spaces import Architecture
    from nasviz.surrogate.gp import GP

_ROUNDS = 4
"""How many times as many are drawn, at most, as are wanted: small spaces have no more."""


@dataclass(frozen=True)
class KernelMap:
    """A map on which others can be placed.

    Attributes
    ----------
    gp
        The fitted process.
    candidates
        Architectures drawn beside, none of them evaluated.
    embedding
        Coordinates ``(n + m, 2)`` of what the process learned from and of the candidates.
    record
        The map as plain data.
    """

    gp: GP
    candidates: tuple[Architecture, ...]
    embedding: Embedding
    record: SpaceMap
    _kernel: Any = field(repr=False, compare=False)

    def place(self, archs: Sequence[Architecture]) -> np.ndarray:
        """Return the coordinates ``(q, 2)`` of any architectures, from their covariances with those on the map."""
        if not archs:
            return np.empty((0, 2))
        return self.embedding.place(_gram(self._kernel, self.gp, archs, [*self.gp.archs, *self.candidates]))


def kernel_map(
    gp: GP, candidates: int = 200, seed: int = 0, *, maximize: bool = False, previous: KernelMap | None = None
) -> KernelMap:
    """Return the map of a space as a fitted process sees it: exact kernel principal components.

    Parameters
    ----------
    gp
        The process; what it learned from is on the map.
    candidates
        How many distinct architectures are drawn beside, by productions, ≥ 0; fewer where the space has no more.
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
    drawn = _drawn(gp, candidates, seed, previous)
    archs = [*gp.archs, *drawn]
    n = len(gp.archs)
    gram = np.empty((len(archs), len(archs)))
    gram[:n, :n] = _learned(gp)
    if drawn:
        gram[n:] = _gram(kernel, gp, drawn, archs)
        gram[:n, n:] = gram[n:, :n].T
    embedding, axes = _turned(embed(gram), archs, previous)
    mean, sd = _posterior(gp, gram[:, :n])
    best = int(np.argmax(gp.y) if maximize else np.argmin(gp.y))
    gain = log_improvement(gp, mean, sd, float(gp.y[best]), maximize=maximize)
    means, deviations = gp.target.moments(mean, sd)
    record = SpaceMap(
        terms=tuple(map(str, archs)),
        x=tuple(embedding.coordinates[:, 0].tolist()),
        y=tuple(embedding.coordinates[:, 1].tolist()),
        values=tuple(gp.y.tolist()),
        mean=tuple(means.tolist()),
        sd=tuple(deviations.tolist()),
        acquisition=tuple(gain.tolist()),
        shares=(float(embedding.shares[0]), float(embedding.shares[1])),
        components=(int(axes[0]) + 1, int(axes[1]) + 1),
        best=best,
        seed=seed,
    )
    return KernelMap(gp, tuple(drawn), embedding, record, kernel)


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


def _drawn(gp: GP, candidates: int, seed: int, previous: KernelMap | None) -> list[Architecture]:
    """Distinct architectures that were not evaluated, those of an earlier map first."""
    taken = set(gp.archs)
    found: dict[Architecture, None] = {}
    if previous is not None and previous.record.seed == seed:
        found = {arch: None for arch in previous.candidates[:candidates] if arch not in taken}
    rng = np.random.default_rng(seed)
    space = gp.archs[0].space
    for _ in range(_ROUNDS):
        if len(found) >= candidates:
            break
        for arch in space.sample(candidates, seed=rng):
            if arch not in taken and len(found) < candidates:
                found.setdefault(arch)
    return list(found)


def _turned(found: Embedding, archs: Sequence[Architecture], previous: KernelMap | None) -> tuple[Embedding, np.ndarray]:
    if previous is None:
        return found, np.arange(2)
    before = {arch: i for i, arch in enumerate((*previous.gp.archs, *previous.candidates))}
    common = [i for i, arch in enumerate(archs) if arch in before]
    if len(common) < 2:
        return found, np.arange(2)
    return steady(found, previous.embedding.coordinates[[before[archs[i]] for i in common]], np.array(common))


def _posterior(gp: GP, cross: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sd ``(m,)`` in standardised units, from correlations ``(m, n)`` with what was learned from."""
    covariances = gp.outputscale * cross
    mean = covariances @ gp.factor.solve(gp.target.forward(gp.y))
    variance = gp.outputscale - np.square(gp.factor.half(covariances.T)).sum(axis=0)
    return mean, np.sqrt(np.maximum(variance, 1e-12))
