import time

import pytest

from nasviz.search import RandomSearch, Study
from nasviz.view.folding import Folding
from nasviz.widgets.beliefs import TOO_FEW, Beliefs
from nasviz.widgets.board_figures import Figures
from nasviz.widgets.board_tabs import Seen


@pytest.fixture
def study(space):
    found = Study(space, lambda arch: 1.0 / len(str(arch)), strategy=RandomSearch())
    found.run(total=4, executor="inline")
    return found


@pytest.fixture
def beliefs(study):
    found = Beliefs(study, lambda: None, lambda: None)
    yield found
    found.close()


@pytest.fixture
def figures(beliefs):
    found = Figures(beliefs, lambda: None)
    yield found
    found.close()


@pytest.fixture
def shown(study, beliefs, figures):
    def show(progress="history", surrogate="leave_one_out", colour="mean", arch=None):
        beliefs.consider(study.trials, arch, Folding())
        return figures.shown(Seen(study, study.trials, [], "value", 4), progress, surrogate, colour, arch)

    return show


def wait_for(condition, seconds=60.0):
    until = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < until
        time.sleep(0.01)
    return value


def test_the_history_is_there_at_once_and_the_rest_a_moment_later(shown):
    first = shown()
    assert list(first) == ["history"]
    assert first["history"]["figure"]["data"]
    wait_for(lambda: {"history", "leave_one_out", "map"} == set(shown()))


def test_only_open_tabs_are_drawn(shown, figures):
    wait_for(lambda: set(shown("timeline", "gram")) == {"timeline", "gram", "map"})
    for name in ("regret", "pareto", "curves"):
        assert figures._progress_work.result(name) is None
    for name in ("leave_one_out", "calibration", "kernel_weights"):
        assert figures._work.result(name) is None


def test_what_has_not_changed_is_the_same_object(shown):
    wait_for(lambda: len(shown("regret")) == 3)
    one, two = shown("regret"), shown("regret")
    assert all(one[name] is two[name] for name in one)


def test_another_colour_draws_the_map_again_without_placing_it_again(shown, figures):
    before = wait_for(lambda: shown().get("map"))
    place = figures._work.result("place")
    wait_for(lambda: shown(colour="sd")["map"] is not before)
    assert figures._work.result("place") is place


def test_an_enqueued_baseline_is_drawn_on_the_map_without_another_fit(shown, study, figures):
    before = wait_for(lambda: shown().get("map"))
    place = figures._work.result("place")
    study.enqueue(next(a for a in study.space.enumerate() if all(t.term != str(a) for t in study.trials)), baseline="mine")
    after = wait_for(lambda: (found := shown()["map"]) is not before and found)
    assert "mine" in str(after["figure"]["data"][3]["text"])
    assert figures._work.result("place") is place


def test_too_few_trials_are_said(space, beliefs, figures, monkeypatch):
    study = Study(space, len, strategy=RandomSearch())
    beliefs.consider([], None, Folding())
    found = figures.shown(Seen(study, [], [], "value", 4), "history", "gram", "mean", None)
    assert found["gram"] == found["map"] == {"figure": None, "note": "", "trouble": TOO_FEW}


def test_a_figure_that_fails_says_why(shown, study, monkeypatch):
    def broken(name):
        raise ValueError("no cost")

    monkeypatch.setattr(study, "quantity", broken)
    assert wait_for(lambda: shown("pareto").get("pareto")) == {"figure": None, "note": "", "trouble": "ValueError: no cost"}
