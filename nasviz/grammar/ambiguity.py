"""Ambiguity: terms with two derivations, found exactly, the smallest first.

A grammar of terms is ambiguous where two productions of one nonterminal derive a common term. What two symbols derive in common
is again described by rules over pairs of symbols, so a smallest common term is a shortest path (Knuth 1977). Productions that
stand twice are no ambiguity and are left aside, and so are units that lead back to themselves.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from nasviz.algebra import Nonterminal, Operator, Term
from nasviz.grammar.components import components
from nasviz.grammar.derivation import assemble
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.normal import Flat, NormalForm
from nasviz.grammar.smallest import canonical

PAIRS = 10_000
"""Greatest number of pairs of rules that are compared."""

LARGEST = 1_000
"""Greatest number of operators in an example."""


@dataclass(frozen=True)
class Ambiguity:
    """A term that two productions of one nonterminal derive.

    Attributes
    ----------
    nonterminal
        The nonterminal.
    productions
        Numbers of two of its productions, the lesser first.
    term
        A smallest term that both derive.
    derivations
        For each of the two the numbers of all productions in preorder, shared draws spelt out.
    """

    nonterminal: str
    productions: tuple[int, int]
    term: Term
    derivations: tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class Ambiguities:
    """What a search for ambiguity found: at most one example for each nonterminal, and whether every pair was compared."""

    found: tuple[Ambiguity, ...]
    complete: bool


def ambiguities(grammar: Grammar, pairs: int = PAIRS) -> Ambiguities:
    """Return for each nonterminal that the start reaches a smallest term that two of its productions derive, if there is one.

    Parameters
    ----------
    grammar
        The grammar.
    pairs
        Greatest number of pairs of rules to compare; past it the search is incomplete.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort
    >>> f, x, y = Operator("f", (Sort.MAP,)), Operator("x"), Operator("y")
    >>> (found,) = ambiguities(Grammar.parse("S ::= f(A) | f(x)\\nA ::= x | y", [f, x, y])).found
    >>> str(found.term), found.derivations
    ('f(x)', ((0, 0), (1,)))
    """
    return _Search(grammar, pairs).run()


@dataclass
class _Edge:
    """A way to a common term of a pair of symbols: `first` and `second` are the rules taken (None: that side stays)."""

    target: tuple[int, int]
    first: Flat | None
    second: Flat | None
    needs: tuple[tuple[int, int], ...]
    cost: float
    missing: int = field(default=0)


class _Search:
    def __init__(self, grammar: Grammar, pairs: int) -> None:
        self.grammar = grammar
        self.form = form = grammar.normal_form
        self.left = pairs
        self.size, self.best = grammar.smallest
        self.table: list[list[Flat]] = _distinct(form)
        self.edges: list[_Edge] = []
        self.into: dict[tuple[int, int], list[_Edge]] = {}
        self.known: set[tuple[int, int]] = set()
        self.way: dict[tuple[int, int], _Edge] = {}
        self.cost: dict[tuple[int, int], float] = {}

    def run(self) -> Ambiguities:
        goals: list[tuple[str, tuple[int, int], tuple[int, int]]] = []
        complete = True
        for name, rules in self.choices():
            for i, j in _pairs(rules):
                if self.left <= 0:
                    complete = False
                    break
                goals.append((name, (rules[i].production, rules[j].production), self.goal(rules[i], rules[j])))
        self.solve()
        found: dict[str, tuple[float, tuple[int, int], tuple[int, int]]] = {}
        for name, numbers, pair in goals:
            value = self.cost.get(pair, math.inf)
            if value <= LARGEST and value < found.get(name, (math.inf,))[0]:
                found[name] = (value, numbers, pair)
        examples = [self.example(name, numbers, pair) for name, (_, numbers, pair) in found.items()]
        return Ambiguities(tuple(e for e in examples if e is not None), complete and self.left > 0)

    def choices(self) -> Iterator[tuple[str, list[Flat]]]:
        """Nonterminals with the rules that may be compared: no unit on a circle of units."""
        form, grammar = self.form, self.grammar
        units = [(r.lhs, form.inner.get(r.unit, r.unit)) for r in form.rules if r.unit >= 0]
        component, _ = components(len(form.names), units)
        for name in grammar.rules:
            if name in grammar.reachable:
                symbol = form.defining(name)
                rules = self.table[symbol]
                yield name, [r for r in rules if r.unit < 0 or component[form.inner.get(r.unit, r.unit)] != component[symbol]]

    def goal(self, first: Flat, second: Flat) -> tuple[int, int]:
        """A pair of new symbols, each with one rule."""
        pair = (len(self.table), len(self.table) + 1)
        self.table += [[first], [second]]
        self.demand(pair)
        return pair

    def demand(self, pair: tuple[int, int]) -> None:
        """Add the edges that lead to a pair, and to all that they need."""
        stack = [pair]
        while stack:
            here = stack.pop()
            if here in self.known or here[0] == here[1]:
                continue
            self.known.add(here)
            for edge in self.edges_of(here):
                self.left -= 1
                self.edges.append(edge)
                for need in dict.fromkeys(edge.needs):
                    edge.missing += 1
                    self.into.setdefault(need, []).append(edge)
                stack.extend(edge.needs)
                if self.left <= 0:
                    return

    def edges_of(self, pair: tuple[int, int]) -> Iterator[_Edge]:
        a, b = pair
        by_operator: dict[tuple[int, int], list[Flat]] = {}
        for rule in self.table[b]:
            if rule.unit >= 0:
                yield _Edge(pair, None, rule, ((a, canonical(self.form, rule)[0]),), 0.0)
            else:
                by_operator.setdefault((rule.operator, len(rule.children)), []).append(rule)
        for rule in self.table[a]:
            if rule.unit >= 0:
                yield _Edge(pair, rule, None, ((canonical(self.form, rule)[0], b),), 0.0)
                continue
            for other in by_operator.get((rule.operator, len(rule.children)), ()):
                needs = tuple(zip(canonical(self.form, rule), canonical(self.form, other), strict=True))
                yield _Edge(pair, rule, other, needs, 1.0)

    def solve(self) -> None:
        """Knuth's algorithm over the edges; a pair of equal symbols costs the smallest term of the symbol."""
        heap: list[tuple[float, int, tuple[int, int], _Edge | None]] = []
        for pair in self.into:
            if pair[0] == pair[1]:
                heap.append((self.size[pair[0]], len(heap), pair, None))
        heap.extend((e.cost, len(heap) + k, e.target, e) for k, e in enumerate(self.edges) if e.missing == 0)
        heapq.heapify(heap)
        count = len(heap) + len(self.edges)
        while heap:
            value, _, pair, edge = heapq.heappop(heap)
            if pair in self.cost or value == math.inf:
                continue
            self.cost[pair] = value
            if edge is not None:
                self.way[pair] = edge
            for user in self.into.get(pair, ()):
                user.missing -= 1
                if user.missing == 0:
                    count += 1
                    heapq.heappush(heap, (user.cost + sum(self.cost[n] for n in user.needs), count, user.target, user))

    def example(self, name: str, numbers: tuple[int, int], pair: tuple[int, int]) -> Ambiguity | None:
        """Read a smallest common term with its two derivations off the ways; None when shared draws contradict it."""
        operators = list(self.form.operators)
        symbols: list[Operator] = []
        arities: list[int] = []
        sides: tuple[list[int], list[int]] = ([], [])
        stack: list[tuple[int, int]] = [pair]
        while stack:
            here = stack.pop()
            if here[0] == here[1]:
                rule = self.best[here[0]]
                assert rule is not None
                first = second = rule
                needs = tuple((s, s) for s in canonical(self.form, rule))
            else:
                edge = self.way[here]
                first, second, needs = edge.first, edge.second, edge.needs
            for rule, side in zip((first, second), sides, strict=True):
                if rule is not None and rule.production >= 0:
                    side.append(rule.production)
            operator = next(r for r in (first, second) if r is not None)
            if operator.unit < 0:
                symbols.append(operators[operator.operator])
                arities.append(len(operator.children))
            stack.extend(reversed(needs))
        if not all(_consistent(self.grammar, name, side) for side in sides):
            return None
        return Ambiguity(name, numbers, assemble((symbols, arities)), (tuple(sides[0]), tuple(sides[1])))


def _distinct(form: NormalForm) -> list[list[Flat]]:
    """The rules of each symbol, those that say the same once."""
    table: list[dict[tuple[int, tuple[int, ...], bool], Flat]] = [{} for _ in form.names]
    for rule in form.rules:
        table[rule.lhs].setdefault((rule.operator, canonical(form, rule), rule.unit >= 0), rule)
    return [list(rules.values()) for rules in table]


def _pairs(rules: list[Flat]) -> Iterator[tuple[int, int]]:
    """Pairs of rules that can derive a common term: with equal operators and numbers of operands, or with a unit."""
    units = [i for i, r in enumerate(rules) if r.unit >= 0]
    groups: dict[tuple[int, int], list[int]] = {}
    for i, r in enumerate(rules):
        if r.unit < 0:
            groups.setdefault((r.operator, len(r.children)), []).append(i)
    for group in groups.values():
        for x, i in enumerate(group):
            for j in group[x + 1 :]:
                yield i, j
    for i in units:
        for j in range(len(rules)):
            if j != i and not (rules[j].unit >= 0 and j < i):
                yield min(i, j), max(i, j)


def _consistent(grammar: Grammar, name: str, numbers: list[int]) -> bool:
    """Whether every use of a shared nonterminal is derived alike."""
    if not grammar.shared:
        return True
    draws: dict[str, tuple[int, ...]] = {}
    open_: list[tuple[str, int]] = []  # shared nonterminals being read, and where their numbers begin
    stack: list[str | None] = [name]
    used = 0
    while stack:
        here = stack.pop()
        if here is None:
            shared, begin = open_.pop()
            if draws.setdefault(shared, tuple(numbers[begin:used])) != tuple(numbers[begin:used]):
                return False
            continue
        if here in grammar.shared:
            open_.append((here, used))
            stack.append(None)
        production = grammar.rules[here][numbers[used]]
        used += 1
        stack.extend(reversed(production.nonterminals))
    return True


def covers(grammar: Grammar, name: str, first: int, second: int) -> bool:
    """Whether production `first` of a nonterminal derives the body of production `second`, and so all that it derives.

    >>> from nasviz.algebra import Operator, Sort
    >>> f, x = Operator("f", (Sort.MAP,)), Operator("x")
    >>> covers(Grammar.parse("S ::= f(S) | f(x) | x", [f, x]), "S", 0, 1)
    True
    """
    form = grammar.normal_form
    users: dict[int, list[int]] = {}
    by_operator: dict[tuple[int, int], list[Flat]] = {}
    for rule in form.rules:
        if rule.unit >= 0:
            users.setdefault(rule.unit, []).append(rule.lhs)
        else:
            by_operator.setdefault((rule.operator, len(rule.children)), []).append(rule)
    symbol = form.defining(name)
    goal = next(r for r in form.rules if r.lhs == symbol and r.production == first)
    body = grammar.rules[name][second].body
    done: list[set[int]] = []
    for i in range(len(body) - 1, -1, -1):
        op, n = body.operators[i], int(body.arity[i])
        args = done[: -n - 1 : -1] if n else []
        if n:
            del done[-n:]
        fitting = [r for r in by_operator.get((form.operators.get(op, -1), n), ()) if _fits(r, args)]
        if i == 0 and goal.unit < 0:
            return goal in fitting
        here = {form.index[op.name]} if isinstance(op, Nonterminal) else set[int]()
        done.append(_closed(here | {r.lhs for r in fitting if i > 0 or r.lhs != symbol}, users))
    return goal.unit in done[0]


def _fits(rule: Flat, args: list[set[int]]) -> bool:
    return all(s in found for s, found in zip(rule.children, args, strict=True))


def _closed(found: set[int], users: dict[int, list[int]]) -> set[int]:
    stack = list(found)
    while stack:
        for user in users.get(stack.pop(), ()):
            if user not in found:
                found.add(user)
                stack.append(user)
    return found
