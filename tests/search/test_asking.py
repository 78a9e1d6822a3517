import itertools
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasviz.errors import NasvizError, NasvizWarning, TermError
from nasviz.records import Curve, Trial
from nasviz.search import BayesOpt, ExhaustedError, Proposal, RandomSearch, Study, load_study
from nasviz.search.asking import ranges
from nasviz.search.seeds import evaluation_seed
from nasviz.search.storage import Timing
from nasviz.spaces import SearchSpace, known
from nasviz.surrogate import Covariance, FlatWL, HierarchicalWL


@pytest.fixture
def study(space: SearchSpace) -> Study:
    return Study(space, strategy=RandomSearch(), seed=4)


def test_ask_and_tell(study: Study) -> None:
    first, second = study.ask(), study.ask()
    assert [t.state for t in study.trials] == ["running", "running"]
    study.tell(second, 0.25, curve=[Curve(1, 1.0, {"error": 0.25})])
    study.tell(first.number, 0.5)
    assert [(t.number, t.value, t.state) for t in study.trials] == [(0, 0.5, "finished"), (1, 0.25, "finished")]
    assert study.best_trial.curve[0].metrics == {"error": 0.25}
    assert study.held == set()


class FirstLeft:
    """Proposes the first architecture that no trial has; the first time it waits to be let go."""

    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()

    def propose(self, space: SearchSpace, trials, rng) -> Proposal:
        self.asked.set()
        assert self.go.wait(10)
        known = {trial.term for trial in trials}
        return Proposal(next(str(arch) for arch in space.enumerate() if str(arch) not in known))


@pytest.mark.slow
def test_two_that_ask_at_the_same_time_get_different_architectures(space: SearchSpace, tmp_path: Path) -> None:
    strategy, url = FirstLeft(), f"sqlite:///{tmp_path}/both.db"
    studies = [Study(space, strategy=strategy, storage=url, name="both", timing=Timing(poll=0.05)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(studies[0].ask)
        assert strategy.asked.wait(10)
        second = pool.submit(studies[1].ask)
        time.sleep(0.2)  # long enough to propose the same
        strategy.go.set()
        assert first.result().term != second.result().term
    assert studies[0].replay(1).term == second.result().term


def test_the_term_is_stored_at_once(study: Study) -> None:
    trial = study.ask()
    assert study.trials[0].term == trial.term == str(trial.arch)
    assert trial.proposed_by == "random, by productions"


def test_values_that_are_none(study: Study) -> None:
    study.tell(study.ask(), float("nan"))
    study.tell(study.ask(), error="out of memory")
    study.tell(study.ask())
    assert [(t.state, t.reason) for t in study.trials] == [
        ("failed", "the objective returned nan"),
        ("failed", "out of memory"),
        ("failed", "the objective returned 'None' of type NoneType, not a number"),
    ]
    with pytest.raises(NasvizError, match="no trial of the study 'digits cells' has a value yet"):
        _ = study.best_trial


def test_only_running_trials_can_be_told(study: Study) -> None:
    trial = study.ask()
    study.tell(trial, 0.5)
    for number in (0, 1):
        with pytest.raises(NasvizError, match=f"trial {number} of the study 'digits cells' is not running"):
            study.tell(number, 0.5)


def test_the_random_state_derives_from_seed_and_number(study: Study) -> None:
    taken = [study.take() for _ in range(3)]
    assert [t.seed for t in taken] == [evaluation_seed(4, n) for n in range(3)]


def test_enqueued_architectures_come_first_and_once(study: Study, space: SearchSpace) -> None:
    study.tell(study.ask(), 0.5)
    study.enqueue(space.parse("Linear(avg_pool, avg_pool)"))
    study.enqueue("Linear(avg_pool,avg_pool)")
    study.enqueue("id", reason="a known network")
    asked = [study.ask() for _ in range(2)]
    assert [(t.number, t.term, t.proposed_by) for t in asked] == [
        (1, "Linear(avg_pool, avg_pool)", "enqueued"),
        (2, "id", "a known network"),
    ]
    study.enqueue("id")
    assert study.ask().proposed_by == "random, by productions"


def test_enqueue_knows_the_space(study: Study) -> None:
    with pytest.raises(TermError, match="did you mean conv3x3"):
        study.enqueue("conv3x4")


def test_an_exhausted_space_leaves_nothing_behind() -> None:
    study = Study(SearchSpace("S ::= id | relu", name="two"), strategy=RandomSearch())
    study.ask(), study.ask()
    with pytest.raises(ExhaustedError):
        study.ask()
    assert len(study.trials) == 2


@pytest.mark.slow
def test_proposals_can_be_replayed(space: SearchSpace) -> None:
    study = Study(space, strategy=BayesOpt(n_init=4, candidates=30), seed=1)
    for n in range(8):
        study.tell(study.ask(), 0.1 + n % 3)
    for trial in study.trials:
        replayed = study.propose(trial.number, study.trials[: trial.number])
        assert (replayed.term, replayed.belief) == (trial.term, trial.belief)
    assert study.trials[-1].belief is not None


class Largest:
    """Believes that the largest value it has seen is the smallest possible."""

    def propose(self, space: SearchSpace, trials: list[Trial], rng: object) -> Proposal:
        from nasviz.records import Belief

        known = [t.value for t in trials if t.value is not None]
        belief = Belief(min(known), 0.1) if known else None
        return Proposal(str(space.sample(seed=len(trials))), belief, "test")


def test_strategies_minimise_whatever_the_direction(space: SearchSpace) -> None:
    study = Study(space, strategy=Largest(), direction="maximize")
    for value in (1.0, 5.0, 3.0):
        study.tell(study.ask(), value)
    trial = study.ask()
    assert trial.belief is not None
    assert trial.belief.mean == 5.0
    assert study.best_value == 5.0


def test_subscribers_hear_of_changes_until_they_leave(study: Study, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Study] = []
    leave = study.on_change(heard.append)
    study.tell(study.ask(), 0.5)
    assert heard == [study, study]
    leave()
    leave()
    study.ask()
    assert len(heard) == 2
    study.on_change(lambda study: 1 / 0)
    with caplog.at_level(logging.ERROR):
        study.ask()
    assert "a listener of the study 'digits cells' failed" in caplog.text


def test_what_is_no_trial_cannot_be_told(study: Study) -> None:
    with pytest.raises(NasvizError, match=r"tell takes what ask\(\) gave, or the number of a trial, found NoneType"):
        study.tell(None, 0.5)  # pyright: ignore[reportArgumentType]
    with pytest.raises(NasvizError, match=r"stop takes what ask\(\) gave, or the number of a trial, found str"):
        study.stop("it")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("curve", [3, [1, 2], "ab", [{"step": 1}]], ids=str)
def test_what_is_no_curve_is_said_and_the_trial_goes_on(study: Study, curve: object) -> None:
    trial = study.ask()
    with pytest.raises(NasvizError, match=r"a learning curve is a list of rows, found .*\. Type: .*curve=\[Curve\(step=10"):
        study.tell(trial, 0.5, curve=curve)  # type: ignore[arg-type]
    assert study.trials[0].state == "running"
    study.tell(trial, 0.5, curve=[Curve(1, 1.0, {"val_error": 0.5})])
    assert [len(trial.curve) for trial in study.trials] == [1]


def test_the_name_of_a_report_s_file_is_text(study: Study) -> None:
    with pytest.raises(NasvizError, match=r"the name of a file is text or a path, e\.g\. 'run\.html', found 3"):
        study.report(3)  # pyright: ignore[reportArgumentType]


@pytest.mark.slow
def test_a_known_network_is_a_baseline_beside_the_search(space: SearchSpace, url: str) -> None:
    net = known.resnet20((1, 8, 8), 10)
    study = Study(space, lambda arch: float(len(arch.term)), strategy=RandomSearch(), storage=url, seed=2)
    study.enqueue(net)
    study.enqueue(net)
    study.run(3, "inline")
    (row,) = [t for t in study.trials if t.baseline]
    assert (row.number, row.baseline, row.proposed_by) == (0, "ResNet-20", "baseline: ResNet-20")
    assert (row.arch, row.value, row.fingerprint) == (net, len(net.term), net.fingerprint)
    assert (study.finished, len(study.trials)) == (3, 4)
    assert study.best_trial.number > 0
    assert len(study.surrogate().archs) == 3
    assert str(load_study(url).trials[0].arch) == str(net)
    assert list(study.trials_dataframe()["baseline"]) == ["ResNet-20", "", "", ""]
    study.enqueue("id", baseline="identity")
    study.run(4, "inline")
    last = study.trials[-2]
    assert len(study.surrogate().archs) == 5, "one of the own space teaches"
    assert (last.term, last.baseline, last.foreign, study.finished) == ("id", "identity", False, 4)


def test_a_baseline_is_best_of_nothing(space: SearchSpace) -> None:
    study = Study(space, lambda arch: -1.0 if arch.space != space else 0.0, strategy=RandomSearch(), direction="minimize")
    study.enqueue(known.resnet20((1, 8, 8), 10), baseline="a ResNet")
    study.run(1, "inline")
    assert (study.best_value, study.trials[0].value) == (0.0, -1.0)
    assert list(study.confirm(top=5, seeds=1, executor="inline")["number"]) == [1]
    beside = study.confirm(top=5, seeds=2, executor="inline", baselines=True)
    assert list(zip(beside["baseline"], beside["mean"], strict=True)) == [("", 0.0), ("a ResNet", -1.0)]
    assert "trial 0, a ResNet: -1" in study.report().text.replace("−", "-")
    assert "best 0 (trial 1)" in repr(study)


def test_a_baseline_for_another_task_is_refused(study: Study) -> None:
    with pytest.raises(NasvizError, match=r"ResNet-20 takes input \(3, 32, 32\) and .*resnet20\(\(1, 8, 8\), 10\)"):
        study.enqueue(known.resnet20())


@pytest.mark.slow
@pytest.mark.parametrize("kernel", [FlatWL(), HierarchicalWL()])
def test_what_was_known_is_stored_and_replays_bit_for_bit(space: SearchSpace, kernel: Covariance) -> None:
    study = Study(space, strategy=BayesOpt(kernel=kernel, n_init=3, candidates=10), seed=3)
    values = np.random.default_rng(0)
    asked = [study.ask() for _ in range(3)]
    for n in range(8):
        trial = asked.pop(int(values.integers(len(asked))))
        study.tell(trial, error="no") if n == 4 else study.tell(trial, float(values.random()))
        asked.append(study.ask())
    for trial in study.trials:
        again = study.replay(trial.number)
        assert (again.term, again.belief, again.reason) == (trial.term, trial.belief, trial.proposed_by)


def test_a_baseline_that_the_search_has_is_said(study: Study) -> None:
    trial = study.ask()
    study.enqueue(trial.arch)
    text = r"has this architecture as trial 0, which stays a trial of the search: there will be no baseline 'my default'"
    with pytest.warns(NasvizWarning, match=text):
        study.enqueue(trial.arch, baseline="my default")
    other = study.space.sample(seed=3)
    for _ in range(2):
        study.enqueue(other, baseline="my default")
    assert [t.baseline for t in study.trials] == ["", "my default"]


@pytest.mark.parametrize("name", ["reason", "baseline"])
def test_what_a_queued_architecture_is_called_is_a_text(study: Study, name: str) -> None:
    with pytest.raises(NasvizError, match=rf"{name} is True, expected a text, e\.g\. {name}='ResNet-20'"):
        study.enqueue("conv3x3", **{name: True})


def test_only_a_trial_is_replayed(study: Study) -> None:
    trial = study.ask()
    assert study.replay(trial).term == trial.term
    with pytest.raises(NasvizError, match="the study 'digits cells' has no trial 9, it has 1 trials"):
        study.replay(9)
    with pytest.raises(NasvizError, match=r"replay takes what ask\(\) gave, or the number of a trial, found str"):
        study.replay("first")


def test_what_was_queued_has_nothing_to_replay(study: Study) -> None:
    study.enqueue("id")
    study.ask()
    with pytest.raises(NasvizError, match="trial 0 of the study 'digits cells' was not proposed by a strategy"):
        study.replay(0)


@given(st.sets(st.integers(0, 30)))
def test_ranges_hold_what_they_were_made_of(numbers: set[int]) -> None:
    found = ranges(numbers)
    assert [n for first, last in found for n in range(first, last + 1)] == sorted(numbers)
    assert all(second[0] > first[1] + 1 for first, second in itertools.pairwise(found))
