"""Editing derivations: mutation redraws subtrees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nasviz.grammar.derivation import Derivation, emit, emit_from, visited
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.sampling import LARGEST, TooLargeDrawError, Uniforms, expand, fill_draws
from nasviz.grammar.tables import Piece, Tables

_ATTEMPTS = 32
_FORCED = 4


def mutate(grammar: Grammar, derivation: Derivation, rng: np.random.Generator) -> Derivation:
    """Redraw parts of a derivation by the law "productions".

    Each of the n nonterminals that leave a choice (also those with one production, whose parts have a choice) is redrawn, with
    all below it, with probability 1/n, at least one of them; after White et al. 2021 (BANANAS).

    Parameters
    ----------
    grammar
        The grammar.
    derivation
        A derivation of it.
    rng
        Source of randomness.

    Returns
    -------
    Derivation
        Of another term; the same derivation only where the grammar leaves no choice.

    Raises
    ------
    NasvizError
        If it is no derivation of this grammar.
    """
    tables = grammar.tables
    before = emit(tables, derivation)
    parts = [(tables.start, derivation.macro), *zip(tables.shared, derivation.draws, strict=True)]
    paths = [visited(tables, start, numbers) if numbers else [] for start, numbers in parts]
    places = [(p, i) for p, path in enumerate(paths) for i, a in enumerate(path) if tables.choice[a]]
    if not places:
        return derivation
    uniforms = Uniforms(rng)
    for _ in range(_ATTEMPTS):
        chosen = np.flatnonzero(rng.random(len(places)) * len(places) < 1.0)
        if not len(chosen):
            chosen = [rng.integers(len(places))]
        edits = [(*places[c], None) for c in chosen]
        child = _redraw(tables, derivation, parts, paths, edits, uniforms, before)
        if child is not None:
            return child
    return _exhaust(tables, derivation, parts, paths, places, uniforms, before)


def _exhaust(
    tables: Tables,
    derivation: Derivation,
    parts: list[tuple[int, tuple[int, ...]]],
    paths: list[list[int]],
    places: list[tuple[int, int]],
    uniforms: Uniforms,
    before: Piece,
) -> Derivation:
    """Try every other production at every place, for a grammar whose other choices are rare."""
    for c in uniforms.rng.permutation(len(places)):
        p, i = places[c]
        a = paths[p][i]
        for k, weight in enumerate(tables.log_weights[a]):
            if k == parts[p][1][i] or weight == -np.inf:
                continue
            for _ in range(_FORCED):
                child = _redraw(tables, derivation, parts, paths, [(p, i, k)], uniforms, before)
                if child is not None:
                    return child
    return derivation


def _redraw(
    tables: Tables,
    derivation: Derivation,
    parts: list[tuple[int, tuple[int, ...]]],
    paths: list[list[int]],
    edits: Sequence[tuple[int, int, int | None]],
    uniforms: Uniforms,
    before: Piece,
) -> Derivation | None:
    """Redraw the subtrees at the given (part, place, forced production or None); None when the term stays the same."""
    changed = [list(numbers) for _, numbers in parts]
    differs = False
    last: tuple[int, int] = (-1, -1)
    spliced: list[tuple[int, int, int, list[int]]] = []
    try:
        for p, i, forced in edits:
            if p == last[0] and i < last[1]:
                continue
            a, numbers = paths[p][i], parts[p][1]
            stop = end_of(tables, a, numbers, i)
            fresh = [] if forced is None else [forced]
            bottom = (a,) if forced is None else tables.pushes[a][forced]
            fresh += expand(tables, bottom, uniforms, LARGEST)
            spliced.append((p, i, stop, fresh))
            last = (p, stop)
            differs = differs or tables.shared != () or _differ(tables, a, numbers[i:stop], fresh)
        if not differs:
            return None
        for p, i, stop, fresh in reversed(spliced):
            changed[p][i:stop] = fresh
        macro = tuple(changed[0])
        if not tables.shared:
            return Derivation((), macro)
        child = Derivation(fill_draws(tables, macro, list(map(tuple, changed[1:])), uniforms, LARGEST), macro)
    except TooLargeDrawError:
        return None
    return None if emit(tables, child) == before else child


def _differ(tables: Tables, a: int, old: Sequence[int], new: Sequence[int]) -> bool:
    return list(old) != list(new) and emit_from(tables, a, old, ()) != emit_from(tables, a, new, ())


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
