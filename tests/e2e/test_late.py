"""Code that a page runs later than anywidget waits for: such a view still hears the kernel, and the kernel hears it."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

LIMIT = 2000
"""Milliseconds after which anywidget gives a model up whose code has not run."""

SLOW = """
import nasviz as nv
from nasviz.widgets import base, engine

def slow(stem, bundle=engine.bundle):
    wait = "await new Promise((done) => setTimeout(done, {wait}));\\n" if stem in {stems} else ""
    return wait + bundle(stem)

base.bundle = engine.bundle = slow
space = nv.spaces.digits_cells()
"""
SHOWN = 'view = nv.ArchitectureView(space.parse("Linear(Residual2(conv3x3, id, avg_pool), conv1x1)"))\nview'
SEARCHED = """
study = nv.Study(space, lambda arch: 1 / len(str(arch)), strategy=nv.RandomSearch(), seed=0)
study.run(total=4, executor="inline")
board = nv.Board(study, total=6)
board
"""


def opened(lab, stems, cell):
    """The output of a cell in a page that takes longer for the code of these stems."""
    first = SLOW.format(wait=LIMIT + 800, stems=stems)
    lab.open([first, cell], f"late-{'-'.join(stems)}.ipynb").run_all()
    return lab.output(1)


@pytest.mark.parametrize("stems", [("architecture",), ("architecture", "engine")], ids="-".join)
def test_a_view_whose_code_comes_late_is_drawn_and_talks_with_the_kernel(lab, stems):
    out = opened(lab, stems, SHOWN)
    pictures = out.locator(".nv-picture svg:not(.nv-map)")
    lab.wait_for(lambda: pictures.count() == 2, 40, "tree and graph")
    out.locator(".nv-pane-tree [data-node='p-0-2']").click()
    lab.wait_for(lambda: lab.kernel("view.selection == (view.arch, (0, 2))") is True, what="the selection in the kernel")
    lab.kernel(code='view.arch = space.parse("Linear(conv1x1, conv3x3)")')
    term = out.locator(".nv-term")
    lab.wait_for(lambda: "".join((term.text_content() or "").split()) == "Linear(conv1x1,conv3x3)", what="what the kernel says")
    out.get_by_role("button", name="Mutate", exact=True).click()
    lab.wait_for(lambda: lab.kernel("str(view.arch)") != "Linear(conv1x1, conv3x3)", what="the command in the kernel")
    assert out.locator(".nv-failed").count() == 0


def test_a_board_whose_plots_come_late_is_drawn_and_goes_on(lab):
    out = opened(lab, ("board", "plot_engine"), SEARCHED)
    lab.wait_for(lambda: out.locator(".nv-progress-pane .scatterlayer .points path").count() == 4, 40, "four points")
    out.get_by_role("button", name="Go on", exact=True).click()
    lab.wait_for(lambda: out.locator(".nv-trials").text_content() == "6/6", 40, "the trials that came after")
    lab.wait_for(lambda: out.locator(".nv-progress-pane .scatterlayer .points path").count() == 6, what="six points")
    assert out.locator(".nv-failed").count() == 0
