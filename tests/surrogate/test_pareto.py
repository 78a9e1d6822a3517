from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nasviz.spaces import Architecture
from nasviz.surrogate import GP
from nasviz.surrogate.pareto import log_nehvi, pareto_front

Errors = Callable[[list[Architecture], int], np.ndarray]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_the_front_is_what_nothing_beats(rows: list[tuple[int, int]]) -> None:
    values = np.array(rows, dtype=float).reshape(len(rows), 2)
    beaten = [any(all(np.less_equal(o, v)) and any(np.less(o, v)) for o in values) for v in values]
    assert pareto_front(values).tolist() == [i for i, bad in enumerate(beaten) if not bad]


def test_rows_that_are_not_finite_are_left_out() -> None:
    assert pareto_front(np.array([[np.nan, 0.0], [1.0, 1.0], [0.0, np.inf]])).tolist() == [1]


def volume(points: np.ndarray, reference: np.ndarray) -> float:
    """The area that points dominate above a reference, by strips; larger is better."""
    total, height = 0.0, reference[1]
    for x, y in sorted(points.tolist(), reverse=True):
        if x > reference[0] and y > height:
            total += (x - reference[0]) * (y - height)
            height = y
    return total


def test_gain_is_the_mean_growth_of_the_volume_over_joint_draws(archs: list[Architecture], error: Errors) -> None:
    by_error = [archs[i] for i in np.argsort(-error(archs, 0))]
    known, others = by_error[:8], by_error[20:50:6]
    one = GP().fit(known, error(known, 0))
    two = GP(store=one.store).fit(known, 1.0 + np.array([str(a).count("avg_pool") for a in known]))
    z = np.stack([-gp.target.forward(gp.y) for gp in (one, two)], axis=1)
    front = z[pareto_front(-z)]
    reference = front.min(axis=0) - 0.1 * np.maximum(np.ptp(front, axis=0), 0.1)
    gain = np.exp(log_nehvi([one, two], others, samples=256))
    torch.manual_seed(0)
    for arch, found in zip(others, gain, strict=True):
        inputs = one.inputs([*known, arch])
        draws = np.concatenate(
            [-gp.model.posterior(inputs).rsample(torch.Size([800])).detach().numpy() for gp in (one, two)], 2
        )
        naive = np.mean([volume(d, reference) - volume(d[:-1], reference) for d in draws])
        assert found == pytest.approx(naive, rel=0.35, abs=0.02)
    assert gain.max() > 0.05


def test_borders(archs: list[Architecture]) -> None:
    gp = GP().fit(archs[:3], [0.1, 0.2, 0.3])
    assert log_nehvi([gp, gp], []).shape == (0,)
    with pytest.raises(ValueError, match="several objectives are two or more, found 1"):
        log_nehvi([gp], archs[:2])
    with pytest.raises(ValueError, match="share one feature store"):
        log_nehvi([gp, GP().fit(archs[:3], [1, 2, 3])], archs[:2])


def test_is_the_same_function_again_and_leaves_the_random_state_alone(archs: list[Architecture], error: Errors) -> None:
    def gains() -> np.ndarray:
        one = GP().fit(archs[:10], error(archs[:10], 0))
        two = GP(store=one.store).fit(archs[:10], 1 + error(archs[:10], 1))
        return log_nehvi([one, two], archs[10:30], seed=3)

    torch.manual_seed(5)
    first, state = gains(), torch.random.get_rng_state()
    torch.manual_seed(6)
    assert np.array_equal(first, gains())
    torch.manual_seed(5)
    assert torch.equal(state, torch.random.get_rng_state())
