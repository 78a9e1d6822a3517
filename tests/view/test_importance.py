import math
from types import SimpleNamespace

import plotly.graph_objects as go
import pytest

from nasviz.errors import NasvizError
from nasviz.view import theme
from nasviz.view.importance import importance_figure, importance_info

NAMES = ["+ helps", "− hurts", "the interval includes 0"]


def row(production, effect, low, high, trials=7, uses=12):
    return SimpleNamespace(
        production=production, trials=trials, uses=uses, effect=effect, low=low, high=high, weight=abs(effect)
    )


@pytest.fixture
def rows():
    return [
        row("OP ::= avg_pool", 0.5, 0.25, 0.75),
        row("OP ::= <conv>", -0.25, -0.5, -0.125, 1, 1),
        row("OP ::= id", 0.125, -0.125, 0.375),
        row("NET ::= OP", math.nan, math.nan, math.nan),
    ]


def test_each_production_helps_hurts_or_is_not_known(rows):
    info = importance_info(rows)
    assert [(e.production, e.effect, e.side) for e in info.effects] == [
        ("OP ::= avg_pool", 0.5, "hurts"), ("OP ::= <conv>", -0.25, "helps"), ("OP ::= id", 0.125, "unsure"),
    ]  # fmt: skip
    assert (info.open, info.more) == (("NET ::= OP",), 0)
    assert info.summary == ("of 3 productions 1 help, 1 hurt, of 1 the trials do not tell · weightiest OP ::= avg_pool: +0.500")


def test_where_more_is_better_the_sides_swap(rows):
    assert [e.side for e in importance_info(rows, direction="maximize").effects] == ["helps", "hurts", "unsure"]


def test_only_so_many_are_shown(rows):
    info = importance_info(rows, most=1)
    assert (len(info.effects), info.more) == (1, 2)
    with pytest.raises(NasvizError, match="most is 0, expected how many productions to show, 1 or more"):
        importance_info(rows, most=0)


@pytest.mark.parametrize("n", range(5))
def test_traces_do_not_depend_on_the_data(rows, n):
    fig = importance_figure(importance_info(rows[:n]))
    assert [trace.name for trace in fig.data] == NAMES
    assert isinstance(fig, go.Figure)


def test_bars_have_their_interval_and_their_evidence(rows):
    fig = importance_figure(importance_info(rows, value_name="error"))
    helps, hurts, unsure = fig.data
    assert (list(hurts.x), list(hurts.y)) == ([0.5], [0])
    assert (list(hurts.error_x.array), list(hurts.error_x.arrayminus)) == ([0.25], [0.25])
    assert (list(helps.error_x.array), list(helps.error_x.arrayminus)) == ([0.125], [0.25])
    assert unsure.marker.pattern.shape == "/"
    assert "OP ::= &lt;conv&gt;" in fig.layout.yaxis.ticktext[1]
    assert "1 trial, 1 use<" in fig.layout.yaxis.ticktext[1]
    assert "7 trials, 12 uses" in fig.layout.yaxis.ticktext[0]
    assert unsure.hovertext[0] == (
        "OP ::= id<br>the trials do not tell: +0.125, 95 % interval −0.125 … +0.375<br>7 trials, 12 uses"
    )
    assert "units of error; left of 0 is better" in fig.layout.xaxis.title.text


def test_the_axis_says_which_side_is_better(rows):
    fig = importance_figure(importance_info(rows, direction="maximize", value_name="a<b"))
    assert fig.layout.xaxis.title.text == "effect of one use on a&lt;b (units of a&lt;b; right of 0 is better)"
    helps, hurts, unsure = fig.data
    assert unsure.marker.color == theme.BASELINE
    assert len({helps.marker.color, hurts.marker.color}) == 2
    assert all(bars.marker.color.startswith("rgba") for bars in (helps, hurts)), "hatching alone is opaque"


def test_logarithms_are_shown_in_per_cent(rows):
    info = importance_info(rows, log=True)
    fig = importance_figure(info)
    assert fig.data[0].x[0] == pytest.approx(100 * math.expm1(-0.25))
    assert fig.data[0].error_x.array[0] == pytest.approx(100 * (math.exp(-0.125) - math.exp(-0.25)))
    assert info.summary.endswith("+64.9\u00a0%")
    assert "per cent" in fig.layout.xaxis.title.text


def test_empty_says_what_is_missing(rows):
    for found in ([], rows[3:]):
        info = importance_info(found)
        assert info.summary == "no production has an effect yet"
        assert importance_figure(info).layout.annotations[0].text.startswith("No production has an effect yet")


def test_it_is_an_ordinary_figure(rows, tmp_path):
    importance_figure(importance_info(rows), dark=True).write_html(tmp_path / "i.html", include_plotlyjs=False)
    assert "avg_pool" in (tmp_path / "i.html").read_text()
