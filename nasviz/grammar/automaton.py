"""The bottom-up deterministic tree automaton of a grammar: its states are the sets of symbols that derive one term.

Every term runs to exactly one state, so counting runs counts distinct terms. The operands of an operator are read from left to
right; rules that no longer fit are dropped, so n operands cost n steps, not k^n combinations. The number of states can be
exponential in the number of symbols: the construction has a budget.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from nasviz.grammar.normal import NormalForm, close, unit_users

STATES = 20_000
"""Budget of states and partial matches together."""

SECONDS = 1.0
"""Budget of time, in seconds."""


class BudgetError(Exception):
    """The automaton grows past its budget; the text says how."""


@dataclass
class Automaton:
    """A deterministic automaton as a graph of vertices: states, and partial matches of one operator's rules.

    Attributes
    ----------
    symbols
        The symbols of each state; none for partial matches.
    leaves
        Number of single operators that run to each vertex.
    roots
        The vertices where nothing is read yet; each counts one.
    edges
        ``(partial match, state read, vertex reached)``; the partial matches ordered by number of operands read.
    leaf_states
        State of each symbol that is a leaf by itself (a shared nonterminal).
    """

    symbols: list[frozenset[int]] = field(default_factory=list)
    leaves: list[int] = field(default_factory=list)
    roots: list[int] = field(default_factory=list)
    edges: list[tuple[int, int, int]] = field(default_factory=list)
    leaf_states: dict[int, int] = field(default_factory=dict)
    read: list[int] = field(default_factory=list)


class _Builder:
    def __init__(self, form: NormalForm, states: int, seconds: float) -> None:
        self.form = form
        self.users = unit_users(form)
        self.limit = states
        self.deadline = time.perf_counter() + seconds
        self.out = Automaton()
        self.state_of: dict[frozenset[int], int] = {}
        self.partial_of: dict[tuple[int, int, frozenset[int]], int] = {}
        self.groups: list[list[tuple[tuple[int, ...], set[int]]]] = []
        self.partial: dict[int, tuple[int, int, dict[int, set[int]]]] = {}  # vertex -> group, place, rules by need
        self.new: list[int] = []
        self.states_with: list[list[int]] = [[] for _ in form.names]
        self.waiting_for: list[list[int]] = [[] for _ in form.names]

    def vertex(self, symbols: frozenset[int], read: int) -> int:
        out = self.out
        v = len(out.symbols)
        if v >= self.limit:
            raise BudgetError(f"its tree automaton has more than {self.limit:,} states")
        self.check_time()
        out.symbols.append(symbols)
        out.leaves.append(0)
        out.read.append(read)
        self.new.append(v)
        return v

    def check_time(self) -> None:
        if time.perf_counter() > self.deadline:
            raise BudgetError("its tree automaton takes too long to build")

    def state(self, derived: set[int]) -> int:
        symbols = close(derived, self.users)
        if symbols not in self.state_of:
            self.state_of[symbols] = self.vertex(symbols, 0)
        return self.state_of[symbols]

    def matching(self, group: int, place: int, alive: frozenset[int]) -> int:
        key = (group, place, alive)
        if key not in self.partial_of:
            v = self.partial_of[key] = self.vertex(frozenset(), place)
            needs: dict[int, set[int]] = {}
            for r in alive:
                needs.setdefault(self.groups[group][r][0][place], set()).add(r)
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
        grouped: dict[tuple[int, int], dict[tuple[int, ...], set[int]]] = {}
        for rule in self.form.rules:
            if rule.operator >= 0:
                patterns = grouped.setdefault((rule.operator, len(rule.children)), {})
                patterns.setdefault(rule.children, set()).add(rule.lhs)
        for leaf in self.form.inner:
            self.out.leaf_states[leaf] = self.state({leaf})
        for (_, arity), patterns in grouped.items():
            if arity == 0:
                self.out.leaves[self.state(patterns[()])] += 1
                continue
            self.groups.append(list(patterns.items()))
            self.out.roots.append(self.matching(len(self.groups) - 1, 0, frozenset(range(len(patterns)))))

    def pair_state(self, q: int) -> None:
        symbols = self.out.symbols[q]
        partials = {v: None for s in symbols for v in self.waiting_for[s]}
        for s in symbols:
            self.states_with[s].append(q)
        for v in partials:
            self.step(v, q)

    def pair_partial(self, v: int) -> None:
        needs = self.partial[v][2]
        states = {q: None for s in needs for q in self.states_with[s]}
        for s in needs:
            self.waiting_for[s].append(v)
        for q in states:
            self.step(v, q)

    def step(self, v: int, q: int) -> None:
        group, place, needs = self.partial[v]
        symbols = self.out.symbols[q]
        few, many = (symbols, needs) if len(symbols) <= len(needs) else (needs, symbols)
        alive: set[int] = set()
        for symbol in few:
            if symbol in many:
                alive |= needs[symbol]
        rules = self.groups[group]
        if place + 1 < len(rules[0][0]):
            target = self.matching(group, place + 1, frozenset(alive))
        else:
            target = self.state(set().union(*(rules[r][1] for r in alive)))
        self.out.edges.append((v, q, target))
        if len(self.out.edges) % 256 == 0:
            self.check_time()


def determinise(form: NormalForm, states: int = STATES, seconds: float = SECONDS) -> Automaton:
    """Build the automaton of a normal form; leaves of shared nonterminals are operators of their own.

    Raises
    ------
    BudgetError
        If it has more than `states` vertices or takes longer than `seconds`.
    """
    return _Builder(form, states, seconds).build()
