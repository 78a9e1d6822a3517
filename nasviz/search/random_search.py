"""Random search: the baseline that every strategy has to beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from nasviz.grammar import Law
from nasviz.records import Trial
from nasviz.search.memory import Bounds, Memory
from nasviz.search.strategy import Proposal, exhausted, unseen

if TYPE_CHECKING:
    from nasviz.spaces import Architecture, SearchSpace


@dataclass(frozen=True)
class RandomSearch:
    """Draws from the space, without what was drawn before or computes the same function.

    Parameters
    ----------
    law
        Law of the draws, see :meth:`SearchSpace.sample`.

    Examples
    --------
    >>> from nasviz.spaces import digits_cells
    >>> RandomSearch().propose(digits_cells(), [], np.random.default_rng(0)).reason
    'random, by productions'
    """

    law: Law = "productions"
    _memory: Memory = field(default_factory=Memory, init=False, repr=False, compare=False)

    def propose(
        self,
        space: SearchSpace,
        trials: Sequence[Trial],
        rng: np.random.Generator,
        *,
        limits: Bounds = None,
    ) -> Proposal:
        """Draw an architecture whose canonical form is not among `trials`; see :class:`Strategy`."""
        return at_random(self._memory, self._memory.limited(space, limits), trials, rng, f"random, by {self.law}", law=self.law)


def at_random(
    memory: Memory,
    space: SearchSpace,
    trials: Sequence[Trial],
    rng: np.random.Generator,
    reason: str = "random, by productions",
    *,
    law: Law = "productions",
) -> Proposal:
    """Propose a draw, see :func:`fresh`, with the reason why it is none of something better.

    Raises
    ------
    ExhaustedError
        If there is none.
    """
    return Proposal(str(fresh(memory, space, trials, rng, law)), reason=reason)


def fresh(
    memory: Memory, space: SearchSpace, trials: Sequence[Trial], rng: np.random.Generator, law: Law = "productions"
) -> Architecture:
    """Return a draw from the space whose canonical form is not among `trials`.

    Raises
    ------
    ExhaustedError
        If there is none.
    """
    arch = unseen(lambda generator: space.sample(seed=generator, law=law), memory.seen(space, trials), rng)
    if arch is None:
        raise exhausted(space, len(trials))
    return arch
