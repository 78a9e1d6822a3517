"""Acquisition functions: what an evaluation is expected to gain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from botorch.acquisition import LogExpectedImprovement

from nasviz.surrogate.gp import GP
from nasviz.surrogate.threads import exactly

if TYPE_CHECKING:
    from nasviz.spaces import Architecture


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
    threshold = float(gp.target.forward(np.array([best]))[0])
    if not np.isfinite(threshold):
        raise ValueError(f"an incumbent of {best} has no place on the surrogate's scale")
    if len(archs) == 0:
        return np.empty(0)
    inputs = gp.inputs(archs)[:, None, :]
    with exactly(), torch.no_grad():
        return LogExpectedImprovement(gp.model, best_f=threshold, maximize=maximize)(inputs).numpy()
