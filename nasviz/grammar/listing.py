"""Listing what a nonterminal derives up to a height, shared draws included: slow and sure, for few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from nasviz.algebra import Nonterminal, Term
from nasviz.errors import NasvizError
from nasviz.grammar.derivation import Derivation, derive, shared_leaves
from nasviz.grammar.places import Place, Places
from nasviz.grammar.tallies import DerivationTally, plus, times

DEEPEST = 150
"""Greatest height up to which is listed."""


class Listing:
    """Replacements at the places of a derivation.

    Parameters
    ----------
    places
        The places.
    low
        The least height of what each nonterminal derives.
    """

    def __init__(self, places: Places, low: Sequence[int]) -> None:
        self.places = places
        self.low = low
        self.grammar = places.grammar
        self.tables = places.tables
        self.form = self.grammar.normal_form

    def _limit(self, place: Place) -> int:
        return 1 + self.low[self.places.paths[place[0]][place[1]]]

    def replacements(self, place: Place) -> Iterator[Term]:
        """Yield the terms in which the subterm at a place is one of height at most 1 + the least possible; some repeatedly.

        Draws that come into use take every value.

        Raises
        ------
        NasvizError
            If even the least ones are too high.
        """
        high, node = self._limit(place), self.places.nodes[place][0]
        if high > DEEPEST:
            raise NasvizError(f"neighbours of height {high} are not listed; at most {DEEPEST}")
        for row in self._region(self.places.paths[place[0]][place[1]], high, frozenset()):
            for child in self._filled(self.places.spliced([(place, row)]), {}, high):
                term = derive(self.grammar, child)
                if term.subterm(node).height <= high:
                    yield term

    @cached_property
    def _draw_heights(self) -> list[int]:
        """The height of each draw; of those that are not used the least."""
        return [
            self.places.term.subterm(self.places.nodes[1 + s, 0][0]).height if self.places.paths[1 + s] else self.low[a]
            for s, a in enumerate(self.tables.shared)
        ]

    @cached_property
    def _bodies(self) -> list[dict[int, tuple[int, list[tuple[int, int]], bool]]]:
        """Of each different production: height of its operators, nonterminals with depth, whether it is one nonterminal."""
        found: list[dict[int, tuple[int, list[tuple[int, int]], bool]]] = []
        for a, productions in enumerate(self.grammar.rules.values()):
            rows: dict[int, tuple[int, list[tuple[int, int]], bool]] = {}
            known: set[Term] = set()
            for k, production in enumerate(productions):
                body = production.body
                if body in known:
                    continue
                known.add(body)
                depths = [int(body.depth[i]) for i in body.nonterminals()]
                leaves = list(zip(reversed(self.tables.pushes[a][k]), depths, strict=True))
                closed = [
                    int(d) + 1 for op, d in zip(body.operators, body.depth, strict=True) if not isinstance(op, Nonterminal)
                ]
                rows[k] = (max(closed, default=0), leaves, len(body) == 1 and bool(leaves))
            found.append(rows)
        return found

    def _region(self, a: int, high: int, barred: frozenset[int]) -> Iterator[tuple[int, ...]]:
        """Yield production numbers of a nonterminal up to a height; `barred` are those that led here by units."""
        for k, (height, leaves, unit) in self._bodies[a].items():
            if height > high or (unit and leaves[0][0] in barred):
                continue
            if all(self._least(b) <= high - d for b, d in leaves):
                for row in self._rows(leaves, high, barred | {a} if unit else frozenset()):
                    yield (k, *row)

    def _least(self, b: int) -> int:
        return self.low[b] if b >= 0 else self._draw_heights[-1 - b]

    def _rows(self, leaves: Sequence[tuple[int, int]], high: int, barred: frozenset[int]) -> Iterator[tuple[int, ...]]:
        if not leaves:
            yield ()
            return
        (b, d), rest = leaves[0], leaves[1:]
        for first in self._region(b, high - d, barred) if b >= 0 else [()]:
            for others in self._rows(rest, high, frozenset()):
                yield (*first, *others)

    def _filled(self, rows: list[tuple[int, ...]], fresh: dict[int, tuple[int, ...]], high: int) -> Iterator[Derivation]:
        """Yield the derivations in which draws that come into use take every value up to a height."""
        tables = self.tables
        draws = [fresh.get(s, row) for s, row in enumerate(rows[1:])]
        used: set[int] = set()
        waiting = shared_leaves(tables, tables.start, rows[0])
        while waiting:
            s = waiting.pop()
            if s in used:
                continue
            used.add(s)
            if not draws[s]:
                for row in self._region(tables.shared[s], high, frozenset()):
                    yield from self._filled(rows, {**fresh, s: row}, high)
                return
            waiting |= shared_leaves(tables, tables.shared[s], draws[s])
        yield Derivation(tuple(row if s in used else () for s, row in enumerate(draws)), rows[0])

    def bound(self, place: Place) -> int | float:
        """Return how many replacements at a place there are at most."""
        heights = dict(zip(self.form.inner, self._draw_heights, strict=True))
        total = self._tally.up_to(self.form.defining(self.places.name(place)), heights, self._limit(place))
        for s, inner in enumerate(self.form.inner.values()):
            if not self.places.paths[1 + s]:
                total = times(total, plus(1, self._tally.up_to(inner, heights, self._limit(place))))
        return total

    @cached_property
    def _tally(self) -> DerivationTally:
        return DerivationTally(self.form)
