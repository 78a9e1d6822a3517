"""Smallest terms and heights: the least that each symbol of a normal form derives, and the most."""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

from nasviz.grammar.components import components
from nasviz.grammar.normal import Flat, NormalForm, successors

if TYPE_CHECKING:
    from nasviz.grammar.grammar import Grammar


def canonical(form: NormalForm, rule: Flat) -> tuple[int, ...]:
    """Return the symbols on the right of a rule, each shared leaf replaced by the symbol that its rules define."""
    inner = form.inner
    return tuple(inner.get(s, s) for s in successors(rule)) if inner else successors(rule)


def smallest(form: NormalForm) -> tuple[list[float], list[Flat | None]]:
    """Return the least number of operators that each symbol derives, and the rule that begins such a term.

    Knuth's generalisation of Dijkstra's algorithm. Following the rules never goes in circles. Numbers past 10^308 are infinite.
    """
    n = len(form.names)
    size = [math.inf] * n
    best: list[Flat | None] = [None] * n
    waiting: list[list[int]] = [[] for _ in range(n)]
    missing = [0] * len(form.rules)
    total = [0.0] * len(form.rules)
    heap: list[tuple[float, bool, int]] = []  # of equal terms those first that begin with an operator
    for r, rule in enumerate(form.rules):
        right = canonical(form, rule)
        missing[r], total[r] = len(right), 0.0 if rule.unit >= 0 else 1.0
        for s in right:
            waiting[s].append(r)
        if not right:
            heap.append((total[r], False, r))
    heapq.heapify(heap)
    while heap:
        value, _, r = heapq.heappop(heap)
        symbol = form.rules[r].lhs
        if best[symbol] is not None:
            continue
        size[symbol], best[symbol] = value, form.rules[r]
        for user in waiting[symbol]:
            missing[user] -= 1
            total[user] += value
            if missing[user] == 0:
                heapq.heappush(heap, (total[user], form.rules[user].unit >= 0, user))
    for leaf, symbol in form.inner.items():
        size[leaf], best[leaf] = size[symbol], best[symbol]
    return size, best


def heights(grammar: Grammar) -> tuple[int, int | float]:
    """Return the least and the greatest height of a term; the greatest is ``math.inf`` where the language is endless.

    A single operator has height 1.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort
    >>> from nasviz.grammar import Grammar
    >>> heights(Grammar.parse("S ::= f(A) | x\\nA ::= f(x)", [Operator("f", (Sort.MAP,)), Operator("x")]))
    (1, 3)
    """
    form = grammar.normal_form
    root = form.defining(grammar.start)
    return lowest(form)[root], _highest(form)[root]


def lowest(form: NormalForm) -> list[int]:
    """Return the least height of what each symbol derives, by rounds: what is known after round h has height h."""
    n = len(form.names)
    waiting: list[list[int]] = [[] for _ in range(n)]
    missing = [0] * len(form.rules)
    low = [0] * n
    now: list[int] = []
    for r, rule in enumerate(form.rules):
        right = set(canonical(form, rule))
        missing[r] = len(right)
        for s in right:
            waiting[s].append(r)
        if not right:
            now.append(r)
    height = 1
    while now:
        following: list[int] = []
        while now:
            symbol = form.rules[now.pop()].lhs
            if low[symbol]:
                continue
            low[symbol] = height
            for user in waiting[symbol]:
                missing[user] -= 1
                if missing[user] == 0:
                    (now if form.rules[user].unit >= 0 else following).append(user)
        now, height = following, height + 1
    return low


def _highest(form: NormalForm) -> list[int | float]:
    rules = [(rule, canonical(form, rule)) for rule in form.rules]
    component, order = components(len(form.names), [(rule.lhs, s) for rule, right in rules for s in right])
    table: list[list[tuple[Flat, tuple[int, ...]]]] = [[] for _ in form.names]
    for rule, right in rules:
        table[rule.lhs].append((rule, right))
    circles = {
        component[rule.lhs] for rule, right in rules if rule.unit < 0 for s in right if component[s] == component[rule.lhs]
    }
    high: list[int | float] = [0] * len(form.names)
    groups: dict[int, list[int]] = {}
    for s in order:
        groups.setdefault(component[s], []).append(s)
    for number, group in groups.items():
        top: int | float = math.inf if number in circles else 0
        for s in group:
            for rule, right in table[s]:
                outside = [high[t] for t in right if component[t] != number]
                if rule.unit < 0 or outside:
                    top = max(top, max(outside, default=0) + (rule.unit < 0))
        for s in group:
            high[s] = top
    return high
