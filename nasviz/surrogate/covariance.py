"""What a covariance function on architectures is, and how it becomes a gpytorch kernel on row numbers.

A description is a frozen dataclass that knows nothing of data; `covariance(store)` binds it to a feature store and gives a
`gpytorch.kernels.Kernel` whose inputs are row numbers of that store, of shape ``(..., n, 1)`` and float64.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import gpytorch
import numpy as np
import torch
from scipy.sparse import csr_array

from nasviz.algebra.arguments import shown
from nasviz.errors import NasvizError
from nasviz.surrogate.features import FeatureStore
from nasviz.surrogate.wl import Ints


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


def checked_kernel(kernel: object) -> Covariance:
    """Return a covariance function.

    Raises
    ------
    NasvizError
        If it is none, or a class that was not called.
    """
    if isinstance(kernel, type):
        raise NasvizError(f"the kernel is the class {kernel.__name__}. Type: {kernel.__name__}()")
    if not isinstance(kernel, Covariance):
        raise NasvizError(f"the kernel is {shown(kernel)}, expected one such as nv.HierarchicalWL() or nv.FlatWL(h=1)")
    return kernel


@dataclass(frozen=True)
class Part:
    """One summand of a bound covariance.

    Attributes
    ----------
    name
        What it compares, e.g. "level 2", "full graph", "parameters".
    weight
        Its share of the prior variance, in [0, 1]; the shares of all parts sum to 1.
    kernel
        The gpytorch kernel itself, on row numbers.
    level
        Fold level; None where it is the full graph or no graph.
    h
        Weisfeiler-Lehman iterations in use; None where there are none.
    """

    name: str
    weight: float
    kernel: gpytorch.kernels.Kernel
    level: int | None = None
    h: int | None = None

    @property
    def linear(self) -> bool:
        """Whether it is an inner product of explicit features, so that credit can be given to each of them."""
        return isinstance(self.kernel, CosineKernel)


class RowKernel(gpytorch.kernels.Kernel):
    """A gpytorch kernel on row numbers, of prior variance 1. Subclasses give a block of the Gram matrix, and single pairs.

    The last square block is kept, so that the many evaluations of one fit compute it once.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kept: tuple[bytes, torch.Tensor] | None = None

    def block(self, a: Ints, b: Ints) -> np.ndarray:
        """Return the covariances ``(p, q)`` between distinct rows `a` ``(p,)`` and distinct rows `b` ``(q,)``."""
        raise NotImplementedError

    def pairs(self, a: Ints, b: Ints) -> np.ndarray:
        """Return the covariances ``(p,)`` of row ``a[i]`` and row ``b[i]``."""
        raise NotImplementedError

    def forget(self) -> None:
        """Drop what was kept."""
        self._kept = None

    def forward(
        self, x1: torch.Tensor, x2: torch.Tensor, diag: bool = False, last_dim_is_batch: bool = False, **params: object
    ) -> torch.Tensor:
        """Covariances ``(..., n, m)`` between rows `x1` ``(..., n, 1)`` and `x2` ``(..., m, 1)``; ``(..., n)`` when `diag`."""
        first, second = row_numbers(x1), row_numbers(x2)
        key = first.tobytes() if first.ndim == 1 and not diag and np.array_equal(first, second) else None
        kept = self._kept  # another thread may put another one in its place
        if key is not None and kept is not None and kept[0] == key:
            return kept[1]
        left, right = (first, second) if diag else (first[..., :, None], second[..., None, :])
        values = torch.as_tensor(self._values(left, right), dtype=x1.dtype, device=x1.device)
        if key is not None:
            self._kept = key, values
        return values

    def _values(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """The covariances of `a` and `b`, broadcast: by a block where most of it is asked for, else by pairs."""
        shape = np.broadcast_shapes(a.shape, b.shape)
        if np.array_equal(a, b):
            return np.ones(shape)
        rows_a, inverse_a = np.unique(a, return_inverse=True)
        rows_b, inverse_b = np.unique(b, return_inverse=True)
        if 2 * np.prod(shape) < len(rows_a) * len(rows_b):
            values = self.pairs(np.broadcast_to(a, shape).ravel(), np.broadcast_to(b, shape).ravel()).reshape(shape)
        else:
            values = self.block(rows_a, rows_b)[inverse_a.reshape(a.shape), inverse_b.reshape(b.shape)]
        values[a == b] = 1.0  # what rounding makes of it must not depend on the way it was computed
        return values


class CosineKernel(RowKernel):
    """The cosine of explicit counts: ``<φ(x), φ(y)> / (‖φ(x)‖ ‖φ(y)‖)``.

    Inner products are sums of whole numbers, so a covariance is the same to the last bit whatever the store saw before.
    Subclasses give the counts.
    """

    def __init__(self) -> None:
        super().__init__()
        self._second: tuple[object, csr_array, np.ndarray] | None = None

    def counts(self, rows: Ints) -> csr_array:
        """Return the counts of `rows` ``(m,)``, sparse ``(m, n)`` of whole numbers."""
        raise NotImplementedError

    def features(self, rows: Ints) -> csr_array:
        """Return the features of `rows` ``(m,)``, sparse ``(m, n)`` of length 1: the kernel is their inner product."""
        counts = self.counts(rows)
        return csr_array(counts.multiply(1 / lengths(counts)[:, None]))

    def forget(self) -> None:
        """Drop what was kept."""
        super().forget()
        self._second = None

    def block(self, a: Ints, b: Ints) -> np.ndarray:
        """Return the covariances ``(p, q)`` between rows `a` ``(p,)`` and rows `b` ``(q,)``.

        The second factor is kept: whoever predicts asks for the same one again and again.
        """
        first = self.counts(a)
        second = self._second
        if second is None or second[0] != self._key(b):
            counts = self.counts(b)
            second = self._second = self._key(b), csr_array(counts.T.tocsr()), lengths(counts)
        _, transposed, length = second
        first, length_of_first = narrowed(first, len(transposed.indptr) - 1), lengths(first)
        inner: Any = first @ transposed
        return cosine(inner.toarray(), length_of_first, length)

    def pairs(self, a: Ints, b: Ints) -> np.ndarray:
        """Return the covariances ``(p,)`` of row ``a[i]`` and row ``b[i]``."""
        first, second = self.counts(a), self.counts(b)
        inner = np.asarray(first.multiply(second).sum(axis=1)).ravel()
        return inner / (lengths(first) * lengths(second))

    def _key(self, rows: Ints) -> object:
        return rows.tobytes()


def cosine(inner: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return inner products ``(p, q)`` divided by the lengths ``(p,)`` and ``(q,)``."""
    return inner / (first[:, None] * second[None, :])


def lengths(counts: csr_array) -> np.ndarray:
    """Return the Euclidean length of each row, ``(m,)``; 1 for a row of zeros.

    >>> lengths(csr_array(np.array([[3, 4], [0, 0]]))).tolist()
    [5.0, 1.0]
    """
    squares = np.concatenate([[0], np.cumsum(counts.data.astype(np.int64) ** 2)])
    length = np.sqrt(squares[counts.indptr[1:]] - squares[counts.indptr[:-1]])
    return np.where(length > 0, length, 1.0)


def narrowed(counts: csr_array, n: int) -> csr_array:
    """Return the first `n` columns of a sparse matrix: later ones have nothing to meet in an older matrix."""
    return chosen(counts, counts.indices < n, n)


def chosen(counts: csr_array, kept: np.ndarray, n: int) -> csr_array:
    """Return a sparse matrix of `n` columns with those entries of `counts` that are `kept`, in the order of its data."""
    starts = np.concatenate([[0], np.cumsum(kept)])[counts.indptr]
    return csr_array((counts.data[kept], counts.indices[kept], starts), shape=(len(starts) - 1, n))


def row_numbers(x: torch.Tensor) -> Ints:
    """Return the row numbers that `x` ``(..., n, 1)`` stands for, int64 ``(..., n)``."""
    numbers: Any = x.detach()[..., 0].cpu().numpy()
    return numbers.astype(np.int64)
