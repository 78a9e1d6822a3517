"""Edge notation: what is read, and what is refused at which place."""

import networkx as nx
import pytest

from nasviz.algebra import Sort
from nasviz.errors import NasvizError, TextError
from nasviz.graph import BINARY, CELL, LINEAR, RESIDUAL3, STANDARD_TOPOLOGIES, Topology, topology

TABLE = {
    "Residual2": "1>2 1>3 2>3",
    "Residual3": "1>2 2>3 1>4 3>4",
    "Diamond2": "1>2 1>3 2>4 3>4",
    "Diamond3": "1>2 1>3 2>4 3>5 4>6 5>6",
    "DiamondMid": "1>2 1>3 2>3 2>4 3>4",
    "Cell": "1>2 1>3 2>3 1>4 2>4 3>4",
}


@pytest.mark.parametrize(("name", "edges"), TABLE.items())
def test_standard_topologies_have_the_published_edges(name, edges):
    found = next(t for t in STANDARD_TOPOLOGIES if t.name == name)
    wanted = tuple((int(e[0]) - 1, int(e[2]) - 1) for e in edges.split())
    assert found.edges().edges == wanted
    assert found.operands == (Sort.MAP,) * len(wanted)


def test_a_chain_takes_any_number_of_operands():
    assert LINEAR.edges(n_maps=1).edges == ((0, 1),)
    assert LINEAR.edges(n_maps=4).edges == ((0, 1), (1, 2), (2, 3), (3, 4))
    with pytest.raises(NasvizError, match="at least one operand"):
        LINEAR.edges(n_maps=0)


def test_a_merge_operand_names_the_merge():
    assert BINARY.edges(["mul"], 2).merge == "mul"
    assert BINARY.edges(["add"], 2).merge == "sum"
    assert topology("F", "1>2 1>2", merge="add").merge == "sum"


def test_nodes_may_have_any_numbers_and_edges_any_order():
    wiring = topology("Odd", "7>90 3>7 3>90").edges()
    assert wiring.edges == ((1, 2), (0, 1), (0, 2))
    assert wiring.order == (1, 2, 0)
    assert wiring.joins == {2}


def test_a_topology_from_networkx_has_its_edges_in_order():
    dag = nx.DiGraph([("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])
    assert topology("D", dag) == topology("D", "1>2 1>3 2>4 3>4")
    twice = nx.MultiDiGraph([("a", "b"), ("a", "b")])
    assert topology("Twice", twice).edges().edges == ((0, 1), (0, 1))
    with pytest.raises(TextError, match="closes a cycle"):
        topology("Loop", nx.DiGraph([(1, 2), (2, 1)]))


@pytest.mark.parametrize(
    ("notation", "message", "marked"),
    [
        ("", "a topology needs at least one edge", ""),
        ("   ", "a topology needs at least one edge", ""),
        ("1>2 2-3", "'2-3' is not an edge", "2-3"),
        ("1>2 a>3", "'a>3' is not an edge", "a>3"),
        ("1>2,2>3", "'1>2,2>3' is not an edge", "1>2,2>3"),
        ("1>1", "the edge 1>1 closes a cycle", "1>1"),
        ("1>2 2>3 3>2 3>4", "the edge 3>2 closes a cycle", "3>2"),
        ("1>2 2>1", "the edge 2>1 closes a cycle", "2>1"),
        ("1>3 2>3", "a topology has one source, but nodes 1 and 2 have no incoming edge", "2>3"),
        ("1>2 1>3", "a topology has one sink, but nodes 2 and 3 have no outgoing edge", "1>3"),
        ("1>2 3>4", "a topology has one source", "3>4"),
        ("1>2 <script>", "'<script>' is not an edge", "<script>"),
    ],
)
def test_a_bad_notation_is_marked_at_its_place(notation, message, marked):
    with pytest.raises(TextError) as caught:
        topology("Bad", notation)
    assert message in str(caught.value)
    assert caught.value.text[caught.value.start : caught.value.end] == marked
    if marked:
        assert "^" * len(marked) in str(caught.value)


def test_the_wrong_number_of_operands_is_refused():
    with pytest.raises(NasvizError, match="Residual3 has 4 edges, found 3 operands"):
        RESIDUAL3.edges(n_maps=3)
    with pytest.raises(NasvizError, match="Bad has 2 edges, so it needs as many operands of sort map"):
        Topology("Bad", (Sort.MAP,), notation="1>2 2>3")


def test_the_declaration_holds_the_edges():
    declared = CELL.declaration()
    assert declared["edges"] == "1>2 1>3 2>3 1>4 2>4 3>4"
    assert declared["merge"] == "sum"
    assert topology("A", "1>2  1>2") == topology("A", "1>2 1>2")
    assert topology("A", "1>2 1>2") != topology("A", "1>2 1>2", merge="mul")


def test_a_large_notation_is_read():
    n = 300
    wiring = topology("Long", " ".join(f"{i}>{i + 1}" for i in range(1, n))).edges()
    assert wiring.n_nodes == n


def test_edges_of_another_kind():
    with pytest.raises(NasvizError, match="edges are text such as '1>2 1>3 2>3', a networkx graph or a function, found 3"):
        topology("X", 3)
    with pytest.raises(NasvizError, match=r"edges are pairs of nodes such as .*, found \[1, 2\]"):
        topology("X", [1, 2])
    with pytest.raises(NasvizError, match="'None' cannot name an operator"):
        topology(None, "1>2")


@pytest.mark.parametrize("maps", [0, -1, "two", 1.5])
def test_a_function_takes_one_map_or_more(maps):
    with pytest.raises(NasvizError, match=f"maps is {maps!r}; it must be a whole number, 1 or more"):
        topology("X", lambda n: "1>2", maps=maps)


def test_a_function_without_a_signature_is_refused():
    with pytest.raises(NasvizError, match="X: the parameters of <built-in function max> are not known"):
        topology("X", max)
