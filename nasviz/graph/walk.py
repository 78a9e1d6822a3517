"""walk: the one forward pass; shapes, modules and cost are walks with different values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from nasviz.graph.graph import Edge, Graph, Join

Value = TypeVar("Value")


def walk(
    graph: Graph,
    value: Value,
    edge: Callable[[Edge, Value], Value],
    join: Callable[[int, Join, list[Value]], Value],
) -> Value:
    """Send a value through a graph and return what arrives at the output.

    Parameters
    ----------
    graph
        The graph.
    value
        What enters at the input: a tensor, a shape, a proxy, a number.
    edge
        ``edge(e, x) -> y``, called once for each operation, in topological order.
    join
        ``join(node, join, xs) -> y``, called once for each node with several inputs, `xs` in the order of the operands,
        before the first operation that leaves the node.

    Examples
    --------
    Counting paths:

    >>> from nasviz.algebra import Operator, Term
    >>> from nasviz.graph import RESIDUAL2, build_graph
    >>> f = Term.build(Operator("f"))
    >>> walk(build_graph(Term.build(RESIDUAL2, f, f, f)), 1, lambda e, x: x, lambda node, join, xs: sum(xs))
    2
    """
    waiting: dict[int, list[tuple[int, Value]]] = {}
    values: dict[int, Value] = {graph.source: value}

    def at(node: int) -> Value:
        if node not in values:
            xs = waiting.pop(node)
            if len(xs) == 1:
                values[node] = xs[0][1]
            else:
                xs.sort(key=lambda pair: pair[0])
                values[node] = join(node, graph.joins[node], [x for _, x in xs])
        return values[node]

    for e in graph.edges:
        waiting.setdefault(e.target, []).append((e.index, edge(e, at(e.source))))
    return at(graph.sink)
