"""Checks of numbers that people hand in."""

from __future__ import annotations

import operator
from typing import Any

from nasviz.errors import NasvizError


def whole(value: Any, name: str, least: int) -> int:
    """Return `value` as an int.

    Parameters
    ----------
    value
        What somebody gave.
    name
        What errors call it.
    least
        The smallest number that makes sense.

    Raises
    ------
    NasvizError
        If it is no whole number, or below `least`.

    >>> whole(20, "total", 0)
    20
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise NasvizError(f"{name} is {value!r}; it must be a whole number, {least} or more")
    return number
