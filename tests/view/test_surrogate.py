import math

import numpy as np
import pytest
from scipy.stats import kendalltau

from nasviz.view.surrogate import kendall_tau, surrogate_figure, surrogate_info


@pytest.mark.parametrize("seed", range(5))
def test_kendall_tau_equals_scipy_with_and_without_ties(seed):
    rng = np.random.default_rng(seed)
    for x, y in (rng.normal(size=(2, 40)), rng.integers(0, 5, size=(2, 40))):
        assert kendall_tau(x, y) == pytest.approx(kendalltau(x, y).statistic, abs=1e-12)


@pytest.mark.parametrize(("x", "y"), [([], []), ([1], [1]), ([1, 1], [1, 2])])
def test_kendall_tau_is_undefined_without_two_distinct_values(x, y):
    assert math.isnan(kendall_tau(x, y))


def test_kendall_tau_of_unequal_lengths():
    with pytest.raises(ValueError, match=r"two sequences of one length, got shapes \(2,\) and \(1,\)"):
        kendall_tau([1, 2], [1])


def test_coverage_counts_what_lies_within_one_sd():
    info = surrogate_info([1.0, 2.0, 3.0, 4.0], [1.1, 2.0, 3.5, 4.6], [0.2, 0.1, 0.6, 0.1])
    assert info.coverage == 0.75
    assert info.summary == "Kendall τ 1.00 · 3 of 4 within ± 1 sd"
    assert info.trials == (0, 1, 2, 3)


def test_a_value_that_is_no_number_is_left_out():
    info = surrogate_info([1.0, math.nan, 3.0], [1, 2, 3], [1, 1, 1], trials=[5, 6, 7], terms=["a", "b", "c"])
    assert (info.trials, info.terms) == ((5, 7), ("a", "c"))


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="must have one length, got"):
        surrogate_info([1, 2], [1, 2], [1])


def test_empty():
    info = surrogate_info([], [], [])
    assert info.summary == "no prediction yet"
    assert surrogate_figure(info).layout.annotations[0].text == "The surrogate needs two trials with a value"


@pytest.mark.parametrize("current", [None, (0.3, 0.05)])
def test_the_figure_has_always_the_same_traces(current):
    fig = surrogate_figure(surrogate_info([0.1, 0.4], [0.2, 0.3], [0.1, 0.1], current=current, current_term="a<b"))
    assert [t.name for t in fig.data] == ["exact", "trial, left out, ± sd", "this architecture"]
    assert list(fig.data[1].error_y.array) == [0.1, 0.1]
    shown = fig.data[2]
    assert len(shown.x) == (2 if current else 0)
    if current:
        assert shown.text[0] == "0.300 ± 0.050 believed<br>a&lt;b"
        assert list(shown.error_y.array) == [0.0, 0.05]


def test_the_diagonal_spans_all_points():
    line = surrogate_figure(surrogate_info([0.0, 1.0], [-1.0, 0.5], [0.1, 0.1])).data[0]
    assert line.x == line.y
    assert line.x[0] < -1
    assert line.x[1] > 1


def test_one_trial_is_not_drawn_below_what_is_said():
    fig = surrogate_figure(surrogate_info([0.1], [0.2], [0.1]))
    assert [len(trace.x) for trace in fig.data] == [0, 0, 0]
    assert fig.layout.annotations[0].text == "The surrogate needs two trials with a value"


def test_the_legend_shows_the_mark_of_a_trial_though_a_known_network_came_first():
    info = surrogate_info([0.1, 0.4], [0.2, 0.3], [0.1, 0.2], trials=[0, 1], known=["ResNet-20", ""])
    points = surrogate_figure(info).data[1]
    assert list(points.marker.symbol) == ["circle", "star-diamond"]
    assert (list(points.customdata), list(points.x), list(points.error_y.array)) == ([1, 0], [0.4, 0.1], [0.2, 0.1])


def test_known_networks_and_lessons_are_named():
    info = surrogate_info([0.1, 0.4], [0.2, 0.3], [0.1, 0.1], trials=[None, 3], terms=["a", "b"], known=["", "ResNet-20"])
    points = surrogate_figure(info).data[1]
    assert list(points.marker.symbol) == ["circle", "star-diamond"]
    assert list(points.customdata) == [None, 3]
    assert points.text[0].startswith("known from another study<br>observed 0.100")
    assert points.text[1].startswith("ResNet-20 (trial 3)<br>observed 0.400")
