"""Editing derivations on the user's grammar: subtrees are drawn anew, by the user's law conditioned on legal and different.

A redraw leaves everything outside some places as it is and draws what stands there by the law "productions". Draws that are
illegal, or that give the same term again, are rejected; where such draws are the rule, the completions of the opened
derivation are drawn through the product with the constraint and with one more finite attribute, "is the same term". Both ways
draw from one law, so every legal term one redraw away is reachable. A place inside a shared draw is changed wherever the draw
is used.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from nasviz.algebra import Attribute, Operator, Position, Term
from nasviz.errors import NasvizError
from nasviz.grammar.automaton import BudgetError
from nasviz.grammar.constraint import ILLEGAL
from nasviz.grammar.derivation import Derivation, assemble, emit, emit_from
from nasviz.grammar.drawing import LARGEST, TooLargeDrawError, Uniforms, expand, fill_draws
from nasviz.grammar.expectation import criticality
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.places import Place, Places, end_of
from nasviz.grammar.requirements import Requirement
from nasviz.grammar.sampling import sample, weighted
from nasviz.grammar.stepping import Partial
from nasviz.grammar.tables import Piece, Tables

_ATTEMPTS = 24
_SETS = 8


def mutate(grammar: Grammar, derivation: Derivation, rng: np.random.Generator, rate: float | None = None) -> Derivation:
    """Redraw parts of a derivation by the law "productions".

    Each of the n nonterminals that leave a choice (also those with one production, whose parts have a choice) is redrawn, with
    all below it, with probability `rate`, at least one of them; after White et al. 2021 (BANANAS). Given which, the draw is by
    the user's law conditioned on being legal and different from the parent; a choice of nonterminals that leaves no other term
    is made again.

    Parameters
    ----------
    grammar
        The grammar.
    derivation
        A derivation of it.
    rng
        Source of randomness.
    rate
        In (0, 1]; default 1/n.

    Returns
    -------
    Derivation
        Of another term; the same derivation only where the grammar has no other.

    Raises
    ------
    NasvizError
        If it is no derivation of this grammar, or `rate` is not in (0, 1].
    """
    if rate is not None and not 0 < rate <= 1:
        raise NasvizError(f"a mutation rate is a probability above 0, found {rate}")
    editor = grammar.editor(derivation)
    places = editor.choices
    if not places:
        return editor.anew(rng) or derivation
    uniforms = Uniforms(rng)
    for _ in range(_SETS):
        chosen = np.flatnonzero(rng.random(len(places)) < (rate or 1.0 / len(places)))
        if not len(chosen):
            chosen = [rng.integers(len(places))]
        child = editor.redraw([places[c] for c in chosen], uniforms)
        if child is not None:
            return child
    last = editor.anew(rng)
    if last is None:
        return derivation
    for c in rng.permutation(len(places)):
        child = editor.redraw([places[c]], uniforms)
        if child is not None:
            return child
    return last


def redraw(
    grammar: Grammar, derivation: Derivation, position: Position, rng: np.random.Generator, nonterminal: str | None = None
) -> Derivation:
    """Draw the subterm at a position anew, by the user's law conditioned on being legal and different.

    Parameters
    ----------
    grammar
        The grammar.
    derivation
        A derivation of it.
    position
        Position in the term; inside a shared draw it is changed wherever that is used.
    rng
        Source of randomness.
    nonterminal
        Which of the nonterminals whose expansion begins there; default the outermost.

    Returns
    -------
    Derivation
        Of a term that differs there; the same derivation where no other subterm is legal.

    Raises
    ------
    NasvizError
        If it is no derivation of this grammar, or no nonterminal begins at this position.

    Examples
    --------
    >>> from nasviz.algebra import Sort
    >>> from nasviz.grammar import derive
    >>> f, x, y = Operator("f", (Sort.MAP, Sort.MAP)), Operator("x"), Operator("y")
    >>> g = Grammar.parse("S ::= f(A, A)\\nA ::= x | y", [f, x, y])
    >>> str(derive(g, redraw(g, Derivation(macro=(0, 0, 0)), (1,), np.random.default_rng(0))))
    'f(x, y)'
    """
    editor = Editor(grammar, derivation)
    return editor.redraw([editor.places.at(position, nonterminal)], Uniforms(rng)) or derivation


class Editor:
    """A derivation that is edited: what is known of it is worked out once.

    Raises
    ------
    NasvizError
        If it is no derivation of the grammar.
    """

    def __init__(self, grammar: Grammar, derivation: Derivation) -> None:
        self.grammar = grammar
        self.tables: Tables = grammar.tables
        self.constraint = grammar.constraint
        self.places = Places(grammar, derivation)

    @cached_property
    def choices(self) -> list[Place]:
        """The places whose nonterminal leaves a choice."""
        return self.places.all()

    @cached_property
    def _lawful(self) -> bool:
        return not self.constraint or self.constraint.holds(self.places.term)

    def redraw(self, chosen: Sequence[Place], uniforms: Uniforms) -> Derivation | None:
        """Redraw the subtrees at some places; None when no other legal term is one such redraw away."""
        chosen = self.places.outermost(chosen)
        if self.constraint and len(chosen) == 1 and not self.tables.shared:
            with suppress(BudgetError):
                return self._redraw_legally(chosen[0], uniforms)
        tame = not self.constraint or criticality(self.grammar) < 1
        for _ in range(_ATTEMPTS if tame else 0):
            child = self._attempt(chosen, uniforms)
            if child is not None:
                return child
        return self._conditioned(chosen, uniforms.rng)

    def _redraw_legally(self, place: Place, uniforms: Uniforms) -> Derivation | None:
        """Redraw at one place with a value that keeps every ancestor legal; only the same term is rejected."""
        product = self.grammar.product
        rows = weighted(self.grammar).rows(())
        numbers = product.numbers("weights")
        a = self.places.paths[place[0]][place[1]]
        test = product.constraint.allowed(self.places.term, self.places.nodes[place])
        weights, values = numbers.total(()), numbers.automaton.values
        symbol = self.grammar.normal_form.index[self.tables.names[a]]
        held = [q for q, symbols in enumerate(numbers.automaton.symbols) if symbol in symbols]
        states = [q for q in held if weights[q] and test(values[q])]
        if not states:
            return None
        chances = np.array([weights[q] for q in states], dtype=float)
        old = emit_from(self.tables, a, self.places.slice(place), ())
        for q in uniforms.rng.choice(states, size=_ATTEMPTS, p=chances / chances.sum()).tolist():
            fresh = rows.draw(rows.key(q, 0), uniforms, LARGEST)
            if emit_from(self.tables, a, fresh, ()) != old:
                return Derivation((), self.places.spliced([(place, fresh)])[0])
        return self._conditioned([place], uniforms.rng)

    def anew(self, rng: np.random.Generator) -> Derivation | None:
        """Draw another term of the language; None when there is none."""
        tables = self.tables
        whole = [(p, 0) for p, path in enumerate(self.places.paths) if path]
        return self._conditioned(whole, rng) if whole or tables.start < 0 else None

    def _attempt(self, chosen: Sequence[Place], uniforms: Uniforms) -> Derivation | None:
        """Draw once; None when the draw is too large, illegal or the same term again."""
        places, tables = self.places, self.tables
        try:
            edits = [(x, expand(tables, (places.paths[x[0]][x[1]],), uniforms, LARGEST)) for x in chosen]
            if not tables.shared:
                return self._settled(edits)
            rows = places.spliced(edits)
            child = Derivation(fill_draws(tables, rows[0], rows[1:], uniforms, LARGEST), rows[0])
        except TooLargeDrawError:
            return None
        piece = emit(tables, child)
        legal = not self.constraint or self.constraint.holds(assemble(piece))
        return child if legal and piece != places.piece else None

    def _settled(self, edits: Sequence[tuple[Place, list[int]]]) -> Derivation | None:
        """Apply edits without shared draws: what keeps its value keeps its surroundings legal."""
        places, tables = self.places, self.tables
        differs, keeps = False, self._lawful
        for place, fresh in edits:
            old = places.slice(place)
            if list(old) == fresh:
                continue
            a = places.paths[place[0]][place[1]]
            before, after = emit_from(tables, a, old, ()), emit_from(tables, a, fresh, ())
            differs = differs or before != after
            if self.constraint and keeps:
                value = self._value(after)
                keeps = value != ILLEGAL and value == self._value(before)
        if not differs:
            return None
        child = Derivation((), places.spliced(edits)[0])
        if self.constraint and not keeps and not self.constraint.holds(assemble(emit(tables, child))):
            return None
        return child

    def _value(self, piece: Piece) -> int:
        return self.constraint.values(assemble(piece))[0]

    def _conditioned(self, chosen: Sequence[Place], rng: np.random.Generator) -> Derivation | None:
        """Draw the completions of the derivation opened at some places, conditioned on legal and different."""
        other = Requirement(Same.make(self.places.term), "==", 0, "", (0, 0))
        narrow = Partial(self.grammar, *self.places.opened(chosen)).narrowed(other)
        try:
            if not narrow.product.language("weights").count():
                return None
            drawn = sample(narrow, rng)
        except (BudgetError, TooLargeDrawError):
            return None
        return self._translated(chosen, narrow.tables, drawn)

    def _translated(self, chosen: Sequence[Place], narrow: Tables, drawn: Derivation) -> Derivation:
        """Return the derivation of the grammar that a derivation of its completions stands for."""
        rows: list[tuple[int, ...]] = []
        for part, (_, numbers) in enumerate(self.places.parts):
            row = drawn.macro if part == 0 else drawn.draws[part - 1]
            here = [x for x in chosen if x[0] == part]
            if not row or (part and (not numbers or here == [(part, 0)])):
                rows.append(row)
                continue
            first = narrow.start if part == 0 else narrow.shared[part - 1]
            rows.append(self._filled(part, here, _subtrees(narrow, first, row)))
        return Derivation(tuple(rows[1:]), rows[0])

    def _filled(self, part: int, here: Sequence[Place], fresh: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
        numbers = self.places.parts[part][1]
        result: list[int] = []
        at = 0
        for place, subtree in zip(here, fresh, strict=True):
            result += [*numbers[at : place[1]], *subtree]
            at = self.places.stop(place)
        return (*result, *numbers[at:])


def _subtrees(tables: Tables, a: int, numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the numbers of each subtree below the first production, in order."""
    found: list[tuple[int, ...]] = []
    at = 1
    for b in reversed(tables.pushes[a][numbers[0]]):
        if b >= 0:
            stop = end_of(tables, b, numbers, at)
            found.append(tuple(numbers[at:stop]))
            at = stop
    return found


@dataclass(frozen=True)
class Same(Attribute):
    """Whether a term is one given term: a value for each of its different subterms, and one for all else.

    Examples
    --------
    >>> from nasviz.algebra import Sort
    >>> f, x, y = Operator("f", (Sort.MAP, Sort.MAP)), Term.build(Operator("x")), Term.build(Operator("y"))
    >>> same = Same.make(Term.build(f, x, y))
    >>> [same.number(same.of(t)) for t in (Term.build(f, x, y), Term.build(f, x, x), x)]
    [1, 0, 0]
    """

    name: str = "same"
    subterms: dict[Hashable, int] = field(default_factory=dict[Hashable, int], compare=False, repr=False)
    prefixes: frozenset[Hashable] = field(default=frozenset(), compare=False, repr=False)

    @classmethod
    def make(cls, term: Term) -> Same:
        """Return the attribute of being `term`."""
        known: dict[Hashable, int] = {}
        prefixes: set[Hashable] = set()
        done: list[int] = []
        arity = term.arity.tolist()
        for i in range(len(term) - 1, -1, -1):
            n = arity[i]
            state = (term.operators[i], n)
            prefixes.add(state)
            for _ in range(n):
                state = (*state, done.pop())
                prefixes.add(state)
            done.append(known.setdefault(state, len(known)))
        return cls(subterms=known, prefixes=frozenset(prefixes))

    @property
    def flag(self) -> bool:
        """It is true or false."""
        return True

    def start(self, op: Operator, n: int) -> Hashable:
        """Return operator and number of operands, or nothing when no subterm begins so."""
        return (op, n) if (op, n) in self.prefixes else ()

    def step(self, state: Hashable, value: Hashable, place: int) -> Hashable:
        """Append an operand."""
        assert isinstance(state, tuple)
        longer = (*state, value)
        return longer if state and longer in self.prefixes else ()

    def finish(self, state: Hashable) -> Hashable:
        """Return the number of the subterm; -1 when it is none."""
        return self.subterms.get(state, -1)

    def number(self, value: Hashable) -> int | float | None:
        """Return 1 for the whole term, which is the last of its subterms, and 0 for all else."""
        return int(value == len(self.subterms) - 1)
