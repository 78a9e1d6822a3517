"""Edge lists: the wiring of a topology, read from the notation "1>2 1>3 2>4 3>4"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nasviz.errors import TextError

WORD = re.compile(r"\S+")
_EDGE = re.compile(r"(\d{1,6})>(\d{1,6})", re.ASCII)
_NODE = re.compile(r"\d{1,6}", re.ASCII)

Pair = tuple[int, int]


@dataclass(frozen=True)
class EdgeList:
    """The wiring of one topology: operand i of sort map stands on ``edges[i]``.

    Attributes
    ----------
    n_nodes
        Nodes are 0 … n_nodes - 1 in topological order; 0 is the source, the last one the sink.
    edges
        (source, target) of each operand, in operand order, then of each wire.
    order
        The edges in topological order; 0, 1, 2 … for every usual topology.
    merge
        How nodes with several inputs combine them: "sum", "mul", "concat" or the name of a merge operator.
    joins
        The nodes with several inputs.
    last
        How the sink combines its inputs, where that is another merge; "" where it is not.
    wires
        How many of the last edges are plain wires: they carry what an operand gives to several joins and compute nothing.
    """

    n_nodes: int
    edges: tuple[Pair, ...]
    order: tuple[int, ...]
    merge: str
    joins: frozenset[int]
    last: str = ""
    wires: int = 0

    @property
    def n_maps(self) -> int:
        """Number of operands of sort map."""
        return len(self.edges) - self.wires

    def merge_at(self, node: int) -> str:
        """How a node combines its inputs."""
        return self.last if self.last and node == self.n_nodes - 1 else self.merge


def read_edges(notation: str, merge: str = "sum") -> EdgeList:
    """Read edge notation whose operands stand on the edges.

    Raises
    ------
    TextError
        With a caret at the edge that is misspelt, closes a cycle, or makes a second source or sink.

    Examples
    --------
    >>> read_edges("1>2 1>3 2>3").edges
    ((0, 1), (0, 2), (1, 2))
    """
    pairs, spans = _read(notation)
    ranks = _topological_ranks(notation, pairs, spans)
    starts, ends = {u for u, _ in pairs}, {v for _, v in pairs}
    _one(notation, pairs, spans, [v for v in ranks if v not in ends], 0)
    _one(notation, pairs, spans, [v for v in ranks if v not in starts], 1)
    edges = tuple((ranks[u], ranks[v]) for u, v in pairs)
    order = tuple(range(len(edges)))
    if not _is_topological(edges):
        order = tuple(sorted(order, key=lambda i: (edges[i][0], i)))
    return EdgeList(len(ranks), edges, order, merge, _joins(edges))


def read_nodes(notation: str, merge: str = "sum") -> EdgeList:
    """Read edge notation whose operands stand on the nodes, in the order of their numbers (Xie et al. 2019).

    A node merges what enters it, applies its operand and gives the result to every node that its edges lead to. Nodes without
    an incoming edge read the input, those without an outgoing edge are merged to the output; a node without any edge is
    written as its number alone.

    Raises
    ------
    TextError
        With a caret at the edge that is misspelt or closes a cycle.

    Examples
    --------
    >>> wiring = read_nodes("1>2 1>3 2>4 3>4")
    >>> wiring.n_maps, wiring.edges[0], wiring.wires
    (4, (0, 1), 0)
    """
    words = list(zip(*_read(notation, alone=True), strict=True))
    pairs = [pair for pair, _ in words if pair[0] != pair[1]]
    spans = [span for pair, span in words if pair[0] != pair[1]]
    ranks = _topological_ranks(notation, pairs, spans, {pair[0] for pair, _ in words})
    into: dict[int, list[int]] = {v: [] for v in ranks}
    out: dict[int, list[int]] = {v: [] for v in ranks}
    for u, v in pairs:
        into[v].append(u)
        out[u].append(v)
    return _nodes_as_edges(sorted(ranks, key=ranks.__getitem__), into, out, merge)


def _nodes_as_edges(order: list[int], into: dict[int, list[int]], out: dict[int, list[int]], merge: str) -> EdgeList:
    """Every node becomes an edge from where its inputs are merged to where its result is read."""
    enters: dict[int, int] = {}
    leaves: dict[int, int] = {}
    number = 1
    for v in order:
        if len(into[v]) > 1:
            enters[v], number = number, number + 1
        if _reads_alone(v, into, out):
            leaves[v], number = number, number + 1
    sink = number
    operand = {v: k for k, v in enumerate(sorted(order))}
    edges: list[Pair] = [(0, 0)] * len(order)
    sequence: list[int] = []
    for v in order:
        if len(into[v]) > 1:
            for u in into[v]:
                if u in leaves:
                    sequence.append(len(edges))
                    edges.append((leaves[u], enters[v]))
            start = enters[v]
        else:
            start = leaves[into[v][0]] if into[v] else 0
        end = leaves[v] if v in leaves else enters[out[v][0]] if out[v] else sink
        edges[operand[v]] = (start, end)
        sequence.append(operand[v])
    return EdgeList(sink + 1, tuple(edges), tuple(sequence), merge, _joins(tuple(edges)), wires=len(edges) - len(order))


def _reads_alone(v: int, into: dict[int, list[int]], out: dict[int, list[int]]) -> bool:
    """Whether the result of `v` needs a node of its own: several read it, or one that reads nothing else."""
    return len(out[v]) > 1 or (len(out[v]) == 1 and len(into[out[v][0]]) == 1)


def _joins(edges: tuple[Pair, ...]) -> frozenset[int]:
    once: set[int] = set()
    twice: set[int] = set()
    for _, v in edges:
        (twice if v in once else once).add(v)
    return frozenset(twice)


def _read(notation: str, *, alone: bool = False) -> tuple[list[Pair], list[Pair]]:
    """Return the edges and their places in the text; with `alone` a single node stands for itself, as (v, v)."""
    pairs: list[Pair] = []
    spans: list[Pair] = []
    for word in WORD.finditer(notation):
        found = _EDGE.fullmatch(word.group())
        if found and not (alone and found[1] == found[2]):
            pairs.append((int(found[1]), int(found[2])))
        elif alone and _NODE.fullmatch(word.group()):
            pairs.append((int(word.group()), int(word.group())))
        elif found:
            raise _error(notation, word.span(), f"the edge {word.group()} closes a cycle", _ACYCLIC)
        else:
            raise _error(notation, word.span(), f"{word.group()[:40]!r} is not an edge", "write edges like 1>2 1>3 2>3")
        spans.append(word.span())
    if not pairs:
        raise TextError("a topology needs at least one edge", text=notation, hint="write edges like 1>2 1>3 2>3")
    return pairs, spans


_ACYCLIC = "a topology is acyclic: data flows one way"


def _is_topological(edges: tuple[Pair, ...]) -> bool:
    last = {v: i for i, (_, v) in enumerate(edges)}
    return all(last.get(u, -1) < i for i, (u, _) in enumerate(edges))


def _topological_ranks(text: str, pairs: list[Pair], spans: list[Pair], alone: set[int] | None = None) -> dict[int, int]:
    """Number the nodes 0 … n - 1 in topological order; with one sink that comes last."""
    waiting: dict[int, int] = dict.fromkeys(sorted(alone or ()), 0)
    after: dict[int, list[int]] = {}
    for u, v in pairs:
        waiting.setdefault(u, 0)
        waiting[v] = waiting.get(v, 0) + 1
        after.setdefault(u, []).append(v)
    ready = [v for v, n in waiting.items() if n == 0]
    ranks: dict[int, int] = {}
    for node in ready:
        ranks[node] = len(ranks)
        for v in after.get(node, ()):
            waiting[v] -= 1
            if waiting[v] == 0:
                ready.append(v)
    if len(ranks) < len(waiting):
        raise _cycle(text, pairs, spans, set(waiting) - set(ranks))
    return ranks


def _one(text: str, pairs: list[Pair], spans: list[Pair], nodes: list[int], end: int) -> None:
    if len(nodes) == 1:
        return
    which, word = (("source", "incoming"), ("sink", "outgoing"))[end]
    at = next(i for i, pair in enumerate(pairs) if pair[end] == nodes[1])
    names = " and ".join(map(str, sorted(nodes)[:4]))
    raise _error(text, spans[at], f"a topology has one {which}, but nodes {names} have no {word} edge", "")


def _cycle(text: str, pairs: list[Pair], spans: list[Pair], left: set[int]) -> TextError:
    """Find an edge on a cycle: nodes that lead nowhere are dropped until only cycles and ways between them are left."""
    while True:
        ends = {v for v in left if not any(u == v and w in left for u, w in pairs)}
        if not ends:
            break
        left -= ends
    at = max(i for i, (u, v) in enumerate(pairs) if u in left and v in left)
    u, v = pairs[at]
    return _error(text, spans[at], f"the edge {u}>{v} closes a cycle", _ACYCLIC)


def _error(text: str, span: Pair, message: str, hint: str) -> TextError:
    return TextError(message, text=text, start=span[0], end=span[1], hint=hint)
