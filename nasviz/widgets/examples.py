"""Example terms of a grammar: those that it must derive, and those that it must not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from nasviz.algebra import parse_term
from nasviz.errors import NasvizError, TermError
from nasviz.spaces import SearchSpace
from nasviz.view.grammar import cut

LONGEST = 10_000
"""Longest text of an example, in characters."""

MOST = 50
"""Greatest number of examples."""

Example = tuple[str, bool]
"""The text of a term, and whether the grammar must derive it."""


@dataclass(frozen=True)
class Verdict:
    """What a grammar does with an example.

    Attributes
    ----------
    term
        The text of the term.
    must
        Whether the grammar must derive it.
    state
        "kept" (it does what it must), "broken" (it does not), "unread" (the text is no term) or "open" (no grammar yet).
    why
        One sentence.
    """

    term: str
    must: bool
    state: Literal["kept", "broken", "unread", "open"]
    why: str

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as JSON data."""
        return self.__dict__.copy()


def judge(space: SearchSpace | None, example: Example) -> Verdict:
    """Return what the grammar of `space` does with an example.

    >>> space = SearchSpace("S ::= Linear(B, B)\\nB ::= conv3x3 | id")
    >>> judge(space, ("Linear(id, id)", True)).state, judge(space, ("Linear(id, relu)", True)).why
    ('kept', 'column 12: no rule of the grammar derives the subterm relu at (1,)')
    """
    text, must = example
    if space is None:
        return Verdict(text, must, "open", "the grammar has errors; there was no good version yet")
    try:
        parse_term(text, space.signature)
    except TermError as error:
        return Verdict(text, must, "unread", _words(error))
    try:
        space.parse(text)
    except NasvizError as error:
        if must:
            return Verdict(text, must, "broken", _words(error))
        return Verdict(text, must, "kept", f"not derived: {_words(error)}")
    return Verdict(text, must, "kept" if must else "broken", "derived" if must else "the grammar derives it")


def _words(error: NasvizError) -> str:
    if not isinstance(error, TermError):
        return cut(str(error), 300)
    place = f"column {error.column}: " if error.end > error.start else ""
    return cut(f"{place}{error.message}{'; ' if error.hint else ''}{error.hint}", 300)


def checked_examples(value: object) -> list[Example]:
    """Return examples as a list of pairs.

    Raises
    ------
    NasvizError
        If they are none, too many or too long; says what an example looks like.
    """
    if not isinstance(value, (list, tuple)):
        raise NasvizError(f'examples are a list of pairs such as ("Linear(id, id)", True), found {type(value).__name__}')
    found: dict[Example, None] = {}
    for item in cast("list[object]", value):
        pair = cast("list[object]", item) if isinstance(item, (list, tuple)) else []
        if len(pair) != 2 or not isinstance(pair[0], str) or not isinstance(pair[1], bool):
            raise NasvizError(f'an example is a pair such as ("Linear(id, id)", True), found {cut(repr(item), 60)}')
        if not pair[0].strip():
            raise NasvizError("an example is the text of a term, found an empty text")
        if len(pair[0]) > LONGEST:
            raise NasvizError(f"an example of {len(pair[0]):,} characters; at most {LONGEST:,} are read")
        found[" ".join(pair[0].split()), pair[1]] = None
    if len(found) > MOST:
        raise NasvizError(f"{len(found)} examples; at most {MOST} are kept")
    return list(found)
