"""The difference of two languages, exactly: a smallest term that one grammar derives and another does not.

Every term runs to one pair of states, one of each grammar's deterministic tree automaton. The pairs are visited in order of the
size of a smallest term that runs to them (Knuth 1977), so the first pair that the first grammar accepts and the second does not
gives a smallest counter-example; if there is none, the first language lies within the second, also where both are endless.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable
from dataclasses import dataclass

from nasviz.algebra import Operator, Term
from nasviz.exercises.exercise import UnreadableError
from nasviz.grammar import Grammar
from nasviz.grammar.normal import NormalForm, close, unit_users

STEPS = 200_000
"""Budget of steps of the search."""

SECONDS = 3.0
"""Budget of time, in seconds."""


@dataclass(frozen=True)
class Comparison:
    """How the language of a grammar differs from the one that is wanted.

    Attributes
    ----------
    extra
        A smallest term that is derived and not wanted; None if there is none.
    missing
        A smallest term that is wanted and not derived; None if there is none.
    """

    extra: Term | None
    missing: Term | None

    @property
    def equal(self) -> bool:
        """Whether the languages are equal."""
        return self.extra is None and self.missing is None


def compare(found: Grammar, wanted: Grammar) -> Comparison:
    """Compare the languages of two grammars.

    Raises
    ------
    UnreadableError
        If one of them has ``shared`` or ``require``, or the comparison outgrows its budget.

    Examples
    --------
    >>> from nasviz.algebra import Sort
    >>> f, x, y = Operator("f", (Sort.MAP,)), Operator("x"), Operator("y")
    >>> found, wanted = (Grammar.parse(text, [f, x, y]) for text in ("S ::= f(S) | x", "S ::= f(x) | x | y"))
    >>> result = compare(found, wanted)
    >>> str(result.extra), str(result.missing)
    ('f(f(x))', 'y')
    """
    return Comparison(beyond(found, wanted), beyond(wanted, found))


def beyond(first: Grammar, second: Grammar) -> Term | None:
    """Return a smallest term that the first grammar derives and the second does not; None if there is none.

    Raises
    ------
    UnreadableError
        As :func:`compare`.
    """
    for grammar in (first, second):
        if grammar.shared or grammar.requires:
            raise UnreadableError("This exercise is about plain rules: please write it without shared and require.")
    return _Search(first, second).run()


Rules = tuple[frozenset[int], frozenset[int]]
"""Of each grammar the rules of one operator that still fit; or of each grammar the symbols that derive a term."""


@dataclass(frozen=True)
class _State:
    """A pair of states: the symbols of each grammar that derive a term."""

    symbols: Rules


@dataclass(frozen=True)
class _Match:
    """An operator of which some operands are read."""

    operator: Operator
    arity: int
    place: int
    alive: Rules


Vertex = _State | _Match
Witness = tuple[Operator | None, tuple[Term, ...]]


class _Side:
    """One grammar as rules by operator and number of operands."""

    def __init__(self, grammar: Grammar) -> None:
        form: NormalForm = grammar.normal_form
        self.start = form.index[grammar.start]
        self.users = unit_users(form)
        self.rules = form.rules
        operators = list(form.operators)
        self.groups: dict[tuple[Operator, int], list[int]] = {}
        for r, rule in enumerate(form.rules):
            if rule.operator >= 0:
                self.groups.setdefault((operators[rule.operator], len(rule.children)), []).append(r)

    def fitting(self, alive: Iterable[int], place: int, symbols: frozenset[int]) -> frozenset[int]:
        return frozenset(r for r in alive if self.rules[r].children[place] in symbols)

    def derived(self, alive: Iterable[int]) -> frozenset[int]:
        return close((self.rules[r].lhs for r in alive), self.users)


class _Search:
    def __init__(self, first: Grammar, second: Grammar) -> None:
        self.sides = (_Side(first), _Side(second))
        self.states: list[tuple[_State, int, Term]] = []
        self.matches: list[tuple[_Match, int, tuple[Term, ...]]] = []
        self.heap: list[tuple[int, int, Vertex, Witness]] = []
        self.pushed = 0
        self.deadline = time.perf_counter() + SECONDS

    def run(self) -> Term | None:
        first, second = self.sides
        for (operator, arity), alive in first.groups.items():
            rules = (frozenset(alive), frozenset(second.groups.get((operator, arity), ())))
            if arity == 0:
                self.push(1, _State((first.derived(rules[0]), second.derived(rules[1]))), (operator, ()))
            else:
                self.push(1, _Match(operator, arity, 0, rules), (None, ()))
        done: set[Vertex] = set()
        while self.heap:
            size, _, vertex, (operator, operands) = heapq.heappop(self.heap)
            if vertex in done:
                continue
            done.add(vertex)
            if isinstance(vertex, _Match):
                self.matches.append((vertex, size, operands))
                for state, more, term in self.states:
                    self.step(vertex, state, size + more, (*operands, term))
                continue
            assert operator is not None
            term = Term.build(operator, *operands)
            if first.start in vertex.symbols[0] and second.start not in vertex.symbols[1]:
                return term
            self.states.append((vertex, size, term))
            for match, more, before in self.matches:
                self.step(match, vertex, size + more, (*before, term))
        return None

    def step(self, match: _Match, state: _State, size: int, operands: tuple[Term, ...]) -> None:
        first, second = self.sides
        alive = first.fitting(match.alive[0], match.place, state.symbols[0])
        if not alive:
            return
        rules = (alive, second.fitting(match.alive[1], match.place, state.symbols[1]))
        if match.place + 1 < match.arity:
            self.push(size, _Match(match.operator, match.arity, match.place + 1, rules), (None, operands))
        else:
            self.push(size, _State((first.derived(rules[0]), second.derived(rules[1]))), (match.operator, operands))

    def push(self, size: int, vertex: Vertex, witness: Witness) -> None:
        self.pushed += 1
        if self.pushed > STEPS or (self.pushed % 256 == 0 and time.perf_counter() > self.deadline):
            raise UnreadableError("This grammar is too large to compare with the one asked for; a few rules are enough.")
        heapq.heappush(self.heap, (size, self.pushed, vertex, witness))
