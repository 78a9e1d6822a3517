"""Credits of the subterms of an architecture as plain data to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nasviz import numbers
from nasviz.records.credit import Credit

MEASURES = {
    "credit": "Credit: the part of the predicted mean that comes from what occurs here; credits sum to the mean.",
    "gradient": "Gradient: how the mean would move if all within occurred once more, which dilutes the rest.",
    "trials": "Trials: how many evaluated architectures contain this subterm.",
}
"""What each measure means, in one sentence."""


@dataclass(frozen=True)
class CreditInfo:
    """What views draw of the credits of an architecture.

    Attributes
    ----------
    credits : tuple of Credit, length n
        Credit of each node of the term, in preorder.
    log
        Whether credits are changes of a natural logarithm.
    minimize
        Whether smaller values are better.
    base
        What credits are counted from, in the objective's units.
    """

    credits: tuple[Credit, ...]
    log: bool
    minimize: bool
    base: float

    @property
    def note(self) -> str:
        """What the numbers are counted from, in a sentence."""
        unit = "per cent of the value" if self.log else "units of the objective"
        better = "smaller" if self.minimize else "larger"
        mean = "geometric mean" if self.log else "mean"
        return f"Changes from {numbers.measure(self.base)}, the {mean} of the trials, in {unit}; {better} values are better."

    def words(self, credit: Credit) -> str:
        """A credit in words: "helps: −5.1 % ± 1.2 %, in 7 trials"."""
        if credit.verdict == "none":
            return "no credit: the surrogate counts nothing here"
        return f"{credit.verdict}: {self.amount(credit)}, in {credit.trials} trial{'s' * (credit.trials != 1)}"

    def amount(self, credit: Credit) -> str:
        """A credit with its standard deviation."""
        return numbers.signed_spread(credit.value, credit.sd, self.log)

    def to_json(self) -> dict[str, Any]:
        """Return the data as JSON, lists with one entry for each node; `value` is positive where a subterm helps."""
        sign = -1.0 if self.minimize else 1.0
        return {
            "value": [None if c.verdict == "none" else sign * c.value for c in self.credits],
            "verdict": [c.verdict for c in self.credits],
            "words": [self.words(c) for c in self.credits],
            "amount": ["" if c.verdict == "none" else self.amount(c) for c in self.credits],
            "gradient": ["" if c.verdict == "none" else numbers.signed(c.gradient, self.log) for c in self.credits],
            "trials": [c.trials for c in self.credits],
            "note": self.note,
            "measures": MEASURES,
        }


def credit_info(credits: Sequence[Credit], *, log: bool, minimize: bool, base: float) -> CreditInfo:
    """Return what views draw of credits.

    Parameters
    ----------
    credits
        Credit of each node of a term, in preorder.
    log
        Whether they are changes of a natural logarithm.
    minimize
        Whether smaller values are better.
    base
        What they are counted from, in the objective's units.

    Examples
    --------
    >>> info = credit_info([Credit((), "conv", -0.1, 0.01, -0.1, 0.01, 7, 0.0, "helps")], log=False, minimize=True, base=0.5)
    >>> info.to_json()["words"]
    ['helps: −0.100 ± 0.010, in 7 trials']
    """
    return CreditInfo(tuple(credits), log, minimize, base)
