"""The notebook on surrogates in a real JupyterLab: features mark their places, and an edit moves what is believed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from nasviz.exercises.notebook_05 import BEST
from nasviz.spaces import three_node_cells
from nasviz.surrogate.bag import features
from nasviz.widgets import ArchitectureView, FeaturesView
from nasviz.widgets.export import export_html
from nasviz.widgets.workspace import WORKSPACE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "05_inspect_surrogate.ipynb"
BEGINNINGS = ("cell = cells.parse", "cell\n", "def known_error", "edited = nv.show")
"""Cells of the notebook that need no table."""


def cells():
    sources = ["".join(cell["source"]) for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]]
    chosen = [next(source for source in sources if f"{source}\n".startswith(beginning)) for beginning in BEGINNINGS]
    return ["import nasviz as nv\ncells = nv.spaces.three_node_cells()", *chosen]


@pytest.fixture(scope="module")
def book(shared_lab):
    shared_lab.open(cells(), "inspect.ipynb").run_all()
    return shared_lab


def test_a_feature_marks_its_place_in_every_view_of_the_network(book):
    features, view = book.output(1), book.output(2)
    book.wait_for(lambda: features.locator(".nv-feature-card svg").count() == 8, what="the pictures of eight features")
    graph = view.locator(".nv-pane-graph")
    book.wait_for(lambda: graph.locator("[data-node='p-2']").count() == 1, what="the graph")
    card = features.locator(".nv-feature-card", has_text="conv1x1, fed by conv3x3, feeding the output")
    card.click()
    book.wait_for(lambda: graph.locator("[data-node='p-2'].nv-selected").count() == 1, what="the place in the graph")
    assert card.get_attribute("aria-pressed") == "true"
    assert features.locator(".nv-feature-card.nv-selected").count() == 2


def test_credit_is_drawn(book):
    why = book.output(3)
    book.wait_for(lambda: why.locator(".nv-pane-graph [data-node='p-0'].nv-helps").count() == 1, what="what helps")
    assert book.find(".nasviz .nv-failed").count() == 0


def test_the_best_single_edit_moves_the_belief_and_solves_the_exercise(book):
    out = book.output(4)
    book.wait_for(lambda: "log EI" in out.locator(".nv-belief").inner_text(), what="what is believed")
    before = out.locator(".nv-belief b").first.inner_text()
    out.locator(".nv-pane-graph [data-node='p-0']").click()
    out.get_by_role("button", name="Replace", exact=True).click()
    out.locator(".nv-offer", has_text="conv3x3").first.click()
    book.wait_for(lambda: book.kernel("str(edited.arch)") == BEST, what="the edit")
    book.wait_for(lambda: f"before {before}" in out.locator(".nv-belief").inner_text(), what="the belief that moved")
    assert book.kernel("bool(nv.check('05.5', edited))") is True
    assert book.console == []


def test_features_mark_places_in_a_saved_page_without_a_kernel(chromium, tmp_path):
    cell = three_node_cells().parse("Residual2(conv3x3, id, conv1x1)")
    views = [FeaturesView(features(cell)), ArchitectureView(cell, ("graph",))]
    WORKSPACE.flush(60)
    export_html(views, tmp_path / "views.html")
    page = chromium.new_page()
    page.goto((tmp_path / "views.html").as_uri())
    page.locator(".nv-feature-card", has_text="conv3x3, fed by the input").click(timeout=20_000)
    expect(page.locator(".nv-pane-graph [data-node='p-0'].nv-selected")).to_have_count(1)
    page.close()
