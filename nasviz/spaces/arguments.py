"""Arguments of search spaces, checked: seeds, shapes, numbers of classes, starts."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import TypeGuard, cast

import numpy as np

from nasviz.algebra import Attribute, Operator, Sort, Term
from nasviz.algebra.arguments import shown
from nasviz.errors import GrammarError, NasvizError, TermError, a_or_an
from nasviz.grammar import Grammar

Seed = int | np.random.Generator | None
Shape = tuple[int, ...]

MOST_DRAWS = 10_000_000
"""Draws at once; they are a list."""


def generator(seed: Seed) -> np.random.Generator:
    """Return a generator: the one given, or a new one from a seed (None: from fresh entropy).

    Raises
    ------
    NasvizError
        If the seed is none of these.
    """
    if isinstance(seed, np.random.Generator):
        return seed
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError):
        message = f"a seed is a whole number, 0 or more, a numpy.random.Generator or None; found {str(seed)[:60]!r}"
        raise NasvizError(message) from None


def checked_draws(n: object) -> int | None:
    """Return a number of draws; None for one by itself.

    Raises
    ------
    NasvizError
        If it is no whole number, below 0, or more than fit into a memory.
    """
    if n is None:
        return None
    try:
        number = operator.index(n)  # pyright: ignore[reportArgumentType]
    except TypeError:
        raise NasvizError(f"the number of draws is a whole number, found {str(n)[:60]!r}") from None
    if number < 0:
        raise NasvizError(f"the number of draws is 0 or more, found {shown(number)}")
    if number > MOST_DRAWS:
        raise NasvizError(f"draws are a list of at most {MOST_DRAWS:,}, found {shown(number)}; draw them in parts")
    return number


def checked_operators(operators: object) -> tuple[Operator, ...]:
    """Return operators as a tuple.

    Raises
    ------
    NasvizError
        If there is anything else among them, or two of one name; says what.
    """
    if isinstance(operators, Operator) or not isinstance(operators, Iterable):
        raise NasvizError(f"operators are a list, e.g. operators=[swish3], found {type(operators).__name__}")
    found = tuple(cast("Iterable[object]", operators))
    for op in found:
        if not isinstance(op, Operator):
            raise NasvizError(f"operators=[...] holds operators, found {str(op)[:60]!r}; write @nv.primitive above a function")
    own = cast("tuple[Operator, ...]", found)
    known: dict[str, Operator] = {}
    for op in own:
        if known.setdefault(op.name, op) is not op:
            raise NasvizError(
                f"two different operators are called {op.name}, and a term could mean either; give one of them another name, "
                f"e.g. name='{op.name}_2'"
            )
    return tuple(known.values())


def checked_attributes(attributes: object) -> tuple[Attribute, ...]:
    """Return attributes as a tuple.

    Raises
    ------
    NasvizError
        If there is anything else among them; says what.
    """
    if isinstance(attributes, Attribute | str) or not isinstance(attributes, Iterable):
        raise NasvizError(f"attributes are a list, e.g. attributes=[nv.Total(...)], found {shown(attributes)}")
    found = tuple(cast("Iterable[object]", attributes))
    for attribute in found:
        if not isinstance(attribute, Attribute):
            raise NasvizError(f"attributes=[...] holds attributes, e.g. nv.Total(...), found {shown(attribute)}")
    return cast("tuple[Attribute, ...]", found)


def checked_end(given: object, place: str, default: Operator) -> Operator:
    """Return the operator before or behind every term, the default for None.

    Raises
    ------
    NasvizError
        If it is no operator.
    """
    if given is None:
        return default
    if not isinstance(given, Operator):
        raise NasvizError(f"the {place} is an operator, e.g. {place}=swish3, found {str(given)[:60]!r}")
    return given


def check_map(term: Term) -> None:
    """Do nothing if a term is a map, as every architecture is.

    Raises
    ------
    TermError
        If it is a number or a merge.
    """
    root = term.operators[0]
    if root.result is not Sort.MAP:
        message = f"{root.name} is {a_or_an(root.result)}; an architecture is a map, e.g. conv3x3 or Linear(conv3x3, id)"
        raise TermError(message, text=term.text, start=0, end=len(term.text))


def check_start(grammar: Grammar) -> None:
    """Do nothing if the start of a grammar derives maps.

    Raises
    ------
    GrammarError
        At the rule of the start, if it does not.
    """
    sort = grammar.sorts[grammar.start]
    if sort != "map":
        start, end = grammar.spans[grammar.start]
        message = f"the start {grammar.start} derives {a_or_an(sort)}; an architecture is a map"
        raise GrammarError(message, text=grammar.text, start=start, end=end)


def checked_shape(shape: object) -> Shape:
    """Return a shape as a tuple.

    Raises
    ------
    NasvizError
        If it is not made of one to three positive whole numbers.
    """
    checked = tuple(shape) if isinstance(shape, tuple | list) else ()
    if not 1 <= len(checked) <= 3 or not all(_is_count(n) for n in checked):
        raise NasvizError(
            "an input shape is positive whole numbers: (C, H, W) of an image, (L, C) of a sequence, (C,) of a vector; "
            f"found {str(shape)[:60]}"
        )
    return checked


def checked_classes(n: object) -> int:
    """Return a number of classes.

    Raises
    ------
    NasvizError
        If it is not a whole number of 2 or more.
    """
    if not _is_count(n) or n < 2:
        raise NasvizError(f"a classification has 2 classes or more, found {str(n)[:60]}")
    return n


def _is_count(n: object) -> TypeGuard[int]:
    return isinstance(n, int) and not isinstance(n, bool) and n > 0
