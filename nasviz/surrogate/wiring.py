"""From many terms to the wiring of their graphs, folded or whole: the fast way for topologies that sum.

It gives what :func:`nasviz.surrogate.operations.operation_graph` gives of ``build_graph`` and ``fold``, for all terms of a
batch at once: operands go to edges from the roots down, and what cannot be passed is found from the leaves up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nasviz.graph.edge_list import EdgeList
from nasviz.surrogate.alphabet import Kind
from nasviz.surrogate.forest import Forest
from nasviz.surrogate.wl import Ints

_ALL = -1


@dataclass(frozen=True)
class Wired:
    """Operations between the nodes of the graphs of a forest, numbered through.

    Attributes
    ----------
    node : int64 array (e,)
        Which node of the forest each operation is.
    source, target : int64 arrays (e,)
        Ends of each operation. The input of term k is node k, its output node m + k, for m terms.
    id_source, id_target : int64 arrays (i,)
        Ends of each ``id``.
    size
        Number of nodes.
    """

    node: Ints
    source: Ints
    target: Ints
    id_source: Ints
    id_target: Ints
    size: int


def wire(forest: Forest, level: int | None = None) -> Wired:
    """Return the wiring of the pruned graphs of a forest without operators of kind OTHER.

    Parameters
    ----------
    forest
        The terms.
    level
        Subterms at this depth are one operation each; None expands all.
    """
    depths = forest.height if level is None else min(level + 1, forest.height)
    n = forest.bounds[depths]
    kind = forest.kind[:n]
    opened = (kind == Kind.CHAIN) | (kind == Kind.WIRED)
    if level is not None and level < forest.height:
        opened[forest.bounds[level] :] = False
    used = _used(forest, opened, depths)
    source, target, size = _ends(forest, opened & used, depths)
    edge = np.flatnonzero(used & ~opened & (kind != Kind.ZERO))
    is_id = kind[edge] == Kind.ID
    node, same = edge[~is_id], edge[is_id]
    return Wired(node, source[node], target[node], source[same], target[same], size)


def _used(forest: Forest, opened: np.ndarray, depths: int) -> np.ndarray:
    """Whether each node lies on a way from the input to the output that meets no ``zero``."""
    n = forest.bounds[depths]
    needed = _needed(forest, opened, depths) if (forest.kind[:n] == Kind.ZERO).any() else np.full(n, _ALL)
    used = np.zeros(n, dtype=bool)
    used[forest.at(0)] = needed[forest.at(0)] != 0
    for depth in range(1, depths):
        at = forest.at(depth)
        parent = forest.parent[at]
        bit = needed[parent] >> np.minimum(forest.rank[at], 62) & 1
        used[at] = used[parent] & opened[parent] & (bit == 1)
    return used


def _needed(forest: Forest, opened: np.ndarray, depths: int) -> Ints:
    """For each node which of its operands lie on a way through it, as bits; 0 where there is no way, -1 for all."""
    n = forest.bounds[depths]
    needed = np.where(forest.kind[:n] == Kind.ZERO, 0, _ALL)
    for depth in range(depths - 2, -1, -1):
        begin, end = forest.bounds[depth], forest.bounds[depth + 1]
        parents = begin + np.flatnonzero(opened[begin:end])
        if not len(parents):
            continue
        through = needed[end : forest.bounds[depth + 2]] != 0
        all_through = np.concatenate([[0], np.cumsum(through)])
        first = forest.first[parents] - end
        chain = forest.kind[parents] == Kind.CHAIN
        passed = all_through[first + forest.arity[parents]] - all_through[first]
        needed[parents[chain]] = np.where(passed == forest.arity[parents], _ALL, 0)[chain]
        _needed_in_wirings(forest, parents[~chain], through, first[~chain], needed)
    return needed


def _needed_in_wirings(forest: Forest, parents: Ints, through: np.ndarray, first: Ints, needed: Ints) -> None:
    for number in np.unique(forest.operator[parents]).tolist():
        mine = forest.operator[parents] == number
        wiring = forest.alphabet.wiring(number)
        bits = np.zeros(int(mine.sum()), dtype=np.int64)
        for rank in range(len(wiring.edges)):
            bits |= through[first[mine] + rank].astype(np.int64) << rank
        found, index = np.unique(bits, return_inverse=True)
        ways = np.array([on_a_way(wiring, b) for b in found.tolist()], dtype=np.int64)
        needed[parents[mine]] = ways[index]


@lru_cache(maxsize=65_536)
def on_a_way(wiring: EdgeList, through: int) -> int:
    """Return which operands lie on a way from source to sink when only those in `through` let something through, as bits.

    >>> from nasviz.graph import RESIDUAL2
    >>> on_a_way(RESIDUAL2.edges(), 0b011), on_a_way(RESIDUAL2.edges(), 0b001)
    (2, 0)
    """
    passing = [k for k in wiring.order if through >> k & 1]
    reached = {0}
    for k in sorted(passing, key=lambda k: wiring.edges[k]):
        if wiring.edges[k][0] in reached:
            reached.add(wiring.edges[k][1])
    useful = {wiring.n_nodes - 1}
    for k in sorted(passing, key=lambda k: wiring.edges[k], reverse=True):
        if wiring.edges[k][1] in useful:
            useful.add(wiring.edges[k][0])
    return sum(1 << k for k in passing if wiring.edges[k][0] in reached and wiring.edges[k][1] in useful)


def _ends(forest: Forest, opened: np.ndarray, depths: int) -> tuple[Ints, Ints, int]:
    """Source and target of each node as an edge, and the number of nodes of all graphs."""
    n, m = forest.bounds[depths], len(forest.terms)
    known = forest.alphabet.tables
    operator, arity = forest.operator[:n], forest.arity[:n]
    chain = forest.kind[:n] == Kind.CHAIN
    inner = np.where(opened, np.where(chain, arity - 1, known.inner[operator]), 0)
    base = 2 * m + np.cumsum(inner) - inner
    source, target = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    source[:m], target[:m] = np.arange(m), m + np.arange(m)
    for depth in range(1, depths):
        at = forest.at(depth)
        parent, rank = forest.parent[at], forest.rank[at]
        place = np.minimum(known.offset[operator[parent]] + rank, len(known.source) - 1)
        u = np.where(chain[parent], rank - 1, known.source[place])
        v = np.where(chain[parent], np.where(rank == arity[parent] - 1, -1, rank), known.target[place])
        source[at] = np.where(u < 0, source[parent], base[parent] + u)
        target[at] = np.where(v < 0, target[parent], base[parent] + v)
    return source, target, 2 * m + int(inner.sum())
