"""Nothing serious that axe finds, in three themes and in an exported page; and a whole trip with the keyboard alone."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from nasviz.spaces import digits_cells, parse
from nasviz.widgets import ArchitectureView, DifferenceView, Gallery, GrammarEditor
from nasviz.widgets.export import export_html
from nasviz.widgets.workspace import WORKSPACE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

AXE = Path(__file__).parents[2] / "nasviz" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FIND = """async (where) => {
  const found = await axe.run({ include: where }, { resultTypes: ['violations'] });
  return found.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).flatMap((v) =>
    v.nodes.map((n) => `${v.impact} ${v.id}: ${n.html.slice(0, 200)} (${n.any.concat(n.all, n.none)[0]?.message})`));
}"""
OPEN = """() => {
  const pressed = (e) => ['As table', 'Keys'].includes(e.textContent.trim());
  const all = [...document.querySelectorAll('.nasviz button, .nasviz summary')];
  for (const e of all) if (pressed(e) || e.tagName === 'SUMMARY') e.click();
}"""
THEMES = ("JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast")
PAPER = "Linear(Residual(conv, id, conv), conv, conv, conv, fc)"

CELLS = [
    f"""
import nasviz as nv
from nasviz.search import RandomSearch
from nasviz.widgets import DifferenceView, Gallery, GrammarEditor, Workbench
bench = Workbench(nv.parse({PAPER!r}))
bench.selection = (bench.arch, (0,))
bench
""",
    """
editor = GrammarEditor('S ::= Linear(B, B)\\nB ::= conv3x3 | id', input_shape=(1, 8, 8),
                       examples=[('Linear(id, id)', True), ('Linear(id, relu)', True)])
editor.value += ' | con3x3'
editor
""",
    """
space = nv.spaces.digits_cells()
gallery = Gallery(space.sample(4, seed=0))
gallery.ticked = gallery.architectures[:2]
gallery.selection = (gallery.architectures[1], ())
gallery
""",
    """
study = nv.Study(space, lambda arch: 1 / len(str(arch)), strategy=RandomSearch(), seed=0)
study.run(total=6, executor='inline')
board = nv.show(study)
board.trial = 3
board
""",
    f"DifferenceView(nv.parse({PAPER!r}), nv.parse({PAPER.replace(' id', ' relu')!r}))",
    """
job = nv.train(space.sample(seed=1), data=nv.data.digits(), epochs=2, seed=0)
job.wait()
job
""",
    """
class Broken(nv.ArchitectureView):
    def do_mutate(self, body):
        raise ValueError('broken on purpose')
broken = Broken(space.sample(seed=1))
broken
""",
    "nv.show(nv.features(space.sample(seed=1), h=1))",
]


@pytest.fixture(scope="module")
def all_views(shared_lab):
    """Every view, with its tables, tools and errors open."""
    lab = shared_lab
    lab.page.set_viewport_size({"width": 1400, "height": 5000})
    lab.open(CELLS, "accessibility.ipynb").run_all()
    for k in (0, 3, 6):
        lab.wait_for(lambda k=k: lab.output(k).locator(".nv-pane-graph svg:not(.nv-map)").count() == 1, what="the graphs")
    lab.wait_for(lambda: lab.output(4).locator(".nv-picture svg").count() >= 1, what="the graph of the difference")
    lab.wait_for(lambda: lab.find(".js-plotly-plot .scatterlayer .trace").count() > 3, what="the plots")
    lab.output(2).get_by_role("button", name="Compare").click()
    lab.wait_for(lambda: lab.output(2).locator(".nv-compared-column svg").count() == 2, what="the comparison")
    lab.wait_for(lambda: lab.output(7).locator(".nv-feature-card svg").count() > 8, what="the features")
    lab.output(7).locator(".nv-feature-card").last.click()
    lab.output(6).get_by_role("button", name="Mutate").click()
    lab.wait_for(lambda: lab.output(6).locator(".nv-failed").count() == 1, what="an error")
    lab.output(6).get_by_role("button", name="Show traceback").click()
    lab.page.evaluate(OPEN)
    lab.wait_for(lambda: lab.output(0).locator(".nv-rows tr").count() > 5, what="the tables")
    lab.page.evaluate(AXE.read_text())
    return lab


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_serious(all_views, theme):
    all_views.theme(theme)
    all_views.page.mouse.move(0, 0)
    all_views.page.wait_for_timeout(300)
    assert all_views.page.evaluate(FIND, [[".jp-NotebookPanel .jp-OutputArea-output"]]) == []


def test_axe_finds_nothing_serious_in_any_tab_of_the_board(all_views):
    """Its panes one figure after the other, with its keys and an edit open, and each figure with its table."""
    lab = all_views
    lab.theme("JupyterLab Light")
    board = lab.output(3)
    board.get_by_role("button", name="What if").click()
    board.locator(".nv-board-stage").press("?")
    board.locator(".nv-board-stage > .nv-keys").wait_for()
    for pane in (".nv-progress-pane", ".nv-surrogate-pane"):
        tabs = board.locator(f"{pane} [role=tab]")
        for name in tabs.all_text_contents():
            board.locator(f"{pane} [role=tab]:text-is('{name}')").click()
            board.locator(f"{pane} [role=figure][aria-label^='{name}'] .main-svg").first.wait_for()
            board.locator(f"{pane} details").evaluate("e => (e.open = true)")
            board.locator(f"{pane} .nv-table").wait_for()
            lab.page.mouse.move(0, 0)
            assert lab.page.evaluate(FIND, [[".jp-NotebookPanel .nv-board"]]) == [], name
            rows = board.locator(f"{pane} .nv-table tbody tr").count()
            assert rows >= 1 or name == "Learning curves", name  # nothing was reported here
    board.locator(".nv-board-stage").press("?")


def test_each_picture_has_a_table_beside_it(all_views):
    """Its rows say what the picture shows: architectures, steps of a difference, points of a plot."""
    for k, least in ((0, 9), (2, 4), (3, 12), (4, 1), (5, 6), (6, 3)):
        out = all_views.output(k)
        pictures = out.locator(".nv-picture svg:not(.nv-map), .js-plotly-plot").count()
        rows = out.locator(":is(.nv-rows, .nv-scroll, .nv-edits) tbody tr").count()
        assert pictures >= 1
        assert rows >= least, f"cell {k}: {pictures} pictures, {rows} rows"
    columns = all_views.output(5).locator(".nv-as-table th").all_text_contents()
    assert columns == ["series", "epoch", "quantity", "value"]


def test_axe_finds_nothing_serious_in_an_exported_page(chromium, tmp_path):
    arch, other = digits_cells().sample(2, seed=3)
    parts = ("term", "tree", "graph", "cost", "code")
    editor = GrammarEditor("S ::= Linear(B, B)\nB ::= conv3x3 | id", input_shape=(1, 8, 8))
    views = [editor, ArchitectureView(parse(PAPER), parts), Gallery([arch, other]), DifferenceView(arch, other)]
    WORKSPACE.flush()
    export_html(views, tmp_path / "views.html")
    page = chromium.new_page()
    page.goto((tmp_path / "views.html").as_uri())
    page.locator(".nv-pane-graph svg:not(.nv-map)").wait_for(timeout=20_000)
    page.evaluate(AXE.read_text())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(FIND, [["body"]]) == []
    page.emulate_media(color_scheme="dark", contrast="more", forced_colors="active")
    assert page.evaluate(FIND, [["body"]]) == []
    page.close()
    for view in views:
        view.close()


TRIP = """
import nasviz as nv
from nasviz.widgets import Workbench
bench = Workbench(nv.spaces.digits_cells(), panes=('grammar', 'architecture', 'train'))
bench
"""
LABELS = "all => all.map((e) => e.getAttribute('aria-label'))"
STOP = """async () => {
  for (let k = 0; k < 2; k++) await new Promise(requestAnimationFrame);
  const e = document.activeElement;
  const style = getComputedStyle(e);
  const seen = (s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;
  const around = e.closest('.cm-editor, .nv-stage');
  const r = e.getBoundingClientRect();
  return {
    inside: !!e.closest('.jp-OutputArea-output'),
    name: (e.getAttribute('aria-label') || e.textContent || e.getAttribute('title') || e.tagName).trim().slice(0, 60),
    visible: [style, getComputedStyle(e, '::after'), around && getComputedStyle(around)].some((s) => s && seen(s)) ||
      style.boxShadow !== 'none',
    order: e.tabIndex,
    box: [r.left, r.top, r.right, r.bottom],
  };
}"""


class Keys:
    """Somebody without a mouse."""

    def __init__(self, lab):
        self.lab = lab
        self.stops = []

    def tab(self, key="Tab"):
        self.lab.page.keyboard.press(key)
        stop = self.lab.page.evaluate(STOP)
        self.stops.append(stop)
        return stop

    def tab_to(self, name, most=80):
        """Press Tab until what has the focus bears that name."""
        for _ in range(most):
            if self.tab()["name"].startswith(name):
                return
        raise AssertionError(f"Tab does not reach {name!r} but {[stop['name'] for stop in self.stops[-most:]]}")


def backwards(a, b):
    """Whether `b` stands before `a` for somebody who reads columns from left to right."""
    (left, _, right, _), (other, _, _, bottom) = a, b
    return bottom <= a[1] and other < right and other <= left


def test_the_whole_trip_by_keys_alone(lab):
    lab.open([TRIP], "trip.ipynb").run_all()
    lab.wait_for(lambda: lab.find(".nv-pane-graph svg:not(.nv-map)").count() == 1, what="the graph")
    lab.page.set_viewport_size({"width": 1400, "height": 2400})
    lab.command("notebook:enter-command-mode")
    keys, press = Keys(lab), lab.page.keyboard.press

    keys.tab_to("Grammar")
    assert keys.stops[-1]["inside"]
    begin = len(keys.stops)
    keys.tab_to("Grammar")
    press("Control+a")
    lab.page.keyboard.insert_text("NET ::= Linear(CELL, CELL)\nCELL ::= Residual(OP, id, OP) | OP\nOP ::= conv3x3 | avg_pool")
    count = lab.find(".nv-count")
    lab.wait_for(lambda: count.text_content() == "36", what="the count of the edited grammar")
    drawn = lab.find(".nv-thumb button")
    samples = "[str(arch) for arch in bench.editor._drawn.values()]"
    lab.wait_for(
        lambda: (
            [label.partition(": ")[2] for label in drawn.evaluate_all(LABELS)] == lab.kernel(samples)
            and lab.kernel("next(iter(bench.editor._drawn.values())).space.count()") == 36
        ),
        what="architectures drawn from it",
    )
    press("Escape")
    keys.tab_to("Sample")
    press("Enter")
    lab.wait_for(lambda: lab.kernel("bench.arch.space.count()") == 36, what="a sample of the edited space")
    lab.kernel(code="bench.view.arch = bench.editor.space.parse('Linear(Residual(conv3x3, id, avg_pool), conv3x3)')")
    lab.wait_for(lambda: lab.find(".nv-term").text_content().startswith("Linear(Residual2(conv3x3"), what="the term")
    keys.tab_to("Architecture")
    for key, position in (("ArrowRight", (0,)), ("ArrowRight", (0, 0)), ("ArrowDown", (0, 1)), ("ArrowLeft", (0,))):
        before = lab.kernel("bench.selection and bench.selection[1]")
        press(key)
        lab.wait_for(
            lambda old=before: lab.kernel("bench.selection and bench.selection[1]") != old, what=f"{key} to {position}"
        )
    assert lab.find(".nv-pane-tree .nv-selected").count() == 1
    keys.tab_to("Train")
    press("Enter")
    lab.wait_for(lambda: lab.kernel("bench.training.phase") in ("running", "done"), 60, "the training")
    lab.kernel(code="bench.training.stop()")

    stops = keys.stops[begin:]
    assert [stop["name"] for stop in stops if not stop["visible"]] == []
    assert [stop["name"] for stop in stops if stop["order"] > 0] == []
    turned = [(a["name"], b["name"]) for a, b in itertools.pairwise(stops) if backwards(a["box"], b["box"])]
    assert turned == []
    assert lab.console == []
