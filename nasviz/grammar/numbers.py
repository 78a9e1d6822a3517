"""Numbers of what runs to each vertex of an automaton: in all, up to a height, by size; whole numbers or weights.

The same three recursions count terms, count derivations, and sum the probabilities of derivations; ranking and drawing read
their tables.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence

import numpy as np

from nasviz.grammar.automaton import Automaton, BudgetError
from nasviz.grammar.components import components
from nasviz.grammar.polynomials import Poly, add, coefficient, multiply
from nasviz.grammar.tallies import plus, times

Number = int | float

Draws = tuple[tuple[int, int, int], ...]
"""Shared leaves that are used, with value and grade (height or size, 0 where neither counts) of the draw."""

_NEWTON = 80
_DENSE = 1_500
_PATIENCE = 20_000
_TIME = 10.0


class EndlessError(Exception):
    """There are endlessly many, so there is no greatest size."""


class Numbers:
    """Numbers of runs to the vertices of an automaton.

    Parameters
    ----------
    automaton
        The automaton.
    weights
        Weight of each label; None counts, with whole numbers.
    """

    def __init__(self, automaton: Automaton, weights: Sequence[float] | None = None) -> None:
        self.automaton = automaton
        self.exact = weights is None
        self._weights = weights
        n = len(automaton.symbols)
        self.into: list[list[tuple[int, int]]] = [[] for _ in range(n)]
        self.units: list[list[tuple[int, int]]] = [[] for _ in range(n)]
        for p, q, target in automaton.edges:
            self.into[target].append((p, q))
        for label, source, target in automaton.units:
            self.units[target].append((label, source))
        self._totals: dict[Draws, list[Number]] = {}
        self._levels: dict[Draws, list[list[Number]]] = {}
        self._finals: dict[Draws, bool] = {}
        self._sizes: dict[tuple[Draws, int | None], list[Poly]] = {}

    def weight(self, label: int) -> Number:
        """The weight of a label: 1 where runs are counted."""
        return 1 if self._weights is None else self._weights[label]

    def _begin(self, draws: Draws) -> list[tuple[int, Number, int]]:
        """Vertex, weight and grade of what needs no operands, and of where nothing is read yet (grade 0)."""
        auto = self.automaton
        found = [(v, self.weight(label), 1) for label, v in auto.singles]
        found += [(v, self.weight(label), 0) for label, v in auto.roots]
        one: Number = 1 if self.exact else 1.0
        found += [
            (auto.leaf_states[leaf, value], one, grade) for leaf, value, grade in draws if (leaf, value) in auto.leaf_states
        ]
        return found

    def _productive(self, begin: Iterable[tuple[int, Number, int]]) -> list[bool]:
        auto = self.automaton
        leaving: list[list[int]] = [[] for _ in self.into]
        for e, (p, q, _) in enumerate(auto.edges):
            leaving[p].append(e)
            leaving[q].append(e)
        users: dict[int, list[int]] = {}
        for label, source, target in auto.units:
            if self.weight(label):
                users.setdefault(source, []).append(target)
        found = [False] * len(self.into)
        half = [False] * len(auto.edges)
        stack = [v for v, weight, _ in begin if weight]
        while stack:
            v = stack.pop()
            if found[v]:
                continue
            found[v] = True
            stack.extend(users.get(v, ()))
            for e in leaving[v]:
                if half[e]:
                    stack.append(auto.edges[e][2])
                half[e] = True
        return found

    def _ordered(self, begin: list[tuple[int, Number, int]]) -> Iterable[tuple[list[int], bool]]:
        """Yield groups of vertices, those first that others need, and whether a group goes in a circle."""
        auto = self.automaton
        productive = self._productive(begin)
        arrows = [(t, s) for p, q, t in auto.edges if productive[p] and productive[q] for s in (p, q)]
        arrows += [(t, s) for label, s, t in auto.units if productive[s] and self.weight(label)]
        component, order = components(len(productive), arrows)
        circular = {component[t] for t, s in arrows if component[t] == component[s]}
        group: list[int] = []
        for v, following in zip(order, [*order[1:], -1], strict=False):
            if productive[v]:
                group.append(v)
            if group and (following < 0 or component[following] != component[v]):
                yield group, component[v] in circular
                group = []

    def total(self, draws: Draws = ()) -> list[Number]:
        """Return the number for each vertex; ``math.inf`` where there are endlessly many."""
        if draws not in self._totals:
            begin = self._begin(draws)
            numbers: list[Number] = [0] * len(self.into)
            for v, weight, _ in begin:
                numbers[v] += weight
            for group, circular in self._ordered(begin):
                if not circular:
                    numbers[group[0]] = self._sum(group[0], numbers, numbers[group[0]])
                elif self.exact:
                    for v in group:
                        numbers[v] = math.inf
                else:
                    self._solve(group, numbers)
            self._totals[draws] = numbers
        return self._totals[draws]

    def _sum(self, v: int, numbers: list[Number], first: Number) -> Number:
        total = first
        if not self.exact:
            total += sum(numbers[p] * numbers[q] for p, q in self.into[v])
            return total + sum(self.weight(label) * numbers[s] for label, s in self.units[v])
        for p, q in self.into[v]:
            total = plus(total, times(numbers[p], numbers[q]))
        for _, source in self.units[v]:
            total = plus(total, numbers[source])
        return total

    def _solve(self, group: list[int], numbers: list[Number]) -> None:
        """Find the least solution of the equations of a circle: by Newton from below, or by repeating where it is large."""
        first = [numbers[v] for v in group]
        at = {v: i for i, v in enumerate(group)}
        for v in group:
            numbers[v] = 0.0
        for _ in range(_NEWTON if len(group) <= _DENSE else _PATIENCE):
            step = np.array([self._sum(v, numbers, first[i]) - numbers[v] for i, v in enumerate(group)])
            if len(group) <= _DENSE:
                jacobian = np.zeros((len(group), len(group)))
                for i, v in enumerate(group):
                    for p, q in self.into[v]:
                        for a, b in ((p, q), (q, p)):
                            if a in at:
                                jacobian[i, at[a]] += numbers[b]
                    for label, source in self.units[v]:
                        if source in at:
                            jacobian[i, at[source]] += self.weight(label)
                step = np.linalg.lstsq(np.eye(len(group)) - jacobian, step, rcond=None)[0]
            for v, d in zip(group, step.tolist(), strict=True):
                numbers[v] += d
            if float(np.abs(step).max()) < 1e-15:
                break

    def up_to_height(self, height: int, draws: Draws = ()) -> list[Number]:
        """Return the number of runs up to a height for each vertex; the height of a partial match is that of the whole."""
        levels = self._levels.setdefault(draws, [[0] * len(self.into)])
        begin = self._begin(draws)
        settled = max((grade for _, _, grade in begin), default=1)
        while len(levels) <= height and not self._finals.get(draws):
            level = self._next(levels[-1], len(levels), begin)
            self._finals[draws] = len(levels) > settled and level == levels[-1]
            levels.append(level)
        return levels[min(height, len(levels) - 1)]

    def _next(self, previous: list[Number], height: int, begin: list[tuple[int, Number, int]]) -> list[Number]:
        now: list[Number] = [0] * len(previous)
        for v, weight, grade in begin:
            if grade <= height:
                now[v] += weight
        for p, q, target in self.automaton.edges:
            if now[p] and previous[q]:
                now[target] = (
                    plus(now[target], times(now[p], previous[q])) if self.exact else now[target] + now[p] * previous[q]
                )
        for group, circular in self._unit_groups:
            if circular and any(now[v] for v in group):
                self._unit_circle(group, now)
            elif not circular:
                now[group[0]] = self._with_units(group[0], now)
        return now

    @property
    def _unit_groups(self) -> list[tuple[list[int], bool]]:
        if not hasattr(self, "_unit_order"):
            arrows = [(t, s) for _, s, t in self.automaton.units]
            component, order = components(len(self.into), arrows)
            circular = {component[t] for t, s in arrows if component[t] == component[s]}
            groups: dict[int, list[int]] = {}
            for v in order:
                groups.setdefault(component[v], []).append(v)
            touched = {t for t, _ in arrows}
            self._unit_order = [(g, c in circular) for c, g in groups.items() if not touched.isdisjoint(g)]
        return self._unit_order

    def _with_units(self, v: int, now: list[Number]) -> Number:
        total = now[v]
        for label, source in self.units[v]:
            total = plus(total, now[source]) if self.exact else total + self.weight(label) * now[source]
        return total

    def _unit_circle(self, group: list[int], now: list[Number]) -> None:
        if self.exact:
            for v in group:
                now[v] = math.inf
            return
        at = {v: i for i, v in enumerate(group)}
        matrix = np.eye(len(group))
        right = np.array([now[v] for v in group], dtype=float)
        for v in group:
            for label, source in self.units[v]:
                if source in at:
                    matrix[at[v], at[source]] -= self.weight(label)
                else:
                    right[at[v]] += self.weight(label) * now[source]
        for v, x in zip(group, np.linalg.lstsq(matrix, right, rcond=None)[0].tolist(), strict=True):
            now[v] = x

    def by_size(self, limit: int | None, draws: Draws = ()) -> list[Poly]:
        """Return for each vertex the numbers of runs by size, index 0 to at most `limit`.

        The size of a partial match is that of what is read and of the operator.

        Raises
        ------
        EndlessError
            If `limit` is None and there are endlessly many.
        BudgetError
            If it takes too long, or units go in a circle.
        """
        if (draws, limit) not in self._sizes:
            self._sizes[draws, limit] = self._all_sizes(limit, draws)
        return self._sizes[draws, limit]

    def _all_sizes(self, limit: int | None, draws: Draws) -> list[Poly]:
        deadline = time.thread_time() + _TIME
        begin = self._begin(draws)
        polys: list[Poly] = [[] for _ in self.into]
        for v, weight, grade in begin:
            polys[v] = add(polys[v], [*[0] * max(1, grade), weight])
        for group, circular in self._ordered(begin):
            if circular and limit is None:
                raise EndlessError
            if circular:
                self._circle_sizes(group, polys, limit or 0, deadline)
                continue
            v = group[0]
            for p, q in self.into[v]:
                polys[v] = add(polys[v], multiply(polys[p], polys[q], limit))
                _check_time(deadline)
            for label, source in self.units[v]:
                polys[v] = add(polys[v], [self.weight(label) * x for x in polys[source]])
        return polys

    def _circle_sizes(self, group: list[int], polys: list[Poly], limit: int, deadline: float) -> None:
        inside = set(group)
        arrows = [(v, s) for v in group for _, s in self.units[v] if s in inside]
        names = {v: i for i, v in enumerate(group)}
        component, order = components(len(group), [(names[a], names[b]) for a, b in arrows])
        if any(component[names[a]] == component[names[b]] for a, b in arrows):
            raise BudgetError("units go in a circle, so there are endlessly many derivations of one size")
        first = {v: polys[v] for v in group}
        for v in group:
            polys[v] = [0]
        for n in range(1, limit + 1):
            _check_time(deadline)
            for v in (group[i] for i in order):
                total = first[v][n] if n < len(first[v]) else 0
                for p, q in self.into[v]:
                    total += coefficient(polys[p], polys[q], n)
                for label, source in self.units[v]:
                    if n < len(polys[source]):
                        total += self.weight(label) * polys[source][n]
                polys[v] = [*polys[v], total] if n == 1 else _append(polys[v], total)


def _append(poly: Poly, x: Number) -> Poly:
    poly.append(x)  # type: ignore[arg-type]
    return poly


def _check_time(deadline: float) -> None:
    if time.thread_time() > deadline:
        raise BudgetError("counting by size takes too long")
