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
    from nasviz.surrogate.acquisition import UCB, Acquisition, LogEI, log_ei, log_feasible, ucb
    from nasviz.surrogate.combine import Product, Sum
    from nasviz.surrogate.covariance import Covariance, Part
    from nasviz.surrogate.feature import Feature
    from nasviz.surrogate.features import FeatureStore
    from nasviz.surrogate.gp import GP
    from nasviz.surrogate.hierarchical import HierarchicalWL
    from nasviz.surrogate.kernels import FlatWL, ProductionCounts, store_for
    from nasviz.surrogate.numeric import Numeric
    from nasviz.surrogate.prior import gram
    from nasviz.surrogate.target import Target
    from nasviz.surrogate.thompson import PosteriorDraw, Thompson
    from nasviz.surrogate.why import Explanation, explain

__all__ = [
    "GP",
    "UCB",
    "Acquisition",
    "Covariance",
    "Explanation",
    "Feature",
    "FeatureStore",
    "FlatWL",
    "HierarchicalWL",
    "LogEI",
    "Numeric",
    "Part",
    "PosteriorDraw",
    "Product",
    "ProductionCounts",
    "Sum",
    "Target",
    "Thompson",
    "explain",
    "gram",
    "log_ei",
    "log_feasible",
    "store_for",
    "ucb",
]

_HOME = {
    "GP": "gp",
    "Covariance": "covariance",
    "Explanation": "why",
    "Feature": "feature",
    "FeatureStore": "features",
    "FlatWL": "kernels",
    "HierarchicalWL": "hierarchical",
    "Numeric": "numeric",
    "Part": "covariance",
    "Product": "combine",
    "ProductionCounts": "kernels",
    "Sum": "combine",
    "Target": "target",
    "Acquisition": "acquisition",
    "LogEI": "acquisition",
    "PosteriorDraw": "thompson",
    "Thompson": "thompson",
    "UCB": "acquisition",
    "log_ei": "acquisition",
    "log_feasible": "acquisition",
    "ucb": "acquisition",
    "explain": "why",
    "gram": "prior",
    "store_for": "kernels",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use: features need no torch."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
