"""Where paths meet: the shape behind a join, or the two paths that disagree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nasviz.algebra import Position, position_text
from nasviz.errors import ShapeError
from nasviz.graph import Graph, Join
from nasviz.nn.merging import check_merge
from nasviz.nn.primitive import IMAGE, SEQUENCE, Shape, channels

__all__ = ["Step", "join_shape", "place_of", "with_channels"]

_SHOWN = 3


class Step(NamedTuple):
    """One operation on the way to a shape, and the steps before it."""

    position: Position
    name: str
    changes: bool
    before: Step | None


def join_shape(graph: Graph, join: Join, shapes: Sequence[Shape], ways: Sequence[Step | None]) -> Shape:
    """The shape behind a join.

    Parameters
    ----------
    graph, join
        Where it is.
    shapes
        What enters, in the order of the operands.
    ways
        The last step to each of them.

    Raises
    ------
    ShapeError
        When the shapes do not fit; a concatenation needs shapes that differ in their channels alone, every other merge equal
        ones. Names the operator, its position, both shapes and the two paths. Also when a merge of one's own changes the shape.
    BuildError
        When a merge has no meaning, or fails on these shapes.
    """
    first, concat = shapes[0], join.merge == "concat"
    for k, other in enumerate(shapes[1:], 1):
        if not (place_of(other) == place_of(first) if concat else other == first):
            raise _disagreement(graph, join, (first, other), _apart(ways[0], ways[k]))
    if concat:
        return with_channels(first, sum(map(channels, shapes)))
    check_merge(join, first)
    return first


def place_of(shape: Shape) -> tuple[object, ...]:
    """Return a shape without its channels."""
    return (len(shape), *(shape[:1] if len(shape) == SEQUENCE else shape[1:]))


def with_channels(shape: Shape, n: int) -> Shape:
    """Return a shape with other channels.

    >>> with_channels((16, 8, 8), 32), with_channels((10, 16), 32)
    ((32, 8, 8), (10, 32))
    """
    return (shape[0], n) if len(shape) == SEQUENCE else (n, *shape[1:])


def _disagreement(graph: Graph, join: Join, shapes: tuple[Shape, Shape], ways: tuple[list[Step], list[Step]]) -> ShapeError:
    name = graph.term.operators[join.index].name
    images = all(len(shape) == IMAGE for shape in shapes)
    aside = "equal heights and widths" if images else "equal sizes but for the channels"
    rule = aside if join.merge == "concat" else "equal shapes"
    change = "widen and halve alike" if images else "change the shape alike"
    return ShapeError(
        f"shapes {shapes[0]} and {shapes[1]} meet in {name} at {position_text(join.position)}, where a {join.merge} needs "
        f"{rule}: the first comes by {_text(ways[0])}, the second by {_text(ways[1])}; every path must {change}",
        join.position,
        name,
        shapes,
        (tuple(step.position for step in ways[0]), tuple(step.position for step in ways[1])),
    )


def _apart(one: Step | None, other: Step | None) -> tuple[list[Step], list[Step]]:
    """The steps of two ways since they were one, in order."""
    passed = {id(step): k for k, step in enumerate(_back(one))}
    second = _back(other)
    common = next((k for k, step in enumerate(second) if id(step) in passed), len(second))
    first = _back(one)[: passed[id(second[common])]] if common < len(second) else _back(one)
    return first[::-1], second[:common][::-1]


def _back(step: Step | None) -> list[Step]:
    found: list[Step] = []
    while step is not None:
        found.append(step)
        step = step.before
    return found


def _text(steps: list[Step]) -> str:
    """A path in words: its operations, or of a long one those that change the shape."""
    if not steps:
        return "the input itself"
    named = steps if len(steps) <= _SHOWN else ([s for s in steps if s.changes] or steps[-1:])[:_SHOWN]
    words = " and ".join(f"{step.name} at {position_text(step.position)}" for step in named)
    return words if named is steps else f"{len(steps)} operations with {words}"
