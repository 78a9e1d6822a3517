"""The architecture view in a real JupyterLab: folding, finding, colour, cost, code, editing, saving, and how fast it is."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CELLS = [
    """
import nasviz as nv
from nasviz.widgets.architecture import ArchitectureView
view = ArchitectureView(
    nv.parse('Linear(Residual(conv, id, conv), Residual(conv, id, conv), relu, relu, relu, fc)'),
    parts=('term', 'tree', 'graph', 'cost', 'code'),
)
view
""",
    """
def large(arch):
    try:
        return 215 <= len(arch.graph()) <= 265
    except nv.NasvizError:
        return False
big = next(a for a in nv.spaces.hierarchical_nb201().sample(400, seed=0) if large(a))
wide = ArchitectureView(big)
wide
""",
]


@pytest.fixture
def views(shared_lab):
    """The views, made anew for each test in one page."""
    lab = shared_lab
    lab.once(CELLS, "architecture.ipynb")
    lab.wait_for(lambda: lab.output(0).locator(".nv-picture svg:not(.nv-map)").count() == 2, what="tree and graph")
    lab.wait_for(lambda: lab.output(1).locator(".nv-picture svg:not(.nv-map)").count() == 2, what="the large pictures")
    lab.wait_for(lambda: lab.output(0).locator(".nv-line").count() > 5, what="the forward code")
    return lab


def nodes(output, pane):
    return output.locator(f".nv-pane-{pane} [data-node^='p']").evaluate_all("nodes => nodes.map(n => n.dataset.node)")


def test_a_subterm_is_folded_and_opened(views):
    out = views.output(0)
    graph = out.locator(".nv-pane-graph")
    graph.locator("[data-node='p-0-2']").dblclick()
    views.wait_for(lambda: graph.locator(".nv-sub").count() == 1, what="the folded subterm")
    assert "p-0-2" not in nodes(out, "graph")
    assert "p-0-2" not in nodes(out, "tree")
    assert views.kernel("view.folded") == "frozenset({(0,)})"
    graph.locator(".nv-sub").dblclick()
    views.wait_for(lambda: "p-0-2" in nodes(out, "graph"), what="the opened subterm")
    out.locator(".nv-stage").focus()
    views.page.keyboard.press("Enter")
    views.wait_for(lambda: graph.locator(".nv-sub").count() == 1, what="folded by Enter")
    out.get_by_role("button", name="Open all").click()
    views.wait_for(lambda: graph.locator(".nv-sub").count() == 0, what="all open")
    graph.locator("[data-node='p-2']").dblclick()
    views.wait_for(lambda: {"p-3", "p-4"} <= set(nodes(out, "graph")), what="the chain, one by one")

    wide = views.output(1)
    wide.get_by_role("button", name="CELL").click()
    views.wait_for(lambda: wide.get_by_role("button", name="CELL").get_attribute("aria-pressed") == "true", what="folded cells")
    views.wait_for(lambda: wide.locator(".nv-pane-graph .nv-sub").count() > 3, what="cells as boxes")


def test_finding_colour_cost_and_code(views):
    out = views.output(0)
    out.locator(".nv-stage").focus()
    views.page.keyboard.press("f")
    views.page.keyboard.type("resid")
    views.wait_for(lambda: "1 of 2" in out.locator(".nv-find").text_content(), what="the first match")
    views.page.keyboard.press("Enter")
    views.wait_for(lambda: views.kernel("view.selection and view.selection[1]") == (1,), what="the second match")
    views.page.keyboard.press("Escape")
    assert out.locator(".nv-line.nv-inside").count() == 4
    assert out.locator(".nv-cost tbody .nv-inside").count() == 3
    assert "Σ selected (3 operations)" in out.locator(".nv-cost tfoot").text_content()

    out.get_by_label("colour").select_option("parameters")
    views.wait_for(lambda: out.locator(".nv-pane-graph rect.nv-load").count() >= 4, what="bars on the operations")
    scale = out.locator(".nv-pane-graph .nv-scale").text_content().replace("\xa0", " ")
    assert scale == "0  2.3 k parameters"
    out.locator(".nv-cost").get_by_role("button", name="parameters").click()
    first = out.locator(".nv-cost tbody tr").first
    assert first.text_content().startswith("net._0._0conv")
    assert out.locator(".nv-cost th[aria-sort='descending']").text_content().startswith("parameters")
    out.locator(".nv-cost").focus()
    views.page.keyboard.press("Escape")
    views.page.keyboard.press("ArrowDown")
    views.wait_for(lambda: views.kernel("view.selection and view.selection[1]") == (0, 0), what="the first row by key")
    out.locator(".nv-line", has_text="self._0._1.own").click()
    views.wait_for(
        lambda: views.kernel("view.selection and view.selection[1]") == (0, 1), what="the selection by its line of code"
    )


def test_the_term_is_edited_and_pictures_are_saved(views, tmp_path):
    out = views.output(0)
    out.get_by_role("button", name="Edit", exact=True).click()
    text = out.get_by_role("textbox", name="Term")
    text.fill("Linear(Residual(conv, id, con), fc)")
    fault = out.locator(".nv-edit-fault")
    views.wait_for(lambda: "did you mean conv?" in fault.text_content(), what="the mistake in words")
    assert fault.locator("pre").text_content().splitlines()[1].strip() == "^^^"
    assert out.get_by_role("button", name="Apply").is_disabled()
    text.fill("Linear(Residual(conv, id, conv), fc)")
    text.press("Control+Enter")
    views.wait_for(lambda: out.locator(".nv-term").count() == 1, what="the edited term")
    views.wait_for(lambda: views.kernel("str(view.arch)") == "Linear(Residual2(conv, id, conv), fc)", what="the architecture")

    pane = out.locator(".nv-pane-graph")
    pane.get_by_role("button", name="Save").click()
    starts = {"SVG": b"<svg", "PNG": b"\x89PNG", "PDF": b"%PDF-1.4", "DOT": b"digraph"}
    for name, start in starts.items():
        with views.page.expect_download() as offered:
            pane.get_by_role("button", name=name, exact=True).click()
        target = tmp_path / offered.value.suggested_filename
        offered.value.save_as(target)
        assert target.suffix == f".{name.lower()}"
        assert target.read_bytes().startswith(start)
        assert len(target.read_bytes()) > 400
