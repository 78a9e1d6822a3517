import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from nasviz.errors import JobError, NasvizError
from nasviz.search import RandomSearch, Study, Timing
from nasviz.search.runner import AGAIN, BY_HAND, Runner
from nasviz.spaces import Architecture, SearchSpace

Until = Callable[..., None]


def length(arch: Architecture) -> float:
    return float(len(str(arch)))


def crash(arch: Architecture) -> float:
    os._exit(3)


class Patient:
    """Reports until it is told to stop or let go."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.go = threading.Event()

    def __call__(self, arch: Architecture, report: Any) -> float:
        self.started.set()
        for step in range(5000):
            if report(step, {"loss": 1.0}) == "stop":
                return -1.0
            if self.go.wait(0.005):
                return length(arch)
        raise AssertionError("never told to stop")


def made(space: SearchSpace, objective: Any, quick: Timing, storage: str | None = None) -> Study:
    return Study(space, objective, strategy=RandomSearch(), storage=storage, timing=quick)


def test_a_start_right_after_a_stop_begins_when_the_stopped_run_has_ended(space: SearchSpace, quick: Timing) -> None:
    patient = Patient()
    study = made(space, patient, quick)
    with ThreadPoolExecutor(1) as executor:
        study.start(2, executor)
        assert patient.started.wait(20)
        for _ in range(5):
            study.stop()
            study.start(3, executor)
        assert study.running
        assert study.total == 3
        patient.go.set()
        study.wait(20)
    assert [t.state for t in study.trials] == ["finished"] * 3
    assert [t.number for t in study.trials] == [0, 1, 2]
    assert not study.running


class Deaf:
    """Counts how often each architecture is evaluated, and hears of no stop."""

    def __init__(self) -> None:
        self.started, self.go = threading.Event(), threading.Event()
        self.calls: list[tuple[str, int]] = []

    def __call__(self, arch: Architecture, seed: int) -> float:
        self.calls.append((str(arch), seed))
        self.started.set()
        assert self.go.wait(30)
        return length(arch)


@pytest.mark.slow
@pytest.mark.parametrize("again", [True, False], ids=["same executor", "inline"])
@pytest.mark.parametrize("over", [False, True], ids=["going on", "over"])
def test_what_a_stop_could_not_end_is_taken_up_and_not_begun_again(
    space: SearchSpace, url: str, quick: Timing, again: bool, over: bool, until: Until
) -> None:
    deaf = Deaf()
    study = made(space, deaf, quick, url)
    with ThreadPoolExecutor(2) as executor:
        study.start(4, executor)
        until(lambda: len(deaf.calls) == 2)
        study.stop(wait=True)
        assert [t.state for t in study.trials] == ["waiting"] * 2
        if over:
            deaf.go.set()
            until(lambda: all(future.done() for future, _ in study.left.values()))
        study.start(4, executor if again else "inline")
        if not over:
            until(lambda: [t.state for t in study.trials].count("running") >= 1)
            deaf.go.set()
        study.wait(30)
    assert [t.state for t in study.trials] == ["finished"] * 4
    assert [t.value for t in study.trials] == [length(t.arch) for t in study.trials]
    assert sorted(deaf.calls) == sorted((t.term, study.storage.attrs(slot)["nasviz/1/draw"]["seed"])
                                        for slot, t in study.storage.slots().items() if t.state == "finished")  # fmt: skip
    assert study.left == {}


@pytest.mark.slow
def test_what_heard_the_stop_after_all_is_evaluated_again(space: SearchSpace, url: str, quick: Timing, until: Until) -> None:
    calls: list[str] = []
    go = threading.Event()

    def late(arch: Architecture, report: Any) -> float:
        calls.append(str(arch))
        assert go.wait(30)
        for step in range(3):
            time.sleep(2 * quick.write)
            if report(step, {"loss": 1.0}) == "stop":
                return -1.0
        return length(arch)

    study = made(space, late, quick, url)
    with ThreadPoolExecutor(1) as executor:
        study.start(1, executor)
        until(lambda: len(calls) == 1)
        study.stop(wait=True)
        study.start(1, executor)
        until(lambda: study.trials[0].state == "running")
        go.set()
        study.wait(30)
    assert study.trials[0].value == length(study.trials[0].arch)
    assert calls == [study.trials[0].term] * 2


def test_a_total_raised_when_the_run_is_about_to_end_is_reached(
    space: SearchSpace, quick: Timing, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = made(space, length, quick)
    land = Runner._land

    def start_more(runner: Runner) -> None:
        land(runner)
        if runner.total == 2:
            study.start(4, "inline")

    monkeypatch.setattr(Runner, "_land", start_more)
    study.run(2, "inline")
    study.wait(20)
    assert study.finished == 4


@pytest.mark.parametrize("executor", ["inline", None])
def test_what_a_run_calls_may_stop_it_and_cannot_wait_for_it(space: SearchSpace, quick: Timing, executor: Any) -> None:
    heard: list[str] = []

    def progress(finished: int, total: int) -> None:
        for waits in (study.wait, lambda: study.run(20, "inline")):
            with pytest.raises(NasvizError) as refused:
                waits()
            heard.append(str(refused.value))
        study.stop(wait=True)

    study = made(space, length, quick)
    study.start(9, executor, progress=progress)
    study.wait(60)
    assert [trial.state for trial in study.trials].count("finished") == 1
    assert ["study.stop() there" in heard[0], "study.start(total) there" in heard[1]] == [True, True]


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_executors_of_the_standard_library(space: SearchSpace, quick: Timing, kind: type[Any]) -> None:
    study = made(space, length, quick)
    with kind(2) as executor:
        study.run(6, executor)
    assert sorted(t.number for t in study.trials) == list(range(6))
    assert all(t.value == len(t.term) for t in study.trials)


def test_as_many_run_as_the_executor_has_workers(space: SearchSpace, quick: Timing) -> None:
    together = threading.Barrier(3, timeout=20)

    def objective(arch: Architecture) -> float:
        together.wait()
        return 1.0

    study = made(space, objective, quick)
    with ThreadPoolExecutor(3) as executor:
        study.run(6, executor)
    assert [t.state for t in study.trials] == ["finished"] * 6


def test_never_more_than_the_total(space: SearchSpace, quick: Timing) -> None:
    study = made(space, length, quick)
    with ThreadPoolExecutor(4) as executor:
        study.run(5, executor)
        study.run(5, executor)
    assert len(study.trials) == 5


def test_curves_of_another_process_are_stored_while_it_runs(space: SearchSpace, url: str, quick: Timing, until: Until) -> None:
    patient = Patient()
    study = made(space, patient, quick, url)
    with ThreadPoolExecutor(1) as executor:
        study.start(1, executor)
        until(lambda: study.trials and len(study.trials[0].curve) > 3)
        patient.go.set()
        study.wait(20)
    assert study.trials[0].state == "finished"


def test_a_stop_reaches_an_executor_that_cannot_cancel(space: SearchSpace, url: str, quick: Timing, until: Until) -> None:
    patient = Patient()
    study = made(space, patient, quick, url)
    with ThreadPoolExecutor(1) as executor:
        study.start(3, executor)
        assert patient.started.wait(20)
        study.stop(wait=True)
    assert [(t.state, t.reason) for t in study.trials] == [("waiting", AGAIN)]


def test_a_stop_from_another_process(space: SearchSpace, url: str, quick: Timing) -> None:
    patient = Patient()
    study, other = made(space, patient, quick, url), made(space, patient, quick, url)
    study.start(3, "inline")
    assert patient.started.wait(20)
    other.stop()
    study.wait(20)
    assert [t.state for t in study.trials] == ["waiting"]
    assert not study.running


def test_one_trial_stopped_by_hand(space: SearchSpace, quick: Timing, until: Until) -> None:
    patient = Patient()
    study = made(space, patient, quick)
    study.start(2, "inline")
    until(lambda: study.trials and study.trials[0].state == "running" and patient.started.is_set())
    study.stop(0)
    until(lambda: len(study.trials) == 2)
    patient.go.set()
    study.wait(20)
    assert [(t.state, t.reason) for t in study.trials] == [("stopped", BY_HAND), ("finished", "")]


def test_a_broken_executor_ends_the_run_with_a_reason(space: SearchSpace, quick: Timing) -> None:
    study = made(space, crash, quick)
    with ProcessPoolExecutor(1) as executor, pytest.raises(JobError, match="the executor takes no more work"):
        study.run(3, executor)
    assert [t.state for t in study.trials] == ["failed", "waiting"]
    assert "BrokenProcessPool" in study.trials[0].reason


class Cancelling(Executor):
    """Offers what the local executor offers: reports through a pipe and ending a running call."""

    workers = 1

    def __init__(self) -> None:
        self.cancelled: list[Future[Any]] = []
        self._ended = threading.Event()

    def submit_reporting(self, fn: Any, /, *args: Any, on_report: Any, on_start: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def work() -> None:
            future.set_running_or_notify_cancel()
            on_start()
            on_report(1, {"loss": 1.0})
            if not self._ended.wait(0.3):
                future.set_result(fn(*args))
            else:
                future.set_exception(JobError("stopped: it did not answer in time and was ended"))

        threading.Thread(target=work, daemon=True).start()
        return future

    def cancel_running(self, future: Future[Any]) -> bool:
        self.cancelled.append(future)
        self._ended.set()
        return True


def test_an_executor_that_ends_running_calls_is_asked_to(space: SearchSpace, quick: Timing, until: Until) -> None:
    executor = Cancelling()
    study = made(space, length, quick)
    study.start(3, executor)
    until(lambda: any(t.state == "finished" and t.curve for t in study.trials))
    until(lambda: any(t.state == "running" for t in study.trials))
    study.stop(wait=True)
    assert len(executor.cancelled) == 1
    assert {t.state for t in study.trials} == {"finished", "waiting"}


@pytest.mark.slow
def test_trials_of_others_are_waited_for(space: SearchSpace, url: str, quick: Timing, until: Until) -> None:
    study, other = made(space, length, quick, url), made(space, None, quick, url)
    asked = other.ask()
    study.start(2, "inline")
    until(lambda: study.finished == 1)
    time.sleep(0.2)
    assert (study.running, len(study.trials)) == (True, 2)
    other.tell(asked, 1.0)
    study.wait(20)
    assert study.finished == 2


def test_a_trial_asked_for_by_hand_does_not_hold_up_a_run(space: SearchSpace, quick: Timing) -> None:
    study = made(space, length, quick)
    study.ask()
    study.run(2, "inline")
    assert sorted(t.state for t in study.trials) == ["finished", "finished", "running"]


@pytest.mark.slow
def test_a_trial_whose_process_vanished_is_done_again(space: SearchSpace, url: str, quick: Timing) -> None:
    lost = made(space, length, quick, url)
    term = lost.ask().term
    lost._renewer.release(0)
    study = made(space, length, quick, url)
    study.run(2, "inline")
    assert [t.number for t in study.trials] == [0, 1]
    assert study.trials[0].term == term
    assert all(t.state == "finished" for t in study.trials)
