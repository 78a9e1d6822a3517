"""Where shapes do not fit: the join, and the operations that lead to it with each of the shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nasviz.algebra import Position
from nasviz.graph.graph import Graph


@dataclass(frozen=True)
class Way:
    """What leads to a join with one shape.

    Attributes
    ----------
    shape
        Text of the shape that arrives.
    positions
        Positions of the operations on this way and on no other, in forward order; the last one arrives.
    """

    shape: str
    positions: tuple[Position, ...]


@dataclass(frozen=True)
class Fault:
    """A place at which a graph cannot be built.

    Attributes
    ----------
    position
        Position of the operation, or of the subterm whose paths meet.
    ways
        The ways that meet there with different shapes; empty for an operation.
    """

    position: Position
    ways: tuple[Way, ...] = ()


def fault_at(graph: Graph, position: Position, shapes: Mapping[Position, str]) -> Fault:
    """Return the fault at a position, with the ways that meet there.

    Parameters
    ----------
    graph
        The whole graph.
    position
        Where it cannot be built.
    shapes
        Text of the shape that leaves an operation, by its position; as far as it is known.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Term
    >>> from nasviz.graph import ID, RESIDUAL2, build_graph
    >>> a, b, skip = Term.build(Operator("a")), Term.build(Operator("b")), Term.build(ID)
    >>> graph = build_graph(Term.build(RESIDUAL2, a, skip, b))
    >>> fault = fault_at(graph, (), {(0,): "16×8×8", (1,): "16×8×8", (2,): "32×4×4"})
    >>> [(way.shape, way.positions) for way in fault.ways]
    [('32×4×4', ((0,), (2,))), ('16×8×8', ((1,),))]
    """
    arriving: dict[int, list[int]] = {}
    carried: dict[int, str] = {}
    for k, e in enumerate(graph.edges):
        arriving.setdefault(e.target, []).append(k)
        shape = carried.get(e.source, "") if e.wire else shapes.get(e.position, "")
        carried.setdefault(e.target, shape)
    for node, join in graph.joins.items():
        if join.position != position:
            continue
        by_shape: dict[str, list[int]] = {}
        for k in arriving[node]:
            e = graph.edges[k]
            shape = carried.get(e.source, "") if e.wire else shapes.get(e.position, "")
            by_shape.setdefault(shape, []).append(k)
        if len(by_shape) > 1 and "" not in by_shape:
            return Fault(position, _ways(graph, arriving, by_shape))
    return Fault(position)


def _ways(graph: Graph, arriving: Mapping[int, list[int]], by_shape: Mapping[str, list[int]]) -> tuple[Way, ...]:
    before = {shape: _upstream(graph, arriving, ends) for shape, ends in by_shape.items()}
    found: list[Way] = []
    for shape, edges in before.items():
        others = set[int]().union(*(before[other] for other in before if other != shape))
        own = sorted(k for k in edges - others if not graph.edges[k].wire)
        found.append(Way(shape, tuple(graph.edges[k].position for k in own)))
    return tuple(sorted(found, key=lambda way: (-len(way.positions), way.shape)))


def _upstream(graph: Graph, arriving: Mapping[int, list[int]], ends: list[int]) -> set[int]:
    found, todo = set(ends), list(ends)
    while todo:
        for k in arriving.get(graph.edges[todo.pop()].source, ()):
            if k not in found:
                found.add(k)
                todo.append(k)
    return found
