"""What drawing by productions leads to on average: criticality and expected size.

A draw is a branching process: a nonterminal becomes the nonterminals of a production, chosen by probability. The *mean
offspring matrix* says how many of each come from each; its spectral radius is the *criticality*. Below 1 draws end and have a
finite expected size, at 1 or above they need not end.
"""

from __future__ import annotations

import math

import numpy as np

from nasviz.grammar.components import components
from nasviz.grammar.grammar import Grammar

DENSE = 500
"""Greatest number of nonterminals on circles for which the radius is computed by eigenvalues."""

_ROUNDS = 2_000


def criticality(grammar: Grammar) -> float:
    """Return the spectral radius of the mean offspring matrix of the nonterminals that the start reaches.

    Below 1 a draw by productions has a finite expected size; at 1 or above it may never end. 0 for a grammar without recursion.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort
    >>> f = Operator("f", (Sort.MAP, Sort.MAP))
    >>> round(criticality(Grammar.parse("S ::= f(S, S) [0.45] | x", [f, Operator("x")])), 6)
    0.9
    """
    names = recursive(grammar)
    if not names:
        return 0.0
    rows, columns, weights = offspring(grammar, names)
    return radius(len(names), rows, columns, weights)


def expected_size(grammar: Grammar) -> float:
    """Return the expected number of operators of a draw by productions; ``math.inf`` from criticality 1 on.

    Constraints are left aside. The sizes solve a linear system, one component of the grammar after the other.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort
    >>> f = Operator("f", (Sort.MAP, Sort.MAP))
    >>> round(expected_size(Grammar.parse("S ::= f(S, S) [0.25] | x", [f, Operator("x")])), 6)
    2.0
    """
    if criticality(grammar) >= 1 - 1e-9:
        return math.inf
    names = [name for name in grammar.rules if name in grammar.reachable]
    index = {name: i for i, name in enumerate(names)}
    own = np.zeros(len(names))
    out: list[dict[int, float]] = [{} for _ in names]
    for a, name in enumerate(names):
        for production in grammar.rules[name]:
            own[a] += production.weight * (len(production.body) - len(production.nonterminals))
            for used in production.nonterminals if production.weight > 0 else ():
                b = index[used]
                out[a][b] = out[a].get(b, 0.0) + production.weight
    component, order = components(len(names), [(a, b) for a, bs in enumerate(out) for b in bs])
    sizes = np.zeros(len(names))
    groups: dict[int, list[int]] = {}
    for a in order:
        groups.setdefault(component[a], []).append(a)
    with np.errstate(over="ignore"):
        for group in groups.values():
            _solve(group, own, out, sizes)
    return float(sizes[index[grammar.start]])


def _solve(group: list[int], own: np.ndarray, out: list[dict[int, float]], sizes: np.ndarray) -> None:
    """Set the sizes of a component whose successors are known."""
    inside = {a: i for i, a in enumerate(group)}
    known = np.array([own[a] + sum(w * sizes[b] for b, w in out[a].items() if b not in inside) for a in group])
    inner = [(i, inside[b], w) for i, a in enumerate(group) for b, w in out[a].items() if b in inside]
    if not inner:
        sizes[group] = known
    elif len(group) <= DENSE:
        matrix = np.eye(len(group))
        for i, j, w in inner:
            matrix[i, j] -= w
        sizes[group] = np.linalg.solve(matrix, known)
    else:
        rows, columns = np.array([i for i, _, _ in inner]), np.array([j for _, j, _ in inner])
        weights = np.array([w for _, _, w in inner])
        found = known
        for _ in range(_ROUNDS):
            found = known + np.bincount(rows, weights * found[columns], minlength=len(group))
        sizes[group] = found


def recursive(grammar: Grammar) -> list[str]:
    """Return the nonterminals that the start reaches and that lie on a circle, in the order of the text."""
    names = [name for name in grammar.rules if name in grammar.reachable]
    index = {name: i for i, name in enumerate(names)}
    edges = [(index[n], index[m]) for n in names for p in grammar.rules[n] for m in p.nonterminals]
    component, _ = components(len(names), edges)
    cyclic = {component[a] for a, b in edges if component[a] == component[b]}
    return [name for name in names if component[index[name]] in cyclic]


def offspring(grammar: Grammar, names: list[str]) -> tuple[list[int], list[int], list[float]]:
    """Return the entries (row, column, weight) of the mean offspring matrix among `names`; equal places add up."""
    index = {name: i for i, name in enumerate(names)}
    entries = [
        (index[name], index[used], production.weight)
        for name in names
        for production in grammar.rules[name]
        for used in production.nonterminals
        if used in index
    ]
    return [e[0] for e in entries], [e[1] for e in entries], [e[2] for e in entries]


def radius(n: int, rows: list[int], columns: list[int], weights: list[float]) -> float:
    """Return the spectral radius of a matrix with n rows, given by entries that are not negative."""
    if n <= DENSE:
        matrix = np.zeros((n, n))
        np.add.at(matrix, (rows, columns), weights)
        return float(np.abs(np.linalg.eigvals(matrix)).max())
    row, column, weight = np.array(rows), np.array(columns), np.array(weights)
    bound = 1.0
    vector = np.full(n, 1.0)
    for _ in range(200):  # the matrix and the unit matrix in equal parts: no oscillation
        vector = 0.5 * (vector + np.bincount(row, weight * vector[column], minlength=n))
        bound = float(vector.max())
        vector /= bound
    return max(0.0, 2 * bound - 1)
