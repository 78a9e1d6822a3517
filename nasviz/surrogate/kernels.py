"""Covariance functions on architectures: plain descriptions that become gpytorch kernels on row numbers.

A description is a frozen dataclass that knows nothing of data; `covariance(store)` binds it to a feature store and gives a
`gpytorch.kernels.Kernel` whose inputs are row numbers of that store, of shape ``(..., n, 1)`` and float64. Sums, products and
scales of such kernels are gpytorch's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import gpytorch
import numpy as np
import torch
from scipy.sparse import csr_array

from nasviz.surrogate.features import FeatureStore

Gram = Callable[[np.ndarray, np.ndarray], np.ndarray]


@runtime_checkable
class Covariance(Protocol):
    """What the Gaussian process asks of a covariance function.

    `h` is the number of refinement iterations that its features need; `covariance` binds it to a store.
    """

    @property
    def h(self) -> int:
        """Number of Weisfeiler-Lehman iterations that the store must hold."""
        ...

    def covariance(self, store: FeatureStore) -> gpytorch.kernels.Kernel:
        """Return a gpytorch kernel on row numbers of `store`, with prior variance 1."""
        ...


@dataclass(frozen=True)
class FlatWL:
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
        if store.h < self.h:
            raise ValueError(f"the store holds {store.h} Weisfeiler-Lehman iterations, the kernel needs {self.h}")
        return RowKernel(lambda a, b: self.gram(store, a, b))

    def gram(self, store: FeatureStore, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return the covariances ``(len(a), len(b))`` between rows `a` and rows `b` of `store`.

        The inner products are sums of whole numbers, so the result is the same to the last bit whatever the store saw before.
        """
        first, second = store.matrix(a, h=self.h), store.matrix(b, h=self.h)
        inner = (first @ second.T).toarray()
        return inner / (_length(first)[:, None] * _length(second)[None, :])


class RowKernel(gpytorch.kernels.Kernel):
    """A gpytorch kernel on row numbers, from a function that gives a block of the Gram matrix.

    The block of the last call is kept, so that the many evaluations of one fit compute it once.

    Parameters
    ----------
    gram
        Takes two arrays of distinct row numbers ``(p,)`` and ``(q,)`` and returns the covariances ``(p, q)``.
    """

    def __init__(self, gram: Gram) -> None:
        super().__init__()
        self._gram = gram
        self._kept: tuple[bytes, bytes, np.ndarray] | None = None

    def _block(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        key = a.tobytes(), b.tobytes()
        if self._kept is None or self._kept[:2] != key:
            self._kept = (*key, self._gram(a, b))
        return self._kept[2]

    def forward(
        self, x1: torch.Tensor, x2: torch.Tensor, diag: bool = False, last_dim_is_batch: bool = False, **params: object
    ) -> torch.Tensor:
        """Covariances ``(..., n, m)`` between rows `x1` ``(..., n, 1)`` and `x2` ``(..., m, 1)``; ``(..., n)`` when `diag`."""
        rows1, inverse1 = np.unique(_numbers(x1), return_inverse=True)
        rows2, inverse2 = np.unique(_numbers(x2), return_inverse=True)
        block = self._block(rows1, rows2)
        if diag:
            values = block[inverse1, inverse2]
        else:
            values = block[inverse1[..., :, None], inverse2[..., None, :]]
        return torch.as_tensor(values, dtype=x1.dtype, device=x1.device)


def _length(counts: csr_array) -> np.ndarray:
    """Euclidean length of each row; 1 for a row of zeros."""
    length = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    return np.where(length > 0, length, 1.0)


def _numbers(x: torch.Tensor) -> np.ndarray:
    return x.detach()[..., 0].cpu().numpy().astype(np.int64)
