"""Operators as small numbers, and what wiring and labels need to know of each."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from nasviz.algebra import Operator, Sort, Term
from nasviz.graph import ZERO, Topology
from nasviz.graph.edge_list import EdgeList
from nasviz.graph.topologies import Chain
from nasviz.surrogate.wl import Hashes, Ints, label_hash

_MOST_OPERANDS = 60
_MOST_OBJECTS = 50_000


class Kind(IntEnum):
    """What an operator does to a graph.

    Operations stand on an edge. ``id`` joins two nodes and ``zero`` none. A chain and a fixed wiring whose nodes sum put their
    operands on edges. Any other topology (products, concatenations, numbers that decide the edges) needs the general way.
    """

    OPERATION = 0
    ID = 1
    ZERO = 2
    CHAIN = 3
    WIRED = 4
    OTHER = 5


class Known(NamedTuple):
    """Tables with one entry for each number: kind, hash of the name, first entry in `source` and `target`, inner nodes."""

    kind: Ints
    label: Hashes
    offset: Ints
    inner: Ints
    source: Ints
    target: Ints


class Alphabet:
    """Numbers of operators, given in the order in which they are met.

    Attributes
    ----------
    operators
        The operator of each number.
    """

    def __init__(self) -> None:
        self.operators: list[Operator] = []
        self._number: dict[Operator, int] = {}
        self._by_id: dict[int, int] = {}
        self._held: list[Operator] = []
        self._tables: Known | None = None

    def numbers(self, term: Term) -> Ints:
        """Return the number of each operator of a term, int64 ``(n,)`` in preorder."""
        ops = term.operators
        try:
            return np.fromiter(map(self._by_id.__getitem__, map(id, ops)), np.int64, len(ops))
        except KeyError:
            self._learn(ops)
            return np.fromiter(map(self._by_id.__getitem__, map(id, ops)), np.int64, len(ops))

    def _learn(self, ops: tuple[Operator, ...]) -> None:
        if len(self._held) > _MOST_OBJECTS:
            self._by_id.clear()
            self._held.clear()
        for op in {id(op): op for op in ops}.values():
            if id(op) in self._by_id:
                continue
            number = self._number.setdefault(op, len(self.operators))
            if number == len(self.operators):
                self.operators.append(op)
                self._tables = None
            self._by_id[id(op)] = number
            self._held.append(op)  # an id is only good while its object lives

    def wiring(self, number: int) -> EdgeList:
        """The edges of an operator of kind WIRED."""
        op = self.operators[number]
        assert isinstance(op, Topology)
        return op.edges((), len(op.operands))

    @property
    def tables(self) -> Known:
        """What is known of each operator."""
        if self._tables is None:
            self._tables = self._made()
        return self._tables

    def _made(self) -> Known:
        kinds = [_kind(op) for op in self.operators]
        sources: list[int] = []
        targets: list[int] = []
        offsets: list[int] = []
        inner: list[int] = []
        for number, kind in enumerate(kinds):
            offsets.append(len(sources))
            inner.append(0)
            if kind is Kind.WIRED:
                wiring = self.wiring(number)
                inner[-1] = wiring.n_nodes - 2
                sources += [u - 1 for u, _ in wiring.edges]
                targets += [v - 1 if v < wiring.n_nodes - 1 else -1 for _, v in wiring.edges]
        labels = [label_hash(op.name) for op in self.operators]
        ints = (np.array(x, dtype=np.int64) for x in (offsets, inner, [*sources, 0], [*targets, 0]))
        return Known(np.array(kinds, dtype=np.int64), np.array(labels, dtype=np.uint64), *ints)


def _kind(op: Operator) -> Kind:
    if not isinstance(op, Topology):
        if op.name == "id":
            return Kind.ID
        if op.name == "zero":
            return Kind.ZERO if op == ZERO else Kind.OTHER
        return Kind.OTHER if Sort.MAP in op.operands else Kind.OPERATION
    if type(op) is Chain and op.merge == "sum":
        return Kind.CHAIN
    if type(op) is not Topology or op.variadic or len(op.operands) > _MOST_OPERANDS:
        return Kind.OTHER
    if any(sort is not Sort.MAP for sort in op.operands):
        return Kind.OTHER
    wiring = op.edges((), len(op.operands))
    plain = wiring.wires == 0 and wiring.merge == "sum" and wiring.last in ("", "sum")
    return Kind.WIRED if plain else Kind.OTHER
