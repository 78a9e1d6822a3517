"""Terms as preorder arrays: a million symbols or a depth of a hundred thousand are loops, never recursion."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np

from nasviz.algebra.operator import Nonterminal, Operator
from nasviz.algebra.sorts import Sort
from nasviz.errors import NasvizError, SortError, a_or_an

_MANY = 64
_name = attrgetter("name")

Position = tuple[int, ...]
"""Address of a subterm: child indices from the root, ``()`` for the root."""

Ints = np.ndarray[tuple[int], np.dtype[np.int32]]


def position_text(position: Position) -> str:
    """Return a position as people read it: "(0, 2)", "the root".

    >>> position_text((0, 2)), position_text(())
    ('(0, 2)', 'the root')
    """
    if not position:
        return "the root"
    return f"({', '.join(map(str, position))}{',' if len(position) == 1 else ''})"


class Term:
    """An immutable term over operators, in preorder.

    Node ``i`` of a term with ``n`` nodes is the i-th symbol of its text. Two terms are equal when their operators and their
    structure are.

    Attributes
    ----------
    operators : tuple of Operator, length n
    arity : int32 array (n,)
        Number of operands of each node.
    size : int32 array (n,)
        Number of nodes of the subterm at each node.
    """

    __slots__ = ("__dict__", "arity", "operators", "size")

    def __init__(self, operators: tuple[Operator, ...], arity: Ints, size: Ints) -> None:
        self.operators = operators
        self.arity = arity
        self.size = size
        self.arity.flags.writeable = False
        self.size.flags.writeable = False

    @classmethod
    def from_preorder(cls, operators: Sequence[Operator], arities: Sequence[int] | Ints) -> Term:
        """Make a term from its symbols and their numbers of operands, both in preorder, each of length n.

        Raises
        ------
        NasvizError
            If the arrays do not describe exactly one term.
        SortError
            If an operator does not accept its number of operands, or an operand has the wrong sort.
        """
        ops = tuple(operators)
        arity = np.asarray(arities, dtype=np.int32)
        if len(ops) != len(arity) or not ops:
            raise NasvizError(f"a term needs one arity for each symbol, found {len(ops)} symbols and {len(arity)} arities")
        term = cls(ops, arity, subterm_sizes(arity.tolist()))
        term._check_sorts()
        return term

    @classmethod
    def build(cls, operator: Operator, *children: Term) -> Term:
        """Return the term that applies `operator` to `children`.

        >>> from nasviz.algebra import Operator, Sort
        >>> f = Operator("f", (Sort.MAP, Sort.MAP)); x = Operator("x")
        >>> str(Term.build(f, Term.build(x), Term.build(x)))
        'f(x, x)'
        """
        ops = [operator]
        arities = [len(children)]
        for child in children:
            ops.extend(child.operators)
            arities.extend(child.arity.tolist())
        return cls.from_preorder(ops, arities)

    def _check_sorts(self) -> None:
        stack: list[tuple[int, int]] = []  # (node, operands still to come)
        for i, (op, n) in enumerate(zip(self.operators, self.arity.tolist(), strict=True)):
            if not op.accepts(n):
                at = position_text(self.position(i))
                raise SortError(f"{op.name} at {at} takes {op.arity_text}, found {n}", self.position(i))
            if stack:
                parent, left = stack[-1]
                whole = self.operators[parent]
                self._check_operand(i, whole, int(self.arity[parent]) - left, op)
                stack[-1] = (parent, left - 1)
            if n:
                stack.append((i, n))
            while stack and stack[-1][1] == 0:
                stack.pop()

    def _check_operand(self, i: int, parent: Operator, k: int, op: Operator) -> None:
        wanted = parent.sort_of(k)
        if op.result is not wanted and not (wanted is Sort.FLOAT and op.result is Sort.INT):
            at = position_text(self.position(i))
            raise SortError(
                f"operand {k + 1} of {parent.name} at {at} must be {a_or_an(wanted)}, found {op.name}, {a_or_an(op.result)}",
                self.position(i),
            )

    def __len__(self) -> int:
        return len(self.operators)

    def operator(self, i: int) -> Operator:
        """The operator of node `i`."""
        return self.operators[i]

    @cached_property
    def parent(self) -> Ints:
        """Parent of each node, int32 array (n,); -1 for the root."""
        parents = np.full(len(self), -1, dtype=np.int32)
        stack: list[list[int]] = []
        for i, n in enumerate(self.arity.tolist()):
            if stack:
                parents[i] = stack[-1][0]
                stack[-1][1] -= 1
                while stack and stack[-1][1] == 0:
                    stack.pop()
            if n:
                stack.append([i, n])
        return _frozen(parents)

    @cached_property
    def depth(self) -> Ints:
        """Number of operators above each node, int32 array (n,); 0 for the root."""
        depths = [0] * len(self)
        for i, p in enumerate(self.parent.tolist()[1:], start=1):
            depths[i] = depths[p] + 1
        return _frozen(np.array(depths, dtype=np.int32))

    @property
    def height(self) -> int:
        """Number of operators on the longest path from the root; 1 for a single operator."""
        return int(self.depth.max()) + 1

    def children(self, i: int) -> list[int]:
        """The nodes of the operands of node `i`, in order."""
        nodes: list[int] = []
        child = i + 1
        for _ in range(int(self.arity[i])):
            nodes.append(child)
            child += int(self.size[child])
        return nodes

    @cached_property
    def _child_rank(self) -> list[int]:
        ranks = [0] * len(self)
        seen = [0] * len(self)
        for i, p in enumerate(self.parent.tolist()[1:], start=1):
            ranks[i] = seen[p]
            seen[p] += 1
        return ranks

    def position(self, i: int) -> Position:
        """The position of node `i`."""
        path: list[int] = []
        while i > 0:
            path.append(self._child_rank[i])
            i = int(self.parent[i])
        return tuple(reversed(path))

    def index(self, position: Position) -> int:
        """The node at a position.

        Raises
        ------
        NasvizError
            If the term has no such position; the sentence says where it ends.
        """
        i = 0
        for level, k in enumerate(position):
            if not 0 <= k < int(self.arity[i]):
                here = position_text(tuple(position[:level]))
                raise NasvizError(
                    f"no position {position_text(tuple(position))}: {self.operators[i].name} at {here} "
                    f"has {int(self.arity[i])} operands"
                )
            i += 1
            for _ in range(k):
                i += int(self.size[i])
        return i

    def subterm(self, i: int) -> Term:
        """The subterm at node `i`."""
        stop = i + int(self.size[i])
        return Term(self.operators[i:stop], self.arity[i:stop].copy(), self.size[i:stop].copy())

    def replace(self, i: int, other: Term) -> Term:
        """Return this term with the subterm at node `i` replaced by `other`.

        Raises
        ------
        SortError
            If `other` does not have the sort that stands there.
        """
        stop = i + int(self.size[i])
        ops = (*self.operators[:i], *other.operators, *self.operators[stop:])
        arity = np.concatenate([self.arity[:i], other.arity, self.arity[stop:]])
        return Term.from_preorder(ops, arity)

    def nonterminals(self) -> list[int]:
        """The nodes that are open places, in preorder."""
        if not any(issubclass(kind, Nonterminal) for kind in set(map(type, self.operators))):
            return []
        return [i for i, op in enumerate(self.operators) if isinstance(op, Nonterminal)]

    @cached_property
    def _printed(self) -> tuple[str, Ints, Ints]:
        return _print(self)

    @property
    def text(self) -> str:
        """The term as written: ``f(x, g(y))``."""
        return self._printed[0]

    @property
    def start(self) -> Ints:
        """First character of each subterm in `text`, int32 array (n,)."""
        return self._printed[1]

    @property
    def stop(self) -> Ints:
        """Character after each subterm in `text`, int32 array (n,)."""
        return self._printed[2]

    @cached_property
    def digest(self) -> str:
        """Hex sha256 of the text: equal in every process."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the term as JSON data with a schema version; :func:`nasviz.algebra.term_from_json` reads it."""
        return {"v": 1, "kind": "term", "term": self.text}

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        text = self.text
        return f"Term({text if len(text) <= 200 else text[:197] + '...'!s})"

    def __iter__(self) -> Iterator[Operator]:
        return iter(self.operators)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Term):
            return NotImplemented
        return self is other or (self.operators == other.operators and np.array_equal(self.arity, other.arity))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((tuple(map(_name, self.operators)), self.arity.tobytes()))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Term, (self.operators, np.array(self.arity), np.array(self.size)))


def _frozen(array: Ints) -> Ints:
    array.flags.writeable = False
    return array


def subterm_sizes(arity: list[int]) -> Ints:
    """Sizes of subterms from arities in preorder.

    A subterm ends where as many symbols as were wanted since its beginning have come; of many symbols all ends are looked up at
    once. What is no term is walked from the right with a stack of finished subterms, which says what is wrong.
    """
    if len(arity) >= _MANY:
        operands = np.array(arity, dtype=np.int64)
        wanted = np.concatenate([[0], np.cumsum(operands - 1)])
        if wanted[-1] == -1 and wanted[:-1].min() >= 0 and operands.min() >= 0:
            order = np.argsort(wanted, kind="stable")
            here = np.arange(len(arity))
            keys = wanted[order] * (len(arity) + 1) + order
            ends = np.searchsorted(keys, (wanted[:-1] - 1) * (len(arity) + 1) + here)
            return (order[ends] - here).astype(np.int32)
    sizes = [0] * len(arity)
    done: list[int] = []
    for i in range(len(arity) - 1, -1, -1):
        n = arity[i]
        if n > len(done) or n < 0:
            raise NasvizError(f"symbol {i} wants {n} operands, but the term ends before they do")
        total = 1
        for _ in range(n):
            total += done.pop()
        sizes[i] = total
        done.append(total)
    if len(done) != 1:
        raise NasvizError(f"one term expected, found {len(done)} side by side")
    return np.array(sizes, dtype=np.int32)


def _print(term: Term) -> tuple[str, Ints, Ints]:
    n = len(term)
    parts: list[str] = []
    start = [0] * n
    stop = [0] * n
    at = 0
    stack: list[list[int]] = []  # [node, operands still to come]
    for i, (op, k) in enumerate(zip(term.operators, term.arity.tolist(), strict=True)):
        start[i] = at
        parts.append(op.name)
        at += len(op.name)
        if k:
            parts.append("(")
            at += 1
            stack.append([i, k])
            continue
        stop[i] = at
        while stack:
            stack[-1][1] -= 1
            if stack[-1][1]:
                parts.append(", ")
                at += 2
                break
            parts.append(")")
            at += 1
            stop[stack.pop()[0]] = at
    return "".join(parts), _frozen(np.array(start, dtype=np.int32)), _frozen(np.array(stop, dtype=np.int32))
