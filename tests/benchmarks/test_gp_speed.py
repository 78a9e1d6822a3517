"""Times of the Gaussian process with the hierarchical kernel, and what each kernel predicts; printed, never failed on."""

import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nasviz.evaluation.proxies import naswot
from nasviz.spaces import Architecture, hierarchical_nb201
from nasviz.surrogate import GP, Covariance, FeatureStore, FlatWL, HierarchicalWL, Numeric, ProductionCounts, store_for

pytestmark = pytest.mark.benchmark

PUBLISHED = {"fit": 68.9, "predict": 9.1}
"""Seconds of the published engine on two cores: fit at n = 200, 200 predictions at n = 200."""


def seconds(function: Callable[[], Any]) -> tuple[str, Any]:
    """Time of the clock and of the thread's own computing, which a busy machine does not change."""
    clock, own = time.perf_counter(), time.process_time()
    result = function()
    return f"{time.perf_counter() - clock:.2f} s ({time.process_time() - own:.2f} s computing)", result


def made_up(archs: list[Architecture]) -> np.ndarray:
    """An error that is a function of cells and of noise."""
    noise = np.random.default_rng(0).normal(size=len(archs))
    exponent = [-0.02 * str(a).count("conv3x3") + 0.01 * str(a).count("zero") for a in archs]
    return 0.1 * np.exp(exponent + 0.05 * noise)


def known(kernel: HierarchicalWL, archs: list[Architecture]) -> FeatureStore:
    """A store that has computed what the kernel needs of `archs`."""
    store = store_for(kernel)
    kernel.covariance(store)(GP(kernel, store=store).inputs(archs)).to_dense()
    return store


@pytest.fixture(scope="module")
def archs() -> list[Architecture]:
    drawn = hierarchical_nb201().sample(1600, seed=0)
    GP(HierarchicalWL()).fit(drawn[:5], made_up(drawn[:5]))  # the first fit in a process imports
    return drawn


def test_fit_predict_and_what_if(archs: list[Architecture]) -> None:
    y, space, rng = made_up(archs), hierarchical_nb201(), np.random.default_rng(1)
    print(f"\npublished engine: fit {PUBLISHED['fit']} s, 200 predictions {PUBLISHED['predict']} s at n = 200")
    for n in (50, 100, 200, 500):
        store = known(HierarchicalWL(), archs[:n])
        fit, gp = seconds(lambda n=n, store=store: GP(HierarchicalWL(), store=store).fit(archs[:n], y[:n]))
        predict, _ = seconds(lambda gp=gp: gp.predict(archs[1000:1200]))
        edits = [space.mutate(arch, rng) for arch in archs[:9]]
        times = [seconds(lambda gp=gp, edit=edit: gp.predict([edit]))[0] for edit in edits]
        print(f"n = {n}: fit {fit}; 200 new candidates with features {predict}; what-if {sorted(times)[4]}")


def test_growth_in_a_long_run(archs: list[Architecture]) -> None:
    y, n = made_up(archs), 1000
    store = known(HierarchicalWL(), archs[: n + 6])
    refit, gp = seconds(lambda: GP(HierarchicalWL(), store=store).fit(archs[:n], y[:n], every=10))
    grown, _ = seconds(lambda: GP(HierarchicalWL(), store=store).fit(archs[: n + 6], y[: n + 6], every=10, previous=gp))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"\nn = {n}: refit {refit}; 6 trials appended {grown}; peak memory {peak:.2f} GiB")


def test_what_each_kernel_predicts(archs: list[Architecture]) -> None:
    y = made_up(archs)
    kernels = [HierarchicalWL(), FlatWL(), ProductionCounts(), HierarchicalWL() + Numeric("parameters")]
    print("\nKendall τ and negative log likelihood of 400 held out, made-up error:")
    for kernel in kernels:
        found = [GP(kernel).fit(archs[:n], y[:n]).calibration(archs[1200:], y[1200:]) for n in (50, 100, 200)]
        name = " + ".join(type(part).__name__ for part in getattr(kernel, "parts", (kernel,)))
        print(
            f"{name:25}" + "  ".join(f"n = {n}: {c.tau:.2f}, {c.nll:.2f}" for n, c in zip((50, 100, 200), found, strict=True))
        )


def test_where_hierarchy_pays() -> None:
    """An objective that is no function of the features: how differently untrained networks answer different inputs."""
    space = hierarchical_nb201(input_shape=(1, 8, 8), connected=True)
    archs = list(dict.fromkeys(space.sample(120, seed=0)))
    y = np.array([naswot(arch) for arch in archs])
    print("\nKendall τ on those held out, naswot, mean of 5 draws, and paired difference to flat WL with its standard error:")
    for n in (50, 100):
        orders = [np.random.default_rng(seed).permutation(len(archs)) for seed in range(5)]
        tau = {type(k).__name__: [held_out(k, archs, y, order, n) for order in orders] for k in (FlatWL(), HierarchicalWL())}
        tau["ProductionCounts"] = [held_out(ProductionCounts(), archs, y, order, n) for order in orders]
        for name, values in tau.items():
            gain = np.subtract(values, tau["FlatWL"])
            print(f"n = {n}: {name:18}{np.mean(values):.3f}  {gain.mean():+.3f} ± {gain.std(ddof=1) / 5**0.5:.3f}")


def held_out(kernel: Covariance, archs: list[Architecture], y: np.ndarray, order: np.ndarray, n: int) -> float:
    """Kendall τ on all but the first `n` of an order."""
    mixed = [archs[i] for i in order]
    return GP(kernel, log=False).fit(mixed[:n], y[order][:n]).calibration(mixed[n:], y[order][n:]).tau
