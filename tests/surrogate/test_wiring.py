import itertools

import pytest

from nasviz.graph import CELL, RESIDUAL3
from nasviz.graph.edge_list import EdgeList
from nasviz.spaces import Architecture, parse
from nasviz.surrogate.alphabet import Alphabet, Kind
from nasviz.surrogate.forest import Forest
from nasviz.surrogate.wiring import on_a_way, wire


def ways(wiring: EdgeList, through: int) -> int:
    """By definition: the edges of every path from source to sink."""
    edges = [k for k in range(len(wiring.edges)) if through >> k & 1]
    found: set[int] = set()
    for n in range(1, len(edges) + 1):
        for path in itertools.permutations(edges, n):
            ends = [wiring.edges[k] for k in path]
            joined = all(a[1] == b[0] for a, b in itertools.pairwise(ends))
            if ends[0][0] == 0 and ends[-1][1] == wiring.n_nodes - 1 and joined:
                found.update(path)
    return sum(1 << k for k in found)


@pytest.mark.parametrize("wiring", [CELL.edges(), RESIDUAL3.edges()], ids=["Cell", "Residual3"])
def test_operands_on_a_way_are_those_of_some_path(wiring: EdgeList) -> None:
    for through in range(2 ** len(wiring.edges)):
        assert on_a_way(wiring, through) == ways(wiring, through)


def test_every_operation_of_the_pruned_graph_is_wired_once(archs: list[Architecture]) -> None:
    forest = Forest([arch.term for arch in archs], Alphabet())
    wired = wire(forest)
    found = sorted(zip(forest.owner[wired.node].tolist(), forest.index[wired.node].tolist(), strict=True))
    expected = [(k, e.index) for k, arch in enumerate(archs) for e in arch.graph().edges if e.operator.name != "id"]
    assert found == sorted(expected)
    assert len(wired.id_source) == sum(e.operator.name == "id" for arch in archs for e in arch.graph().edges)


def test_nodes_are_those_of_the_topologies() -> None:
    forest = Forest([parse("Linear(relu, Residual(relu, id, conv3x3))").term], Alphabet())
    wired = wire(forest)
    assert (wired.source.tolist(), wired.target.tolist()) == ([0, 2, 3], [2, 3, 1])
    assert (wired.id_source.tolist(), wired.id_target.tolist(), wired.size) == ([2], [1], 4)


def test_a_level_cuts_the_expansion() -> None:
    forest = Forest([parse("Linear(relu, Residual(relu, zero, zero))").term], Alphabet())
    assert len(wire(forest).node) == 0
    folded = wire(forest, 1)
    assert [Kind(k) for k in forest.kind[folded.node].tolist()] == [Kind.OPERATION, Kind.WIRED]
    assert wire(forest, 0).node.tolist() == [0]
