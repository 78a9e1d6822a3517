"""Deriving step by step: a partial derivation is a value, with open places, possible productions, undo and completions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from nasviz.algebra import Nonterminal, Operator, Position, Term
from nasviz.errors import NasvizError
from nasviz.grammar.counting import Count, What, count
from nasviz.grammar.derivation import assemble, derive
from nasviz.grammar.grammar import Grammar, Production
from nasviz.grammar.sampling import sample


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
        The partial derivation before the last choice, None at the beginning.

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
    before: Partial | None = None

    @classmethod
    def begin(cls, grammar: Grammar) -> Partial:
        """Return the partial derivation in which nothing is chosen: the start alone."""
        return cls(grammar, _leaf(grammar, grammar.start), tuple(_leaf(grammar, name) for name in grammar.shared))

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
        """Return the grammar of all terms that can still be reached.

        Its start derives this partial derivation; each shared nonterminal derives what is chosen of it.
        """
        grammar = self.grammar
        start = grammar.start
        while start in grammar.rules or start in grammar.signature:
            start += "_"
        chosen = {
            name: f"shared {name} ::= {draw.text}"
            for name, draw in zip(grammar.shared, self.draws, strict=True)
            if draw != _leaf(grammar, name)
        }
        rules = [line for line in grammar.canonical.split("\n") if not line.startswith(("start ", "require "))]
        lines = [f"start {start}", *(f"require {r}" for r in grammar.requires), f"{start} ::= {self.macro.text}"]
        lines += [chosen.get(name, line) for name, line in zip(grammar.rules, rules, strict=True)]
        return Grammar.parse("\n".join(lines), grammar.signature)

    def remaining(self, what: What = "terms", max_height: int | None = None) -> Count:
        """Count what can still be reached; see :func:`nasviz.grammar.count`.

        Raises
        ------
        NasvizError
            As `count`.
        """
        return count(self.completions(), what, max_height)

    def complete(self, rng: np.random.Generator, law: str = "productions") -> Term:
        """Draw the open choices and return the whole term.

        Raises
        ------
        NasvizError
            As :func:`nasviz.grammar.sample`.
        """
        grammar = self.completions()
        return derive(grammar, sample(grammar, rng, law))


def _leaf(grammar: Grammar, name: str) -> Term:
    return Term.build(Nonterminal(name, result=grammar.sorts[name]))
