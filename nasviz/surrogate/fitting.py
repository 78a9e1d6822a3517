"""Learning hyperparameters by marginal likelihood: the continuous ones by gradient, iterations of a level one at a time."""

from __future__ import annotations

import copy
import math
import warnings
from typing import Any

import gpytorch
import numpy as np
import torch
from botorch.exceptions import ModelFittingError, OptimizationWarning
from botorch.fit import fit_gpytorch_mll
from botorch.models import SingleTaskGP

from nasviz.surrogate.combine import Mixture, parts_of
from nasviz.surrogate.covariance import RowKernel
from nasviz.surrogate.factor import Factor
from nasviz.surrogate.kernels import LevelKernel
from nasviz.surrogate.numeric import NumericKernel
from nasviz.surrogate.wl import Ints

_SHORT, _LONG = 15, 100
_SWEEPS = 2


def learn(model: SingleTaskGP, rows: Ints) -> None:
    """Maximise the marginal likelihood of a model of `rows` ``(n,)``.

    A short climb finds weights and noise; with these held, the number of iterations of each level is chosen by coordinate
    search on the likelihood in closed form, each level's inner products being computed once; a long climb ends it.
    """
    parts = parts_of(model.covar_module.base_kernel)
    free = [m for part in parts for m in part.kernel.modules() if isinstance(m, LevelKernel) and m.free]
    for kernel in free:
        kernel.prepare(np.unique(rows))
    if free:
        _climb(model, _SHORT)
        choose_iterations(model, free)
    _climb(model, _LONG)


def forget(model: gpytorch.Module) -> None:
    """Drop what kernels kept while they were learned."""
    for module in model.modules():
        if isinstance(module, RowKernel):
            module.forget()


def refer(model: gpytorch.Module, rows: Ints) -> None:
    """Tell kernels of which architectures they will learn: numbers are standardised by them, equal levels become one."""
    for module in model.modules():
        if isinstance(module, NumericKernel):
            module.refer(rows)
        elif isinstance(module, Mixture):
            _merge(module, rows)


def _merge(mixture: Mixture, rows: Ints) -> None:
    """Leave out levels of which nothing can be learned from `rows`.

    A level that shows the full graph of all of them says the same once more; one at which all look alike adds a constant.
    """
    levels: list[Any] = list(mixture.kernels)
    if not any(isinstance(kernel, LevelKernel) and kernel.free and kernel.level is None for kernel in levels):
        return
    free = [isinstance(kernel, LevelKernel) and kernel.free for kernel in levels]
    kept = [not (free[i] and (kernel.whole(rows) or kernel.alike(rows))) for i, kernel in enumerate(levels)]
    mixture.keep(kept)


class Trying:
    """The log marginal likelihood of a model's data in closed form, with hyperparameters held, as levels change.

    Parameters
    ----------
    model
        The model; its kernel is a scaled one.
    """

    def __init__(self, model: SingleTaskGP) -> None:
        inputs: Any = model.train_inputs
        targets: Any = model.train_targets
        covariance: Any = model.covar_module
        likelihood: Any = model.likelihood
        self._inputs: torch.Tensor = inputs[0]
        self._z: np.ndarray = targets.numpy()
        self._scale = float(covariance.outputscale.item())
        self._noise = float(likelihood.noise.item()) * np.eye(len(self._z))
        self._parts = list(parts_of(covariance.base_kernel))
        self._grams = [self._gram(part.kernel) for part in self._parts]

    def evidence(self, changed: LevelKernel | None = None) -> float:
        """Return the log marginal likelihood, after `changed` has changed if it is given."""
        if changed is not None:
            for i, part in enumerate(self._parts):
                if any(module is changed for module in part.kernel.modules()):
                    self._grams[i] = self._gram(part.kernel)
        gram = sum(part.weight * gram for part, gram in zip(self._parts, self._grams, strict=True))
        return Factor.of(self._scale * gram + self._noise).evidence(self._z)

    def _gram(self, kernel: Any) -> np.ndarray:
        with torch.no_grad():
            return kernel(self._inputs).to_dense().numpy()


def choose_iterations(model: SingleTaskGP, levels: list[LevelKernel]) -> None:
    """Set each level's number of iterations, one after the other, to the most likely one; until nothing moves, or twice."""
    trying = Trying(model)
    best = trying.evidence()
    for _ in range(_SWEEPS):
        before = [level.iterations for level in levels]
        for level in levels:
            chosen = level.iterations
            for h in range(level.most + 1):
                if h == before[levels.index(level)]:
                    continue
                level.choose(h)
                found = trying.evidence(level)
                if found > best + 1e-6:
                    best, chosen = found, h
            level.choose(chosen)
            trying.evidence(level)
        if [level.iterations for level in levels] == before:
            return


class LogDensity(torch.autograd.Function):
    """The log density of z ``(n,)`` under N(0, C), differentiated by C in closed form: ``(ααᵀ − C⁻¹) / 2`` with ``α = C⁻¹z``.

    Rasmussen & Williams 2006, 5.9; a third of the time that differentiating a Cholesky factor takes.
    """

    @staticmethod
    def forward(ctx: Any, covariance: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        """Return the log density, a scalar."""
        lower = torch.linalg.cholesky(covariance)
        alpha = torch.cholesky_solve(z[:, None], lower)
        ctx.save_for_backward(lower, alpha)
        return -0.5 * (z @ alpha[:, 0]) - lower.diagonal().log().sum() - 0.5 * len(z) * math.log(2 * math.pi)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor, None]:
        """Return the derivative by the covariance."""
        lower, alpha = ctx.saved_tensors
        return grads[0] * 0.5 * (alpha @ alpha.T - torch.cholesky_inverse(lower)), None


def _climb(model: SingleTaskGP, steps: int) -> None:
    """Maximise the marginal likelihood by gradient; where that fails the hyperparameters stay as they were."""
    before = copy.deepcopy(model.state_dict())
    inputs: Any = model.train_inputs
    z: Any = model.train_targets
    covariance: Any = model.covar_module
    likelihood: Any = model.likelihood
    parameters = [p for p in model.parameters() if p.requires_grad]

    def closure() -> tuple[torch.Tensor, list[torch.Tensor | None]]:
        for parameter in parameters:
            parameter.grad = None
        gram = covariance(inputs[0]).to_dense() + likelihood.noise * torch.eye(len(z), dtype=z.dtype)
        density: Any = LogDensity.apply(gram, z)
        loss = -density / len(z)
        loss.backward()
        return loss, [parameter.grad for parameter in parameters]

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OptimizationWarning)
            mll = gpytorch.mlls.ExactMarginalLogLikelihood(model.likelihood, model)
            fit_gpytorch_mll(mll, closure=closure, optimizer_kwargs={"options": {"maxiter": steps, "ftol": 1e-8}})
    except (ModelFittingError, RuntimeError):
        model.load_state_dict(before)
