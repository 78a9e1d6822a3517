from collections import Counter

import pytest

from nasviz.spaces import parse
from nasviz.surrogate.operations import INPUT, OUTPUT, operation_graph


def shown(text: str) -> tuple[list[str], Counter[tuple[str, str]]]:
    """Labels, and links between labels with multiplicity."""
    graph = operation_graph(parse(text).graph())
    links = Counter({(graph.labels[u], graph.labels[v]): n for (u, v), n in graph.links.items()})
    return sorted(graph.labels), links


def test_operations_are_nodes_between_input_and_output() -> None:
    assert shown("Linear(conv3x3, relu)") == (
        sorted([INPUT, "conv3x3", "relu", OUTPUT]),
        Counter({(INPUT, "conv3x3"): 1, ("conv3x3", "relu"): 1, ("relu", OUTPUT): 1}),
    )


def test_id_joins_its_neighbours() -> None:
    assert shown("Linear(conv3x3, id, relu)") == shown("Linear(conv3x3, relu)")


def test_a_skip_connection_links_input_and_output() -> None:
    _, links = shown("Residual(conv3x3, id, relu)")
    assert links == Counter({(INPUT, "conv3x3"): 1, ("conv3x3", "relu"): 1, ("relu", OUTPUT): 1, (INPUT, OUTPUT): 1})


def test_twice_the_same_input_counts_twice() -> None:
    _, links = shown("Linear(Residual(id, id, id), relu)")
    assert links == Counter({(INPUT, "relu"): 2, ("relu", OUTPUT): 1})


def test_multiplicities_multiply_along_a_chain() -> None:
    _, links = shown("Linear(Residual(id, id, id), Residual(id, id, id), Residual(id, id, id))")
    assert links == Counter({(INPUT, OUTPUT): 8})


def test_zero_and_dead_parts_are_gone() -> None:
    assert shown("Residual(conv3x3, id, zero)") == shown("id")


@pytest.mark.parametrize("depth", [3000])
def test_long_chains_need_no_recursion(depth: int) -> None:
    labels, _ = shown(f"Linear({', '.join(['relu'] * depth)})")
    assert len(labels) == depth + 2
