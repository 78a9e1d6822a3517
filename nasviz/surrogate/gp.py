"""An exact Gaussian process on architectures: botorch and gpytorch, with a kernel on row numbers."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gpytorch
import numpy as np
import torch
from botorch.models import SingleTaskGP
from gpytorch.constraints import Interval

from nasviz.errors import NasvizError
from nasviz.records.calibration import Calibration
from nasviz.records.kernel import KernelWeights, Similarity
from nasviz.surrogate import calibration, fitting
from nasviz.surrogate.combine import parts_of
from nasviz.surrogate.covariance import Covariance, Part, checked_kernel
from nasviz.surrogate.factor import Factor
from nasviz.surrogate.features import FeatureStore, checked_archs
from nasviz.surrogate.hierarchical import HierarchicalWL
from nasviz.surrogate.kernels import store_for
from nasviz.surrogate.notes import equal_values, notes_on
from nasviz.surrogate.similarity import similarity
from nasviz.surrogate.target import Target
from nasviz.surrogate.threads import exactly
from nasviz.surrogate.weights import kernel_weights
from nasviz.surrogate.wl import Ints

if TYPE_CHECKING:
    from nasviz.spaces import Architecture
    from nasviz.surrogate.space_map import KernelMap

NOISE = (1e-5, 0.5)
OUTPUTSCALE = (0.05, 20.0)


class GP:
    """Exact Gaussian process: zero mean, homoscedastic noise, a kernel on architectures (Schrodi et al. 2023, section 4).

    The target is standardised, and logarithmic when all values are positive (errors). Noise variance in [1e-5, 0.5] and output
    scale in [0.05, 20], both in standardised units, the kernel's weights and its iterations per level maximise the marginal
    likelihood. Everything is float64, on one thread, by Cholesky factors.

    Parameters
    ----------
    kernel
        Description of the covariance function; ``HierarchicalWL()`` when None.
    store
        Feature store to use and fill; a new one when None. It must hold `kernel.h` iterations.
    log
        Whether to learn logarithms of values; None takes them when all values are positive, as errors are.

    Attributes
    ----------
    archs, y
        What was learned from, ``(n,)``; values that are not finite are left out.
    prefix
        How many of them, from the first, scale and hyperparameters were learned from.
    notes
        Sentences on what was done with values that say little or nothing; none where nothing was unusual.

    Raises
    ------
    NasvizError
        If `kernel` is no covariance function.
    ValueError
        If `store` holds fewer iterations than the kernel needs.
    """

    def __init__(self, kernel: Covariance | None = None, store: FeatureStore | None = None, log: bool | None = None) -> None:
        self.log = log
        self.kernel: Covariance = HierarchicalWL() if kernel is None else checked_kernel(kernel)
        self.store = store_for(self.kernel) if store is None else store
        self._covariance: Any = _scaled(self.kernel.covariance(self.store))
        self._likelihood: Any = None
        self.archs: tuple[Architecture, ...] = ()
        self.y = np.empty(0)
        self.prefix = 0
        self.notes: tuple[str, ...] = ()
        self.target = Target(False, 0.0, 1.0)
        self._rows: Ints = np.empty(0, np.int64)
        self._factor = Factor(np.empty((0, 0)))
        self._alpha = np.empty(0)
        self._model: SingleTaskGP | None = None

    @property
    def model(self) -> SingleTaskGP:
        """The botorch model behind; its inputs are row numbers of `store`.

        Raises
        ------
        NasvizError
            If nothing has been fitted.
        """
        self._need_data()
        if self._model is None:
            with exactly():
                self._model = self._build(len(self.archs))
                self._model.eval()
        return self._model

    @property
    def equal(self) -> str:
        """The sentence of `notes` that all values are equal, or ""."""
        return equal_values(self.y) if self.target.flat else ""

    @property
    def noise(self) -> float:
        """Noise variance in standardised units."""
        self._need_data()
        return float(self._likelihood.noise.item())

    @property
    def outputscale(self) -> float:
        """Prior variance in standardised units."""
        self._need_data()
        return float(self._covariance.outputscale.item())

    @property
    def evidence(self) -> float:
        """Log marginal likelihood of the values, in standardised units."""
        self._need_data()
        return self._factor.evidence(self.target.forward(self.y))

    @property
    def factor(self) -> Factor:
        """Cholesky factor of the covariance of the values, noise included, in standardised units."""
        self._need_data()
        return self._factor

    def gram(self, archs: Sequence[Architecture], others: Sequence[Architecture] | None = None) -> np.ndarray:
        """Return the prior covariances ``(m, q)`` between `archs` and `others`, or among `archs`, in standardised units."""
        self._need_data()
        rows = self.store.rows(archs)
        with exactly():
            return self._gram(rows, rows if others is None else self.store.rows(others))

    def parts(self) -> tuple[Part, ...]:
        """Return the summands of the kernel, e.g. the levels, with their learned weights, of sum 1, and iterations.

        Raises
        ------
        NasvizError
            If nothing has been fitted.
        """
        self._need_data()
        return tuple(parts_of(self._covariance.base_kernel))

    def fit(
        self, archs: Sequence[Architecture], y: Sequence[float] | np.ndarray, *, every: int = 1, previous: GP | None = None
    ) -> GP:
        """Learn scale and hyperparameters from `archs` and their values `y` ``(n,)``; return self.

        Values that are not finite are left out. One value, equal values and identical architectures are allowed. Where values
        are equal, but for rounding, that value is predicted everywhere, the hyperparameters keep their defaults (output scale
        1, noise 0.01) and the sd is that of :class:`nasviz.surrogate.target.Target`. `notes` says so.

        Parameters
        ----------
        archs, y
            Architectures and their values, in order.
        every
            Learn scale and hyperparameters from the first ⌊n/every⌋·every finite values only, so that they stay the same for
            `every` trials; all values count as data in any case.
        previous
            A process of the same kernel that has seen a beginning of these data. What it has in common is taken from it: that
            saves time and, to the last bit, changes nothing.

        Raises
        ------
        NasvizError
            If `archs` is no list of architectures.
        ValueError
            If the lengths differ, no value is finite or `every` is below 1.
        """
        archs = checked_archs(archs)
        values = np.asarray(y, dtype=np.float64)
        if values.shape != (len(archs),):
            raise ValueError(f"{len(archs)} architectures need as many values, got an array of shape {values.shape}")
        if every < 1:
            raise ValueError(f"every is {every}; hyperparameters are learned every 1 or more trials")
        finite = np.isfinite(values)
        if not finite.any():
            raise ValueError("no finite value to learn from")
        self.notes = notes_on(archs, values, self.log)
        self.archs = tuple(arch for arch, keep in zip(archs, finite, strict=True) if keep)
        self.y = values[finite]
        self.prefix, self.target = _prefix(self.y, every, self.log)
        with exactly():
            self._rows = self.store.rows(self.archs)
            self._covariance = _scaled(self.kernel.covariance(self.store))
            self._likelihood = _noisy()
            if previous is not None and self._like(previous):
                self._take(previous)
            else:
                self._learn()
        return self

    def posterior(self, archs: Sequence[Architecture]) -> tuple[np.ndarray, np.ndarray]:
        """Return mean ``(m,)`` and standard deviation ``(m,)`` of the noise-free function, in standardised units."""
        self._need_data()
        rows = self.store.rows(archs)
        if len(rows) == 0:
            return np.empty(0), np.empty(0)
        with exactly():
            cross = self._gram(rows, self._rows)
            prior = self._covariance(_inputs(rows), diag=True).detach().numpy()
        variance = prior - np.square(self._factor.half(cross.T)).sum(axis=0)
        return cross @ self._alpha, np.sqrt(np.maximum(variance, 1e-12))

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
        self._need_data()
        diagonal = np.square(self._factor.half(np.eye(len(self.y)))).sum(axis=0)
        return self.target.forward(self.y) - self._alpha / diagonal, 1 / np.sqrt(diagonal)

    def calibration(
        self,
        archs: Sequence[Architecture] | None = None,
        y: Sequence[float] | np.ndarray | None = None,
        *,
        levels: Sequence[float] = calibration.LEVELS,
    ) -> Calibration:
        """Return how honest the predictions are: coverage by level, transform, Kendall τ and negative log likelihood.

        Parameters
        ----------
        archs, y
            Architectures that were held out, and their values ``(m,)``; None takes each trial left out in turn. Values that
            are not finite, or have no place on the scale, are left out.
        levels
            Nominal probabilities of central intervals, each in (0, 1).

        Raises
        ------
        ValueError
            If only one of `archs` and `y` is given, their lengths differ, or a level is not between 0 and 1.
        """
        if (archs is None) != (y is None):
            raise ValueError("calibration takes architectures and their values, or neither for leave-one-out")
        if archs is None or y is None:
            mean, sd = self.leave_one_out_standardised()
            return calibration.calibrate(self.target.forward(self.y), mean, sd, levels=levels, method="leave-one-out")
        archs, values = checked_archs(archs), np.asarray(y, dtype=np.float64)
        if values.shape != (len(archs),):
            raise ValueError(f"{len(archs)} architectures need as many values, got an array of shape {values.shape}")
        z = self.target.forward(values)
        kept = np.isfinite(z)
        mean, sd = self.posterior([arch for arch, keep in zip(archs, kept, strict=True) if keep])
        return calibration.calibrate(z[kept], mean, np.sqrt(sd**2 + self.noise), levels=levels)

    def weights(self) -> KernelWeights:
        """Return what was learned of the kernel, part by part; see :func:`nasviz.surrogate.weights.kernel_weights`."""
        return kernel_weights(self)

    def similarity(self, most: int = 300) -> Similarity:
        """Return who is like whom among the last `most` data; see :func:`nasviz.surrogate.similarity.similarity`."""
        return similarity(self, most)

    def map(
        self, candidates: int = 200, seed: int = 0, *, maximize: bool = False, previous: KernelMap | None = None
    ) -> KernelMap:
        """Return a map of the space; see :func:`nasviz.surrogate.space_map.kernel_map`."""
        from nasviz.surrogate.space_map import kernel_map

        return kernel_map(self, candidates, seed, maximize=maximize, previous=previous)

    def believe(self, archs: Sequence[Architecture]) -> GP:
        """Return this process with `archs` added at their posterior mean, hyperparameters held.

        The kriging believer: pending evaluations count as if they had returned what is expected of them.
        """
        self._need_data()
        archs = checked_archs(archs)
        if len(archs) == 0:
            return self
        other = copy.copy(self)
        mean, _ = self.posterior(archs)
        other.archs = (*self.archs, *archs)
        other.y = np.concatenate([self.y, self.target.value(mean)])
        other._rows = self.store.rows(other.archs)
        with exactly():
            other._extend(self._factor)
        return other

    def inputs(self, archs: Sequence[Architecture]) -> torch.Tensor:
        """Return the row numbers of `archs` as float64 ``(m, 1)``, the inputs of `model`."""
        return _inputs(self.store.rows(archs))

    def _need_data(self) -> None:
        if not self.archs:
            raise NasvizError("this Gaussian process has seen no data. Type: gp.fit(archs, y)")

    def _learn(self) -> None:
        """Learn the hyperparameters from the prefix, then factor all."""
        rows = self._rows[: self.prefix]
        fitting.refer(self._covariance, rows)
        if not self.target.flat:
            fitting.learn(self._build(self.prefix), rows)
        self._covariance.eval()
        self._likelihood.eval()
        factor = Factor.of(self._gram(rows, rows) + self.noise * np.eye(self.prefix))
        fitting.forget(self._covariance)
        self._extend(factor)

    def _like(self, previous: GP) -> bool:
        """Whether the hyperparameters of `previous` are those that would be learned."""
        return (
            (previous.prefix, previous.log, previous.kernel) == (self.prefix, self.log, self.kernel)
            and previous.archs[: self.prefix] == self.archs[: self.prefix]
            and np.array_equal(previous.y[: self.prefix], self.y[: self.prefix])
        )

    def _take(self, previous: GP) -> None:
        """Take hyperparameters and what is common of the factor from `previous`."""
        self._covariance.load_state_dict(previous._covariance.state_dict())
        self._likelihood.load_state_dict(previous._likelihood.state_dict())
        self._covariance.eval()
        self._likelihood.eval()
        common = self.prefix
        while common < min(len(self.archs), len(previous.archs)) and previous.archs[common] == self.archs[common]:
            common += 1
        self._extend(previous._factor.leading(common))

    def _extend(self, factor: Factor) -> None:
        """Append to a factor of the first data the rows of the others, and solve for the values."""
        n = len(factor)
        new = self._gram(self._rows[n:], self._rows)
        new[np.arange(len(new)), n + np.arange(len(new))] += self.noise
        self._factor = factor.append(new)
        self._alpha = self._factor.solve(self.target.forward(self.y))
        self._model = None

    def _gram(self, a: Ints, b: Ints) -> np.ndarray:
        """Covariances ``(p, q)`` of rows `a` and `b`, in standardised units."""
        if not len(a):
            return np.empty((0, len(b)))
        with torch.no_grad():
            return self._covariance(_inputs(a), _inputs(b)).to_dense().numpy().copy()

    def _build(self, n: int) -> SingleTaskGP:
        """The botorch model of the first `n` data."""
        return SingleTaskGP(
            _inputs(self._rows[:n]),
            torch.as_tensor(self.target.forward(self.y[:n]), dtype=torch.float64)[:, None],
            likelihood=self._likelihood,
            covar_module=self._covariance,
            mean_module=gpytorch.means.ZeroMean(),
            outcome_transform=None,
        )


def _prefix(y: np.ndarray, every: int, log: bool | None) -> tuple[int, Target]:
    """How many values decide, and the scale that they give; all, where the first ones say nothing or exclude later ones."""
    n = len(y) // every * every
    if 0 < n < len(y):
        target = Target.learn(y[:n], log)
        if not target.flat and np.isfinite(target.forward(y)).all():
            return n, target
    return len(y), Target.learn(y, log)


def _scaled(kernel: gpytorch.kernels.Kernel) -> gpytorch.kernels.ScaleKernel:
    scaled: Any = gpytorch.kernels.ScaleKernel(kernel, outputscale_constraint=Interval(*OUTPUTSCALE, initial_value=1.0))
    return scaled.double()


def _noisy() -> gpytorch.likelihoods.GaussianLikelihood:
    likelihood: Any = gpytorch.likelihoods.GaussianLikelihood(noise_constraint=Interval(*NOISE, initial_value=0.01))
    return likelihood.double()


def _inputs(rows: Ints) -> torch.Tensor:
    return torch.as_tensor(rows, dtype=torch.float64)[:, None]
