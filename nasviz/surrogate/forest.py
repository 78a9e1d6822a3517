"""Many terms as arrays, level by level, so that what concerns each node is one operation for all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from nasviz.algebra import Term
from nasviz.surrogate.alphabet import Alphabet
from nasviz.surrogate.wl import Ints


def depths(size: np.ndarray) -> Ints:
    """Return the depth of each node of terms in preorder, one term after the other, from the sizes of the subterms, ``(n,)``.

    >>> depths(np.array([3, 1, 1, 1])).tolist()
    [0, 1, 1, 0]
    """
    here = np.arange(len(size))
    # what begins before a node is above it, unless it has ended
    return here - np.cumsum(np.bincount(here + size, minlength=len(size) + 1))[: len(size)]


class Forest:
    """A batch of terms in breadth-first order: all roots, then all their operands, and so on.

    The operands of a node stand side by side, and so do the nodes of one depth.

    Parameters
    ----------
    terms
        The terms.
    alphabet
        Numbers of operators.
    numbers
        The operators of each term in preorder as such numbers; worked out when None.

    Attributes
    ----------
    terms
        The terms.
    operator, arity, owner, index : int64 arrays (n,)
        For each node the number of its operator, its number of operands, its term and its place in the preorder of it.
    first, rank, parent : int64 arrays (n,)
        For each node its first operand, which operand it is, and whose; the parent of a root is -1.
    bounds : list of int, length height + 1
        Nodes of depth d are ``bounds[d]`` … ``bounds[d + 1] - 1``.
    """

    def __init__(self, terms: Sequence[Term], alphabet: Alphabet, numbers: Sequence[Ints] | None = None) -> None:
        self.terms = list(terms)
        self.alphabet = alphabet
        lengths = np.array([len(term) for term in terms], dtype=np.int64)
        n = int(lengths.sum())
        numbers = [alphabet.numbers(term) for term in terms] if numbers is None else numbers
        operator = np.concatenate([np.empty(0, np.int64), *numbers])
        arity = np.concatenate([np.empty(0, np.int32), *(term.arity for term in terms)]).astype(np.int64)
        size = np.concatenate([np.empty(0, np.int32), *(term.size for term in terms)])
        here = np.arange(n)
        depth = depths(size)
        order = np.argsort(
            depth.astype(np.uint16) if n and depth.max() < 2**16 else depth, kind="stable"
        )  # 16 bits: no comparisons
        owner = np.repeat(np.arange(len(terms)), lengths)
        starts = np.cumsum(lengths) - lengths
        self.operator, self.arity, self.owner = operator[order], arity[order], owner[order]
        self.index = order - starts[self.owner]
        self.first = len(terms) + np.cumsum(self.arity) - self.arity
        self.parent = np.concatenate([np.full(len(terms), -1), np.repeat(here, self.arity)])
        self.rank = here - self.first[self.parent]
        self.rank[: len(terms)] = 0
        self.bounds: list[int] = [0, *np.cumsum(np.bincount(depth)).tolist()]

    def __len__(self) -> int:
        return len(self.operator)

    @property
    def height(self) -> int:
        """Number of depths."""
        return len(self.bounds) - 1

    @cached_property
    def kind(self) -> Ints:
        """Kind of each node's operator, int64 (n,)."""
        return self.alphabet.tables.kind[self.operator]

    def at(self, depth: int) -> slice:
        """The nodes of a depth."""
        return slice(self.bounds[depth], self.bounds[depth + 1])
