"""Places of a derivation: where each production stands, in the derivation and in the term, so that it can be edited there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

from nasviz.algebra import Nonterminal, Position, Term, position_text
from nasviz.errors import NasvizError
from nasviz.grammar.derivation import Derivation, assemble, emit, shared_leaves, visited
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.tables import Item, Piece, Tables

Place = tuple[int, int]
"""A production of a derivation: part (0 for the macro, 1 + s for the s-th shared draw) and number within the part."""


class Places:
    """The productions of a derivation by part, and the nodes of the term at which they stand.

    Parameters
    ----------
    grammar
        The grammar.
    derivation
        A derivation of it.

    Attributes
    ----------
    parts : list of (start, numbers)
        Nonterminal (or shared leaf) and production numbers of the macro and of each shared draw.
    piece : Piece
        What is derived.

    Raises
    ------
    NasvizError
        If it is no derivation of this grammar.
    """

    def __init__(self, grammar: Grammar, derivation: Derivation) -> None:
        self.grammar = grammar
        self.tables: Tables = grammar.tables
        self.derivation = derivation
        self.piece: Piece = emit(self.tables, derivation)
        self.parts = [(self.tables.start, derivation.macro), *zip(self.tables.shared, derivation.draws, strict=True)]
        self.paths: list[list[int]] = [visited(self.tables, start, row) if row else [] for start, row in self.parts]

    @cached_property
    def term(self) -> Term:
        """The term that is derived."""
        return assemble(self.piece)

    def stop(self, place: Place) -> int:
        """Return the number after the last one of the subtree at a place."""
        part, i = place
        return end_of(self.tables, self.paths[part][i], self.parts[part][1], i)

    def slice(self, place: Place) -> tuple[int, ...]:
        """Return the production numbers of the subtree at a place."""
        return self.parts[place[0]][1][place[1] : self.stop(place)]

    def all(self, choice: bool = True) -> list[Place]:
        """Return the places, the macro's first; with `choice` only those whose nonterminal leaves one."""
        open_ = self.tables.choice
        return [(p, i) for p, path in enumerate(self.paths) for i, a in enumerate(path) if open_[a] or not choice]

    @cached_property
    def _standing(self) -> list[tuple[Place, int]]:
        """Each place with each node at which it stands, in preorder of the derivation tree."""
        tables = self.tables
        found: list[tuple[Place, int]] = []
        at = 0
        stack: list[tuple[Item, int, list[int]]] = [(tables.start, 0, [0])]
        while stack:
            item, part, used = stack.pop()
            if not isinstance(item, int):
                at += len(item[0])
                continue
            if item < 0:
                part, used, item = -item, [0], tables.shared[-1 - item]
            i = used[0]
            used[0] += 1
            found.append(((part, i), at))
            k = self.parts[part][1][i]
            at += len(tables.heads[item][k][0])
            stack += [(x, part, used) for x in tables.rests[item][k]]
        return found

    @cached_property
    def nodes(self) -> dict[Place, list[int]]:
        """The nodes of the term at which the subtree of each place stands; several in a shared draw."""
        found: dict[Place, list[int]] = {}
        for place, node in self._standing:
            found.setdefault(place, []).append(node)
        return found

    def name(self, place: Place) -> str:
        """Return the nonterminal at a place."""
        return self.tables.names[self.paths[place[0]][place[1]]]

    def at(self, position: Position, nonterminal: str | None = None) -> Place:
        """Return the place of the outermost nonterminal, or of a given one, whose expansion begins at a position.

        Raises
        ------
        NasvizError
            If the term has no such position, or no such expansion begins there; the sentence says where the nearest one does.
        """
        node = self.term.index(position)
        here = [place for place, at in self._standing if at == node]
        for place in here:
            if nonterminal in (None, self.name(place)):
                return place
        op = self.term.operators[node].name
        if here:
            names = ", ".join(self.name(place) for place in here)
            raise NasvizError(f"{op} at {position_text(tuple(position))} is derived from {names}, not from {nonterminal}")
        above = max((at, -k) for k, (_, at) in enumerate(self._standing) if at < node < at + int(self.term.size[at]))
        place, at = self._standing[-above[1]]
        body = f"the body of {self.name(place)} at {position_text(self.term.position(at))}"
        raise NasvizError(f"no nonterminal begins at {position_text(tuple(position))}: {op} is part of {body}")

    def outermost(self, chosen: Collection[Place]) -> list[Place]:
        """Return those of the chosen places that lie in none of the others of their part, in order."""
        kept: list[Place] = []
        last: Place = (-1, -1)
        for part, i in sorted(chosen):
            if part == last[0] and i < last[1]:
                continue
            kept.append((part, i))
            last = (part, self.stop((part, i)))
        return kept

    def opened(self, chosen: Collection[Place]) -> tuple[Term, tuple[Term, ...]]:
        """Return macro and draws as terms in which the chosen places and unused draws are open."""
        terms: list[Term] = []
        for part, (start, numbers) in enumerate(self.parts):
            name = self.tables.names[self.tables.shared[-1 - start] if start < 0 else start]
            if not numbers:
                terms.append(leaf(self.grammar, name))
                continue
            open_ = {i for p, i in chosen if p == part}
            terms.append(assemble(self._emit_open(start, numbers, open_)))
        return terms[0], tuple(terms[1:])

    def _emit_open(self, start: int, numbers: Sequence[int], open_: Collection[int]) -> Piece:
        tables = self.tables
        operators, arities = [], []
        stack: list[Item] = [start]
        used = 0
        while stack:
            item = stack.pop()
            if not isinstance(item, int):
                operators += item[0]
                arities += item[1]
                continue
            if item < 0 or used in open_:
                name = tables.names[item if item >= 0 else tables.shared[-1 - item]]
                operators.append(Nonterminal(name, result=self.grammar.sorts[name]))
                arities.append(0)
                if item >= 0:
                    used = end_of(tables, item, numbers, used)
                continue
            k = numbers[used]
            used += 1
            operators += tables.heads[item][k][0]
            arities += tables.heads[item][k][1]
            stack += tables.rests[item][k]
        return operators, arities

    def spliced(self, edits: Sequence[tuple[Place, Sequence[int]]]) -> list[tuple[int, ...]]:
        """Return macro and draws with the subtrees at disjoint places replaced by other numbers."""
        rows = [numbers for _, numbers in self.parts]
        for (part, i), fresh in sorted(edits, reverse=True):
            rows[part] = (*rows[part][:i], *fresh, *rows[part][self.stop((part, i)) :])
        return rows

    def with_draws(self, rows: Sequence[tuple[int, ...]], donor: Sequence[tuple[int, ...]]) -> Derivation:
        """Return the derivation of a macro and draws; those that are used but missing come from `donor`, unused ones go."""
        tables = self.tables
        if not tables.shared:
            return Derivation((), rows[0])
        draws: list[tuple[int, ...]] = [()] * len(tables.shared)
        waiting = list(shared_leaves(tables, tables.start, rows[0]))
        while waiting:
            s = waiting.pop()
            if not draws[s]:
                draws[s] = rows[1 + s] or donor[s]
                waiting.extend(shared_leaves(tables, tables.shared[s], draws[s]))
        return Derivation(tuple(draws), rows[0])


def leaf(grammar: Grammar, name: str) -> Term:
    """Return the term that is one open place."""
    return Term.build(Nonterminal(name, result=grammar.sorts[name]))


def end_of(tables: Tables, a: int, numbers: Sequence[int], start: int) -> int:
    """Return the place after the subtree of nonterminal `a` that begins at place `start`."""
    pushes = tables.pushes
    stack = [a]
    at = start
    while stack:
        b = stack.pop()
        if b >= 0:
            stack += pushes[b][numbers[at]]
            at += 1
    return at
