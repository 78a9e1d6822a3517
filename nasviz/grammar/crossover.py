"""Crossover: subtrees of one nonterminal change places, between two derivations or within one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from nasviz.grammar.constraint import ILLEGAL
from nasviz.grammar.derivation import Derivation, assemble, emit, emit_from, shared_leaves
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.places import Place, Places
from nasviz.grammar.tables import Piece

_ATTEMPTS = 64
_CHECKS = 5_000

Result = TypeVar("Result")


def crossover(grammar: Grammar, a: Derivation, b: Derivation, rng: np.random.Generator) -> tuple[Derivation, Derivation]:
    """Swap a subtree of one derivation with a subtree of the same nonterminal of another.

    A place is drawn uniformly among those of `a` whose nonterminal leaves a choice and occurs in `b`, then one among those of
    this nonterminal in `b`; pairs that are equal, make an illegal child, or only exchange the two terms are drawn again. A
    place in a shared draw is changed wherever the draw is used. A shared nonterminal inside a subtree stands for the draw of
    the derivation that it comes to, if that has one, else it brings its own.

    Parameters
    ----------
    grammar
        The grammar.
    a, b
        Two legal derivations.
    rng
        Source of randomness.

    Returns
    -------
    tuple of two Derivation
        `a` with a subtree of `b`, and `b` with that of `a`; the parents themselves where no other pair was found.

    Raises
    ------
    NasvizError
        If one is no derivation of this grammar.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort
    >>> from nasviz.grammar import derive
    >>> g = Grammar.parse("S ::= f(A, A)\\nA ::= x | y", [Operator("f", (Sort.MAP, Sort.MAP)), Operator("x"), Operator("y")])
    >>> one, two = crossover(g, Derivation(macro=(0, 0, 0)), Derivation(macro=(0, 1, 1)), np.random.default_rng(1))
    >>> sorted([str(derive(g, one)), str(derive(g, two))])
    ['f(y, x)', 'f(y, x)']
    """
    one, two = Places(grammar, a), Places(grammar, b)
    if grammar.constraint and not (grammar.constraint.holds(one.term) and grammar.constraint.holds(two.term)):
        return a, b
    partners = by_nonterminal(two)
    places = [x for x in one.all(choice=False) if one.paths[x[0]][x[1]] in partners]
    rich = [x for x in places if grammar.tables.choice[one.paths[x[0]][x[1]]]]

    def swap(i: Place, j: Place) -> tuple[Derivation, Derivation] | None:
        return swapped(one, two, i, j)

    def others(i: Place) -> list[Place]:
        return partners[one.paths[i[0]][i[1]]]

    return _search(rich or places, places, others, swap, rng) or (a, b)


def self_crossover(grammar: Grammar, a: Derivation, rng: np.random.Generator) -> Derivation:
    """Swap two different subtrees of one nonterminal within a derivation, of which neither lies in the other.

    Parameters
    ----------
    grammar
        The grammar.
    a
        A legal derivation.
    rng
        Source of randomness.

    Returns
    -------
    Derivation
        Of another term; `a` itself where no pair was found.

    Raises
    ------
    NasvizError
        If it is no derivation of this grammar.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort
    >>> from nasviz.grammar import derive
    >>> g = Grammar.parse("S ::= f(A, A)\\nA ::= x | y", [Operator("f", (Sort.MAP, Sort.MAP)), Operator("x"), Operator("y")])
    >>> str(derive(g, self_crossover(g, Derivation(macro=(0, 0, 1)), np.random.default_rng(0))))
    'f(y, x)'
    """
    one = Places(grammar, a)
    if grammar.constraint and not grammar.constraint.holds(one.term):
        return a
    partners = by_nonterminal(one)
    places = [x for x in one.all(choice=False) if len(partners[one.paths[x[0]][x[1]]]) > 1]
    rich = [x for x in places if grammar.tables.choice[one.paths[x[0]][x[1]]]]

    def swap(i: Place, j: Place) -> Derivation | None:
        return None if i == j or _nested(one, i, j) else _exchanged(one, i, j)

    def others(i: Place) -> list[Place]:
        return partners[one.paths[i[0]][i[1]]]

    return _search(rich or places, places, others, swap, rng) or a


def by_nonterminal(places: Places) -> dict[int, list[Place]]:
    """Return the places of a derivation by the number of their nonterminal."""
    found: dict[int, list[Place]] = {}
    for part, path in enumerate(places.paths):
        for i, a in enumerate(path):
            found.setdefault(a, []).append((part, i))
    return found


def _search(
    first: Sequence[Place],
    places: Sequence[Place],
    others: Callable[[Place], Sequence[Place]],
    swap: Callable[[Place, Place], Result | None],
    rng: np.random.Generator,
) -> Result | None:
    """Try pairs at random, then one after the other in random order, but not for ever."""
    if not places:
        return None
    for x, y in rng.random((_ATTEMPTS, 2)).tolist():
        i = first[int(x * len(first))]
        row = others(i)
        result = swap(i, row[int(y * len(row))])
        if result is not None:
            return result
    checks = 0
    for k in rng.permutation(len(places)):
        row = others(places[k])
        for j in rng.permutation(len(row)):
            result = swap(places[k], row[j])
            checks += 1
            if result is not None or checks == _CHECKS:
                return result
    return None


def swapped(one: Places, two: Places, i: Place, j: Place) -> tuple[Derivation, Derivation] | None:
    """Swap between two derivations; None when the subtrees are equal, a child is illegal, or the children are the parents."""
    old, new = one.slice(i), two.slice(j)
    if old == new and not one.tables.shared:
        return None
    first = one.with_draws(one.spliced([(i, new)]), two.derivation.draws)
    second = two.with_draws(two.spliced([(j, old)]), one.derivation.draws)
    if one.tables.shared:
        pieces = emit(one.tables, first), emit(one.tables, second)
        if pieces in ((one.piece, two.piece), (two.piece, one.piece)) or one.piece == pieces[0] or two.piece == pieces[1]:
            return None
        return (first, second) if all(_holds(one, piece) for piece in pieces) else None
    a = one.paths[i[0]][i[1]]
    before, after = emit_from(one.tables, a, old, ()), emit_from(one.tables, a, new, ())
    if before == after or _renamed(one, two, before, after, first):
        return None
    if one.grammar.constraint and not _equally_valued(one, before, after):
        children = emit(one.tables, first), emit(one.tables, second)
        return (first, second) if all(_holds(one, piece) for piece in children) else None
    return first, second


def _renamed(one: Places, two: Places, before: Piece, after: Piece, first: Derivation) -> bool:
    """Whether the first child is the second parent; then the second child is the first parent."""
    if len(one.piece[0]) - len(before[0]) + len(after[0]) != len(two.piece[0]):
        return False
    return emit(one.tables, first) == two.piece


def _exchanged(one: Places, i: Place, j: Place) -> Derivation | None:
    """Swap within a derivation; None when the subtrees are equal or the child is illegal."""
    at_i, at_j = one.slice(i), one.slice(j)
    if at_i == at_j:
        return None
    child = one.with_draws(one.spliced([(i, at_j), (j, at_i)]), one.derivation.draws)
    piece = emit(one.tables, child)
    if piece == one.piece:
        return None
    if one.grammar.constraint:
        a = one.paths[i[0]][i[1]]
        alike = not one.tables.shared and _equally_valued(
            one, emit_from(one.tables, a, at_i, ()), emit_from(one.tables, a, at_j, ())
        )
        if not alike and not _holds(one, piece):
            return None
    return child


def _nested(one: Places, i: Place, j: Place) -> bool:
    """Whether a place lies in the subtree of the other, in the derivation or, through shared draws, in the term."""
    if i[0] == j[0]:
        low, high = sorted((i, j))
        return high[1] < one.stop(low)
    return _reaches(one, i, j[0]) or _reaches(one, j, i[0])


def _reaches(one: Places, i: Place, part: int) -> bool:
    """Whether the subtree at a place uses the draw of a part."""
    tables = one.tables
    seen: set[int] = set()
    waiting = shared_leaves(tables, one.paths[i[0]][i[1]], one.slice(i))
    while waiting:
        s = waiting.pop()
        if s + 1 == part:
            return True
        seen.add(s)
        waiting |= shared_leaves(tables, tables.shared[s], one.derivation.draws[s]) - seen
    return False


def _holds(one: Places, piece: Piece) -> bool:
    return one.grammar.constraint.holds(assemble(piece))


def _equally_valued(one: Places, before: Piece, after: Piece) -> bool:
    """Whether two subterms have one value, so that each may stand where the other does."""
    constraint = one.grammar.constraint
    value = constraint.values(assemble(before))[0]
    return value != ILLEGAL and value == constraint.values(assemble(after))[0]
