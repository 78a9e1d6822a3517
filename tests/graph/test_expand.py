"""How topologies in topologies become one graph."""

import numpy as np

from nasviz.algebra import Operator, Term
from nasviz.graph import LINEAR, build_graph, walk


def test_a_sum_in_a_sum_is_one_sum_and_belongs_to_the_outer(term):
    graph = build_graph(term("Binary(add, a, Binary(add, b, c))"))
    assert [j.position for j in graph.joins.values()] == [()]
    inner = build_graph(term("Binary(add, Linear(a, zero), Binary(add, b, c))"))
    assert [j.position for j in inner.joins.values()] == [(2,)], "the outer sum has one summand left"


def test_a_product_in_a_sum_is_wired(term):
    graph = build_graph(term("Binary(add, a, Binary(mul, b, c))"))
    assert [(e.label, e.wire, e.position) for e in graph.edges] == [
        ("a", False, (1,)),
        ("b", False, (2, 1)),
        ("c", False, (2, 2)),
        ("id", True, (2,)),
    ]
    assert {j.merge: j.position for j in graph.joins.values()} == {"mul": (2,), "sum": ()}
    scale = {"a": 2, "b": 3, "c": 5, "id": 1}
    merge = {"sum": sum, "mul": np.prod}
    assert walk(graph, 1, lambda e, x: scale[e.label] * x, lambda node, join, xs: merge[join.merge](xs)) == 17


def test_deep_terms_are_loops():
    n = 20_000
    graph = build_graph(Term.from_preorder([LINEAR] * n + [Operator("conv")] * (n + 1), [2] * n + [0] * (n + 1)))
    assert len(graph) == n + 1
    assert graph.edges[-1].position == (1,)
