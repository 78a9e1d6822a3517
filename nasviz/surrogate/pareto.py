"""Several objectives: what no other trial beats in all of them, and where an evaluation is expected to move that front."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
from botorch.acquisition.multi_objective.objective import WeightedMCMultiOutputObjective
from botorch.models import ModelListGP
from botorch.sampling import SobolQMCNormalSampler
from botorch.utils.multi_objective.pareto import is_non_dominated
from linear_operator.utils.warnings import NumericalWarning

from nasviz.surrogate.gp import GP
from nasviz.surrogate.threads import exactly

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

CHUNK = 250
"""Candidates that are integrated over together."""


def pareto_front(values: np.ndarray) -> np.ndarray:
    """Return the numbers of the rows that no other row beats, ``(k,)``, in order; smaller is better in every column.

    Parameters
    ----------
    values
        Objectives ``(n, m)``; rows with a value that is not finite are left out. Of equal rows all are returned.

    Examples
    --------
    >>> pareto_front(np.array([[1.0, 4.0], [2.0, 2.0], [3.0, 3.0], [4.0, 1.0]])).tolist()
    [0, 1, 3]
    """
    rows = np.flatnonzero(np.isfinite(values).all(axis=1))
    if len(rows) == 0:
        return rows
    return rows[is_non_dominated(torch.as_tensor(-values[rows]), deduplicate=False).numpy()]


def log_nehvi(gps: Sequence[GP], archs: Sequence[Architecture], *, samples: int = 64, seed: int = 0) -> np.ndarray:
    """Return the logarithm of the expected gain in hypervolume, ``(m,)``, for noisy objectives (Ament et al. 2023).

    On the surrogates' own scales, where every target is standardised. The reference point lies a tenth of the range beyond
    the worst of the Pareto front in each objective.

    Parameters
    ----------
    gps
        One fitted process for each objective, of the same architectures in one feature store; smaller values are better.
    archs
        Candidates.
    samples
        Draws of the posterior that are averaged.
    seed
        Of these draws.

    Raises
    ------
    ValueError
        If there are fewer than two processes, or they do not share store and architectures.
    """
    if len(gps) < 2:
        raise ValueError(f"several objectives are two or more, found {len(gps)}")
    if any(gp.store is not gps[0].store or gp.archs != gps[0].archs for gp in gps):
        raise ValueError("the processes of several objectives share one feature store and one list of architectures")
    if len(archs) == 0:
        return np.empty(0)
    known = torch.stack([torch.as_tensor(-gp.target.forward(gp.y)) for gp in gps], dim=1)
    front = known[is_non_dominated(known)]
    worst, best = front.min(dim=0).values, front.max(dim=0).values
    inputs = gps[0].inputs(archs)[:, None, :]
    with exactly(), torch.no_grad(), torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        torch.manual_seed(seed)  # botorch draws when it leaves out what is surely beaten
        warnings.simplefilter("ignore", NumericalWarning)  # jitter is expected: draws of near equals are nearly dependent
        gain = qLogNoisyExpectedHypervolumeImprovement(
            ModelListGP(*(gp.model for gp in gps)),
            ref_point=worst - 0.1 * torch.clamp(best - worst, min=0.1),
            X_baseline=gps[0].inputs(gps[0].archs),
            sampler=SobolQMCNormalSampler(torch.Size([samples]), seed=seed),
            objective=WeightedMCMultiOutputObjective(torch.full((len(gps),), -1.0, dtype=torch.float64)),
            prune_baseline=True,
        )
        return np.concatenate([gain(inputs[i : i + CHUNK]).numpy() for i in range(0, len(inputs), CHUNK)])
