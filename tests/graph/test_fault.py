"""Where shapes do not fit."""

from nasviz.graph import build_graph, fault_at


def test_two_ways_of_a_long_branch(term):
    graph = build_graph(term("Linear(relu, Residual(Linear(conv, conv), id, down), fc)"))
    same = "16×8×8"
    shapes = dict.fromkeys([(0,), (1, 0, 0), (1, 0, 1), (1, 1)], same) | {(1, 2): "32×4×4"}
    fault = fault_at(graph, (1,), shapes)
    assert [(way.shape, way.positions) for way in fault.ways] == [
        ("32×4×4", ((1, 0, 0), (1, 0, 1), (1, 2))),
        (same, ((1, 1),)),
    ]


def test_no_ways_where_the_shapes_are_equal_or_unknown(term):
    graph = build_graph(term("Residual(conv, id, conv)"))
    assert fault_at(graph, (), {(1,): "a", (2,): "a"}).ways == ()
    assert fault_at(graph, (), {(1,): "a"}).ways == ()
    assert fault_at(graph, (2,), {}).ways == ()


def test_the_shape_goes_through_plain_wires(term):
    graph = build_graph(term("Residual(conv, Residual(conv, id, conv), conv)"))
    fault = fault_at(graph, (), {(0,): "a", (1, 0): "a", (1, 1): "a", (1, 2): "a", (2,): "b"})
    assert {way.shape for way in fault.ways} == {"a", "b"}
