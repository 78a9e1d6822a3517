"""A computational graph as plain data to draw: DOT text, folded until it is small enough to read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from nasviz.algebra import Position, Term, position_text
from nasviz.graph import Cluster, Fault, Graph, build_graph, clusters_of, fault_at, fold_at, graph_to_dot
from nasviz.view.folding import Cut, Folding, cut_at, cut_of

LARGEST = 400
"""Operations that a picture shows at most."""

TRIED = 8_000
"""Operations up to which it is tried whether one level more has room, since equal neighbours are one box."""

LEVELS_TRIED = 3
"""How many levels are tried so."""

WHOLE = 20_000
"""Nodes of a term up to which its whole graph is built, to find dead parts; larger ones are folded first."""

ROOM = 24
"""Up to so many operations there is room for shapes on the arrows."""


@dataclass(frozen=True)
class GraphInfo:
    """What a view of a computational graph draws.

    Attributes
    ----------
    dot
        The picture as DOT text; node ids are positions ("p-0-2").
    operations
        Operations of the whole graph; of the term as written where it is too large for its whole graph to be built.
    level
        Depth below which subterms are drawn as one box, or None when all operations are drawn.
    folded
        Nodes of the term (preorder) that are drawn as one box.
    fault
        The place at which the graph cannot be built, or None.
    """

    dot: str
    operations: int
    level: int | None
    folded: frozenset[int] = frozenset()
    fault: Fault | None = None

    @property
    def note(self) -> str:
        """What was folded, in words, or ""."""
        if self.level == 0:
            return f"{self.operations} operations, drawn as one box"
        if self.level is not None:
            return f"{self.operations} operations, subterms below depth {self.level} are one box each"
        boxes = len(self.folded)
        return f"{boxes} subterm{'s are' if boxes > 1 else ' is'} folded" if boxes else ""


def graph_info(
    term: Term,
    labels: Sequence[Sequence[str]] = (),
    nonterminals: Sequence[str] = (),
    *,
    boxes: bool = True,
    shapes: Mapping[Position, str] | None = None,
    largest: int = LARGEST,
    folding: Folding = Folding(),  # noqa: B008 - frozen
    fault: Position | None = None,
    room: int = ROOM,
    changing: Collection[Position] | None = None,
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
        Text of the shape that leaves an operation, by its position; it stands on the arrows where there is room.
    largest
        Operations to draw at most; larger graphs are folded at the deepest level that fits.
    folding
        What the person folded and opened.
    fault
        Position at which the graph cannot be built; marked, with the ways that meet there.
    room
        Operations up to which shapes stand on the arrows.
    changing
        Operations whose arrows carry their shape, e.g. those that change it; None: all.

    Raises
    ------
    BuildError
        If the term has no graph.
    """
    graph = build_graph(term) if len(term) <= WHOLE else None
    fits = graph is not None and len(graph) <= largest
    cut = cut_of(term, folding, len(term) if fits else largest, leaves=True)
    found = None if fault is None else fault_at(graph or fold_at(term, cut.nodes, labels or None), fault, shapes or {})
    looks = _Looks(labels, clusters_of(term, labels, nonterminals) if boxes and labels else {}, folding, found)

    def picture(cut: Cut) -> str:
        drawn = graph if graph is not None and not cut.nodes else fold_at(term, cut.nodes, labels or None)
        return looks.dot(drawn, _shown(shapes or {}, changing) if len(drawn) <= room else None)

    dot = picture(cut)
    for _ in range(LEVELS_TRIED if graph is not None else 0):
        deeper = _deeper(term, folding, cut)
        more = picture(deeper) if deeper is not None else ""
        if deeper is None or more.count("nv-op") > largest:
            break
        cut, dot = deeper, more
    operations = cut.whole if graph is None else len(graph)
    return GraphInfo(dot=dot, operations=operations, level=cut.level, folded=cut.nodes, fault=found)


@dataclass(frozen=True)
class _Looks:
    """How the graph of a term is drawn, whatever is folded."""

    labels: Sequence[Sequence[str]]
    clusters: Mapping[Position, Cluster]
    folding: Folding
    fault: Fault | None

    def dot(self, graph: Graph, shapes: Mapping[Position, str] | None) -> str:
        unrolled = self.folding.unrolled
        return graph_to_dot(graph, folded=True, clusters=self.clusters, shapes=shapes, unrolled=unrolled, fault=self.fault)


def _deeper(term: Term, folding: Folding, cut: Cut) -> Cut | None:
    """The cut one level below, where there is one that is worth trying."""
    if cut.level is None:
        return None
    deeper = cut_at(term, folding, cut.level + 1, leaves=True)
    return deeper if deeper.visible <= TRIED else None


def _shown(shapes: Mapping[Position, str], changing: Collection[Position] | None) -> Mapping[Position, str]:
    return shapes if changing is None else {p: text for p, text in shapes.items() if p in changing}


def fault_words(fault: Fault) -> list[str]:
    """Return what the picture of a fault shows, a line for each way.

    Examples
    --------
    >>> from nasviz.graph import Fault, Way
    >>> fault_words(Fault((), (Way("32×4×4", ((0,), (2,))), Way("16×8×8", ((1,),)))))
    ['Solid way: 32×4×4 by (0,), (2,)', 'Dashed way: 16×8×8 by (1,)']
    """
    names = ("Solid way", "Dashed way")
    return [f"{names[min(k, 1)]}: {way.shape} by {_by(way.positions)}" for k, way in enumerate(fault.ways)]


def _by(positions: Sequence[Position], most: int = 6) -> str:
    if not positions:
        return "a plain connection"
    shown = [position_text(p) for p in positions]
    return ", ".join(shown if len(shown) <= most else [*shown[:2], "…", *shown[-2:]])
