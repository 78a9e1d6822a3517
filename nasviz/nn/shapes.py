"""Shapes by one forward pass over the graph, on the meta device: nothing is computed, no weight is allocated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from nasviz.algebra import Literal, Nonterminal, Operator, Position, Sort, Term, position_text
from nasviz.errors import BuildError, NasvizError, ShapeError
from nasviz.graph import Edge, Graph, Join, Topology, walk
from nasviz.graph.graph import folded_graph
from nasviz.nn.measured import Measured, declaring, measure, shown
from nasviz.nn.meeting import Step, join_shape
from nasviz.nn.primitive import Meaning, Shape
from nasviz.nn.primitives import meaning_of
from nasviz.spaces.edited import expect_architecture

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["Measured", "Shapes", "Site", "Where", "infer_shapes", "measure", "sites", "visit"]

Value = TypeVar("Value")

Where = Position | str
"""Where a module is: a position of the term, ``"stem"`` or ``"head"``."""


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


@dataclass(frozen=True, repr=False)
class Shapes(Mapping[Where, tuple[Shape, Shape]]):
    """Input and output shape of every operation, by position; also of ``"stem"`` and ``"head"``.

    Of a partial term it holds what is known so far: nothing behind an open place, unless another path that meets it tells.

    Attributes
    ----------
    sites : tuple of Site
        In forward order.
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

    def __repr__(self) -> str:
        said = [f"  {_called(site.where)}: {site.operator.name} {site.shape_in} -> {site.shape_out}" for site in self.sites]
        return "\n".join(["Shapes", *said])

    @property
    def output(self) -> Shape | None:
        """Shape of the network's output for one example, without the batch axis; None while an open place stands before it."""
        return self.sites[-1].shape_out if self.sites[-1].where == "head" else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be done on the meta device, each note once."""
        return tuple(dict.fromkeys(site.measured.note for site in self.sites if site.measured.note))


def _called(where: Where) -> str:
    return where if isinstance(where, str) else position_text(where)


class _State(NamedTuple, Generic[Value]):
    """What arrives at a node: its shape, None where not known, its value, and the last step to it."""

    shape: Shape | None
    value: Value
    way: Step | None


def infer_shapes(arch: Architecture) -> Shapes:
    """Shapes of one example through an architecture, stem and head included, before anything is built.

    A term with open places is checked as far as it is known: operations behind an open place are left out, and a sum of an
    open and a known path has the shape of the known one. What a ``zero`` drawn later would cut off is checked as if it stays.

    Parameters
    ----------
    arch : Architecture
        Of a whole or a partial term.

    Returns
    -------
    Shapes
        Mapping from position (and ``"stem"``, ``"head"``) to (input shape, output shape), each without the batch axis: (C, H,
        W) of an image, (L, C) of a sequence, (C,) of a vector.

    Raises
    ------
    ShapeError
        When paths of different shapes meet, or a primitive gives another shape than it declares; names position, operator,
        both shapes and, where paths meet, the two paths.
    BuildError
        When a primitive cannot be built or run for its input, or no path leads through.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> infer_shapes(parse("Linear(conv, down)"))[(1,)]
    ((16, 32, 32), (32, 16, 16))
    """
    expect_architecture(arch)
    graph = _open_graph(arch.term) if arch.term.nonterminals() else arch.graph()
    return Shapes(tuple(_pass(arch, graph, lambda site, _: None, lambda join, values, shape: None, [])[1]))


def sites(arch: Architecture) -> list[Site]:
    """The stem, every operation of the pruned graph in forward order, and the head."""
    return visit(arch, lambda site, _: None, lambda join, values, shape: None)[1]


def visit(
    arch: Architecture,
    enter: Callable[[Site, Value | None], Value],
    merge: Callable[[Join, list[Value], Shape], Value],
    found: list[Site] | None = None,
) -> tuple[Value, list[Site]]:
    """One forward pass with shapes: stem, the graph's edges in topological order, head.

    Parameters
    ----------
    arch : Architecture
        Of a whole term.
    enter : callable
        ``enter(site, value)`` gives the value behind an operation; the stem receives None.
    merge : callable
        ``merge(join, values, shape)`` gives the value behind a join, which has that shape.
    found : list, optional
        Receives the sites one after another, so that those before an error stay.

    Returns
    -------
    value, list of Site
        The value behind the head, and the sites in forward order.
    """
    expect_architecture(arch)
    return _pass(arch, arch.graph(), enter, merge, [] if found is None else found)


def _pass(
    arch: Architecture,
    graph: Graph,
    enter: Callable[[Site, Value | None], Value],
    merge: Callable[[Join, list[Value], Shape], Value],
    found: list[Site],
) -> tuple[Value, list[Site]]:
    space = arch.space

    def step(where: Where, operator: Operator, values: tuple[int | float, ...], shape: Shape) -> Site:
        found.append(_site(where, operator, values, shape, space.num_classes))
        return found[-1]

    def edge(e: Edge, state: _State[Value]) -> _State[Value]:
        if e.wire or state.shape is None:
            return state
        values = _numbers(graph, e)
        if values is None:
            return _State(None, state.value, None)
        position = e.position
        site = step(position, e.operator, values, state.shape)
        way = Step(position, e.operator.name, site.shape_out != state.shape, state.way)
        return _State(site.shape_out, enter(site, state.value), way)

    def join(_: int, at: Join, states: list[_State[Value]]) -> _State[Value]:
        known = [s for s in states if s.shape is not None]
        if not known or (len(known) < len(states) and at.merge == "concat"):
            return _State(None, states[0].value, None)
        shape = join_shape(graph, at, [s.shape for s in known if s.shape is not None], [s.way for s in known])
        return _State(shape, merge(at, [s.value for s in states], shape), known[0].way)

    stem = step("stem", space.stem, (), tuple(space.input_shape))
    last = walk(graph, _State(stem.shape_out, enter(stem, None), None), edge, join)
    if last.shape is None:
        return last.value, found
    head = step("head", space.head, (), last.shape)
    if head.shape_out != (space.num_classes,):
        raise ShapeError(
            f"the head {space.head.name} gives shape {head.shape_out}, the space has {space.num_classes} classes",
            (),
            space.head.name,
            (head.shape_out, (space.num_classes,)),
        )
    return enter(head, last.value), found


def _open_graph(term: Term) -> Graph:
    """The graph of a partial term: open maps, and topologies whose numbers or merge are open, are operations."""
    ops = term.operators
    unwired = {
        int(term.parent[i])
        for i in term.nonterminals()
        if term.parent[i] >= 0 and ops[i].result is not Sort.MAP and isinstance(ops[term.parent[i]], Topology)
    }
    return folded_graph(term, unwired, {})


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
        given = declaring(shape, measured.shape)
        raise ShapeError(
            f"{operator.name} at {place} is declared {declared}, which makes {shape} into {shown(measured.promised)}, but its "
            f"module gives {measured.shape}; declare what it does: nv.primitive(..., {given})",
            position,
            operator.name,
            (shape, measured.shape),
        )
    return Site(where, operator, meaning, values, shape, measured)


def _place(where: Where) -> tuple[str, Position]:
    return (where, ()) if isinstance(where, str) else (position_text(where), where)


def _numbers(graph: Graph, edge: Edge) -> tuple[int | float, ...] | None:
    """The numbers of an operation; None where it, or one of them, is still open."""
    op = edge.operator
    if isinstance(op, Nonterminal | Topology):
        return None
    if not op.operands:
        return ()
    operands = [graph.term.operator(i) for i in graph.term.children(edge.index)]
    values = tuple(operand.value for operand in operands if isinstance(operand, Literal))
    return values if len(values) == len(operands) else None
