"""An exported page, opened from disk with no server, no kernel and no network."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from nasviz.spaces import digits_cells
from nasviz.widgets.architecture import ArchitectureView
from nasviz.widgets.export import export_html
from nasviz.widgets.workspace import WORKSPACE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]


def test_an_exported_page_works_from_disk(chromium, tmp_path):
    views = [ArchitectureView(digits_cells().sample(seed=3)), ArchitectureView(digits_cells().sample(seed=3), parts=("graph",))]
    WORKSPACE.flush()
    export_html(views, tmp_path / "views.html")
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "views.html").as_uri())
    page.locator(".nv-picture svg:not(.nv-map)").nth(2).wait_for(timeout=20_000)
    page.locator(".nv-pane-tree [data-node='p-0']").click()
    expect(page.locator("section").nth(1).locator(".nv-selected")).to_have_count(2)
    page.get_by_role("button", name="Mutate").first.click()
    expect(page.locator(".nv-failed")).to_contain_text("This is a saved page without a kernel")
    assert all(url.startswith(("file:", "blob:")) for url in asked)
    page.close()
