"""Deriving step by step: a partial derivation is a value, with open places, possible productions, undo and completions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from functools import partial as applied
from typing import Any

import numpy as np

from nasviz.algebra import Nonterminal, Operator, Position, Term
from nasviz.errors import NasvizError
from nasviz.extension import lower
from nasviz.grammar.automaton import BudgetError
from nasviz.grammar.costs import Cost, cost_bounds, one_each
from nasviz.grammar.counting import Count, What, count
from nasviz.grammar.derivation import Derivation, assemble
from nasviz.grammar.grammar import Grammar, Production
from nasviz.grammar.options import Option, make_options
from nasviz.grammar.outlook import CHANCES, COUNTS, GREATEST, LEAST, ByValue, Insides, Outlook, settled
from nasviz.grammar.places import Places, leaf
from nasviz.grammar.requirements import Requirement
from nasviz.grammar.sampling import Law, sample_term
from nasviz.grammar.tallies import TooLargeError


@dataclass(frozen=True)
class Partial:
    """A partial derivation: some choices are made, others open.

    Made by :meth:`begin`. A choice inside a shared nonterminal is seen wherever that is used.

    Parameters
    ----------
    grammar
        The grammar.
    macro
        The term so far, shared nonterminals left as leaves.
    draws
        The term so far of each shared nonterminal, in order of declaration.
    before
        The partial derivation before the last choice, None at the beginning; no part of its identity.
    memory
        What is known of the grammar, handed on from step to step.

    Examples
    --------
    >>> from nasviz.algebra import Sort
    >>> f = Operator("f", (Sort.MAP, Sort.MAP))
    >>> g = Grammar.parse("S ::= f(A, A) | A\\nshared A ::= x | y | z", [f, *map(Operator, "xyz")])
    >>> partial = Partial.begin(g).expand((), 0)
    >>> str(partial), partial.frontier, partial.remaining()
    ('f(A, A)', ((0,), (1,)), 3)
    >>> str(partial.expand((1,), 1))
    'f(y, y)'
    """

    grammar: Grammar
    macro: Term
    draws: tuple[Term, ...]
    before: Partial | None = field(default=None, compare=False, repr=False)
    memory: list[Insides] = field(default_factory=list[Insides], compare=False, repr=False)

    @classmethod
    def begin(cls, grammar: Grammar) -> Partial:
        """Return the partial derivation in which nothing is chosen: the start alone."""
        return cls(grammar, leaf(grammar, grammar.start), tuple(leaf(grammar, name) for name in grammar.shared))

    @classmethod
    def reopen(cls, grammar: Grammar, derivation: Derivation, positions: Iterable[Position]) -> Partial:
        """Return a derivation with the outermost nonterminals at some positions open again.

        Raises
        ------
        NasvizError
            If it is no derivation of the grammar, or no nonterminal begins at one of the positions.

        Examples
        --------
        >>> from nasviz.algebra import Sort
        >>> f, x, y = Operator("f", (Sort.MAP, Sort.MAP)), Operator("x"), Operator("y")
        >>> g = Grammar.parse("S ::= f(A, A)\\nA ::= x | y", [f, x, y])
        >>> str(Partial.reopen(g, Derivation(macro=(0, 0, 1)), [(1,)]))
        'f(x, A)'
        """
        places = Places(grammar, derivation)
        return cls(grammar, *places.opened([places.at(p) for p in positions]))

    @cached_property
    def _layout(self) -> tuple[Term, list[tuple[int, int]]]:
        """The whole term, and for each node its part (-1 for the macro) and node in that part."""
        shared = {name: s for s, name in enumerate(self.grammar.shared)}
        operators: list[Operator] = []
        arities: list[int] = []
        sources: list[tuple[int, int]] = []
        stack: list[tuple[int, Iterator[int]]] = [(-1, iter(range(len(self.macro))))]
        while stack:
            part, nodes = stack[-1]
            i = next(nodes, None)
            if i is None:
                stack.pop()
                continue
            term = self._part(part)
            op = term.operators[i]
            inner = shared.get(op.name) if isinstance(op, Nonterminal) else None
            if inner is not None and inner != part:
                stack.append((inner, iter(range(len(self.draws[inner])))))
                continue
            operators.append(op)
            arities.append(int(term.arity[i]))
            sources.append((part, i))
        return assemble((operators, arities)), sources

    def _part(self, part: int) -> Term:
        return self.macro if part < 0 else self.draws[part]

    @property
    def term(self) -> Term:
        """The term so far; its open places are nonterminals."""
        return self._layout[0]

    @property
    def sources(self) -> list[tuple[int, int]]:
        """For each node of the term its part (-1 the macro, else the number of the draw) and its node there."""
        return self._layout[1]

    def __str__(self) -> str:
        return self.term.text

    @property
    def frontier(self) -> tuple[Position, ...]:
        """Positions of the open places, in preorder."""
        return tuple(self.term.position(i) for i in self.term.nonterminals())

    @property
    def done(self) -> bool:
        """Whether nothing is open."""
        return not self.term.nonterminals()

    def productions(self, position: Position) -> tuple[Production, ...]:
        """Return the productions that may be chosen at an open place.

        Raises
        ------
        NasvizError
            If there is no such position, or it is not open.
        """
        op = self.term.operators[self.term.index(position)]
        if not isinstance(op, Nonterminal):
            raise NasvizError(f"{op.name} is not open; open places are at {', '.join(map(str, self.frontier[:8])) or 'none'}")
        return self.grammar.rules[op.name]

    def expand(self, position: Position, production: int) -> Partial:
        """Return the partial derivation with one more choice.

        Raises
        ------
        NasvizError
            If the position is not open, or its nonterminal has no production of this number.
        """
        choices = self.productions(position)
        if not 0 <= production < len(choices):
            name = choices[0].lhs
            raise NasvizError(f"no production {production} of {name}; it has {len(choices)}, counted from 0")
        part, i = self._layout[1][self.term.index(position)]
        grown = self._part(part).replace(i, choices[production].body)
        if part < 0:
            return replace(self, macro=grown, before=self)
        return replace(self, draws=(*self.draws[:part], grown, *self.draws[part + 1 :]), before=self)

    def undo(self) -> Partial:
        """Return the partial derivation before the last choice; the beginning is its own."""
        return self.before or self

    def completions(self) -> Grammar:
        """Return the grammar of all terms that can still be reached, over the same operators, with the same constraints.

        Its start derives this partial derivation; each shared nonterminal derives what is chosen of it.
        """
        return self._completions

    @cached_property
    def _completions(self) -> Grammar:
        return self.narrowed()

    def narrowed(self, *requirements: Requirement) -> Grammar:
        """Return the completions under further requirements, which its text does not show."""
        grammar = self.grammar
        start = grammar.start
        while start in grammar.rules or start in grammar.signature:
            start += "_"
        chosen = {
            name: f"shared {name} ::= {draw.text}"
            for name, draw in zip(grammar.shared, self.draws, strict=True)
            if draw != leaf(grammar, name)
        }
        rules = [line for line in grammar.canonical.split("\n") if not line.startswith(("start ", "require "))]
        lines = [f"start {start}", *(f"require {r}" for r in grammar.requires), f"{start} ::= {self.macro.text}"]
        lines += [chosen.get(name, line) for name, line in zip(grammar.rules, rules, strict=True)]
        narrow = Grammar.parse("\n".join(lines), grammar.signature)
        narrow.requirements = (*narrow.requirements, *requirements)
        return narrow

    def remaining(self, what: What = "terms", max_height: int | None = None) -> Count:
        """Count what can still be reached; see :func:`nasviz.grammar.count`.

        Raises
        ------
        NasvizError
            As `count`.
        """
        if what == "terms" and max_height is None and settled(self.grammar, self._parts):
            with suppress(BudgetError, TooLargeError):
                return self._outlook("terms").total()
        return count(self.completions(), what, max_height)

    def bounds(self, cost: Cost) -> tuple[float, float]:
        """Return the least and the greatest cost of what can still be reached; see :func:`nasviz.grammar.costs.cost_bounds`.

        Raises
        ------
        NasvizError
            As `cost_bounds`.
        """
        if settled(self.grammar, self._parts):
            return self._outlook("least", cost).total(), self._outlook("greatest", cost).total()
        return cost_bounds(self.completions(), cost)

    def options(self, position: Position, cost: Cost | None = None) -> list[Option]:
        """Return the productions at an open place with what each leaves.

        Parameters
        ----------
        position
            An open place.
        cost
            Cost of one operator, for the least and greatest cost; default 1, so that they are sizes.

        Raises
        ------
        NasvizError
            If the place is not open, or as :func:`nasviz.grammar.costs.cost_bounds`.

        Examples
        --------
        >>> from nasviz.algebra import Sort
        >>> f = Operator("f", (Sort.MAP, Sort.MAP))
        >>> g = Grammar.parse("S ::= f(A, A) | A\\nA ::= x | y | z", [f, *map(Operator, "xyz")])
        >>> for option in Partial.begin(g).options(()):
        ...     print(option.production, option.remaining, option.share, option.least_cost, option.greatest_cost)
        S ::= f(A, A) 9 0.75 3 3
        S ::= A 3 0.25 1 1
        """
        productions = self.productions(position)
        price = cost if cost is not None else one_each
        if not settled(self.grammar, self._parts):
            steps = [self.expand(position, k) for k in range(len(productions))]
            counts = [step.remaining() for step in steps]
            chances = [step.legality() * p.weight for step, p in zip(steps, productions, strict=True)]
            return make_options(productions, counts, self.remaining(), chances, [step.bounds(price) for step in steps])
        draw, i = self._layout[1][self.term.index(position)]
        part = draw + 1
        bodies = [p.body for p in productions]
        try:
            outlook = self._outlook("terms")
            counts, total = list[Count](outlook.choices(part, i, bodies)), outlook.total()
        except (BudgetError, TooLargeError):
            counts, total = [self.expand(position, k).remaining() for k in range(len(bodies))], self.remaining()
        chances = [p.weight for p in productions]
        if self.grammar.constraint:
            try:
                legal = self._outlook("weights").choices(part, i, bodies)
            except BudgetError as error:
                raise _unknown_chances(error) from error
            chances = [p.weight * x for p, x in zip(productions, legal, strict=True)]
        least = self._outlook("least", price).choices(part, i, bodies)
        greatest = self._outlook("greatest", price).choices(part, i, bodies)
        return make_options(productions, counts, total, chances, list(zip(least, greatest, strict=True)))

    def frontier_options(self, cost: Cost | None = None) -> dict[Position, list[Option]]:
        """Return the options at every open place; see :meth:`options`.

        Raises
        ------
        NasvizError
            As :meth:`options`.
        """
        return {position: self.options(position, cost) for position in self.frontier}

    def legality(self) -> float:
        """Return the probability that a completion by productions is legal: 1 without constraints.

        Raises
        ------
        NasvizError
            If the constraints are past their budget.
        """
        if not self.grammar.constraint:
            return 1.0
        try:
            if settled(self.grammar, self._parts):
                return float(self._outlook("weights").total())
            return float(self.completions().product.language("weights").count())
        except BudgetError as error:
            raise _unknown_chances(error) from error

    @property
    def _parts(self) -> tuple[Term, ...]:
        return (self.macro, *self.draws)

    def _outlook(self, what: str, cost: Cost = one_each) -> Outlook:
        known = self._outlooks
        if (what, id(cost)) not in known:
            known[what, id(cost)] = (cost, self._new_outlook(what, cost))
        return known[what, id(cost)][1]

    @cached_property
    def _outlooks(self) -> dict[tuple[str, int], tuple[Cost, Outlook]]:
        """By what is summed and the identity of a cost, which is kept alive."""
        return {}

    def _new_outlook(self, what: str, cost: Cost) -> Outlook:
        if not self.memory:
            self.memory.append(Insides(self.grammar))
        insides = self.memory[0]
        if what in ("terms", "weights"):
            ring = COUNTS if what == "terms" else CHANCES
            return Outlook(self.grammar, self._parts, ring, applied(insides.numbers, what), lambda op: ring.one)
        bounds = insides.bounds(cost)
        form = self.grammar.normal_form

        def inside(name: str) -> ByValue:
            return bounds.by_value(form.defining(name), what == "least")

        return Outlook(self.grammar, self._parts, LEAST if what == "least" else GREATEST, inside, bounds.price)

    def complete(
        self,
        rng: np.random.Generator,
        law: Law = "productions",
        *,
        max_height: int | None = None,
        max_size: int | None = None,
        factor: float | None = None,
    ) -> Term:
        """Draw the open choices by a law and return the whole term; see :func:`nasviz.grammar.sample`.

        Raises
        ------
        NasvizError
            As `sample`.
        """
        return sample_term(self.completions(), rng, law, max_height=max_height, max_size=max_size, factor=factor)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        try:
            return lower("view_mimebundle")(self)
        except NasvizError:
            return {"text/plain": str(self)}

    def __reduce__(self) -> tuple[object, ...]:
        history: list[tuple[Term, tuple[Term, ...]]] = []
        step: Partial | None = self
        while step is not None:
            history.append((step.macro, step.draws))
            step = step.before
        return (_again, (self.grammar, history[::-1]))


def _unknown_chances(error: BudgetError) -> NasvizError:
    return NasvizError(f"probabilities are out of reach: {error}")


def _again(grammar: Grammar, history: list[tuple[Term, tuple[Term, ...]]]) -> Partial:
    memory: list[Insides] = []
    partial: Partial | None = None
    for macro, draws in history:
        partial = Partial(grammar, macro, draws, partial, memory)
    assert partial is not None
    return partial
