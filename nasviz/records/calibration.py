"""How honest predictions with an uncertainty were, once the values were known."""

from __future__ import annotations

from dataclasses import dataclass

from nasviz.records.base import Record


@dataclass(frozen=True)
class Calibration(Record):
    """Predictions of n values against the values.

    Parameters
    ----------
    method
        How the predictions were made: "leave-one-out" or "held out".
    n
        Number of values.
    tau
        Kendall τ-b between predicted means and values, −1…1: how well the order is predicted; NaN where it is undefined.
    nll
        Mean negative log density of the values, in nats and standardised units: lower is better, 1.42 is what the mean and the
        deviation of all values score; NaN for n = 0.
    levels
        Nominal probabilities of central intervals, each in (0, 1).
    coverage
        Share of the values in the central interval of each level, 0…1; equal to `levels` where uncertainty is honest, below
        where it is too small; NaN for n = 0.
    pit
        Probability integral transform of each value, ``(n,)``, 0…1: predicted probability of a smaller one. Uniform where
        uncertainty is honest, a U where it is too small, a hill where it is too large.
    """

    method: str
    n: int
    tau: float
    nll: float
    levels: tuple[float, ...]
    coverage: tuple[float, ...]
    pit: tuple[float, ...]
