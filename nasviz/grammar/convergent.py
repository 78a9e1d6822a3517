"""Drawing that converges: productions that a branch has used already become rarer, so that recursive grammars end."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nasviz.errors import NasvizError
from nasviz.grammar.derivation import Derivation, shared_leaves
from nasviz.grammar.drawing import LARGEST, TooLargeDrawError, Uniforms
from nasviz.grammar.expectation import recursive
from nasviz.grammar.grammar import Grammar

Used = dict[tuple[int, int], int]
"""How often a branch has used each production of a recursive nonterminal."""


class Convergent:
    """The law of Schrodi et al. 2023 for recursive grammars: the weight of a production times factor^(uses on this branch).

    Parameters
    ----------
    grammar
        The grammar.
    factor
        In (0, 1]; 1 is the law "productions".
    """

    def __init__(self, grammar: Grammar, factor: float) -> None:
        if not 0 < factor <= 1:
            raise NasvizError(f"a factor is above 0 and at most 1, found {factor:g}")
        tables = grammar.tables
        self._tables = tables
        self._factor = factor
        names = set(recursive(grammar))
        self._recursive = [name in names for name in tables.names]
        self._weights = [[math.exp(w) for w in row] for row in tables.log_weights]

    def draw(self, uniforms: Uniforms, largest: int = LARGEST) -> Derivation:
        """Draw a derivation; every shared draw is a branch of its own.

        Raises
        ------
        TooLargeDrawError
            If a part of it passes `largest` productions.
        """
        tables = self._tables
        macro = () if tables.start < 0 else self._expand(tables.start, uniforms, largest)
        draws: list[tuple[int, ...]] = [()] * len(tables.shared)
        waiting = sorted(shared_leaves(tables, tables.start, macro), reverse=True)
        while waiting:
            s = waiting.pop()
            if not draws[s]:
                draws[s] = self._expand(tables.shared[s], uniforms, largest)
                waiting += sorted(shared_leaves(tables, tables.shared[s], draws[s]), reverse=True)
        return Derivation(tuple(draws), macro)

    def _expand(self, start: int, uniforms: Uniforms, largest: int) -> tuple[int, ...]:
        pushes = self._tables.pushes
        numbers: list[int] = []
        stack: list[tuple[int, Used]] = [(start, {})]
        while stack:
            a, used = stack.pop()
            if a < 0:
                continue
            k = self._choose(a, used, uniforms)
            numbers.append(k)
            if len(numbers) > largest:
                raise TooLargeDrawError(f"a draw passed {largest:,} productions; take a smaller factor")
            if self._recursive[a]:
                used = {**used, (a, k): used.get((a, k), 0) + 1}
            stack += [(b, used) for b in pushes[a][k]]
        return tuple(numbers)

    def _choose(self, a: int, used: Used, uniforms: Uniforms) -> int:
        weights: Sequence[float] = self._weights[a]
        if len(weights) == 1:
            return 0
        if self._recursive[a]:
            counts = [used.get((a, k), 0) for k in range(len(weights))]
            least = min(n for n, w in zip(counts, weights, strict=True) if w > 0)
            weights = [w * self._factor ** max(0, n - least) for n, w in zip(counts, weights, strict=True)]
        total = math.fsum(weights)
        u = (uniforms.buffer or uniforms.refill()).pop() * total
        last = max(k for k, w in enumerate(weights) if w > 0)
        for k, w in enumerate(weights):
            if u < w or k == last:
                return k
            u -= w
        return last
