"""Where two derivations can exchange subterms: the places at which equal nonterminals meet, and the children."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nasviz.algebra import Term
from nasviz.grammar.crossover import by_nonterminal, swapped
from nasviz.grammar.derivation import Derivation, derive
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.places import Place, Places


@dataclass(frozen=True)
class Meeting:
    """A nonterminal that occurs in both derivations.

    Attributes
    ----------
    nonterminal
        Its name.
    here, there
        Nodes of the two terms at which its expansions begin, in preorder.
    """

    nonterminal: str
    here: tuple[int, ...]
    there: tuple[int, ...]


@dataclass(frozen=True)
class Crossed:
    """Two children: each parent with a subterm of the other.

    Attributes
    ----------
    nonterminal
        What both subterms derive from.
    here, there
        Nodes of the two parents at which the subterms stand; several in a shared draw.
    first, second
        The first parent with a subterm of the second, and the second with that of the first.
    """

    nonterminal: str
    here: tuple[int, ...]
    there: tuple[int, ...]
    first: Term
    second: Term


class Crossings:
    """The exchanges between two derivations of a grammar.

    Raises
    ------
    NasvizError
        If one is no derivation of this grammar.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort, parse_term
    >>> from nasviz.grammar import parse_derivation
    >>> g = Grammar.parse("S ::= f(A, A) | A\\nA ::= x | y", [Operator("f", (Sort.MAP, Sort.MAP)), *map(Operator, "xy")])
    >>> one, two = (parse_derivation(g, parse_term(text, g.signature)) for text in ("f(x, x)", "y"))
    >>> found = Crossings(g, one, two)
    >>> found.meetings[1], [(str(c.first), str(c.second)) for c in found.children()]
    (Meeting(nonterminal='A', here=(1, 2), there=(0,)), [('f(y, x)', 'x'), ('f(x, y)', 'x')])
    """

    def __init__(self, grammar: Grammar, a: Derivation, b: Derivation) -> None:
        self.grammar = grammar
        self.one, self.two = Places(grammar, a), Places(grammar, b)
        self._here, self._there = by_nonterminal(self.one), by_nonterminal(self.two)
        self._known: dict[int | None, list[tuple[Place, Place]]] = {}

    @cached_property
    def meetings(self) -> tuple[Meeting, ...]:
        """The nonterminals that occur in both, in the order of the grammar."""

        def nodes(places: Places, chosen: list[Place]) -> tuple[int, ...]:
            return tuple(sorted(node for place in chosen for node in places.nodes[place]))

        return tuple(
            Meeting(name, nodes(self.one, self._here[a]), nodes(self.two, self._there[a]))
            for a, name in enumerate(self.grammar.tables.names)
            if a in self._here and a in self._there
        )

    def _pairs(self, node: int | None) -> list[tuple[Place, Place]]:
        """The places in both, outermost nonterminals first; where several begin at the same two nodes, one pair of them."""
        if node in self._known:
            return self._known[node]
        found: dict[tuple[int, int], tuple[Place, Place]] = {}
        for i in self.one.all(choice=False):
            at = self.one.nodes[i]
            if node is not None and node not in at:
                continue
            for j in self._there.get(self.one.paths[i[0]][i[1]], ()):
                found.setdefault((at[0], self.two.nodes[j][0]), (i, j))
        self._known[node] = list(found.values())
        return self._known[node]

    def total(self, node: int | None = None) -> int:
        """Return how many pairs of places meet; with `node` only those that have it in the first term."""
        return len(self._pairs(node))

    def children(self, node: int | None = None, rng: np.random.Generator | None = None) -> Iterator[Crossed]:
        """Yield the legal exchanges that give new terms, each pair of children once.

        Parameters
        ----------
        node
            Only those that change the first term at this node.
        rng
            Order of the pairs is drawn; None: that of the terms.
        """
        pairs = self._pairs(node)
        seen: set[tuple[Term, Term]] = set()
        for k in range(len(pairs)) if rng is None else rng.permutation(len(pairs)).tolist():
            i, j = pairs[k]
            found = swapped(self.one, self.two, i, j)
            if found is None:
                continue
            terms = derive(self.grammar, found[0]), derive(self.grammar, found[1])
            if terms not in seen:
                seen.add(terms)
                yield Crossed(self.one.name(i), tuple(self.one.nodes[i]), tuple(self.two.nodes[j]), *terms)
