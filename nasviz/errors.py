"""One family of errors: each says what was found, where, what was expected and what to type.

Errors about text carry the text, the range of characters and a hint, and print as a compiler would:

    line 2, column 6: unknown operator 'conv3x4'
        B ::= conv3x4 | id
              ^^^^^^^
    did you mean conv3x3?
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SHOWN = 160
_SAID = 2000


class NasvizError(Exception):
    """Base of every error that nasviz raises on purpose."""


class NasvizWarning(UserWarning):
    """What went another way than asked for, though nothing broke; every warning of nasviz is one."""


class TextError(NasvizError):
    """An error at a place in a text.

    Parameters
    ----------
    message
        What was found and what was expected, without the place.
    text
        The whole text.
    start, end
        Range of characters ``[start, end)`` in `text` (0-based; an empty range marks one column).
    hint
        What to type instead, or "".
    """

    def __init__(self, message: str, *, text: str = "", start: int = 0, end: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.text = text
        self.start = min(max(start, 0), len(text))
        self.end = min(max(end, self.start), len(text))
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.text, self.start, self.end, self.hint))

    @property
    def line(self) -> int:
        """Line of the place, counted from 1."""
        return self.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """Column of the place, counted from 1."""
        return self.start - (self.text.rfind("\n", 0, self.start) + 1) + 1

    @property
    def excerpt(self) -> str:
        """The line of the place with a caret under it; long lines are cut around the place."""
        begin = self.text.rfind("\n", 0, self.start) + 1
        stop = self.text.find("\n", begin)
        line = self.text[begin : stop if stop >= 0 else len(self.text)]
        column = self.start - begin
        width = max(1, min(self.end, begin + len(line)) - self.start)
        left = max(0, column - _SHOWN // 2)
        shown = "".join(c if c.isprintable() else "�" for c in line[left : left + _SHOWN])
        caret = " " * (column - left) + "^" * min(width, max(1, len(shown) - (column - left)))
        return f"    {shown}\n    {caret}"

    def __str__(self) -> str:
        if not self.text:
            return self.message if not self.hint else f"{self.message}\n{self.hint}"
        shown = f"line {self.line}, column {self.column}: {self.message}\n{self.excerpt}"
        return f"{shown}\n{self.hint}" if self.hint else shown


def _rebuild(kind: type[TextError], message: str, text: str, start: int, end: int, hint: str) -> TextError:
    return kind(message, text=text, start=start, end=end, hint=hint)


class GrammarError(TextError):
    """A grammar text that cannot be read or defines no usable language."""


class TermError(TextError):
    """A term text that cannot be read, or a term that a grammar does not derive."""


class _Positioned(NasvizError):
    """An error at a position of a term.

    Parameters
    ----------
    message
        The whole sentence, the position included.
    position
        Child indices from the root of the term.
    """

    def __init__(self, message: str, position: tuple[int, ...] = ()) -> None:
        super().__init__(message, position)
        self.message = message
        self.position = position

    def __str__(self) -> str:
        return self.message


class SortError(_Positioned):
    """An operand of the wrong sort or number at a position of a term."""


class BuildError(_Positioned):
    """A term that has no network: an open place, or no path from input to output."""


class ShapeError(NasvizError):
    """Shapes that do not fit at a position of a term.

    Parameters
    ----------
    message
        The whole sentence, position and shapes included.
    position
        Child indices from the root of the term.
    operator
        Name of the operator at that position.
    shapes
        The shapes that disagree, without the batch, e.g. ``((16, 8, 8), (32, 4, 4))``.
    paths
        Where paths meet, the positions of the operations on each of the two since they were one.
    """

    def __init__(
        self,
        message: str,
        position: tuple[int, ...] = (),
        operator: str = "",
        shapes: tuple[tuple[int, ...], ...] = (),
        paths: tuple[tuple[tuple[int, ...], ...], ...] = (),
    ) -> None:
        super().__init__(message, position, operator, shapes, paths)
        self.message = message
        self.position = position
        self.operator = operator
        self.shapes = shapes
        self.paths = paths

    def __str__(self) -> str:
        return self.message


class DataError(NasvizError):
    """Data that a training cannot use: wrong shape, labels out of range, not finite."""


class TrainingError(NasvizError):
    """A training that went wrong by its numbers, e.g. a loss that is not finite."""


class JobError(NasvizError):
    """A worker process that ended without a result; says why."""


class StorageError(NasvizError):
    """A study storage that cannot be read, written or continued."""


def said(error: BaseException, *, name: bool = True) -> str:
    """Return what an exception says, at most 2,000 characters; also of one that fails to say it.

    Parameters
    ----------
    error
        Anybody's exception.
    name
        Whether the name of its type comes first.

    >>> said(ZeroDivisionError("division by zero"))
    'ZeroDivisionError: division by zero'
    >>> said(SystemExit())
    'SystemExit'
    """
    try:
        text = str(error)
    except Exception:
        text = ""
    if len(text) > _SAID:
        text = text[:_SAID] + " …"
    kind = type(error).__name__
    return (f"{kind}: {text}" if name and text else text) or kind


def a_or_an(noun: str) -> str:
    """Return a noun with its indefinite article, told by its first letter.

    >>> a_or_an("int"), a_or_an("map")
    ('an int', 'a map')
    """
    return f"an {noun}" if noun[:1].lower() in set("aeiou") else f"a {noun}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like `name`, or None when none is near.

    >>> nearest("conv3x4", ["conv3x3", "id"])
    'conv3x3'
    """
    names = list(known)
    folded = {candidate.lower(): candidate for candidate in names}
    found = difflib.get_close_matches(name[:200].lower(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else None
