"""An exact Gaussian process on architectures: botorch and gpytorch, with a kernel on row numbers."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gpytorch
import numpy as np
import scipy.linalg
import torch
from botorch.exceptions import ModelFittingError, OptimizationWarning
from botorch.fit import fit_gpytorch_mll
from botorch.models import SingleTaskGP
from gpytorch.constraints import Interval

from nasviz.errors import NasvizError
from nasviz.surrogate.features import FeatureStore
from nasviz.surrogate.kernels import Covariance, FlatWL
from nasviz.surrogate.target import Target
from nasviz.surrogate.threads import exactly

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

NOISE = (1e-5, 0.5)
OUTPUTSCALE = (0.05, 20.0)


class GP:
    """Exact Gaussian process: zero mean, homoscedastic noise, a kernel on architectures (Schrodi et al. 2023, section 4).

    The target is standardised, and logarithmic when all values are positive (errors). Noise variance in [1e-5, 0.5] and output
    scale in [0.05, 20], both in standardised units, maximise the marginal likelihood. Everything is float64, on one thread,
    by Cholesky factors.

    Parameters
    ----------
    kernel
        Description of the covariance function.
    store
        Feature store to use and fill; a new one when None. It must hold `kernel.h` iterations.
    log
        Whether to learn logarithms of values; None takes them when all values are positive, as errors are.

    Raises
    ------
    ValueError
        If `store` holds fewer iterations than the kernel needs.
    """

    def __init__(self, kernel: Covariance | None = None, store: FeatureStore | None = None, log: bool | None = None) -> None:
        self.log = log
        self.kernel: Covariance = FlatWL() if kernel is None else kernel
        self.store = FeatureStore(h=self.kernel.h) if store is None else store
        self._covariance = self.kernel.covariance(self.store)
        self.archs: tuple[Architecture, ...] = ()
        self.y = np.empty(0)
        self.target = Target(False, 0.0, 1.0)
        self._model: Any = None

    @property
    def model(self) -> SingleTaskGP:
        """The botorch model behind; its inputs are row numbers of `store`.

        Raises
        ------
        NasvizError
            If nothing has been fitted.
        """
        if self._model is None:
            raise NasvizError("this Gaussian process has seen no data. Type: gp.fit(archs, y)")
        return self._model

    @property
    def noise(self) -> float:
        """Noise variance in standardised units."""
        likelihood: Any = self.model.likelihood
        return float(likelihood.noise.item())

    @property
    def outputscale(self) -> float:
        """Prior variance in standardised units."""
        covariance: Any = self.model.covar_module
        return float(covariance.outputscale.item())

    def fit(self, archs: Sequence[Architecture], y: Sequence[float] | np.ndarray) -> GP:
        """Learn scale and hyperparameters from `archs` and their values `y` ``(n,)``; return self.

        Values that are not finite are left out. One value, equal values and identical architectures are allowed; where the
        values carry no information the hyperparameters keep their defaults (output scale 1, noise 0.01).

        Raises
        ------
        ValueError
            If the lengths differ or no value is finite.
        """
        values = np.asarray(y, dtype=np.float64)
        if values.shape != (len(archs),):
            raise ValueError(f"{len(archs)} architectures need as many values, got an array of shape {values.shape}")
        finite = np.isfinite(values)
        if not finite.any():
            raise ValueError("no finite value to learn from")
        self.archs = tuple(arch for arch, keep in zip(archs, finite, strict=True) if keep)
        self.y = values[finite]
        self.target = Target.learn(self.y, self.log)
        with exactly():
            self._model = self._build(self.store.rows(self.archs), self.target.forward(self.y))
            if np.ptp(self.y) > 0:
                _maximise(self._model)
            self._model.eval()
        return self

    def posterior(self, archs: Sequence[Architecture]) -> tuple[np.ndarray, np.ndarray]:
        """Return mean ``(m,)`` and standard deviation ``(m,)`` of the noise-free function, in standardised units."""
        if len(archs) == 0:
            return np.empty(0), np.empty(0)
        inputs = self.inputs(archs)
        with exactly(), torch.no_grad():
            posterior = self.model.posterior(inputs)
            mean, variance = posterior.mean[:, 0].numpy(), posterior.variance[:, 0].numpy()
        return mean, np.sqrt(np.maximum(variance, 1e-12))

    def predict(self, archs: Sequence[Architecture]) -> tuple[np.ndarray, np.ndarray]:
        """Return mean ``(m,)`` and standard deviation ``(m,)`` of the noise-free function, in the objective's units."""
        return self.target.moments(*self.posterior(archs))

    def leave_one_out(self) -> tuple[np.ndarray, np.ndarray]:
        """Return what each value was predicted to be from all others: mean ``(n,)`` and sd ``(n,)`` in the objective's units.

        Hyperparameters and scale are held; the sd includes the noise, as an observation does.
        """
        return self.target.moments(*self.leave_one_out_standardised())

    def leave_one_out_standardised(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the closed-form leave-one-out mean and sd ``(n,)`` in standardised units.

        With ``C = K + σ²I``: ``μ_i = z_i − [C⁻¹z]_i / [C⁻¹]_ii`` and ``σ_i² = 1 / [C⁻¹]_ii`` (Rasmussen & Williams 2006, 5.12).
        """
        rows = self.inputs(self.archs)
        covariance: Any = self.model.covar_module
        z = self.target.forward(self.y)
        with exactly(), torch.no_grad():
            gram = covariance(rows).to_dense().numpy()
        factor = scipy.linalg.cho_factor(gram + self.noise * np.eye(len(z)), lower=True)
        inverse = scipy.linalg.cho_solve(factor, np.eye(len(z)))
        diagonal = np.diag(inverse)
        return z - inverse @ z / diagonal, 1 / np.sqrt(diagonal)

    def believe(self, archs: Sequence[Architecture]) -> GP:
        """Return this process with `archs` added at their posterior mean, hyperparameters held.

        The kriging believer: pending evaluations count as if they had returned what is expected of them.
        """
        if len(archs) == 0:
            return self
        other = copy.copy(self)
        mean, _ = self.posterior(archs)
        other.archs = (*self.archs, *archs)
        other.y = np.concatenate([self.y, self.target.value(mean)])
        with exactly():
            other._model = self._build(self.store.rows(other.archs), self.target.forward(other.y))
            other._model.load_state_dict(self.model.state_dict())
            other._model.eval()
        return other

    def inputs(self, archs: Sequence[Architecture]) -> torch.Tensor:
        """Return the row numbers of `archs` as float64 ``(m, 1)``, the inputs of `model`."""
        return torch.as_tensor(self.store.rows(archs), dtype=torch.float64)[:, None]

    def _build(self, rows: np.ndarray, z: np.ndarray) -> SingleTaskGP:
        likelihood = gpytorch.likelihoods.GaussianLikelihood(noise_constraint=Interval(*NOISE, initial_value=0.01))
        covariance = gpytorch.kernels.ScaleKernel(
            self._covariance, outputscale_constraint=Interval(*OUTPUTSCALE, initial_value=1.0)
        )
        return SingleTaskGP(
            torch.as_tensor(rows, dtype=torch.float64)[:, None],
            torch.as_tensor(z, dtype=torch.float64)[:, None],
            likelihood=likelihood,
            covar_module=covariance,
            mean_module=gpytorch.means.ZeroMean(),
            outcome_transform=None,
        )


def _maximise(model: SingleTaskGP) -> None:
    before = copy.deepcopy(model.state_dict())
    likelihood = gpytorch.mlls.ExactMarginalLogLikelihood(model.likelihood, model)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OptimizationWarning)
            fit_gpytorch_mll(likelihood, optimizer_kwargs={"options": {"maxiter": 100}})
    except ModelFittingError:
        model.load_state_dict(before)
