"""An exported page, opened from disk without server, kernel or network: pictures, files, what a screen reader is told."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from nasviz.spaces import diff, digits_cells, parse
from nasviz.widgets.architecture import ArchitectureView
from nasviz.widgets.difference import DifferenceView
from nasviz.widgets.export import export_html
from nasviz.widgets.workspace import WORKSPACE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

GOLDEN = Path(__file__).parent / "golden"
PAPER = "Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)"


@pytest.fixture
def opened(chromium, tmp_path):
    """Write views as a page and open it."""
    pages = []

    def open_page(*views):
        WORKSPACE.flush(30)
        export_html(views, tmp_path / "views.html")
        page = chromium.new_page()
        pages.append(page)
        page.goto((tmp_path / "views.html").as_uri())
        page.locator(".nv-picture svg .node").first.wait_for(timeout=20_000)
        return page

    yield open_page
    for page in pages:
        page.close()


def saved(page, box, name):
    """The file behind a button of the menu Save."""
    if box.get_by_role("button", name=name, exact=True).count() == 0:
        box.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as download:
        box.get_by_role("button", name=name, exact=True).click()
    return Path(download.value.path()).read_bytes()


def test_an_exported_page_works_from_disk(chromium, tmp_path):
    views = [ArchitectureView(digits_cells().sample(seed=3)), ArchitectureView(digits_cells().sample(seed=3), parts=("graph",))]
    WORKSPACE.flush(30)
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


def test_a_pdf_holds_paths_and_text_and_no_image(opened):
    page = opened(
        ArchitectureView(parse(PAPER), ("graph",)), DifferenceView(parse("Linear(conv, id)"), parse("Linear(relu, id)"))
    )
    graph = saved(page, page.locator(".nv-pane-graph"), "PDF").decode("ascii")
    assert graph.startswith("%PDF-1.4")
    assert "/Image" not in graph
    assert re.findall(r"/FN [\d.]+ Tf \((\w+)\) Tj", graph).count("conv") == 4
    assert "<01> <2295>" in graph  # the circled plus of the sums copies as itself
    assert graph.count("/FS ") == 3  # named once, drawn twice
    box = page.locator(".nv-difference")
    page.locator(".nv-difference .nv-added").first.wait_for()
    assert "/FS 11 Tf (\\001) Tj\n/FN 11 Tf ( conv) Tj" in saved(page, box, "PDF").decode("ascii")


def test_an_svg_needs_no_style_sheet(opened):
    page = opened(ArchitectureView(parse(PAPER), ("graph",)))
    box = page.locator(".nv-pane-graph")
    svg = saved(page, box, "SVG").decode()
    assert not re.search(r"var\(|color\(|class=|style=|data-", svg)
    assert len(re.findall(r"<text[^>]*>conv</text>", svg)) == 4
    assert set(re.findall(r'stroke="([^"]+)"', svg)) <= {"none", "#5c5c5c"}
    assert saved(page, box, "PNG").startswith(b"\x89PNG")
    assert saved(page, box, "DOT").startswith(b'digraph "architecture"')


def test_nonterminals_beyond_eight_differ_in_files_too(opened):
    view = ArchitectureView(many().sample(seed=0), ("term", "tree", "graph"))
    page = opened(view)
    svg = saved(page, page.locator(".nv-pane-tree"), "SVG").decode()
    looks = {}
    for name in ("A0", "A8"):
        node = next(part for part in svg.split("<g ") if f">{name}</text>" in part)
        looks[name] = re.findall(r'<(\w+) [^>]*fill="(#\w+)"', node.split("<text")[0])
    assert looks["A0"] != looks["A8"]
    assert [shape for shape, _ in looks["A8"]] == ["polygon", "polygon"]
    legend = page.locator(".nv-legend button")
    styles = legend.evaluate_all(
        "all => all.map(b => [b.textContent, getComputedStyle(b).color + getComputedStyle(b).textDecoration])"
    )
    assert len({style for _, style in styles}) == len(styles) == 11
    term = page.locator(".nv-term .nv-nt-name")
    borders = term.evaluate_all("all => all.map(b => getComputedStyle(b).borderBottom)")
    assert len(set(borders)) == len(borders) == 10


def many():
    from nasviz.spaces import SearchSpace

    rules = [
        "S ::= Linear(A0, A1, A2, A3, A4, A5, A6, A7, A8)",
        *(f"A{k} ::= {'B' if k == 4 else 'conv'}" for k in range(9)),
        "B ::= id",
    ]
    return SearchSpace("\n".join(rules))


CELL = re.compile(r" *- (gridcell|cell|columnheader|rowgroup)\b")
"""What the name of its row says already."""

TOLD = {
    "paper": lambda: ArchitectureView(parse(PAPER), ("term", "graph")),
    "folded": lambda: ArchitectureView(parse("Linear(conv3x3, conv3x3, conv3x3, conv3x3, conv3x3, fc)"), ("term", "graph")),
    "fault": lambda: ArchitectureView(parse("Linear(Residual(conv, id, down), conv)"), ("term", "graph")),
    "difference": lambda: DifferenceView(diff(parse(PAPER), parse(PAPER.replace(" id", " relu", 1)))),
}


@pytest.mark.parametrize("name", list(TOLD))
def test_a_screen_reader_is_told_what_was_agreed(opened, name):
    """tests/e2e/golden holds the accessibility tree as text; NASVIZ_GOLDEN=write writes it anew."""
    page = opened(TOLD[name]())
    page.get_by_role("button", name="As table").click()
    parts = page.locator("[role=tree], [role=treegrid], table.nv-table:not([role]), .nv-picture svg, [role=alert]")
    expect(page.locator("table").first).to_be_visible()
    lines = [line for k in range(parts.count()) for line in parts.nth(k).aria_snapshot().splitlines()]
    found = "".join(f"{line}\n" for line in lines if not CELL.match(line))
    path = GOLDEN / f"{name}.aria.txt"
    if os.environ.get("NASVIZ_GOLDEN") == "write":
        path.write_text(found, encoding="utf-8")
    assert found.splitlines() == path.read_text(encoding="utf-8").splitlines()


def test_less_motion_is_no_motion(opened):
    page = opened(ArchitectureView(parse(PAPER)))
    page.emulate_media(reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll('.nasviz *')].map((e) => getComputedStyle(e)).filter((s) =>
        (s.transitionProperty !== 'none' && parseFloat(s.transitionDuration) > 0) ||
        (s.animationName !== 'none' && parseFloat(s.animationDuration) > 0)).length"""
    assert page.evaluate(moving) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) > 0
