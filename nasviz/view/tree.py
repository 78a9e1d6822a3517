"""A derivation tree as plain data to draw: DOT text, cut at a depth where the tree is large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nasviz.algebra import Term
from nasviz.graph import term_to_dot

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
    """

    dot: str
    nodes: int
    hidden: int

    @property
    def note(self) -> str:
        """What was left out, in words, or ""."""
        return f"{self.hidden} of {self.nodes} nodes are folded" if self.hidden else ""


def tree_info(
    term: Term, labels: Sequence[Sequence[str]] = (), nonterminals: Sequence[str] = (), largest: int = LARGEST
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
        Nodes to draw at most; deeper levels are folded into "+12".

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort, Term
    >>> f, x = Operator("f", (Sort.MAP, Sort.MAP)), Operator("x")
    >>> tree_info(Term.build(f, Term.build(x), Term.build(x)), largest=1).note
    '2 of 3 nodes are folded'
    """
    limit = None if len(term) <= largest else _deepest(term, largest)
    dot = term_to_dot(term, labels or None, nonterminals, max_depth=limit)
    hidden = 0 if limit is None else int(np.count_nonzero(term.depth > limit))
    return TreeInfo(dot=dot, nodes=len(term), hidden=hidden)


def _deepest(term: Term, largest: int) -> int:
    """The deepest level down to which at most `largest` nodes stand, counted with the "+12" nodes below it."""
    by_depth = np.bincount(term.depth)
    drawn = np.cumsum(by_depth)
    below = np.append(by_depth[1:], 0)
    fitting = np.flatnonzero(drawn + below <= largest)
    return int(fitting[-1]) if len(fitting) else 0
