"""Neighbours of a term: what is one small step away, enumerated without duplicates and counted.

A neighbour replaces one subterm by any other of the same nonterminal whose height is at most 1 + the least possible there, or
takes another production at one place, keeping the operands that fit. Without shared draws the neighbours are counted without
listing: a replacement inside a larger one is told by its height alone, so each neighbour belongs to one outermost place, and
those of a place are the terms of its nonterminal in a range of heights, numbered by the deterministic automaton. With shared
draws they are listed and those seen before are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from nasviz.algebra import Term
from nasviz.grammar.automaton import BudgetError
from nasviz.grammar.counting import AtMost, Count
from nasviz.grammar.derivation import Derivation, assemble, derive, emit_from, parse_derivation
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.lexicon import Lexicon
from nasviz.grammar.listing import Listing
from nasviz.grammar.normal import successors
from nasviz.grammar.places import Place, Places, end_of
from nasviz.grammar.smallest import lowest
from nasviz.grammar.tables import Piece
from nasviz.grammar.tallies import TooLargeError, plus

LISTED = 20_000
"""Greatest number of neighbours that are listed to be counted."""

Change = tuple[int, int, tuple[int, ...]]
"""Number of symbols before and after what differs, and the symbols there."""


def neighbours(grammar: Grammar, of: Derivation | Term) -> Iterator[Term]:
    """Yield the legal neighbours of a term, each once, places with few before places with many.

    Parameters
    ----------
    grammar
        The grammar.
    of
        A derivation, or a term whose first derivation counts.

    Raises
    ------
    TermError
        If the grammar does not derive the term.
    NasvizError
        If it is no derivation of this grammar.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort, parse_term
    >>> f = Operator("f", (Sort.MAP, Sort.MAP))
    >>> g = Grammar.parse("S ::= f(A, S) | A\\nA ::= x | y", [f, Operator("x"), Operator("y")])
    >>> [str(t) for t in neighbours(g, parse_term("f(x, x)", g.signature))]
    ['f(y, x)', 'f(x, y)', 'f(y, y)', 'x', 'y', 'f(x, f(x, x))', 'f(x, f(x, y))', 'f(x, f(y, x))', 'f(x, f(y, y))']
    """
    hood = Neighbourhood(grammar, of)
    return hood.ranged() if hood.exact else hood.listed()


def count_neighbours(grammar: Grammar, of: Derivation | Term, most: int = LISTED) -> Count:
    """Count the legal neighbours of a term.

    Exact without shared nonterminals. With them, or where the automaton is past its budget, exact up to `most`, else a bound.

    Parameters
    ----------
    grammar, of
        As for :func:`neighbours`.
    most
        How many are listed at most.

    Raises
    ------
    TermError, NasvizError
        As :func:`neighbours`.
    """
    return Neighbourhood(grammar, of).count(most)


@dataclass(frozen=True)
class _Range:
    """Replacements at a place: the terms of certain heights, `own` whether the subterm that stands there is one of them."""

    place: Place
    context: dict[tuple[int, int], int]
    total: int
    own: bool


class Neighbourhood:
    """The neighbours of one derivation.

    Raises
    ------
    TermError, NasvizError
        As :func:`neighbours`.
    """

    def __init__(self, grammar: Grammar, of: Derivation | Term) -> None:
        self.grammar = grammar
        self.tables = grammar.tables
        self.form = grammar.normal_form
        self.places = Places(grammar, parse_derivation(grammar, of) if isinstance(of, Term) else of)
        self.term = self.places.term
        self.all = self.places.all(choice=False)
        low = lowest(self.form)
        self.low = [low[self.form.defining(name)] for name in self.tables.names]
        self._depth = self.term.depth

    @cached_property
    def exact(self) -> bool:
        """Whether the neighbours are numbered, not listed."""
        if self.grammar.shared:
            return False
        try:
            self.grammar.product.numbers("terms")
        except BudgetError:
            return False
        return True

    def limit(self, place: Place) -> int:
        """Return the greatest height of a replacement at a place."""
        return 1 + self.low[self.places.paths[place[0]][place[1]]]

    def _height(self, node: int) -> int:
        stop = node + int(self.term.size[node])
        return int(self._depth[node:stop].max() - self._depth[node]) + 1

    # replacements in ranges of heights

    @cached_property
    def lexicon(self) -> Lexicon:
        """The order of the terms of each nonterminal, by height."""
        numbers = self.grammar.product.numbers("terms")
        return Lexicon(numbers, (), range(len(numbers.automaton.labels)), True)

    @cached_property
    def _covered(self) -> dict[Place, int]:
        """Up to which height the replacements at a place are also replacements at a place around it."""
        found: dict[Place, int] = {}
        around: list[tuple[Place, int]] = []  # places that are open, with the numbers at which they end
        reach = max((self.limit(x) for x in self.all), default=0)
        for place in self.all:
            while around and around[-1][1] <= place[1]:
                around.pop()
            node, most = self.places.nodes[place][0], 0
            for outer, _ in reversed(around):
                top = self.places.nodes[outer][0]
                below = int(self._depth[node] - self._depth[top])
                if below >= reach:
                    break
                if self._rest(top, node) <= self.limit(outer):
                    most = max(most, self.limit(outer) - below)
            found[place] = most
            around.append((place, self.places.stop(place)))
        return found

    def _rest(self, top: int, node: int) -> int:
        """The height of the subterm at `top` without the one at `node`."""
        stop, end = top + int(self.term.size[top]), node + int(self.term.size[node])
        deepest = max(int(part.max(initial=-1)) for part in (self._depth[top:node], self._depth[end:stop]))
        return max(0, deepest - int(self._depth[top]) + 1)

    def _ranges(self, apart: bool) -> list[_Range]:
        """Return the replacements at each place that leave any; with `apart` only those that belong to no place around it."""
        product = self.grammar.product
        numbers, constraint = product.numbers("terms"), product.constraint
        values = constraint.values(self.term)
        holding: dict[int, list[int]] = {}
        for q, symbols in enumerate(numbers.automaton.symbols):
            for s in symbols:
                holding.setdefault(s, []).append(q)
        found: list[_Range] = []
        for place in self.all:
            node, low, high = self.places.nodes[place][0], self._covered[place] if apart else 0, self.limit(place)
            if low >= high:
                continue
            test = constraint.allowed(self.term, [node]) if self.grammar.constraint else _always
            states = [q for q in holding.get(self.form.index[self.places.name(place)], ()) if test(numbers.automaton.values[q])]
            context = {(high, q): 1 for q in states} | ({(low, q): -1 for q in states} if low else {})
            total = self.lexicon.total(context)
            own = low < self._height(node) <= high and test(values[node])
            if total > own:
                found.append(_Range(place, context, total, own))
        return sorted(found, key=lambda r: r.total)

    def ranged(self) -> Iterator[Term]:
        """Yield the neighbours by place and number; what differs where an earlier place has been is left out."""
        labels = self.grammar.product.numbers("terms").automaton.labels
        number = {label: k for k, label in enumerate(labels)}
        parent = [number.get(pair, -1) for pair in zip(*self.places.piece, strict=True)]
        seen: set[Change] = set()
        yield from self.exchanges
        for r in self._ranges(apart=False):
            node = self.places.nodes[r.place][0]
            stop = node + int(self.term.size[node])
            for n in range(r.total):
                chosen = self.lexicon.pick(n, r.context)[0]
                change = _change(parent, node, stop, chosen)
                if change is not None and change not in seen:
                    seen.add(change)
                    yield self.with_piece(node, ([labels[k][0] for k in chosen], [labels[k][1] for k in chosen]))

    def with_piece(self, node: int, piece: Piece) -> Term:
        """Return the term with another piece at a node."""
        stop = node + int(self.term.size[node])
        ops, arities = self.places.piece
        return assemble(([*ops[:node], *piece[0], *ops[stop:]], [*arities[:node], *piece[1], *arities[stop:]]))

    # other productions that keep operands

    @cached_property
    def exchanges(self) -> list[Term]:
        """The legal neighbours by another production that are no replacements; with shared draws also some that are."""
        found: dict[Term, None] = {}
        for place in self.all:
            for child in self._exchanged(place):
                term = derive(self.grammar, child)
                if term != self.term and self.grammar.constraint.holds(term) and not self._replaces(place, term):
                    found[term] = None
        return list(found)

    def _exchanged(self, place: Place) -> Iterator[Derivation]:
        a = self.places.paths[place[0]][place[1]]
        for row in self.rows(place):
            if not self.exact or self._row_height(a, row) > max(self.limit(place), self._covered[place]):
                yield self.spliced(place, row)

    def rows(self, place: Place) -> Iterator[list[int]]:
        """Yield the numbers of the subtree at a place under each other production, keeping the operands that fit."""
        part, i = place
        a, numbers = self.places.paths[part][i], self.places.parts[part][1]
        operands: list[tuple[int, tuple[int, ...]]] = []
        at = i + 1
        for b in reversed(self.tables.pushes[a][numbers[i]]):
            if b >= 0:
                stop = end_of(self.tables, b, numbers, at)
                operands.append((b, tuple(numbers[at:stop])))
                at = stop
        for k, body in enumerate(self.tables.pushes[a]):
            if k == numbers[i]:
                continue
            left, row = list(operands), [k]
            for b in reversed(body):
                if b >= 0:
                    fitting = next((x for x in left if x[0] == b), None)
                    row += fitting[1] if fitting else self._smallest(b)
                    if fitting:
                        left.remove(fitting)
            yield row

    def spliced(self, place: Place, row: Sequence[int]) -> Derivation:
        """Return the derivation with other numbers at a place; draws that come into use are smallest ones."""
        rows = self.places.spliced([(place, row)])
        return self.places.with_draws(rows, [self._smallest(b) for b in self.tables.shared])

    def _row_height(self, a: int, row: Sequence[int]) -> int:
        return assemble(emit_from(self.tables, a, row, ())).height

    def _smallest(self, a: int) -> tuple[int, ...]:
        """The production numbers of a smallest term of a nonterminal."""
        best = self.grammar.smallest[1]
        stack = [self.form.defining(self.tables.names[a])]
        numbers: list[int] = []
        while stack:
            rule = best[stack.pop()]
            assert rule is not None
            if rule.production >= 0:
                numbers.append(rule.production)
            stack += [s for s in reversed(successors(rule)) if s not in self.form.inner]
        return tuple(numbers)

    def _replaces(self, place: Place, child: Term) -> bool:
        """Whether an exchange at a place is also a replacement at a place within."""
        if not self.exact:
            return False
        node = self.places.nodes[place][0]
        path = list(_differing(self.term.subterm(node), child.subterm(node)))
        match = self.grammar.matcher.match(child.subterm(node))
        inside = [x for x in self.all if place[1] <= x[1] < self.places.stop(place)]
        for i, j in path:
            for x in inside:
                if self.places.nodes[x][0] == node + i:
                    derived = self.form.index[self.places.name(x)] in self.grammar.matcher.symbols(match.states[j])
                    if derived and child.subterm(node + j).height <= self.limit(x):
                        return True
        return False

    def listed(self) -> Iterator[Term]:
        """Yield the neighbours by listing what each place derives, leaving out what was seen.

        Raises
        ------
        NasvizError
            If the least terms are too high to be listed.
        """
        seen = {self.term, *self.exchanges}
        yield from self.exchanges
        for place in sorted(self.all, key=self.listing.bound):
            for term in self.listing.replacements(place):
                if term not in seen and self.grammar.constraint.holds(term):
                    seen.add(term)
                    yield term

    @cached_property
    def listing(self) -> Listing:
        """What each place derives, listed."""
        return Listing(self.places, self.low)

    def count(self, most: int) -> Count:
        """Return how many neighbours there are; see :func:`count_neighbours`."""
        if self.exact:
            try:
                return len(self.exchanges) + sum(r.total - r.own for r in self._ranges(apart=True))
            except TooLargeError:
                return AtMost(math.inf, "the number is too large to be written")
        listed = sum(1 for _ in islice(self.listed(), most + 1))
        if listed <= most:
            return listed
        bound: int | float = len(self.exchanges)
        for place in self.all:
            bound = plus(bound, self.listing.bound(place))
        return AtMost(bound, f"more than {most:,}, which are not listed to be counted")


def _always(value: int) -> bool:
    return True


def _change(parent: Sequence[int], start: int, stop: int, chosen: Sequence[int]) -> Change | None:
    """Return what a replacement changes: where it begins, how much follows it, and the symbols between; None when nothing."""
    most = min(stop - start, len(chosen))
    same = next((k for k in range(most) if parent[start + k] != chosen[k]), most)
    if same == len(chosen):
        return None
    tail = next((k for k in range(most - same) if parent[stop - 1 - k] != chosen[-1 - k]), most - same)
    return start + same, len(parent) - stop + tail, tuple(chosen[same : len(chosen) - tail])


def _differing(a: Term, b: Term) -> Iterator[tuple[int, int]]:
    """Yield pairs of nodes from the roots to the deepest one outside of which two terms are equal."""
    i = j = 0
    while True:
        yield i, j
        if a.operators[i] != b.operators[j] or a.arity[i] != b.arity[j]:
            return
        pairs = zip(a.children(i), b.children(j), strict=True)
        unequal = [(x, y) for x, y in pairs if a.subterm(x) != b.subterm(y)]
        if len(unequal) != 1:
            return
        ((i, j),) = unequal
