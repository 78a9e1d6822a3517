import math

import plotly.graph_objects as go
import pytest

from nasviz.records import Trial
from nasviz.view.history import Reference, baseline_info, history_figure, history_info

NAMES = ["random, range", "random", "trial", "best so far", "failed", "known networks"]


@pytest.fixture
def trials(make_trial):
    return [
        make_trial(3, 0.1, proposed_by="random"),
        make_trial(0, 0.5),
        make_trial(1, state="failed", reason="loss is NaN at epoch 2"),
        make_trial(2, 0.7),
        make_trial(4),
        make_trial(5, math.nan),
        make_trial(6, 0.3),
    ]


def test_trials_are_counted_in_order_and_the_incumbent_never_gets_worse(trials):
    info = history_info(trials)
    assert info.evaluations == (1, 3, 4, 6)
    assert info.trials == (0, 2, 3, 6)
    assert info.values == (0.5, 0.7, 0.1, 0.3)
    assert info.incumbent == (0.5, 0.5, 0.1, 0.1)
    assert info.running == (4,)
    assert info.best == 2


def test_maximize(trials):
    assert history_info(trials, direction="maximize").incumbent == (0.5, 0.7, 0.7, 0.7)


def test_failed_trials_keep_their_place_and_reason(trials):
    info = history_info(trials)
    assert [(f.number, f.reason) for f in info.failed] == [(1, "loss is NaN at epoch 2"), (5, "the value is nan")]
    assert info.failed_at == (2, 5)


def test_no_trials():
    info = history_info([])
    assert info.best is None
    fig = history_figure(info, total=20)
    assert fig.layout.annotations[0].text == "No finished trial yet"
    assert fig.layout.xaxis.range == (0.4, 20.6)


def test_one_baseline_is_its_incumbent(make_trial):
    info = baseline_info([make_trial(1, 0.2), make_trial(0, 0.4), make_trial(2, 0.3)])
    assert info.median == info.low == info.high == (0.4, 0.2, 0.2)
    assert info.runs == 1


def test_several_baselines_are_pooled_to_the_shortest(make_trial):
    runs = [[make_trial(i, v) for i, v in enumerate(values)] for values in ([5, 3, 1], [4, 4], [9, 2, 2], [])]
    info = baseline_info(runs)
    assert (info.evaluations, info.median, info.low, info.high, info.runs) == ((1, 2), (5, 3), (4, 2), (9, 4), 3)


def test_a_baseline_counts_failures_as_evaluations(make_trial):
    late = [make_trial(0, state="failed"), make_trial(1, 0.4), make_trial(2, state="failed"), make_trial(3, 0.3)]
    info = baseline_info([late, [make_trial(i, 0.5) for i in range(4)]])
    assert info.evaluations == (2, 3, 4)
    assert info.low == (0.4, 0.4, 0.3)


def test_a_baseline_without_values_is_none(make_trial):
    assert baseline_info([make_trial(0)]) is None
    assert baseline_info([[], []]) is None


@pytest.mark.parametrize("n", [0, 1, 7])
def test_the_figure_has_always_the_same_traces(trials, n, make_trial):
    for baseline in (None, trials, [trials, trials]):
        fig = history_figure(history_info(trials[:n], baseline))
        assert [t.name.replace(", median of 2", "") for t in fig.data] == NAMES
        assert isinstance(fig, go.Figure)


def test_points_carry_the_number_of_their_trial(trials):
    points = history_figure(history_info(trials)).data[2]
    assert list(points.customdata) == [0, 2, 3, 6]
    assert points.text[2] == "trial 3: 0.100<br>random<br>op3"


def test_text_of_a_term_is_data(make_trial):
    trial = make_trial(0, 0.5, term="<a href='javascript:x'>", proposed_by="<b>")
    assert history_figure(history_info([trial])).data[2].text[0] == (
        "trial 0: 0.500<br>&lt;b&gt;<br>&lt;a href='javascript:x'&gt;"
    )


def test_values_over_many_magnitudes_are_drawn_on_a_logarithmic_axis(make_trial):
    assert history_figure(history_info([make_trial(0, 1.0), make_trial(1, 0.01)])).layout.yaxis.type == "log"
    assert history_figure(history_info([make_trial(0, 1.0), make_trial(1, -0.01)])).layout.yaxis.type is None


def test_it_is_an_ordinary_figure(trials, tmp_path):
    fig = history_figure(history_info(trials))
    fig.write_html(tmp_path / "history.html", include_plotlyjs=False)
    assert "best so far" in (tmp_path / "history.html").read_text()
    assert len(go.FigureWidget(fig).data) == len(fig.data)


def test_known_networks_are_level_lines_with_a_mark_of_their_own_and_no_trials() -> None:
    trials = [Trial(0, "net", "", "finished", 0.05, baseline="ResNet-<20>"), Trial(1, "id", "", "finished", 0.3)]
    info = history_info([*trials, Trial(2, "x", "", "failed", baseline="broken")])
    assert (info.values, info.trials, info.evaluations, info.failed) == ((0.3,), (1,), (1,), ())
    assert info.references == (Reference("ResNet-<20>", 0.05, 0, "net"),)
    fig = history_figure(info)
    assert [(shape.y0, shape.y1) for shape in fig.layout.shapes] == [(0.05, 0.05)]
    known = fig.data[-1]
    assert (known.showlegend, tuple(known.y), tuple(known.customdata)) == (True, (0.05,), (0,))
    assert known.x[0] == fig.layout.xaxis.range[1]
    assert known.marker.symbol not in {trace.marker.symbol for trace in fig.data[:-1]}
    assert known.text[0].startswith("ResNet-&lt;20&gt;")
    assert known.hovertext[0] == "ResNet-&lt;20&gt;, to compare with: 0.0500<br>trial 0<br>net"


@pytest.mark.parametrize(
    ("values", "direction", "places"),
    [
        ([0.2, 0.16], "minimize", ["top left", "bottom left"]),
        ([0.2, 0.3, 0.1], "maximize", ["middle left", "top left", "bottom left"]),
        ([0.2], "minimize", ["top left"]),
        ([0.2], "maximize", ["bottom left"]),
    ],
)
def test_the_names_of_near_known_networks_are_apart(values, direction, places) -> None:
    trials = [Trial(k, "net", "", "finished", value, baseline=f"net {k}") for k, value in enumerate(values)]
    assert list(history_figure(history_info(trials, direction=direction)).data[-1].textposition) == places


def test_failed_trials_alone_have_no_scale_of_values() -> None:
    fig = history_figure(history_info([Trial(k, "net", "", "failed", reason="broken") for k in range(3)]))
    assert fig.layout.yaxis.showticklabels is False
    assert list(fig.data[4].x) == [1, 2, 3]


def test_a_study_of_known_networks_alone_is_no_empty_figure() -> None:
    fig = history_figure(history_info([Trial(0, "net", "", "finished", 0.05, baseline="ResNet-20")]))
    assert not fig.layout.annotations


def test_summary(trials) -> None:
    assert history_info(trials).summary == "4 trials, 2 failed · best value 0.100 in trial 3"
    assert history_info(trials[:1]).summary == "1 trial · best value 0.100 in trial 3"
    assert history_info([]).summary == "no finished trial yet"
