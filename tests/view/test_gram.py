"""Who is like whom, as a heat map."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nasviz.records import Similarity, Trial
from nasviz.view.gram import GramInfo, gram_figure, gram_info

TERMS = ("conv", "a<b", "id")
FOUND = Similarity((2, 0, 1), TERMS, (0.3, 0.1, 0.2), ((1.0, 0.8, 0.2), (0.8, 1.0, 0.4), (0.2, 0.4, 1.0)), 5)
TRIALS = [Trial(7, "conv", "f", "finished", 0.3), Trial(9, "id", "f", "finished", 0.2)]


def test_names_summary_and_neighbours() -> None:
    info = gram_info(FOUND, TRIALS, value_name="error")
    assert info.trials == (7, None, 9)
    assert info.names == ("trial 7", "known from another study", "trial 9")
    assert info.summary == "the last 3 of 5 trials · mean similarity 0.47 · of neighbours 0.60"
    assert info.nearest == ((1, 0.8), (0, 0.8), (1, 0.4))
    assert gram_info(FOUND).names == ("architecture 2", "architecture 0", "architecture 1")


def test_empty_and_one() -> None:
    one = gram_info(Similarity((0,), ("id",), (0.5,), ((1.0,),), 1), [Trial(0, "id", "f", "finished", 0.5)])
    for info in (GramInfo(), one):
        assert info.summary == "no two trials to compare yet"
        assert info.nearest == ()
        fig = gram_figure(info)
        assert fig.layout.annotations[0].text == "Similarities need two finished trials"
        assert [trace.name for trace in fig.data] == ["similarity", "values"]


def test_identical_ones() -> None:
    n = 10
    info = gram_info(Similarity(tuple(range(n)), ("id",) * n, (0.5,) * n, ((1.0,) * n,) * n, n))
    assert info.summary == "10 trials · mean similarity 1.00 · of neighbours 1.00"
    heat = gram_figure(info).data[0]
    assert heat.zmin < heat.zmax == 1.0
    assert len(set(heat.x)) == n, "each has a row of its own"
    long = replace(FOUND, terms=("conv " * 100 + "a", "conv " * 100 + "b", "id"))
    heat, strip = gram_figure(gram_info(long, [Trial(0, "relu", "f", "failed")])).data
    assert len(set(heat.x)) == len(set(strip.y)) == 3, "also of another study, where the terms begin alike"


def test_two_are_enough() -> None:
    info = gram_info(Similarity((0, 1), ("id", "conv"), (0.5, 0.4), ((1.0, 0.25), (0.25, 1.0)), 2))
    assert info.summary == "2 trials · mean similarity 0.25 · of neighbours 0.25"
    assert info.nearest == ((1, 0.25), (0, 0.25))
    fig = gram_figure(info)
    assert not fig.layout.annotations
    assert [trace.showscale for trace in fig.data] == [True, True]


@pytest.mark.parametrize("dark", [False, True])
def test_rows_columns_and_strip_have_one_order(dark: bool) -> None:
    fig = gram_figure(gram_info(FOUND, TRIALS, value_name="error"), dark=dark)
    heat, strip = fig.data
    assert heat.x == heat.y == strip.y
    assert heat.x == ("trial 7<br>conv", "known from another study<br>a&lt;b", "trial 9<br>id")
    assert [list(row) for row in heat.z] == [list(row) for row in FOUND.matrix]
    assert [list(row) for row in strip.z] == [[0.3], [0.1], [0.2]]
    assert [list(row) for row in heat.customdata] == [[7] * 3, [None] * 3, [9] * 3]
    assert fig.layout.yaxis.autorange == "reversed", "the diagonal begins at the upper left"
    assert "</html>" in fig.to_html(include_plotlyjs=False)


def test_an_outlier_leaves_the_others_their_colours() -> None:
    n = 20
    matrix = [[1.0 if i == j else 0.05 if 0 in (i, j) else 0.8 + 0.002 * ((i + j) % 20) for j in range(n)] for i in range(n)]
    found = Similarity(tuple(range(n)), ("id",) * n, (0.5,) * n, tuple(map(tuple, matrix)), n)
    assert 0.6 < gram_figure(gram_info(found)).data[0].zmin < 0.8
    assert gram_figure(gram_info(FOUND)).data[0].zmin == 0.2
