"""walk: one pass, each operation and each join once."""

from nasviz.graph import build_graph, walk


def test_every_operation_and_join_once_and_in_order(term):
    graph = build_graph(term("Linear(Cell(a, b, c, d, e, f), Diamond(a, b, c, d))"))
    seen = []
    joined = []

    def join(node, at, xs):
        joined.append((node, at.merge, len(xs)))
        return "+".join(xs)

    walk(graph, "x", lambda e, x: seen.append(e.index) or e.label, join)
    assert seen == [e.index for e in graph.edges]
    assert joined == [(2, "sum", 2), (3, "sum", 3), (6, "sum", 2)]


def test_values_may_be_none(term):
    seen = []
    walk(build_graph(term("Linear(a, b)")), None, lambda e, x: seen.append(x), lambda node, join, xs: None)
    assert seen == [None, None]


def test_the_value_of_a_single_operation(term):
    assert walk(build_graph(term("a")), 2, lambda e, x: x + 1, lambda node, join, xs: sum(xs)) == 3
