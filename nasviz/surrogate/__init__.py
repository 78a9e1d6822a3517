"""Surrogates: what is believed of architectures that were never trained.

A surrogate learns from evaluated architectures to predict others, with an honest uncertainty. *Features* are explicit counts:
how often each Weisfeiler-Lehman label occurs in an architecture's graph. A *kernel* compares two architectures by their
features. An exact *Gaussian process* turns kernel and values into a mean and a standard deviation for every architecture; its
hyperparameters maximise the marginal likelihood, and leave-one-out predictions say whether to believe it. An *acquisition
function* turns mean and deviation into the gain to be expected from an evaluation. Architectures are *rows* of a feature
store; botorch and gpytorch compute on row numbers. Everything is float64 on one thread, and deterministic.
Further reading: Rasmussen & Williams 2006; Ru et al. 2021 (NASBOWL); Schrodi et al. 2023.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasviz.surrogate.acquisition import log_ei
    from nasviz.surrogate.features import FeatureStore
    from nasviz.surrogate.gp import GP
    from nasviz.surrogate.kernels import Covariance, FlatWL
    from nasviz.surrogate.target import Target

__all__ = ["GP", "Covariance", "FeatureStore", "FlatWL", "Target", "log_ei"]

_HOME = {
    "GP": "gp",
    "Covariance": "kernels",
    "FeatureStore": "features",
    "FlatWL": "kernels",
    "Target": "target",
    "log_ei": "acquisition",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use: features need no torch."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
