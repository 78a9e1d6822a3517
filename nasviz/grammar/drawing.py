"""Drawing by productions: each nonterminal expanded with the probabilities of its alternatives, as tight loops."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from nasviz.errors import NasvizError
from nasviz.grammar.derivation import Derivation, shared_leaves
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


def draw(grammar: Grammar, uniforms: Uniforms, largest: int = LARGEST) -> Derivation:
    """Draw a derivation by productions, whether or not it fulfils the constraints.

    Raises
    ------
    TooLargeDrawError
        If the draw passes `largest` productions, as a recursive grammar of criticality above 1 soon does.
    """
    tables = grammar.tables
    try:
        macro = () if tables.start < 0 else tuple(expand(tables, (tables.start,), uniforms, largest))
        if not tables.shared:
            return Derivation((), macro)
        return Derivation(fill_draws(tables, macro, [()] * len(tables.shared), uniforms, largest), macro)
    except TooLargeDrawError as error:
        raise TooLargeDrawError(f"{error}; {advice(grammar)}") from None


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


def advice(grammar: Grammar) -> str:
    """Return what to do about draws that grow too large."""
    radius = criticality(grammar)
    if radius >= 1:
        return (
            f"the criticality of the grammar is {radius:.3g}, so draws need not end: "
            "lower the probability of the recursive productions"
        )
    return "lower the probability of the largest productions"
