"""A feature store: explicit Weisfeiler-Lehman counts of architectures, computed once and kept as sparse rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from nasviz.errors import BuildError
from nasviz.surrogate.operations import INPUT, OUTPUT, OperationGraph, operation_graph
from nasviz.surrogate.wl import Links, label_hash, refine

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

_MODULUS = 2**64
_hash = lru_cache(maxsize=4096)(label_hash)


class FeatureStore:
    """Rows of Weisfeiler-Lehman counts, one per architecture, addressed by row number.

    A feature is a label of one iteration: a 64-bit hash that is the same in every process. The columns of `matrix` are the
    features met so far; their number only grows and a column never changes its meaning.

    Parameters
    ----------
    h
        Number of refinement iterations, 0 or more.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> store = FeatureStore(h=0)
    >>> rows = store.rows([parse("Linear(conv3x3, relu)"), parse("Linear(conv3x3, id, relu)")])
    >>> store.matrix(rows).toarray()
    array([[1, 1, 1, 1],
           [1, 1, 1, 1]])
    """

    def __init__(self, h: int = 2) -> None:
        if h < 0:
            raise ValueError(f"h is {h}; the number of Weisfeiler-Lehman iterations is 0 or more")
        self.h = h
        self._row: dict[Architecture, int] = {}
        self._column: dict[int, int] = {}
        self._level: list[int] = []
        self._counts: list[tuple[np.ndarray, np.ndarray]] = []

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def n_features(self) -> int:
        """Number of features met so far, over all iterations."""
        return len(self._column)

    @property
    def hashes(self) -> np.ndarray:
        """Hash of each column, uint64 ``(n_features,)``."""
        return np.fromiter(self._column, dtype=np.uint64, count=len(self._column))

    @property
    def levels(self) -> np.ndarray:
        """Iteration of each column, int64 ``(n_features,)``."""
        return np.array(self._level, dtype=np.int64)

    def copy(self) -> FeatureStore:
        """Return a store with the same rows that grows on its own: candidates that are thrown away leave no trace."""
        other = FeatureStore(self.h)
        other._row, other._column = self._row.copy(), self._column.copy()
        other._level, other._counts = self._level.copy(), self._counts.copy()
        return other

    def rows(self, archs: Sequence[Architecture]) -> np.ndarray:
        """Return the row numbers ``(m,)``, int64, of `archs`; architectures not yet known are added in one batch.

        An architecture without a path from input to output is input and output with nothing between.

        Raises
        ------
        BuildError
            If an architecture has open places; no row is added then.
        """
        new = list(dict.fromkeys(arch for arch in archs if arch not in self._row))
        if new:
            self._add(new, [_operations(arch) for arch in new])
        return np.array([self._row[arch] for arch in archs], dtype=np.int64)

    def matrix(self, rows: np.ndarray, h: int | None = None) -> csr_array:
        """Return the counts of `rows` ``(m,)`` as a sparse matrix ``(m, n_features)`` of int64.

        Columns of iterations after `h` are empty; None keeps all.
        """
        chosen = [self._counts[row] for row in np.asarray(rows).tolist()]
        starts = np.cumsum([0, *(len(columns) for columns, _ in chosen)])
        columns = np.concatenate([np.empty(0, np.int64), *(c for c, _ in chosen)])
        counts = np.concatenate([np.empty(0, np.int64), *(n for _, n in chosen)])
        if h is not None and h < self.h:
            kept = self.levels[columns] <= h
            starts = np.concatenate([[0], np.cumsum(kept)])[starts]
            columns, counts = columns[kept], counts[kept]
        return csr_array((counts, columns, starts), shape=(len(chosen), self.n_features))

    def _add(self, archs: list[Architecture], graphs: list[OperationGraph]) -> None:
        links = batch(graphs)
        history = refine(links, self.h)
        owner = np.tile(links.owner, self.h + 1)
        level = np.repeat(np.arange(self.h + 1), len(links.owner))
        found, index = np.unique(np.concatenate(history), return_inverse=True)
        level_of = np.zeros(len(found), dtype=np.int64)
        level_of[index] = level
        columns = np.empty(len(found), dtype=np.int64)
        for i, (feature, its_level) in enumerate(zip(found.tolist(), level_of.tolist(), strict=True)):
            if feature not in self._column:
                self._column[feature] = len(self._column)
                self._level.append(its_level)
            columns[i] = self._column[feature]
        pairs, counts = np.unique(owner * len(self._column) + columns[index], return_counts=True)
        owners, columns_of = np.divmod(pairs, len(self._column))
        ends = np.searchsorted(owners, np.arange(len(archs) + 1))
        for i, arch in enumerate(archs):
            part = slice(ends[i], ends[i + 1])
            self._row[arch] = len(self._counts)
            self._counts.append((columns_of[part], counts[part].astype(np.int64)))


def _operations(arch: Architecture) -> OperationGraph:
    try:
        return operation_graph(arch.graph())
    except BuildError:
        if arch.term.nonterminals():
            raise
        return OperationGraph([INPUT, OUTPUT], {})


def batch(graphs: Sequence[OperationGraph]) -> Links:
    """Number the nodes of `graphs` through, for refinement in one go."""
    sizes = [len(graph.labels) for graph in graphs]
    offsets = np.cumsum([0, *sizes[:-1]])
    n_links = sum(len(graph.links) for graph in graphs)
    ends = np.fromiter((end for g in graphs for link in g.links for end in link), np.int64, 2 * n_links).reshape(-1, 2)
    shift = np.repeat(offsets, [len(graph.links) for graph in graphs])
    times = np.fromiter((n % _MODULUS for g in graphs for n in g.links.values()), np.uint64, n_links)
    labels = np.fromiter((_hash(label) for g in graphs for label in g.labels), np.uint64, sum(sizes))
    owner = np.repeat(np.arange(len(graphs)), sizes)
    return Links(labels, owner, ends[:, 0] + shift, ends[:, 1] + shift, times, len(graphs))
