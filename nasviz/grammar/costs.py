"""Additive costs: the least and the greatest that a grammar can reach, exactly, by (min, +) and (max, +) over its rules.

The cost of a term is the sum over its operators. The least cost of a nonterminal is the least over its productions of the sum
over their symbols: the equations of counting with min for + and + for ×. Where rules go in circles they are solved as
shortest paths are (Bellman and Ford; for sums of several operands Gawlitza and Seidl 2007): a value that still changes after
as many rounds as there are unknowns changes for ever, so it is infinite.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from nasviz.algebra import Operator
from nasviz.errors import NasvizError, nearest
from nasviz.grammar.automaton import Automaton, BudgetError
from nasviz.grammar.components import components
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.language import Block, Language
from nasviz.grammar.normal import successors
from nasviz.grammar.tallies import TooLargeError

Number = int | float

Cost = Mapping[Operator, Number] | Mapping[str, Number] | Callable[[Operator], Number]
"""Cost of an operator: by operator or by name, 0 for what is not named, or a function."""

Edge = tuple[int, Number, tuple[int, ...]]
"""What a vertex can be made of: vertex, cost, vertices below."""


def cost_function(grammar: Grammar, cost: Cost) -> Callable[[Operator], Number]:
    """Return a cost as a checked function.

    Raises
    ------
    NasvizError
        If it names an operator that the grammar does not know, or the cost of an operator is no finite number.
    """
    if isinstance(cost, Mapping):
        names = {key.name if isinstance(key, Operator) else key for key in cost}
        unknown = sorted(names - {op.name for op in grammar.operators} - set(grammar.signature.names()))
        if unknown and not all(isinstance(key, Operator) for key in cost):
            near = nearest(unknown[0], grammar.signature.names())
            raise NasvizError(f"a cost for the unknown operator {unknown[0]!r}" + (f"; did you mean {near}?" if near else ""))
    table: dict[Operator, Number] = {}

    def price(op: Operator) -> Number:
        if op not in table:
            if isinstance(cost, Mapping):
                number = dict[Operator | str, Number](cost.items()).get(op, cost.get(op.name, 0))  # type: ignore[arg-type]
            else:
                number = cost(op)
            if not math.isfinite(number):
                raise NasvizError(f"the cost of {op.name} must be a finite number, found {number!r}")
            table[op] = number
        return table[op]

    return price


def solve(n: int, edges: Sequence[Edge], least: bool) -> list[Number]:
    """Return the least (or greatest) cost of `n` vertices; ∞ (or -∞) for those that nothing makes.

    >>> solve(2, [(0, 1, ()), (0, 2, (0, 1)), (1, 5, ())], least=True)
    [1, 5]
    >>> solve(2, [(0, 1, ()), (0, 2, (0, 1)), (1, 5, ())], least=False)
    [inf, 5]
    """
    missing = math.inf if least else -math.inf
    pick = min if least else max
    into: list[list[Edge]] = [[] for _ in range(n)]
    edges = [e for e, made in zip(edges, _made(n, edges), strict=True) if made]
    for edge in edges:
        into[edge[0]].append(edge)
    component, order = components(n, [(v, s) for v, _, below in edges for s in below])
    values: list[Number] = [missing] * n
    groups: dict[int, list[int]] = {}
    for v in order:
        groups.setdefault(component[v], []).append(v)
    circular = {component[v] for v, _, below in edges for s in below if component[s] == component[v]}

    def better(v: int) -> Number:
        return pick((_total(cost, below, values, missing) for _, cost, below in into[v]), default=missing)

    for c, group in groups.items():
        if c not in circular:
            values[group[0]] = better(group[0])
            continue
        rounds = 0
        while changed := _round(group, values, better, -missing):
            rounds += 1
            if rounds == len(group) + 1:
                for v in changed:
                    values[v] = -missing
    return values


def _round(group: list[int], values: list[Number], better: Callable[[int], Number], endless: float) -> list[int]:
    """Work out all vertices of a circle once more; return those that changed."""
    found = [values[v] if values[v] == endless else better(v) for v in group]
    changed = [v for v, x in zip(group, found, strict=True) if x != values[v]]
    for v, x in zip(group, found, strict=True):
        values[v] = x
    return changed


def _total(cost: Number, below: Iterable[int], values: list[Number], missing: float) -> Number:
    for s in below:
        if values[s] == missing:
            return missing
        cost = cost + values[s]
    return cost


def _made(n: int, edges: Sequence[Edge]) -> list[bool]:
    """Whether each edge can be used in a finite term."""
    users: list[list[int]] = [[] for _ in range(n)]
    waiting = [len(set(below)) for _, _, below in edges]
    for e, (_, _, below) in enumerate(edges):
        for s in set(below):
            users[s].append(e)
    found = [False] * n
    stack = [v for v, _, below in edges if not below]
    while stack:
        v = stack.pop()
        if found[v]:
            continue
        found[v] = True
        for e in users[v]:
            waiting[e] -= 1
            if waiting[e] == 0:
                stack.append(edges[e][0])
    return [w == 0 for w in waiting]


class Bounds:
    """Least and greatest costs of what the symbols of a grammar derive: of its rules, or under constraints of its automaton.

    Parameters
    ----------
    grammar
        The grammar.
    price
        Cost of an operator.
    """

    def __init__(self, grammar: Grammar, price: Callable[[Operator], Number]) -> None:
        self.grammar = grammar
        self.form = grammar.normal_form
        self.price = price
        operators = list(self.form.operators)
        self._own = [0 if r.operator < 0 else price(operators[r.operator]) for r in self.form.rules]
        self._simple: dict[bool, list[Number]] = {}
        self._plain: dict[bool, list[Number]] = {}
        self._values: dict[tuple[int, bool], dict[int, Number]] = {}

    def simple(self, least: bool) -> list[Number]:
        """Return the cost of every symbol where nothing is required; a shared leaf costs what its draw does."""
        if least not in self._simple:
            edges: list[Edge] = [
                (rule.lhs, own, successors(rule)) for rule, own in zip(self.form.rules, self._own, strict=True)
            ]
            edges += [(leaf, 0, (symbol,)) for leaf, symbol in self.form.inner.items()]
            self._simple[least] = solve(len(self.form.names), edges, least)
        return self._simple[least]

    @cached_property
    def automaton(self) -> Automaton:
        """The automaton of derivations.

        Raises
        ------
        NasvizError
            If it is past its budget, as constraints can make it.
        """
        try:
            return self.grammar.product.numbers("derivations").automaton
        except BudgetError as error:
            raise NasvizError(f"costs are out of reach: {error}") from error

    def solved(self, leaves: Mapping[tuple[int, int], Number], least: bool) -> list[Number]:
        """Return the costs of all vertices of the automaton, given the cost of the draw of shared leaves (leaf, value)."""
        auto, own = self.automaton, self._own
        edges: list[Edge] = [(v, own[label], ()) for label, v in (*auto.singles, *auto.roots)]
        edges += [(t, 0, (p, q)) for p, q, t in auto.edges]
        edges += [(t, 0, (q,)) for _, q, t in auto.units]
        edges += [(auto.leaf_states[key], x, ()) for key, x in leaves.items() if key in auto.leaf_states]
        return solve(len(auto.symbols), edges, least)

    def by_value(self, symbol: int, least: bool) -> dict[int, Number]:
        """Return the cost of a symbol that reaches no shared draw, for each value that it can have.

        Raises
        ------
        NasvizError
            As :attr:`automaton`.
        """
        if self.grammar.product.constraint.trivial:
            return {0: self.simple(least)[symbol]}
        if least not in self._plain:
            self._plain[least] = self.solved({}, least)
        if (symbol, least) not in self._values:
            costs = self._plain[least]
            missing = math.inf if least else -math.inf
            states = [q for q, symbols in enumerate(self.automaton.symbols) if symbol in symbols and costs[q] != missing]
            self._values[symbol, least] = {self.automaton.values[q]: costs[q] for q in states}
        return self._values[symbol, least]

    def whole(self, nonterminal: str | None = None) -> tuple[Number, Number]:
        """Return the least and the greatest cost of the legal terms of a nonterminal; (∞, -∞) when there is none.

        Raises
        ------
        NasvizError
            As :attr:`automaton`, or if shared draws can have too many values.
        """
        name = nonterminal or self.grammar.start
        if not self.grammar.requirements:
            symbol = self.form.index[name]
            return self.simple(True)[symbol], self.simple(False)[symbol]
        try:
            language = self.grammar.product.language("derivations", name, name == self.grammar.start)
        except BudgetError as error:
            raise NasvizError(f"costs are out of reach: {error}") from error
        least: Number = math.inf
        greatest: Number = -math.inf
        for block in _blocks(language):
            least = min(least, self._block(language, block, True))
            greatest = max(greatest, self._block(language, block, False))
        return least, greatest

    def _block(self, language: Language, block: Block, least: bool) -> Number:
        """The cost of the terms whose shared draws have certain values: the draws first, those first that others use."""
        leaves: dict[tuple[int, int], Number] = {}
        pick, missing = (min, math.inf) if least else (max, -math.inf)
        for leaf, value, _ in block.used:
            costs = self.solved(leaves, least)
            leaves[leaf, value] = pick((costs[q] for q in language.states(leaf, value)), default=missing)
        costs = self.solved({key: x for key, x in leaves.items() if x != missing}, least)
        return pick((costs[q] for q in language.roots(block.used)), default=missing)


def _blocks(language: Language) -> list[Block]:
    if not language.leaves:
        return [Block((), (), (), 1)]
    try:
        return language.blocks()
    except BudgetError as error:
        raise NasvizError(f"costs are out of reach: {error}") from error
    except TooLargeError:
        raise NasvizError("costs are out of reach: the shared draws have too many values") from None


def cost_bounds(grammar: Grammar, cost: Cost, nonterminal: str | None = None) -> tuple[Number, Number]:
    """Return the least and the greatest cost of the legal terms of a grammar, exactly.

    Parameters
    ----------
    grammar
        The grammar.
    cost
        Cost of one operator; the cost of a term is the sum over its operators, a shared draw counted as often as it occurs.
        A cost that depends on where the operator stands, as parameters depend on the number of channels there, is none.
    nonterminal
        Whose terms; default the start.

    Returns
    -------
    least, greatest
        Whole numbers where all costs are; ``math.inf`` or ``-math.inf`` where there is no bound; (∞, -∞) of no terms at all.

    Raises
    ------
    NasvizError
        If an operator is unknown, a cost is no finite number, or the constraints are past their budget.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort
    >>> f, x, y = Operator("f", (Sort.MAP, Sort.MAP)), Operator("x"), Operator("y")
    >>> cost_bounds(Grammar.parse("S ::= f(S, A) | A\\nA ::= x | y", [f, x, y]), {"f": 1, "x": 2, "y": 3})
    (2, inf)
    """
    return Bounds(grammar, cost_function(grammar, cost)).whole(nonterminal)


def one_each(op: Operator) -> Number:
    """Return 1: the cost of a term is then its size."""
    return 1


def term_cost(operators: Iterable[Operator], price: Callable[[Operator], Number]) -> Number:
    """Return the cost of a term from its operators, numbers left out unless the cost names them.

    >>> term_cost([Operator("x"), Operator("x")], lambda op: 2)
    4
    """
    return sum(price(op) for op in operators)
