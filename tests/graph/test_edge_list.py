"""Wirings with operands on nodes, against paths counted on the graph itself."""

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasviz.algebra import Operator, Term
from nasviz.errors import TextError
from nasviz.graph import ZERO, build_graph, is_connected, topology, walk
from nasviz.graph.edge_list import read_edges, read_nodes

F = Term.build(Operator("f"))


def test_every_node_is_an_edge():
    diamond = read_nodes("1>2 1>3 2>4 3>4")
    assert (diamond.n_maps, diamond.wires, diamond.joins) == (4, 0, {2})
    assert diamond.edges == ((0, 1), (1, 2), (1, 2), (2, 3))
    ladder = read_nodes("1>2 1>3 2>3 2>4 3>4")
    assert ladder.wires == 3
    assert ladder.n_maps == 4


def test_nodes_without_edges_and_in_any_order():
    alone = read_nodes("1 2 3")
    assert (alone.edges, alone.joins) == (((0, 1),) * 3, {1})
    assert read_nodes("3>1 1>2").edges == ((1, 2), (2, 3), (0, 1))
    assert read_nodes("7").edges == ((0, 1),)


@pytest.mark.parametrize(
    ("notation", "message"),
    [
        ("1>2 2>1 3", "the edge 2>1 closes a cycle"),
        ("1>1", "the edge 1>1 closes a cycle"),
        ("3 1>2 2>1", "the edge 2>1 closes a cycle"),
        ("1>2 x", "'x' is not an edge"),
        ("", "at least one edge"),
    ],
)
def test_bad_notations(notation, message):
    with pytest.raises(TextError, match=message):
        read_nodes(notation)


@st.composite
def dags(draw):
    n = draw(st.integers(1, 7))
    pairs = [(u, v) for u in range(1, n + 1) for v in range(u + 1, n + 1)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return n, chosen


def paths(n, pairs, dead=frozenset()):
    """Paths from input to output through living nodes only: the naive count."""
    graph = nx.DiGraph(pairs)
    graph.add_nodes_from(range(1, n + 1))
    ways = dict.fromkeys(graph, 0)
    for v in nx.topological_sort(graph):
        before = list(graph.predecessors(v))
        ways[v] = 0 if v in dead else sum(ways[u] for u in before) if before else 1
    return sum(ways[v] for v in graph if not list(graph.successors(v)))


@given(dags(), st.data())
def test_paths_are_kept_and_zero_cuts_them(dag, data):
    n, pairs = dag
    alone = [str(v) for v in range(1, n + 1)]
    wired = topology("W", " ".join([*alone, *(f"{u}>{v}" for u, v in pairs)]), on="nodes")
    dead = frozenset(data.draw(st.sets(st.integers(1, n))))
    term = Term.build(wired, *(Term.build(ZERO) if v in dead else F for v in range(1, n + 1)))
    wanted = paths(n, pairs, dead)
    assert is_connected(term) == (wanted > 0)
    if wanted:
        graph = build_graph(term)
        assert walk(graph, 1, lambda e, x: x, lambda node, join, xs: sum(xs)) == wanted
        assert not any(e.operator == ZERO for e in graph.edges)
        operations = [e.position for e in graph.edges if not e.wire]
        assert len(set(operations)) == len(operations)
        assert graph.pruned().edges == graph.edges
        assert all(e.source < e.target for e in graph.edges)


def test_a_wire_needs_two_inputs_and_two_readers():
    wired = topology("W", "1>2 1>3 2>3", on="nodes")
    graph = build_graph(Term.build(wired, F, F, F))
    assert [(e.source, e.target, e.wire) for e in graph.edges] == [(0, 1, False), (1, 2, False), (1, 2, True), (2, 3, False)]
    assert "invis" not in graph.to_dot()
    assert wired.declaration()["on"] == "nodes"


def test_networkx_keeps_every_wire():
    twice = topology("Twice", "1>2 1>2 1>3 2>3", on="nodes")
    graph = build_graph(Term.build(twice, F, F, F))
    assert sum(e.wire for e in graph.edges) == 3
    assert graph.to_networkx().number_of_edges() == len(graph.edges)


def test_edges_keep_their_order():
    assert read_edges("1>2 1>3 2>3").order == (0, 1, 2)
    assert read_edges("1>2 1>2").merge_at(1) == "sum"
