import math

import numpy as np
import pytest

from nasviz.records import Trial
from nasviz.view.surrogate import surrogate_info
from nasviz.widgets import beliefs as module
from nasviz.widgets.beliefs import Beliefs, left_out, with_belief


class FakeGP:
    def __init__(self, terms):
        self.archs, self.y = terms, np.arange(float(len(terms)))

    def leave_one_out(self):
        return self.y + 0.5, np.ones(len(self.y))

    def predict(self, archs):
        return np.array([0.25]), np.array([0.125])


class FakeStudy:
    def __init__(self):
        self.fits, self.trials = 0, []

    def surrogate(self):
        self.fits += 1
        if not self.trials:
            raise RuntimeError("no trial has a value")
        return FakeGP([t.term for t in self.trials])


class Arch:
    def __init__(self, key):
        self.key = key

    def __str__(self):
        return f"op{self.key}"


class SameThread:
    def __init__(self, target, args=(), **_):
        self.target, self.args = target, args

    def start(self):
        self.target(*self.args)


def trial(number, term):
    return Trial(number, term, "free", "finished", value=1.0)


@pytest.fixture
def study(monkeypatch):
    monkeypatch.setattr(module.threading, "Thread", SameThread)
    monkeypatch.setattr(module.threading, "Timer", lambda after, call: type("T", (), {"start": lambda self: None})())
    found = FakeStudy()
    found.trials = [trial(0, "a"), trial(1, "b"), trial(2, "a")]
    return found


def test_left_out_numbers_trials_of_one_term_in_order():
    info = left_out(FakeGP(["a", "b", "a", "c"]), [trial(5, "a"), trial(6, "b"), trial(9, "a")])
    assert info.trials == (5, 6, 9, -1)
    assert info.terms == ("a", "b", "a", "c")


def test_with_belief():
    info = surrogate_info([1.0, 2.0], [1.0, 2.0], [1.0, 1.0])
    shown = with_belief(info, FakeGP([]), Arch("k"))
    assert (shown.current, shown.current_term) == ((0.25, 0.125), "opk")
    assert with_belief(shown, FakeGP([]), None).current is None


def test_one_trial_is_too_few(study):
    beliefs = Beliefs(study, "error", lambda: None)
    beliefs.consider(1, None)
    assert study.fits == 0


def test_new_trials_are_fitted_and_the_search_keeps_the_processor(study):
    told = []
    beliefs = Beliefs(study, "error", lambda: told.append(1))
    beliefs.consider(3, None)
    assert beliefs.info.observed == (0.0, 1.0, 2.0)
    assert told
    beliefs._not_before = math.inf
    beliefs.consider(4, None)
    assert study.fits == 1
    beliefs._not_before = 0.0
    beliefs.consider(4, None)
    assert study.fits == 2


def test_another_architecture_is_predicted_at_once_without_a_fit(study):
    beliefs = Beliefs(study, "error", lambda: None)
    beliefs.consider(3, None)
    beliefs._not_before = math.inf
    beliefs.consider(3, Arch("k"))
    assert beliefs.info.current == (0.25, 0.125)
    assert study.fits == 1


def test_trouble_is_told_in_words(study):
    study.trials = []
    beliefs = Beliefs(study, "error", lambda: None)
    beliefs.consider(2, None)
    assert beliefs.trouble == "no prediction: no trial has a value"
