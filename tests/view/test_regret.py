import math

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasviz.errors import NasvizError
from nasviz.records import Trial
from nasviz.view.regret import regret_figure, regret_info


def run(values, **kwargs):
    return [Trial(k, f"op{k}", "f", "finished" if v is not None else "failed", v, **kwargs) for k, v in enumerate(values)]


def test_one_run_counts_from_the_optimum_and_knows_its_trials():
    info = regret_info({"a": [run([0.5, None, 0.25, 0.375, 0.125])]}, optimum=0.125)
    curve = info.curves[0]
    assert curve.evaluations == (1, 2, 3, 4, 5)
    assert curve.median == curve.low == curve.high == (0.375, 0.375, 0.125, 0.125, 0.0)
    assert curve.trials == (0, 0, 2, 2, 4)
    assert (curve.runs, curve.reached, curve.until) == (1, (5,), 5)
    assert info.summary == "a: 0 after 5, optimum found by 1 of 1, in a median of 5 evaluations"
    assert info.axis == "simple regret<br>value − optimum (0.125)"


def test_an_unknown_optimum_is_the_best_of_all_that_is_shown():
    info = regret_info({"a": [run([0.5, 0.25])], "b": [run([0.75, 0.5])]}, value_name="error")
    assert (info.optimum, info.known) == (0.25, False)
    assert [c.median for c in info.curves] == [(0.25, 0.0), (0.5, 0.25)]
    assert [c.reached for c in info.curves] == [(), ()]
    assert info.axis == "simple regret<br>error − best found (0.250)"
    assert info.summary == "a: 0 after 2 · b: 0.250 after 2"


def test_maximize_is_the_mirror_image():
    up = regret_info({"a": [run([0.5, 0.75])]}, optimum=1.0, direction="maximize")
    down = regret_info({"a": [run([-0.5, -0.75])]}, optimum=-1.0)
    assert up.curves == down.curves
    assert (up.optimum, up.axis) == (1.0, "simple regret<br>optimum (1.00) − value")


def test_seeds_are_pooled_to_quartiles_up_to_the_shortest():
    runs = [run([k / 8] * 3) for k in range(5)] + [run([None])]
    curve = regret_info({"a": runs}, optimum=0.0).curves[0]
    assert (curve.runs, curve.without, curve.trials) == (5, 1, ())
    assert (curve.low, curve.median, curve.high) == ((0.125,) * 3, (0.25,) * 3, (0.375,) * 3)
    assert curve.reached == (1,)
    assert curve.until == math.inf
    assert "1 without a value left out" in regret_info({"a": runs}).summary


def test_until_is_the_median_with_unreached_runs_at_infinity():
    runs = [run([0.5] * k + [0.0] + [0.5] * (9 - k)) for k in (1, 2, 3)] + [run([0.5] * 10)] * 2
    assert regret_info({"a": runs}, optimum=0.0).curves[0].until == 4
    assert regret_info({"a": [*runs, run([0.5] * 10)]}, optimum=0.0).curves[0].until == math.inf


def test_a_pooled_curve_begins_where_every_run_has_a_value():
    info = regret_info({"a": [run([None, 0.5, 0.25]), run([0.5, 0.5, 0.5])]}, optimum=0.0)
    assert info.curves[0].evaluations == (2, 3)


def test_known_networks_and_what_runs_are_no_evaluations(make_trial):
    trials = [*run([0.5, 0.25]), make_trial(7, 0.0, baseline="ResNet"), make_trial(8)]
    assert regret_info({"a": [trials]}).curves[0].evaluations == (1, 2)


def test_another_metric_is_that_of_the_trial_chosen_by_its_value():
    trials = [
        Trial(k, "id", "f", "finished", value, metrics={"test": test})
        for k, (value, test) in enumerate([(0.5, 0.625), (0.25, 0.75), (0.375, 0.125)])
    ]
    assert regret_info({"a": [trials]}, optimum=0.5, metric="test").curves[0].median == (0.125, 0.25, 0.25)
    assert regret_info({"a": [trials]}, metric="absent").curves[0].without == 1


def test_better_than_the_optimum_is_zero_and_said():
    info = regret_info({"a": [run([0.5, 0.25])]}, optimum=0.375)
    assert info.curves[0].median == (0.125, 0.0)
    assert info.summary.endswith("0.250 was found, better than the optimum given")


@pytest.mark.parametrize("optimum", [math.nan, math.inf])
def test_an_optimum_is_a_number(optimum):
    with pytest.raises(NasvizError, match="expected a finite number, or None where it is not known"):
        regret_info({"a": []}, optimum=optimum)


VALUES = st.lists(st.one_of(st.none(), st.floats(-8, 8, width=16)), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=4), st.sampled_from(["minimize", "maximize"]))
def test_the_naive_way_agrees(runs, direction):
    info = regret_info({"a": [run(values) for values in runs]}, direction=direction)
    best, sign = (min, 1) if direction == "minimize" else (max, -1)
    known = [[v for v in values if v is not None] for values in runs]
    kept = [values for values, some in zip(runs, known, strict=True) if some]
    curve = info.curves[0]
    assert curve.runs == len(kept)
    for i, n in enumerate(curve.evaluations):
        so_far = [best(v for v in values[:n] if v is not None) for values in kept]
        regrets = [sign * (v - best(v for some in known for v in some)) for v in so_far]
        assert (curve.low[i], curve.median[i], curve.high[i]) == pytest.approx(np.quantile(regrets, [0.25, 0.5, 0.75]))
    assert list(curve.median) == sorted(curve.median, reverse=True)


@pytest.mark.parametrize("values", [[], [None], [0.5], [0.5, 0.25, 0.0]])
@pytest.mark.parametrize("seeds", [1, 3])
def test_traces_do_not_depend_on_the_data(values, seeds):
    fig = regret_figure(regret_info({"a <b>": [run(values)] * seeds, "c": [run([0.5, 0.25])]}))
    assert [t.name.replace(", median of 3", "") for t in fig.data] == [
        "a &lt;b&gt;, quartiles", "c, quartiles", "a &lt;b&gt;", "c",
    ]  # fmt: skip
    assert isinstance(fig, go.Figure)


def test_zero_has_a_line_of_its_own_below_all_others():
    fig = regret_figure(regret_info({"a": [run([0.5, 0.125, 0.0])]}, optimum=0.0), total=20)
    line, axis = fig.data[1], fig.layout.yaxis
    assert line.y[:2] == (0.5, 0.125)
    assert 0 < line.y[2] < 0.125
    assert axis.ticktext[0] == "0"
    assert axis.tickvals[0] == line.y[2] == fig.layout.shapes[0].y0
    assert axis.range[0] < math.log10(line.y[2])
    assert list(axis.ticktext[1:]) == ["0.2", "0.5"]
    assert fig.layout.xaxis.range == (0.4, 20.6)
    assert list(line.customdata) == [0, 1, 2]
    assert line.text[2] == "a, after 3: 0<br>best so far: trial 2"


def test_a_band_follows_the_steps():
    runs = [run(values) for values in ([0.5, 0.25], [1.0, 0.5], [1.5, 0.75])]
    band = regret_figure(regret_info({"a": runs}, optimum=0.0)).data[0]
    assert list(zip(band.x, band.y, strict=True)) == [
        (1, 1.25), (2, 1.25), (2, 0.625), (2, 0.375), (2, 0.75), (1, 0.75),
    ]  # fmt: skip


def test_many_decades_have_few_ticks():
    fig = regret_figure(regret_info({"a": [run([10.0**-k for k in range(12)])]}, optimum=0.0))
    assert len(fig.layout.yaxis.tickvals) <= 8


def test_without_a_value_it_says_so():
    fig = regret_figure(regret_info({}))
    assert fig.layout.annotations[0].text == "No finished trial yet"
    assert regret_info({"a": [[]]}).summary == "no finished trial yet"
    assert fig.layout.yaxis.title.text == "simple regret<br>of value"


def test_it_is_an_ordinary_figure(tmp_path):
    fig = regret_figure(regret_info({"a": [run([0.5])]}), dark=True)
    fig.write_html(tmp_path / "regret.html", include_plotlyjs=False)
    assert "best found" in (tmp_path / "regret.html").read_text()
