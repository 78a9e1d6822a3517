"""Recognition: which nonterminals derive each subterm of a term, bottom-up, with a memory for what was seen before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nasviz.algebra import Operator, Term
from nasviz.grammar.components import components
from nasviz.grammar.normal import Flat, NormalForm, close, successors, unit_users

_REMEMBERED = 200_000


@dataclass(frozen=True)
class Match:
    """What is known of each node of a term.

    Attributes
    ----------
    keys
        Number of the combination of operator, states of the operands and shared leaves allowed here.
    states
        Number of the set of symbols that derive the node's subterm; -1 when none does.
    """

    keys: list[int]
    states: list[int]


class Matcher:
    """Bottom-up recognition for one grammar; combinations that were met once are looked up."""

    def __init__(self, form: NormalForm) -> None:
        self.form = form
        self._users = unit_users(form)
        self._by_operator: dict[tuple[int, int], list[Flat]] = {}
        self._units: list[list[Flat]] = [[] for _ in form.names]
        for rule in form.rules:
            if rule.unit >= 0:
                self._units[rule.lhs].append(rule)
            else:
                self._by_operator.setdefault((rule.operator, len(rule.children)), []).append(rule)
        units = [(r.lhs, r.unit) for r in form.rules if r.unit >= 0]
        component, _ = components(len(form.names), units)
        self.has_unit_cycle = any(component[a] == component[b] for a, b in units)
        self._reset()

    def _reset(self) -> None:
        self._sets: list[frozenset[int]] = [frozenset()]
        self._set_numbers: dict[frozenset[int], int] = {frozenset(): 0}
        self._key_numbers: dict[tuple[int, tuple[int, ...], frozenset[int] | None], int] = {}
        self._keys: list[tuple[int, tuple[int, ...]]] = []
        self._key_states: list[int] = []
        self._choices: dict[tuple[int, int], int] = {}

    def symbols(self, state: int) -> frozenset[int]:
        """The symbols of a state."""
        return self._sets[state]

    def settle(self) -> None:
        """Forget all numbers of keys and states where they have become too many."""
        if len(self._keys) > _REMEMBERED:
            self._reset()

    def key(self, operator: int, args: tuple[int, ...]) -> int:
        """Return the number of an operator with operands of these states; :meth:`settle` and :meth:`match` may change it."""
        entry = (operator, args, None)
        known = self._key_numbers.get(entry)
        return self._learn(entry) if known is None else known

    def state(self, key: int) -> int:
        """The state of a node with this key."""
        return self._key_states[key]

    def match(self, term: Term, allowed: Sequence[frozenset[int] | None] | None = None) -> Match:
        """Match every node of a term.

        Parameters
        ----------
        term
            The term.
        allowed
            For each node the shared leaves that may stand for its subterm; None, of a node or at all, allows every one whose
            rules derive it.
        """
        self.settle()
        n = len(term)
        keys, states = [0] * n, [0] * n
        arity = term.arity.tolist()
        numbers = self._operator_numbers(term.operators)
        known = self._key_numbers
        key_states = self._key_states
        done: list[int] = []
        for i in range(n - 1, -1, -1):
            k = arity[i]
            if k:
                args = tuple(done[: -k - 1 : -1])
                del done[-k:]
            else:
                args = ()
            entry = (numbers[i], args, None if allowed is None else allowed[i])
            key = known.get(entry)
            if key is None:
                key = self._learn(entry)
            keys[i] = key
            states[i] = state = key_states[key]
            done.append(state)
        return Match(keys, states)

    def _operator_numbers(self, operators: Sequence[Operator]) -> list[int]:
        found = self.form.operators
        numbers = {id(op): found.get(op, -1) for op in {id(op): op for op in operators}.values()}
        return [numbers[id(op)] for op in operators]

    def _learn(self, entry: tuple[int, tuple[int, ...], frozenset[int] | None]) -> int:
        operator, args, allowed = entry
        sets = [self._sets[a] for a in args]
        found = {r.lhs for r in self._by_operator.get((operator, len(args)), ()) if _fits(r, sets)}
        symbols = close(found, self._users)
        inner = self.form.inner
        while True:
            leaves = {s for s in inner if inner[s] in symbols and (allowed is None or s in allowed)}
            if leaves <= symbols:
                break
            symbols = close(symbols | leaves, self._users)
        state = self._set_numbers.setdefault(symbols, len(self._sets))
        if state == len(self._sets):
            self._sets.append(symbols)
        key = self._key_numbers[entry] = len(self._keys)
        self._keys.append((operator, args))
        self._key_states.append(state)
        return key

    def production(self, symbol: int, key: int, barred: frozenset[int] = frozenset()) -> int:
        """Return the first production of `symbol` that derives a node with this key; -1 when none does.

        `barred` are symbols that led here by units from the same node: going back to one of them would never end.
        """
        memo = (symbol, key)
        if not barred and memo in self._choices:
            return self._choices[memo]
        operator, args = self._keys[key]
        sets = [self._sets[a] for a in args]
        rules = [r for r in self._by_operator.get((operator, len(args)), ()) if r.lhs == symbol and _fits(r, sets)]
        fitting = [r.production for r in rules]
        state = self._sets[self._key_states[key]]
        for rule in self._units[symbol]:
            if rule.unit in state and self._ends(rule.unit, key, barred | {symbol}):
                fitting.append(rule.production)
        found = min(fitting, default=-1)
        if not barred:
            self._choices[memo] = found
        return found

    def _ends(self, symbol: int, key: int, barred: frozenset[int]) -> bool:
        """Whether `symbol` derives the node without passing a barred symbol by units."""
        if symbol in self.form.inner:
            return True
        operator, args = self._keys[key]
        sets = [self._sets[a] for a in args]
        direct = {r.lhs for r in self._by_operator.get((operator, len(args)), ()) if _fits(r, sets)}
        state = self._sets[self._key_states[key]]
        seen = set(barred)
        stack = [symbol]
        while stack:
            here = stack.pop()
            if here in seen:
                continue
            if here in direct or (here in self.form.inner and here in state):
                return True
            seen.add(here)
            stack.extend(r.unit for r in self._units[here] if r.unit in state)
        return False


def _fits(rule: Flat, sets: list[frozenset[int]]) -> bool:
    return all(s in symbols for s, symbols in zip(successors(rule), sets, strict=True))
