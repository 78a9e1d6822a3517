from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm

from nasviz.spaces import Architecture
from nasviz.surrogate import GP, log_ei

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
