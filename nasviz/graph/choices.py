"""Topologies whose numbers choose their edges: the cells of DARTS (Liu et al. 2019)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nasviz.algebra import Attribute, Literal, Operator, Sort
from nasviz.errors import NasvizError
from nasviz.graph.edge_list import EdgeList
from nasviz.graph.topologies import Topology

_NODES = 4
_ORDERED, _UNORDERED = "ordered", "unordered"


@dataclass(frozen=True)
class ChosenInputs(Topology):
    """A cell of DARTS: each of four nodes sums two operations, and numbers say from which earlier nodes they come.

    Operands: the maps from the input to node 0 and to node 1; for each node 2 … 5 twice an operation and the number of the
    node where it begins. The output puts the nodes 2 … 5 side by side.
    """

    def _read(self) -> EdgeList | None:
        return None

    def edges(self, values: Sequence[int | float | str] = (), n_maps: int | None = None) -> EdgeList:
        """Return the wiring for the eight numbers of the inputs.

        Raises
        ------
        NasvizError
            If these are not eight numbers, or one is no earlier node.

        Examples
        --------
        >>> NORMAL_CELL.edges([0, 1, 0, 2, 2, 3, 0, 4]).edges[2:6]
        ((1, 3), (2, 3), (1, 4), (3, 4))
        """
        return _wiring(tuple(values))


@lru_cache(maxsize=4096)
def _wiring(values: tuple[int | float | str, ...]) -> EdgeList:
    if len(values) != 2 * _NODES:
        raise NasvizError(f"a cell of DARTS takes {2 * _NODES} numbers of inputs, found {len(values)}")
    edges = [(0, 1), (0, 2)]
    for k, value in enumerate(values):
        node = 2 + k // 2
        if not isinstance(value, int) or not 0 <= value < node:
            raise NasvizError(f"operations into node {node} begin at nodes 0 to {node - 1}, found {value}")
        edges.append((1 + value, 1 + node))
    sink = 3 + _NODES
    edges += [(node, sink) for node in range(3, sink)]
    order, joins = tuple(range(len(edges))), frozenset(range(3, sink + 1))
    return EdgeList(sink + 1, tuple(edges), order, "sum", joins, last="concat", wires=_NODES)


def _cell(name: str, which: str) -> ChosenInputs:
    return ChosenInputs(
        name,
        (Sort.MAP, Sort.MAP, *(Sort.MAP, Sort.INT) * (2 * _NODES)),
        doc=f"The {which} cell of DARTS: four nodes, each the sum of two operations from earlier nodes that numbers choose.",
        source="Liu et al. 2019",
        notation="1>2 1>3 chosen ...",
    )


NORMAL_CELL = _cell("NormalCell", "normal")
REDUCTION_CELL = _cell("ReductionCell", "reduction")
"""``ReductionCell(narrow(2, 2), narrow(2, 2), op, 0, op, 1, op, 0, op, 2, op, 0, op, 1, op, 3, op, 4)``."""

CHOICES: tuple[Topology, ...] = (NORMAL_CELL, REDUCTION_CELL)
"""The topologies whose numbers choose their edges; two names, so that a term shows which cell is which."""


@dataclass(frozen=True)
class OrderedInputs(Attribute):
    """Whether the two inputs of each node of a DARTS cell ascend: they differ, and each pair is written in one way."""

    @property
    def flag(self) -> bool:
        """True: it is required without a comparison."""
        return True

    def start(self, op: Operator, n: int) -> Hashable:
        """Return the number of a literal; of any other operator: whether it is the cell, the verdict, the first of a pair."""
        return op.value if isinstance(op, Literal) else (isinstance(op, ChosenInputs), _ORDERED, None)

    def step(self, state: Hashable, value: Hashable, place: int) -> Hashable:
        """Read an operand: numbers come in pairs."""
        assert isinstance(state, tuple)
        cell, verdict, first = state
        if not isinstance(value, int):
            return (cell, _UNORDERED if value == _UNORDERED else verdict, first)
        if not cell:
            return state
        if first is None:
            return (cell, verdict, value)
        return (cell, verdict if first < value else _UNORDERED, None)

    def finish(self, state: Hashable) -> Hashable:
        """Return the number of a literal, or the verdict."""
        return state[1] if isinstance(state, tuple) else state

    def number(self, value: Hashable) -> int | float | None:
        """Return 1 where the inputs ascend, 0 where they do not."""
        return int(value == _ORDERED)


ORDERED_INPUTS = OrderedInputs("ordered_inputs")
"""``require ordered_inputs``: of the two inputs of each node of a DARTS cell the first has the smaller number."""
