"""Shared nonterminals: drawn once per architecture, in which order, and whether terms give their draws away."""

from __future__ import annotations

from nasviz.grammar.components import components
from nasviz.grammar.normal import NormalForm, reachable, successors


def draws_of(form: NormalForm, root: int) -> list[int]:
    """Return the shared leaves that `root` reaches, those first that others use."""
    if not form.inner:
        return []
    found = reachable(form, root, through_shared=True)
    edges = [(r.lhs, s) for r in form.rules for s in successors(r)]
    _, order = components(len(form.names), [*edges, *form.inner.items()])
    return [s for s in order if s in form.inner and s in found]


def overlap(form: NormalForm, root: int, draws: list[int]) -> str:
    """Return why two choices of draws and macro may give one term; "" when they cannot.

    They cannot when a term shows where its draws stand: the operators at the top of a shared language occur neither in what
    surrounds it nor at the top of another shared language.
    """
    inner = form.inner
    if root in inner:
        root = inner[root]
        draws = [d for d in draws if inner[d] != root]
    tops = {d: _tops(form, inner[d]) for d in draws}
    for region in (root, *(inner[d] for d in draws)):
        around = reachable(form, region)
        operators = {r.operator for r in form.rules if r.lhs in around and r.operator >= 0}
        leaves = [d for d in draws if d in around]
        for d in leaves:
            if tops[d] & operators or any(tops[d] & tops[e] for e in leaves if e != d):
                return f"terms of the shared nonterminal {form.names[d]} may also be derived without it"
    return ""


def _tops(form: NormalForm, symbol: int) -> set[int]:
    table = form.by_lhs()
    found: set[int] = set()
    seen = {symbol}
    stack = [symbol]
    while stack:
        here = stack.pop()
        for rule in table[here]:
            target = form.inner.get(rule.unit, rule.unit)
            if rule.unit < 0:
                found.add(rule.operator)
            elif target not in seen:
                seen.add(target)
                stack.append(target)
    return found


def avoidable(form: NormalForm, root: int, leaf: int) -> bool:
    """Whether `root` derives a term without the shared leaf, seen through the draws of other shared leaves."""
    root = form.inner.get(root, root) if root != leaf else root
    table = form.by_lhs()
    for other, symbol in form.inner.items():
        if other != leaf:
            table[other] = table[symbol]
    waiting: dict[int, list[tuple[int, int]]] = {}
    needs: dict[tuple[int, int], int] = {}
    ready: list[int] = []
    for symbol, rules in enumerate(table):
        for k, rule in enumerate(rules if symbol != leaf else ()):
            distinct = set(successors(rule))
            needs[symbol, k] = len(distinct)
            for s in distinct:
                waiting.setdefault(s, []).append((symbol, k))
            if not distinct:
                ready.append(symbol)
    free: set[int] = set()
    while ready:
        symbol = ready.pop()
        if symbol in free:
            continue
        free.add(symbol)
        for user in waiting.get(symbol, ()):
            needs[user] -= 1
            if needs[user] == 0:
                ready.append(user[0])
    return root in free
