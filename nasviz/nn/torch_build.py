"""The torch module of an architecture: an ``fx.GraphModule`` whose submodules are named by position."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import fx, nn

from nasviz.algebra import Position, position_text
from nasviz.errors import BuildError, said
from nasviz.graph import Join
from nasviz.nn.merging import merge_nodes
from nasviz.nn.primitive import Primitive, Shape
from nasviz.nn.shapes import Site, Where, visit
from nasviz.nn.sharing import Key, Share, Sharing
from nasviz.numbers import prefixed
from nasviz.spaces.edited import expect_architecture

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["module_path", "to_torch"]

BYTES = 4
"""Of one weight."""


def to_torch(arch: Architecture, seed: int | None = None, share: Share = False) -> fx.GraphModule:
    """Build the network of an architecture, stem and head included.

    The module of the operator at position (0, 2, 1) is ``net._0._2._1.own``, of () ``net.own``, beside ``net.stem`` and
    ``net.head``; they are registered in forward order. Parts that no path from input to output uses are absent. No two places
    share a module unless it is asked for.

    Parameters
    ----------
    arch : Architecture
    seed : int, optional
        Makes the weights reproducible; None draws a fresh one. Torch's global random state stays as it was.
    share : bool or "equal"
        True: every use of a ``shared`` nonterminal's draw has the same modules, weights and statistics. "equal": the operands
        of equal subterms have. Only inputs of one shape share. A shared module stands at its first position;
        :func:`shared_positions` lists the others.

    Returns
    -------
    torch.fx.GraphModule
        (B, C, H, W) -> (B, num_classes), in training mode.

    Raises
    ------
    ShapeError, BuildError
        As :func:`infer_shapes`; BuildError also when a factory returns one module twice, nothing is there to share, the
        weights exceed the memory of the machine, or the seed is no whole number.
    """
    expect_architecture(arch)
    if seed is not None and not isinstance(seed, int | np.integer):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise BuildError(f"a seed is a whole number or None, found {seed!r:.60}")
    if seed is not None and not -(2**63) <= seed < 2**64:
        raise BuildError(f"a seed is a whole number of 64 bits or None, found {seed}")
    net, graph = fx.GraphModule(nn.Module(), fx.Graph(), class_name="Network"), fx.Graph()
    x = graph.placeholder("x")
    modules = _Modules(net, arch, share)

    def enter(site: Site, value: fx.Node | None) -> fx.Node:
        node = graph.call_module(modules.path(site), (x if value is None else value,))
        node.meta["where"] = site.where
        return node

    def merge(join: Join, values: list[fx.Node], shape: Shape) -> fx.Node:
        return merge_nodes(graph, join, values, shape, lambda module: modules.merge(join, module))

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(secrets.randbits(63) if seed is None else seed)
        value, _ = visit(arch, enter, merge)
    graph.output(value)
    net.graph = graph
    net.meta["shared"] = modules.shared()
    return net


class _Modules:
    """The modules of a network, each made when the forward pass comes to it."""

    def __init__(self, net: nn.Module, arch: Architecture, share: Share) -> None:
        self.net = net
        self.num_classes = arch.space.num_classes
        self.sharing = Sharing(arch, share) if share is not False else None
        self.built: dict[int, Where] = {}
        self.first: dict[Key, Where] = {}
        self.uses: dict[Where, list[Position]] = {}
        self.parameters = 0

    def path(self, site: Site) -> str:
        """Where the module of a site stands; it is made unless another place shares it."""
        key = self.sharing.key(site) if self.sharing is not None else None
        where = self.first.get(key) if key is not None else None
        if where is None:
            module = self._make(site)
            where = site.where
            if key is not None and (any(True for _ in module.parameters()) or any(True for _ in module.buffers())):
                self.first[key] = where
        if not isinstance(site.where, str):
            self.uses.setdefault(where, []).append(site.where)
        return module_path(where)

    def _make(self, site: Site) -> nn.Module:
        self._weigh(site)
        try:
            module = site.meaning.build(site.shape_in, self.num_classes, site.values)
        except Exception as reason:  # memory that is not there, or a user's function that fails now and then
            place, line = _text(site.where), " ".join(said(reason, name=False).split())[:300]
            position = () if isinstance(site.where, str) else site.where
            raise BuildError(f"{site.operator.name} at {place} cannot be built: {line}", position) from reason
        if isinstance(site.operator, Primitive):
            _check_new(module, site, self.built)
        _place(self.net, module_path(site.where), module)
        return module

    def _weigh(self, site: Site) -> None:
        """Refuse a network before its weights, float32, fill the memory: some systems end the process without a word."""
        if torch.get_default_device().type != "cpu":
            return
        here = site.measured.parameters
        self.parameters += here
        room = physical_memory()
        if room is not None and BYTES * self.parameters > room:
            raise BuildError(
                f"{site.operator.name} at {_text(site.where)} has {prefixed(here)} parameters; the network's weights up to "
                f"there are {prefixed(BYTES * self.parameters)}B, this machine has {prefixed(room)}B of memory; "
                "arch.cost() says what each part has, without building",
                () if isinstance(site.where, str) else site.where,
            )

    def merge(self, join: Join, module: nn.Module) -> str:
        """Put the module of a merge at the position of its join."""
        path = ".".join([*(f"_{k}" for k in join.position), "merge"])
        _place(self.net, path, module)
        return path

    def shared(self) -> dict[str, tuple[Position, ...]]:
        """The positions of every module that stands for several."""
        return {module_path(where): tuple(uses) for where, uses in self.uses.items() if len(uses) > 1}


def physical_memory() -> int | None:
    """Return the bytes of memory of this machine; None where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


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
