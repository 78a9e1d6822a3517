"""What is known of an architecture before it is trained."""

from __future__ import annotations

import networkx as nx
import pytest

from nasviz.evaluation import depth, measure
from nasviz.spaces import hierarchical_nb201, parse


@pytest.mark.parametrize(
    ("text", "operations"),
    [
        ("id", 0),
        ("conv", 1),
        ("Linear(conv, id, relu)", 2),
        ("Residual(conv, id, conv)", 2),
        ("Residual(id, Linear(conv, relu, conv), conv)", 3),
        ("Cell(conv3x3, zero, id, zero, conv3x3, conv3x3)", 2),
    ],
)
def test_depth_by_hand(text, operations):
    assert depth(parse(text).graph()) == operations


@pytest.mark.parametrize("seed", range(3))
def test_depth_against_all_paths_of_networkx(seed):
    graph = hierarchical_nb201(connected=True).sample(seed=seed).graph()
    weighted = nx.DiGraph()
    for u, v, data in graph.to_networkx().edges(data=True):
        weight = int(data["operator"].name != "id")
        old = weighted.get_edge_data(u, v, {"weight": 0})["weight"]
        weighted.add_edge(u, v, weight=max(weight, old))
    assert depth(graph) == nx.dag_longest_path_length(weighted)


def test_costs_are_those_of_the_cost_table():
    arch = parse("Linear(conv, Residual(conv3x3, id, relu), fc)", input_shape=(1, 8, 8))
    row = measure(arch, "here", 7)
    assert (row.space, row.number, row.term) == ("here", 7, str(arch))
    assert (row.parameters, row.flops) == (arch.cost().parameters, arch.cost().flops)
    assert row.builds
    assert row.reason == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [("Residual(down, id, relu)", "every path must widen and halve alike"), ("Linear(conv, zero)", "no path leads")],
)
def test_what_cannot_be_built_has_a_reason(text, words):
    row = measure(parse(text))
    assert not row.builds
    assert row.parameters is row.flops is row.depth is None
    assert words in row.reason
