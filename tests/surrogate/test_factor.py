import numpy as np
import pytest
from scipy.stats import multivariate_normal

from nasviz.errors import NasvizError
from nasviz.surrogate.factor import Factor


def covariance(n: int, seed: int = 0) -> np.ndarray:
    x = np.random.default_rng(seed).normal(size=(n, n))
    return x @ x.T + 0.1 * np.eye(n)


@pytest.mark.parametrize("start", [0, 1, 7, 11, 12])
def test_appending_gives_the_factor_of_the_whole(start: int) -> None:
    c = covariance(12)
    grown = Factor.of(c[:start, :start]).append(c[start:])
    assert np.allclose(grown.lower @ grown.lower.T, c, atol=1e-12)
    assert np.allclose(grown.lower, np.linalg.cholesky(c), atol=1e-10)
    assert len(grown) == 12


def test_steps_of_any_size_give_the_same_bits() -> None:
    c = covariance(30)
    at_once = Factor.of(c[:20, :20]).append(c[20:])
    one_by_one = Factor.of(c[:20, :20])
    for i in range(20, 30):
        one_by_one = one_by_one.append(c[i : i + 1, : i + 1])
    assert np.array_equal(at_once.lower, one_by_one.lower)
    assert np.array_equal(at_once.leading(25).append(c[25:]).lower, at_once.lower)


def test_solves_and_evidence() -> None:
    c, z = covariance(9), np.random.default_rng(1).normal(size=9)
    factor = Factor.of(c)
    assert np.allclose(c @ factor.solve(z), z)
    assert np.allclose(factor.lower @ factor.half(z), z)
    assert factor.evidence(z) == pytest.approx(multivariate_normal.logpdf(z, cov=c))


def test_a_singular_matrix_gets_jitter() -> None:
    factor = Factor.of(np.ones((4, 4)))
    assert np.allclose(factor.lower @ factor.lower.T, 1, atol=2e-6)
    again = Factor.of(np.ones((1, 1))).append(np.ones((1, 2)))
    assert np.isfinite(again.lower).all()


@pytest.mark.parametrize("bad", [np.array([[1.0, 2.0], [2.0, 1.0]]), np.full((2, 2), np.nan)])
def test_a_kernel_that_is_none_is_named(bad: np.ndarray) -> None:
    with pytest.raises(NasvizError, match="the Gram matrix of 2 architectures has no Cholesky factor"):
        Factor.of(bad)
