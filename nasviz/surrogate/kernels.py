"""Covariance functions on architectures by counts: flat Weisfeiler-Lehman, and productions as the cheap baseline."""

from __future__ import annotations

from dataclasses import dataclass

import gpytorch
import numpy as np
import torch
from scipy.sparse import csr_array

from nasviz.surrogate.combine import Combinable
from nasviz.surrogate.covariance import CosineKernel, Covariance, chosen, cosine
from nasviz.surrogate.features import LEVELS, FeatureStore
from nasviz.surrogate.wl import Ints

__all__ = ["Covariance", "FlatWL", "LevelKernel", "ProductionCounts", "ProductionKernel", "store_for"]


_HALF = 2**30
"""Inner products below are kept in 32 bits: a sum of two still fits."""


class LevelKernel(CosineKernel):
    """The cosine of Weisfeiler-Lehman counts of one fold level, or of the full graph.

    Parameters
    ----------
    store
        Where the counts are.
    level
        Fold level; None is the full graph.
    h
        Number of iterations in use at first.
    most
        Number of iterations that may be chosen; `h` when None, so that there is nothing to choose.

    Raises
    ------
    ValueError
        If the store holds fewer iterations.
    """

    h: torch.Tensor

    def __init__(self, store: FeatureStore, level: int | None, h: int, most: int | None = None) -> None:
        super().__init__()
        self.most = h if most is None else most
        if store.h < self.most:
            raise ValueError(f"the store holds {store.h} Weisfeiler-Lehman iterations, the kernel needs {self.most}")
        if level is not None and level not in store.levels:
            raise ValueError(f"the store holds the fold levels {store.levels}, the kernel needs {level}")
        self.store = store
        self.level = level
        self.free = most is not None
        self.register_buffer("h", torch.tensor(h))
        self._inner: tuple[bytes, list[np.ndarray]] | None = None

    @property
    def title(self) -> str:
        """What it compares."""
        return "full graph" if self.level is None else f"level {self.level}"

    @property
    def iterations(self) -> int:
        """Number of Weisfeiler-Lehman iterations in use."""
        return int(self.h)

    def whole(self, rows: Ints) -> bool:
        """Whether it is a fold level that leaves every one of `rows` whole, and so compares what the full graph does."""
        return self.level is not None and int(self.store.levels_of(rows).max(initial=0)) <= self.level

    def alike(self, rows: Ints) -> bool:
        """Whether it is a fold level at which all of two or more distinct `rows` look the same, so that it tells none apart."""
        distinct = np.unique(rows)
        if self.level is None or len(distinct) < 2:
            return False
        counts = self.store.matrix(distinct, level=self.level, h=self.most)
        return bool((abs(counts[1:] - counts[:1][[0] * (len(distinct) - 1)])).max() == 0)

    def choose(self, h: int) -> None:
        """Use `h` iterations, 0…`most`."""
        if h != self.iterations:
            self._kept = None
            self.h.fill_(h)

    def prepare(self, rows: Ints) -> None:
        """Compute the inner products of distinct `rows` after every iteration, so that trying each costs nothing more."""
        counts = self.store.matrix(rows, level=self.level, h=self.most)
        iteration = self.store.iterations(self.level)[counts.indices]
        inner: list[np.ndarray] = []
        for k in range(self.most + 1):
            of_k = chosen(counts, iteration == k, len(self.store.hashes(self.level)))
            found = (of_k @ of_k.T).toarray()
            total = inner[-1] + found if inner else found
            inner.append(total.astype(np.int32) if total.max(initial=0) < _HALF else total)
        self._inner = rows.tobytes(), inner

    def forget(self) -> None:
        """Drop what was kept."""
        super().forget()
        self._inner = None

    def counts(self, rows: Ints) -> csr_array:
        """Return the counts of `rows`; see :meth:`FeatureStore.matrix`."""
        return self.store.matrix(rows, level=self.level, h=self.iterations)

    def block(self, a: Ints, b: Ints) -> np.ndarray:
        """Return the covariances ``(p, q)`` between rows `a` ``(p,)`` and rows `b` ``(q,)``."""
        if self._inner is not None and a.tobytes() == b.tobytes() == self._inner[0]:
            inner = self._inner[1][self.iterations]
            length = np.sqrt(np.diag(inner))
            return cosine(inner, length, length)
        return super().block(a, b)

    def _key(self, rows: Ints) -> object:
        return self.iterations, rows.tobytes()


@dataclass(frozen=True)
class FlatWL(Combinable):
    """Weisfeiler-Lehman subtree kernel on the whole graph (NASBOWL, Ru et al. 2021), cosine-normalised.

    ``k(x, y) = <φ(x), φ(y)> / (‖φ(x)‖ ‖φ(y)‖)`` where φ counts the labels of iterations 0…h on the pruned graph with operations
    on nodes. Its prior variance is 1 and its values lie in [0, 1].

    Parameters
    ----------
    h
        Number of refinement iterations, 0 or more; 0 compares counts of operators only.

    Raises
    ------
    ValueError
        If `h` is negative.
    """

    h: int = 2

    def __post_init__(self) -> None:
        if self.h < 0:
            raise ValueError(f"h is {self.h}; the number of Weisfeiler-Lehman iterations is 0 or more")

    def covariance(self, store: FeatureStore) -> gpytorch.kernels.Kernel:
        """Return the kernel on row numbers of `store`, which must hold at least `h` iterations.

        Raises
        ------
        ValueError
            If the store holds fewer iterations.
        """
        return LevelKernel(store, None, self.h)

    def gram(self, store: FeatureStore, a: Ints, b: Ints) -> np.ndarray:
        """Return the covariances ``(len(a), len(b))`` between rows `a` and rows `b` of `store`."""
        return LevelKernel(store, None, self.h).block(np.asarray(a), np.asarray(b))


class ProductionKernel(CosineKernel):
    """The cosine of counts of productions.

    Parameters
    ----------
    store
        Where the counts are.
    """

    title = "productions"

    def __init__(self, store: FeatureStore) -> None:
        super().__init__()
        self.store = store

    def counts(self, rows: Ints) -> csr_array:
        """Return the counts of `rows`; see :meth:`FeatureStore.productions`."""
        return self.store.productions(rows)


@dataclass(frozen=True)
class ProductionCounts(Combinable):
    """The cosine of how often each production is used: a baseline that knows no graph and costs next to nothing.

    Of architectures that no grammar derives, operators are counted. Its prior variance is 1 and its values lie in [0, 1].
    """

    @property
    def h(self) -> int:
        """Number of Weisfeiler-Lehman iterations that the store must hold: none."""
        return 0

    def covariance(self, store: FeatureStore) -> gpytorch.kernels.Kernel:
        """Return the kernel on row numbers of `store`; see :class:`Covariance`."""
        return ProductionKernel(store)


def store_for(kernel: Covariance) -> FeatureStore:
    """Return an empty feature store that holds what `kernel` needs.

    >>> store_for(FlatWL(1)).h
    1
    """
    return FeatureStore(kernel.h, tuple(sorted({*LEVELS, *getattr(kernel, "levels", ())})))
