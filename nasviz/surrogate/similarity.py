"""Who is like whom: the Gram matrix of what was learned from, like beside like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.cluster.hierarchy
from scipy.spatial.distance import squareform

from nasviz.records.kernel import Similarity
from nasviz.surrogate.covariance import cosine
from nasviz.surrogate.wl import Ints

if TYPE_CHECKING:
    from nasviz.surrogate.gp import GP


def similarity(gp: GP, most: int = 300) -> Similarity:
    """Return the prior correlations of the architectures that a process has learned from, in the order of :func:`alike`.

    Parameters
    ----------
    gp
        A fitted process.
    most
        Of more architectures the last `most` are taken, ≥ 1: a picture shows no more, and ordering takes their cube.

    Raises
    ------
    NasvizError
        If nothing has been fitted.
    ValueError
        If `most` is below 1.
    """
    if most < 1:
        raise ValueError(f"most is {most}; a picture of similarities shows 1 or more architectures")
    total = len(gp.archs)
    first = max(0, total - most)
    matrix = correlation(gp.gram(gp.archs[first:]))
    order = alike(matrix)
    return Similarity(
        order=tuple((order + first).tolist()),
        terms=tuple(str(gp.archs[first + i]) for i in order.tolist()),
        values=tuple(gp.y[first + order].tolist()),
        matrix=tuple(map(tuple, matrix[np.ix_(order, order)].tolist())),
        total=total,
    )


def correlation(covariance: np.ndarray) -> np.ndarray:
    """Return the correlations ``(n, n)`` of covariances ``(n, n)``, 1 on the diagonal to the last bit.

    >>> correlation(np.array([[4.0, 1.0], [1.0, 1.0]]))
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    sd = np.sqrt(np.diag(covariance))
    found = cosine(covariance, sd, sd)
    np.fill_diagonal(found, 1.0)
    return found


def alike(correlation: np.ndarray) -> Ints:
    """Return an order ``(n,)`` in which like architectures are neighbours.

    Average linkage on the distances ``sqrt(2 − 2k)``, its leaves turned so that neighbours are as near as the tree allows
    (Bar-Joseph et al. 2001).

    Parameters
    ----------
    correlation
        Correlations ``(n, n)``, symmetric.

    Examples
    --------
    >>> k = np.array([[1.0, 0.1, 0.9], [0.1, 1.0, 0.2], [0.9, 0.2, 1.0]])
    >>> alike(k).tolist() in ([0, 2, 1], [1, 2, 0])
    True
    """
    n = len(correlation)
    if n < 3:
        return np.arange(n)
    squared = np.maximum(2 - correlation - correlation.T, 0.0)
    np.fill_diagonal(squared, 0.0)
    tree = scipy.cluster.hierarchy.linkage(squareform(np.sqrt(squared)), "average", optimal_ordering=True)
    return scipy.cluster.hierarchy.leaves_list(tree).astype(np.int64)
