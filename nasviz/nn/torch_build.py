"""The torch module of an architecture: an ``fx.GraphModule`` whose submodules are named by position."""

from __future__ import annotations

import operator
import secrets
from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

import torch
from torch import fx, nn

from nasviz.algebra import position_text
from nasviz.errors import BuildError
from nasviz.graph import Join
from nasviz.nn.image_modules import BINARY
from nasviz.nn.primitive import SEQUENCE, Primitive, Shape
from nasviz.nn.shapes import Site, Where, visit

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["module_path", "to_torch"]

MERGES: dict[str, Callable[..., Any]] = {
    "sum": operator.add,
    "mul": operator.mul,
    "max": torch.maximum,
    "min": torch.minimum,
    **BINARY,
}
"""Torch meaning of the merges of equal shapes; concat stands along the channels."""


def to_torch(arch: Architecture, seed: int | None = None) -> fx.GraphModule:
    """Build the network of an architecture, stem and head included.

    The module of the operator at position (0, 2, 1) is ``net._0._2._1.own``, of () ``net.own``, beside ``net.stem`` and
    ``net.head``; they are registered in forward order. Parts that no path from input to output uses are absent. No two places
    share a module.

    Parameters
    ----------
    arch : Architecture
    seed : int, optional
        Makes the weights reproducible; None draws a fresh one. Torch's global random state stays as it was.

    Returns
    -------
    torch.fx.GraphModule
        (B, C, H, W) -> (B, num_classes), in training mode.

    Raises
    ------
    ShapeError, BuildError
        As :func:`infer_shapes`; BuildError also when a factory returns one module twice.
    """
    net, graph = fx.GraphModule(nn.Module(), fx.Graph(), class_name="Network"), fx.Graph()
    x = graph.placeholder("x")
    built: dict[int, Where] = {}

    def enter(site: Site, value: fx.Node | None) -> fx.Node:
        module = site.meaning.build(site.shape_in, arch.space.num_classes, site.values)
        if isinstance(site.operator, Primitive):
            _check_new(module, site, built)
        path = module_path(site.where)
        _place(net, path, module)
        return _at(site.where, graph.call_module(path, (x if value is None else value,)))

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(secrets.randbits(63) if seed is None else seed)
        value, _ = visit(arch, enter, lambda join, values, shape: _merge(graph, join, values, shape))
    graph.output(value)
    net.graph = graph
    return net


def module_path(where: Where) -> str:
    """The name of a module inside the network.

    Examples
    --------
    >>> module_path((0, 2, 1)), module_path(()), module_path("stem")
    ('_0._2._1.own', 'own', 'stem')
    """
    if isinstance(where, str):
        return where
    return ".".join([*(f"_{k}" for k in where), "own"])


def _merge(graph: fx.Graph, join: Join, values: list[fx.Node], shape: Shape) -> fx.Node:
    if join.merge == "concat":
        return _at(join.position, graph.call_function(torch.cat, (values,), {"dim": 2 if len(shape) == SEQUENCE else 1}))
    binary = MERGES.get(join.merge)
    if binary is None:
        raise BuildError(
            f"the merge {join.merge!r} at {position_text(join.position)} has no torch meaning; known are "
            f"{', '.join(MERGES)} and concat",
            join.position,
        )
    return reduce(lambda a, b: _at(join.position, graph.call_function(binary, (a, b))), values)


def _at(where: Where, node: fx.Node) -> fx.Node:
    """The node, which now says where in the term it belongs (``node.meta["where"]``)."""
    node.meta["where"] = where
    return node


def _place(root: nn.Module, path: str, module: nn.Module) -> None:
    *parts, last = path.split(".")
    for part in parts:
        child = root._modules.get(part)
        if child is None:
            child = nn.Module()
            root.add_module(part, child)
        root = child
    root.add_module(last, module)


def _check_new(module: nn.Module, site: Site, built: dict[int, Where]) -> None:
    for part in (*module.modules(), *module.parameters()):
        first = built.setdefault(id(part), site.where)
        if first != site.where:
            raise BuildError(
                f"{site.operator.name} at {_text(site.where)} returned the module that already stands at {_text(first)}: "
                "weights would be shared by accident; make a new module inside the function",
                () if isinstance(site.where, str) else site.where,
            )


def _text(where: Where) -> str:
    return where if isinstance(where, str) else position_text(where)
