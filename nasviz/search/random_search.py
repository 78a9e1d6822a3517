"""Random search: the baseline that every strategy has to beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nasviz.grammar import Law
from nasviz.records import Trial
from nasviz.search.strategy import Proposal, exhausted, unseen

if TYPE_CHECKING:
    from nasviz.spaces import SearchSpace


@dataclass(frozen=True)
class RandomSearch:
    """Draws from the space, without what was drawn before.

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

    def propose(self, space: SearchSpace, trials: Sequence[Trial], rng: np.random.Generator) -> Proposal:
        """Draw an architecture that is not among `trials`; see :class:`Strategy`."""
        seen = {trial.term for trial in trials}
        arch = unseen(lambda generator: space.sample(seed=generator, law=self.law), seen, rng)
        if arch is None:
            raise exhausted(space, seen)
        return Proposal(str(arch), reason=f"random, by {self.law}")
