"""The derivation of an architecture, ready to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from nasviz.algebra import Position, Term
from nasviz.errors import NasvizError, TermError
from nasviz.grammar import Derivation, DerivationTree, Grammar, derivation_tree, parse_derivation
from nasviz.grammar.latex import derivation_to_latex
from nasviz.graph import Cluster, clusters_of, term_to_dot

if TYPE_CHECKING:
    from nasviz.graph.dot_text import Source


@dataclass(frozen=True)
class ArchitectureDerivation:
    """How a grammar derives a term: the first derivation in the order of ranking.

    Without a grammar, or for a subterm that the start does not derive, the picture is that of the term alone.

    Attributes
    ----------
    term
        The term.
    grammar
        The grammar or None.
    """

    term: Term
    grammar: Grammar | None

    @cached_property
    def draws(self) -> Derivation:
        """The production numbers: one tuple for each shared nonterminal, and the macro.

        Raises
        ------
        NasvizError
            If there is no grammar.
        TermError
            If the grammar does not derive the term.
        """
        if self.grammar is None:
            raise NasvizError("the free space has no grammar, so its terms have no derivation")
        return parse_derivation(self.grammar, self.term)

    @cached_property
    def tree(self) -> DerivationTree:
        """The derivation tree; raises as :attr:`draws`."""
        draws = self.draws
        assert self.grammar is not None
        return derivation_tree(self.grammar, draws)

    @cached_property
    def labels(self) -> Sequence[Sequence[str]]:
        """For each node of the term the nonterminals whose expansion starts there (length n); empty where none derives it."""
        if self.grammar is not None:
            try:
                return self.tree.labels
            except TermError:
                pass
        return [()] * len(self.term)

    @property
    def nonterminals(self) -> tuple[str, ...]:
        """The nonterminals of the grammar in order; the order decides the colours."""
        return self.grammar.nonterminals if self.grammar is not None else ()

    def clusters(self, max_depth: int = 2) -> dict[Position, Cluster]:
        """Return boxes for the picture of the graph, by position; see :func:`nasviz.graph.clusters_of`."""
        return clusters_of(self.term, self.labels, self.nonterminals, max_depth)

    def to_dot(self, *, selected: Position | None = None, max_depth: int | None = None) -> str:
        """Return the tree as DOT text; see :func:`nasviz.graph.term_to_dot`."""
        return term_to_dot(self.term, self.labels, self.nonterminals, selected=selected, max_depth=max_depth)

    def to_latex(self, max_steps: int = 20) -> str:
        """Return the leftmost derivation step by step as LaTeX, what is expanded next underlined.

        Parameters
        ----------
        max_steps
            Greatest number of steps that are shown; then dots and the term follow.

        Raises
        ------
        NasvizError, TermError
            As :attr:`draws`.
        """
        draws = self.draws
        assert self.grammar is not None
        return derivation_to_latex(self.grammar, draws, max_steps)

    def to_graphviz(self, *, max_depth: int | None = None) -> Source:
        """Return the tree as a ``graphviz.Source``, which Jupyter draws where Graphviz is installed."""
        from nasviz.graph import source

        return source(self.to_dot(max_depth=max_depth))
