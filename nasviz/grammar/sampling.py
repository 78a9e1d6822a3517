"""Drawing derivations: by productions, each nonterminal expanded with the probabilities of its alternatives."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from nasviz.errors import NasvizError
from nasviz.grammar.derivation import Derivation, emit, shared_leaves, visited
from nasviz.grammar.expectation import criticality
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.tables import Tables

LARGEST = 1_000_000
"""Greatest number of productions of a draw."""

_CHUNK = 256


class Uniforms:
    """Uniform numbers from a generator, fetched in chunks."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.buffer: list[float] = []

    def refill(self) -> list[float]:
        """Fetch a chunk; the list is consumed from its end."""
        self.buffer.extend(self.rng.random(_CHUNK).tolist())
        return self.buffer


class TooLargeDrawError(NasvizError):
    """A draw that passed the greatest number of productions."""


def sample(grammar: Grammar, rng: np.random.Generator, law: str = "productions", *, largest: int = LARGEST) -> Derivation:
    """Draw a derivation.

    Parameters
    ----------
    grammar
        The grammar.
    rng
        Source of randomness; two generators in the same state draw the same.
    law
        "productions": every nonterminal takes each of its alternatives with the alternative's probability.
    largest
        Greatest number of productions.

    Raises
    ------
    NasvizError
        If the law is unknown.
    TooLargeDrawError
        If the draw passes `largest` productions, as a recursive grammar of criticality above 1 soon does.

    Examples
    --------
    >>> from nasviz.algebra import Operator
    >>> g = Grammar.parse("S ::= x | y [1]", [Operator("x"), Operator("y")])
    >>> sample(g, np.random.default_rng(0))
    Derivation(draws=(), macro=(1,))
    """
    if law != "productions":
        raise NasvizError(f"unknown sampling law {law!r}; known: 'productions'")
    tables = grammar.tables
    uniforms = Uniforms(rng)
    try:
        macro = () if tables.start < 0 else tuple(expand(tables, (tables.start,), uniforms, largest))
        if not tables.shared:
            return Derivation((), macro)
        return Derivation(fill_draws(tables, macro, [()] * len(tables.shared), uniforms, largest), macro)
    except TooLargeDrawError as error:
        raise TooLargeDrawError(f"{error}; {_advice(grammar)}") from None


def expand(tables: Tables, stack_bottom: Sequence[int], uniforms: Uniforms, largest: int) -> list[int]:
    """Draw production numbers for nonterminals, the last of `stack_bottom` first, until nothing is open.

    Raises
    ------
    TooLargeDrawError
        If more than `largest` are needed.
    """
    steps, pushes = tables.steps, tables.pushes
    buffer = uniforms.buffer
    stack = list(stack_bottom)
    numbers: list[int] = []
    while stack:
        a = stack.pop()
        if a < 0:
            continue
        row = steps[a]
        if row is None:
            k = 0
        else:
            if not buffer:
                buffer = uniforms.refill()
            k = bisect_right(row, buffer.pop())
        numbers.append(k)
        stack += pushes[a][k]
        if len(numbers) > largest:
            raise TooLargeDrawError(f"a draw passed {largest:,} productions")
    return numbers


def fill_draws(
    tables: Tables, macro: Sequence[int], draws: Sequence[tuple[int, ...]], uniforms: Uniforms, largest: int
) -> tuple[tuple[int, ...], ...]:
    """Return draws for exactly the shared nonterminals that are used: given ones are kept, missing ones drawn."""
    result: list[tuple[int, ...]] = [()] * len(tables.shared)
    waiting = sorted(shared_leaves(tables, tables.start, macro), reverse=True)
    while waiting:
        s = waiting.pop()
        if result[s]:
            continue
        result[s] = draws[s] or tuple(expand(tables, (tables.shared[s],), uniforms, largest))
        waiting.extend(sorted(shared_leaves(tables, tables.shared[s], result[s]), reverse=True))
    return tuple(result)


def _advice(grammar: Grammar) -> str:
    radius = criticality(grammar)
    if radius >= 1:
        return (
            f"the criticality of the grammar is {radius:.3g}, so draws need not end: "
            "lower the probability of the recursive productions"
        )
    return "lower the probability of the largest productions"


def log_probability(grammar: Grammar, derivation: Derivation) -> float:
    """Return the natural logarithm of the probability of a derivation under the law "productions".

    Raises
    ------
    NasvizError
        If it is no derivation of this grammar.
    """
    tables = grammar.tables
    emit(tables, derivation)
    parts = [(tables.start, derivation.macro), *zip(tables.shared, derivation.draws, strict=True)]
    return math.fsum(
        tables.log_weights[a][k]
        for start, numbers in parts
        if numbers
        for a, k in zip(visited(tables, start, numbers), numbers, strict=True)
    )
