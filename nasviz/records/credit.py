"""What a surrogate gives the parts of an architecture credit for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nasviz.errors import StorageError
from nasviz.records.base import Record

Verdict = Literal["helps", "hurts", "unsure", "none"]
"""helps, hurts: for the better or the worse by more than one standard deviation · unsure: less · none: nothing is counted."""


@dataclass(frozen=True)
class Credit(Record):
    """Credit of one subterm, on the surrogate's scale: the objective's units, or natural logarithms of them.

    Parameters
    ----------
    position
        Where the subterm stands.
    term
        Its text.
    value, sd
        Credit of all that occurs within the subterm, and its posterior standard deviation (≥ 0).
    own, own_sd
        Credit of what occurs at this node alone.
    trials
        How many evaluated architectures contain this subterm.
    gradient
        How the predicted mean would move if everything within occurred once more, all else held.
    verdict
        See :data:`Verdict`; which sign is the better one, the direction of the search says.
    """

    position: tuple[int, ...]
    term: str
    value: float
    sd: float
    own: float
    own_sd: float
    trials: int
    gradient: float
    verdict: Verdict

    def __post_init__(self) -> None:
        if self.sd < 0 or self.own_sd < 0:
            raise StorageError(f"a standard deviation is not negative, found {min(self.sd, self.own_sd)}")
