"""What a space can say of itself: its card, its file, its LaTeX, and how it differs from another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

from nasviz.algebra.arguments import shown
from nasviz.errors import NasvizError
from nasviz.grammar import Difference, Grammar, difference
from nasviz.spaces.card import Card, card
from nasviz.spaces.files import save

if TYPE_CHECKING:
    from nasviz.spaces.space import SearchSpace


class Documented:
    """The part of :class:`~nasviz.spaces.SearchSpace` that describes it."""

    @property
    def _space(self) -> SearchSpace:
        return cast("SearchSpace", self)

    def _described(self, what: str) -> Grammar:
        grammar = self._space.grammar
        if grammar is None:
            raise NasvizError(f"the free space has no grammar, so no {what}; write one with nv.SearchSpace(...)")
        return grammar

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the space to a file that people read and `nv.load` reads back: the grammar, and what it is, in comments.

        Operators of your own are named, not stored: pass them again to `nv.load`.

        Raises
        ------
        NasvizError
            If the space has no grammar.
        StorageError
            If the file cannot be written.
        """
        save(self._space, path)

    def card(self) -> Card:
        """Return what is known of the space: both counts, heights, criticality, sizes, source and citation.

        Sizes are counted exactly where that is within reach, otherwise drawn 1,000 times; the card says which.

        Raises
        ------
        NasvizError
            If the space has no grammar.
        """
        return card(self._space)

    def difference(self, other: SearchSpace | Grammar | str) -> Difference:
        """Return what changes from this space to another one, production by production, and its effect on the counts.

        Parameters
        ----------
        other
            The other space, grammar, or grammar text over the operators of this space.

        Raises
        ------
        NasvizError
            If one of the two has no grammar, or `other` is none of these.
        GrammarError
            If `other` is a text that is no grammar.

        Examples
        --------
        >>> from nasviz.spaces import SearchSpace
        >>> space = SearchSpace("S ::= Linear(B, B)\\nB ::= conv3x3 | id")
        >>> space.difference("S ::= Linear(B, B)\\nB ::= conv3x3 | id | avg_pool").terms
        (4, 9)
        """
        old = self._described("difference")
        if isinstance(other, str):
            return difference(old, Grammar.parse(other, self._space.signature))
        if not isinstance(other, Grammar | Documented):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise NasvizError(f"spaces, grammars and texts of grammars are compared, found {shown(other)}")
        new = other if isinstance(other, Grammar) else other._described("difference")
        return difference(old, new)

    def to_latex(self) -> str:
        """Return the grammar as LaTeX, productions aligned.

        Raises
        ------
        NasvizError
            If the space has no grammar.
        """
        return self._described("LaTeX").to_latex()
