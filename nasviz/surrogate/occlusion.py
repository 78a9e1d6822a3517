"""Occlusion: what the predicted mean loses when a subterm gives way to something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nasviz.algebra import Position
from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError
from nasviz.surrogate.basis import Basis

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

MOST = 64
"""Subterms that are occluded unless told otherwise, the outermost first."""


@dataclass(frozen=True)
class Occlusion:
    """What happens to the prediction when one subterm is replaced, on the scale of credits.

    Attributes
    ----------
    position
        Where the subterm stands.
    neighbours
        Mean of the architecture minus the average mean of `alternatives` others in which the subterm was redrawn by the law of
        the grammar; NaN where nothing else may stand.
    spread
        Standard deviation of those means; 0 for a single one.
    alternatives
        How many different others there were.
    by_id
        Mean of the architecture minus the mean of the one with ``id`` there; NaN where ``id`` may not stand.
    """

    position: Position
    neighbours: float
    spread: float
    alternatives: int
    by_id: float


def occlude(
    basis: Basis, arch: Architecture, positions: Sequence[Position] | None = None, alternatives: int = 8, seed: int = 0
) -> list[Occlusion]:
    """Replace subterms and return what the predicted mean loses.

    Parameters
    ----------
    basis
        The surrogate.
    arch
        The architecture, in its space.
    positions
        Which subterms; those at which a nonterminal begins or ``id`` may stand when None, the outermost `MOST` of them.
    alternatives
        How many redraws of each subterm, ≥ 1; equal ones count once.
    seed
        Random state of the redraws.

    Raises
    ------
    NasvizError
        If `alternatives` is below 1 or the term has no such position.
    """
    alternatives = whole(alternatives, "alternatives", 1)
    wanted = outermost(arch) if positions is None else [tuple(p) for p in positions]
    tried = [(position, *_tried(arch, position, alternatives, seed)) for position in wanted]
    every = list(dict.fromkeys([arch, *(other for _, others, bare in tried for other in (*others, *bare))]))
    mean = dict(zip(every, basis.means(every).tolist(), strict=True))
    found: list[Occlusion] = []
    for position, others, bare in tried:
        if not others and not bare and positions is None:
            continue
        means = np.array([mean[other] for other in others])
        found.append(
            Occlusion(
                position,
                mean[arch] - float(means.mean()) if len(means) else float("nan"),
                float(means.std()) if len(means) else float("nan"),
                len(means),
                mean[arch] - mean[bare[0]] if bare else float("nan"),
            )
        )
    return found


def outermost(arch: Architecture, most: int = MOST) -> list[Position]:
    """Return the positions of the `most` outermost subterms, in the order of the text; the whole is left out."""
    depth = arch.term.depth
    nodes = np.lexsort((np.arange(len(depth)), depth))[1 : most + 1]
    return [arch.term.position(int(i)) for i in sorted(nodes)]


def _tried(
    arch: Architecture, position: Position, alternatives: int, seed: int
) -> tuple[list[Architecture], list[Architecture]]:
    """Architectures with another subterm there, and the one with ``id`` (none where it may not stand, or stands already)."""
    arch.term.index(position)
    rng = np.random.default_rng([seed, *position])
    others: dict[Architecture, None] = {}
    try:
        for _ in range(alternatives):
            others[arch.space.mutate(arch, rng, position)] = None
    except NasvizError:
        others = {}
    others.pop(arch, None)
    try:
        bare = arch.space.replace(arch, position, "id")
    except NasvizError:
        return list(others), []
    return list(others), [] if bare == arch else [bare]
