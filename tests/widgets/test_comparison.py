"""The live view of a comparison: progress, Stop, reasons, and the figure."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from nasviz.errors import NasvizError
from nasviz.jobs import compare
from nasviz.spaces import SearchSpace
from nasviz.widgets.comparison import ComparisonView, refusals
from nasviz.widgets.show import show
from nasviz.widgets.workspace import WORKSPACE

CELLS = SearchSpace("S ::= Linear(B, B)\nB ::= conv3x3 | id | relu", input_shape=(1, 8, 8), name="cells")
MIXED = SearchSpace("S ::= Residual(B, B, B)\nB ::= conv1x1 | down", input_shape=(1, 8, 8), name="mixed")


def test_it_follows_to_the_end(page):
    comparison = compare(CELLS, MIXED, n=30)
    shown = page(show(comparison))
    assert isinstance(shown.view, ComparisonView)
    shown.wait_for(lambda: shown.state["state"] == "done")
    assert shown.state["names"] == ["cells", "mixed"]
    assert shown.state["progress"] == 1
    assert shown.state["note"].startswith("60 architectures drawn, ")
    assert len(shown.state["figure"]["data"]) == 7
    assert 0 < len(shown.state["refusals"]) <= 3
    assert "meet in Residual2" in shown.state["refusals"][0]["reason"]
    assert shown.view.fallback() == repr(comparison)
    assert shown.view.find_architecture("x") is None


def test_stop_in_the_page_stops_it(page):
    go_on = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        comparison = compare(CELLS, MIXED, n=4, objective=lambda arch: float(go_on.wait(20)), executor=executor)
        shown = page(ComparisonView(comparison))
        shown.wait_for(lambda: shown.state["note"].startswith("0 of "))
        assert shown.state["state"] == "running"
        shown.command("stop")
        go_on.set()
        comparison.wait(20)
        shown.wait_for(lambda: shown.state["state"] == "stopped")


def test_what_ended_it_is_shown(page):
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    shown = page(ComparisonView(compare(CELLS, MIXED, n=2, objective=lambda arch: 0.0, executor=executor)))
    shown.wait_for(lambda: shown.state["state"] == "failed")
    assert "the executor takes no more work" in shown.state["error"]


def test_another_object_is_refused():
    with pytest.raises(NasvizError, match=r"nv\.compare"):
        ComparisonView(CELLS)
    WORKSPACE.flush()


def test_few_reasons_are_sent():
    comparison = compare(CELLS, MIXED, n=40).wait()
    assert len(refusals(comparison.rows)) == 3
