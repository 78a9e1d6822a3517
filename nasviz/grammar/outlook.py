"""What lies ahead of a partial derivation: numbers, probabilities and costs of its completions, place by place.

The operators that are chosen stand still, so a completion is known by what fills its open places, and the sum over completions
factors along the term. For every open place the sum over its surroundings is worked out once, by the value that the subterm
there would have; each production then only adds the sum over its own body. With min or max for the sum and + for the product
the same gives costs. This holds where no open place reaches a shared draw that is not named yet; :class:`Partial` knows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import add, mul

from nasviz.algebra import Nonterminal, Operator, Term
from nasviz.grammar.constraint import ILLEGAL, Constraint
from nasviz.grammar.costs import Bounds, Cost, cost_function
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.sharing import draws_of
from nasviz.grammar.tallies import plus, times

Number = int | float

ByValue = Mapping[int, Number]
"""A number for each value of the attributes."""

Setting = tuple[dict[int, int], dict[int, list[ByValue]]]
"""A value for each draw that is used, by part, and under it the sums at each node of each part."""


@dataclass(frozen=True)
class Semiring:
    """How alternatives are joined and parts put together.

    Parameters
    ----------
    join, combine
        The sum and the product.
    zero, one
        Their neutral numbers.
    """

    join: Callable[[Number, Number], Number]
    combine: Callable[[Number, Number], Number]
    zero: Number
    one: Number


def _least_sum(a: Number, b: Number) -> Number:
    return math.inf if math.inf in (a, b) else a + b


def _greatest_sum(a: Number, b: Number) -> Number:
    return -math.inf if -math.inf in (a, b) else a + b


COUNTS = Semiring(plus, times, 0, 1)
CHANCES = Semiring(add, mul, 0.0, 1.0)
LEAST = Semiring(min, _least_sum, math.inf, 0)
GREATEST = Semiring(max, _greatest_sum, -math.inf, 0)


class Outlook:
    """Sums over the completions of a partial derivation.

    Parameters
    ----------
    grammar
        The grammar.
    parts
        Macro and draws so far.
    ring
        What is summed.
    inside
        For a nonterminal the sum over what it derives, by value.
    own
        For an operator its own factor; the neutral one where nothing is priced.
    """

    def __init__(
        self,
        grammar: Grammar,
        parts: Sequence[Term],
        ring: Semiring,
        inside: Callable[[str], ByValue],
        own: Callable[[Operator], Number],
    ) -> None:
        self.grammar = grammar
        self.constraint: Constraint = grammar.product.constraint
        self.parts = parts
        self.ring = ring
        self.inside = inside
        self.own = own
        self.shared = {name: 1 + s for s, name in enumerate(grammar.shared)}
        self.uses = uses(grammar, parts)
        self._settings = list(self._all_settings())

    def _factor(self, op: Operator, part: int) -> Number:
        """The factor of an operator in a part; in a draw that stands in m places it counts m times."""
        own = self.own(op)
        return own * self.uses[part] if self.ring.one == 0 else own

    def _leaf(self, op: Nonterminal, part: int, setting: Mapping[int, int]) -> ByValue:
        inner = self.shared.get(op.name)
        if inner is not None and inner != part:
            return {setting[inner]: self.ring.one}
        found = self.inside(op.name)
        if self.ring.one == 0 and self.uses[part] != 1:
            return {v: x * self.uses[part] for v, x in found.items()}
        return found

    def _fold(self, op: Operator, part: int, children: Sequence[ByValue]) -> ByValue:
        ring, constraint = self.ring, self.constraint
        states: dict[int, Number] = {constraint.start(op, len(children)): self._factor(op, part)}
        for place, child in enumerate(children):
            following: dict[int, Number] = {}
            for state, x in states.items():
                for value, y in child.items():
                    target = constraint.step(state, value, place)
                    z = ring.combine(x, y)
                    following[target] = ring.join(following[target], z) if target in following else z
            states = following
        found: dict[int, Number] = {}
        for state, x in states.items():
            value = constraint.finish(op, state)
            if value != ILLEGAL:
                found[value] = ring.join(found[value], x) if value in found else x
        return found

    def body(self, term: Term, part: int, setting: Mapping[int, int]) -> list[ByValue]:
        """Return the sum over what can stand at each node of a term, by value."""
        found: list[ByValue] = [{}] * len(term)
        arity = term.arity.tolist()
        done: list[ByValue] = []
        for i in range(len(term) - 1, -1, -1):
            op, n = term.operators[i], arity[i]
            if isinstance(op, Nonterminal):
                found[i] = self._leaf(op, part, setting)
            else:
                found[i] = self._fold(op, part, done[: -n - 1 : -1] if n else [])
            if n:
                del done[-n:]
            done.append(found[i])
        return found

    def _all_settings(self) -> Iterator[Setting]:
        """Yield choices of a value for each draw that is used, with the sums of all parts under it."""
        order = [1 + s for s in self.grammar.tables.order if self.uses[1 + s]]
        found: list[Setting] = [({}, {})]
        for part in order:
            longer: list[Setting] = []
            for setting, sums in found:
                here = self.body(self.parts[part], part, setting)
                longer += [({**setting, part: value}, {**sums, part: here}) for value in here[0]]
            found = longer
        for setting, sums in found:
            yield setting, {**sums, 0: self.body(self.parts[0], 0, setting)}

    def _whole(self, macro: ByValue) -> Number:
        total = self.ring.zero
        for value, x in macro.items():
            if self.constraint.accepts(value):
                total = self.ring.join(total, x)
        return total

    def _product(self, setting: Mapping[int, int], sums: Mapping[int, list[ByValue]], without: int) -> Number:
        """The product over all draws but one."""
        numbers = [sums[part][0][value] for part, value in setting.items() if part != without]
        total = self.ring.one
        for x in numbers:
            total = self.ring.combine(total, x)
        return total

    def total(self) -> Number:
        """Return the sum over all completions."""
        total = self.ring.zero
        for setting, sums in self._settings:
            here = self.ring.combine(self._product(setting, sums, 0), self._whole(sums[0][0]))
            total = self.ring.join(total, here)
        return total

    def choices(self, part: int, node: int, bodies: Sequence[Term]) -> list[Number]:
        """Return the sum over the completions in which each of some bodies stands at an open place."""
        totals = [self.ring.zero] * len(bodies)
        for setting, sums in self._settings:
            around = self._around(part, node, bodies, setting, sums)
            for k, body in enumerate(bodies):
                for value, x in self.body(body, part, setting)[0].items():
                    if value in around:
                        totals[k] = self.ring.join(totals[k], self.ring.combine(x, around[value]))
        return totals

    def _around(
        self, part: int, node: int, bodies: Sequence[Term], setting: Mapping[int, int], sums: Mapping[int, list[ByValue]]
    ) -> ByValue:
        """The sum over the surroundings of a node for each value that one of the bodies can give it."""
        values = dict.fromkeys(itertools.chain.from_iterable(self.body(body, part, setting)[0] for body in bodies))
        rest = self._product(setting, sums, part)
        macro = self._whole(sums[0][0]) if part else self.ring.one
        found: dict[int, Number] = {}
        for value in values:
            root = self._up(part, node, value, sums[part])
            if part:
                x = self.ring.combine(root.get(setting[part], self.ring.zero), macro)
            else:
                x = self._whole(root)
            found[value] = self.ring.combine(x, rest)
        return found

    def _up(self, part: int, node: int, value: int, sums: list[ByValue]) -> ByValue:
        term = self.parts[part]
        here: ByValue = {value: self.ring.one}
        while node:
            parent = int(term.parent[node])
            children = [here if child == node else sums[child] for child in term.children(parent)]
            here = self._fold(term.operators[parent], part, children)
            node = parent
        return here


class Insides:
    """Sums over what each nonterminal of a grammar derives, by value; worked out once for all partial derivations."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self._known: dict[tuple[str, str], ByValue] = {}
        self._bounds: list[tuple[Cost, Bounds]] = []

    def numbers(self, what: str, name: str) -> ByValue:
        """Return the number of "terms" or the "weights" of derivations of a nonterminal that reaches no shared draw.

        Raises
        ------
        BudgetError, TooLargeError
            If they are out of reach.
        """
        if (what, name) not in self._known:
            numbers = self.grammar.product.numbers(what)
            symbol = self.grammar.normal_form.defining(name)
            totals, values = numbers.total(()), numbers.automaton.values
            join = COUNTS.join if what == "terms" else CHANCES.join
            found: dict[int, Number] = {}
            for q, symbols in enumerate(numbers.automaton.symbols):
                if symbol in symbols and totals[q]:
                    found[values[q]] = join(found[values[q]], totals[q]) if values[q] in found else totals[q]
            self._known[what, name] = found
        return self._known[what, name]

    def bounds(self, cost: Cost) -> Bounds:
        """Return the costs of what nonterminals derive; the last few costs are remembered."""
        for known, bounds in self._bounds:
            if known is cost:
                return bounds
        bounds = Bounds(self.grammar, cost_function(self.grammar, cost))
        self._bounds = [*self._bounds[-3:], (cost, bounds)]
        return bounds


def uses(grammar: Grammar, parts: Sequence[Term]) -> list[int]:
    """Return in how many places the macro (once) and each shared draw stand; 0 for draws that no part names."""
    shared = {name: 1 + s for s, name in enumerate(grammar.shared)}
    found = [1] + [0] * len(shared)
    for part in (0, *(1 + s for s in reversed(grammar.tables.order))):
        if found[part]:
            for i in parts[part].nonterminals():
                inner = shared.get(parts[part].operators[i].name)
                if inner is not None and inner != part:
                    found[inner] += found[part]
    return found


def settled(grammar: Grammar, parts: Sequence[Term]) -> bool:
    """Whether no open place of the parts that are used reaches a shared draw, so that each names all draws it will use."""
    form = grammar.normal_form
    if not form.inner:
        return True
    counts = uses(grammar, parts)
    for part, term in enumerate(parts):
        if not counts[part]:
            continue
        for i in term.nonterminals():
            name = term.operators[i].name
            own = name in grammar.shared and (part == 0 or grammar.shared[part - 1] != name)
            reached = [] if own else draws_of(form, form.index[name])
            if [d for d in reached if d != form.index[name]]:
                return False
    return True
