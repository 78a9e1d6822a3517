"""What a nonterminal derives under the constraints of its grammar, as blocks: one for each value of its shared draws."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from nasviz.grammar.automaton import Automaton, BudgetError
from nasviz.grammar.constraint import Constraint
from nasviz.grammar.normal import NormalForm
from nasviz.grammar.numbers import Draws, EndlessError, Number, Numbers
from nasviz.grammar.polynomials import Poly, multiply
from nasviz.grammar.sharing import draws_of
from nasviz.grammar.tallies import plus, times

Grading = Literal["", "height", "size"]
"""Whether heights or sizes count, or neither."""

_PATIENCE = 5.0
_MOST = 200_000


@dataclass(frozen=True)
class Block:
    """All terms in which the shared draws have the same values (and heights or sizes).

    Attributes
    ----------
    draws
        For each shared leaf, in the order of drawing, value and grade of its draw; None where it is not used.
    used
        The used ones as (leaf, value, grade).
    factors
        How many draws have this value and grade, for each used one.
    root
        How many macros there are; by size where sizes count.
    """

    draws: tuple[tuple[int, int] | None, ...]
    used: Draws
    factors: tuple[Number, ...]
    root: Number | Poly

    @property
    def number(self) -> Number:
        """How many terms there are in the block, where sizes do not count."""
        assert not isinstance(self.root, list)
        total = self.root
        for factor in self.factors:
            total = times(total, factor) if isinstance(total, int) or total == float("inf") else total * factor
        return total


class Language:
    """What a symbol derives, read from the tables of an automaton.

    Parameters
    ----------
    form
        The normal form of the grammar.
    constraint
        The constraint with which the automaton was built.
    numbers
        Tables over the automaton: counts or weights.
    root
        The symbol.
    whole
        Whether the requirements of the whole term are asked.
    """

    def __init__(self, form: NormalForm, constraint: Constraint, numbers: Numbers, root: int, whole: bool = True) -> None:
        self.form = form
        self.constraint = constraint
        self.numbers = numbers
        self.root = root
        self.whole = whole
        self.leaves = draws_of(form, root)
        self.bit = {leaf: 1 << k for k, leaf in enumerate(form.inner)}
        self._blocks: dict[tuple[Grading, int | None], list[Block]] = {}

    @property
    def automaton(self) -> Automaton:
        """The automaton."""
        return self.numbers.automaton

    @cached_property
    def _holding(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for q, symbols in enumerate(self.automaton.symbols):
            for s in symbols:
                found.setdefault(s, []).append(q)
        return found

    def roots(self, used: Draws) -> list[int]:
        """Return the states of whole terms that use exactly the given draws."""
        mask = sum(self.bit[leaf] for leaf, _, _ in used) if self.constraint.uses else 0
        return [
            q
            for q in self._holding.get(self.root, ())
            if self.constraint.bits(self.automaton.values[q]) == mask
            and (not self.whole or self.constraint.accepts(self.automaton.values[q]))
        ]

    def states(self, leaf: int, value: int) -> list[int]:
        """Return the states of draws of a shared leaf that have this value."""
        return [q for q in self._holding.get(self.form.inner[leaf], ()) if self.automaton.values[q] == value]

    def blocks(self, grading: Grading = "", limit: int | None = None) -> list[Block]:
        """Return the blocks that are not empty.

        Parameters
        ----------
        grading
            "height": macros up to height `limit`, draws by exact height; "size": macros and draws by exact size up to `limit`.
        limit
            Greatest height or size; None, for sizes, stands for all.

        Raises
        ------
        BudgetError
            If there are too many.
        EndlessError
            If there are endlessly many sizes and no limit.
        """
        key = (grading, limit)
        if key not in self._blocks:
            deadline = time.thread_time() + _PATIENCE
            found: list[Block] = []
            for block in self._combine(0, (), (), (), grading, limit):
                found.append(block)
                if len(found) > _MOST or time.thread_time() > deadline:
                    raise BudgetError("its shared nonterminals may be used in too many combinations")
            self._blocks[key] = found
        return self._blocks[key]

    def _combine(
        self,
        i: int,
        draws: tuple[tuple[int, int] | None, ...],
        used: Draws,
        factors: tuple[Number, ...],
        grading: Grading,
        limit: int | None,
    ) -> Iterator[Block]:
        if i == len(self.leaves):
            root = self._root_number(used, grading, limit)
            if root and root != [0] * len(root if isinstance(root, list) else ""):
                yield Block(draws, used, factors, root)
            return
        yield from self._combine(i + 1, (*draws, None), used, factors, grading, limit)
        leaf = self.leaves[i]
        for value, grade, number in self._options(leaf, used, grading, limit):
            here = (*draws, (value, grade))
            yield from self._combine(i + 1, here, (*used, (leaf, value, grade)), (*factors, number), grading, limit)

    def _root_number(self, used: Draws, grading: Grading, limit: int | None) -> Number | Poly:
        roots = self.roots(used)
        if grading == "size":
            table = self.numbers.by_size(limit, used)
            return _sum_polys([table[q] for q in roots])
        numbers = self._level(used, grading, limit)
        return _sum_numbers([numbers[q] for q in roots])

    def _level(self, used: Draws, grading: Grading, limit: int | None) -> list[Number]:
        return self.numbers.up_to_height(limit or 0, used) if grading == "height" else self.numbers.total(used)

    def _options(self, leaf: int, used: Draws, grading: Grading, limit: int | None) -> Iterator[tuple[int, int, Number]]:
        """Yield value, grade and number of the draws of a leaf."""
        values: dict[int, list[int]] = {}
        for q in self._holding.get(self.form.inner[leaf], ()):
            values.setdefault(self.automaton.values[q], []).append(q)
        for value, states in values.items():
            if grading == "size":
                poly = _sum_polys([self.numbers.by_size(limit, used)[q] for q in states])
                graded = list(enumerate(poly))
            elif grading == "height":
                levels = [
                    _sum_numbers([self.numbers.up_to_height(h, used)[q] for q in states]) for h in range((limit or 0) + 1)
                ]
                graded = [(h, levels[h] - levels[h - 1]) for h in range(1, len(levels))]
            else:
                graded = [(0, _sum_numbers([self.numbers.total(used)[q] for q in states]))]
            yield from ((value, grade, number) for grade, number in graded if number)

    def count(self, height: int | None = None) -> Number:
        """Return how many there are in all, or up to a height; ``math.inf`` when they do not end.

        Raises
        ------
        BudgetError
            If the shared draws have too many values.
        """
        blocks = self.blocks("height", height) if height is not None else self.blocks()
        return _sum_numbers([block.number for block in blocks])

    def highest(self) -> int:
        """Return the greatest height that occurs, 0 for an empty language.

        Raises
        ------
        EndlessError
            If there is none.
        """
        total = self.count()
        if total == float("inf"):
            raise EndlessError
        height = 0
        while self.count(height) != total:
            height += 1
        return height

    def sizes(self, limit: int | None = None) -> Poly:
        """Return how many there are of each size, index 0 to the greatest size.

        Raises
        ------
        BudgetError, EndlessError
            As :meth:`blocks`.
        """
        found: list[Poly] = []
        for block in self.blocks("size", limit):
            poly = block.root
            assert isinstance(poly, list)
            for factor in block.factors:
                poly = multiply([factor], poly, None)
            found.append(poly)
        return _sum_polys(found)


def _sum_numbers(numbers: list[Number]) -> Number:
    if any(isinstance(n, float) and n != float("inf") for n in numbers):
        return sum(numbers)
    total: Number = 0
    for n in numbers:
        total = plus(total, n)
    return total


def _sum_polys(polys: list[Poly]) -> Poly:
    size = max(map(len, polys), default=0)
    return [sum(p[k] for p in polys if k < len(p)) for k in range(size)]
