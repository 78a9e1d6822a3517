import time

import pytest

from nasviz.search import RandomSearch, Study
from nasviz.surrogate.threads import exactly
from nasviz.view.folding import Folding
from nasviz.widgets.beliefs import TOO_FEW, Beliefs


def length(arch):
    return 1.0 / len(str(arch))


@pytest.fixture
def study(space):
    found = Study(space, length, strategy=RandomSearch())
    found.run(total=5, executor="inline")
    return found


@pytest.fixture
def beliefs(study):
    found = Beliefs(study, lambda: None, lambda: None)
    yield found
    found.close()


def wait_for(condition, seconds=60.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_one_trial_is_too_few(space):
    study = Study(space, length, strategy=RandomSearch())
    study.run(total=1, executor="inline")
    beliefs = Beliefs(study, lambda: None, lambda: None)
    arch = study.trials[0].arch
    beliefs.consider(study.trials, arch, Folding())
    assert (beliefs.basis, beliefs.trouble, beliefs.of(arch)) == (None, TOO_FEW, None)
    wait_for(lambda: beliefs.background.result("detail") is not None)
    detail = beliefs.detail(arch, Folding())
    assert detail["body"]["credit"] == {"waiting": False, "trouble": TOO_FEW}
    assert detail["numbers"] is None


def test_trials_are_learned_once(study, beliefs):
    beliefs.consider(study.trials, None, Folding())
    assert beliefs.trouble == ""
    wait_for(lambda: beliefs.basis is not None)
    first = beliefs.basis
    beliefs.consider(study.trials, None, Folding())
    time.sleep(0.05)
    assert beliefs.basis is first
    assert [trial.number for trial in first.trials] == [0, 1, 2, 3, 4]
    assert beliefs.detail(None, Folding()) is None


def test_numbers_come_first_and_credit_a_moment_later(study, beliefs, archs):
    beliefs.consider(study.trials, None, Folding())
    wait_for(lambda: beliefs.basis is not None)
    arch = archs[0]
    beliefs.consider(study.trials, arch, Folding())
    wait_for(lambda: beliefs.of(arch) is not None)
    at_once = beliefs.detail(arch, Folding())
    assert beliefs.of(arch) == beliefs.basis.beliefs([arch])[0]
    assert "±" in at_once["numbers"]["mean_sd"]
    assert at_once["body"]["term"]["text"] == str(arch)
    wait_for(lambda: beliefs.detail(arch, Folding())["body"]["credit"].get("credits") is not None)
    body = beliefs.detail(arch, Folding())["body"]
    assert body["credit"]["belief"] == at_once["numbers"]["mean_sd"]
    assert {row["trial"] for row in body["credit"]["nearest"]} <= {0, 1, 2, 3, 4}
    assert body["rows"]


def test_whoever_asks_for_numbers_does_not_wait_for_who_computes(study, beliefs, archs):
    beliefs.consider(study.trials, None, Folding())
    wait_for(lambda: beliefs.basis is not None)
    with exactly():
        began = time.monotonic()
        assert beliefs.of(archs[1]) is None
        assert time.monotonic() - began < 1
    wait_for(lambda: beliefs.of(archs[1]) is not None)


def test_a_folded_picture_is_another_one(study, beliefs, space):
    arch = space.parse("Linear(conv1x1, avg_pool)")
    folding = Folding(folded=frozenset([()]))
    for each in (Folding(), folding):
        beliefs.consider(study.trials, arch, each)
        wait_for(lambda each=each: (beliefs.background.done("detail") or (0, 0, 0))[2] == each)
    assert beliefs.detail(arch, folding)["body"]["folded"] == [0]
    assert beliefs.detail(arch, Folding())["body"]["folded"] == []


def test_trouble_is_told_in_words(study, beliefs, monkeypatch):
    def broken():
        raise RuntimeError("no factor")

    monkeypatch.setattr(study, "surrogate", broken)
    beliefs.consider(study.trials, None, Folding())
    wait_for(lambda: beliefs.trouble != "")
    assert beliefs.trouble == "RuntimeError: no factor"
