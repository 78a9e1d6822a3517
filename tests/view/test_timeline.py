import math

import plotly.graph_objects as go
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nasviz.records import Trial
from nasviz.view import theme
from nasviz.view.states import LOOKS
from nasviz.view.timeline import timeline_figure, timeline_info

NAMES = ["finished", "pruned", "failed", "stopped", "running", "best", "known networks", "waiting"]
T = 1_700_000_000.0


def trial(number, began, ended, worker="a:1", state="finished", seconds=None, **kwargs):
    """A trial that was taken at `began` and evaluated until `ended`, both after T."""
    took = 0.0 if ended is None else ended - began if seconds is None else seconds
    value = 0.5 if state == "finished" else None
    kwargs.setdefault("value", value)
    return Trial(
        number, f"op{number}", "f", state, began=T + began, ended=None if ended is None else T + ended, seconds=took,
        worker=worker, **kwargs,
    )  # fmt: skip


@pytest.fixture
def trials():
    return [
        trial(0, 0, 8, "a:1"),
        trial(1, 0, 16, "a:2", value=0.25),
        trial(2, 8, 20, "a:1", "failed", seconds=8, reason="loss is NaN"),
        trial(3, 16, None, "", "running"),
        Trial(4, "op4", "f", "waiting"),
    ]


def test_an_evaluation_ends_where_its_end_was_stored_and_took_its_seconds(trials):
    info = timeline_info(trials, now=T + 24)
    assert [(bar.trial, bar.lane, bar.start, bar.stop) for bar in info.bars] == [
        (0, 0, 0, 8), (1, 1, 0, 16), (2, 0, 12, 20), (3, 1, 16, 24),
    ]  # fmt: skip
    assert [bar.proposing for bar in info.bars][:3] == [0, 0, 4]
    assert math.isnan(info.bars[3].proposing)
    assert info.lanes == ("worker 1", "worker 2")
    assert (info.waiting, info.best, info.span) == (((4, "op4"),), 1, 24)
    assert info.utilisation == (8 + 16 + 8 + 8) / 48
    assert info.summary == "4 trials by 2 workers at once in 0:24, 83 % busy · 1 waiting".replace(" %", "\u00a0%")


def test_what_runs_ends_with_the_last_known_time_when_now_is_not_said(trials):
    assert timeline_info(trials).bars[3].stop == 20


def test_the_best_is_the_largest_where_more_is_better(trials):
    assert timeline_info(trials, direction="maximize").best == 0


def test_a_worker_that_replaces_another_takes_over_its_row():
    info = timeline_info([trial(0, 0, 8, "a:1"), trial(1, 0, 20, "a:2"), trial(2, 9, 12, "a:3"), trial(3, 12, 14, "a:3")])
    assert [(bar.worker, bar.lane) for bar in info.bars] == [("a:1", 0), ("a:2", 1), ("a:3", 0), ("a:3", 0)]


def test_rows_of_several_machines_are_named_by_machine_and_kept_together():
    info = timeline_info([trial(0, 0, 8, "a:1"), trial(1, 1, 8, "b:1"), trial(2, 2, 8, "a:2"), trial(3, 9, 10, "c:1")])
    assert info.lanes == ("a 1", "a 2", "b 1", "c 1")
    assert [bar.lane for bar in info.bars] == [0, 2, 1, 3]


def test_what_is_of_no_known_worker_stands_in_a_free_row():
    info = timeline_info([trial(0, 0, 8), trial(1, 2, 4, ""), trial(2, 8, 9, ""), trial(3, 3, 12, "")])
    assert {bar.trial: bar.lane for bar in info.bars} == {0: 0, 1: 1, 2: 0, 3: 2}


def test_long_times_in_which_nothing_ran_are_cut_out():
    info = timeline_info([trial(0, 0, 8), trial(1, 10, 18), trial(2, 50_018, 50_026)])
    assert [(cut.at, cut.seconds) for cut in info.cuts] == [(18, 50_000)]
    assert [bar.start for bar in info.bars] == [0, 10, 18]
    assert info.span == 26
    fig = timeline_figure(info)
    assert "14" in fig.layout.annotations[0].text
    assert fig.layout.shapes[0].x0 == 18


SPANS = st.lists(
    st.tuples(st.floats(0, 1000, width=16), st.floats(0, 50, width=16), st.sampled_from(["", "a:1", "a:2", "b:1"])), max_size=20
)


@given(SPANS)
@example([(0.0, 2.0, "a:1"), (1.0, 0.0, "a:1"), (1.0, 1.0, "")])
def test_rows_of_unknown_workers_never_overlap_and_axis_keeps_durations(spans):
    trials = [trial(k, start, start + took, worker) for k, (start, took, worker) in enumerate(spans)]
    info = timeline_info(trials)
    took = {t.number: t.seconds for t in trials}
    assert {bar.trial for bar in info.bars} == set(took)
    for bar in info.bars:
        assert bar.stop - bar.start == pytest.approx(took[bar.trial], abs=1e-5)
        assert -1e-5 <= bar.start <= bar.stop <= info.span + 1e-5
        assert 0 <= bar.lane < len(info.lanes)
    for a in info.bars:
        for b in info.bars:
            if a.trial != b.trial and a.lane == b.lane and not a.worker:
                assert a.stop <= b.start + 1e-5 or b.stop <= a.start + 1e-5
    known = {bar.worker: bar.lane for bar in info.bars if bar.worker}
    assert all(bar.lane == known[bar.worker] for bar in info.bars if bar.worker)


@pytest.mark.parametrize("n", range(6))
def test_traces_do_not_depend_on_the_data(trials, n):
    fig = timeline_figure(timeline_info(trials[:n]))
    assert [trace.name for trace in fig.data] == NAMES
    assert isinstance(fig, go.Figure)


def test_bars_say_their_state_by_hue_and_pattern_and_carry_their_trial(trials):
    fig = timeline_figure(timeline_info(trials, now=T + 24), dark=True)
    finished, _, failed, _, running, best, _, waiting = fig.data
    assert (list(finished.customdata), list(failed.customdata), list(running.customdata)) == ([0, 1], [2], [3])
    assert len({bars.width for bars in fig.data[:5]}) == 1
    assert (list(best.customdata), list(waiting.customdata), list(waiting.y)) == ([1], [4], [2])
    assert (failed.marker.color, failed.marker.pattern.shape) == (LOOKS["failed"].colour, "x")
    assert failed.hovertext[0].replace("\u00a0", " ") == (
        "trial 2 failed<br>loss is NaN<br>8.00 s, after 4.0 s to propose and hand over<br>a:1<br>op2"
    )
    assert "worker not recorded" in running.hovertext[0]
    assert list(fig.layout.yaxis.ticktext) == ["worker 1", "worker 2", "waiting"]
    assert [t.showlegend for t in fig.data] == [True, False, True, False, True, True, False, True]


@pytest.mark.parametrize(("seconds", "unit"), [(60, "seconds"), (600, "minutes"), (20_000, "hours")])
def test_the_axis_counts_in_a_unit_that_fits(seconds, unit):
    fig = timeline_figure(timeline_info([trial(0, 0, seconds)]))
    assert fig.layout.xaxis.title.text == f"{unit} since the first trial began"


def test_bars_and_marks_are_in_that_unit():
    waiting = [Trial(7 + k, "id", "f", "waiting") for k in range(20)]
    fig = timeline_figure(timeline_info([trial(0, 0, 300), trial(1, 300, 1200, value=0.25), *waiting]))
    bars, best, rings = fig.data[0], fig.data[5], fig.data[7]
    assert (list(bars.base), list(bars.x)) == ([0, 5], [5, 15])
    assert list(best.x) == [12.5]
    assert list(rings.x) == pytest.approx([20 + 0.2 * (k + 1) for k in range(20)]), "all within a fifth of the span"
    assert list(fig.layout.yaxis.range) == [1.6, -0.6]
    two = timeline_figure(timeline_info([trial(0, 0, 1200), *waiting[:2]])).data[7]
    assert list(two.x) == pytest.approx([20.4, 20.8])


def test_an_end_that_was_not_stored_follows_from_the_seconds():
    told = Trial(0, "id", "f", "finished", 0.5, began=T, seconds=12.0)
    (bar,) = timeline_info([told]).bars
    assert (bar.start, bar.stop, math.isnan(bar.proposing)) == (0, 12, True)


def test_two_machines_are_named():
    assert timeline_info([trial(0, 0, 8, "a:1"), trial(1, 1, 8, "b:1")]).lanes == ("a 1", "b 1")


@pytest.mark.parametrize(
    ("n", "took", "gap", "cut"),
    [(1, 1, 59, False), (1, 1, 61, True), (1, 8, 79, False), (1, 8, 81, True), (49, 8, 79, False), (49, 8, 81, True)],
)
def test_only_long_pauses_are_cut_out(n, took, gap, cut):
    """Of more than a minute, ten evaluations and a fifth of what was busy: here 0.2 × 50 × 8 s are 80 s."""
    last = n * took + gap
    info = timeline_info([*(trial(k, took * k, took * (k + 1)) for k in range(n)), trial(n, last, last + took)])
    assert bool(info.cuts) == cut
    assert info.span == (n + 1) * took + (0 if cut else gap)


def test_a_fifth_of_what_was_busy_is_long():
    """Typically 1 s, but once 1000 s: a pause of 150 s is not worth a mark, one of 250 s is."""
    for gap, cut in ((150, False), (250, True)):
        short = [trial(k, 1000 + k, 1001 + k) for k in range(1, 4)]
        info = timeline_info([trial(0, 0, 1001), *short, trial(9, 1004 + gap, 1005 + gap)])
        assert bool(info.cuts) == cut


def test_no_time_to_propose_is_not_said_and_markup_in_the_name_is_shown():
    fig = timeline_figure(timeline_info([trial(0, 0, 8)], value_name="loss<0"))
    assert fig.data[0].hovertext[0].replace("\u00a0", " ") == "trial 0 finished: loss&lt;0 0.500<br>8.00 s<br>a:1<br>op0"


def test_a_trial_that_took_no_time_is_still_seen():
    fig = timeline_figure(timeline_info([trial(0, 0, 100), trial(1, 100, 100)]))
    assert fig.data[0].x[1] > 0


def test_known_networks_have_their_mark_and_are_never_the_best():
    info = timeline_info([trial(0, 0, 8, value=0.125, baseline="ResNet <20>"), trial(1, 8, 16)])
    assert info.best == 1
    known = timeline_figure(info).data[6]
    assert (known.marker.symbol, list(known.customdata), list(known.x)) == (theme.KNOWN_SYMBOL, [0], [4])
    assert known.hovertext[0].startswith("ResNet &lt;20&gt;, trial 0 finished: value 0.125")


def test_empty_says_so():
    info = timeline_info([])
    assert info.summary == "nothing evaluated yet"
    assert timeline_figure(info).layout.annotations[0].text == "Nothing has been evaluated yet"
    waiting = timeline_info([Trial(0, "id", "f", "waiting")])
    assert waiting.summary == "1 waiting, nothing evaluated yet"
    assert timeline_figure(waiting).data[-1].showlegend


def test_it_is_an_ordinary_figure(trials, tmp_path):
    timeline_figure(timeline_info(trials)).write_html(tmp_path / "timeline.html", include_plotlyjs=False)
    assert "since the first trial began" in (tmp_path / "timeline.html").read_text()
