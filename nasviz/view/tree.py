"""A derivation tree as plain data to draw: DOT text, cut at a depth where the tree is large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nasviz.algebra import Term
from nasviz.graph import term_to_dot
from nasviz.view.folding import Folding, cut_of

LARGEST = 400
"""Nodes that a picture shows at most."""


@dataclass(frozen=True)
class TreeInfo:
    """What a view of a derivation tree draws.

    Attributes
    ----------
    dot
        The picture as DOT text; node ids are positions ("p-0-2").
    nodes
        Nodes of the whole tree.
    hidden
        Nodes that the picture leaves out.
    folded
        Nodes (preorder) that are drawn without what is below them.
    """

    dot: str
    nodes: int
    hidden: int
    folded: frozenset[int] = frozenset()

    @property
    def note(self) -> str:
        """What was left out, in words, or ""."""
        return f"{self.hidden} of {self.nodes} nodes are folded" if self.hidden else ""


def tree_info(
    term: Term,
    labels: Sequence[Sequence[str]] = (),
    nonterminals: Sequence[str] = (),
    largest: int = LARGEST,
    folding: Folding = Folding(),  # noqa: B008 - frozen
) -> TreeInfo:
    """Return what a view of a derivation tree draws, of at most about `largest` nodes.

    Parameters
    ----------
    term
        The derived term, n nodes.
    labels
        For each node the nonterminals whose expansion starts there (length n), or empty: a tree of operators.
    nonterminals
        Names in the order of the grammar; it decides their colours.
    largest
        Nodes to draw at most; deeper levels are folded.
    folding
        What the person folded and opened.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort, Term
    >>> f, x = Operator("f", (Sort.MAP, Sort.MAP)), Operator("x")
    >>> tree_info(Term.build(f, Term.build(x), Term.build(x)), largest=1).note
    '2 of 3 nodes are folded'
    """
    cut = cut_of(term, folding, largest)
    dot = term_to_dot(term, labels or None, nonterminals, folded=cut.nodes)
    return TreeInfo(dot=dot, nodes=len(term), hidden=len(term) - cut.visible, folded=cut.nodes)
