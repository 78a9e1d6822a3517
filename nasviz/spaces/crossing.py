"""Which subterms two architectures can exchange, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from nasviz.algebra import Position, Term, position_text
from nasviz.errors import NasvizError
from nasviz.grammar import Derivation, Grammar, parse_derivation
from nasviz.grammar.crossings import Crossed, Crossings, Meeting
from nasviz.spaces.architecture import Architecture
from nasviz.spaces.arguments import Seed, generator

LISTED = 40
"""Exchanges up to which all are offered in the order of the terms; of more, some are drawn."""


@dataclass(frozen=True)
class Exchange:
    """Two architectures with subterms of one nonterminal (without a grammar: of one sort) exchanged.

    Attributes
    ----------
    nonterminal
        What both subterms derive from; without a grammar their sort.
    here, there
        Positions at which they stand in the two parents; several in a shared draw.
    first, second
        The first parent with a subterm of the second, and the second with that of the first.
    """

    nonterminal: str
    here: tuple[Position, ...]
    there: tuple[Position, ...]
    first: Architecture
    second: Architecture


class Crossing:
    """The exchanges between two architectures of one space.

    Raises
    ------
    TermError
        If one is not in the space.

    Examples
    --------
    >>> from nasviz.spaces import SearchSpace
    >>> space = SearchSpace("S ::= Linear(B, B)\\nB ::= conv3x3 | id")
    >>> found = space.crossings(space.parse("Linear(id, id)"), space.parse("Linear(conv3x3, id)"))
    >>> [(str(exchange.first), str(exchange.second)) for exchange in found.exchanges()]
    [('Linear(id, conv3x3)', 'Linear(id, id)')]
    """

    def __init__(self, a: Architecture, b: Architecture) -> None:
        self.a, self.b = a, b
        grammar = a.space.drawn_grammar
        self._found = None if grammar is None else Crossings(grammar, _derived(a, grammar), _derived(b, grammar))

    @property
    def meetings(self) -> tuple[Meeting, ...]:
        """Where equal nonterminals (without a grammar: maps) stand in both terms."""
        if self._found is not None:
            return self._found.meetings
        return (Meeting("map", tuple(_maps(self.a.term)), tuple(_maps(self.b.term))),)

    def total(self, position: Position | None = None) -> int:
        """Return how many pairs of places meet; with `position` only those that have it in the first architecture."""
        node = None if position is None else self.a.term.index(position)
        if self._found is not None:
            return self._found.total(node)
        return len(_maps(self.b.term)) * (len(_maps(self.a.term)) if node is None else 1)

    def exchanges(
        self, position: Position | None = None, most: int = LISTED, seconds: float = 0.12, seed: Seed = None
    ) -> list[Exchange]:
        """Return legal exchanges that give new architectures: all of them where they are few, else some, drawn.

        Parameters
        ----------
        position
            Only those that change the first architecture there.
        most
            How many at most.
        seconds
            Time after which no other is looked for.
        seed
            Seed or generator of the draws.

        Raises
        ------
        NasvizError
            If there is no such position.
        """
        node, found = None if position is None else self.a.term.index(position), list[Exchange]()
        drawn = self.total(position) > most
        end = time.perf_counter() + seconds
        children = self._free(node) if self._found is None else self._found.children(node, generator(seed) if drawn else None)
        for crossed in children:
            found.append(self._exchange(crossed))
            if len(found) == most or time.perf_counter() > end:
                break
        return found

    def at(self, here: Position, there: Position) -> Exchange:
        """Return the exchange of the subterms at two positions.

        Raises
        ------
        NasvizError
            If there is none: no nonterminal begins at both, the subterms are equal, or a child is illegal.
        """
        i, j = self.a.term.index(here), self.b.term.index(there)
        children = self._free(i) if self._found is None else self._found.children(i)
        for crossed in children:
            if j in crossed.there:
                return self._exchange(crossed)
        places = f"{position_text(here)} here and {position_text(there)} there"
        if not any(i in m.here and j in m.there for m in self.meetings):
            raise NasvizError(f"no nonterminal begins both at {places}, so the subterms cannot change places")
        raise NasvizError(f"nothing new comes of {places}: the subterms are equal, or a child would be illegal")

    @property
    def reason(self) -> str:
        """Why there is no exchange, in words; "" when there is one or it is not known."""
        if self.exchanges(most=1):
            return ""
        below = [m.nonterminal for m in self.meetings if set(m.here) - {0} or set(m.there) - {0}]
        if not below:
            return "There is no crossover: no nonterminal of one occurs in the other, but for the start."
        return (
            f"There is no crossover: {', '.join(below[:6])} occur in both, but the subterms are equal, a child would be "
            "illegal, or it would be one of the parents again."
        )

    def _free(self, node: int | None) -> Iterator[Crossed]:
        a, b = self.a.term, self.b.term
        for i in _maps(a) if node is None else [node]:
            for j in _maps(b):
                one, two = a.subterm(i), b.subterm(j)
                if one != two and (i or j) and one.operators[0].result == two.operators[0].result:
                    yield Crossed("map", (i,), (j,), a.replace(i, two), b.replace(j, one))

    def _exchange(self, crossed: Crossed) -> Exchange:
        here = tuple(self.a.term.position(i) for i in crossed.here)
        there = tuple(self.b.term.position(j) for j in crossed.there)
        first, second = Architecture(crossed.first, self.a.space), Architecture(crossed.second, self.a.space)
        return Exchange(crossed.nonterminal, here, there, first, second)


def _derived(arch: Architecture, grammar: Grammar) -> Derivation:
    return arch.derivation.draws if grammar is arch.space.grammar else parse_derivation(grammar, arch.term)


def _maps(term: Term) -> list[int]:
    return [i for i, op in enumerate(term.operators) if op.result == "map"]
