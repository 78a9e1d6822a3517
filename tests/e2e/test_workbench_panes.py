"""The panes of the workbench: one selection through all, sizes by mouse and keys that last, the whole as a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

AXE = Path(__file__).parents[2] / "nasviz" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FIND = """async () => {
  const found = await axe.run({ include: '.jp-OutputArea' }, { resultTypes: ['violations'] });
  return found.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).flatMap((v) =>
    v.nodes.map((n) => `${v.impact} ${v.id}: ${n.html.slice(0, 200)}`));
}"""
THEMES = ("JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast")
CELLS = [
    "import nasviz as nv\nspace = nv.spaces.digits_cells()",
    "bench = nv.Workbench(space)\nbench.arch = space.parse('Linear(Residual(conv3x3, id, conv1x1), conv3x3)')\nbench",
]


@pytest.fixture
def bench(lab):
    lab.open(CELLS, "panes.ipynb").run_all()
    whole(lab)
    return lab.output(1)


def whole(lab):
    """Wait until all panes are drawn."""
    out = lab.output(1)
    lab.wait_for(lambda: out.locator(".nv-architecture .nv-picture svg:not(.nv-map)").count() == 2, what="tree and graph")
    lab.wait_for(lambda: out.locator(".nv-cost tbody tr").count() > 3, 40, "the costs")
    lab.wait_for(lambda: "parameters" in out.locator(".nv-step-card").first.inner_text(), 40, "parameters on the cards")


def test_one_selection_through_every_pane(lab, bench):
    """A derivation that is complete is shown, and its places are the same in stepper, term, pictures, table and code."""
    for body in ("CELL", "Residual2(OP, id, OP)", "conv3x3", "conv1x1"):
        before = lab.kernel("bench.stepper._published['steps']")
        text = lab.page.locator(".nv-step-body", has_text=re.compile(f"^{re.escape(body)}$"))
        bench.locator(".nv-step-card").filter(has=text).click()
        lab.wait_for(lambda n=before: lab.kernel("bench.stepper._published['steps']") == n + 1, what=body)
    lab.wait_for(lambda: lab.kernel("str(bench.arch)") == "Residual2(conv3x3, id, conv1x1)", what="the derived architecture")
    expect(bench.locator(".nv-architecture .nv-term")).to_have_text("Residual2(conv3x3, id, conv1x1)")
    lab.wait_for(lambda: bench.locator(".nv-pane-graph [data-node='p-2']").count() == 1, what="its graph")
    bench.locator(".nv-step-tree [data-node='p-2']").click()
    expect(bench.locator(".nv-pane-graph .nv-selected")).to_have_count(1)
    expect(bench.locator(".nv-pane-tree [data-node='p-2'].nv-selected")).to_have_count(1)
    expect(bench.locator(".nv-architecture .nv-term .nv-in")).to_have_text(["conv1x1"])
    expect(bench.locator(".nv-cost tr.nv-selected")).to_contain_text("conv1x1")
    expect(bench.locator(".nv-listing .nv-inside")).to_contain_text("self._2.own")
    lab.wait_for(lambda: lab.kernel("bench.selection and bench.selection[1]") == (2,), what="the selection in Python")
    lab.kernel(code="bench.selection = (bench.arch, (0,))")
    expect(bench.locator(".nv-step-tree [data-node='p-0'].nv-selected")).to_have_count(1)
    expect(bench.locator(".nv-architecture .nv-term .nv-in")).to_have_text(["conv3x3"])

    bench.get_by_role("button", name="Replace", exact=True).click()
    bench.locator(".nv-offer").filter(has_text="avg_pool").first.click()
    lab.page.keyboard.press("Enter")
    lab.wait_for(lambda: lab.kernel("str(bench.arch)") == "Residual2(avg_pool, id, conv1x1)", what="the replaced operation")

    bench.locator(".nv-thumb button").nth(1).click()
    key = lab.kernel("list(bench.editor._drawn)[1]")
    lab.wait_for(lambda: lab.kernel("bench.arch.key") == key, what="the chosen sample")
    lab.kernel(code="bench.editor.value = 'S ::= Linear(B, B)\\nB ::= conv3x3'")
    expect(bench.locator(".nv-remaining")).to_contain_text("1 architecture")
    expect(bench.locator(".nv-partial")).to_have_text("S")
    assert lab.console == []


def height(place):
    return round(place.bounding_box()["height"])


def width(place):
    return round(place.bounding_box()["width"])


def drag(lab, line, right=0, down=0):
    line.scroll_into_view_if_needed()
    box = line.bounding_box()
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    lab.page.mouse.move(*at)
    lab.page.mouse.down()
    lab.page.mouse.move(at[0] + right / 2, at[1] + down / 2)
    lab.page.mouse.move(at[0] + right, at[1] + down)
    lab.page.mouse.up()


def test_panes_change_size_by_mouse_and_keys_and_the_notebook_remembers(lab, bench):
    editor, tree, text = bench.locator(".nasviz.nv-grammar"), bench.locator(".nv-pane-tree"), bench.locator(".nv-text")
    first = (height(editor), width(tree), width(text))
    line = bench.get_by_role("separator", name="Height of the pane grammar")
    drag(lab, line, down=-100)
    assert height(editor) == pytest.approx(first[0] - 100, abs=2)
    line.focus()
    lab.page.keyboard.press("ArrowDown")
    assert height(editor) == pytest.approx(first[0] - 84, abs=2)
    expect(line).to_have_attribute("aria-valuenow", str(height(editor)))
    drag(lab, bench.get_by_role("separator", name="Width of Derivation"), right=120)
    assert width(tree) == pytest.approx(first[1] + 120, abs=4)
    bench.get_by_role("separator", name="Width of the text").focus()
    lab.page.keyboard.press("Shift+ArrowLeft")
    assert width(text) == pytest.approx(first[2] - 80, abs=4)
    bench.get_by_role("button", name="Derive", exact=True).click()
    expect(bench.locator(".nasviz.nv-stepper")).to_have_count(0)
    bench.locator(".nv-pane-toggle", has_text="Cost").click()
    now = (height(editor), width(tree), width(text))

    lab.run_cell(1)
    lab.wait_for(lambda: bench.locator(".nv-pane-tree svg:not(.nv-map)").count() == 1, what="the new workbench")
    lab.wait_for(lambda: bench.locator(".nasviz.nv-stepper").count() == 0, what="the closed pane")
    lab.wait_for(lambda: (height(editor), width(tree), width(text)) == pytest.approx(now, abs=2), what="the remembered sizes")
    assert lab.kernel("bench.panes") == ("grammar", "architecture")
    expect(bench.locator(".nv-pane-cost .nv-cost")).to_have_count(0)
    bench.get_by_role("button", name="Reset sizes").click()
    lab.wait_for(lambda: (height(editor), width(text)) == pytest.approx((first[0], first[2]), abs=2), what="their own sizes")
    bench.locator(".nv-pane-toggle", has_text="Cost").click()
    bench.get_by_role("button", name="Derive", exact=True).click()
    expect(bench.locator(".nasviz.nv-stepper")).to_have_count(1)

    lab.open(CELLS, "others.ipynb").run_all()
    whole(lab)
    assert height(lab.output(1).locator(".nasviz.nv-grammar")) == pytest.approx(first[0], abs=2)


def test_the_workbench_is_saved_as_a_page(lab, bench, chromium, tmp_path):
    with lab.page.expect_download(timeout=60_000) as download:
        bench.get_by_role("button", name="Save as page").click()
    download.value.save_as(tmp_path / "workbench.html")
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "workbench.html").as_uri())
    page.locator(".nv-architecture .nv-picture svg:not(.nv-map)").nth(1).wait_for(timeout=20_000)
    expect(page.locator(".frozen")).to_contain_text("need Python and are frozen as they were")
    expect(page.locator(".nasviz")).to_have_count(3)
    page.locator(".nv-pane-graph [data-node='p-0-2']").click()
    expect(page.locator(".nv-cost tr.nv-selected")).to_contain_text("conv1x1")
    expect(page.locator(".nv-architecture .nv-term .nv-in")).to_have_text(["conv1x1"])
    page.locator(".cm-content").click()
    before = page.locator(".cm-content").inner_text()
    page.keyboard.type("x")
    assert page.locator(".cm-content").inner_text() == before
    page.get_by_role("separator", name="Width of Derivation").press("ArrowRight")
    page.locator(".nv-step-card").first.click()
    expect(page.locator(".nv-failed")).to_contain_text("This is a saved page without a kernel")
    assert all(url.startswith(("file:", "blob:")) for url in asked)
    page.close()


@pytest.mark.parametrize("wide", [1400, 900])
def test_it_fits_and_axe_finds_nothing_serious_in_any_theme(lab, bench, wide):
    lab.page.set_viewport_size({"width": wide, "height": 2600})
    lab.page.evaluate(AXE.read_text())
    for theme in THEMES:
        lab.theme(theme)
        lab.page.mouse.move(0, 0)
        lab.page.wait_for_timeout(300)
        assert lab.page.evaluate(FIND) == []
        lab.shot(f"workbench-{wide}-{theme.split()[-1].lower()}")
    outside = """root => { const most = root.getBoundingClientRect().right + 1;
      return [...root.querySelectorAll('.nasviz, .nv-pane, .nv-bar > *, .nv-step-card')]
        .filter((e) => e.getBoundingClientRect().right > most).map((e) => e.className); }"""
    assert bench.evaluate(outside) == []
