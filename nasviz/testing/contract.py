"""What every contract is made of: a sentence that holds."""

from __future__ import annotations

LONGEST = 500


def check(holds: bool, sentence: str) -> None:
    """Raise an AssertionError with a sentence unless something holds.

    >>> check(1 + 1 == 2, "sums are wrong")
    """
    if not holds:
        raise AssertionError(sentence if len(sentence) <= LONGEST else sentence[: LONGEST - 1] + "…")
