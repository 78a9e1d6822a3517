"""Topologies: operators that wire their operands to a graph, written as edges "1>2 1>3 2>4 3>4"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nasviz.algebra import Operator, Sort
from nasviz.errors import NasvizError, TextError

if TYPE_CHECKING:
    import networkx as nx

_WORD = re.compile(r"\S+")
_EDGE = re.compile(r"(\d{1,6})>(\d{1,6})", re.ASCII)

ASSOCIATIVE = frozenset({"sum", "mul", "concat", "max", "min"})
"""Merges that may be computed in one go when one stands directly inside another of its kind."""

_MERGE_NAMES = {"add": "sum"}


@dataclass(frozen=True)
class EdgeList:
    """The wiring of one topology: operand i of sort map stands on ``edges[i]``.

    Attributes
    ----------
    n_nodes
        Nodes are 0 … n_nodes - 1 in topological order; 0 is the source, the last one the sink.
    edges
        (source, target) of each operand, in operand order.
    order
        The operands in topological order; 0, 1, 2 … for every usual topology.
    merge
        How nodes with several inputs combine them: "sum", "mul", "concat" or the name of a merge operator.
    joins
        The nodes with several inputs.
    """

    n_nodes: int
    edges: tuple[tuple[int, int], ...]
    order: tuple[int, ...]
    merge: str
    joins: frozenset[int]


@dataclass(frozen=True)
class Topology(Operator):
    """An operator that wires its map operands to a graph with one source and one sink.

    Operand i stands on edge i, in this order; a node with several inputs merges them. An operand of sort merge names the
    merge (``Binary(mul, f, g)``). Make one with :func:`topology`.

    Attributes
    ----------
    notation
        The edges, e.g. "1>2 1>3 2>3".
    merge
        "sum", "mul", "concat" or another name that the layers of meaning know.
    """

    notation: str = ""
    merge: str = "sum"
    _wiring: EdgeList | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        super().__post_init__()
        wiring = self._read()
        if wiring is not None and len(wiring.edges) != sum(s is Sort.MAP for s in self.operands):
            raise NasvizError(f"{self.name} has {len(wiring.edges)} edges, so it needs as many operands of sort map")
        object.__setattr__(self, "_wiring", wiring)

    def _read(self) -> EdgeList | None:
        return read_edges(self.notation, self.merge)

    def edges(self, values: Sequence[int | float | str] = (), n_maps: int | None = None) -> EdgeList:
        """Return the wiring.

        Parameters
        ----------
        values
            The operands that are not maps, in order: numbers, and names of merges.
        n_maps
            Number of map operands; needed for variadic topologies.

        Raises
        ------
        NasvizError
            If `n_maps` is not the number of edges.

        Examples
        --------
        >>> RESIDUAL2.edges().edges
        ((0, 1), (0, 2), (1, 2))
        """
        wiring = self._wiring
        assert wiring is not None
        if n_maps is not None and n_maps != len(wiring.edges):
            raise NasvizError(f"{self.name} has {len(wiring.edges)} edges, found {n_maps} operands")
        named = [v for v in values if isinstance(v, str)]
        if named:
            merge = _MERGE_NAMES.get(named[0], named[0])
            return EdgeList(wiring.n_nodes, wiring.edges, wiring.order, merge, wiring.joins)
        return wiring

    def declaration(self) -> dict[str, Any]:
        """Return what identifies the topology, as JSON data."""
        return {**super().declaration(), "edges": self.notation, "merge": self.merge}


@dataclass(frozen=True)
class Chain(Topology):
    """The composition of any number of maps: operand i feeds operand i + 1."""

    notation: str = "1>2 2>3 ..."

    def _read(self) -> EdgeList | None:
        return None

    def edges(self, values: Sequence[int | float | str] = (), n_maps: int | None = None) -> EdgeList:
        """Return the wiring of a chain of `n_maps` operands (at least 1; 1 when not given).

        >>> LINEAR.edges(n_maps=3).edges
        ((0, 1), (1, 2), (2, 3))
        """
        return _chain(1 if n_maps is None else n_maps)


@lru_cache(maxsize=256)
def _chain(n: int) -> EdgeList:
    if n < 1:
        raise NasvizError("a chain needs at least one operand")
    return EdgeList(n + 1, tuple((i, i + 1) for i in range(n)), tuple(range(n)), "sum", frozenset())


def topology(name: str, edges: str | nx.DiGraph[Any], merge: str = "sum", *, doc: str = "", source: str = "") -> Topology:
    """Return a topology from edge notation or from a directed acyclic graph of networkx.

    Parameters
    ----------
    name
        Name in terms and grammars.
    edges
        Edges separated by spaces, e.g. "1>2 1>3 2>4 3>4": operands replace the edges in this order. Node names are whole
        numbers; exactly one node has no incoming edge, exactly one no outgoing edge. Or a networkx ``DiGraph`` or
        ``MultiDiGraph``: operands replace its edges in the order in which it lists them.
    merge
        How a node with several inputs combines them: "sum", "mul" or "concat" (along the channels).
    doc, source
        One sentence, and where the topology is from.

    Raises
    ------
    TextError
        With a caret at the edge that is misspelt, closes a cycle, or makes a second source or sink.

    Examples
    --------
    >>> diamond = topology("Diamond", "1>2 1>3 2>4 3>4")
    >>> diamond.arity
    4
    """
    notation = edges if isinstance(edges, str) else _notation(edges)
    merge = _MERGE_NAMES.get(merge, merge)
    notation = " ".join(notation.split()) if _WORD.search(notation) else notation
    n = len(read_edges(notation, merge).edges)
    return Topology(name, (Sort.MAP,) * n, doc=doc, source=source, notation=notation, merge=merge)


def _notation(graph: nx.DiGraph[Any]) -> str:
    names: dict[Any, int] = {}
    for node in graph.nodes:
        names[node] = len(names) + 1
    return " ".join(f"{names[u]}>{names[v]}" for u, v in graph.edges())


def read_edges(notation: str, merge: str = "sum") -> EdgeList:
    """Read edge notation.

    Raises
    ------
    TextError
        As :func:`topology`.
    """
    pairs: list[tuple[int, int]] = []
    spans: list[tuple[int, int]] = []
    for word in _WORD.finditer(notation):
        found = _EDGE.fullmatch(word.group())
        if not found:
            raise _error(notation, word.span(), f"{word.group()[:40]!r} is not an edge", "write edges like 1>2 1>3 2>3")
        pairs.append((int(found[1]), int(found[2])))
        spans.append(word.span())
    if not pairs:
        raise TextError("a topology needs at least one edge", text=notation, hint="write edges like 1>2 1>3 2>3")
    ranks = _topological_ranks(notation, pairs, spans)
    edges = tuple((ranks[u], ranks[v]) for u, v in pairs)
    targets = [v for _, v in edges]
    order = tuple(range(len(edges)))
    if not _is_topological(edges):
        order = tuple(sorted(order, key=lambda i: (edges[i][0], i)))
    joins = frozenset(v for v in set(targets) if targets.count(v) > 1)
    return EdgeList(len(ranks), edges, order, merge, joins)


def _is_topological(edges: tuple[tuple[int, int], ...]) -> bool:
    last = {v: i for i, (_, v) in enumerate(edges)}
    return all(last.get(u, -1) < i for i, (u, _) in enumerate(edges))


def _topological_ranks(text: str, pairs: list[tuple[int, int]], spans: list[tuple[int, int]]) -> dict[int, int]:
    """Number the nodes 0 … n - 1 in topological order, the sink last."""
    waiting: dict[int, int] = {}
    for u, v in pairs:
        waiting.setdefault(u, 0)
        waiting[v] = waiting.get(v, 0) + 1
    sources = [v for v, n in waiting.items() if n == 0]
    ready = list(sources)
    ranks: dict[int, int] = {}
    while ready:
        node = ready.pop(0)
        ranks[node] = len(ranks)
        for u, v in pairs:
            if u == node:
                waiting[v] -= 1
                if waiting[v] == 0:
                    ready.append(v)
    if len(ranks) < len(waiting):
        raise _cycle(text, pairs, spans, set(waiting) - set(ranks))
    starts = {u for u, _ in pairs}
    sinks = [v for v in ranks if v not in starts]
    _one(text, pairs, spans, sources, 0)
    _one(text, pairs, spans, sinks, 1)
    return ranks


def _one(text: str, pairs: list[tuple[int, int]], spans: list[tuple[int, int]], nodes: list[int], end: int) -> None:
    if len(nodes) == 1:
        return
    which, word = (("source", "incoming"), ("sink", "outgoing"))[end]
    at = next(i for i, pair in enumerate(pairs) if pair[end] == nodes[1])
    names = " and ".join(map(str, sorted(nodes)[:4]))
    raise _error(text, spans[at], f"a topology has one {which}, but nodes {names} have no {word} edge", "")


def _cycle(text: str, pairs: list[tuple[int, int]], spans: list[tuple[int, int]], left: set[int]) -> TextError:
    """Find an edge on a cycle: nodes that lead nowhere are dropped until only cycles and ways between them are left."""
    while True:
        ends = {v for v in left if not any(u == v and w in left for u, w in pairs)}
        if not ends:
            break
        left -= ends
    at = max(i for i, (u, v) in enumerate(pairs) if u in left and v in left)
    u, v = pairs[at]
    return _error(text, spans[at], f"the edge {u}>{v} closes a cycle", "a topology is acyclic: data flows one way")


def _error(text: str, span: tuple[int, int], message: str, hint: str) -> TextError:
    return TextError(message, text=text, start=span[0], end=span[1], hint=hint)


_SCHRODI = "Schrodi et al. 2023"

ID = Operator("id", doc="The identity: gives its input unchanged.")
"""The identity map; adds no parameters, but x + x = 2x: it counts."""

ZERO = Operator("zero", doc="Gives zeros; its edge is removed from the graph.", source="Dong & Yang 2020")
"""The zero map."""

ADD = Operator("add", result=Sort.MERGE, doc="Sum of the inputs.")
MUL = Operator("mul", result=Sort.MERGE, doc="Elementwise product of the inputs.")
CONCAT = Operator("concat", result=Sort.MERGE, doc="The inputs side by side, along the channels.")
MERGES: tuple[Operator, ...] = (ADD, MUL, CONCAT)
"""Operators of sort merge, for ``Binary(merge, f, g)``."""

LINEAR = Chain("Linear", (Sort.MAP,), variadic=True, doc="Composition: the first operand first.", source=_SCHRODI)
RESIDUAL2 = topology("Residual2", "1>2 1>3 2>3", doc="c(a(x)) + b(x): the second operand is the shortcut.", source=_SCHRODI)
RESIDUAL3 = topology(
    "Residual3", "1>2 2>3 1>4 3>4", doc="d(b(a(x))) + c(x): the third operand is the shortcut.", source=_SCHRODI
)
DIAMOND2 = topology("Diamond2", "1>2 1>3 2>4 3>4", doc="c(a(x)) + d(b(x)).", source=_SCHRODI)
DIAMOND3 = topology("Diamond3", "1>2 1>3 2>4 3>5 4>6 5>6", doc="e(c(a(x))) + f(d(b(x))).", source=_SCHRODI)
DIAMONDMID = topology("DiamondMid", "1>2 1>3 2>3 2>4 3>4", doc="d(a(x)) + e(b(x) + c(a(x))).", source=_SCHRODI)
CELL = topology(
    "Cell",
    "1>2 1>3 2>3 1>4 2>4 3>4",
    doc="The complete DAG on four nodes, in the order of |a~0|+|b~0|c~1|+|d~0|e~1|f~2|.",
    source="Dong & Yang 2020",
)
BINARY = Topology(
    "Binary",
    (Sort.MERGE, Sort.MAP, Sort.MAP),
    doc="Merges f(x) and g(x), e.g. Binary(mul, f, g).",
    source="Ramachandran et al. 2017",
    notation="1>2 1>2",
)
STANDARD_TOPOLOGIES: tuple[Topology, ...] = (
    LINEAR,
    RESIDUAL2,
    RESIDUAL3,
    DIAMOND2,
    DIAMOND3,
    DIAMONDMID,
    CELL,
    BINARY,
)
"""The topologies that every space knows."""

ALIASES: dict[str, tuple[str, ...]] = {
    "Sequential": ("Linear",),
    "Residual": ("Residual2", "Residual3"),
    "Diamond": ("Diamond2", "Diamond3"),
}
"""Other names, resolved by the number of operands."""
