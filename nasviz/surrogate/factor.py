"""Cholesky factors that grow: exact algebra for a Gaussian process to which trials are added one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg

from nasviz.errors import NasvizError

JITTER = (0.0, 1e-8, 1e-6)


@dataclass(frozen=True)
class Factor:
    """The lower Cholesky factor ``L`` ``(n, n)`` of a covariance matrix ``C = L Lᵀ``.

    A factor of a leading block is the leading block of the factor, so appending needs only the new rows of C.

    Examples
    --------
    >>> c = np.array([[2.0, 1.0], [1.0, 3.0]])
    >>> grown = Factor.of(c[:1, :1]).append(c[1:])
    >>> bool(np.allclose(grown.lower @ grown.lower.T, c))
    True
    """

    lower: np.ndarray

    @staticmethod
    def of(matrix: np.ndarray) -> Factor:
        """Return the factor of a positive definite `matrix` ``(n, n)``; a diagonal of 1e-8 or 1e-6 is added if it has to be.

        Raises
        ------
        NasvizError
            If the matrix is not positive definite for all that: the kernel is no covariance function.
        """
        for jitter in JITTER:
            try:
                return Factor(np.tril(scipy.linalg.cholesky(matrix + jitter * np.eye(len(matrix)), lower=True)))
            except (scipy.linalg.LinAlgError, ValueError):
                continue
        raise NasvizError(
            f"the Gram matrix of {len(matrix)} architectures has no Cholesky factor: the kernel is not positive semi-definite, "
            "or gives numbers that are not finite"
        )

    def __len__(self) -> int:
        return len(self.lower)

    def leading(self, n: int) -> Factor:
        """Return the factor of the first `n` rows and columns."""
        return Factor(self.lower[:n, :n])

    def append(self, rows: np.ndarray) -> Factor:
        """Return the factor of the matrix with `rows` ``(r, n + r)`` below it, appended one by one.

        One by one, so that the factor does not depend, to the last bit, on how many came at a time.
        """
        n, r = len(self.lower), len(rows)
        lower = np.zeros((n + r, n + r))
        lower[:n, :n] = self.lower
        for i in range(n, n + r):
            left = scipy.linalg.solve_triangular(lower[:i, :i], rows[i - n, :i], lower=True, check_finite=False)
            lower[i, :i] = left
            lower[i, i] = np.sqrt(max(rows[i - n, i] - left @ left, JITTER[1]))
        return Factor(lower)

    def half(self, columns: np.ndarray) -> np.ndarray:
        """Return ``L⁻¹ columns``, of the shape ``(n, …)`` of `columns`."""
        return scipy.linalg.solve_triangular(self.lower, columns, lower=True, check_finite=False)

    def solve(self, columns: np.ndarray) -> np.ndarray:
        """Return ``C⁻¹ columns``, of the shape ``(n, …)`` of `columns`."""
        return scipy.linalg.cho_solve((self.lower, True), columns, check_finite=False)

    def evidence(self, z: np.ndarray) -> float:
        """Return the log density of `z` ``(n,)`` under N(0, C)."""
        white = self.half(z)
        return float(-0.5 * white @ white - np.log(np.diag(self.lower)).sum() - 0.5 * len(z) * np.log(2 * np.pi))
