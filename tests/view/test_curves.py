import math

import plotly.graph_objects as go
import pytest

from nasviz.errors import NasvizError
from nasviz.records import Curve, Trial
from nasviz.view import theme
from nasviz.view.curves import MOST, called, curves_figure, curves_info
from nasviz.view.states import LOOKS

NAMES = ["trial", "running", "known networks", "best", "pruned", "failed", "stopped"]


def trial(number, errors, state="finished", value=None, **kwargs):
    curve = tuple(Curve(10 * e, float(e), {"train_loss": 2.0 / e, "val_error": v}) for e, v in enumerate(errors, 1))
    value = (errors[-1] if errors else 0.9) if value is None and state == "finished" else value
    return Trial(number, f"op{number}", "f", state, value, curve=curve, **kwargs)


@pytest.fixture
def trials():
    return [
        trial(0, [0.5, 0.25]),
        trial(1, [0.5, 0.125]),
        trial(2, [0.75], "pruned", reason="worse than three quarters"),
        trial(3, [0.75, math.nan], "failed", reason="loss is NaN"),
        trial(4, [0.5], "running"),
        trial(5, [0.5, 0.0625], baseline="ResNet <20>"),
        trial(6, []),
        Trial(7, "op7", "f", "waiting"),
    ]


def test_one_curve_a_trial_of_what_it_reports(trials):
    info = curves_info(trials)
    assert info.metric == "val_error"
    assert [(c.trial, c.epochs, c.values) for c in info.curves] == [
        (0, (1, 2), (0.5, 0.25)), (1, (1, 2), (0.5, 0.125)), (2, (1,), (0.75,)), (3, (1,), (0.75,)), (4, (1,), (0.5,)),
        (5, (1, 2), (0.5, 0.0625)),
    ]  # fmt: skip
    assert (info.best, info.without) == (1, 1)
    assert info.summary == ("6 learning curves of validation error, 1 pruned, 1 failed, 1 running · best trial 1 ends at 0.125")


def test_the_best_is_that_of_the_value(trials):
    assert curves_info(trials, direction="maximize").best == 6


def test_a_metric_can_be_named(trials):
    assert curves_info(trials, "train_loss").curves[1].values == (2.0, 1.0)
    with pytest.raises(NasvizError, match="no trial reports 'val_eror'; did you mean 'val_error'"):
        curves_info(trials, "val_eror")
    with pytest.raises(NasvizError, match="no trial reports 'q'; reported are train_loss, val_error"):
        curves_info(trials, "q")
    assert curves_info([], "val_error").curves == ()


def test_what_no_preference_names_is_the_commonest():
    rows = [[{"b": 1.0}], [{"b": 1.0, "a": 1.0}], [{"b": 2.0}]]
    trials = [Trial(k, "id", "f", "running", curve=tuple(Curve(1, 1.0, m) for m in row)) for k, row in enumerate(rows)]
    assert curves_info(trials).metric == "b"


@pytest.mark.parametrize("n", range(9))
def test_traces_do_not_depend_on_the_data(trials, n):
    fig = curves_figure(curves_info(trials[:n]))
    assert [trace.name.partition(",")[0] for trace in fig.data] == NAMES
    assert isinstance(fig, go.Figure)


def test_curves_are_apart_and_carry_their_trial(trials):
    rest, running, known, best, pruned, failed, stopped = curves_figure(curves_info(trials)).data
    assert rest.y == (0.5, 0.25, None, 0.75, None, 0.75, None)
    assert rest.customdata == (0, 0, None, 2, None, 3, None)
    assert (list(running.customdata)[:1], list(known.customdata)[:1], best.customdata[0]) == ([4], [5], 1)
    assert (best.name, best.line.width > rest.line.width) == ("best, trial 1", True)
    assert tuple(known.text) == ("", "<br>ResNet &lt;20&gt;<br>op5", "")
    assert known.marker.symbol == theme.KNOWN_SYMBOL
    assert known.hovertemplate.startswith("trial %{customdata}, epoch %{x")
    assert (list(pruned.x), list(pruned.y), list(pruned.customdata)) == ([1], [0.75], [2])
    assert pruned.marker.symbol == LOOKS["pruned"].symbol
    assert pruned.text[0] == "trial 2 was ended early by its learning curve<br>worse than three quarters<br>op2"
    assert (failed.customdata[0], len(stopped.x)) == (3, 0)


def test_very_many_points_are_thinned_with_their_ends():
    fig = curves_figure(curves_info([trial(k, [1 / (e + k) for e in range(1, 200)]) for k in range(100)]))
    rest = fig.data[0]
    assert len(rest.x) < MOST + 3 * 100
    assert sum(x == 199 for x in rest.x) == 99


def test_values_over_many_magnitudes_are_drawn_on_a_logarithmic_axis():
    assert curves_figure(curves_info([trial(0, [1.0, 0.01])])).layout.yaxis.type == "log"


@pytest.mark.parametrize(
    ("metric", "words"),
    [("val_error", "validation error"), ("train_loss", "training loss"), ("top_5", "top 5"), ("val", "val"), ("", "")],
)
def test_a_metric_in_words(metric, words):
    assert called(metric) == words


def test_empty_and_one():
    info = curves_info([])
    assert info.summary == "no learning curve yet"
    assert curves_figure(info).layout.annotations[0].text == "No trial has reported a learning curve yet"
    one = curves_info([trial(0, [0.5])])
    assert one.summary == "1 learning curve of validation error · best trial 0 ends at 0.500"
    assert curves_figure(one).data[3].marker.size == 7


def test_it_is_an_ordinary_figure(trials, tmp_path):
    curves_figure(curves_info(trials), dark=True).write_html(tmp_path / "curves.html", include_plotlyjs=False)
    assert "validation error" in (tmp_path / "curves.html").read_text()
