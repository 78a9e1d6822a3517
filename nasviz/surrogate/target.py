"""The scale on which a surrogate learns: standardised, and logarithmic for positive values such as errors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

LARGE = 1e150
"""Above it squares overflow, below its inverse they vanish."""

SPREAD = 1e-12
"""Values whose standard deviation is a smaller share of them are equal but for rounding."""

WIDEST = 3.0
"""Standard deviation of a logarithm beyond which the moments of a log-normal distribution say nothing."""


@dataclass(frozen=True)
class Target:
    """An invertible map from the objective's units to the surrogate's.

    ``z = (log y − centre) / scale`` when `log`, else ``z = (y − centre) / scale``.

    Parameters
    ----------
    log
        Whether the logarithm is taken first.
    centre, scale
        Mean and standard deviation of the values it was learned from.
    flat
        Whether these were equal, but for rounding. Then `centre` is that value, no logarithm is taken, and `scale` is what n
        equal values leave possible: ``|centre| / √n``, the deviation if one in n were off by as much as the value is (by 1 if
        it is 0).
    """

    log: bool
    centre: float
    scale: float
    flat: bool = False

    @staticmethod
    def learn(y: np.ndarray, log: bool | None = None) -> Target:
        """Learn the map from finite values `y` ``(n,)``, n ≥ 1; when `log` is None it is taken if all are positive.

        Equal values have no spread to standardise by; see `flat`.

        Raises
        ------
        ValueError
            If `log` is true and a value is not positive.

        Examples
        --------
        >>> Target.learn(np.array([1.0, np.exp(2.0)])).forward(np.array([np.exp(1.0)]))
        array([0.])
        >>> Target.learn(np.full(25, 0.5))
        Target(log=False, centre=0.5, scale=0.1, flat=True)
        """
        positive = bool(np.all(y > 0))
        if log and not positive:
            raise ValueError(f"the smallest value is {y.min()}; logarithms need positive values")
        log = positive if log is None else log
        values = np.log(y) if log else y
        largest = float(np.abs(values).max())
        unit = 1.0 if largest == 0 or 1 / LARGE < largest < LARGE else largest
        centre, scale = float((values / unit).mean()) * unit, float((values / unit).std()) * unit
        if not scale > SPREAD * (max(1.0, largest) if log else largest):
            return _flat(y)
        return Target(log, centre, scale)

    def forward(self, y: np.ndarray) -> np.ndarray:
        """Return the standardised values of `y`, of the same shape; values ≤ 0 under a logarithm give −inf or NaN."""
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.log(y) if self.log else np.asarray(y, dtype=np.float64)
        return values / self.scale - self.centre / self.scale if self.scale > LARGE else (values - self.centre) / self.scale

    def moments(self, mean: np.ndarray, sd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation in the objective's units of Gaussians with `mean` and `sd`, all ``(m,)``.

        Under a logarithm these are the moments of the log-normal distribution; where the sd of the logarithm is beyond 3, a
        factor of 20, those of the one with 3, since the mean, 90 times the median there, is then all in a tail that no data
        could show. All are at most the largest number.
        """
        most = np.finfo(np.float64).max
        with np.errstate(over="ignore"):
            mu, sigma = self.centre + self.scale * mean, self.scale * sd
            if not self.log:
                return np.clip(mu, -most, most), np.minimum(sigma, most)
            sigma = np.minimum(sigma, WIDEST)
            expected = np.minimum(np.exp(mu + sigma**2 / 2), most)
            return expected, np.minimum(expected * np.sqrt(np.expm1(sigma**2)), most)

    def value(self, z: np.ndarray) -> np.ndarray:
        """Return the values in the objective's units of standardised values `z`, of the same shape."""
        values = self.centre + self.scale * np.asarray(z)
        return np.exp(values) if self.log else values


def _flat(y: np.ndarray) -> Target:
    """The map of values that are equal, but for rounding."""
    centre = float(np.clip((y / len(y)).sum(), y.min(), y.max()))
    return Target(False, centre, max((abs(centre) or 1.0) / math.sqrt(len(y)), float(np.finfo(np.float64).tiny)), True)
