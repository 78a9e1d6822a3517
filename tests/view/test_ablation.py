import math
from types import SimpleNamespace

import plotly.graph_objects as go
import pytest

from nasviz.view.ablation import ablation_figure, ablation_info

NAMES = ["+ helps", "− hurts", "believed, ± sd", "observed"]


def step(arch, edit, mean, sd, change, trial=None, value=None):
    return SimpleNamespace(arch=arch, edit=edit, mean=mean, sd=sd, change=change, trial=trial, value=value)


STEPS = [
    step("Linear(id)", "", 0.5, 0.125, 0.0, 3, 0.5625),
    step("Linear(a)", "replace id at (0,) by a", 0.25, 0.0625, -0.25),
    step("Linear(b)", "replace a at (0,) by <b>", 0.375, 0.0625, 0.125, 7, 0.375),
]


def way(n, log=False):
    return SimpleNamespace(steps=STEPS[:n], log=log)


def test_the_way_is_told_step_by_step():
    info = ablation_info(way(3))
    assert (info.terms, info.level, info.trials) == (("Linear(id)", "Linear(a)", "Linear(b)"), (0.5, 0.25, 0.375), (3, None, 7))
    assert (info.low[0], info.high[0]) == (0.375, 0.625)
    assert [info.side(k) for k in (1, 2)] == ["helps", "hurts"]
    assert info.summary == "2 edits from 0.50 ± 0.12 to 0.375 ± 0.062 believed · most by edit 1, −0.250"
    other = ablation_info(way(3), direction="maximize")
    assert [other.side(k) for k in (1, 2)] == ["hurts", "helps"]
    assert other.summary.endswith(" · most by edit 2, +0.125")


def test_an_edit_that_moves_nothing_neither_helps_nor_hurts():
    same = SimpleNamespace(steps=[*STEPS[:2], step("Linear(c)", "replace a at (0,) by c", 0.25, 0.0625, 1e-17)], log=False)
    for direction in ("minimize", "maximize"):
        info = ablation_info(same, direction=direction)
        assert info.side(2) == "nothing"
        assert sum(len(bars.x) for bars in ablation_figure(info).data[:2]) == 1
    alone = ablation_info(SimpleNamespace(steps=[STEPS[0], STEPS[0]], log=False))
    assert alone.side(1) == "nothing"
    assert alone.summary == "1 edit from 0.50 ± 0.12 to 0.50 ± 0.12 believed"


@pytest.mark.parametrize(("mean", "sd"), [(1e-300, 1e300), (1e306, 1e306), (0.0, 0.0)])
def test_wild_beliefs_are_drawn(mean, sd):
    info = ablation_info(SimpleNamespace(steps=[step("id", "", mean, sd, 0.0), STEPS[1]], log=True))
    assert info.low[0] <= info.level[0] <= info.high[0]
    assert all(map(math.isfinite, (info.level[0], info.high[0])))
    assert ablation_figure(info).data


def test_a_logarithm_is_drawn_at_the_median_with_the_central_68_per_cent():
    mu, sigma = math.log(0.25), 0.5
    mean = math.exp(mu + sigma**2 / 2)
    sd = mean * math.sqrt(math.expm1(sigma**2))
    info = ablation_info(SimpleNamespace(steps=[step("id", "", mean, sd, 0.0)], log=True))
    assert info.level[0] == pytest.approx(0.25)
    assert (info.low[0], info.high[0]) == pytest.approx((math.exp(mu - sigma), math.exp(mu + sigma)))


@pytest.mark.parametrize("n", range(4))
def test_traces_do_not_depend_on_the_data(n):
    fig = ablation_figure(ablation_info(way(n)))
    assert [trace.name for trace in fig.data] == NAMES
    assert isinstance(fig, go.Figure)


def test_bars_go_from_one_level_to_the_next():
    helps, hurts, believed, observed = ablation_figure(ablation_info(way(3), value_name="error")).data
    assert (list(helps.base), list(helps.x), list(helps.y)) == ([0.5], [-0.25], [1])
    assert (list(hurts.base), list(hurts.x), list(hurts.y)) == ([0.25], [0.125], [2])
    assert (list(believed.x), list(believed.error_x.array)) == ([0.5, 0.25, 0.375], [0.125, 0.0625, 0.0625])
    assert (list(observed.x), list(observed.y), list(observed.customdata)) == ([0.5625, 0.375], [0, 2], [3, 7])
    assert hurts.hovertext[0] == (
        "replace a at (0,) by &lt;b&gt;: +0.125<br>believed 0.375 ± 0.062<br>observed 0.375 in trial 7<br>Linear(b)"
    )


def test_the_better_way_and_markup_in_the_axis():
    for direction, better in (("minimize", "less"), ("maximize", "more")):
        fig = ablation_figure(ablation_info(way(3), direction=direction, value_name="loss<0"))
        assert fig.layout.xaxis.title.text == f"loss&lt;0 ({better} is better)"


def test_changes_stand_beside_their_rows():
    fig = ablation_figure(ablation_info(way(3)))
    assert [(note.text, note.y) for note in fig.layout.annotations] == [("−0.250", 1), ("+0.125", 2)]
    assert fig.layout.yaxis.ticktext[0] == "begin: Linear(id)"
    assert fig.layout.yaxis.ticktext[2] == "2. replace a at (0,) by &lt;b&gt;"


def test_empty_and_no_edit():
    empty, one = ablation_info(way(0)), ablation_info(way(1))
    assert (empty.summary, one.summary) == ("no way yet", "no edit: the architectures are equal")
    assert ablation_figure(empty).layout.annotations[0].text == "A way needs two trials with a value"
    assert ablation_figure(one).layout.annotations[0].text == "No edit: the architectures are equal"


def test_it_is_an_ordinary_figure(tmp_path):
    ablation_figure(ablation_info(way(3)), dark=True).write_html(tmp_path / "a.html", include_plotlyjs=False)
    assert "Linear" in (tmp_path / "a.html").read_text()
