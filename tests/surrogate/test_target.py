import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.slow
@pytest.mark.parametrize("value", [3.0, 0.1, 0.0, -5.0, 1e-300, -1e-300, 5e-324, 1e308, -1e308])
@pytest.mark.parametrize("n", [1, 2, 3, 30])
@pytest.mark.parametrize("log", [None, False])
@pytest.mark.filterwarnings("error")
def test_equal_values_are_predicted_as_they_are_with_a_deviation_that_falls_with_their_number(
    value: float, n: int, log: bool | None
) -> None:
    y = np.full(n, value)
    target = Target.learn(y, log)
    assert (target.flat, target.log, target.centre) == (True, False, value)
    assert target.scale == pytest.approx((abs(value) or 1.0) / np.sqrt(n), rel=1e-9, abs=1e-307)
    assert (target.forward(y) == 0).all()
    mean, sd = target.moments(np.zeros(3), np.array([0.1, 0.5, 1.0]))
    assert (mean == value).all()
    assert ((sd > 0) | (abs(value) < 1e-300)).all()
    assert (sd <= target.scale).all()


def test_equal_values_take_no_logarithm_that_was_asked_for() -> None:
    assert Target.learn(np.full(3, 0.5), log=True) == Target.learn(np.full(3, 0.5), log=False)


@given(st.floats(-1e6, 1e6).filter(lambda v: abs(v) > 1e-6), st.integers(2, 40), st.integers(0, 99))
def test_what_differs_by_rounding_only_is_flat_and_a_little_more_is_not(value: float, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rounded = Target.learn(value * (1 + 1e-14 * rng.uniform(-1, 1, n)))
    assert rounded.flat
    assert rounded.moments(np.zeros(1), np.ones(1))[0][0] == pytest.approx(value, rel=1e-13)
    apart = value * (1 + 1e-9 * (np.arange(n) % 2))
    target = Target.learn(apart)
    assert not target.flat
    assert target.scale < 1e-9 * max(1.0, abs(value))
    assert np.abs(target.moments(target.forward(apart), np.zeros(n))[0] - apart) == pytest.approx(0, abs=1e-12 * abs(value))


@given(st.lists(st.floats(0.01, 10), min_size=1, max_size=12), st.sampled_from([0.125, 4.0, 1024.0]), st.booleans())
def test_units_do_not_matter_to_what_is_learned(values: list[float], unit: float, log: bool) -> None:
    y = np.array(values)
    one, other = Target.learn(y, log or None), Target.learn(unit * y, log or None)
    assert (one.flat, one.log) == (other.flat, other.log)
    z = one.forward(y)
    assert other.forward(unit * y) == pytest.approx(z, abs=1e-6)
    for mine, theirs in zip(one.moments(z, np.full(len(y), 0.3)), other.moments(z, np.full(len(y), 0.3)), strict=True):
        assert theirs == pytest.approx(unit * mine, rel=1e-9)


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=12, unique=True), st.integers(-50, 50))
def test_where_zero_lies_does_not_matter_without_logarithms(values: list[int], by: int) -> None:
    y = np.array(values, dtype=np.float64)
    one, other = Target.learn(y, False), Target.learn(y + by, False)
    z = one.forward(y)
    assert other.forward(y + by) == pytest.approx(z, abs=1e-9)
    mean, sd = one.moments(z, np.ones(len(y)))
    assert other.moments(z, np.ones(len(y)))[0] == pytest.approx(mean + by, abs=1e-9)
    assert other.moments(z, np.ones(len(y)))[1] == pytest.approx(sd)


@pytest.mark.parametrize("y", [[1e-300] * 15 + [0.5] * 15, [1e-12, 0.5] * 5, [0.1, 0.2, 1e308], [0.5] * 29 + [1e30]])
def test_beliefs_stay_within_reach_of_the_values_however_many_orders_of_magnitude_they_span(y: list[float]) -> None:
    target = Target.learn(np.array(y))
    mean, _ = target.moments(np.linspace(target.forward(np.array(y)).min(), target.forward(np.array(y)).max(), 9), np.ones(9))
    assert (mean <= 100 * max(y)).all()
    narrow = target.moments(np.zeros(1), np.array([2.9 / target.scale]))
    assert narrow[0][0] == pytest.approx(np.exp(target.centre + 2.9**2 / 2)), (
        "what is meant is not changed where it means something"
    )


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
