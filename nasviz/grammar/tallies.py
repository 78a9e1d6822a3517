"""Tallies: numbers of derivations or of terms per symbol of a normal form, in all and by height."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Protocol

from nasviz.grammar.automaton import determinise
from nasviz.grammar.components import components
from nasviz.grammar.normal import NormalForm, successors

BITS = 1_000_000
"""Numbers of more bits are not computed."""


class TooLargeError(Exception):
    """A number of more than `BITS` bits."""


class Tally(Protocol):
    """Numbers per symbol; the leaf of a shared nonterminal counts as one operator."""

    def up_to(self, symbol: int, heights: dict[int, int], limit: int | None) -> int | float:
        """How many `symbol` derives.

        Parameters
        ----------
        symbol
            The symbol; its language is finite when `limit` is None.
        heights
            Height of the draw that each shared leaf stands for; 0 when the leaf may not be used.
        limit
            Greatest height; None for all.
        """
        ...


def times(a: int | float, b: int | float) -> int | float:
    """Return a product in which nothing times endless is nothing."""
    return 0 if a == 0 or b == 0 else _checked(a * b) if isinstance(a, int) and isinstance(b, int) else math.inf


def plus(a: int | float, b: int | float) -> int | float:
    """Return a sum; endless stays endless beside integers of any size."""
    return a + b if isinstance(a, int) and isinstance(b, int) else math.inf


def _checked(n: int) -> int:
    if n.bit_length() > BITS:
        raise TooLargeError
    return n


def endless(form: NormalForm, units_too: bool) -> list[bool]:
    """Whether each symbol reaches a cycle of rules, with `units_too` also one of units alone."""
    component, order = components(len(form.names), [(r.lhs, s) for r in form.rules for s in successors(r)])
    reaching = {
        component[r.lhs]
        for r in form.rules
        if units_too or r.unit < 0
        for s in successors(r)
        if component[s] == component[r.lhs]
    }
    table = form.by_lhs()
    for s in order:
        if any(component[t] in reaching for r in table[s] for t in successors(r)):
            reaching.add(component[s])
    return [c in reaching for c in component]


class _Climb:
    """Numbers by height, of which only the last level is kept: they can be long."""

    def __init__(self, n: int, step: Callable[[list[int | float], int], list[int | float]], settled: int) -> None:
        self._zero: list[int | float] = [0] * n
        self._step = step
        self._settled = settled
        self._restart()

    def _restart(self) -> None:
        self._level, self._height, self._final = self._zero, 0, False

    def at(self, height: int) -> list[int | float]:
        """The numbers at a height; ascending heights cost least."""
        if height < self._height:
            self._restart()
        while self._height < height and not self._final:
            level = self._step(self._level, self._height + 1)
            self._height += 1
            self._final = self._height > self._settled and level == self._level
            self._level = level
        return self._level


class DerivationTally:
    """Numbers of derivations: sums over rules of products over operands."""

    def __init__(self, form: NormalForm) -> None:
        self.form = form
        self.table = form.by_lhs()
        self._totals: dict[tuple[tuple[int, int], ...], list[int | float]] = {}
        self._climbs: dict[tuple[tuple[int, int], ...], _Climb] = {}
        n = len(form.names)
        units = [(r.lhs, r.unit) for r in form.rules if r.unit >= 0]
        component, self._unit_order = components(n, units)
        self._in_unit_cycle = {component[a] for a, b in units if component[a] == component[b]}
        self._unit_component = component

    def up_to(self, symbol: int, heights: dict[int, int], limit: int | None) -> int | float:
        """Derivations of terms of height at most `limit`; see :class:`Tally`."""
        key = tuple(sorted(heights.items()))
        if limit is None:
            if key not in self._totals:
                self._totals[key] = self._all(heights)
            return self._totals[key][symbol]
        if key not in self._climbs:
            step = partial(self._next, heights=heights)
            self._climbs[key] = _Climb(len(self.form.names), step, max(heights.values(), default=0))
        return self._climbs[key].at(limit)[symbol]

    def _all(self, heights: dict[int, int]) -> list[int | float]:
        form = self.form
        never_ends = endless(form, units_too=True)
        _, order = components(len(form.names), [(r.lhs, s) for r in form.rules for s in successors(r)])
        counts: list[int | float] = [math.inf if e else 0 for e in never_ends]
        for s in order:
            if s in form.inner:
                counts[s] = int(heights.get(s, 0) > 0)
            elif not never_ends[s]:
                for rule in self.table[s]:
                    product: int | float = 1
                    for t in successors(rule):
                        product = times(product, counts[t])
                    counts[s] = plus(counts[s], product)
        return counts

    def _next(self, previous: list[int | float], height: int, heights: dict[int, int]) -> list[int | float]:
        now: list[int | float] = [0] * len(previous)
        group: list[int] = []
        for k, s in enumerate(self._unit_order):
            total: int | float = int(0 < heights.get(s, 0) <= height)
            for rule in self.table[s]:
                if rule.unit >= 0:
                    total = plus(total, now[rule.unit])
                    continue
                product: int | float = 1
                for t in rule.children:
                    product = times(product, previous[t])
                total = plus(total, product)
            now[s] = total
            group.append(s)
            last = k + 1 == len(self._unit_order)
            if last or self._unit_component[self._unit_order[k + 1]] != self._unit_component[s]:
                if self._unit_component[s] in self._in_unit_cycle and any(now[t] for t in group):
                    for t in group:
                        now[t] = math.inf
                group = []
        return now


class TermTally:
    """Numbers of distinct terms: runs of the deterministic automaton, summed over the states that hold a symbol."""

    def __init__(self, form: NormalForm, states: int, seconds: float) -> None:
        self.form = form
        self.automaton = determinise(form, states, seconds)
        self._holding: dict[int, list[int]] = {}
        for q, symbols in enumerate(self.automaton.symbols):
            for s in symbols:
                self._holding.setdefault(s, []).append(q)
        self._totals: dict[tuple[tuple[int, int], ...], list[int | float]] = {}
        self._climbs: dict[tuple[tuple[int, int], ...], _Climb] = {}

    def _all(self, heights: dict[int, int]) -> list[int | float]:
        """Counts of vertices in an order in which both ends of an edge come before what it reaches; never reached: endless."""
        auto = self.automaton
        n = len(auto.symbols)
        leaving: list[list[int]] = [[] for _ in range(n)]
        waiting = [0] * n
        for e, (a, q, target) in enumerate(auto.edges):
            leaving[a].append(e)
            leaving[q].append(e)
            waiting[target] += 1
        counts = self._begin({leaf for leaf, height in heights.items() if height > 0})
        half = [False] * len(auto.edges)
        ready = [v for v in range(n) if waiting[v] == 0]
        done = [False] * n
        while ready:
            v = ready.pop()
            done[v] = True
            for e in leaving[v]:
                if not half[e]:
                    half[e] = True
                    continue
                a, q, target = auto.edges[e]
                counts[target] += times(counts[a], counts[q])
                waiting[target] -= 1
                if waiting[target] == 0:
                    ready.append(target)
        return [c if d else math.inf for c, d in zip(counts, done, strict=True)]

    def _begin(self, leaves: set[int]) -> list[int | float]:
        """Numbers of what needs no operands, the given shared leaves among it, and 1 where nothing is read yet."""
        auto = self.automaton
        counts: list[int | float] = [0] * len(auto.symbols)
        for _, v in (*auto.singles, *auto.roots):
            counts[v] += 1
        for (leaf, _), v in auto.leaf_states.items():
            counts[v] += leaf in leaves
        return counts

    def up_to(self, symbol: int, heights: dict[int, int], limit: int | None) -> int | float:
        """Terms of height at most `limit`; see :class:`Tally`."""
        key = tuple(sorted(heights.items()))
        auto = self.automaton
        if limit is None:
            if key not in self._totals:
                self._totals[key] = self._all(heights)
            return sum(self._totals[key][q] for q in self._holding.get(symbol, ()))
        if key not in self._climbs:
            step = partial(self._next, heights=heights)
            self._climbs[key] = _Climb(len(auto.symbols), step, max(heights.values(), default=0))
        level = self._climbs[key].at(limit)
        return sum(level[q] for q in self._holding.get(symbol, ()))

    def _next(self, previous: list[int | float], height: int, heights: dict[int, int]) -> list[int | float]:
        auto = self.automaton
        now = self._begin({leaf for leaf, h in heights.items() if 0 < h <= height})
        for a, q, target in auto.edges:
            now[target] += times(now[a], previous[q])
        return now
