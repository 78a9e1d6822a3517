"""Empirical distributions of errors, also at equal complexity (Radosavovic et al. 2019).

A space of large networks has smaller errors than one of small networks, and this says nothing about its design. So the range of
complexities that two spaces have in common is cut into bins, and each network is weighted so that every bin counts the same in
both spaces: of k bins that both occupy, a network in bin j with m_j of its space has the weight 1 / (k m_j). Bins are equally
wide, or grow by equal factors where the range spans more than a factor of ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nasviz.errors import NasvizError

__all__ = ["Edf", "EqualComplexity", "edf", "equal_complexity"]

Pairs = Sequence[tuple[float, float]]
"""(complexity, error) of each network, (n, 2)."""


@dataclass(frozen=True, repr=False)
class Edf:
    """An empirical distribution function: a step function of errors.

    Attributes
    ----------
    values
        Distinct errors, ascending, (m,).
    shares
        Share of networks whose error is at most that, (m,); ascending, the last one is 1.
    n
        Number of networks.
    """

    values: tuple[float, ...]
    shares: tuple[float, ...]
    n: int

    def at(self, value: float) -> float:
        """Return the share of networks with an error of at most `value`."""
        below = int(np.searchsorted(self.values, value, side="right"))
        return self.shares[below - 1] if below else 0.0

    @property
    def mean(self) -> float:
        """Mean error, by weight; nan of none."""
        steps = np.diff(self.shares, prepend=0.0)
        return float(np.dot(steps, self.values)) if self.values else float("nan")

    def quantile(self, share: float) -> float:
        """Return the least error that at least this share (0 … 1) of networks does not exceed; nan of none."""
        at = int(np.searchsorted(self.shares, share - 1e-12))
        return self.values[min(at, len(self.values) - 1)] if self.values else float("nan")

    def __repr__(self) -> str:
        return f"Edf({self.n} networks, median {self.quantile(0.5):.4g}, mean {self.mean:.4g})" if self.n else "Edf(nothing)"


def edf(values: Sequence[float], weights: Sequence[float] | None = None) -> Edf:
    """Return the empirical distribution function of errors.

    Parameters
    ----------
    values : (n,)
    weights : (n,), optional
        Positive, of any sum; equal by default.

    Examples
    --------
    >>> edf([0.3, 0.1, 0.3, 0.2]).at(0.2)
    0.5
    """
    if not len(values):
        return Edf((), (), 0)
    distinct, where = np.unique(np.asarray(values, float), return_inverse=True)
    mass = np.bincount(where, weights=weights, minlength=len(distinct))
    shares = np.cumsum(mass) / mass.sum()
    shares[-1] = 1.0
    return Edf(tuple(distinct.tolist()), tuple(shares.tolist()), len(values))


@dataclass(frozen=True, repr=False)
class EqualComplexity:
    """Error distributions of two spaces at equal complexity.

    Attributes
    ----------
    edges
        Ends of the bins, (bins + 1,), over the range that both spaces have; empty when there is none.
    counts
        Networks of both spaces in each bin, (2, bins).
    edfs
        The two distributions; only networks in bins that both spaces occupy take part.
    reason
        Why there is nothing to compare, or "".
    """

    edges: tuple[float, ...]
    counts: tuple[tuple[int, ...], tuple[int, ...]]
    edfs: tuple[Edf, Edf]
    reason: str = ""

    @property
    def occupied(self) -> int:
        """Number of bins that both spaces occupy."""
        return sum(a > 0 and b > 0 for a, b in zip(*self.counts, strict=True))

    @property
    def distance(self) -> float:
        """Greatest difference of the two distributions, 0 … 1 (the statistic of Kolmogorov and Smirnov); nan of nothing."""
        first, second = self.edfs
        if not (first.n and second.n):
            return float("nan")
        return max(abs(first.at(v) - second.at(v)) for v in (*first.values, *second.values))

    def __repr__(self) -> str:
        if self.reason:
            return f"EqualComplexity({self.reason})"
        bins = f"{self.occupied} of {len(self.edges) - 1} bins in common"
        return f"EqualComplexity({bins}, {self.edfs[0]!r}, {self.edfs[1]!r}, distance {self.distance:.3g})"


def equal_complexity(first: Pairs, second: Pairs, bins: int = 10) -> EqualComplexity:
    """Return the error distributions of two sets of networks, weighted to equal complexity (Radosavovic et al. 2019).

    Parameters
    ----------
    first, second : (n, 2)
        Complexity, e.g. parameters, and error of each network.
    bins : int
        Bins over the range that both have.

    Raises
    ------
    NasvizError
        If `bins` is below 1.

    Examples
    --------
    The larger networks of the first space are better only because they are larger:

    >>> small, large = [(10, 0.4), (10, 0.5)], [(20, 0.1), (20, 0.2)]
    >>> found = equal_complexity(small[:1] + large, small + large[:1], bins=2)
    >>> found.occupied, found.edfs[0].at(0.2)
    (2, 0.5)
    """
    if bins < 1:
        raise NasvizError(f"bins is a whole number of 1 or more, found {bins!r}")
    sides = [np.asarray(pairs, float).reshape(-1, 2) for pairs in (first, second)]
    if not all(len(side) for side in sides):
        return _nothing("one of the spaces has no value")
    low, high = max(s[:, 0].min() for s in sides), min(s[:, 0].max() for s in sides)
    if low > high:
        return _nothing("the spaces have no complexity in common")
    edges = np.geomspace(low, high, bins + 1) if 0 < 10 * low < high else np.linspace(low, high, bins + 1)
    held = [side[(side[:, 0] >= low) & (side[:, 0] <= high)] for side in sides]
    places = [_bins(side[:, 0], edges) for side in held]
    counts = np.stack([np.bincount(place, minlength=bins) for place in places])
    both: np.ndarray = np.all(counts > 0, axis=0)
    if not both.any():
        return _nothing("the spaces have no complexity in common")
    found: list[Edf] = []
    for side, place, count in zip(held, places, counts, strict=True):
        kept = both[place]
        found.append(edf(side[kept, 1].tolist(), (1.0 / count[place[kept]]).tolist()))
    rows = tuple(map(int, counts[0])), tuple(map(int, counts[1]))
    return EqualComplexity(tuple(edges.tolist()), rows, (found[0], found[1]))


def _bins(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The bin of each value; the last one holds its upper end, and where all are equal there is one."""
    if edges[0] == edges[-1]:
        return np.zeros(len(values), int)
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)


def _nothing(reason: str) -> EqualComplexity:
    none = edf([])
    return EqualComplexity((), ((), ()), (none, none), reason)
