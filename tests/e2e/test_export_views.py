"""Every view as a page of its own: it opens from disk without a network, shows what it showed, and complains of nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from nasviz.search import RandomSearch, Study
from nasviz.spaces import SearchSpace, diff
from nasviz.widgets import (
    ArchitectureView,
    Board,
    CodeView,
    CostView,
    DifferenceView,
    Gallery,
    GrammarEditor,
    Stepper,
    Training,
)
from nasviz.widgets.export import export_html
from nasviz.widgets.workspace import WORKSPACE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

SPACE = SearchSpace("S ::= Linear(A, A)\nA ::= conv3x3 | conv1x1 | id", input_shape=(1, 8, 8), name="small")
PAIR = SPACE.parse("Linear(conv3x3, id)"), SPACE.parse("Linear(conv3x3, conv1x1)")


def board():
    study = Study(SPACE, lambda arch: float(len(str(arch))), strategy=RandomSearch(), seed=0)
    study.run(total=4, executor="inline")
    return Board(study)


VIEWS = {
    "architecture": (lambda: ArchitectureView(PAIR[0]), ".nv-pane-graph [data-node='p-1']", ".nv-pane-tree .nv-selected"),
    "cost": (lambda: CostView(PAIR[0]), ".nv-cost tbody tr:nth-child(2)", ".nv-cost tr.nv-selected"),
    "code": (lambda: CodeView(PAIR[0]), ".nv-listing .nv-linked", ".nv-listing .nv-inside"),
    "grammar": (lambda: GrammarEditor(SPACE), ".nv-thumb button", ".nv-thumb button[aria-pressed=true]"),
    "stepper": (lambda: Stepper(SPACE, cost="operators"), "button:has-text('As table')", ".nv-way-table"),
    "difference": (lambda: DifferenceView(diff(*PAIR)), "button:has-text('As table')", "table.nv-table"),
    "gallery": (lambda: Gallery(list(PAIR)), ".nv-card-body", ".nv-card-selected"),
    "board": (board, "summary", "details[open] table"),
    "training": (lambda: Training(PAIR[0], ("train", "val")), "button:has-text('Train')", ".nv-failed"),
}
"""How each is made, what is clicked in its page, and what is there then."""


@pytest.mark.parametrize("name", list(VIEWS))
def test_each_view_is_a_page_that_opens_from_disk(chromium, tmp_path, monkeypatch, name):
    make, clicked, seen = VIEWS[name]
    monkeypatch.setattr("nasviz.widgets.training._plan_all", lambda *_: None)
    view = make()
    WORKSPACE.flush(60)
    export_html(view, tmp_path / "page.html", title=name)
    page = chromium.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((tmp_path / "page.html").as_uri())
    expect(page.locator(".frozen")).to_contain_text("frozen as they were")
    page.locator(clicked).first.click(timeout=30_000)
    expect(page.locator(seen).first).to_be_visible(timeout=10_000)
    assert asked
    assert all(url.startswith(("file:", "blob:", "data:")) for url in asked)
    assert faults == []
    page.close()
    view.close()
