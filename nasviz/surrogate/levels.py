"""The counts of one graph of every architecture: columns, and one sparse row for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array, csr_array

from nasviz.surrogate.columns import Columns
from nasviz.surrogate.wl import Hashes, Ints


@dataclass
class Counts:
    """Weisfeiler-Lehman counts of many architectures at one level; rows and columns are only ever added.

    Attributes
    ----------
    columns
        The labels met so far.
    rows : list of (columns, counts)
        For each architecture its columns, and how often each label occurs.
    """

    columns: Columns = field(default_factory=Columns)
    rows: list[tuple[Ints, Ints]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def copy(self) -> Counts:
        """Return counts that grow on their own."""
        return Counts(self.columns.copy(), self.rows.copy())

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
        columns = self.columns.find(labels)
        rest = np.flatnonzero(columns < 0)
        found, index = np.unique(labels[rest], return_inverse=True)
        iteration = np.zeros(len(found), dtype=np.int64)
        iteration[index] = np.repeat(np.arange(len(history)), len(owner))[rest]
        columns[rest] = self.columns.add(found, iteration)[index]
        found = coo_array(
            (np.ones(len(columns), np.int64), (np.tile(owner, len(history)), columns)), shape=(size, len(self.columns))
        ).tocsr()
        found.sum_duplicates()
        counts = np.asarray(found.data, dtype=np.int64)
        columns = np.asarray(found.indices, dtype=np.int64)
        ends: list[int] = np.asarray(found.indptr).tolist()
        self.rows += [(columns[start:stop], counts[start:stop]) for start, stop in pairwise(ends)]

    def matrix(self, rows: Ints, h: int | None = None) -> csr_array:
        """Return the counts of `rows` ``(m,)`` as a sparse matrix ``(m, n)``; columns of iterations after `h` are empty."""
        chosen = [self.rows[row] for row in rows.tolist()]
        starts = np.cumsum([0, *(len(columns) for columns, _ in chosen)])
        columns = np.concatenate([np.empty(0, np.int64), *(c for c, _ in chosen)])
        counts = np.concatenate([np.empty(0, np.int64), *(n for _, n in chosen)])
        if h is not None:
            kept = self.columns.iterations[columns] <= h
            starts = np.concatenate([[0], np.cumsum(kept)])[starts]
            columns, counts = columns[kept], counts[kept]
        return csr_array((counts, columns, starts), shape=(len(chosen), len(self.columns)))
