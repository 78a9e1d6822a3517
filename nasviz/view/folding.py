"""Which subterms a picture draws as one: what a person folds and opens, and what is folded for lack of room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasviz.algebra import Position, Term
from nasviz.errors import NasvizError
from nasviz.graph import Topology

SPELLED = 80_000
"""Child indices that the positions of a picture have together; a chain of 400 nodes has so many."""


@dataclass(frozen=True)
class Folding:
    """What a person folded and opened, by position.

    Attributes
    ----------
    folded
        Subterms that are drawn as one.
    opened
        Subterms that are drawn open although the picture is large.
    unrolled
        Chains of equal operations that are drawn one by one, by the position of the first.
    """

    folded: frozenset[Position] = frozenset()
    opened: frozenset[Position] = frozenset()
    unrolled: frozenset[Position] = frozenset()

    def with_folded(self, positions: Sequence[Position], on: bool = True) -> Folding:
        """Return the folding with these subterms folded, or opened when `on` is False; what is inside stays as it was."""
        these = frozenset(positions)
        if not on:
            return Folding(self.folded - these, self.opened | these, self.unrolled)
        inside = {p for p in self.unrolled if any(p[: len(q)] == q for q in these)}
        return Folding(self.folded | these, self.opened - these, self.unrolled - inside)

    def with_unrolled(self, position: Position) -> Folding:
        """Return the folding with the chain that begins at a position drawn one by one."""
        return Folding(self.folded, self.opened, self.unrolled | {position})


def foldable(term: Term, i: int, values: bool = False) -> bool:
    """Whether node `i` can be drawn as one: it has operands on edges; with `values`, it has any operands."""
    return bool(term.arity[i]) and (values or isinstance(term.operators[i], Topology))


def nearest_foldable(term: Term, i: int) -> int:
    """Return node `i` or the nearest node around it that can be folded.

    Raises
    ------
    NasvizError
        If there is none: the term is a single operation.
    """
    while not foldable(term, i):
        i = int(term.parent[i])
        if i < 0:
            raise NasvizError("there is nothing to fold: the term is a single operation")
    return i


def derived_from(labels: Sequence[Sequence[str]], name: str) -> list[int]:
    """Return the nodes at which an expansion of the nonterminal `name` starts."""
    return [i for i, row in enumerate(labels) if name in row]


@dataclass(frozen=True)
class Cut:
    """The nodes that are drawn as one, the depth from which on they are so for lack of room, or None, and how many nodes are
    drawn: with this cut and without any.
    """

    nodes: frozenset[int]
    level: int | None
    visible: int
    whole: int


def cut_of(term: Term, folding: Folding, largest: int, *, leaves: bool = False) -> Cut:
    """Return which nodes of a term a picture draws as one, so that it shows at most `largest` nodes.

    Parameters
    ----------
    term
        The term, n nodes.
    folding
        What the person folded and opened; what was opened is shown even beyond `largest`.
    largest
        Nodes to draw at most.
    leaves
        Count leaves and folded subterms only (a graph), and fold what has operands on edges only; else all nodes (a tree).
    """
    shape = _Shape.of(term, leaves)
    return _cut_with(shape, term, folding, shape.deepest(largest))


def cut_at(term: Term, folding: Folding, level: int, *, leaves: bool = False) -> Cut:
    """Return which nodes of a term a picture draws as one at a level, whatever room there is; see :func:`cut_of`.

    The level of the result is None where nothing of the term is so deep.
    """
    return _cut_with(_Shape.of(term, leaves), term, folding, level if level < term.height else None)


def _cut_with(shape: _Shape, term: Term, folding: Folding, level: int | None) -> Cut:
    if not (folding.folded or folding.opened):
        return shape.cut(level)
    index = {p: i for p, i in ((p, _index(term, p)) for p in folding.folded | folding.opened) if i >= 0}
    folded = {index[p] for p in folding.folded if p in index}
    opened = {index[p] for p in folding.opened if p in index}
    return shape.cut_by_hand(level, folded, opened)


@dataclass(frozen=True)
class _Shape:
    """What is counted of a term of n nodes; all by numpy, since every picture asks for it, whatever the size of the term.

    `can` says which nodes can be drawn as one, `counted` which are drawn as long as nothing around them is folded.
    """

    depth: NDArray[np.int32]
    size: NDArray[np.int32]
    can: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    leaves: bool

    @classmethod
    def of(cls, term: Term, leaves: bool) -> _Shape:
        arity, parent = np.asarray(term.arity), np.asarray(term.parent)
        if not leaves:
            return cls(np.asarray(term.depth), np.asarray(term.size), arity > 0, np.ones(len(arity), bool), False)
        inner = np.fromiter((isinstance(op, Topology) for op in term.operators), bool, len(arity)) & (arity > 0)
        reached = np.append(inner, True)[parent]  # the parent of the root is -1, the entry appended
        return cls(np.asarray(term.depth), np.asarray(term.size), inner, reached & ~inner, True)

    @property
    def whole(self) -> int:
        """Nodes drawn where nothing is folded."""
        return int(self.counted.sum())

    def deepest(self, largest: int) -> int | None:
        """The deepest level below which to fold so that the picture has room; None where all has room.

        Room is for so many nodes, and for their positions: an identifier spells its position, so the text of a deep picture
        grows with the product of both.
        """
        n = int(self.depth.max()) + 1
        drawn = np.bincount(self.depth[self.counted], minlength=n)
        ending = np.bincount(self.depth[self.can], minlength=n)
        spelled = np.cumsum(drawn * np.arange(n))
        shown = np.cumsum(drawn)
        if shown[-1] <= largest and spelled[-1] <= SPELLED:
            return None
        if self.leaves:
            shown, spelled = shown + ending, spelled + ending * np.arange(n)
        fits = (shown <= largest) & (spelled <= SPELLED)
        fits[0] = True
        return int(np.flatnonzero(fits)[-1])

    def cut(self, level: int | None) -> Cut:
        """What is folded at a level."""
        if level is None:
            return Cut(frozenset(), None, self.whole, self.whole)
        nodes = np.flatnonzero(self.can & (self.depth == level))
        visible = int((self.counted & (self.depth <= level)).sum()) + (len(nodes) if self.leaves else 0)
        return Cut(frozenset(nodes.tolist()), level, visible, self.whole)

    def cut_by_hand(self, level: int | None, folded: set[int], opened: set[int]) -> Cut:
        """What is folded at a level and by a person."""
        deep = self.can & (self.depth >= level) if level is not None else np.zeros_like(self.can)
        deep[list(opened)] = False
        deep[list(folded)] = self.can[list(folded)]
        size: list[int] = self.size.tolist()
        nodes: list[int] = []
        inside = np.zeros(len(size) + 1, np.int32)
        i = 0
        for k in np.flatnonzero(deep).tolist():
            if k >= i:
                nodes.append(k)
                inside[k + 1] += 1
                i = k + size[k]
                inside[i] -= 1
        visible = int((self.counted & (np.cumsum(inside)[:-1] == 0)).sum()) + (len(nodes) if self.leaves else 0)
        return Cut(frozenset(nodes), level, visible, self.whole)


def _index(term: Term, position: Position) -> int:
    try:
        return term.index(position)
    except NasvizError:
        return -1
