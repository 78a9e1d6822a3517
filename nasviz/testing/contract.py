"""What every contract is made of: a sentence that holds."""

from __future__ import annotations

LONGEST = 500


def check_kind(found: object, kind: type, maker: str) -> None:
    """Raise an AssertionError unless an object is what ``nv.<maker>`` makes.

    >>> check_kind(3, int, "primitive")
    """
    check(isinstance(found, kind), f"this contract takes what nv.{maker} makes, found {type(found).__name__}")


def check(holds: bool, sentence: str) -> None:
    """Raise an AssertionError with a sentence unless something holds.

    >>> check(1 + 1 == 2, "sums are wrong")
    """
    if not holds:
        raise AssertionError(sentence if len(sentence) <= LONGEST else sentence[: LONGEST - 1] + "…")
