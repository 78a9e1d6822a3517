"""Attributes of terms that follow the paths of their graphs: is there one, and how long is it?

A topology folds its operands from left to right: the state holds what arrives at the nodes that are still needed, and the few
operands that stand before what they wait for. So a cell of six operands costs six steps, not 2^6.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal as Choice
from typing import NamedTuple, cast

from nasviz.algebra import Attribute, Literal, Operator, Sort, Term
from nasviz.algebra.arguments import expect_term
from nasviz.graph.merges import ASSOCIATIVE
from nasviz.graph.topologies import ZERO, Generator, Topology

LOST = "lost"
"""Value of a path that cannot be: inputs of a join that differ, or an operand missing where every one is needed."""

ZEROS = "zeros"
"""Value of a ``zero`` that is reached: no path leads through it, but a merge that needs every input gets zeros from it."""

_LOST_ZEROS = "lost zeros"
"""A ``zero`` behind a path that cannot be: ignored by a sum, a fault where every input is needed."""

_FAR = 1024
_CUT, _GAP = "cut", "gap"
_ZEROS_OF = "zeros of "
"""Nothing but zeros at a merge that would need every input; one of the same kind around it takes the inputs as its own."""

_NOTHING = (_GAP, ZEROS, None)

Length = int | float | str | None
"""Value of a subterm of sort map: None where no path leads through it, :data:`ZEROS`, :data:`LOST`, or a number."""


class _State(NamedTuple):
    op: Operator
    n: int
    values: tuple[Hashable, ...]
    nodes: tuple[tuple[int, Length], ...]
    waiting: tuple[tuple[int, Length], ...]


class _Plan(NamedTuple):
    """Of one wiring: edges, which to apply after reading each map operand, what may then be forgotten, kinds of joins."""

    edges: tuple[tuple[int, int], ...]
    apply: tuple[tuple[int, ...], ...]
    forget: tuple[frozenset[int], ...]
    joins: frozenset[int]
    merge: str
    last: str
    sink: int

    def merge_at(self, node: int) -> str:
        return self.last if node == self.sink else self.merge


def _nothing(op: Operator) -> int:
    return 0


def _plan(op: Operator, values: tuple[Hashable, ...], n_maps: int) -> _Plan:
    """The plan of a topology; generators of other code are equal, so their function is asked for, too."""
    return _planned(cast(Topology, op), op.function if isinstance(op, Generator) else None, values, n_maps)


@lru_cache(maxsize=1024)
def _planned(op: Topology, function: object, values: tuple[Hashable, ...], n_maps: int) -> _Plan:
    wiring = op.edges(cast("tuple[int | float | str, ...]", values), n_maps)
    into: dict[int, list[int]] = {}
    for k, (_, v) in enumerate(wiring.edges):
        into.setdefault(v, []).append(k)
    time = [0] * len(wiring.edges)
    for k in wiring.order:
        time[k] = max([k if k < n_maps else 0, *(time[j] for j in into.get(wiring.edges[k][0], ()))])
    apply: list[list[int]] = [[] for _ in range(n_maps)]
    last: dict[int, int] = {}
    for k in wiring.order:
        apply[time[k]].append(k)
        source = wiring.edges[k][0]
        last[source] = max(last.get(source, 0), time[k])
    forget: list[set[int]] = [set() for _ in range(n_maps)]
    for node, at in last.items():
        forget[at].add(node)
    return _Plan(
        wiring.edges,
        tuple(map(tuple, apply)),
        tuple(map(frozenset, forget)),
        wiring.joins,
        wiring.merge,
        wiring.merge_at(wiring.n_nodes - 1),
        wiring.n_nodes - 1,
    )


@dataclass(frozen=True)
class Paths(Attribute):
    """What the operators on a path from input to output come to; all paths that join must agree.

    ``zero`` has no path. A sum ignores an input that no path reaches; a product with such an input has no path itself; any
    other merge cannot do without it, but takes the zeros of a ``zero`` that is reached.

    Parameters
    ----------
    each
        Number of an operator without map operands, 0 by default; None where nothing is known of it.
    along
        "sum" adds the numbers along a path, "product" multiplies them.
    sees
        What comparisons see: the "number"; whether there is a path, "connected"; whether there is none, "zero".

    Examples
    --------
    >>> from nasviz.algebra import Term
    >>> from nasviz.graph import LINEAR, RESIDUAL2
    >>> halvings = Paths("halvings", each=lambda op: int(op.name == "down"))
    >>> down, skip = Term.build(Operator("down")), Term.build(Operator("id"))
    >>> halvings.of(Term.build(LINEAR, down, down)), halvings.of(Term.build(RESIDUAL2, down, skip, skip))
    (2, 'lost')
    """

    each: Callable[[Operator], int | float | None] = _nothing
    along: Choice["sum", "product"] = "sum"
    sees: Choice["number", "connected", "zero"] = "number"

    @property
    def flag(self) -> bool:
        """Whether it is about having a path at all."""
        return self.sees != "number"

    @property
    def unit(self) -> int:
        """The number of an empty path."""
        return 1 if self.along == "product" else 0

    def start(self, op: Operator, n: int) -> Hashable:
        """Return the state of a topology whose source is reached, or the value of any other operator."""
        if op.result is not Sort.MAP:
            return (op.value if isinstance(op, Literal) else op.name,)
        if isinstance(op, Topology) and n:
            return _State(op, n, (), ((0, self.unit),), ())
        if op == ZERO:
            return (ZEROS,)
        each = self.each(op)
        return (LOST,) if each is None or Sort.MAP in op.operands else (self._capped(each),)

    def _capped(self, n: float) -> int | float:
        return n if self._cap is None or n < self._cap else self._cap

    @property
    def _cap(self) -> int | None:
        """The cap; that of a product is far above, because a factor below 1 may lead down again."""
        return self.most if self.most is None or self.along == "sum" else self.most * _FAR

    def step(self, state: Hashable, value: Hashable, place: int) -> Hashable:
        """Read an operand."""
        if not isinstance(state, _State):
            return state
        op, n, values, nodes, waiting = state
        fixed = sum(sort is not Sort.MAP for sort in op.operands)
        if op.sort_of(place) is not Sort.MAP:
            values = (*values, value)
            state = _State(op, n, values, nodes, waiting)
            return self._catch_up(state) if len(values) == fixed and waiting else state
        at = place - len(values)
        waiting = (*waiting, (at, cast("Length", value)))
        state = _State(op, n, values, nodes, waiting)
        return self._apply(state, (at,)) if len(values) == fixed else state

    def _catch_up(self, state: _State) -> _State:
        return self._apply(state, range(len(state.waiting)))

    def _apply(self, state: _State, read: range | tuple[int, ...]) -> _State:
        """Apply the edges that may be applied once the map operands `read` are there; a wire changes nothing."""
        op, n, values, _, _ = state
        plan = _plan(op, values, n - len(values))
        nodes, waiting = dict(state.nodes), dict(state.waiting)
        for at in read:
            for k in plan.apply[at]:
                u, v = plan.edges[k]
                through = self._through(_at(nodes.get(u)), _placed(waiting.pop(k, self.unit), plan, v))
                nodes[v] = self._join(nodes[v], through, plan, v) if v in nodes else self._first(through, plan, v)
            for node in plan.forget[at]:
                nodes.pop(node, None)
        return _State(op, n, values, tuple(sorted(nodes.items())), tuple(sorted(waiting.items(), key=lambda item: item[0])))

    def _through(self, before: Length, edge: Length) -> Length:
        """Return what an edge makes of what arrives at its source."""
        if before is None or edge is None or _dead(before):
            return None
        if _dead(edge):
            return _LOST_ZEROS if before == LOST else edge
        if isinstance(before, str) or isinstance(edge, str) or (before == self._cap and edge < 1 and self.along == "product"):
            return LOST
        return self._capped(before * edge if self.along == "product" else before + edge)

    def _first(self, new: Length, plan: _Plan, node: int) -> Length:
        """Return what one input of a node comes to."""
        if node not in plan.joins or plan.merge_at(node) == "sum":
            return None if node in plan.joins and _dead(new) else new
        if plan.merge_at(node) == "mul":
            return _CUT if _dead(new) else new
        return _GAP if new is None else LOST if new == _LOST_ZEROS else new

    def _join(self, old: Length, new: Length, plan: _Plan, node: int) -> Length:
        """Return what two inputs of a node come to."""
        new = self._first(new, plan, node)
        if old == _CUT or new == _CUT:
            return _CUT
        if old == _GAP or new == _GAP:
            return LOST if old not in _NOTHING or new not in _NOTHING else _GAP
        if old is None or old == ZEROS:
            return new
        if new is None or new == ZEROS:
            return old
        if isinstance(old, str) or isinstance(new, str):
            return LOST
        if self.along == "product" and plan.merge_at(node) == "concat":
            return self._capped(old + new)
        return old if old == new else LOST

    def finish(self, state: Hashable) -> Hashable:
        """Return what arrives at the sink."""
        if not isinstance(state, _State):
            assert isinstance(state, tuple)
            return state[0]
        plan = _plan(state.op, state.values, state.n - len(state.values))
        value = _at(dict(state.nodes).get(plan.sink))
        if value == ZEROS and plan.sink in plan.joins:
            return _ZEROS_OF + plan.last
        return value

    def number(self, value: Hashable) -> int | float | None:
        """Return the number of a path, or 1 or 0 for what is true or false."""
        if self.sees == "zero":
            return int(_dead(value))
        if self.sees == "connected":
            return int(isinstance(value, int | float))
        return value if isinstance(value, int | float) else None

    def everywhere(self, op: Operator) -> bool:
        """Whether `op` is a topology, for "connected": every cell must keep a path, not only the whole."""
        return self.sees == "connected" and isinstance(op, Topology)


def _dead(value: Hashable) -> bool:
    """Whether nothing but zeros is there."""
    return value in (None, ZEROS, _LOST_ZEROS) or (isinstance(value, str) and value.startswith(_ZEROS_OF))


def _placed(value: Length, plan: _Plan, node: int) -> Length:
    """Return the value of an operand that leads to a node; zeros of a merge become one with those of the same kind around."""
    if not isinstance(value, str) or not value.startswith(_ZEROS_OF):
        return value
    merge = value.removeprefix(_ZEROS_OF)
    if node in plan.joins:
        return ZEROS if plan.merge_at(node) == merge and merge in ASSOCIATIVE else None
    return value if node == plan.sink else None


def _at(value: Length) -> Length:
    return None if value in (_CUT, _GAP) else value


def is_connected(term: Term) -> bool:
    """Whether a path leads from the input to the output of a closed term.

    >>> from nasviz.graph import LINEAR, RESIDUAL2
    >>> conv, zero = Term.build(Operator("conv")), Term.build(ZERO)
    >>> is_connected(Term.build(RESIDUAL2, conv, zero, conv)), is_connected(Term.build(LINEAR, conv, zero))
    (True, False)
    """
    expect_term(term)
    return bool(CONNECTED.number(CONNECTED.of(term)))


CONNECTED = Paths("connected", sees="connected")
"""Whether a path leads from input to output, through every topology and through the whole."""

NO_PATH = Paths("zero", sees="zero")
"""Whether the term gives nothing but zeros, because no path leads through it."""
