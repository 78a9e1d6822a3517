"""The counts of one graph of every architecture: columns, and one sparse row for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array, csr_array

from nasviz.surrogate.wl import Hashes, Ints


@dataclass
class Counts:
    """Weisfeiler-Lehman counts of many architectures at one level; rows and columns are only ever added.

    Attributes
    ----------
    hashes : uint64 array (n,)
        Hash of each column.
    iterations : int64 array (n,)
        Iteration of each column.
    rows : list of (columns, counts)
        For each architecture its columns, and how often each label occurs.
    """

    hashes: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    iterations: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    rows: list[tuple[Ints, Ints]] = field(default_factory=list)
    _order: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    _slots: np.ndarray = field(default_factory=lambda: np.full(2, -1, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.rows)

    def copy(self) -> Counts:
        """Return counts that grow on their own."""
        return Counts(self.hashes, self.iterations, self.rows.copy(), self._order, self._slots.copy())

    def find(self, hashes: Hashes) -> Ints:
        """Return the column of each hash, -1 where it was never met."""
        place = np.searchsorted(self.hashes, hashes, sorter=self._order)
        columns = np.append(self._order, -1)[place]
        found = columns >= 0
        found[found] = self.hashes[columns[found]] == hashes[found]
        return np.where(found, columns, -1)

    def add(self, owner: Ints, history: Sequence[Hashes], size: int) -> None:
        """Append `size` rows.

        Parameters
        ----------
        owner
            Which of the new rows each node belongs to, ``(n,)``, 0…size − 1.
        history
            Labels of the nodes in each iteration, arrays ``(n,)``.
        """
        labels = np.concatenate(history)
        columns = self._quick(labels)
        rest = np.flatnonzero(columns < 0)
        found, index = np.unique(labels[rest], return_inverse=True)
        iteration = np.zeros(len(found), dtype=np.int64)
        iteration[index] = np.repeat(np.arange(len(history)), len(owner))[rest]
        columns[rest] = self._columns(found, iteration)[index]
        found = coo_array(
            (np.ones(len(columns), np.int64), (np.tile(owner, len(history)), columns)), shape=(size, len(self.hashes))
        ).tocsr()
        found.sum_duplicates()
        counts = np.asarray(found.data, dtype=np.int64)
        columns = np.asarray(found.indices, dtype=np.int64)
        ends: list[int] = np.asarray(found.indptr).tolist()
        self.rows += [(columns[start:stop], counts[start:stop]) for start, stop in pairwise(ends)]

    def _columns(self, found: Hashes, iteration: Ints) -> Ints:
        """Columns of the hashes `found` (ascending), those never met before numbered on."""
        columns = self.find(found)
        new = np.flatnonzero(columns < 0)
        columns[new] = len(self.hashes) + np.arange(len(new))
        place = np.searchsorted(self.hashes, found[new], sorter=self._order)
        self._order = np.insert(self._order, place, columns[new])
        self.hashes = np.concatenate([self.hashes, found[new]])
        self.iterations = np.concatenate([self.iterations, iteration[new]])
        self._keep_slots(len(self.hashes) - len(new))
        return columns

    def _quick(self, labels: Hashes) -> Ints:
        """Columns of the labels that stand alone in their slot, -1 of all others: most are found without a search."""
        if not len(self.hashes):
            return np.full(len(labels), -1)
        columns = self._slots[self._slot(labels)]
        return np.where((columns >= 0) & (self.hashes[columns] == labels), columns, -1)

    def _slot(self, labels: Hashes) -> Ints:
        """The slot of each label: its leading bits."""
        return (labels >> np.uint64(65 - len(self._slots).bit_length())).astype(np.int64)

    def _keep_slots(self, known: int) -> None:
        """Give the columns from `known` on their slots, at least four slots for each column."""
        if len(self._slots) < 4 * len(self.hashes):
            self._slots = np.full(4 << len(self.hashes).bit_length(), -1, dtype=np.int32)
            known = 0
        self._slots[self._slot(self.hashes[known:])] = np.arange(known, len(self.hashes))

    def matrix(self, rows: Ints, h: int | None = None) -> csr_array:
        """Return the counts of `rows` ``(m,)`` as a sparse matrix ``(m, n)``; columns of iterations after `h` are empty."""
        chosen = [self.rows[row] for row in rows.tolist()]
        starts = np.cumsum([0, *(len(columns) for columns, _ in chosen)])
        columns = np.concatenate([np.empty(0, np.int64), *(c for c, _ in chosen)])
        counts = np.concatenate([np.empty(0, np.int64), *(n for _, n in chosen)])
        if h is not None:
            kept = self.iterations[columns] <= h
            starts = np.concatenate([[0], np.cumsum(kept)])[starts]
            columns, counts = columns[kept], counts[kept]
        return csr_array((counts, columns, starts), shape=(len(chosen), len(self.hashes)))
