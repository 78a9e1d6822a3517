"""What a view says and still does while the kernel is busy, when a handler fails, and after the kernel was restarted."""

from __future__ import annotations

from contextlib import contextmanager

import psutil
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CELLS = [
    """
import nasviz as nv
from nasviz.search import RandomSearch
from nasviz.widgets import DifferenceView
space = nv.spaces.digits_cells()
arch = space.parse('Linear(Residual(conv3x3, id, avg_pool), conv1x1)')
editor = nv.GrammarEditor('S ::= Linear(B, B)\\nB ::= conv3x3 | id', input_shape=(1, 8, 8))
editor
""",
    "view = nv.ArchitectureView(arch); view",
    "gallery = nv.Gallery(space.sample(4, seed=0)); gallery.ticked = gallery.architectures[:2]; gallery",
    """
study = nv.Study(space, lambda arch: 1 / len(str(arch)), strategy=RandomSearch(), seed=0)
study.run(total=4, executor='inline')
board = nv.show(study)
board
""",
    "difference = DifferenceView(arch, space.parse('Linear(Residual(conv3x3, id, conv1x1), conv1x1)')); difference",
    "training = nv.Training(space.sample(seed=1), data=nv.data.digits(), epochs=2); training",
    "bench = nv.Workbench(space); bench",
]
VIEWS = 6
COMMANDS = {
    0: ("Draw again", "sample"),
    1: ("Mutate", "mutate"),
    2: ("Compare", "compare"),
    3: ("Go on", "start"),
    5: ("Train", "train"),
}
NAMES = ("editor", "view", "gallery", "board", "difference", "training")
SCALE = "e => (e.querySelector('svg:not(.nv-map) > g').getAttribute('transform') || '')"


@pytest.fixture
def views(shared_lab):
    """All views, made anew for each test in one page."""
    lab = shared_lab
    lab.once(CELLS, "states.ipynb")
    lab.wait_for(lambda: lab.output(1).locator(".nv-picture svg:not(.nv-map)").count() == 2, what="tree and graph")
    lab.wait_for(lambda: lab.output(4).locator(".nv-picture svg:not(.nv-map)").count() >= 1, what="the difference")
    lab.wait_for(lambda: lab.output(3).locator(".scatterlayer .trace").count() >= 1, what="the plot")
    return lab


def press(lab, k, name):
    lab.output(k).get_by_role("button", name=name, exact=True).first.click()


@contextmanager
def held(lab):
    """A kernel that answers nothing: JupyterLab's subshells let views talk even while a cell runs, but not to a held one."""
    kernel = psutil.Process(lab.kernel("__import__('os').getpid()"))
    kernel.suspend()
    try:
        yield
    finally:
        kernel.resume()


def while_it_waits(lab):
    out = lab.output(1)
    out.locator(".nv-pane-tree [data-node='p-0']").click()
    lab.wait_for(lambda: out.locator(".nv-term .nv-in").count() > 0, 3, "the selection in the term")
    assert out.locator(".nv-pane-graph .nv-inside").count() >= 3
    graph = out.locator(".nv-pane-graph .nv-picture")
    before = graph.evaluate(SCALE)
    out.locator(".nv-pane-graph").get_by_role("button", name="Zoom in").click()
    lab.wait_for(lambda: graph.evaluate(SCALE) != before, 3, "the zoom")
    lab.output(2).locator(".nv-card-body").nth(1).click()
    lab.wait_for(lambda: lab.output(2).locator(".nv-card-selected").count() == 1, 3, "the selected card")
    lab.output(2).get_by_label("order").select_option("term")
    lab.page.set_viewport_size({"width": 1100, "height": 900})
    lab.wait_for(lambda: graph.evaluate("e => e.clientWidth") < 500, 3, "the layout of a narrow window")
    lab.page.set_viewport_size({"width": 1400, "height": 900})

    editor = lab.output(0)
    editor.locator(".cm-content").click()
    lab.page.keyboard.press("Control+End")
    lab.page.keyboard.type(" | relu")
    lab.wait_for(lambda: editor.locator(".nv-bar [role=status]").text_content() == "waiting for the kernel", what="what waits")
    assert editor.locator(".nv-count").text_content() == "4"
    for k in (1, 2, 3, 5):
        if k == 3:
            lab.output(3).locator("input[type=number]").fill("30")
        press(lab, k, COMMANDS[k][0])
        waiting = lab.output(k).get_by_text("Waiting for the kernel")
        lab.wait_for(waiting.count, what=f"what cell {k} waits for")
    lab.shot("states-busy")


def test_while_the_kernel_is_busy_the_page_goes_on_and_says_what_waits(views):
    lab = views
    with held(lab):
        while_it_waits(lab)
    editor = lab.output(0)
    lab.wait_for(lambda: editor.locator(".nv-count").text_content() == "9", what="the count at last")
    lab.wait_for(lambda: lab.find(".nasviz").get_by_text("Waiting for the kernel").count() == 0, what="no more waiting")
    lab.kernel(code="study.stop(); training.stop()")


def test_a_failing_handler_is_shown_in_its_view_with_the_traceback(views):
    lab = views
    for k, (button, name) in COMMANDS.items():
        lab.kernel(code=f"def broken(body): raise ValueError('broken {name}')\n{NAMES[k]}.do_{name} = broken")
        if k == 3:
            lab.output(3).locator("input[type=number]").fill("30")
        press(lab, k, button)
        note = lab.output(k).locator(".nv-failed")
        lab.wait_for(note.count, what=f"the error of cell {k}")
        assert f"ValueError: broken {name}" in note.text_content()
        note.get_by_role("button", name="Show traceback").click()
        assert "Traceback (most recent call last)" in note.locator("pre").text_content()
        assert note.get_by_role("button", name="Copy traceback").count() == 1
        note.get_by_role("button", name="Close").click()
        lab.wait_for(lambda note=note: note.count() == 0, what="the closed note")
    lab.kernel(code="difference.set_state({'selected': {'v': 9}})")
    lab.wait_for(lab.output(4).locator(".nv-failed").count, what="what is no selection")


def test_after_a_restart_every_view_says_so_and_runs_again(views):
    lab = views
    lab.find("[data-jp-item-name='restart']").click()
    lab.page.locator(".jp-Dialog .jp-mod-accept").click()
    for k in range(VIEWS):
        lost = lab.output(k).get_by_text("The kernel of this view was restarted or has ended")
        lab.wait_for(lost.count, 30, f"the state of cell {k}")
        assert lab.output(k).get_by_role("button", name="Run this cell again").count() == 1
    bench = lab.output(6).get_by_text("The kernel of this view was restarted or has ended")
    assert bench.count() == 4  # the bar and three panes; the lines between them need no kernel
    lab.output(1).locator(".nv-pane-tree [data-node='p-0']").click()
    lab.wait_for(lambda: lab.output(1).locator(".nv-pane-graph .nv-inside").count() >= 3, what="a selection without a kernel")
    for k, (button, _) in COMMANDS.items():
        place = lab.output(k).get_by_role("button", name=button, exact=True).first
        if place.is_enabled():
            place.click()
    lab.shot("states-lost")
    lab.wait_for(lambda: lab.page.evaluate("e2e.kernelStatus") == "idle", 60, "the new kernel")
    lab.output(0).get_by_role("button", name="Run this cell again").click()
    count = lab.output(0).locator(".nv-count")
    lab.wait_for(lambda: count.count() == 1 and lab.output(0).get_by_text("was restarted").count() == 0, 60, "the view again")
    assert lab.kernel("editor.space.count()") == 4
    assert [line for line in lab.console if "uncaught" in line] == []
