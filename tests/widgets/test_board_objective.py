"""The objective that a search board shows, of a study that has several."""

import threading

import pytest

from nasviz.errors import NasvizError
from nasviz.search import RandomSearch, Study
from nasviz.widgets.board import Board


def two_aims(arch):
    return {"energy": 1.0 + len(str(arch)) / 10, "accuracy": 1 - 0.3 * 0.8 ** str(arch).count("conv3x3")}


def study_of(space):
    return Study(space, two_aims, direction=("minimize", "maximize"), strategy=RandomSearch())


@pytest.mark.slow
def test_all_panes_show_the_objective_that_is_chosen(space, page):
    study = study_of(space)
    board = Board(study, total=8)
    shown = page(board)
    assert (shown.state["objective"], shown.state["objectives"]) == ("values_0", [])
    study.run(total=8, executor="inline")
    shown.wait_for(lambda: shown.state["objectives"] == ["energy", "accuracy"] and "map" in shown.state["figures"], 60)
    assert (shown.state["objective"], shown.state["value_name"]) == ("energy", "energy")
    board.progress = "history"
    board.trial = 3
    board.objective = "accuracy"

    def settled():
        figures = shown.state["figures"]
        return {"history", "leave_one_out", "map"} <= set(figures) and (shown.state["detail"] or {}).get("numbers")

    shown.wait_for(lambda: shown.state["objective"] == "accuracy" and settled(), 60)
    figures = {name: drawn["figure"]["layout"] for name, drawn in shown.state["figures"].items()}
    assert figures["history"]["yaxis"]["title"]["text"] == shown.state["value_name"] == "accuracy"
    assert figures["leave_one_out"]["xaxis"]["title"]["text"] == "observed accuracy"
    assert figures["map"]["coloraxis"]["colorbar"]["title"]["text"] == "accuracy,<br>mean"
    seen = study.seen_by("accuracy")
    assert (shown.state["best_trial"], shown.state["best"]) == (seen.best_trial.number, f"{seen.best_value:.3g}")
    assert shown.state["chosen"]["value"] == f"{study.trials[3].objectives['accuracy']:.3f}"
    shown.wait_for(lambda: shown.state["detail"]["body"]["credit"].get("sentences"), 60)
    assert shown.state["detail"]["body"]["credit"]["sentences"][0].startswith("Predicted accuracy ")
    board.do_best({})
    assert board.trial == seen.best_trial.number
    assert "best accuracy" in board.fallback()
    with pytest.raises(NasvizError, match=r"no objective 'speed'; it has the objectives 'energy', 'accuracy'"):
        board.objective = "speed"
    assert board.objective == "accuracy"


@pytest.mark.slow
def test_no_pane_shows_another_objective_while_its_own_is_learned(space, page, monkeypatch):
    study = study_of(space)
    study.run(total=6, executor="inline")
    board = Board(study, total=6, value_name="energy in mJ")
    board.trial = 2
    shown = page(board)
    shown.wait_for(lambda: "map" in shown.state["figures"] and (shown.state["detail"] or {}).get("numbers"), 60)
    assert shown.state["value_name"] == "energy in mJ"
    held, go = study.seen_by("accuracy"), threading.Event()
    fit = held.surrogate
    monkeypatch.setattr(held, "surrogate", lambda: go.wait(30) and fit())
    board.objective = "accuracy"
    shown.wait_for(lambda: shown.state["objective"] == "accuracy", 30)
    assert {"leave_one_out", "map"}.isdisjoint(shown.state["figures"])
    assert shown.state["detail"]["numbers"] is None
    assert shown.state["detail"]["body"]["credit"] == {"waiting": True, "trouble": ""}
    go.set()
    shown.wait_for(lambda: "map" in shown.state["figures"], 60)
    board.objective = ""
    shown.wait_for(lambda: shown.state["objective"] == "energy" and "map" in shown.state["figures"], 60)
    assert shown.state["figures"]["leave_one_out"]["figure"]["layout"]["xaxis"]["title"]["text"] == "observed energy in mJ"


def test_one_objective_leaves_nothing_to_choose(space, page):
    shown = page(Board(Study(space, lambda arch: 0.5, strategy=RandomSearch()), total=6))
    assert (shown.state["objective"], shown.state["objectives"]) == ("", [])
