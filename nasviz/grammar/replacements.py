"""What may stand at one place of a derivation instead of what stands there: counted, listed, drawn, or explained."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from nasviz.algebra import Position, Term
from nasviz.grammar.counting import AtMost, Count
from nasviz.grammar.derivation import Derivation, derive
from nasviz.grammar.drawing import Uniforms
from nasviz.grammar.editing import Editor
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.neighbours import Neighbourhood
from nasviz.grammar.places import Place
from nasviz.grammar.stepping import Partial


class Replacements:
    """The legal terms that differ from a derivation in one subterm, which derives from the same nonterminal.

    Parameters
    ----------
    grammar
        The grammar.
    derivation
        A derivation of it.
    position
        Where the subterm begins. In a shared draw it is replaced wherever the draw is used.
    nonterminal
        Which of the nonterminals whose expansion begins there; default the outermost, which derives most.

    Attributes
    ----------
    term : Term
        What is derived now.
    nonterminal : str
        The nonterminal.
    nodes : tuple of int
        Nodes of `term` at which the subterm stands: one, or several in a shared draw.

    Raises
    ------
    NasvizError
        If it is no derivation of the grammar, or no such nonterminal begins at the position; says where the nearest one does.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort, parse_term
    >>> from nasviz.grammar import parse_derivation
    >>> g = Grammar.parse("S ::= f(A, A)\\nA ::= x | y | z", [Operator("f", (Sort.MAP, Sort.MAP)), *map(Operator, "xyz")])
    >>> there = Replacements(g, parse_derivation(g, parse_term("f(x, y)", g.signature)), (1,))
    >>> there.nonterminal, there.count(), [str(term) for term in there]
    ('A', 2, ['f(x, x)', 'f(x, z)'])
    """

    def __init__(self, grammar: Grammar, derivation: Derivation, position: Position, nonterminal: str | None = None) -> None:
        self.grammar = grammar
        self._hood = Neighbourhood(grammar, derivation)
        self.term = self._hood.term
        self.place: Place = self._hood.places.at(position, nonterminal)
        self.nonterminal = self._hood.places.name(self.place)
        self.nodes = tuple(self._hood.places.nodes[self.place])

    def count(self) -> Count:
        """Return how many there are.

        Raises
        ------
        NasvizError
            As :func:`nasviz.grammar.count`.
        """
        partial = Partial(self.grammar, *self._hood.places.opened([self.place]))
        found = partial.remaining()
        if isinstance(found, AtMost):
            return AtMost(found.n - 1, found.reason)
        return found if found == math.inf else found - 1

    def exchanged(self) -> Iterator[Term]:
        """Yield those by another production of the nonterminal that keep the operands that fit, the rest as small as can be."""
        for row in self._hood.rows(self.place):
            term = derive(self.grammar, self._hood.spliced(self.place, row))
            if term != self.term and self.grammar.constraint.holds(term):
                yield term

    def __iter__(self) -> Iterator[Term]:
        """Yield all, each once, lower ones first; endlessly where there are endlessly many.

        With shared draws only those of height at most 1 + the least possible.

        Raises
        ------
        NasvizError
            If with shared draws the least ones are too high to be listed.
        """
        if self._hood.exact:
            yield from self._ranged()
            return
        seen = {self.term}
        for term in self._hood.listing.replacements(self.place):
            if term not in seen and self.grammar.constraint.holds(term):
                seen.add(term)
                yield term

    @cached_property
    def _states(self) -> list[int]:
        """States of the automaton of terms whose subterms are legal there."""
        automaton = self.grammar.product.numbers("terms").automaton
        symbol = self.grammar.normal_form.index[self.nonterminal]
        constraint = self.grammar.product.constraint
        test = constraint.allowed(self.term, self.nodes) if self.grammar.constraint else None
        held = [q for q, symbols in enumerate(automaton.symbols) if symbol in symbols]
        return [q for q in held if test is None or test(automaton.values[q])]

    def _ranged(self) -> Iterator[Term]:
        labels = self.grammar.product.numbers("terms").automaton.labels
        lexicon, node, total, done = self._hood.lexicon, self.nodes[0], self.count(), 0
        for height in itertools.count(1):
            context = {(height, q): 1 for q in self._states} | {(height - 1, q): -1 for q in self._states if height > 1}
            here = lexicon.total(context)
            for n in range(here):
                chosen = lexicon.pick(n, context)[0]
                term = self._hood.with_piece(node, ([labels[k][0] for k in chosen], [labels[k][1] for k in chosen]))
                if term != self.term:
                    done += 1
                    yield term
            if not isinstance(total, AtMost) and done >= total:
                return

    @cached_property
    def _editor(self) -> Editor:
        return Editor(self.grammar, self._hood.places.derivation)

    def drawn(self, rng: np.random.Generator) -> Term | None:
        """Return one drawn by the law of the productions, conditioned on being legal and different; None when there is none."""
        child = self._editor.redraw([self.place], Uniforms(rng))
        return None if child is None else derive(self.grammar, child)

    def with_subterm(self, subterm: Term) -> Term:
        """Return the term with another subterm at each of `nodes`, legal or not.

        Raises
        ------
        SortError
            If its sort does not fit.
        """
        return replaced(self.term, self.nodes, subterm)


def replaced(term: Term, nodes: Sequence[int], subterm: Term) -> Term:
    """Return a term with another subterm at disjoint nodes.

    Raises
    ------
    SortError
        If its sort does not fit.
    """
    for node in sorted(nodes, reverse=True):
        term = term.replace(node, subterm)
    return term


def nearest_place(grammar: Grammar, derivation: Derivation, position: Position) -> Position:
    """Return the position itself if a nonterminal begins there, else the nearest around it at which one does.

    Raises
    ------
    NasvizError
        If the term has no such position.
    """
    places = Neighbourhood(grammar, derivation).places
    places.term.index(position)
    standing = {node for nodes in places.nodes.values() for node in nodes}
    for length in range(len(position), 0, -1):
        if places.term.index(position[:length]) in standing:
            return position[:length]
    return ()
