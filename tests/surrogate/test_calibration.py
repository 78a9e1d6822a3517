import json
import math

import numpy as np
import pytest
from scipy.stats import kendalltau, norm

from nasviz.records import Calibration
from nasviz.spaces import Architecture
from nasviz.surrogate import GP
from nasviz.surrogate.calibration import calibrate, rank_correlation


def test_honest_uncertainty_is_called_honest() -> None:
    rng = np.random.default_rng(0)
    mean, sd = rng.normal(size=4000), rng.uniform(0.5, 2, size=4000)
    found = calibrate(mean + sd * rng.normal(size=4000), mean, sd)
    assert np.allclose(found.coverage, found.levels, atol=0.03)
    assert np.allclose(np.histogram(found.pit, bins=10, range=(0, 1))[0] / 4000, 0.1, atol=0.02)


def test_too_small_and_too_large_uncertainty_show() -> None:
    z = np.random.default_rng(1).normal(size=1000)
    small = calibrate(z, np.zeros(1000), np.full(1000, 0.3))
    large = calibrate(z, np.zeros(1000), np.full(1000, 4.0))
    assert all(c < level for c, level in zip(small.coverage, small.levels, strict=True))
    assert all(c > level for c, level in zip(large.coverage, large.levels, strict=True))
    assert min(small.nll, large.nll) > calibrate(z, np.zeros(1000), np.ones(1000)).nll


def test_numbers_by_hand() -> None:
    found = calibrate(np.array([0.0, 3.0]), np.array([0.0, 1.0]), np.array([1.0, 2.0]), levels=(0.5, 0.9))
    assert found.pit == pytest.approx((0.5, norm.cdf(1.0)))
    assert found.coverage == (0.5, 1.0)
    assert found.nll == pytest.approx((0.5 * math.log(2 * math.pi) * 2 + math.log(2) + 0.5) / 2)
    assert (found.tau, found.n, found.method) == (1.0, 2, "held out")


def test_too_little_data_leave_numbers_undefined() -> None:
    empty = np.empty(0)
    found = calibrate(empty, empty, empty, levels=(0.5,))
    assert found.n == 0
    assert math.isnan(found.tau)
    assert math.isnan(found.nll)
    assert math.isnan(found.coverage[0])
    assert math.isnan(rank_correlation(np.ones(4), np.arange(4.0)))


def test_ties_are_corrected_for() -> None:
    x, y = np.array([1.0, 1, 2, 3]), np.array([2.0, 1, 1, 4])
    assert rank_correlation(x, y) == pytest.approx(kendalltau(x, y, variant="b").statistic)


@pytest.mark.parametrize("level", [0.0, 1.0, 1.5])
def test_a_level_is_a_probability(level: float) -> None:
    with pytest.raises(ValueError, match=r"levels of coverage lie between 0 and 1, found \("):
        calibrate(np.zeros(2), np.zeros(2), np.ones(2), levels=(level,))


def test_a_process_tells_of_itself(archs: list[Architecture]) -> None:
    noise = np.exp(0.02 * np.random.default_rng(0).normal(size=60))
    y = noise * [0.97 ** str(arch).count("conv3x3") for arch in archs]
    gp = GP().fit(archs[:40], y[:40])
    inside = gp.calibration()
    assert (inside.method, inside.n) == ("leave-one-out", 40)
    assert inside.tau > 0.3
    held = gp.calibration([*archs[40:], archs[0]], [*y[40:], np.nan], levels=(0.9,))
    assert (held.method, held.n) == ("held out", 20)
    assert held.coverage[0] >= 0.7
    assert Calibration.from_json(json.loads(json.dumps(held.to_json()))) == held


def test_half_of_the_arguments_is_refused(archs: list[Architecture]) -> None:
    gp = GP().fit(archs[:3], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="calibration takes architectures and their values, or neither"):
        gp.calibration(archs[:2])
    with pytest.raises(ValueError, match="2 architectures need as many values"):
        gp.calibration(archs[:2], [1.0])
