"""Which subterms a picture draws as one: what a person folds and opens, and what is folded for lack of room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nasviz.algebra import Position, Term
from nasviz.errors import NasvizError
from nasviz.graph import Topology


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
    """The nodes that are drawn as one, and the depth from which on they are so for lack of room, or None."""

    nodes: frozenset[int]
    level: int | None
    visible: int


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
    index = {p: i for p, i in ((p, _index(term, p)) for p in folding.folded | folding.opened) if i >= 0}
    folded = {index[p] for p in folding.folded if p in index}
    opened = {index[p] for p in folding.opened if p in index}
    can = [foldable(term, i, not leaves) for i in range(len(term))]

    def at(level: int | None, inside: set[int], outside: set[int]) -> Cut:
        return _cut(term, lambda i: can[i] and (i in inside or _is_deep(term, i, level, outside)), level, leaves)

    level = None
    if at(None, set(), set()).visible > largest:
        level, high = 0, max(term.height - 1, 0)
        while level < high:
            middle = (level + high + 1) // 2
            level, high = (middle, high) if at(middle, set(), set()).visible <= largest else (level, middle - 1)
    return at(level, folded, opened)


def _is_deep(term: Term, i: int, level: int | None, opened: set[int]) -> bool:
    return level is not None and int(term.depth[i]) >= level and i not in opened


def _cut(term: Term, folds: Callable[[int], bool], level: int | None, leaves: bool) -> Cut:
    size: list[int] = term.size.tolist()
    arity: list[int] = term.arity.tolist()
    nodes: set[int] = set()
    visible = i = 0
    while i < len(size):
        if folds(i):
            nodes.add(i)
            visible += 1
            i += size[i]
            continue
        visible += not (leaves and arity[i] and isinstance(term.operators[i], Topology))
        i += 1 if not leaves or isinstance(term.operators[i], Topology) else size[i]
    return Cut(frozenset(nodes), level, visible)


def _index(term: Term, position: Position) -> int:
    try:
        return term.index(position)
    except NasvizError:
        return -1
