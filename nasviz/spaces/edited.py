"""What is done to the architectures of a space: mutation, crossover, neighbours, and deriving by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from nasviz.algebra import Position, Term
from nasviz.algebra.arguments import place, shown
from nasviz.errors import NasvizError
from nasviz.grammar import (
    Count,
    Derivation,
    Grammar,
    Partial,
    count_neighbours,
    crossover,
    derive,
    mutate,
    neighbours,
    parse_derivation,
    redraw,
    self_crossover,
)
from nasviz.spaces.architecture import Architecture
from nasviz.spaces.arguments import Seed, generator
from nasviz.spaces.crossing import Crossing
from nasviz.spaces.replacing import Replacing

if TYPE_CHECKING:
    from nasviz.spaces.space import SearchSpace


class Edited:
    """The part of :class:`~nasviz.spaces.SearchSpace` that edits its architectures."""

    @property
    def _edited(self) -> SearchSpace:
        return cast("SearchSpace", self)

    def _parent(self, arch: Architecture, grammar: Grammar) -> Derivation:
        expect_architecture(arch)
        known = arch.space is self and grammar is self._edited.grammar
        return arch.derivation.draws if known else parse_derivation(grammar, arch.term)

    def _made(self, grammar: Grammar, derivation: Derivation) -> Architecture:
        return Architecture(derive(grammar, derivation), self._edited)

    def mutate(self, arch: Architecture, seed: Seed = None, position: Position | None = None) -> Architecture:
        """Return another architecture, some subterms of `arch` drawn anew; `arch` itself only where there is no other.

        Parameters
        ----------
        arch
            An architecture of the space.
        seed
            Seed or generator; None draws anew each time.
        position
            Draw the subterm there anew. Default: each nonterminal that leaves a choice, with probability 1/(their number).

        Raises
        ------
        TermError
            If `arch` is not in the space.
        NasvizError
            If there is no grammar, or no nonterminal begins at the position.
        """
        grammar = self._edited.known_grammar("mutate")
        parent, rng = self._parent(arch, grammar), generator(seed)
        child = mutate(grammar, parent, rng) if position is None else redraw(grammar, parent, place(position), rng)
        return self._made(grammar, child)

    def replacements(self, arch: Architecture, position: Position, nonterminal: str | None = None) -> Replacing:
        """Return what may stand at a position instead of what stands there; without a grammar any operator of its sort.

        Raises
        ------
        NasvizError
            If there is no such position, or `nonterminal` does not begin there.
        """
        return Replacing(self._here(arch), position, nonterminal)

    def replace(self, arch: Architecture, position: Position, text: str) -> Architecture:
        """Return the architecture with another subterm at a position; in a shared draw, wherever the draw is used.

        Raises
        ------
        TermError
            If the text is no term or may not stand there: which nonterminal is expected, what it can be, and the nearest.
        NasvizError
            If there is no such position.

        Examples
        --------
        >>> from nasviz.spaces import SearchSpace
        >>> space = SearchSpace("S ::= Linear(B, B)\\nB ::= conv3x3 | id")
        >>> str(space.replace(space.parse("Linear(id, id)"), (1,), "conv3x3"))
        'Linear(id, conv3x3)'
        """
        return self.replacements(arch, position).typed(text).arch

    def _here(self, arch: Architecture) -> Architecture:
        expect_architecture(arch)
        return arch if arch.space is self else Architecture(arch.term, self._edited)

    def crossover(
        self, a: Architecture, b: Architecture | None = None, seed: Seed = None
    ) -> tuple[Architecture, Architecture] | Architecture:
        """Return two architectures in which a subterm of `a` and one of `b`, of one nonterminal, have changed places.

        Without `b`: one architecture, two disjoint subterms of `a` swapped. The parents come back where nothing can be swapped.

        Raises
        ------
        TermError
            If a parent is not in the space.
        NasvizError
            If there is no grammar.

        Examples
        --------
        >>> from nasviz.spaces import SearchSpace
        >>> space = SearchSpace("S ::= Linear(B, B)\\nB ::= conv3x3 | id")
        >>> a, b = space.parse("Linear(id, id)"), space.parse("Linear(conv3x3, conv3x3)")
        >>> {str(child) for child in space.crossover(a, b, seed=0)} <= {"Linear(id, conv3x3)", "Linear(conv3x3, id)"}
        True
        """
        grammar, rng = self._edited.known_grammar("cross over"), generator(seed)
        one = self._parent(a, grammar)
        if b is None:
            return self._made(grammar, self_crossover(grammar, one, rng))
        first, second = crossover(grammar, one, self._parent(b, grammar), rng)
        return self._made(grammar, first), self._made(grammar, second)

    def crossings(self, a: Architecture, b: Architecture) -> Crossing:
        """Return which subterms of two architectures can change places; without a grammar any two maps.

        Raises
        ------
        TermError
            If one is not in the space.
        """
        return Crossing(self._here(a), self._here(b))

    def neighbours(self, arch: Architecture) -> Iterator[Architecture]:
        """Yield what is one small step away, each once; see :func:`nasviz.grammar.neighbours`.

        Raises
        ------
        TermError
            If `arch` is not in the space.
        NasvizError
            If there is no grammar.
        """
        grammar = self._edited.known_grammar("step to")
        return (Architecture(term, self._edited) for term in neighbours(grammar, self._parent(arch, grammar)))

    def count_neighbours(self, arch: Architecture) -> Count:
        """Return how many neighbours an architecture has; see :func:`nasviz.grammar.count_neighbours`.

        Raises
        ------
        TermError, NasvizError
            As :meth:`neighbours`.
        """
        grammar = self._edited.known_grammar("step to")
        return count_neighbours(grammar, self._parent(arch, grammar))

    def begin(self) -> Partial:
        """Return the partial derivation in which nothing is chosen; choose with `expand`, look with `options`.

        Raises
        ------
        NasvizError
            If there is no grammar.

        Examples
        --------
        >>> from nasviz.spaces import nb201
        >>> partial = nb201().begin().expand((), 0)
        >>> str(partial), partial.remaining()
        ('Linear(D1, D1, D0)', 15625)
        """
        return Partial.begin(self._edited.known_grammar("derive"))

    def reopen(self, arch: Architecture, *positions: Position) -> Partial:
        """Return the derivation of `arch` with the subterms at some positions open again.

        Raises
        ------
        TermError
            If `arch` is not in the space.
        NasvizError
            If there is no grammar, or no nonterminal begins at one of the positions.
        """
        grammar = self._edited.known_grammar("derive")
        return Partial.reopen(grammar, self._parent(arch, grammar), tuple(map(place, positions)))

    def restrict(self, partial: Partial) -> SearchSpace:
        """Return the space of the completions of a partial derivation: their architectures are architectures of this space.

        Raises
        ------
        NasvizError
            If the partial derivation is of another grammar, or nothing legal completes it.

        Examples
        --------
        >>> from nasviz.spaces import nb201
        >>> space = nb201()
        >>> part = space.restrict(space.reopen(space.sample(seed=0), (0, 0, 0, 2)))
        >>> part.count(), part.sample(seed=1) in space, part.fingerprint == space.fingerprint
        (5, True, True)
        """
        from nasviz.spaces.restricted import RestrictedSpace

        if not isinstance(partial, Partial):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise NasvizError(f"a partial derivation is expected, e.g. space.begin(), found {shown(partial)}")
        if partial.grammar != self._edited.known_grammar("restrict"):
            raise NasvizError("the partial derivation is of another grammar; begin with space.begin()")
        if partial.remaining() == 0:
            raise NasvizError(f"no architecture of the space completes {_short(partial.term)}")
        return RestrictedSpace(self._edited, partial.completions())


def expect_architecture(arch: object) -> None:
    """Do nothing if it is an architecture.

    Raises
    ------
    NasvizError
        If it is none.
    """
    if not isinstance(arch, Architecture):
        raise NasvizError(f"an architecture is expected, e.g. space.parse(text); found {str(arch)[:60]!r}")


def _short(term: Term) -> str:
    text = term.text
    return text if len(text) <= 80 else text[:79] + "…"
