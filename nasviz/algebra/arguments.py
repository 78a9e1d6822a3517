"""Checks of numbers that people hand in."""

from __future__ import annotations

import operator
import os
from pathlib import Path
from typing import Any

import numpy as np

from nasviz.algebra.term import Position, Term
from nasviz.errors import NasvizError
from nasviz.numbers import exact

_SHOWN = 60


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
        raise NasvizError(f"{name} is {shown(value)}; it must be a whole number, {least} or more")
    return number


def flag(value: Any, name: str) -> bool:
    """Return `value` when it is True or False, since any text that is not empty would count as True.

    Raises
    ------
    NasvizError
        If it is anything else; `name` is what the error calls it.

    >>> flag(True, "connected")
    True
    """
    if not isinstance(value, bool | np.bool_):
        raise NasvizError(f"{name} is {shown(value)}; it must be True or False")
    return bool(value)


def place(value: Any) -> Position:
    """Return a position as a tuple of numbers; a number alone is that operand of the root.

    Raises
    ------
    NasvizError
        If it is anything else.

    >>> place([0, 2]), place(1), place(())
    ((0, 2), (1,), ())
    """
    try:
        return tuple(operator.index(k) for k in (value if isinstance(value, tuple | list) else (value,)))
    except TypeError:
        raise NasvizError(f"a position is made of numbers of operands, as in arch[0, 2]; found {shown(value)}") from None


def file_path(value: Any, example: str = "mine.grammar") -> Path:
    """Return the path of a file or folder; the error gives an example.

    Raises
    ------
    NasvizError
        If it is neither text nor a path.

    >>> file_path("mine.grammar").name
    'mine.grammar'
    """
    if not isinstance(value, str | os.PathLike):
        raise NasvizError(f"the name of a file is text or a path, e.g. {example!r}, found {shown(value)}")
    return Path(value)


def expect_term(value: object) -> None:
    """Do nothing if it is a term.

    Raises
    ------
    NasvizError
        If it is none; of an architecture it is `arch.term`.
    """
    if not isinstance(value, Term):
        raise NasvizError(f"a term is expected, e.g. arch.term, found {shown(value)}")


def shown(value: object) -> str:
    """Return what somebody gave as a sentence quotes it, 60 characters at most.

    >>> shown("x"), shown(None), len(shown(10**5000))
    ("'x'", 'None', 60)
    """
    try:
        text = exact(value) if type(value) is int else repr(value)
    except Exception:  # a repr of the user's own
        text = type(value).__name__
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
