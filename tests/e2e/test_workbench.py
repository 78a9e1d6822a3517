"""The workbench, the difference of two architectures and the gallery in a real JupyterLab."""

from __future__ import annotations

import time

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

IMPORTS = "import nasviz as nv\nfrom nasviz.spaces import diff\nfrom nasviz.widgets import DifferenceView, Gallery, Workbench"


def test_the_workbench_is_soon_there_and_edits_reach_its_samples(lab):
    lab.open([IMPORTS, "bench = Workbench(nv.spaces.digits_cells()); bench"], "bench.ipynb").run_cell(0)
    out = lab.output(1)
    start = time.perf_counter()
    lab.begin("notebook:run-cell", 1)
    drawn = out.locator(".nv-pane .nv-picture svg:not(.nv-map) .node")
    while not (out.locator(".cm-content").count() and drawn.count() > 2 and out.locator(".nv-pane-tree .node").count()):
        lab.page.wait_for_timeout(20)
        assert time.perf_counter() - start < 60, "the workbench did not appear"
    print(f"\nworkbench on screen after {time.perf_counter() - start:.2f} s")  # noqa: T201
    lab.finish()

    lab.kernel(code="bench.editor.value = 'S ::= Linear(B, B)\\nB ::= conv3x3'")
    lab.wait_for(lambda: lab.kernel("bench.view.space.count()") == 1, what="the edited space")
    out.get_by_role("button", name="Sample").click()
    lab.wait_for(lambda: lab.kernel("str(bench.arch)") == "Linear(conv3x3, conv3x3)", what="a sample of it")
    out.locator(".nv-pane-graph [data-node='p-1']").click()
    lab.wait_for(lambda: lab.kernel("bench.selection and bench.selection[1]") == (1,), what="the selection in Python")
    out.get_by_role("button", name="Train", exact=True).click()
    lab.wait_for(lambda: out.locator(".nasviz.nv-training").count() == 1, 60, "the pane to train in")
    out.get_by_role("button", name="Grammar").click()
    lab.wait_for(lambda: out.locator(".nasviz.nv-grammar").count() == 0, what="the closed grammar")
    out.get_by_role("button", name="Cost", exact=True).click()
    assert out.locator(".nv-pane-cost .nv-cost").count() == 0
    out.get_by_role("button", name="Cost", exact=True).click()


HOSTILE = """
name = '<img src=x onerror="window.evil=1"><script>window.evil=1</script>'
long = nv.primitive(lambda c_in, c_out: None, name="x" * 200)
space = nv.SearchSpace("S ::= Linear(B, B)\\nB ::= conv3x3 | " + long.name, operators=[long], input_shape=(1, 8, 8), name=name)
Workbench(space.parse(f"Linear({long.name}, conv3x3)"))
"""
PAPER = "Linear(Residual(conv, id, conv), fc)"


def test_a_difference_is_marked_and_its_places_selected(lab):
    shown = f"d = DifferenceView(nv.parse('{PAPER}'), nv.parse('{PAPER.replace(' id', ' relu')}')); d"
    lab.open([IMPORTS, shown, HOSTILE], "difference.ipynb").run_all()
    out = lab.output(1)
    lab.wait_for(lambda: out.locator(".nv-picture .nv-added").count() >= 2, what="what comes")
    assert out.locator(".nv-merged del").all_text_contents() == ["id"]
    assert out.locator(".nv-merged ins").all_text_contents() == ["relu"]
    assert out.locator(".node.nv-removed").text_content().strip() == "− id"
    lab.wait_for(lambda: "parameters in both" in out.locator(".nv-bar").text_content(), what="the change of cost")
    out.get_by_role("button", name="As table").click()
    out.get_by_role("row").nth(1).click()
    lab.wait_for(lambda: lab.kernel("d.selection and d.selection[1]") == (0, 1), what="the selected step")

    bad = lab.output(2)
    lab.wait_for(lambda: bad.locator(".nv-pane-graph .node").count() > 3, what="the long name as a picture")
    assert "<script>window.evil=1</script>" in bad.locator(".nv-architecture .nv-title").text_content()
    assert bad.locator(".nv-architecture :is(img, script, [onerror])").count() == 0
    assert lab.page.evaluate("() => window.evil === undefined")


def test_a_gallery_is_sorted_and_compared(lab):
    lab.open([IMPORTS, "g = Gallery(nv.spaces.digits_cells().sample(6, seed=1)); g"], "gallery.ipynb").run_all()
    out = lab.output(1)
    lab.wait_for(lambda: "…" not in "".join(out.locator(".nv-card-head").all_text_contents()), what="the sizes")
    out.get_by_label("order").select_option("parameters")
    out.get_by_role("button", name="Smallest first").click()
    found = lab.kernel("g.table().sort_values('parameters', ascending=False, kind='stable').term.tolist()")
    assert out.locator(".nv-card-term").all_text_contents() == found
    lab.kernel(code="g.ticked = g.architectures[:3]")
    out.get_by_role("button", name="Compare").click()
    lab.wait_for(lambda: out.locator(".nv-compared-column").count() == 3, what="three columns")
    lab.wait_for(lambda: out.locator(".nv-compared svg .node").count() > 6, what="their graphs")
    lab.kernel(code="g.selection = (g.architectures[2], ())")
    lab.wait_for(lambda: out.locator(".nv-card-selected").count() == 1, what="the selected card")
