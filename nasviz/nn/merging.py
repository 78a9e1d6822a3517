"""The torch meanings of merges: what stands in a network where paths meet."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import lru_cache, reduce
from typing import Any

import torch
from torch import fx, nn

from nasviz.algebra import position_text
from nasviz.errors import BuildError, ShapeError, a_or_an, said
from nasviz.graph import Join, Merge
from nasviz.nn.image_modules import BINARY
from nasviz.nn.primitive import SEQUENCE, Shape

__all__ = ["MERGES", "Merged", "check_merge", "merge_nodes", "merge_of"]

Binary = Callable[[Any, Any], Any]

MERGES: dict[str, Binary] = {
    "sum": operator.add,
    "mul": operator.mul,
    "max": torch.maximum,
    "min": torch.minimum,
    **BINARY,
}
"""Torch meaning of the merges of equal shapes; concat stands along the channels."""


class Merged(nn.Module):
    """A merge of one's own as a module without weights, so that the network carries it by value.

    Parameters
    ----------
    function
        Of two tensors of one shape.
    """

    def __init__(self, function: Binary) -> None:
        super().__init__()
        self.function = function

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """Two tensors of one shape to one of that shape."""
        return self.function(a, b)


def merge_of(join: Join) -> Merge | None:
    """The merge of a join that is a function of one's own; None for a known one.

    Raises
    ------
    BuildError
        If the merge has no torch meaning.
    """
    if join.merge == "concat" or join.merge in MERGES:
        return None
    own = join.operator
    if isinstance(own, Merge) and own.function is not None:
        return own
    raise BuildError(
        f"the merge {join.merge!r} at {position_text(join.position)} has no torch meaning; known are "
        f"{', '.join(MERGES)} and concat; write one: @nv.merge def {join.merge}(a, b)",
        join.position,
    )


def check_merge(join: Join, shape: Shape) -> None:
    """Try a merge of one's own on two inputs of a shape, without computing anything where that is possible.

    Raises
    ------
    BuildError
        If it fails on them, or gives no tensor.
    ShapeError
        If it gives another shape.
    """
    own = merge_of(join)
    if own is None or own.function is None:
        return
    made, reason = _tried(own.function, shape)
    where = position_text(join.position)
    if made is None:
        raise BuildError(f"{own.name} at {where} cannot merge two inputs of shape {shape}: {reason}", join.position)
    if made != shape:
        raise ShapeError(
            f"{own.name} at {where} makes {made} of two inputs of shape {shape}; a merge keeps the shape",
            join.position,
            own.name,
            (shape, made),
        )


@lru_cache(maxsize=1024)
def _tried(function: Binary, shape: Shape) -> tuple[Shape | None, str]:
    reason = ""
    for device in ("meta", "cpu"):
        try:
            with torch.device(device), torch.no_grad(), torch.random.fork_rng(devices=[]):
                made = function(torch.zeros((2, *shape)), torch.zeros((2, *shape)))
        except Exception as error:  # whatever a user's function raises
            reason = " ".join(said(error, name=False).split())[:300]
            continue
        if isinstance(made, torch.Tensor):
            return tuple(made.shape[1:]), ""
        return None, f"it returned {a_or_an(type(made).__name__)}, expected one tensor"
    return None, reason


def merge_nodes(graph: fx.Graph, join: Join, values: list[fx.Node], shape: Shape, place: Callable[[nn.Module], str]) -> fx.Node:
    """Enter a merge into a graph of torch.fx.

    Parameters
    ----------
    graph
        Receives the calls; each says where it belongs in ``meta["where"]``.
    join
        What is merged.
    values
        The inputs, in the order of the operands.
    shape
        Shape behind the join.
    place
        Puts the module of a merge of one's own into the network and returns its path.
    """
    if join.merge == "concat":
        return _at(join, graph.call_function(torch.cat, (values,), {"dim": 2 if len(shape) == SEQUENCE else 1}))
    own = merge_of(join)
    if own is None or own.function is None:
        binary = MERGES[join.merge]
        return reduce(lambda a, b: _at(join, graph.call_function(binary, (a, b))), values)
    path = place(Merged(own.function))
    return reduce(lambda a, b: _at(join, graph.call_module(path, (a, b))), values)


def _at(join: Join, node: fx.Node) -> fx.Node:
    node.meta["where"] = join.position
    return node
