"""The scale on which a surrogate learns: standardised, and logarithmic for positive values such as errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LARGE = 1e150
"""Above it squares overflow, below its inverse they vanish."""


@dataclass(frozen=True)
class Target:
    """An invertible map from the objective's units to the surrogate's.

    ``z = (log y − centre) / scale`` when `log`, else ``z = (y − centre) / scale``.

    Parameters
    ----------
    log
        Whether the logarithm is taken first.
    centre, scale
        Mean and standard deviation (1 where that is zero) of the values it was learned from.
    """

    log: bool
    centre: float
    scale: float

    @staticmethod
    def learn(y: np.ndarray, log: bool | None = None) -> Target:
        """Learn the map from finite values `y` ``(n,)``, n ≥ 1; when `log` is None it is taken if all are positive.

        Raises
        ------
        ValueError
            If `log` is true and a value is not positive.

        Examples
        --------
        >>> Target.learn(np.array([1.0, np.exp(2.0)])).forward(np.array([np.exp(1.0)]))
        array([0.])
        """
        positive = bool(np.all(y > 0))
        if log and not positive:
            raise ValueError(f"the smallest value is {y.min()}; logarithms need positive values")
        log = positive if log is None else log
        values = np.log(y) if log else y
        largest = float(np.abs(values).max())
        unit = 1.0 if largest == 0 or 1 / LARGE < largest < LARGE else largest
        centre, scale = float((values / unit).mean()) * unit, float((values / unit).std()) * unit
        if not scale > 1e-12 * (max(1.0, largest) if log else largest):
            scale = 1.0
        return Target(log, centre, scale)

    def forward(self, y: np.ndarray) -> np.ndarray:
        """Return the standardised values of `y`, of the same shape; values ≤ 0 under a logarithm give −inf or NaN."""
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.log(y) if self.log else np.asarray(y, dtype=np.float64)
        return values / self.scale - self.centre / self.scale if self.scale > LARGE else (values - self.centre) / self.scale

    def moments(self, mean: np.ndarray, sd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation in the objective's units of Gaussians with `mean` and `sd`, all ``(m,)``.

        Under a logarithm these are the moments of the log-normal distribution. All are at most the largest number.
        """
        most = np.finfo(np.float64).max
        with np.errstate(over="ignore"):
            mu, sigma = self.centre + self.scale * mean, self.scale * sd
            if not self.log:
                return np.clip(mu, -most, most), np.minimum(sigma, most)
            expected = np.minimum(np.exp(mu + sigma**2 / 2), most)
            return expected, np.minimum(expected * np.sqrt(np.expm1(sigma**2)), most)

    def value(self, z: np.ndarray) -> np.ndarray:
        """Return the values in the objective's units of standardised values `z`, of the same shape."""
        values = self.centre + self.scale * np.asarray(z)
        return np.exp(values) if self.log else values
