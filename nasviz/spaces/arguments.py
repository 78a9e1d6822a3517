"""Arguments of search spaces, checked: seeds, shapes, numbers of classes, starts."""

from __future__ import annotations

from typing import TypeGuard

import numpy as np

from nasviz.errors import GrammarError, NasvizError
from nasviz.grammar import Grammar

Seed = int | np.random.Generator | None
Shape = tuple[int, ...]


def generator(seed: Seed) -> np.random.Generator:
    """Return a generator: the one given, or a new one from a seed (None: from fresh entropy)."""
    return seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed)


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
        message = f"the start {grammar.start} derives a {sort}; an architecture is a map"
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
