"""Kernel principal components: architectures as points whose distances are those that a kernel sees (Schölkopf et al. 1998)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg


@dataclass(frozen=True)
class Embedding:
    """The leading principal components of a kernel, exact.

    Attributes
    ----------
    coordinates
        Of what it was made from, ``(n, c)``. With all components kept, squared distances are ``k(x, x) + k(y, y) − 2 k(x, y)``.
    shares
        Share of the variance that each component explains, ``(c,)``, 0…1, not increasing; 0 where all are equal.
    row_means, total_mean
        Means of the Gram matrix, ``(n,)`` and the mean of these.
    directions
        What turns centred covariances into coordinates, ``(n, c)``.
    """

    coordinates: np.ndarray
    shares: np.ndarray
    row_means: np.ndarray
    total_mean: float
    directions: np.ndarray

    def place(self, cross: np.ndarray) -> np.ndarray:
        """Return the coordinates ``(m, c)`` of others from their covariances ``(m, n)`` with what the embedding was made from.

        For one of those it gives its own coordinates.
        """
        centred = cross - cross.mean(axis=1, keepdims=True) - self.row_means[None, :] + self.total_mean
        return centred @ self.directions

    def turned(self, axes: np.ndarray, signs: np.ndarray) -> Embedding:
        """Return the same embedding with other axes ``(c,)``, components counted from 0, each times its sign."""
        return Embedding(
            self.coordinates[:, axes] * signs,
            self.shares[axes],
            self.row_means,
            self.total_mean,
            self.directions[:, axes] * signs,
        )


def embed(gram: np.ndarray, components: int = 2) -> Embedding:
    """Return the `components` leading principal components of a Gram matrix ``(n, n)``, n ≥ 1.

    The sign of each is such that its coordinate of largest size is positive. Components beyond the rank are 0.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 3.0])
    >>> np.ptp(embed(np.outer(x, x)).coordinates, axis=0).round(12).tolist()
    [3.0, 0.0]
    """
    n = len(gram)
    means = gram.mean(axis=1)
    total = float(means.mean())
    centred = gram - means[:, None] - means[None, :] + total
    kept = min(components, n)
    values, vectors = scipy.linalg.eigh((centred + centred.T) / 2, subset_by_index=(n - kept, n - 1))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    values[values <= 1e-12 * max(1.0, float(np.abs(np.diag(gram)).max())) * n] = 0.0
    variance = float(np.trace(centred))
    roots = np.zeros(components)
    roots[:kept] = np.sqrt(values)
    base = np.zeros((n, components))
    base[:, :kept] = vectors * _signs(vectors)
    return Embedding(
        coordinates=base * roots,
        shares=roots**2 / variance if roots[0] > 0 else np.zeros(components),
        row_means=means,
        total_mean=total,
        directions=base * np.divide(1, roots, out=np.zeros(components), where=roots > 0),
    )


def steady(found: Embedding, before: np.ndarray, common: np.ndarray) -> tuple[Embedding, np.ndarray]:
    """Return an embedding of two components turned like an earlier one, and which component each axis shows ``(2,)`` from 0.

    Of the eight ways to choose signs and order of the axes it is the one that moves the common points least, so that the axes
    stay principal components.

    Parameters
    ----------
    found
        The new embedding.
    before
        Earlier coordinates of points ``(m, 2)``.
    common
        Which points of `found` these are, ``(m,)``.
    """
    now = found.coordinates[common]
    ways = [(np.array(axes), np.array([a, b])) for axes in ((0, 1), (1, 0)) for a in (1.0, -1.0) for b in (1.0, -1.0)]
    axes, signs = min(ways, key=lambda way: float(np.square(now[:, way[0]] * way[1] - before).sum()))
    return found.turned(axes, signs), axes


def _signs(vectors: np.ndarray) -> np.ndarray:
    largest = np.abs(vectors.round(10)).argmax(axis=0)
    return np.where(vectors[largest, np.arange(vectors.shape[1])] < 0, -1.0, 1.0)
