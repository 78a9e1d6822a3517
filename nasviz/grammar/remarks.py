"""Remarks on the language of a grammar: ambiguity, recursion, and constraints that say all or nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from nasviz.grammar.ambiguity import PAIRS, Ambiguity, ambiguities, covers
from nasviz.grammar.components import components
from nasviz.grammar.counting import Count, count
from nasviz.grammar.diagnostics import Diagnostic, Fix
from nasviz.grammar.edits import remove_alternative, remove_statement, write_weights
from nasviz.grammar.expectation import criticality, expected_size, offspring, radius, recursive
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.notation import Statement, print_symbols
from nasviz.grammar.smallest import heights, smallest

CALM = 0.9
"""Criticality that the proposed probabilities of a recursive grammar have."""

_STEPS = 4
_SHOWN = 60
_FEW = 50
_CHECKED = 2_000
_CONSTRAINTS = 5


def cut(text: str, limit: int = _SHOWN) -> str:
    """Return a text as a message shows it, cut when long.

    >>> cut("f(x, y)", 5)
    'f(x, …'
    """
    return text if len(text) <= limit else text[:limit] + "…"


def removal(grammar: Grammar, name: str, k: int, label: str = "remove the alternative") -> Fix | None:
    """Return the edit that removes production `k` of a nonterminal; None where its other productions may need this one."""
    form = grammar.normal_form
    symbol = form.defining(name)
    best = grammar.smallest[1][symbol]
    if best is None or best.production == k:
        rules = [r for r in form.rules if not (r.lhs == symbol and r.production == k)]
        if len(rules) > _CHECKED or None in smallest(replace(form, rules=rules))[1]:
            return None
    return remove_alternative(grammar.text, grammar.statements[name], k, label)


def ambiguous(grammar: Grammar, pairs: int = PAIRS) -> Iterator[Diagnostic]:
    """Yield for each nonterminal a smallest term with two derivations; says when the search was cut short."""
    result = ambiguities(grammar, pairs)
    for found in result.found:
        first, second = found.productions
        start, end = grammar.rules[found.nonterminal][second].span
        ways = [_way(grammar, found, numbers) for numbers in found.derivations]
        message = (
            f"ambiguous: {found.nonterminal} derives {cut(found.term.text)} in two ways, {ways[0]} and {ways[1]}: "
            "two derivations, one term"
        )
        fix, hint = _without_one(grammar, found.nonterminal, first, second)
        yield Diagnostic("ambiguous", "warning", message, start, end, hint, fix)
    if not result.complete:
        start, end = grammar.spans[grammar.start]
        message = f"ambiguity was searched in the first {pairs:,} pairs of productions only"
        yield Diagnostic("unsearched", "info", message, start, end)


def _without_one(grammar: Grammar, name: str, first: int, second: int) -> tuple[Fix | None, str]:
    for kept, removed in ((first, second), (second, first)):
        if covers(grammar, name, kept, removed):
            bodies = [cut(grammar.rules[name][k].body.text) for k in (kept, removed)]
            hint = f"{bodies[0]} derives all of {bodies[1]}: remove that alternative"
            return removal(grammar, name, removed, f"remove {bodies[1]}"), hint
    return None, "let the alternatives derive different terms"


def _way(grammar: Grammar, found: Ambiguity, numbers: Sequence[int]) -> str:
    forms = [form if len(form) <= _SHOWN else cut(form) for form in _forms(grammar, found.nonterminal, numbers)]
    return " -> ".join(forms)


def _forms(grammar: Grammar, name: str, numbers: Sequence[int]) -> list[str]:
    """The first steps of a derivation, all nonterminals expanded at once in each; "…" where steps are left out."""
    children: list[list[int]] = [[] for _ in numbers]
    names: list[str] = []
    stack = [(name, -1)]
    depth = [0] * len(numbers)
    for node, k in enumerate(numbers):
        here, parent = stack.pop()
        names.append(here)
        if parent >= 0:
            children[parent].append(node)
            depth[node] = depth[parent] + 1
        stack += [(used, node) for used in reversed(grammar.rules[here][k].nonterminals)]

    def form(node: int, levels: int) -> str:
        if levels == 0:
            return names[node]
        body = grammar.rules[names[node]][numbers[node]].body
        inner = iter(children[node])
        used = {i: form(next(inner), levels - 1) for i in body.nonterminals()}
        return print_symbols([used.get(i, op.name) for i, op in enumerate(body.operators)], body.arity.tolist())

    steps = max(depth) + 1
    shown = [form(0, level) for level in range(min(steps, _STEPS) + 1)]
    return shown if steps <= _STEPS else [*shown, "…"]


def recursion(grammar: Grammar) -> Iterator[Diagnostic]:
    """Say how a grammar without an end behaves when drawn from: its criticality and the expected size of a draw."""
    names = recursive(grammar)
    if not names:
        return
    start, end = grammar.spans[grammar.start]
    rho = criticality(grammar)
    if rho >= 1 - 1e-9:
        message = f"drawing may never end: the criticality is {rho:.3g}, the expected size infinite"
        hint = "lower the probability of recursive productions"
        yield Diagnostic("supercritical", "warning", message, start, end, hint, _calmer(grammar, names))
    elif heights(grammar)[1] == math.inf:
        through = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        message = (
            f"endlessly many terms by recursion through {through}: criticality {rho:.3g}, "
            f"a draw has {expected_size(grammar):.3g} operators on average"
        )
        start, end = grammar.spans[names[0]]
        yield Diagnostic("recursive", "info", message, start, end)


def _calmer(grammar: Grammar, names: list[str]) -> Fix | None:
    """An edit of one rule that brings the criticality to `CALM`; None where no single rule can."""
    if len(names) > _FEW:
        return None
    index = {name: i for i, name in enumerate(names)}
    rows, columns, weights = offspring(grammar, names)
    component, _ = components(len(names), list(zip(rows, columns, strict=True)))
    for name, row in index.items():
        near = {other for other, i in index.items() if component[i] == component[row]}
        inside = [any(n in near for n in p.nonterminals) for p in grammar.rules[name]]
        chosen = np.array([r == row and component[c] == component[row] for r, c in zip(rows, columns, strict=True)])
        factor = None if all(inside) else _factor(len(names), rows, columns, np.array(weights), chosen)
        if factor is not None:
            return _rescaled(grammar, name, inside, factor)
    return None


def _factor(n: int, rows: list[int], columns: list[int], weights: np.ndarray, chosen: np.ndarray) -> float | None:
    """By what the chosen entries of a matrix must be multiplied for the radius `CALM`, by bisection; None when nothing does."""

    def at(factor: float) -> float:
        return radius(n, rows, columns, np.where(chosen, weights * factor, weights).tolist())

    if at(0.0) >= CALM:
        return None
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle) <= CALM else (low, middle)
    return low


def _rescaled(grammar: Grammar, name: str, inside: list[bool], factor: float) -> Fix | None:
    """The edit that multiplies the probabilities of the recursive productions and gives the rest to the others."""
    old = np.array([p.weight for p in grammar.rules[name]])
    chosen = np.array(inside)
    new = np.where(chosen, np.floor(old * factor * 1000 + 0.01) / 1000, 0.0)
    others = old * ~chosen if (old * ~chosen).sum() > 0 else np.where(chosen, 0.0, 1.0)
    new += (1 - new.sum()) * others / others.sum()
    new = np.round(new, 6)
    new[int(np.argmax(others))] += 1 - new.sum()
    label = f"criticality {CALM} by the probabilities of {name}"
    return write_weights(grammar.text, grammar.statements[name], new.tolist(), label)


def constraints(grammar: Grammar, seconds: float = 0.2) -> Iterator[Diagnostic]:
    """Say of each constraint when it rejects everything or nothing, as far as that can be counted in so many seconds."""
    statements = grammar.constraint_statements
    if not 0 < len(statements) <= _CONSTRAINTS:
        return
    legal = count(grammar, seconds=seconds)
    if legal == 0:
        alone = [s for s in statements if _count_without(grammar, [t for t in statements if t is not s], seconds) == 0]
        for statement in alone or statements[-1:]:
            yield from requirement(statement, grammar.text, 0, math.inf, together=not alone)
        return
    if not isinstance(legal, int):
        return
    for statement in statements:
        total = _count_without(grammar, [statement], seconds)
        if isinstance(total, int):
            yield from requirement(statement, grammar.text, legal, total)


def _count_without(grammar: Grammar, statements: Sequence[Statement], seconds: float) -> Count:
    text = grammar.text
    for statement in reversed(statements):
        text = remove_statement(text, statement, "").apply(text)
    return count(Grammar.parse(text, grammar.signature), seconds=seconds)


def requirement(statement: Statement, text: str, legal: float, total: float, together: bool = False) -> Iterator[Diagnostic]:
    """Yield what is remarkable about a constraint, given how many terms the grammar has with it and without it.

    Parameters
    ----------
    statement
        The ``require`` statement.
    text
        The text of the grammar.
    legal, total
        Numbers of terms with the constraint and without it; exact numbers or ``math.inf``.
    together
        Whether it takes the other constraints too to reject everything.
    """
    what = f"'require {statement.predicate}'"
    span = (statement.start, statement.end)
    if legal == 0:
        message = f"{what} rejects every term{' together with the constraints above' * together}: nothing is left"
        hint = "weaken the constraint, or change the rules"
        yield Diagnostic("rejects-everything", "warning", message, *span, hint)
    elif legal == total and legal != math.inf:
        fix = remove_statement(text, statement, "remove the line")
        message = f"{what} rejects nothing: every term fulfils it"
        yield Diagnostic("rejects-nothing", "info", message, *span, "the line can go", fix)
