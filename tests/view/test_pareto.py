import math

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasviz.records import Trial
from nasviz.search import pareto_trials
from nasviz.view import theme
from nasviz.view.pareto import compared, pareto_figure, pareto_info

NAMES = ["attained", "beaten", "Pareto front", "known networks"]
X = {0: 100.0, 1: 200.0, 2: 400.0, 3: 300.0, 4: 800.0, 5: math.nan, 9: 300.0}


@pytest.fixture
def trials(make_trial):
    values = [0.5, 0.25, 0.125, 0.375, 0.125, 0.1]
    return [*(make_trial(k, v) for k, v in enumerate(values)), make_trial(6), make_trial(9, 0.3, baseline="ResNet <20>")]


def info_of(trials, **kwargs):
    return pareto_info(trials, X, {t.number: t.value for t in trials if t.value is not None}, **kwargs)


def test_the_front_is_what_no_other_trial_beats(trials):
    info = info_of(trials)
    assert info.trials == (0, 1, 2, 3, 4)
    assert [info.trials[i] for i in info.front] == [0, 1, 2]
    assert (info.unknown, info.reference) == (1, (800.0, 0.5))
    assert [(k.name, k.x, k.y, k.trial) for k in info.known] == [("ResNet <20>", 300.0, 0.3, 9)]


def test_hypervolume_is_the_area_to_the_reference(trials):
    info = info_of(trials)
    assert info.hypervolume == pytest.approx((800 - 200) * 0.25 + (800 - 400) * 0.125)
    assert info.summary.replace("\u00a0", " ").replace("\u202f", " ") == (
        "3 of 5 trials on the front · hypervolume 200 up to 800 parameters and value 0.500 · 1 without both numbers left out"
    )
    limited = info_of(trials, limits={"parameters": 300.0, "value": 0.375})
    assert limited.reference == (300.0, 0.375)
    assert limited.hypervolume == pytest.approx(100 * 0.125)


def test_a_limit_is_no_reference_where_more_is_better(trials):
    info = info_of(trials, maximize=(True, False), limits={"parameters": 900.0})
    assert info.reference == (100.0, 0.5)
    assert info.limits == (900.0, None)
    assert info.hypervolume == pytest.approx((800 - 100) * (0.5 - 0.125))


POINTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12)


@given(POINTS, st.tuples(st.booleans(), st.booleans()))
def test_front_and_hypervolume_are_those_of_the_naive_way(points, maximize):
    sx, sy = (-1 if up else 1 for up in maximize)
    trials = [Trial(k, "id", "f", "finished", float(y), metrics={"a": sx * x, "b": sy * y}) for k, (x, y) in enumerate(points)]
    info = pareto_info(
        trials, {k: x for k, (x, _) in enumerate(points)}, {k: y for k, (_, y) in enumerate(points)}, maximize=maximize
    )
    front = {info.trials[i] for i in info.front}
    assert front == {t.number for t in pareto_trials(trials, ("a", "b"))}
    cells = [(sx * i + (0.5), sy * j + 0.5) for i in range(-1, 7) for j in range(-1, 7)]
    rx, ry = sx * info.reference[0], sy * info.reference[1]
    inside = sum(cx < rx and cy < ry and any(sx * x <= cx and sy * y <= cy for x, y in points) for cx, cy in cells)
    assert info.hypervolume == pytest.approx(inside)


def test_more_is_better_turns_the_steps(trials):
    info = info_of(trials, maximize=(False, True), value_name="accuracy")
    assert [info.trials[i] for i in info.front] == [0]
    fig = pareto_figure(info)
    assert fig.layout.yaxis.title.text == "accuracy (more is better)"
    assert fig.layout.xaxis.title.text == "parameters (less is better)"


def test_steps_reach_from_the_worst_to_the_worst(trials):
    steps = pareto_figure(info_of(trials)).data[0]
    assert list(zip(steps.x, steps.y, strict=True)) == [(100, 0.5), (100, 0.5), (200, 0.25), (400, 0.125), (800, 0.125)]
    assert steps.line.shape == "hv"
    assert steps.meta == theme.GUIDE


@pytest.mark.parametrize("n", range(8))
def test_traces_do_not_depend_on_the_data(trials, n):
    fig = pareto_figure(info_of(trials[:n]))
    assert [trace.name for trace in fig.data] == NAMES
    assert isinstance(fig, go.Figure)


def test_points_carry_their_trial_and_say_both_numbers(trials):
    _, beaten, front, known = pareto_figure(info_of(trials, value_name="error")).data
    assert (list(beaten.customdata), list(front.customdata), list(known.customdata)) == ([3, 4], [0, 1, 2], [9])
    assert front.text[2].replace("\u00a0", " ") == "trial 2<br>error 0.125<br>400 parameters<br>op2"
    assert known.text[0] == "ResNet &lt;20&gt;"
    assert len({beaten.marker.symbol, front.marker.symbol, known.marker.symbol}) == 3


def test_limits_are_lines_where_they_are_seen_and_words_where_not(trials):
    near = pareto_figure(info_of(trials, limits={"parameters": 900.0}))
    assert [shape.x0 for shape in near.layout.shapes] == [900.0]
    assert near.layout.annotations[0].text.replace("\u00a0", " ") == "limit 900 parameters"
    far = pareto_figure(info_of(trials, limits={"parameters": 10**6, "value": 0.5}))
    assert [shape.y0 for shape in far.layout.shapes] == [0.5]
    assert far.layout.annotations[0].text.replace("\u00a0", " ") == "limit 1.0 M parameters →"


def test_a_limit_on_a_logarithmic_axis_has_its_words_at_the_line(make_trial):
    trials = [make_trial(k, 0.5 - k / 10) for k in range(3)]
    x = {0: 100.0, 1: 1000.0, 2: 10_000.0}
    fig = pareto_figure(pareto_info(trials, x, {t.number: t.value for t in trials}, limits={"parameters": 10_000.0}))
    assert fig.layout.xaxis.type == "log"
    assert fig.layout.shapes[0].x0 == 10_000.0
    assert fig.layout.annotations[0].x == pytest.approx(math.log10(10_000.0))


@pytest.mark.parametrize(
    ("name", "title", "text"),
    [
        ("parameters", "parameters", "1.2 k parameters"),
        ("flops", "FLOPs", "1.2 k FLOPs"),
        ("latency_ms", "latency in ms", "1230 ms"),
        ("seconds", "seconds of evaluation", "1230 s"),
        ("test_error", "test error", "test error 1230"),
        ("value", "value", "value 1230"),
    ],
)
def test_quantities_are_written_with_what_they_count(name, title, text):
    info = pareto_info([], {}, {}, x_name=name)
    assert info.called(0) == title
    assert info.written(0, 1230.0).replace("\u00a0", " ").replace("\u202f", "") == text


def test_which_numbers_are_compared_and_which_way():
    class Study:
        direction, directions, strategy = "maximize", ("maximize",), None

    trials = [Trial(0, "id", "f", "finished", 1.0, objectives={"accuracy": 1.0, "latency_ms": 2.0})]
    one, several = Study(), Study()
    several.directions = ("maximize", "minimize")
    assert compared(one, ()) == (("parameters", False), ("value", True))
    assert compared(one, (), x="value") == (("value", True), ("parameters", False))
    assert compared(one, (), "flops", "seconds") == (("flops", False), ("seconds", False))
    assert compared(several, trials) == (("accuracy", True), ("latency_ms", False))
    assert compared(several, trials, y="accuracy") == (("latency_ms", False), ("accuracy", True))
    assert compared(several, ()) == (("parameters", False), ("value", True)), "nothing has ended yet"


def test_empty_and_one(make_trial):
    empty = pareto_info([], {}, {})
    assert empty.summary == "no finished trial with both numbers yet"
    assert math.isnan(empty.hypervolume)
    assert pareto_figure(empty).layout.annotations[0].text == "No finished trial with both numbers yet"
    one = pareto_info([make_trial(0, 0.5)], {0: 100.0}, {0: 0.5})
    assert one.summary.startswith("1 of 1 trial on the front · hypervolume 0 ")
    fig = pareto_figure(one)
    assert not fig.layout.annotations
    assert (fig.layout.xaxis.tickvals, fig.layout.yaxis.ticktext) == ((100.0,), ("0.500",))


def test_it_is_an_ordinary_figure(trials, tmp_path):
    pareto_figure(info_of(trials), dark=True).write_html(tmp_path / "pareto.html", include_plotlyjs=False)
    assert "Pareto front" in (tmp_path / "pareto.html").read_text()
