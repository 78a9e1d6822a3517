"""The rules of a grammar as tables, so that drawing and expanding derivations are tight loops.

Nonterminals are numbered in the order of the text. In an expansion the number -1 - s stands for the leaf of the s-th shared
nonterminal: its draw is kept apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from nasviz.algebra import Nonterminal, Operator
from nasviz.grammar.checks import Production
from nasviz.grammar.components import components

Piece = tuple[list[Operator], list[int]]
"""Operators and their numbers of operands, in preorder."""

Item = int | Piece


@dataclass(frozen=True)
class Tables:
    """Tables of a grammar; ``x[a][k]`` belongs to production k of nonterminal a.

    Attributes
    ----------
    names
        Name of each nonterminal.
    start
        The start, or -1 - s when it is shared.
    shared
        Nonterminal of each shared draw, in order of declaration.
    order
        Shared draws, those first that use no other.
    steps
        Cumulative probabilities for `bisect_right`; None where there is one production.
    pushes
        The nonterminals of a body, last first.
    heads
        The operators before the first nonterminal of a body.
    rests
        What follows, last first: nonterminals, and the operators between them.
    """

    names: tuple[str, ...]
    start: int
    shared: tuple[int, ...]
    order: tuple[int, ...]
    steps: list[list[float] | None]
    pushes: list[list[tuple[int, ...]]]
    heads: list[list[Piece]]
    rests: list[list[tuple[Item, ...]]]
    log_weights: list[list[float]]
    choice: list[bool]


def make_tables(rules: Mapping[str, tuple[Production, ...]], shared: tuple[str, ...], start: str) -> Tables:
    """Return the tables of the rules of a grammar."""
    index = {name: a for a, name in enumerate(rules)}
    leaf = {name: -1 - s for s, name in enumerate(shared)}
    pushes: list[list[tuple[int, ...]]] = []
    heads: list[list[Piece]] = []
    rests: list[list[tuple[Item, ...]]] = []
    for productions in rules.values():
        split = [_items(p, index, leaf) for p in productions]
        heads.append([head for head, _ in split])
        rests.append([rest for _, rest in split])
        pushes.append([tuple(x for x in rest if isinstance(x, int)) for _, rest in split])
    weights = [[p.weight for p in productions] for productions in rules.values()]
    shared_numbers = tuple(index[name] for name in shared)
    return Tables(
        names=tuple(rules),
        start=leaf.get(start, index[start]),
        shared=shared_numbers,
        order=_order(shared_numbers, pushes),
        steps=[_steps(w) for w in weights],
        pushes=pushes,
        heads=heads,
        rests=rests,
        log_weights=[[math.log(x) if x > 0 else -math.inf for x in w] for w in weights],
        choice=_choice(pushes, weights),
    )


def _items(production: Production, index: Mapping[str, int], leaf: Mapping[str, int]) -> tuple[Piece, tuple[Item, ...]]:
    head: Piece = ([], [])
    items: list[Item] = []
    piece = head
    body = production.body
    for op, n in zip(body.operators, body.arity.tolist(), strict=True):
        if isinstance(op, Nonterminal):
            if items and piece[0]:
                items.append(piece)
            items.append(leaf.get(op.name, index[op.name]))
            piece = ([], [])
        else:
            piece[0].append(op)
            piece[1].append(n)
    if items and piece[0]:
        items.append(piece)
    return head, tuple(reversed(items))


def _steps(weights: list[float]) -> list[float] | None:
    if len(weights) == 1:
        return None
    last = max(k for k, w in enumerate(weights) if w > 0)
    total = 0.0
    steps: list[float] = []
    for k, w in enumerate(weights):
        total += w
        steps.append(total if k < last else math.inf)
    return steps


def _choice(pushes: list[list[tuple[int, ...]]], weights: list[list[float]]) -> list[bool]:
    """Whether more than one derivation can be drawn from each nonterminal, shared draws left aside."""
    choice = [sum(w > 0 for w in row) > 1 for row in weights]
    users: list[list[int]] = [[] for _ in pushes]
    for a, bodies in enumerate(pushes):
        for body, weight in zip(bodies, weights[a], strict=True):
            for b in body:
                if b >= 0 and weight > 0:
                    users[b].append(a)
    stack = [a for a, c in enumerate(choice) if c]
    while stack:
        for user in users[stack.pop()]:
            if not choice[user]:
                choice[user] = True
                stack.append(user)
    return choice


def _order(shared: tuple[int, ...], pushes: list[list[tuple[int, ...]]]) -> tuple[int, ...]:
    edges = [(a, shared[-1 - b] if b < 0 else b) for a, bodies in enumerate(pushes) for body in bodies for b in body]
    _, order = components(len(pushes), edges)
    draw = {a: s for s, a in enumerate(shared)}
    return tuple(draw[a] for a in order if a in draw)
