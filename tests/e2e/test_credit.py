"""What a surrogate believes, in a real JupyterLab: credit on term, tree and graph, its table, and an edit that moves it."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CELLS = [
    """
import nasviz as nv
space = nv.spaces.digits_cells()
archs = list(dict.fromkeys(space.sample(40, seed=0)))
values = [0.3 * 0.9 ** str(a).count("conv3x3") * 1.1 ** str(a).count("avg_pool") for a in archs]
gp = nv.GP(nv.FlatWL(1)).fit(archs, values)
arch = space.parse("Linear(Residual2(conv3x3, id, avg_pool), conv1x1)")
""",
    "view = nv.show(arch, study=gp)\nview",
    "nv.explain(gp, arch)",
]


def test_credit_is_drawn_and_an_edit_moves_the_belief(lab):
    lab.open(CELLS, "credit.ipynb").run_all()
    out = lab.output(1)
    graph, tree = out.locator(".nv-pane-graph"), out.locator(".nv-pane-tree")
    lab.wait_for(lambda: graph.locator("[data-node='p-0-0'].nv-helps .nv-sign").count() == 1, what="what helps in the graph")
    lab.wait_for(lambda: tree.locator("[data-node='p-0-2'].nv-hurts").count() == 1, what="what hurts in the tree")
    assert "helps: −" in graph.locator("[data-node='p-0-0']").get_attribute("data-tip")
    assert graph.locator("[data-node='p-1'] .nv-hatch").count() == 1
    assert out.locator(".nv-term .nv-helps", has_text="conv3x3").count() == 1
    assert out.locator(".nv-term .nv-hurts", has_text="avg_pool").count() == 1
    table = out.locator(".nv-credits")
    table.locator("tr", has_text="(0, 2)").click()
    lab.wait_for(lambda: lab.kernel("view.selection == (view.arch, (0, 2))") is True, what="the selection in the kernel")
    lab.wait_for(lambda: out.locator(".nv-why li").count() >= 3, what="why, in words")
    before = out.locator(".nv-belief b").first.inner_text()
    lab.kernel(code="view.replace((0, 2), 'conv3x3')")
    lab.wait_for(lambda: f"before {before}" in out.locator(".nv-belief").inner_text(), what="the belief that moved")
    out.locator(".nv-colour select").select_option("nonterminal")
    lab.wait_for(lambda: graph.locator(".nv-helps, .nv-hatch").count() == 0, what="the plain colours")
    assert out.locator(".nv-term .nv-helps").count() == 0
    lab.wait_for(lambda: lab.output(2).locator(".nv-why li").count() >= 3, what="the explanation of the last cell")
