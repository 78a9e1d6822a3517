"""Times of the surrogate on the hierarchical NAS-Bench-201 space, one thread; printed, never failed on."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nasviz.records import Trial
from nasviz.search import BayesOpt
from nasviz.spaces import hierarchical_nb201
from nasviz.surrogate import GP, FeatureStore

pytestmark = pytest.mark.benchmark

PUBLISHED = {"fit": 68.9, "predict": 9.1, "step": 328.0}
"""Seconds of the published engine on two cores: fit at n = 200, 200 predictions at n = 200, one proposal at n = 50."""


def seconds(function: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = function()
    return time.perf_counter() - began, result


def test_features_fit_predict_and_propose() -> None:
    space = hierarchical_nb201()
    archs = space.sample(1400, seed=0)
    y = 0.1 * np.exp(0.1 * np.random.default_rng(0).normal(size=1400))
    GP().fit(archs[:3], y[:3])  # the first fit in a process imports
    features, _ = seconds(lambda: FeatureStore().rows(archs[400:]))
    store = FeatureStore()
    store.rows(archs[:200])
    lines = [f"features of 1000 architectures {features:.2f} s (graphs included)"]
    for n in (50, 100, 200):
        fit, gp = seconds(lambda n=n: GP(store=store).fit(archs[:n], y[:n]))
        lines.append(f"fit at n = {n}: {fit:.2f} s")
    predict, _ = seconds(lambda: gp.predict(archs[200:400]))
    loo, _ = seconds(gp.leave_one_out)
    lines.append(f"200 predictions at n = 200, features included: {predict:.2f} s; leave-one-out {loo:.3f} s")
    trials = [Trial(i, str(a), space.fingerprint, "finished", float(v)) for i, (a, v) in enumerate(zip(archs, y, strict=True))]
    for n in (50, 200):
        step, _ = seconds(lambda n=n: BayesOpt().propose(space, trials[:n], np.random.default_rng(0)))
        lines.append(f"proposal over 500 candidates at n = {n}: {step:.2f} s")
    print("\n" + "\n".join(lines) + f"\npublished engine: fit {PUBLISHED['fit']} s, 200 predictions {PUBLISHED['predict']} s, ")
    print(f"proposal at n = 50 {PUBLISHED['step']} s")
