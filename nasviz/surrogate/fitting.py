"""Learning hyperparameters by marginal likelihood: the continuous ones by gradient, iterations of a level one at a time."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import gpytorch
import numpy as np
import torch
from botorch.exceptions import ModelFittingError, OptimizationWarning
from botorch.fit import fit_gpytorch_mll
from botorch.models import SingleTaskGP

from nasviz.errors import NasvizError
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
    free = [m for m in model.modules() if isinstance(m, LevelKernel) and m.free]
    for kernel in free:
        kernel.prepare(np.unique(rows))
    if free:
        _climb(model, _SHORT)
        choose_iterations(model, free)
    _climb(model, _LONG)
    for module in model.modules():
        if isinstance(module, LevelKernel):
            module.forget()


def refer(model: gpytorch.Module, rows: Ints) -> None:
    """Tell kernels of numbers by which architectures to standardise."""
    for module in model.modules():
        if isinstance(module, NumericKernel):
            module.refer(rows)


def evidence(model: SingleTaskGP) -> float:
    """Return the log marginal likelihood of a model's data, in closed form and with hyperparameters held."""
    inputs: Any = model.train_inputs
    targets: Any = model.train_targets
    covariance: Any = model.covar_module
    likelihood: Any = model.likelihood
    with torch.no_grad():
        gram = covariance(inputs[0]).to_dense().numpy()
    noise = float(likelihood.noise.item())
    return Factor.of(gram + noise * np.eye(len(gram))).evidence(targets.numpy())


def choose_iterations(model: SingleTaskGP, levels: list[LevelKernel]) -> None:
    """Set each level's number of iterations, one after the other, to the most likely one; until nothing moves, or twice."""
    best = evidence(model)
    for _ in range(_SWEEPS):
        before = [level.iterations for level in levels]
        for level in levels:
            now = level.iterations
            for h in range(level.most + 1):
                if h == now:
                    continue
                level.choose(h)
                found = evidence(model)
                if found > best + 1e-6:
                    best, now = found, h
                level.choose(now)
        if [level.iterations for level in levels] == before:
            return


def _climb(model: SingleTaskGP, steps: int) -> None:
    before = copy.deepcopy(model.state_dict())
    likelihood = gpytorch.mlls.ExactMarginalLogLikelihood(model.likelihood, model)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OptimizationWarning)
            fit_gpytorch_mll(likelihood, optimizer_kwargs={"options": {"maxiter": steps}})
    except (ModelFittingError, NasvizError):
        model.load_state_dict(before)
