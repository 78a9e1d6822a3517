"""Shapes by one forward pass over the graph, on the meta device: nothing is computed, no weight is allocated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeVar

import torch
from torch.utils.flop_counter import FlopCounterMode

from nasviz.algebra import Literal, Operator, Position, position_text
from nasviz.errors import BuildError, NasvizError, ShapeError, said
from nasviz.graph import Edge, Graph, Join, walk
from nasviz.nn.primitive import Meaning, Shape, channels
from nasviz.nn.primitives import meaning_of

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["Measured", "Shapes", "Site", "infer_shapes", "join_shape", "measure", "sites", "visit"]

Value = TypeVar("Value")

BATCH = 2
Where = Position | str
"""Where a module is: a position of the term, ``"stem"`` or ``"head"``."""


@dataclass(frozen=True)
class Measured:
    """What one trial run of a primitive tells: its output shape, its cost for one example, and a note.

    ``promised`` is the shape that its declaration says, where the module gives another; None where they agree.
    """

    shape: Shape
    parameters: int
    flops: int
    note: str = ""
    promised: tuple[int | None, ...] | None = None


@dataclass(frozen=True)
class Site:
    """An operator at its place: what stands there, what enters and what leaves."""

    where: Where
    operator: Operator
    meaning: Meaning
    values: tuple[int | float, ...]
    shape_in: Shape
    measured: Measured

    @property
    def shape_out(self) -> Shape:
        """Shape of one example that leaves."""
        return self.measured.shape


@dataclass(frozen=True)
class Shapes(Mapping[Where, tuple[Shape, Shape]]):
    """Input and output shape of every operation, by position; also of ``"stem"`` and ``"head"``.

    Attributes
    ----------
    sites : tuple of Site
        In forward order.
    notes : tuple of str
        Which primitives could not run on the meta device and ran once on the CPU.
    """

    sites: tuple[Site, ...]

    @cached_property
    def _by_place(self) -> dict[Where, tuple[Shape, Shape]]:
        return {site.where: (site.shape_in, site.shape_out) for site in self.sites}

    def __getitem__(self, where: Where) -> tuple[Shape, Shape]:
        return self._by_place[where]

    def __iter__(self) -> Iterator[Where]:
        return iter(self._by_place)

    def __len__(self) -> int:
        return len(self.sites)

    @property
    def output(self) -> Shape:
        """Shape of the network's output for one example, without the batch axis."""
        return self.sites[-1].shape_out

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be done on the meta device, each note once."""
        return tuple(dict.fromkeys(site.measured.note for site in self.sites if site.measured.note))


def infer_shapes(arch: Architecture) -> Shapes:
    """Shapes of one example through an architecture, stem and head included.

    Parameters
    ----------
    arch : Architecture

    Returns
    -------
    Shapes
        Mapping from position (and ``"stem"``, ``"head"``) to (input shape, output shape), each (C, H, W).

    Raises
    ------
    ShapeError
        When paths of different shapes meet, or a primitive gives another shape than it declares; names position, operator
        and both shapes.
    BuildError
        When a primitive cannot be built or run for its input, the term has an open place, or no path leads through.
    """
    return Shapes(tuple(sites(arch)))


def sites(arch: Architecture) -> list[Site]:
    """The stem, every operation of the pruned graph in forward order, and the head."""
    return visit(arch, lambda site, _: None, lambda join, values: None)[1]


def visit(
    arch: Architecture,
    enter: Callable[[Site, Value | None], Value],
    merge: Callable[[Join, list[Value]], Value],
    found: list[Site] | None = None,
) -> tuple[Value, list[Site]]:
    """One forward pass with shapes: stem, the graph's edges in topological order, head.

    Parameters
    ----------
    arch : Architecture
    enter : callable
        ``enter(site, value)`` gives the value behind an operation; the stem receives None.
    merge : callable
        ``merge(join, values)`` gives the value behind a join.
    found : list, optional
        Receives the sites one after another, so that those before an error stay.

    Returns
    -------
    value, list of Site
        The value behind the head, and the sites in forward order.
    """
    space, graph = arch.space, arch.graph()
    found = [] if found is None else found

    def step(where: Where, operator: Operator, values: tuple[int | float, ...], shape: Shape) -> Site:
        found.append(_site(where, operator, values, shape, space.num_classes))
        return found[-1]

    def edge(e: Edge, state: tuple[Shape, Value]) -> tuple[Shape, Value]:
        if e.wire:
            return state
        site = step(e.position, e.operator, _numbers(graph, e), state[0])
        return site.shape_out, enter(site, state[1])

    def join(_: int, at: Join, states: list[tuple[Shape, Value]]) -> tuple[Shape, Value]:
        return join_shape(graph, at, [s for s, _ in states]), merge(at, [v for _, v in states])

    stem = step("stem", space.stem, (), tuple(space.input_shape))
    shape, value = walk(graph, (stem.shape_out, enter(stem, None)), edge, join)
    head = step("head", space.head, (), shape)
    if head.shape_out != (space.num_classes,):
        raise ShapeError(
            f"the head {space.head.name} gives shape {head.shape_out}, the space has {space.num_classes} classes",
            (),
            space.head.name,
            (head.shape_out, (space.num_classes,)),
        )
    return enter(head, value), found


def join_shape(graph: Graph, join: Join, shapes: list[Shape]) -> Shape:
    """Shape behind a join.

    Raises
    ------
    ShapeError
        When the shapes do not fit; a sum or product needs equal ones, a concatenation equal heights and widths.
    """
    first = shapes[0]
    concat = join.merge == "concat"
    for other in shapes[1:]:
        if not (other[1:] == first[1:] if concat and len(other) == len(first) else other == first):
            name = graph.term.operator(graph.term.index(join.position)).name
            rule = "equal heights and widths" if concat else "equal shapes"
            raise ShapeError(
                f"shapes {first} and {other} meet in {name} at {position_text(join.position)}, where a {join.merge} needs "
                f"{rule}: every path must widen and halve alike",
                join.position,
                name,
                (first, other),
            )
    return (sum(channels(s) for s in shapes), *first[1:]) if concat else first


@lru_cache(maxsize=8192)
def measure(meaning: Meaning, values: tuple[int | float, ...], shape: Shape, num_classes: int) -> Measured:
    """Run a primitive once for a shape: on the meta device, or where that fails on the CPU in eval mode at batch 2.

    Raises
    ------
    NasvizError
        When it cannot be built or run there either; the sentence is the reason.
    """
    try:
        measured = _trial(meaning, values, shape, num_classes, "meta")
    except NasvizError:
        raise
    except (Exception, SystemExit) as meta_reason:  # whatever a user's module raises
        try:
            measured = _trial(meaning, values, shape, num_classes, "cpu")
        except NasvizError:
            raise
        except (Exception, SystemExit) as reason:
            raise NasvizError(_one_line(reason)) from reason
        label = getattr(meaning.factory, "__name__", "a primitive")
        note = f"{label} cannot run on the meta device ({_one_line(meta_reason)}); it ran once on the CPU"
        measured = replace(measured, note=note)
    expected = meaning.expected(shape)
    if expected is None or _fits(measured.shape, expected):
        return measured
    return replace(measured, promised=expected)


def _trial(meaning: Meaning, values: tuple[int | float, ...], shape: Shape, num_classes: int, device: str) -> Measured:
    with torch.random.fork_rng(devices=[]), torch.device(device), torch.no_grad():
        module = meaning.build(shape, num_classes, values).eval()
        with FlopCounterMode(display=False) as counter:
            y = module(torch.zeros((BATCH, *shape)))
    if not isinstance(y, torch.Tensor):
        raise NasvizError(f"it returned a {type(y).__name__}, expected one tensor")
    if y.ndim < 2 or y.shape[0] != BATCH:
        raise NasvizError(f"its output {tuple(y.shape)} has lost the batch axis of {BATCH} examples")
    if y.dtype != torch.float32:
        raise NasvizError(f"it makes float32 into {str(y.dtype).removeprefix('torch.')}; end it with .float()")
    parameters = sum(p.numel() for p in module.parameters())
    return Measured(tuple(y.shape[1:]), parameters, counter.get_total_flops() // BATCH)


def _site(where: Where, operator: Operator, values: tuple[int | float, ...], shape: Shape, num_classes: int) -> Site:
    meaning = meaning_of(operator)
    if meaning is None:
        place, position = _place(where)
        raise BuildError(
            f"{operator.name} at {place} has no torch meaning; write one: @nv.primitive def {operator.name}(c_in, c_out)",
            position,
        )
    try:
        measured = measure(meaning, values, shape, num_classes)
    except NasvizError as reason:
        place, position = _place(where)
        raise BuildError(
            f"{operator.name} at {place} cannot be built for an input of shape {shape}: {reason}", position
        ) from reason
    if measured.promised is not None:
        place, position = _place(where)
        declared = f"widen={meaning.widen}, halve={meaning.halve}"
        raise ShapeError(
            f"{operator.name} at {place} is declared {declared}, which makes {shape} into {_shown(measured.promised)}, but its "
            f"module gives {measured.shape}; declare what it does: nv.primitive(..., widen=, halve=)",
            position,
            operator.name,
            (shape, measured.shape),
        )
    return Site(where, operator, meaning, values, shape, measured)


def _place(where: Where) -> tuple[str, Position]:
    return (where, ()) if isinstance(where, str) else (position_text(where), where)


def _fits(found: Shape, expected: tuple[int | None, ...]) -> bool:
    return len(found) == len(expected) and all(e is None or e == f for f, e in zip(found, expected, strict=True))


def _shown(expected: tuple[int | None, ...]) -> str:
    return f"({', '.join('?' if n is None else str(n) for n in expected)})"


def _numbers(graph: Graph, edge: Edge) -> tuple[int | float, ...]:
    if not edge.operator.operands:
        return ()
    operands = (graph.term.operator(i) for i in graph.term.children(edge.index))
    return tuple(op.value for op in operands if isinstance(op, Literal))


def _one_line(error: BaseException) -> str:
    text = " ".join(said(error, name=False).split())
    return text if len(text) <= 300 else text[:297] + "..."
