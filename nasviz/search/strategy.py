"""Search strategies: who proposes the next architecture, and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from nasviz.errors import NasvizError
from nasviz.records import Belief, Trial

if TYPE_CHECKING:
    from nasviz.spaces import Architecture, SearchSpace

TRIES = 2000


class ExhaustedError(NasvizError):
    """No architecture is left that was not evaluated."""


@dataclass(frozen=True)
class Proposal:
    """What a strategy proposes.

    Parameters
    ----------
    term
        Text of the architecture's term.
    belief
        What the strategy believed of it, in the units of the values it was given, or None.
    reason
        In words who proposes it and why.
    """

    term: str
    belief: Belief | None = None
    reason: str = ""


@runtime_checkable
class Strategy(Protocol):
    """A search strategy: a function of a space, the trials so far and a random generator.

    A strategy keeps nothing that changes what it proposes: equal arguments give equal proposals, so a search can be replayed.
    """

    def propose(self, space: SearchSpace, trials: Sequence[Trial], rng: np.random.Generator) -> Proposal:
        """Return the next architecture.

        Parameters
        ----------
        space
            Where to search.
        trials
            All trials so far by number, those that wait, run or failed included; smaller values are better.
        rng
            The only source of randomness.

        Raises
        ------
        ExhaustedError
            If no architecture is left that is not among `trials`.
        """
        ...


def unseen(
    draw: Callable[[np.random.Generator], Architecture],
    seen: Collection[str],
    rng: np.random.Generator,
    tries: int = TRIES,
) -> Architecture | None:
    """Draw until the architecture is not in `seen`; None after `tries` draws.

    Parameters
    ----------
    draw
        Draws one architecture.
    seen
        Texts of terms.
    rng
        Handed to `draw`.
    tries
        Number of draws, ≥ 1.
    """
    for _ in range(tries):
        arch = draw(rng)
        if str(arch) not in seen:
            return arch
    return None


def exhausted(space: SearchSpace, seen: Collection[str]) -> ExhaustedError:
    """Return the error that says that a space holds nothing new."""
    return ExhaustedError(
        f"{TRIES} draws gave no architecture that was not evaluated ({len(seen)} were, the space holds {space.count()}). "
        "The search ends here; widen the grammar to go on"
    )
