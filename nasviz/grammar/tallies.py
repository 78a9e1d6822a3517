"""Tallies: numbers of derivations or of terms per symbol of a normal form, in all and by height."""

from __future__ import annotations

import math
from typing import Protocol

from nasviz.grammar.automaton import determinise
from nasviz.grammar.normal import NormalForm, components, successors

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


class DerivationTally:
    """Numbers of derivations: sums over rules of products over operands."""

    def __init__(self, form: NormalForm) -> None:
        self.form = form
        self.table = form.by_lhs()
        self._totals: dict[tuple[tuple[int, int], ...], list[int | float]] = {}
        self._levels: dict[tuple[tuple[int, int], ...], list[list[int | float]]] = {}
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
        levels = self._levels.setdefault(key, [[0] * len(self.form.names)])
        least = max(heights.values(), default=0)
        while len(levels) <= limit:
            levels.append(self._next(levels[-1], heights, len(levels)))
            if len(levels) > least + 1 and levels[-1] == levels[-2]:
                levels.pop()
                break
        return levels[min(limit, len(levels) - 1)][symbol]

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

    def _next(self, previous: list[int | float], heights: dict[int, int], height: int) -> list[int | float]:
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
        self._levels: dict[tuple[tuple[int, int], ...], list[list[int | float]]] = {}

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
        counts: list[int | float] = [*auto.leaves]
        for v in auto.roots:
            counts[v] += 1
        for leaf, v in auto.leaf_states.items():
            counts[v] += int(heights.get(leaf, 0) > 0)
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

    def up_to(self, symbol: int, heights: dict[int, int], limit: int | None) -> int | float:
        """Terms of height at most `limit`; see :class:`Tally`."""
        key = tuple(sorted(heights.items()))
        auto = self.automaton
        if limit is None:
            if key not in self._totals:
                self._totals[key] = self._all(heights)
            return sum(self._totals[key][q] for q in self._holding.get(symbol, ()))
        levels = self._levels.setdefault(key, [[0] * len(auto.symbols)])
        least = max(heights.values(), default=0)
        while len(levels) <= limit:
            previous = levels[-1]
            now: list[int | float] = [*auto.leaves]
            for v in auto.roots:
                now[v] += 1
            for leaf, v in auto.leaf_states.items():
                now[v] += int(0 < heights.get(leaf, 0) <= len(levels))
            for a, q, target in auto.edges:
                now[target] += times(now[a], previous[q])
            levels.append(now)
            if len(levels) > least + 1 and now == previous:
                levels.pop()
                break
        level = levels[min(limit, len(levels) - 1)]
        return sum(level[q] for q in self._holding.get(symbol, ()))
