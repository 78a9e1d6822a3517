"""Local search: hill climbing from neighbour to neighbour (White et al. 2021)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from nasviz.algebra.arguments import whole
from nasviz.records import Trial
from nasviz.search.limits import admits, without_limits
from nasviz.search.memory import Bounds, Memory
from nasviz.search.random_search import at_random
from nasviz.search.strategy import Proposal

if TYPE_CHECKING:
    from nasviz.spaces import Architecture, SearchSpace

_START = "local search: start at random"


@dataclass(frozen=True)
class LocalSearch:
    """Go to a neighbour as soon as it is better; where none is left, start again at random (White et al. 2021).

    The centre is the best trial since the last start. Its first neighbours, those at places of few choices before others
    (:meth:`SearchSpace.neighbours`), are evaluated in random order, without those whose canonical form was evaluated before.

    Parameters
    ----------
    neighbours
        How many make the neighbourhood at most, ≥ 1: single changes of operations in most spaces, larger ones in small spaces.

    Raises
    ------
    NasvizError
        If `neighbours` is no whole number or below 1.

    Examples
    --------
    >>> from nasviz.spaces import digits_cells
    >>> LocalSearch().propose(digits_cells(), [], np.random.default_rng(0)).reason
    'local search: start at random'
    """

    neighbours: int = 100
    _memory: Memory = field(default_factory=Memory, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        whole(self.neighbours, "neighbours", 1)

    def propose(
        self, space: SearchSpace, trials: Sequence[Trial], rng: np.random.Generator, *, limits: Bounds = None
    ) -> Proposal:
        """Return a neighbour of the centre, or a new start; see :class:`Strategy`."""
        space = self._memory.limited(space, limits)
        ordered = sorted(trials, key=lambda trial: trial.number)
        starts = [i for i, t in enumerate(ordered) if t.proposed_by == _START]
        walk = [t for t in ordered[starts[-1] if starts else 0 :] if t.usable]
        if walk:
            centre = min(walk, key=lambda t: (t.value, t.number))
            arch = self._neighbour(space, ordered, centre, rng)
            if arch is not None:
                return Proposal(str(arch), reason=f"local search: neighbour of trial {centre.number}")
        return at_random(self._memory, space, ordered, rng, _START)

    def _neighbour(
        self, space: SearchSpace, trials: Sequence[Trial], centre: Trial, rng: np.random.Generator
    ) -> Architecture | None:
        drawn, seen = without_limits(space), self._memory.seen(space, trials)
        arch = self._memory.archs(drawn, [centre])[0]
        if not drawn.contains(arch):
            return None
        near = list(islice(drawn.neighbours(arch), self.neighbours))
        shuffled = (near[i] for i in rng.permutation(len(near)))
        return next((a for a in shuffled if a not in seen and admits(space, a)), None)
