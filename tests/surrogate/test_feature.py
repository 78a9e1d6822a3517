import pytest

from nasviz.spaces import hierarchical_nb201, parse
from nasviz.surrogate import FeatureStore
from nasviz.surrogate.feature import LONGEST, Feature, feature, in_words, spoken
from nasviz.surrogate.operations import OperationGraph, operation_graph


def graph_of(text: str) -> OperationGraph:
    return operation_graph(parse(text).graph())


def words(text: str, centre: str, iteration: int) -> str:
    graph = graph_of(text)
    return in_words(graph, graph.labels.index(centre), iteration)


@pytest.mark.parametrize(
    ("text", "centre", "iteration", "expected"),
    [
        ("Linear(conv3x3, relu)", "relu", 0, "relu"),
        ("Linear(conv3x3, relu)", "relu", 1, "relu, fed by conv3x3, feeding the output"),
        ("Linear(conv3x3, relu)", "relu", 2, "relu, fed by conv3x3 (the input), feeding the output"),
        ("Linear(conv3x3, relu)", "<input>", 2, "the input, feeding conv3x3 (relu)"),
        ("Residual(conv3x3, id, relu)", "<output>", 1, "the output, fed by relu and the input"),
        ("Linear(Residual(relu, relu, id), conv3x3)", "conv3x3", 1, "conv3x3, fed by 2 × relu, feeding the output"),
        ("Linear(Residual(id, id, id), conv3x3)", "conv3x3", 1, "conv3x3, fed by 2 × the input, feeding the output"),
        (
            "Residual(Linear(conv3x3, relu), avg_pool, mish)",
            "<output>",
            2,
            "the output, fed by avg_pool (the input) and mish (relu)",
        ),
        ("Binary(mul, relu, mish)", "<mul>", 1, "mul, fed by mish and relu, feeding the output"),
    ],
)
def test_a_neighbourhood_in_words(text: str, centre: str, iteration: int, expected: str) -> None:
    assert words(text, centre, iteration) == expected


def test_what_is_too_long_is_told_less_far() -> None:
    wide = f"Linear({', '.join(['Diamond2(relu, mish, conv3x3, avg_pool)'] * 9)}, hardswish)"
    told = words(wide, "hardswish", 8)
    assert told.endswith("; and what lies within 8 steps")
    assert len(told) <= LONGEST + 40
    assert told.startswith("hardswish, fed by avg_pool (mish (")


def test_a_neighbourhood_that_cannot_be_told_has_its_centre() -> None:
    many = [f"<{'x' * 30}{k}>" for k in range(20)]
    graph = OperationGraph([*many, "relu"], {(k, 20): 1 for k in range(20)}, [0] * 21)
    assert in_words(graph, 20, 1) == "relu, and what lies within 1 step"
    assert in_words(graph, 20, 3) == "relu, and what lies within 3 steps"


@pytest.mark.slow
def test_words_follow_from_the_label_alone() -> None:
    store = FeatureStore(h=3, levels=(3,))
    archs = hierarchical_nb201().sample(3, seed=0)
    store.rows(archs)
    for level in (None, 3):
        told: dict[int, str] = {}
        for arch in archs:
            graph = operation_graph(arch.graph(fold=level))
            nodes, columns = store.located(arch, level)
            where = {(node, column) for node, column in zip(nodes.tolist(), columns[2].tolist(), strict=True)}
            for k, node in enumerate(graph.indices):
                here = [column for n, column in where if n == node]
                if len(here) == 1:
                    assert told.setdefault(here[0], in_words(graph, k, 2)) == in_words(graph, k, 2)
        assert len(told) > 10


def test_the_piece_of_graph_is_what_the_label_sees() -> None:
    graph = graph_of("Linear(conv3x3, relu, mish, avg_pool)")
    seen = feature(graph, graph.labels.index("relu"), None, 1)
    assert seen.labels == ("relu", "conv3x3", "mish")
    assert sorted(seen.links) == [(0, 2, 1), (1, 0, 1)]
    assert feature(graph, 1, None, 0).links == ()
    assert len(feature(graph, 1, None, 9).labels) == 6


def test_links_between_the_farthest_operations_are_not_seen() -> None:
    graph = graph_of("Residual(relu, id, mish)")
    seen = feature(graph, graph.labels.index("mish"), None, 1)
    assert {(seen.labels[u], seen.labels[v]) for u, v, _ in seen.links} == {("relu", "mish"), ("mish", "<output>")}
    centred = feature(graph, graph.labels.index("relu"), None, 2)
    assert ("<input>", "<output>") in {(centred.labels[u], centred.labels[v]) for u, v, _ in centred.links}


def test_the_picture_outlines_the_centre_and_says_how_often() -> None:
    dot = Feature(None, 1, "x", ('a"b', "<input>"), ((1, 0, 2),)).to_dot()
    assert 'n0 [label="a\\"b", tooltip="a\\"b", color="#b3004b", penwidth="2", class="nv-selected"];' in dot
    assert 'n1 [label="the input"' in dot
    assert 'n1 -> n0 [label="2×"];' in dot


def test_a_feature_is_printed_in_words() -> None:
    assert str(Feature(None, 0, "relu", ("relu",), ())) == "relu"
    assert repr(Feature(None, 0, "relu", ("relu",), ())) == "Feature(relu; full graph, iteration 0)"
    assert repr(Feature(2, 1, "relu, fed by mish", (), ())) == "Feature(relu, fed by mish; level 2, iteration 1)"


def test_the_picture_is_laid_out() -> None:
    graph = graph_of("Residual(relu, id, mish)")
    assert feature(graph, 1, None, 2).to_graphviz().source.startswith('digraph "feature"')


@pytest.mark.parametrize(("text", "said"), [("<output>", "the output"), ("<concat>", "concat"), ("OP/BLOCK: Linear",) * 2])
def test_what_operations_are_called(text: str, said: str) -> None:
    assert spoken(text) == said
