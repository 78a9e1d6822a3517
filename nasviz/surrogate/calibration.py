"""Calibration: whether a predicted uncertainty is honest, and a predicted order right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import kendalltau, norm

from nasviz.records.calibration import Calibration

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.68, 0.8, 0.9, 0.95)
"""Nominal probabilities at which coverage is told."""


def calibrate(
    z: np.ndarray, mean: np.ndarray, sd: np.ndarray, *, levels: Sequence[float] = LEVELS, method: str = "held out"
) -> Calibration:
    """Return how well Gaussian predictions agree with values, all ``(n,)`` on one scale.

    Coverage and transform are those of Gneiting, Balabdaoui & Raftery (2007); τ-b of Kendall (1945).

    Parameters
    ----------
    z
        Values.
    mean, sd
        Predicted means, and standard deviations of an observation, > 0.
    levels
        Nominal probabilities, each in (0, 1).
    method
        How the predictions were made.

    Raises
    ------
    ValueError
        If a level is not between 0 and 1.

    Examples
    --------
    >>> z = norm.ppf(np.linspace(0.005, 0.995, 100))
    >>> calibrate(z, np.zeros(100), np.ones(100), levels=(0.5, 0.9)).coverage
    (0.5, 0.9)
    """
    if any(not 0 < level < 1 for level in levels):
        raise ValueError(f"levels of coverage lie between 0 and 1, found {tuple(levels)}")
    pit = norm.cdf((z - mean) / sd)
    inside = 2 * np.abs(pit - 0.5)
    return Calibration(
        method=method,
        n=len(z),
        tau=rank_correlation(z, mean),
        nll=float(-norm.logpdf(z, mean, sd).mean()) if len(z) else math.nan,
        levels=tuple(float(level) for level in levels),
        coverage=tuple(float((inside <= level).mean()) if len(z) else math.nan for level in levels),
        pit=tuple(pit.tolist()),
    )


def rank_correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Return Kendall's τ-b, −1…1; NaN where all values of `x` or of `y` are equal, or fewer than two are given.

    >>> round(rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0])), 3)
    0.333
    """
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return math.nan
    found: Any = kendalltau(x, y)
    return float(found.statistic)
