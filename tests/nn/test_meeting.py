"""Where paths meet."""

import pytest

from nasviz.errors import ShapeError
from nasviz.graph import build_graph
from nasviz.nn.meeting import Step, join_shape
from nasviz.spaces import parse


def meeting(merge, *shapes):
    """Join shapes at the only join of a graph of as many paths."""
    graph = build_graph(parse(f"Binary({merge}, relu, relu)").term)
    (join,) = graph.joins.values()
    start = Step((0,), "conv", False, None)
    return join_shape(graph, join, shapes, [Step((k + 1,), "relu", False, start) for k in range(len(shapes))])


@pytest.mark.parametrize(
    ("merge", "shapes", "behind"),
    [
        ("add", [(4, 5, 5)] * 3, (4, 5, 5)),
        ("mul", [(7, 3)] * 2, (7, 3)),
        ("concat", [(4, 5, 5), (1, 5, 5)], (5, 5, 5)),
        ("concat", [(7, 3), (7, 8)], (7, 11)),
        ("concat", [(3,), (8,), (1,)], (12,)),
    ],
)
def test_shapes_that_fit(merge, shapes, behind):
    assert meeting(merge, *shapes) == behind


@pytest.mark.parametrize(
    ("merge", "shapes", "rule"),
    [
        ("add", [(4, 5, 5), (4, 5, 6)], "a sum needs equal shapes: "),
        ("concat", [(4, 5, 5), (4, 5, 6)], "a concat needs equal heights and widths: "),
        ("concat", [(7, 3), (6, 3)], "a concat needs equal sizes but for the channels: "),
        ("concat", [(7, 3), (7,)], "a concat needs equal sizes but for the channels: "),
        ("mul", [(7, 3), (7, 4)], "a mul needs equal shapes: "),
    ],
)
def test_shapes_that_do_not(merge, shapes, rule):
    with pytest.raises(ShapeError) as error:
        meeting(merge, *shapes)
    assert str(error.value).startswith(f"shapes {shapes[0]} and {shapes[1]} meet in Binary at the root, where {rule}")
    assert "the first comes by relu at (1,), the second by relu at (2,)" in str(error.value)
    assert error.value.paths == (((1,),), ((2,),))


def test_the_third_path_is_compared_with_the_first():
    with pytest.raises(ShapeError) as error:
        meeting("add", (7, 3), (7, 3), (7, 4))
    assert error.value.paths == (((1,),), ((3,),))
