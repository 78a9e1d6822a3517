"""Bottom-up tree automata of a grammar: the deterministic one, and the grammar itself, each with the values of attributes.

A vertex of the deterministic automaton is the set of symbols that derive a term and the value of its attributes: every term
runs to exactly one, so counting runs counts distinct terms. In the other automaton a vertex is one symbol with one value: runs
are derivations, and productions carry weights. In both the operands of an operator are read from left to right; rules that no
longer fit and subterms that a requirement forbids are dropped, so n operands cost n steps, not k^n combinations. The number of
vertices can be exponential in the number of symbols: the construction has a budget.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from nasviz.algebra import Operator
from nasviz.grammar.constraint import ILLEGAL, Constraint
from nasviz.grammar.normal import NormalForm, close, unit_users

STATES = 20_000
"""Budget of states and partial matches together."""

SECONDS = 1.0
"""Budget of time, in seconds of this thread's own computing: a busy machine does not change what is counted."""


class BudgetError(Exception):
    """The automaton grows past its budget; the text says how."""


@dataclass
class Automaton:
    """An automaton as a graph of vertices: states, and partial matches of an operator's operands.

    A *label* is the number of a (operator, number of operands) in `labels`; in the automaton of derivations that of a rule.

    Attributes
    ----------
    symbols
        The symbols of each state; none for partial matches.
    values
        The value of each state; the state of the fold for partial matches.
    singles
        ``(label, state)`` for operators without operands.
    roots
        ``(label, partial match)`` where nothing is read yet.
    edges
        ``(partial match, state read, vertex reached)``; the partial matches ordered by number of operands read.
    units
        ``(rule, state, state reached)``, in the automaton of derivations only.
    leaf_states
        State of each symbol that is a leaf by itself (a shared nonterminal) for each value of its draw, by (leaf, value).
    labels
        Operator and number of operands of each label.
    read
        Number of operands read at each vertex.
    """

    symbols: list[frozenset[int]] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    singles: list[tuple[int, int]] = field(default_factory=list)
    roots: list[tuple[int, int]] = field(default_factory=list)
    edges: list[tuple[int, int, int]] = field(default_factory=list)
    units: list[tuple[int, int, int]] = field(default_factory=list)
    leaf_states: dict[tuple[int, int], int] = field(default_factory=dict)
    labels: list[tuple[Operator, int]] = field(default_factory=list)
    read: list[int] = field(default_factory=list)


class _Builder:
    def __init__(self, form: NormalForm, constraint: Constraint, states: int, seconds: float) -> None:
        self.form = form
        self.constraint = constraint
        self.limit = states
        self.deadline = time.thread_time() + seconds
        self.out = Automaton()
        self.state_of: dict[tuple[frozenset[int], int], int] = {}
        self.partial_of: dict[tuple[int, int, frozenset[int], int], int] = {}
        self.groups: list[tuple[Operator, list[tuple[tuple[int, ...], set[int]]]]] = []
        self.partial: dict[int, tuple[int, int, dict[int, set[int]]]] = {}  # vertex -> group, place, rules by need
        self.new: list[int] = []
        self.states_with: list[list[int]] = [[] for _ in form.names]
        self.waiting_for: list[list[int]] = [[] for _ in form.names]
        self.leaf_of = {inner: leaf for leaf, inner in form.inner.items()}
        self.bit = {leaf: 1 << k for k, leaf in enumerate(form.inner)}
        self.operators: Sequence[Operator] = list(form.operators)

    def vertex(self, symbols: frozenset[int], value: int, read: int) -> int:
        out = self.out
        v = len(out.symbols)
        if v >= self.limit:
            raise BudgetError(f"its tree automaton has more than {self.limit:,} states")
        self.check_time()
        out.symbols.append(symbols)
        out.values.append(value)
        out.read.append(read)
        self.new.append(v)
        return v

    def check_time(self) -> None:
        if time.thread_time() > self.deadline:
            raise BudgetError("its tree automaton takes too long to build")

    def closed(self, derived: set[int]) -> frozenset[int]:
        raise NotImplementedError

    def state(self, derived: set[int], value: int) -> int:
        key = (self.closed(derived), value)
        if key not in self.state_of:
            self.state_of[key] = self.vertex(*key, 0)
        return self.state_of[key]

    def matching(self, group: int, place: int, alive: frozenset[int], state: int) -> int:
        key = (group, place, alive, state)
        if key not in self.partial_of:
            v = self.partial_of[key] = self.vertex(frozenset(), state, place)
            needs: dict[int, set[int]] = {}
            for r in alive:
                needs.setdefault(self.groups[group][1][r][0][place], set()).add(r)
            self.partial[v] = (group, place, needs)
        return self.partial_of[key]

    def build(self) -> Automaton:
        self.start()
        while self.new:
            v = self.new.pop()
            if v in self.partial:
                self.pair_partial(v)
            else:
                self.pair_state(v)
        self.out.edges.sort(key=lambda edge: self.out.read[edge[0]])
        return self.out

    def start(self) -> None:
        raise NotImplementedError

    def group(self, label: int, op: Operator, arity: int, patterns: dict[tuple[int, ...], set[int]]) -> None:
        """Begin to match rules of one operator: without operands at once."""
        first = self.constraint.start(op, arity)
        if arity:
            self.groups.append((op, list(patterns.items())))
            root = self.matching(len(self.groups) - 1, 0, frozenset(range(len(patterns))), first)
            self.out.roots.append((label, root))
            return
        value = self.constraint.finish(op, first)
        if value != ILLEGAL:
            self.out.singles.append((label, self.state(patterns[()], value)))

    def pair_state(self, q: int) -> None:
        symbols, value = self.out.symbols[q], self.out.values[q]
        self.settle(q)
        for s in symbols:
            leaf = self.leaf_of.get(s)
            if leaf is not None:
                self.out.leaf_states[leaf, value] = self.state({leaf}, self.constraint.mark(value, self.bit[leaf]))
        partials = {v: None for s in symbols for v in self.waiting_for[s]}
        for s in symbols:
            self.states_with[s].append(q)
        for v in partials:
            self.step(v, q)

    def settle(self, q: int) -> None:
        """Follow the units of a new state."""

    def pair_partial(self, v: int) -> None:
        needs = self.partial[v][2]
        states = {q: None for s in needs for q in self.states_with[s]}
        for s in needs:
            self.waiting_for[s].append(v)
        for q in states:
            self.step(v, q)

    def step(self, v: int, q: int) -> None:
        out = self.out
        group, place, needs = self.partial[v]
        symbols = out.symbols[q]
        few, many = (symbols, needs) if len(symbols) <= len(needs) else (needs, symbols)
        alive: set[int] = set()
        for symbol in few:
            if symbol in many:
                alive |= needs[symbol]
        op, rules = self.groups[group]
        state = self.constraint.step(out.values[v], out.values[q], place)
        if place + 1 < len(rules[0][0]):
            target = self.matching(group, place + 1, frozenset(alive), state)
        else:
            value = self.constraint.finish(op, state)
            if value == ILLEGAL:
                return
            target = self.state(set().union(*(rules[r][1] for r in alive)), value)
        out.edges.append((v, q, target))
        if len(out.edges) % 256 == 0:
            self.check_time()


class _Deterministic(_Builder):
    def closed(self, derived: set[int]) -> frozenset[int]:
        return close(derived, self.users)

    def start(self) -> None:
        self.users = unit_users(self.form)
        grouped: dict[tuple[int, int], dict[tuple[int, ...], set[int]]] = {}
        for rule in self.form.rules:
            if rule.operator >= 0:
                patterns = grouped.setdefault((rule.operator, len(rule.children)), {})
                patterns.setdefault(rule.children, set()).add(rule.lhs)
        for label, ((operator, arity), patterns) in enumerate(grouped.items()):
            self.out.labels.append((self.operators[operator], arity))
            self.group(label, self.operators[operator], arity, patterns)


class _Derivations(_Builder):
    def closed(self, derived: set[int]) -> frozenset[int]:
        return frozenset(derived)

    def start(self) -> None:
        self.units: dict[int, list[tuple[int, int]]] = {}
        for label, rule in enumerate(self.form.rules):
            if rule.unit >= 0:
                self.units.setdefault(rule.unit, []).append((label, rule.lhs))
        for label, rule in enumerate(self.form.rules):
            if rule.unit < 0:
                op = self.operators[rule.operator]
                self.group(label, op, len(rule.children), {rule.children: {rule.lhs}})

    def settle(self, q: int) -> None:
        (symbol,) = self.out.symbols[q]
        for label, user in self.units.get(symbol, ()):
            self.out.units.append((label, q, self.state({user}, self.out.values[q])))


def determinise(
    form: NormalForm, states: int = STATES, seconds: float = SECONDS, constraint: Constraint | None = None
) -> Automaton:
    """Build the deterministic automaton of a normal form; leaves of shared nonterminals are operators of their own.

    Raises
    ------
    BudgetError
        If it has more than `states` vertices or takes longer than `seconds`.
    """
    return _Deterministic(form, Constraint(()) if constraint is None else constraint, states, seconds).build()


def derivations(form: NormalForm, constraint: Constraint, states: int = STATES, seconds: float = SECONDS) -> Automaton:
    """Build the automaton whose runs are derivations; a label is the number of a rule.

    Raises
    ------
    BudgetError
        If it has more than `states` vertices or takes longer than `seconds`.
    """
    return _Derivations(form, constraint, states, seconds).build()
