"""The search board: one selection through all figures, tabs by keys, candidates, what-if, a study opened for looking."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

CELLS = [
    """
import nasviz as nv
from nasviz.search import RandomSearch, Study
from nasviz.spaces import digits_cells
from nasviz.widgets.board import Board

def objective(arch):
    return 1 / len(str(arch))

random = Study(digits_cells(), objective, strategy=RandomSearch(), seed=1)
random.run(total=8, executor="inline")
study = Study(digits_cells(), objective, strategy=RandomSearch())
study.run(total=8, executor="inline")
board = Board(study, random, total=8)
board
"""
]
MARKED = """pane => {
  const figure = document.querySelector(`.jp-NotebookPanel:not(.lm-mod-hidden) ${pane} .js-plotly-plot`);
  return figure ? figure.data.filter((trace) => trace.meta === 'mark').map((trace) => [trace.x[0], trace.y[0]]) : null;
}"""


@pytest.fixture
def board(shared_lab):
    lab = shared_lab.once(CELLS, "board.ipynb")
    lab.wait_for(lambda: lab.find(".nv-map-pane .scatterlayer .trace").count() > 1, what="the map")
    lab.wait_for(lambda: lab.find(".nv-surrogate-pane .scatterlayer .trace").count() > 1, what="the surrogate")
    return lab


def written(lab):
    """The term that is shown, without spaces."""
    return "".join(lab.find(".nv-trial .nv-term").text_content().split())


def test_a_click_on_a_point_selects_its_trial_and_the_table_says_the_same(board):
    lab = board
    points = lab.find(".nv-progress-pane .scatterlayer .trace .points path")
    lab.wait_for(lambda: points.count() == 8, what="eight points")
    box = points.nth(3).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lab.page.mouse.move(x, y)
    lab.page.mouse.click(x, y)
    lab.wait_for(lambda: lab.kernel("board.trial is not None"), what="the chosen trial in the kernel")
    assert lab.kernel("board.selection == (study.trials[board.trial].arch, ())") is True
    term = lab.kernel("study.trials[board.trial].term")
    lab.wait_for(lambda: written(lab) == "".join(term.split()), what="the term")
    lab.find(".nv-progress-pane summary").click()
    rows = lab.find(".nv-progress-pane .nv-table tbody tr")
    assert rows.count() == 8 + 8 + 8
    assert lab.find(".nv-progress-pane .nv-table tbody tr[aria-current]").count() == 1
    lab.wait_for(lambda: "±" in lab.find(".nv-shown").inner_text(), what="mean ± sd of the chosen architecture")
    for pane in (".nv-progress-pane", ".nv-surrogate-pane", ".nv-map-pane"):
        lab.wait_for(lambda pane=pane: len(lab.page.evaluate(MARKED, pane) or []) >= 1, what=f"the mark in {pane}")
    lab.wait_for(lambda: lab.find(".nv-trial .nv-believed .nv-table").count() == 2, what="credits and nearest trials")
    assert lab.console == []


def test_keys_step_through_the_trials(board):
    lab, press = board, board.page.keyboard.press
    lab.find(".nv-board-stage").focus()
    for key, trial in (("j", 0), ("j", 1), ("ArrowDown", 2), ("k", 1)):
        press(key)
        lab.wait_for(lambda trial=trial: lab.kernel("board.trial") == trial, what=f"trial {trial} after {key}")
    lab.wait_for(lambda: lab.page.evaluate(MARKED, ".nv-progress-pane")[0][0] == 2, what="the mark at the second trial")
    press("b")
    best = lab.kernel("study.best_trial.number")
    lab.wait_for(lambda: lab.find(".nv-trial .nv-title").text_content() == f"Trial {best}", what="the best trial")
    press("Escape")
    lab.wait_for(lambda: lab.kernel("board.trial is None and board.arch is None"), what="nothing selected")
    press("?")
    lab.wait_for(lambda: lab.find(".nv-board .nv-keys li").count() > 4, what="the keys")


def test_tabs_are_opened_by_keys_and_remembered(board):
    lab = board
    lab.find("[role=tab]:text-is('History')").focus()
    for key, name in (("ArrowRight", "Regret"), ("End", "Pareto"), ("ArrowLeft", "Learning curves"), ("ArrowLeft", "Timeline")):
        lab.page.keyboard.press(key)
        tab = lab.find(".nv-progress-pane [role=tab][aria-selected=true]")
        assert tab.text_content() == name
        assert tab.evaluate("e => e === document.activeElement")
    lab.wait_for(lambda: lab.find(".nv-progress-pane .barlayer .point").count() == 8, what="eight bars")
    assert lab.kernel("board.progress") == "timeline"
    assert set(lab.kernel("list(board.whole_snapshot()['body']['figures'])")) == {"timeline", "leave_one_out", "map"}
    lab.run_all()
    lab.wait_for(lambda: lab.kernel("board.progress") == "timeline", what="the tab that was open the last time")
    lab.find("[role=tab]:text-is('History')").click()
    lab.wait_for(lambda: lab.kernel("board.progress") == "history", what="the history")
    for name in ("Calibration", "Kernel weights", "Gram", "Leave-one-out"):
        lab.find(f"[role=tab]:text-is('{name}')").click()
        figure = lab.find(f".nv-surrogate-pane [role=figure][aria-label^='{name}'] .main-svg")
        lab.wait_for(lambda figure=figure: figure.count() > 0, what=name)
    assert lab.console == []


def test_a_candidate_of_the_map_is_shown_and_evaluated_next(board):
    lab = board
    lab.find(".nv-map-pane summary").click()
    lab.find(".nv-map-pane .nv-table button[aria-label^='Select drawn at random']").first.click()
    lab.wait_for(lambda: lab.find(".nv-trial .nv-title").text_content() == "Not evaluated", what="the candidate")
    assert lab.kernel("board.trial is None and board.arch not in [t.arch for t in study.trials]") is True
    lab.wait_for(lambda: "±" in lab.find(".nv-shown").inner_text(), what="what is believed of it")
    lab.wait_for(lambda: len(lab.page.evaluate(MARKED, ".nv-map-pane")) >= 1, what="its mark on the map")
    lab.find(".nv-board").get_by_role("button", name="Enqueue").click()
    lab.wait_for(lambda: lab.kernel("study.trials[-1].state") == "waiting", what="the trial in the queue")
    assert lab.kernel("study.trials[-1].arch == board.arch") is True
    lab.wait_for(lambda: lab.find(".nv-trial .nv-title").text_content() == "Trial 8", what="its number")
    lab.find(".nv-map-pane select").select_option("sd")
    lab.wait_for(lambda: lab.kernel("board.colour") == "sd", what="another colour")


def test_an_edited_term_moves_what_is_believed(board):
    lab = board
    lab.kernel(code="board.trial = 2")
    shown = lab.find(".nv-shown")
    lab.wait_for(lambda: shown.count() == 1, what="what is believed of trial 2")
    before = shown.inner_text()
    lab.find(".nv-board").get_by_role("button", name="What if").click()
    text = lab.find(".nv-edit textarea")
    text.fill("Linear(")
    lab.wait_for(lambda: "operator is expected" in lab.find(".nv-edit").inner_text(), what="what is wrong")
    assert lab.kernel("board.trial") == 2
    text.fill("Linear(conv3x3, conv3x3)")
    lab.wait_for(lambda: lab.kernel("str(board.arch)") == "Linear(conv3x3, conv3x3)", what="the edited architecture")
    lab.wait_for(lambda: shown.inner_text() != before, what="another belief")
    assert text.input_value() == "Linear(conv3x3, conv3x3)"


def test_a_figure_with_other_traces_is_drawn_by_the_whole_of_plotly(board):
    lab = board
    figure = (
        "{'data': [{'type': 'parcoords', 'dimensions': [{'label': 'a', 'values': [1, 2]}, {'label': 'b', 'values': [2, 1]}]}]}"
    )
    lab.kernel(
        code="from nasviz.widgets.base import Ready\n"
        f"board._figures._at_once = (('history', None), Ready(figure={figure}, note='', trouble=''))\n"
        "board._figures._progress = lambda tab, seen: {tab.name: board._figures._at_once[1]}\n"
        "board._show()"
    )
    lab.wait_for(lambda: lab.find(".nv-progress-pane .parcoords").count() > 0, 60, "parallel coordinates")
    assert lab.find(".nv-progress-pane .axis-title").all_text_contents() == ["a", "b"]
    lab.kernel(code="del board._figures._progress; board._show()")
    lab.wait_for(lambda: lab.find(".nv-progress-pane .scatterlayer .trace").count() > 1, what="the history again")
    assert lab.console == []


LOOKED = [
    """
import nasviz as nv
from nasviz.search import RandomSearch

@nv.primitive
def mine(c_in, c_out):
    import torch
    return torch.nn.Identity()

space = nv.SearchSpace("S ::= Linear(mine, S) | Linear(conv3x3, S) | mine", [mine], input_shape=(1, 8, 8))
study = nv.Study(space, lambda arch: 1 / len(str(arch)), strategy=RandomSearch(), storage="sqlite:///looked.db", name="s")
study.run(total=6, executor="inline")
""",
    """
import nasviz as nv
board = nv.show(nv.load_study("sqlite:///looked.db", "s"))
board
""",
]


def test_after_a_restart_a_study_is_looked_at_without_its_operators(lab):
    lab.open(LOOKED, "looked.ipynb").run_cell(0)
    lab.find("[data-jp-item-name='restart']").click()
    lab.page.locator(".jp-Dialog button.jp-mod-accept").click()
    lab.wait_for(lambda: lab.page.evaluate("e2e.ready"), 60, "the new kernel")
    lab.run_cell(1)
    lab.wait_for(lambda: lab.find(".nv-trials").text_content() == "6/20", what="six trials")
    assert "has no objective to evaluate" in lab.find(".nv-now .nv-cannot").inner_text()
    assert lab.find(".nv-now").get_by_role("button", name="Start").count() == 0
    lab.find(".nv-board-stage").focus()
    lab.page.keyboard.press("j")
    lab.wait_for(lambda: lab.find(".nv-trial .nv-title").text_content() == "Trial 0", what="the first trial")
    assert lab.console == []


SEVERAL = [
    """
from nasviz.search import RandomSearch, Study
from nasviz.spaces import digits_cells
from nasviz.widgets.board import Board

def objective(arch):
    return {"energy": 1.0 + 0.1 * len(str(arch)), "accuracy": 1 - 0.3 * 0.8 ** str(arch).count("conv3x3")}

study = Study(digits_cells(), objective, direction=("minimize", "maximize"), strategy=RandomSearch(), name="two aims")
study.run(total=10, executor="inline")
board = Board(study, total=10)
board.progress = "history"
board.trial = 3
board
"""
]


def test_the_objective_that_is_chosen_is_that_of_every_pane(lab):
    lab.open(SEVERAL, "objectives.ipynb").run_all()
    chooser = lab.find(".nv-objective select")
    lab.wait_for(lambda: chooser.count() == 1 and chooser.input_value() == "energy", what="the chooser")
    assert chooser.locator("option").all_text_contents() == ["energy", "accuracy"]

    def titles(name):
        figures = lab.find(".nv-board .js-plotly-plot .xtitle, .nv-board .js-plotly-plot .ytitle, .nv-board .cbtitle")
        return " ".join(figures.all_text_contents()).count(name)

    lab.wait_for(lambda: titles("energy") >= 4 and titles("accuracy") == 0, what="figures of the energy")
    chooser.focus()
    chooser.select_option("accuracy")
    lab.wait_for(lambda: lab.kernel("board.objective") == "accuracy", what="the objective in the kernel")
    lab.wait_for(lambda: titles("accuracy") >= 4 and titles("energy") == 0, what="figures of the accuracy")
    best = lab.kernel("study.seen_by('accuracy').best_trial.number")
    lab.find(".nv-now .nv-link").click()
    lab.wait_for(lambda: lab.find(".nv-trial .nv-title").text_content() == f"Trial {best}", what="the best of that objective")
    lab.wait_for(lambda: lab.find(".nv-belief:has-text('predicted accuracy')").count() == 1, what="reasons of that objective")
    lab.kernel(code="board.objective = ''")
    lab.wait_for(lambda: chooser.input_value() == "energy" and titles("energy") >= 4, what="the first objective again")
    lab.wait_for(lambda: lab.find(".nv-belief:has-text('predicted energy')").count() == 1, what="its reasons")
    assert lab.console == []
