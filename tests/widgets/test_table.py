import gc
import threading
import time
import weakref
from pathlib import Path

import pytest

from nasviz import tabulate
from nasviz.errors import NasvizError
from nasviz.numbers import GAP
from nasviz.search.tabulate import Tabulation
from nasviz.spaces import Architecture, three_node_cells
from nasviz.widgets import show as module
from nasviz.widgets.table import TableView


class Gated:
    """An objective that waits at one of its calls, and fails at another."""

    def __init__(self, at: int, fails: int = -1) -> None:
        self.at, self.fails, self.calls = at, fails, 0
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self, arch: Architecture) -> float:
        self.calls += 1
        if self.calls == self.at:
            self.reached.set()
            assert self.go.wait(30)
        if self.calls == self.fails:
            raise ValueError("too small")
        return float(len(str(arch)))


def settled(view: TableView, text: str) -> str:
    """Wait until a view says something; a table that has ended tells its listeners a moment later."""
    end = time.monotonic() + 30
    while text not in view.line.value and time.monotonic() < end:
        time.sleep(0.01)
    return view.line.value.replace(GAP, " ")


def test_it_says_how_far_it_is_and_what_failed() -> None:
    objective = Gated(at=60, fails=3)
    table = tabulate(three_node_cells(), objective, executor="inline")
    assert objective.reached.wait(30)
    view = module.show(table)
    assert isinstance(view, TableView)
    assert view.line.value.startswith("59 of 116 architectures · values ")
    assert view.line.value.endswith(" · 1 without a value, e.g. ValueError: too small · begins")
    assert view.bar.value == pytest.approx(59 / 116)
    assert (view.button.description, view.button.disabled, view.rows.value) == ("Stop", False, "")
    objective.go.set()
    assert settled(view, "complete").startswith("116 of 116 architectures")
    assert view.bar.value == 1.0
    assert (view.button.description, view.button.disabled) == ("Go on", False)
    assert "<table" in view.rows.value
    view.button.click()  # what failed is evaluated again
    table.wait(30)
    view.look()
    assert settled(view, "complete").startswith("116 of 116 architectures · values ")
    assert "without a value" not in view.line.value
    assert view.button.disabled


def test_the_button_stops_and_goes_on_and_a_new_kernel_goes_on_from_the_file(tmp_path: Path) -> None:
    objective = Gated(at=20)
    table = tabulate(three_node_cells(), objective, tmp_path / "table.csv", executor="inline")
    assert objective.reached.wait(30)
    view = TableView(table)
    view.button.click()
    assert view.button.disabled
    objective.go.set()
    assert "of 116 architectures" in settled(view, "stopped")
    assert (view.button.description, view.button.disabled) == ("Go on", False)
    had = len(table.rows)
    assert had < 116
    again = Gated(at=-1)
    other = tabulate(three_node_cells(), again, tmp_path / "table.csv", executor="inline").wait(30)
    assert (len(other), again.calls) == (116, 116 - had)
    view.button.click()
    assert settled(view, "complete").startswith("116 of 116")


def test_what_ends_a_run_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Tabulation, arch: Architecture) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(Tabulation, "_evaluate_here", broken)
    view = TableView(tabulate(three_node_cells(), Gated(at=-1), executor="inline"))
    assert settled(view, "ended") == "0 of 116 architectures · ended: RuntimeError: the disk is gone"


@pytest.mark.slow
def test_a_table_does_not_keep_its_view_alive() -> None:
    table = tabulate(three_node_cells(), Gated(at=-1), executor="inline").wait(30)
    view = TableView(table)
    seen = weakref.ref(view)
    view.close_all()
    view.close()
    del view
    gc.collect()
    assert seen() is None
    assert table._listeners == []


def test_the_last_line_of_a_cell_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    table = tabulate(three_node_cells(), Gated(at=-1), executor="inline").wait(30)
    assert table._repr_mimebundle_() == {"text/plain": repr(table), "text/html": table._repr_html_()}
    monkeypatch.setattr(module, "_in_kernel", lambda: True)
    data, _ = table._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == repr(table)
    assert data["text/html"].startswith("<p>116 of 116 architectures</p>")


def test_something_else_is_refused() -> None:
    with pytest.raises(NasvizError, match=r"what nv\.tabulate returns is expected here, found an int"):
        TableView(3)  # type: ignore[arg-type]
