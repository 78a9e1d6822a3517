"""What the figure of a comparison says, and its tables."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from nasviz.records import Drawn
from nasviz.view.comparison import comparison_figure, comparison_frame, comparison_info, comparison_summary

NAMES = ("narrow", "<b>wide</b>")


def rows(values=False):
    found = [
        Drawn(NAMES[k], i, f"term{k}{i}", 10 ** (2 + k) * (1 + i), 1000 * (1 + i), 1 + i % 4, value=0.1 * i if values else None)
        for k in range(2)
        for i in range(8)
    ]
    return [*found, Drawn(NAMES[1], 8, "term18", reason="does not fit"), Drawn(NAMES[1], 9, "term18", reason="does not fit")]


def equal(reason=""):
    one = SimpleNamespace(values=(0.1, 0.2), shares=(0.5, 1.0), n=2)
    return SimpleNamespace(edfs=(one, one), occupied=1, reason=reason)


def test_shares_sum_to_one_over_bins_that_both_share():
    info = comparison_info(rows(), NAMES)
    for what, sides in info.shares.items():
        assert len(info.edges[what]) == len(sides[0]) + 1
        assert [sum(side) for side in sides] == pytest.approx([1, 1])
    assert info.builds == (1.0, 0.8)
    assert info.centres["parameters"] == (450, 4500)


def test_bins_of_depth_are_whole_numbers_and_wide_ranges_grow_by_factors():
    info = comparison_info(rows(), NAMES)
    assert info.edges["depth"] == (0.5, 1.5, 2.5, 3.5, 4.5)
    factors = np.divide(info.edges["parameters"][1:], info.edges["parameters"][:-1])
    assert factors == pytest.approx(factors[0])
    assert (info.edges["parameters"][0], info.edges["parameters"][-1]) == (100, 8000)


def test_axes_of_the_figure():
    fig = comparison_figure(comparison_info(rows(), NAMES))
    assert fig.layout.xaxis.type == "log"
    assert fig.layout.xaxis3.type == "linear"
    assert fig.layout.xaxis.title.text == "parameters"
    assert sum(bool(trace.showlegend) for trace in fig.data) == 2
    assert "<b>" not in str(fig.to_json())


def test_with_an_objective_there_are_two_distributions():
    fig = comparison_figure(comparison_info(rows(values=True), NAMES, equal(), "flops", "error"))
    assert fig.layout.xaxis3.title.text == "error"
    assert fig.layout.xaxis6.title.text == "error, at equal FLOPs"
    plain = [trace for trace in fig.data if trace.xaxis == "x3"]
    assert plain[0].y[0] == 0
    assert plain[0].y[-1] == 1
    assert not [a for a in fig.layout.annotations if a.name == "note"]


def test_nothing_in_common_is_said_in_the_figure():
    fig = comparison_figure(comparison_info(rows(values=True), NAMES, equal("nothing in common"), "depth", "error"))
    assert [a.text for a in fig.layout.annotations if a.name == "note"] == ["nothing in common"]


def test_nothing_drawn_and_nothing_built_are_drawn_too():
    for found in ([], [Drawn(NAMES[0], 0, "x", reason="no")], [Drawn(NAMES[0], 0, "x", 5, 0, 0)]):
        fig = comparison_figure(comparison_info(found, NAMES, equal("none"), "parameters", "error"))
        assert len(fig.data) == 11


def test_the_table_keeps_whole_numbers_and_gaps():
    table = comparison_frame(rows(values=True), "error")
    assert table.parameters.iloc[0] == 100
    assert str(table.parameters.dtype) == "Int64"
    assert table.parameters.isna().sum() == 2
    assert "value" not in comparison_frame(rows()).columns


def test_summary():
    table = comparison_summary(rows(values=True), NAMES, "error")
    assert table["draws"].tolist() == [8, 10]
    assert table["distinct"].tolist() == [8, 9]
    assert table["builds"].tolist() == [1.0, 0.8]
    assert table["parameters"].tolist() == [450, 4500]
    assert table["error"].tolist() == pytest.approx([0.35, 0.35])
    assert table["greatest error"].tolist() == pytest.approx([0.7, 0.7])
    assert table["evaluated"].tolist() == [8, 8]
