from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm

from nasviz.spaces import Architecture
from nasviz.surrogate import GP, UCB, Acquisition, LogEI, Thompson, log_ei, log_feasible, ucb

Errors = Callable[[list[Architecture], int], np.ndarray]


def naive_ei(mean: np.ndarray, sd: np.ndarray, best: float) -> np.ndarray:
    z = (best - mean) / sd
    return (best - mean) * norm.cdf(z) + sd * norm.pdf(z)


def test_agrees_with_expected_improvement_by_definition(archs: list[Architecture], error: Errors) -> None:
    gp = GP().fit(archs[:20], error(archs[:20], 0))
    best = float(gp.y.min())
    mean, sd = gp.posterior(archs[20:])
    expected = naive_ei(mean, sd, float(gp.target.forward(np.array([best]))[0]))
    assert np.allclose(log_ei(gp, archs[20:], best), np.log(expected), atol=1e-6)


def test_maximising_is_minimising_the_negative(archs: list[Architecture], error: Errors) -> None:
    y = error(archs[:20], 0)
    down, up = GP(log=False).fit(archs[:20], y), GP(log=False).fit(archs[:20], -y)
    assert np.allclose(
        log_ei(down, archs[20:], float(y.min())), log_ei(up, archs[20:], float(-y.min()), maximize=True), atol=1e-6
    )


def test_hopeless_candidates_keep_an_order(archs: list[Architecture], error: Errors) -> None:
    gp = GP().fit(archs[:20], error(archs[:20], 0))
    gain = log_ei(gp, archs[20:], 1e-30)
    assert np.isfinite(gain).all()
    assert len(np.unique(gain)) > 10


def test_borders(archs: list[Architecture]) -> None:
    gp = GP().fit(archs[:3], [0.1, 0.2, 0.3])
    assert log_ei(gp, [], 0.1).shape == (0,)
    with pytest.raises(ValueError, match=r"an incumbent of -1\.0 has no place on the surrogate's scale"):
        log_ei(gp, archs[:1], -1.0)


def test_upper_confidence_bound_by_definition(archs: list[Architecture], error: Errors) -> None:
    gp = GP().fit(archs[:20], error(archs[:20], 0))
    mean, sd = gp.posterior(archs[20:])
    assert np.allclose(ucb(gp, archs[20:], 9.0), 3 * sd - mean, atol=1e-9)
    assert np.allclose(ucb(gp, archs[20:], 9.0, maximize=True), 3 * sd + mean, atol=1e-9)
    assert np.array_equal(ucb(gp, archs[20:], 0.0).argsort(), (-mean).argsort())
    assert ucb(gp, []).shape == (0,)


def test_probability_of_keeping_a_limit(archs: list[Architecture]) -> None:
    numbers = np.array([1.0 + str(a).count("conv3x3") for a in archs])
    gp = GP().fit(archs[:40], numbers[:40])
    kept = np.exp(log_feasible(gp, archs[40:], 20.0))
    assert ((kept >= 0) & (kept <= 1)).all()
    mean, sd = gp.posterior(archs[40:])
    at = float(gp.target.forward(np.array([20.0]))[0])
    assert np.allclose(kept, norm.cdf((at - mean) / np.sqrt(sd**2 + gp.noise)))
    inside = numbers[40:] <= 20
    assert kept[inside].mean() > kept[~inside].mean()
    assert (log_feasible(gp, archs[40:], 1e-9) < log_feasible(gp, archs[40:], 1e9)).all()
    with pytest.raises(ValueError, match=r"a limit of -1\.0 has no place on the surrogate's scale"):
        log_feasible(gp, archs[:2], -1.0)


def test_descriptions_bind_to_functions(archs: list[Architecture], error: Errors) -> None:
    gp = GP().fit(archs[:20], error(archs[:20], 0))
    rng = np.random.default_rng(0)
    assert np.array_equal(LogEI().bind(gp, 0.2, rng)(archs[20:]), log_ei(gp, archs[20:], 0.2))
    assert np.array_equal(UCB(1.0).bind(gp, 0.2, rng)(archs[20:]), ucb(gp, archs[20:], 1.0))
    assert all(isinstance(a, Acquisition) for a in (LogEI(), UCB(), Thompson()))
    assert UCB(2.5).name == "upper confidence bound (beta 2.5)"
    with pytest.raises(ValueError, match="beta is -1; the weight of the variance is 0 or more"):
        UCB(-1)
