"""The constraint of a grammar: its attributes folded side by side, with numbered states and values.

One predicate decides everywhere what is legal: counting, ranking, sampling, parsing and editing ask this object.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from nasviz.algebra import Attribute, Operator, Term, position_text
from nasviz.errors import TermError
from nasviz.grammar.requirements import Requirement

ILLEGAL = -1
"""Stands for the value of a subterm that a requirement at an operator forbids."""


@dataclass(frozen=True)
class Uses(Attribute):
    """Which shared draws a term uses, as bits; no operator has one by itself."""

    name: str = "uses"

    def start(self, op: Operator, n: int) -> Hashable:
        """Return no bits."""
        return 0

    def step(self, state: Hashable, value: Hashable, place: int) -> Hashable:
        """Join the bits."""
        assert isinstance(state, int)
        assert isinstance(value, int)
        return state | value

    def finish(self, state: Hashable) -> Hashable:
        """Return the bits."""
        return state


class Constraint:
    """Attributes and requirements of a grammar.

    States and values are whole numbers from 0 that stand for tuples, one entry for each attribute; -1 is the value of what is
    forbidden. False when nothing is required.

    Parameters
    ----------
    requirements
        What must hold.
    uses
        Whether values also say which shared draws are used.

    Attributes
    ----------
    attributes
        The attributes, capped just above the greatest number they are compared with.
    """

    def __init__(self, requirements: Sequence[Requirement], uses: bool = False) -> None:
        most: dict[str, float] = {}
        self.requirements = tuple(requirements)
        for r in requirements:
            most[r.attribute.name] = max(r.bound, most.get(r.attribute.name, 0))
        found = {r.attribute.name: r.attribute for r in requirements}
        self.attributes: tuple[Attribute, ...] = tuple(
            a if a.flag else a.capped(math.floor(most[name]) + 1) for name, a in found.items()
        )
        self._place = {name: k for k, name in enumerate(found)}
        self.uses = uses
        self.trivial = not self.attributes and not uses
        self._folds: tuple[Attribute, ...] = (*self.attributes, *([Uses()] if uses else []))
        self._states: dict[Hashable, int] = {(): 0}
        self._state_list: list[tuple[Hashable, ...]] = [()]
        self._values: dict[tuple[Hashable, ...], int] = {}
        self._value_list: list[tuple[Hashable, ...]] = []
        self._starts: dict[tuple[Operator, int], int] = {}
        self._steps: dict[tuple[int, int, int], int] = {}
        self._finishes: dict[tuple[Operator, int], int] = {}
        self._asked: dict[Operator, list[Requirement]] = {}
        if self.trivial:
            self._value(())

    def __bool__(self) -> bool:
        return bool(self.requirements)

    def _state(self, parts: tuple[Hashable, ...]) -> int:
        number = self._states.setdefault(parts, len(self._state_list))
        if number == len(self._state_list):
            self._state_list.append(parts)
        return number

    def _value(self, parts: tuple[Hashable, ...]) -> int:
        number = self._values.setdefault(parts, len(self._value_list))
        if number == len(self._value_list):
            self._value_list.append(parts)
        return number

    def start(self, op: Operator, n: int) -> int:
        """Return the state before any of the `n` operands of `op` is read."""
        if self.trivial:
            return 0
        key = (op, n)
        if key not in self._starts:
            self._starts[key] = self._state(tuple(a.start(op, n) for a in self._folds))
        return self._starts[key]

    def step(self, state: int, value: int, place: int) -> int:
        """Return the state after an operand."""
        if self.trivial:
            return 0
        key = (state, value, place)
        found = self._steps.get(key)
        if found is None:
            parts = zip(self._folds, self._state_list[state], self._value_list[value], strict=True)
            found = self._steps[key] = self._state(tuple(a.step(s, v, place) for a, s, v in parts))
        return found

    def finish(self, op: Operator, state: int) -> int:
        """Return the value of a node of operator `op`; -1 when a requirement that is asked there fails."""
        if self.trivial:
            return 0
        key = (op, state)
        found = self._finishes.get(key)
        if found is None:
            value = tuple(a.finish(s) for a, s in zip(self._folds, self._state_list[state], strict=True))
            legal = all(r.fulfilled(value[self._place[r.attribute.name]]) for r in self._asked_at(op))
            found = self._finishes[key] = self._value(value) if legal else ILLEGAL
        return found

    def _asked_at(self, op: Operator) -> list[Requirement]:
        if op not in self._asked:
            self._asked[op] = [r for r in self.requirements if r.asks(op)]
        return self._asked[op]

    def mark(self, value: int, bit: int) -> int:
        """Return the value of a shared leaf whose draw has this value and carries this bit."""
        if not self.uses:
            return value
        parts = self._value_list[value]
        bits = parts[-1]
        assert isinstance(bits, int)
        return self._value((*parts[:-1], bits | bit))

    def bits(self, value: int) -> int:
        """Return which shared draws a subterm of this value uses; 0 when that is not kept."""
        bits = self._value_list[value][-1] if self.uses else 0
        assert isinstance(bits, int)
        return bits

    def accepts(self, value: int) -> bool:
        """Whether a whole term of this value is legal."""
        return value != ILLEGAL and self._broken(value) is None

    def _broken(self, value: int) -> Requirement | None:
        parts = self._value_list[value]
        asked = (r for r in self.requirements if r.whole)
        return next((r for r in asked if not r.fulfilled(parts[self._place[r.attribute.name]])), None)

    def describe(self, value: int) -> dict[str, Hashable]:
        """Return what each attribute says of a value."""
        return dict(zip((a.name for a in self.attributes), self._value_list[value], strict=False))

    def values(self, term: Term) -> list[int]:
        """Return the value of every node of a term; -1 where a requirement at an operator fails, and above."""
        found = [0] * len(term)
        done: list[int] = []
        arity = term.arity.tolist()
        for i in range(len(term) - 1, -1, -1):
            n = arity[i]
            found[i] = self._fold(term.operators[i], done[: -n - 1 : -1] if n else [])
            if n:
                del done[-n:]
            done.append(found[i])
        return found

    def _fold(self, op: Operator, values: Sequence[int]) -> int:
        if ILLEGAL in values:
            return ILLEGAL
        state = self.start(op, len(values))
        for place, value in enumerate(values):
            state = self.step(state, value, place)
        return self.finish(op, state)

    def holds(self, term: Term) -> bool:
        """Whether a term is legal."""
        return self.trivial or self.accepts(self.values(term)[0])

    def check(self, term: Term) -> None:
        """Do nothing if a term is legal.

        Raises
        ------
        TermError
            If a requirement fails: which, and at which subterm.
        """
        if self.trivial:
            return
        values = self.values(term)
        for i in range(len(term) - 1, -1, -1):
            if values[i] == ILLEGAL:
                for requirement in self._asked_at(term.operators[i]):
                    if not requirement.fulfilled(requirement.attribute.of(term.subterm(i))):
                        raise _violation(requirement, term, i)
        broken = self._broken(values[0])
        if broken is not None:
            raise _violation(broken, term, 0)

    def allowed(self, term: Term, nodes: Sequence[int]) -> Callable[[int], bool]:
        """Return a test of values: may subterms of this value stand at all of `nodes`, with every other node as it is?

        Parameters
        ----------
        term
            A closed term, legal or not; what stands at `nodes` does not matter.
        nodes
            Nodes of which none is inside another; several where one shared draw stands.
        """
        path: set[int] = set()
        for node in nodes:
            i = int(term.parent[node])
            while i >= 0 and i not in path:
                path.add(i)
                i = int(term.parent[i])
        values = self.values(term)
        above = sorted(path, reverse=True)
        children = {i: term.children(i) for i in above}
        beside = {child for i in above for child in children[i]} - path - set(nodes)
        possible = all(values[child] != ILLEGAL for child in beside)

        def test(value: int) -> bool:
            if value == ILLEGAL or not possible:
                return False
            new = dict.fromkeys(nodes, value)
            for i in above:
                new[i] = self._fold(term.operators[i], [new.get(child, values[child]) for child in children[i]])
                if new[i] == ILLEGAL:
                    return False
            return self.accepts(new.get(0, values[0]))

        return test


def _violation(requirement: Requirement, term: Term, i: int) -> TermError:
    where = "the whole term" if i == 0 else f"{term.operators[i].name} at {position_text(term.position(i))}"
    message = f"'require {requirement}' does not hold for {where}"
    return TermError(message, text=term.text, start=int(term.start[i]), end=int(term.stop[i]))
