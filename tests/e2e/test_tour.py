"""The guided tour in a real JupyterLab: all cells run, no view complains, and its exercises are solved in the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from nasviz.exercises.notebook_02 import REPAIRED

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "02_workbench.ipynb"


def output(lab, beginning):
    """The output of the code cell whose source contains this."""
    sources = [cell["source"] for cell in lab.cells()]
    return lab.output(next(k for k, source in enumerate(sources) if beginning in source))


def solved(lab, number, answer):
    return lab.kernel(f"bool(nv.check({number!r}, {answer}))")


@pytest.fixture(scope="module")
def tour(shared_lab):
    shared_lab.open(NOTEBOOK, "tour.ipynb").run_all()
    return shared_lab


def test_all_cells_run_and_no_view_complains(tour):
    shown = (".nv-workbench", ".nv-grammar", ".nv-stepper", ".nv-architecture", ".nv-difference", ".nv-gallery", ".nv-training")
    for view in shown:
        tour.wait_for(tour.find(f".nasviz{view}").count, what=view)
    assert tour.find(".nv-feedback.nv-open").count() == 4
    bench = output(tour, "bench = nv.Workbench")
    tour.wait_for(lambda: bench.locator(".nv-pane-tree .nv-selected").count() == 1, 40, "the selection set in Python")
    assert bench.locator(".nv-pane-graph .nv-inside, .nv-pane-graph .nv-selected").count() >= 4
    assert tour.find(".nasviz .nv-failed").count() == 0
    assert (tour.server.folder / "workbench.html").stat().st_size > 1_000_000


def test_a_grammar_is_repaired(tour):
    editor = output(tour, "editor = nv.GrammarEditor")
    expect(editor.locator(".nv-findings .nv-bad")).to_have_count(5)
    editor.locator(".cm-content").click()
    tour.page.keyboard.press("Control+a")
    tour.page.keyboard.insert_text(REPAIRED)
    expect(editor.locator(".nv-findings .nv-bad")).to_have_count(0)
    tour.wait_for(lambda: solved(tour, "02.1", "editor"), what="the repaired grammar")
    expect(editor.locator(".nv-example.nv-is-broken")).to_have_count(0)


def test_a_network_is_derived(tour):
    out = output(tour, "stepper = nv.derive")
    for n, body in enumerate(
        ["Linear(CELL, down, CELL)", "Residual2(OP, id, OP)", "conv3x3", "conv1x1", "Linear(OP, OP)", "dconv3x3", "avg_pool"], 1
    ):
        text = tour.page.locator(".nv-step-body", has_text=re.compile(f"^{re.escape(body)}$"))
        out.locator(".nv-step-card").filter(has=text).click()
        tour.wait_for(lambda n=n: tour.kernel("stepper._published['steps']") == n, what=body)
    assert solved(tour, "02.2", "stepper")


def test_an_operation_is_selected(tour):
    out = output(tour, "view = nv.ArchitectureView")
    out.locator(".nv-cost").get_by_role("button", name=re.compile("parameters")).click()
    out.locator(".nv-cost tbody tr", has_text="down").click()
    tour.wait_for(lambda: solved(tour, "02.3", "view.selection"), what="the selection")


def test_an_operation_is_replaced(tour):
    out = output(tour, "edited = nv.ArchitectureView")
    out.locator(".nv-pane-graph [data-node='p-2-2']").click()
    out.get_by_role("button", name="Replace", exact=True).click()
    out.locator(".nv-offer", has_text="avg_pool").first.click()
    tour.wait_for(lambda: solved(tour, "02.4", "edited"), what="the edit")


def test_the_slider_goes_through_the_space(tour):
    tour.kernel(code="number.value = 4711")
    out = output(tour, "number = ipywidgets.IntSlider")
    term = tour.kernel("str(space.unrank(4711))")
    expect(out.locator(".nv-term")).to_have_text(term)
    assert [line for line in tour.console if "favicon" not in line] == []
