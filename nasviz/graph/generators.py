"""Random wirings that numbers decide: Erdős–Rényi, Barabási–Albert and Watts–Strogatz, as in Xie et al. 2019.

Operands stand on the nodes of an undirected random graph, which becomes acyclic by directing every edge from the earlier to
the later node: ``WS(4, 0.75, 1, f1, …, fN)`` is the paper's WS(K = 4, P = 0.75) on N nodes, drawn with seed 1. The same
numbers give the same graph in every process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nasviz.errors import NasvizError
from nasviz.graph.topologies import Topology, topology

if TYPE_CHECKING:
    import networkx as nx

SOURCE = "Xie et al. 2019, Exploring Randomly Wired Neural Networks for Image Recognition"


def erdos_renyi(n: int, p: float, seed: int) -> nx.Graph[Any]:
    """Every two of the n nodes are joined with probability p: ER(p, seed, f1, …, fn)."""
    import networkx as nx

    _check_probability(p)
    return nx.gnp_random_graph(n, p, seed=seed)


def barabasi_albert(n: int, m: int, seed: int) -> nx.Graph[Any]:
    """Nodes come one by one, each joined to m earlier ones, popular ones first: BA(m, seed, f1, …, fn)."""
    import networkx as nx

    return nx.barabasi_albert_graph(n, m, seed=seed)


def watts_strogatz(n: int, k: int, p: float, seed: int) -> nx.Graph[Any]:
    """A ring in which every node knows its k nearest, each edge rewired with probability p: WS(k, p, seed, f1, …, fn)."""
    import networkx as nx

    _check_probability(p)
    if k < 0:
        raise NasvizError(f"a node knows k = 0 or more nearest ones, found k = {k}")
    return nx.watts_strogatz_graph(n, k, p, seed=seed)


def _check_probability(p: float) -> None:
    if not 0 <= p <= 1:
        raise NasvizError(f"the probability p is between 0 and 1, found {p}")


ER = topology("ER", erdos_renyi, on="nodes", source=SOURCE)
BA = topology("BA", barabasi_albert, on="nodes", source=SOURCE)
WS = topology("WS", watts_strogatz, on="nodes", source=SOURCE)
GENERATORS: tuple[Topology, ...] = (ER, BA, WS)
"""The random wirings that every space knows."""
