import numpy as np
import pytest

from nasviz.surrogate import Target


def test_positive_values_are_learned_as_logarithms() -> None:
    y = np.array([0.1, 0.2, 0.4])
    target = Target.learn(y)
    assert target.log
    assert np.allclose(target.forward(y).mean(), 0)
    assert np.allclose(target.forward(y).std(), 1)
    assert np.allclose(target.value(target.forward(y)), y)


def test_other_values_as_they_are() -> None:
    y = np.array([-1.0, 0.0, 4.0])
    target = Target.learn(y)
    assert not target.log
    assert np.allclose(target.value(target.forward(y)), y)


@pytest.mark.parametrize("y", [[3.0], [0.2, 0.2, 0.2], [0.0], [-5.0, -5.0]])
def test_constant_values_have_scale_one(y: list[float]) -> None:
    target = Target.learn(np.array(y))
    assert target.scale == 1.0
    assert np.allclose(target.forward(np.array(y)), 0)


def test_log_normal_moments_agree_with_simulation() -> None:
    target = Target(True, -1.5, 0.4)
    mean, sd = target.moments(np.array([0.3]), np.array([0.8]))
    z = np.random.default_rng(0).normal(0.3, 0.8, size=400_000)
    assert np.allclose(mean, target.value(z).mean(), rtol=5e-3)
    assert np.allclose(sd, target.value(z).std(), rtol=2e-2)


def test_logarithms_can_be_forbidden_and_demanded() -> None:
    assert not Target.learn(np.array([1.0, 2.0]), log=False).log
    with pytest.raises(ValueError, match=r"the smallest value is -1\.0; logarithms need positive values"):
        Target.learn(np.array([-1.0, 2.0]), log=True)


def test_moments_are_finite_whatever_was_believed() -> None:
    target = Target.learn(np.array([0.1, 0.2, 1e308]))
    mean, sd = target.moments(np.array([0.0, 1.5, 40.0]), np.array([1.0, 1.0, 3.0]))
    assert np.isfinite(mean).all()
    assert np.isfinite(sd).all()


@pytest.mark.filterwarnings("error")
def test_the_largest_numbers_and_the_smallest_have_a_scale() -> None:
    for y in ([1e308, -1e308, 3.0], [-1e308, -1e307, -1e306], [1e-14, -2e-14, 5e-14], [1e-300, -1e-300, 0.0]):
        target = Target.learn(np.array(y))
        z = target.forward(np.array(y))
        assert (z.mean(), z.std()) == pytest.approx((0, 1), abs=1e-9)
        assert target.value(z) == pytest.approx(y, rel=1e-9, abs=1e-9 * max(map(abs, y)))
        mean, sd = target.moments(3 * z, np.ones(3))
        assert np.isfinite(mean).all()
        assert (np.isfinite(sd) & (sd > 0)).all()
