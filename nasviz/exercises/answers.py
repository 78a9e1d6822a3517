"""Answers: what students hand in, read as what an exercise is about."""

from __future__ import annotations

from fractions import Fraction
from numbers import Integral, Real
from typing import Any, cast

from nasviz import numbers
from nasviz.algebra import Term, interpret
from nasviz.errors import NasvizError, a_or_an
from nasviz.exercises.exercise import Answer, UnreadableError
from nasviz.exercises.feedback import Verdict
from nasviz.exercises.languages import compare
from nasviz.grammar import Grammar, Partial
from nasviz.spaces import Architecture, SearchSpace, parse


def _kind(answer: Answer) -> str:
    return "nothing to read" if answer is None else f"found {a_or_an(type(answer).__name__)}"


def as_space(answer: Answer) -> SearchSpace:
    """Return a space from a grammar text, a Grammar, a SearchSpace, or an editor that holds one.

    Raises
    ------
    UnreadableError
        If it is something else, or a space without a grammar.
    GrammarError
        If the text is no grammar.
    """
    held = None if isinstance(answer, Architecture) else getattr(answer, "space", None)
    given = held if isinstance(held, SearchSpace) else answer
    if isinstance(given, SearchSpace) and given.grammar is not None:
        return given
    if isinstance(given, str | Grammar):
        return SearchSpace(given)
    raise UnreadableError(f"Expected a grammar as text, such as 'S ::= Linear(B, B)', or a SearchSpace; {_kind(answer)}.")


def as_grammar(answer: Answer) -> Grammar:
    """Return a grammar; reads and raises as :func:`as_space`."""
    grammar = as_space(answer).grammar
    assert grammar is not None
    return grammar


def as_term(answer: Answer) -> Term:
    """Return a closed term from its text, a Term or an Architecture.

    Raises
    ------
    UnreadableError
        If it is something else, or a term with an open place.
    TermError
        If the text is no term.
    """
    if isinstance(answer, str):
        return parse(answer).term
    if isinstance(answer, Architecture | Partial):
        answer = answer.term
    if not isinstance(answer, Term):
        raise UnreadableError(f"Expected a term as text, such as 'Linear(conv, fc)', or an architecture; {_kind(answer)}.")
    if answer.nonterminals():
        raise UnreadableError(f"This term still has an open place: {short(answer)}.")
    return answer


def as_integers(answer: Answer, n: int, what: str) -> tuple[int, ...]:
    """Return `n` whole numbers from a tuple or list.

    Raises
    ------
    UnreadableError
        If it is something else; says `what` is expected.
    """
    items = cast("list[Any]", list(answer)) if isinstance(answer, tuple | list) else []
    if len(items) != n or not all(_is_whole(x) for x in items):
        raise UnreadableError(f"Expected {what}.")
    return tuple(int(x) for x in items)


def as_numbers(answer: Answer, what: str) -> tuple[int, ...]:
    """Return any number of whole numbers from a tuple or list; raises as :func:`as_integers`."""
    length = len(cast("list[Any]", answer)) if isinstance(answer, tuple | list) else 0
    return as_integers(answer, length, what) if length else as_integers((), 1, what)


def _is_whole(x: Any) -> bool:
    if isinstance(x, bool) or not (isinstance(x, Integral) or (isinstance(x, float) and x.is_integer())):
        return False
    return abs(int(x)) <= numbers.LARGEST_EXACT


def as_probability(answer: Answer) -> float:
    """Return a number from 0 to 1.

    Raises
    ------
    UnreadableError
        If it is something else.
    """
    if isinstance(answer, bool) or not isinstance(answer, int | float | Fraction):
        raise UnreadableError(f"Expected a probability, a number such as 0.25; {_kind(answer)}.")
    if not 0 <= answer <= 1:
        raise UnreadableError("A probability lies between 0 and 1.")
    return float(answer)


def as_real(answer: Answer, what: str) -> float:
    """Return a finite number; raises as :func:`as_reals`."""
    return as_reals([answer], 1, what)[0]


def as_reals(answer: Answer, n: int, what: str) -> tuple[float, ...]:
    """Return `n` finite numbers from a tuple, a list or an array.

    Raises
    ------
    UnreadableError
        If it is something else; says `what` is expected.
    """
    given: Any = answer
    if hasattr(given, "tolist"):
        given = given.tolist()
    items = cast("list[Any]", list(given)) if isinstance(given, tuple | list) else [given]
    if len(items) != n or not all(_is_real(x) for x in items):
        raise UnreadableError(f"Expected {what}.")
    return tuple(float(x) for x in items)


def _is_real(x: Any) -> bool:
    if isinstance(x, bool) or not isinstance(x, Real):
        return False
    return bool(abs(cast("Any", x)) < numbers.LARGEST_EXACT)


def near(found: float, wanted: float, within: float) -> bool:
    """Return whether a number differs from another by at most `within`, relative to it where that is above 1."""
    return abs(found - wanted) <= within * max(1.0, abs(wanted))


def shown_in(answer: Answer) -> Answer:
    """Return the architecture that a view shows; anything else as it is."""
    held = getattr(answer, "arch", None)
    return held if isinstance(held, Architecture) else answer


def same_language(answer: Answer, wanted: Grammar) -> Verdict:
    """Judge whether a grammar derives exactly the terms that another derives, with a smallest counter-example.

    Raises
    ------
    NasvizError
        As :func:`as_grammar` and :func:`~nasviz.exercises.languages.compare`.
    """
    difference = compare(as_grammar(answer), wanted)
    if difference.missing is not None:
        return Verdict(False, f"Your grammar does not derive {short(difference.missing)}.")
    if difference.extra is not None:
        return Verdict(False, f"Your grammar also derives {short(difference.extra)}.")
    return Verdict(True)


def short(term: Term, limit: int = 160) -> str:
    """Return the text of a term, cut when long."""
    return term.text if len(term.text) <= limit else f"{term.text[:limit]}…"


def chained(term: Term) -> str:
    """Return the text of a term with nested chains written as one: ``Linear`` associates, and ``Linear(x)`` is ``x``.

    >>> chained(parse("Linear(conv, Linear(id, conv), Linear(fc))").term)
    'Linear(conv, id, conv, fc)'
    """

    def join(parts: list[str]) -> str:
        return parts[0] if len(parts) == 1 else f"Linear({', '.join(parts)})"

    def meaning(op: Any, args: list[list[str]], _: int) -> list[str]:
        if op.name == "Linear":
            return [part for parts in args for part in parts]
        return [op.name if not args else f"{op.name}({', '.join(map(join, args))})"]

    return join(interpret(term, meaning))


def grammar(text: str) -> Grammar:
    """Return the grammar of an exercise, over the standard operators.

    Raises
    ------
    NasvizError
        If the text is none.
    """
    space = SearchSpace(text)
    if space.grammar is None:
        raise NasvizError("a space without a grammar")
    return space.grammar
