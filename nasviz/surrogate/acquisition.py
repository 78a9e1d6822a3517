"""Acquisition functions: what an evaluation is expected to gain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import torch
from botorch.acquisition import LogExpectedImprovement, UpperConfidenceBound
from botorch.acquisition.analytic import AnalyticAcquisitionFunction
from botorch.models.model import Model
from scipy.special import log_ndtr

from nasviz.surrogate.gp import GP
from nasviz.surrogate.threads import exactly

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

Scores = Callable[[Sequence["Architecture"]], np.ndarray]
"""Takes architectures and returns a number for each ``(m,)``, the larger the better."""


@runtime_checkable
class Acquisition(Protocol):
    """What Bayesian optimisation maximises: a description that is bound to a fitted surrogate."""

    @property
    def name(self) -> str:
        """What it is called in the reason of a proposal."""
        ...

    def bind(self, gp: GP, best: float, rng: np.random.Generator) -> Scores:
        """Return the function to maximise, for a fitted process and an incumbent; smaller values are better."""
        ...


@dataclass(frozen=True)
class LogEI:
    """Logarithm of the expected improvement (Ament et al. 2023); see :func:`log_ei`."""

    @property
    def name(self) -> str:
        """What it is called."""
        return "log expected improvement"

    def bind(self, gp: GP, best: float, rng: np.random.Generator) -> Scores:
        """Return the function of architectures; nothing is drawn."""
        return lambda archs: log_ei(gp, archs, best)


@dataclass(frozen=True)
class UCB:
    """Upper confidence bound of the gain (Srinivas et al. 2010); see :func:`ucb`.

    Parameters
    ----------
    beta
        Weight of the variance, ≥ 0: the bound lies ``sqrt(beta)`` standard deviations from the mean.

    Raises
    ------
    ValueError
        If `beta` is negative.
    """

    beta: float = 4.0

    def __post_init__(self) -> None:
        if not self.beta >= 0:
            raise ValueError(f"beta is {self.beta}; the weight of the variance is 0 or more")

    @property
    def name(self) -> str:
        """What it is called."""
        return f"upper confidence bound (beta {self.beta:g})"

    def bind(self, gp: GP, best: float, rng: np.random.Generator) -> Scores:
        """Return the function of architectures; neither incumbent nor draws matter."""
        return lambda archs: ucb(gp, archs, self.beta)


def log_ei(gp: GP, archs: Sequence[Architecture], best: float, *, maximize: bool = False) -> np.ndarray:
    """Return the logarithm of the expected improvement on `best`, ``(m,)`` (Ament et al. 2023).

    ``log E max(best − f(x), 0)``, with the sign turned when maximising, on the surrogate's own scale, where the target is
    standardised (and logarithmic for errors).

    Parameters
    ----------
    gp
        A fitted Gaussian process.
    archs
        Candidates.
    best
        Incumbent in the objective's units.
    maximize
        Whether larger values are better.

    Raises
    ------
    ValueError
        If `best` lies outside the target's domain (not finite, or ≤ 0 under a logarithm).
    """
    threshold = _threshold(gp, best)
    return _evaluated(lambda: LogExpectedImprovement(_Marginal(gp), best_f=threshold, maximize=maximize), gp, archs)


def log_improvement(gp: GP, mean: np.ndarray, sd: np.ndarray, best: float, *, maximize: bool = False) -> np.ndarray:
    """Return what :func:`log_ei` gives, ``(m,)``, for beliefs that are known: `mean` and `sd` ``(m,)`` in standardised units.

    Raises
    ------
    ValueError
        If `best` lies outside the target's domain.
    """
    threshold = _threshold(gp, best)
    model = _Known(torch.as_tensor(mean), torch.as_tensor(sd**2))
    with exactly(), torch.no_grad():
        found = LogExpectedImprovement(model, best_f=threshold, maximize=maximize)
        return found(torch.arange(len(mean), dtype=torch.float64)[:, None, None]).numpy()


def ucb(gp: GP, archs: Sequence[Architecture], beta: float = 4.0, *, maximize: bool = False) -> np.ndarray:
    """Return the optimistic bound of the gain ``(m,)``: ``sqrt(beta) σ(x) − μ(x)``, or ``+ μ(x)`` when maximising.

    On the surrogate's own scale; Srinivas et al. 2010.

    Parameters
    ----------
    gp
        A fitted Gaussian process.
    archs
        Candidates.
    beta
        Weight of the variance, ≥ 0.
    maximize
        Whether larger values are better.
    """
    return _evaluated(lambda: UpperConfidenceBound(_Marginal(gp), beta=beta, maximize=maximize), gp, archs)


def log_feasible(gp: GP, archs: Sequence[Architecture], limit: float) -> np.ndarray:
    """Return the logarithm of the probability that a number is at most `limit`, ``(m,)``; the noise of a measurement counts.

    Parameters
    ----------
    gp
        Fitted to measured numbers.
    archs
        Candidates.
    limit
        In the units of the measurements.

    Raises
    ------
    ValueError
        If `limit` lies outside the target's domain.
    """
    threshold = float(gp.target.forward(np.array([limit]))[0])
    if not np.isfinite(threshold):
        raise ValueError(f"a limit of {limit} has no place on the surrogate's scale")
    mean, sd = gp.posterior(archs)
    return log_ndtr((threshold - mean) / np.sqrt(sd**2 + gp.noise))


class _Marginal(Model):
    """A process as botorch's acquisition functions take it, one candidate at a time, from the factor that it already has."""

    def __init__(self, gp: GP) -> None:
        super().__init__()
        self._gp = gp

    @property
    def num_outputs(self) -> int:
        """One function."""
        return 1

    def posterior(self, X: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        """Mean and variance at row numbers ``(m, 1, 1)``."""
        store = self._gp.store
        mean, sd = self._gp.posterior([store.archs[int(row)] for row in X.flatten().tolist()])
        return _Moments(torch.as_tensor(mean).view(X.shape), torch.as_tensor(sd**2).view(X.shape))


class _Known(Model):
    """Known moments ``(m,)`` as botorch's acquisition functions take them; candidates are their numbers."""

    def __init__(self, mean: torch.Tensor, variance: torch.Tensor) -> None:
        super().__init__()
        self._mean, self._variance = mean, variance

    @property
    def num_outputs(self) -> int:
        """One function."""
        return 1

    def posterior(self, X: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        """Mean and variance of the numbers ``(m, 1, 1)``."""
        index = X.long()
        return _Moments(self._mean[index], self._variance[index])


@dataclass(frozen=True)
class _Moments:
    mean: torch.Tensor
    variance: torch.Tensor


def _threshold(gp: GP, best: float) -> float:
    """An incumbent in standardised units."""
    threshold = float(gp.target.forward(np.array([best]))[0])
    if not np.isfinite(threshold):
        raise ValueError(f"an incumbent of {best} has no place on the surrogate's scale")
    return threshold


def _evaluated(made: Callable[[], AnalyticAcquisitionFunction], gp: GP, archs: Sequence[Architecture]) -> np.ndarray:
    if len(archs) == 0:
        return np.empty(0)
    inputs = gp.inputs(archs)[:, None, :]
    with exactly(), torch.no_grad():
        return made()(inputs).numpy()
