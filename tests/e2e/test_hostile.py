"""A hostile grammar in a shared notebook runs nothing: in no view, tooltip, table, file or saved output."""

from __future__ import annotations

import json
import shutil

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SCRIPT = "<script>window.evil=1</script>"
IMAGE = '<img src=x onerror="window.evil=1">'
LINK = "javascript:window.evil=1"
LABEL = '<<TABLE HREF="javascript:window.evil=1"><TR><TD>x</TD></TR></TABLE>>'
CELLS = [
    f"""
import nasviz as nv
from nasviz.algebra import Operator
from nasviz.search import RandomSearch
from nasviz.widgets import *
texts = [{SCRIPT!r}, {IMAGE!r}, {LINK!r}, {LABEL!r}]
own = [Operator(f'op{{k}}', doc=text, source=text) for k, text in enumerate(texts)]
long = Operator('x' * 200)
wired = nv.topology('Wired', '1>2 1>3 2>3')
rule = 'B ::= id | ' + ' | '.join(o.name for o in own) + ' # ' + ' '.join(texts)
grammar = 'S ::= Wired(B, B, B) | Linear(B, S) | Linear(B, B)\\n' + rule
space = nv.SearchSpace(grammar, operators=[*own, wired], input_shape=(1, 8, 8), name=''.join(texts))
arch = space.parse('Wired(op0, op1, op2)')
editor = GrammarEditor(space, examples=[(text, True) for text in texts])
editor
""",
    "view = ArchitectureView(arch, parts=('term', 'tree', 'graph', 'cost', 'code')); view",
    """
wide = nv.SearchSpace('S ::= Linear(B, B)\\nB ::= id | ' + long.name, operators=[long], input_shape=(1, 8, 8))
lengthy = ArchitectureView(wide.parse('Linear(id, ' + long.name + ')'), parts=('term', 'tree', 'graph'))
lengthy
""",
    "gallery = Gallery([arch, space.parse('Linear(op0, op3)')]); gallery.ticked = gallery.architectures; gallery",
    """
study = nv.Study(space, lambda arch: 1 / 0, strategy=RandomSearch(), seed=0, name=''.join(texts))
for text in texts:
    study.tell(study.ask(), error=text)
for k in range(4):
    study.tell(study.ask(), 0.1 * k)
board = Board(study, study, value_name=texts[1] + '<a href="javascript:window.evil=1">y</a>')
board.trial = 0
board
""",
    "DifferenceView(arch, space.parse('Wired(op1, op1, op3)'))",
    "training = Training(arch, data=nv.data.digits()); training",
    """
class Broken(ArchitectureView):
    def do_mutate(self, body):
        raise ValueError(''.join(texts))
broken = Broken(arch)
broken
""",
]
BAD = """() => {
  const roots = [...document.querySelectorAll('.nasviz, .nv-tooltip, .jp-OutputArea-output')];
  const found = roots.flatMap((root) => [...root.querySelectorAll('*')]).filter((e) =>
    ['script', 'iframe', 'object', 'embed', 'foreignobject', 'animate', 'set'].includes(e.localName) ||
    (e.localName === 'img' && !e.classList.contains('cm-widgetBuffer')) ||
    [...e.attributes].some((a) => /^on/i.test(a.name) || (/href$/i.test(a.name) && /^\\s*javascript:/i.test(a.value))));
  return found.map((e) => e.outerHTML.slice(0, 200));
}"""
HOVER = """() => [...document.querySelectorAll('.nasviz [data-tip]')].forEach((e) =>
  e.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })))"""


def runs_nothing(page):
    assert page.evaluate("() => window.evil === undefined")
    assert page.evaluate(BAD) == []


def test_no_view_runs_what_is_written_in_a_grammar(lab):
    lab.page.set_viewport_size({"width": 1400, "height": 5000})
    lab.open(CELLS, "hostile-views.ipynb").run_all()
    drawn = ".nv-picture svg:not(.nv-map) .node"
    for k in (1, 2, 3, 5, 7):
        lab.wait_for(lambda k=k: lab.output(k).locator(drawn).count() >= 2, what=f"the pictures of cell {k}")
    lab.wait_for(lambda: lab.output(4).locator(".js-plotly-plot .scatterlayer .trace").count() >= 1, what="the plot")
    lab.output(3).get_by_role("button", name="Compare").click()
    lab.wait_for(lambda: lab.output(3).locator(".nv-compared-column").count() == 2, what="the comparison")
    lab.output(7).get_by_role("button", name="Mutate").click()
    lab.wait_for(lambda: lab.output(7).locator(".nv-failed:not(.nv-problem)").count() == 1, what="the error")
    lab.output(7).get_by_role("button", name="Show traceback").click()
    for name in ("As table", "Copy as Python", "Copy term"):
        for button in lab.find(".nasviz").get_by_role("button", name=name).all():
            button.dispatch_event("click")
    for summary in lab.find(".nasviz summary").all():
        summary.dispatch_event("click")
    lab.page.evaluate(HOVER)
    lab.wait_for(lambda: lab.page.locator(".nv-tooltip").count() >= 1, what="a tooltip")
    plot = lab.output(4).locator(".nv-progress-pane .points path").first.bounding_box()
    lab.page.mouse.move(plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2)
    lab.wait_for(lambda: lab.output(4).locator(".hoverlayer .hovertext").count() >= 1, what="the words at a point")
    runs_nothing(lab.page)
    text = lab.output(4).locator(".nasviz").text_content()
    assert SCRIPT in text
    assert SCRIPT in lab.output(7).locator(".nv-failed:not(.nv-problem)").text_content()
    assert lab.output(2).locator(".nv-pane-graph .node").count() >= 2


def test_a_saved_notebook_and_files_run_nothing(lab, tmp_path):
    """What others open: outputs without a kernel, an exported page, a picture on its own."""
    lab.open(CELLS[:2] + CELLS[3:6], "hostile-saved.ipynb").run_all()
    lab.wait_for(lambda: lab.output(1).locator(".nv-pane-graph .node").count() >= 3, what="the graph")
    lab.command("docmanager:save")
    saved = lab.server.folder / "hostile-saved.ipynb"
    lab.wait_for(lambda: "window.evil" in saved.read_text() and '"execution_count": 5' in saved.read_text(), what="the file")
    kinds = {kind for cell in json.loads(saved.read_text())["cells"] for out in cell["outputs"] for kind in out.get("data", {})}
    assert kinds <= {"text/plain", "application/vnd.jupyter.widget-view+json"}
    views = "[editor, view, gallery, board]"
    page_text = lab.kernel(f"nv.widgets.export.export_html({views})", code="import nasviz.widgets.export")
    (tmp_path / "hostile.html").write_text(page_text, encoding="utf-8")
    with lab.page.expect_download() as offered:
        pane = lab.output(1).locator(".nv-pane-graph")
        pane.get_by_role("button", name="Save").click()
        pane.get_by_role("button", name="SVG", exact=True).click()
    offered.value.save_as(tmp_path / "graph.svg")
    shutil.copyfile(saved, lab.server.folder / "shared.ipynb")
    other = lab.page.context.new_page()
    other.goto(lab.server.address("shared.ipynb"), wait_until="domcontentloaded")
    lab.wait_for(lambda: other.locator(".jp-OutputArea-output").count() >= 5, 60, "the outputs of a shared notebook")
    runs_nothing(other)
    other.close()
    for name, drawn in (("hostile.html", ".nv-pane-graph svg .node"), ("graph.svg", "svg text")):
        page = lab.page.context.new_page()
        page.goto((tmp_path / name).as_uri())
        page.locator(drawn).first.wait_for(state="attached", timeout=30_000)
        runs_nothing(page)
        page.close()
