"""A computational graph as plain data to draw: DOT text, folded until it is small enough to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nasviz.algebra import Position, Term
from nasviz.graph import Graph, build_graph, clusters_of, fold, graph_to_dot

LARGEST = 400
"""Operations that a picture shows at most."""


@dataclass(frozen=True)
class GraphInfo:
    """What a view of a computational graph draws.

    Attributes
    ----------
    dot
        The picture as DOT text; node ids are positions ("p-0-2").
    operations
        Operations of the whole graph.
    level
        Depth below which subterms are drawn as one box, or None when all operations are drawn.
    """

    dot: str
    operations: int
    level: int | None

    @property
    def note(self) -> str:
        """What was folded, in words, or ""."""
        if self.level is None:
            return ""
        return f"{self.operations} operations, subterms below depth {self.level} are one box each"


def graph_info(
    term: Term,
    labels: Sequence[Sequence[str]] = (),
    nonterminals: Sequence[str] = (),
    *,
    boxes: bool = True,
    shapes: Mapping[Position, str] | None = None,
    largest: int = LARGEST,
) -> GraphInfo:
    """Return what a view of the computational graph of `term` draws.

    Parameters
    ----------
    term
        A closed term of n nodes.
    labels
        For each node the nonterminals whose expansion starts there (length n), or empty.
    nonterminals
        Names in the order of the grammar; it decides the colours of the boxes.
    boxes
        Draw boxes around what derives from a nonterminal, where labels say it.
    shapes
        Text for the arrows that leave an operation, by its position.
    largest
        Operations to draw at most; larger graphs are folded at the deepest level that fits.

    Raises
    ------
    BuildError
        If the term has no graph.
    """
    graph = build_graph(term)
    level, drawn = (None, graph) if len(graph) <= largest else _folded(term, labels, largest)
    clusters = clusters_of(term, labels, nonterminals) if boxes and labels and level is None else {}
    dot = graph_to_dot(drawn, folded=True, clusters=clusters, shapes=shapes)
    return GraphInfo(dot=dot, operations=len(graph), level=level)


def _folded(term: Term, labels: Sequence[Sequence[str]], largest: int) -> tuple[int, Graph]:
    level, best = 0, fold(term, 0, labels or None)
    for deeper in range(1, term.height):
        graph = fold(term, deeper, labels or None)
        if len(graph) > largest:
            break
        level, best = deeper, graph
    return level, best
