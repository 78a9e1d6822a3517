"""Times of the surrogate on the hierarchical NAS-Bench-201 space, one thread; printed, never failed on."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nasviz.records import Trial
from nasviz.search import BayesOpt
from nasviz.spaces import Architecture, hierarchical_nb201
from nasviz.surrogate import GP, FeatureStore
from nasviz.surrogate.features import LEVELS

pytestmark = pytest.mark.benchmark

PUBLISHED = {"fit": 68.9, "predict": 9.1, "step": 328.0}
"""Seconds of the published engine on two cores: fit at n = 200, 200 predictions at n = 200, one proposal at n = 50."""


def seconds(function: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> tuple[float, Any]:
    began = clock()
    result = function()
    return clock() - began, result


def test_features() -> None:
    """Budgets: 1,000 unseen architectures at all levels in 1.5 s of computing; a single one far below a what-if's 50 ms."""
    space = hierarchical_nb201()
    rng = np.random.default_rng(0)
    unseen = space.sample(1000, seed=0)
    mutants = list(dict.fromkeys(space.mutate(unseen[i % 10], rng) for i in range(2000)))
    FeatureStore().matrix(np.empty(0, np.int64))

    def filled(archs: list[Architecture], levels: tuple[int | None, ...], h: int, store: FeatureStore) -> FeatureStore:
        rows = store.rows(archs)
        for level in levels:
            store.matrix(rows, level, h)
        return store

    every = (None, *LEVELS)
    lines: list[str] = []
    for name, levels, h in (("all levels, h = 4", every, 4), ("full graph, h = 2", (None,), 2)):
        spent, store = seconds(lambda levels=levels, h=h: filled(unseen, levels, h, FeatureStore(h=h)), time.process_time)
        known, _ = seconds(lambda levels=levels, h=h, store=store: filled(mutants, levels, h, store), time.process_time)
        lines.append(f"{name}: 1000 unseen {spent:.2f} s, {len(mutants)} mutations of ten {known:.2f} s")
    store = filled(unseen[:500], every, 4, FeatureStore())
    one, _ = seconds(lambda: filled(unseen[500:501], every, 4, store), time.process_time)
    productions, _ = seconds(lambda: filled(unseen, (), 0, store).productions(np.arange(1000)), time.process_time)
    lines.append(f"one more beside 500, all levels: {1000 * one:.0f} ms; productions of 1000 {productions:.2f} s")
    print("\n" + "\n".join(lines))


def test_features_fit_predict_and_propose() -> None:
    space = hierarchical_nb201()
    archs = space.sample(400, seed=0)
    y = 0.1 * np.exp(0.1 * np.random.default_rng(0).normal(size=400))
    GP().fit(archs[:3], y[:3])  # the first fit in a process imports
    store = FeatureStore()
    store.rows(archs[:200])
    lines: list[str] = []
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
