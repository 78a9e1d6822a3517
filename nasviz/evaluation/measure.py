"""What is known of an architecture before it is trained: whether it builds, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nasviz.errors import NasvizError
from nasviz.graph import ID, Graph, walk
from nasviz.nn import cost
from nasviz.records import Drawn

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["depth", "measure"]


def depth(graph: Graph) -> int:
    """Return the number of operations on the longest path from input to output; ``id`` and plain wires are none.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> depth(parse("Linear(Residual(conv, id, conv), Residual(conv, relu, id))").graph())
    3
    """
    return walk(graph, 0, lambda e, before: before + (e.operator != ID), lambda node, join, ways: max(ways))


def measure(arch: Architecture, space: str = "", number: int = 0) -> Drawn:
    """Return parameters, FLOPs and depth of an architecture, or why it cannot be built. Nothing is built for it.

    Parameters
    ----------
    arch : Architecture
    space : str
        What the space is called.
    number : int
        Of the draw.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> measure(parse("Linear(conv, relu, fc)", input_shape=(1, 8, 8))).depth
    3
    >>> measure(parse("Residual(down, id, relu)")).reason.partition(":")[0]
    'shapes (16, 32, 32) and (32, 16, 16) meet in Residual2 at the root, where a sum needs equal shapes'
    """
    drawn = Drawn(space, number, str(arch))
    try:
        table = cost(arch)
        return replace(drawn, parameters=table.parameters, flops=table.flops, depth=depth(arch.graph()))
    except NasvizError as error:
        return replace(drawn, reason=str(error))
