"""The edit distance of two terms, and which node of one is which of the other.

The algorithm of Zhang and Shasha (1989), on postorder arrays, with costs of 1 for a removed, an added and a replaced node.
What is equal at the front and the back of two rows of siblings is taken off first, which leaves the distance as it is, so that
terms that differ in one place are compared in one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from nasviz.algebra.term import Term

WORK = 2_000_000
"""Cells of the tables up to which the smallest edit is looked for (about two seconds); beyond, rows of siblings are aligned."""


@dataclass(frozen=True)
class TreeEdit:
    """Which nodes of two terms belong together.

    Attributes
    ----------
    pairs
        (i, j): node i of the first term (preorder) is node j of the second; in ascending order of both. The operators of a
        pair are equal or one replaces the other.
    distance
        Number of removed, added and replaced nodes.
    exact
        Whether no smaller edit exists; False where the terms were too large to look for it.
    """

    pairs: tuple[tuple[int, int], ...]
    distance: int
    exact: bool


def tree_edit(a: Term, b: Term, work: int = WORK) -> TreeEdit:
    """Return the smallest edit that makes one term into another: nodes are removed, added or replaced.

    Removing a node leaves its operands in its place; adding one takes neighbours as its operands.

    Parameters
    ----------
    a, b
        Terms of n and m nodes.
    work
        Cells of the tables to fill at most. Where more are needed, siblings with equal operators are paired from above.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort, Term
    >>> f, x, y = Operator("f", (Sort.MAP, Sort.MAP)), Operator("x"), Operator("y")
    >>> edit = tree_edit(Term.build(f, Term.build(x), Term.build(x)), Term.build(f, Term.build(x), Term.build(y)))
    >>> edit.distance, edit.pairs
    (1, ((0, 0), (1, 1), (2, 2)))
    """
    left, right = _Tree(a), _Tree(b)
    known: dict[tuple[object, ...], int] = {}
    left.number(known)
    right.number(known)
    pairs: list[tuple[int, int]] = []
    exact = True
    todo: list[tuple[list[int], list[int]]] = [([0], [0])]
    while todo:
        rows, columns = _trimmed(left, right, *todo.pop(), pairs)
        if len(rows) == 1 and len(columns) == 1 and left.label[rows[0]] == right.label[columns[0]]:
            pairs.append((rows[0], columns[0]))
            todo.append((left.children[rows[0]], right.children[columns[0]]))
        elif rows and columns:
            found = _zhang_shasha(left.part(rows), right.part(columns), work)
            if found is not None:
                pairs += found
                continue
            exact = False
            for r, c in _aligned(left, right, rows, columns):
                pairs.append((r, c))
                todo.append((left.children[r], right.children[c]))
    pairs.sort()
    replaced = sum(a.operators[i] != b.operators[j] for i, j in pairs)
    return TreeEdit(tuple(pairs), len(a) + len(b) - 2 * len(pairs) + replaced, exact)


class _Tree:
    """A term for comparing: numbers of operators, children, and a number for each subterm that is equal for equal ones."""

    def __init__(self, term: Term) -> None:
        self.label = term.operators
        self.size: list[int] = term.size.tolist()
        self.children: list[list[int]] = [[] for _ in self.size]
        parent: list[int] = term.parent.tolist()
        for i in range(1, len(self.size)):
            self.children[parent[i]].append(i)
        self.kind = [0] * len(self.size)

    def number(self, known: dict[tuple[object, ...], int]) -> None:
        """Give each subterm a number (`kind`) that is equal for equal ones, also of another tree with the same `known`."""
        for i in range(len(self.size) - 1, -1, -1):
            key = (self.label[i], *(self.kind[child] for child in self.children[i]))
            self.kind[i] = known.setdefault(key, len(known))

    def part(self, roots: Sequence[int]) -> _Forest:
        """The forest below some roots, in postorder, under a root of its own."""
        order: list[int] = []
        leftmost: list[int] = []
        first: dict[int, int] = {}
        for root in roots:
            stack = [(root, False)]
            while stack:
                i, seen = stack.pop()
                if seen:
                    kids = self.children[i]
                    first[i] = first[kids[0]] if kids else len(order)
                    leftmost.append(first[i])
                    order.append(i)
                else:
                    stack.append((i, True))
                    stack.extend((child, False) for child in reversed(self.children[i]))
        return _Forest([*order, -1], [*leftmost, 0], [*(self.label[i] for i in order), None])


@dataclass(frozen=True)
class _Forest:
    """Postorder arrays: nodes of the term, index of the leftmost leaf, labels; the last one is a root of its own."""

    nodes: list[int]
    leftmost: list[int]
    labels: list[object]

    @property
    def keyroots(self) -> list[int]:
        """The last node of each leftmost leaf: roots of the subtrees that need a table of their own."""
        last: dict[int, int] = {}
        for k, first in enumerate(self.leftmost):
            last[first] = k
        return sorted(last.values())


def _trimmed(
    left: _Tree, right: _Tree, rows: list[int], columns: list[int], pairs: list[tuple[int, int]]
) -> tuple[list[int], list[int]]:
    """Take equal siblings off the front and the back, and note that they belong together."""
    low, i, j = 0, len(rows), len(columns)
    while low < min(i, j) and left.kind[rows[low]] == right.kind[columns[low]]:
        low += 1
    while min(i, j) > low and left.kind[rows[i - 1]] == right.kind[columns[j - 1]]:
        i, j = i - 1, j - 1
    for r, c in [*zip(rows[:low], columns[:low], strict=True), *zip(rows[i:], columns[j:], strict=True)]:
        pairs += [(r + k, c + k) for k in range(left.size[r])]
    return rows[low:i], columns[low:j]


def _aligned(left: _Tree, right: _Tree, rows: list[int], columns: list[int]) -> list[tuple[int, int]]:
    """Siblings with equal operators, in order."""
    matcher = SequenceMatcher(None, [left.label[r] for r in rows], [right.label[c] for c in columns], autojunk=False)
    return [(rows[m.a + k], columns[m.b + k]) for m in matcher.get_matching_blocks() for k in range(m.size)]


def _zhang_shasha(a: _Forest, b: _Forest, work: int) -> list[tuple[int, int]] | None:
    """The pairs of the smallest edit of two forests; None when that takes more cells than `work`."""
    cells = sum(k - a.leftmost[k] + 1 for k in a.keyroots) * sum(k - b.leftmost[k] + 1 for k in b.keyroots)
    if cells > work:
        return None
    numbers: dict[object, int] = {}
    la = [numbers.setdefault(label, len(numbers)) for label in a.labels]
    lb = [numbers.setdefault(label, len(numbers)) for label in b.labels]
    tree = np.zeros((len(la), len(lb)), dtype=np.int32)
    for i in a.keyroots:
        for j in b.keyroots:
            _table(a, b, la, lb, i, j, tree)
    return _traced(a, b, la, lb, tree)


def _table(
    a: _Forest, b: _Forest, la: list[int], lb: list[int], i: int, j: int, tree: np.ndarray[tuple[int, int], np.dtype[np.int32]]
) -> list[list[int]]:
    """Distances of all front parts of two subtrees; the distances of their own subtrees are written into `tree`."""
    p, q = a.leftmost[i], b.leftmost[j]
    known = tree[p : i + 1, q : j + 1].tolist()
    table = [list(range(j - q + 2))]
    for x in range(p, i + 1):
        row, above = [x - p + 1], table[-1]
        whole = a.leftmost[x] == p
        base = table[a.leftmost[x] - p]
        for y in range(q, j + 1):
            k = y - q
            least = min(above[k + 1], row[k]) + 1
            if whole and b.leftmost[y] == q:
                value = min(least, above[k] + (la[x] != lb[y]))
                known[x - p][k] = value
            else:
                value = min(least, base[b.leftmost[y] - q] + known[x - p][k])
            row.append(value)
        table.append(row)
    tree[p : i + 1, q : j + 1] = known
    return table


def _traced(
    a: _Forest, b: _Forest, la: list[int], lb: list[int], tree: np.ndarray[tuple[int, int], np.dtype[np.int32]]
) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    todo = [(len(la) - 1, len(lb) - 1)]
    while todo:
        i, j = todo.pop()
        table = _table(a, b, la, lb, i, j, tree)
        p, q = a.leftmost[i], b.leftmost[j]
        x, y = i, j
        while x >= p and y >= q:
            here = table[x - p + 1][y - q + 1]
            whole = a.leftmost[x] == p and b.leftmost[y] == q
            if whole and here == table[x - p][y - q] + (la[x] != lb[y]):
                pairs.append((a.nodes[x], b.nodes[y]))
                x, y = x - 1, y - 1
            elif not whole and here == table[a.leftmost[x] - p][b.leftmost[y] - q] + int(tree[x, y]):
                todo.append((x, y))
                x, y = a.leftmost[x] - 1, b.leftmost[y] - 1
            elif here == table[x - p][y - q + 1] + 1:
                x -= 1
            else:
                y -= 1
    return [(i, j) for i, j in pairs if i >= 0 and j >= 0]
