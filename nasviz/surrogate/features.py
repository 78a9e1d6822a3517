"""A feature store: explicit Weisfeiler-Lehman counts of architectures, computed once and kept as sparse rows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from scipy.sparse import csr_array

from nasviz.algebra.arguments import shown
from nasviz.errors import NasvizError
from nasviz.spaces import Architecture
from nasviz.surrogate.alphabet import Alphabet
from nasviz.surrogate.batch import Batch, listed, operations
from nasviz.surrogate.feature import Feature, feature
from nasviz.surrogate.levels import Counts
from nasviz.surrogate.quantities import Number, Numbers, Productions
from nasviz.surrogate.wl import Ints

if TYPE_CHECKING:
    from nasviz.algebra import Position

P = ParamSpec("P")
T = TypeVar("T")

CHUNK = 256
"""How many architectures are wired and refined together: enough for arrays to pay, few enough to stay in cache."""

KEPT = 8
"""How many such chunks are remembered."""

LEVELS = (0, 1, 2, 3, 4)
"""Fold levels that a store can hold unless told otherwise."""


@dataclass
class _Asked:
    """What was asked of a store or of one of its copies: a copy begins with it, so nothing is worked out twice.

    One lock for all of them, since copies share the numbers of operators, too.
    """

    levels: set[int | None] = field(default_factory=set[int | None])
    numbers: set[str | Number] = field(default_factory=set["str | Number"])
    productions: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the lock behind: what is sent or copied whole has one of its own."""
        return {name: value for name, value in self.__dict__.items() if name != "lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, lock=threading.RLock())


def _alone(method: Callable[Concatenate[FeatureStore, P], T]) -> Callable[Concatenate[FeatureStore, P], T]:
    """Let one thread at a time into a method of a store or of one of its copies."""

    @wraps(method)
    def inside(self: FeatureStore, *args: P.args, **kwargs: P.kwargs) -> T:
        with self._asked.lock:
            return method(self, *args, **kwargs)

    return inside


def checked_archs(archs: object) -> list[Architecture]:
    """Return architectures as a list.

    Raises
    ------
    NasvizError
        If one stands alone, or something else is among them.
    """
    if isinstance(archs, Architecture):
        raise NasvizError("a list of architectures is expected, found one alone. Type: [arch]")
    listed: list[Any] = list(archs) if isinstance(archs, Iterable) else [archs]
    for arch in listed:
        if not isinstance(arch, Architecture):
            raise NasvizError(f"an architecture is expected, e.g. space.parse(text) or trial.arch, found {shown(arch)}")
    return listed


class FeatureStore:
    """Rows of Weisfeiler-Lehman counts, one per architecture, addressed by row number.

    An architecture is looked at on the full graph and on the folds F_l of its term (Schrodi et al. 2023); a term shallower than
    l contributes its full graph at l. A feature of a level is a label of one iteration: a 64-bit hash that is the same in every
    process. The columns of `matrix` are the features of that level met so far; their number only grows and a column never
    changes its meaning. A level is computed when somebody first asks for it. Several threads may use a store and its copies at
    once: they take turns.

    Parameters
    ----------
    h
        Number of refinement iterations, 0 or more.
    levels
        Fold levels that may be asked for beside the full graph, each 0 or more (0: one operation).

    Raises
    ------
    ValueError
        If `h` or a level is negative.

    Examples
    --------
    >>> from nasviz.spaces import parse
    >>> store = FeatureStore(h=0)
    >>> rows = store.rows([parse("Linear(conv3x3, relu)"), parse("Linear(conv3x3, id, relu)")])
    >>> store.matrix(rows).toarray()
    array([[1, 1, 1, 1],
           [1, 1, 1, 1]])
    """

    def __init__(self, h: int = 4, levels: Sequence[int] = LEVELS) -> None:
        if h < 0:
            raise ValueError(f"h is {h}; the number of Weisfeiler-Lehman iterations is 0 or more")
        if any(level < 0 for level in levels):
            raise ValueError(f"fold levels are 0 or more, found {min(levels)}")
        self.h = h
        self.levels = tuple(levels)
        self.archs: list[Architecture] = []
        self._row: dict[Architecture, int] = {}
        self._counts: dict[int | None, Counts] = {}
        self._asked = _Asked()
        self._alphabet = Alphabet()
        self._chunks: dict[tuple[int, int], Batch] = {}
        self._numbers = Numbers()
        self._productions = Productions()

    def __len__(self) -> int:
        return len(self.archs)

    @_alone
    def copy(self) -> FeatureStore:
        """Return a store with the same rows that grows on its own: candidates that are thrown away leave no trace."""
        for level in self._asked.levels:
            self._filled(level)
        for name in self._asked.numbers:
            self.numbers(np.arange(len(self)), name)
        if self._asked.productions:
            self.productions(np.empty(0, np.int64))
        other = FeatureStore(self.h, self.levels)
        other.archs, other._row, other._asked = self.archs.copy(), self._row.copy(), self._asked
        other._counts = {level: counts.copy() for level, counts in self._counts.items()}
        other._alphabet = self._alphabet
        other._numbers, other._productions = self._numbers.copy(), self._productions.copy()
        return other

    @_alone
    def rows(self, archs: Sequence[Architecture]) -> Ints:
        """Return the row numbers ``(m,)``, int64, of `archs`; those not yet known are added.

        An architecture without a path from input to output is input and output with nothing between.

        Raises
        ------
        NasvizError
            If `archs` is no list of architectures.
        BuildError
            If an architecture has open places; no row is added then.
        """
        archs = checked_archs(archs)
        new = list(dict.fromkeys(arch for arch in archs if arch not in self._row))
        for arch in new:
            if arch.term.nonterminals():
                arch.graph()
        for arch in new:
            self._row[arch] = len(self.archs)
            self.archs.append(arch)
        return np.array([self._row[arch] for arch in archs], dtype=np.int64)

    @_alone
    def matrix(self, rows: Ints, level: int | None = None, h: int | None = None) -> csr_array:
        """Return the counts of `rows` ``(m,)`` as a sparse matrix ``(m, n)`` of int64.

        Parameters
        ----------
        rows
            Row numbers.
        level
            Fold level; None is the full graph.
        h
            Columns of iterations after `h` are empty; None keeps all.

        Raises
        ------
        ValueError
            If the store does not hold this level.
        """
        counts = self._filled(level)
        return counts.matrix(np.asarray(rows), None if h is None or h >= self.h else h)

    @_alone
    def hashes(self, level: int | None = None) -> np.ndarray:
        """Hash of each column of a level, uint64 ``(n,)``."""
        return self._filled(level).columns.hashes

    @_alone
    def iterations(self, level: int | None = None) -> Ints:
        """Iteration of each column of a level, int64 ``(n,)``."""
        return self._filled(level).columns.iterations

    @_alone
    def located(self, arch: Architecture, level: int | None = None) -> tuple[Ints, Ints]:
        """Return where each label of an architecture stands.

        Returns
        -------
        nodes : int64 array (n,)
            For each operation the node of the term (preorder) that is its centre: an operator, a folded subterm, the subterm
            whose merge it is; 0, the root, for input and output.
        columns : int64 array (h + 1, n)
            Column of the label of each operation in each iteration.
        """
        self.rows([arch])
        counts = self._filled(level)
        _, nodes, history = Batch([arch], self._alphabet).refined(level, self.h)
        return nodes, np.stack([counts.columns.find(labels) for labels in history])

    @_alone
    def occurrences(self, arch: Architecture, level: int | None, column: int) -> tuple[Position, ...]:
        """Return the positions of a term at which a feature occurs, one for each time that it is counted.

        The position of an occurrence is that of its centre; see :meth:`located`.
        """
        nodes, columns = self.located(arch, level)
        found = sorted(nodes[np.flatnonzero((columns == column).any(axis=0))].tolist())
        return tuple(arch.term.position(node) for node in found)

    @_alone
    def feature(self, level: int | None, column: int) -> Feature:
        """Return what a column of `matrix` stands for, in words and as a piece of graph.

        Raises
        ------
        IndexError
            If the level has no such column.
        """
        counts = self._filled(level)
        if not 0 <= column < len(counts.columns):
            raise IndexError(f"no column {column}: {len(counts.columns)} features were met at this level")
        row = next(row for row, (columns, _) in enumerate(counts.rows) if column in columns)
        graph = operations(self.archs[row], level)
        iteration = int(counts.columns.iterations[column])
        labels = listed([graph], iteration)[2][iteration]
        return feature(graph, int(np.flatnonzero(labels == counts.columns.hashes[column])[0]), level, iteration)

    @_alone
    def levels_of(self, rows: Ints) -> Ints:
        """Return how many fold levels differ from the full graph, int64 ``(m,)``: the depth of each term, root 0."""
        return np.array([arch.term.height - 1 for arch in self._chosen(rows)], dtype=np.int64)

    @_alone
    def numbers(self, rows: Ints, name: str | Number) -> np.ndarray:
        """Return a number of each of `rows`, float64 ``(m,)``, computed once: raw, see :func:`standardised`.

        "parameters"; "flops" (2 per multiply-add); "depth", the operations on the longest path from the input to the output;
        or any function of an architecture, such as a proxy. Where an architecture has no network, NaN.

        Raises
        ------
        ValueError
            If there is no such number.
        """
        self._asked.numbers.add(name)
        return self._numbers.of(self._chosen(rows), name)

    @_alone
    def productions(self, rows: Ints) -> csr_array:
        """Return how often each production is used in the derivation of `rows`, int64 ``(m, n)``.

        Columns are the productions met so far, named by `production_names`; of a term that no grammar derives, its operators
        are counted.
        """
        self._asked.productions = True
        while len(self._productions) < len(self.archs):
            start = len(self._productions)
            self._productions.add(self._chunk(start, min(start + CHUNK, len(self.archs))).productions())
        return self._productions.matrix(np.asarray(rows))

    @property
    def production_names(self) -> tuple[str, ...]:
        """Text of each column of `productions`, e.g. ``"C ::= Linear(CELL, CELL)"``."""
        return self._productions.names

    def _chosen(self, rows: Ints) -> list[Architecture]:
        return [self.archs[row] for row in np.asarray(rows).tolist()]

    def _filled(self, level: int | None) -> Counts:
        if level is not None and level not in self.levels:
            raise ValueError(f"the store holds the fold levels {self.levels}, not {level}")
        self._asked.levels.add(level)
        for asked in self._asked.levels:
            self._counts.setdefault(asked, Counts())
        wanted = self._counts[level]
        while len(wanted) < len(self.archs):
            start = len(wanted)
            chunk = self._chunk(start, min(start + CHUNK, len(self.archs)))
            for at, counts in self._counts.items():
                if len(counts) == start:
                    owner, _, history = chunk.refined(at, self.h)
                    counts.add(owner, history, len(chunk.archs))
        return wanted

    def _chunk(self, start: int, stop: int) -> Batch:
        """The architectures of these rows; recent ones are kept, since several levels are asked for in turn."""
        if (start, stop) not in self._chunks:
            if len(self._chunks) >= KEPT:
                self._chunks.clear()
            self._chunks[start, stop] = Batch(self.archs[start:stop], self._alphabet)
        return self._chunks[start, stop]
