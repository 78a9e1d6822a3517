"""A study in worker processes: what a notebook defines runs there, and nothing that happens there ends the study."""

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nasviz.jobs import LocalExecutor
from nasviz.search import RandomSearch, Study, Timing
from nasviz.search.runner import AGAIN
from nasviz.spaces import Architecture, SearchSpace

Until = Callable[..., None]


@pytest.fixture(scope="module")
def executor() -> Iterator[LocalExecutor]:
    with LocalExecutor(grace=0.3) as executor:
        yield executor


@pytest.mark.slow
def test_crashes_errors_and_values(space: SearchSpace, executor: LocalExecutor, quick: Timing) -> None:
    def objective(arch: Architecture, seed: int, report: Any) -> float:
        report(1, {"epoch": 0.5, "error": 0.25})
        if seed % 4 == 0:
            os._exit(7)
        if seed % 4 == 1:
            raise ValueError("too deep")
        return float(len(str(arch)))

    study = Study(space, objective, strategy=RandomSearch(), timing=quick, seed=1)
    study.run(8, executor)
    trials = study.trials
    assert {t.state for t in trials} == {"finished", "failed"}
    reasons = {t.reason for t in trials if t.state == "failed"}
    assert "ValueError: too deep" in reasons
    assert any("7" in reason for reason in reasons - {"ValueError: too deep"})
    done = [t for t in trials if t.state == "finished"]
    assert all(t.value == len(t.term) and t.curve[0].metrics == {"error": 0.25} and t.curve[0].epoch == 0.5 for t in done)


def test_stop_ends_even_an_objective_that_does_not_listen(
    space: SearchSpace, executor: LocalExecutor, quick: Timing, until: Until
) -> None:
    def objective(arch: Architecture, report: Any) -> float:
        for step in itertools.count(1):
            report(step, {"error": 0.5})
            time.sleep(0.01)
        raise AssertionError

    study = Study(space, objective, strategy=RandomSearch(), timing=quick)
    heard = threading.Event()
    study.on_change(lambda s: heard.set() if s.trials and s.trials[0].curve else None)
    study.start(3, executor)
    try:
        assert heard.wait(60)
    finally:
        began = time.monotonic()
        study.stop(wait=True)
    assert time.monotonic() - began < 40
    assert [(t.state, t.reason) for t in study.trials] == [("waiting", AGAIN)]


@pytest.mark.slow
def test_the_time_of_an_evaluation_begins_when_a_worker_takes_it(
    space: SearchSpace, executor: LocalExecutor, quick: Timing
) -> None:
    Study(space, lambda arch: 1.0, strategy=RandomSearch(), timing=quick).run(1, executor)  # imports take time as well
    study = Study(space, lambda arch: 1.0, strategy=RandomSearch(), timing=quick, timeout=1.0)
    other = executor.submit(time.sleep, 2)
    study.run(1, executor)
    assert [(trial.state, trial.reason) for trial in study.trials] == [("finished", "")]
    assert other.done()


def test_what_cannot_be_sent_is_explained(space: SearchSpace, executor: LocalExecutor, quick: Timing) -> None:
    lock = threading.Lock()

    def objective(arch: Architecture) -> float:
        with lock:
            return 1.0

    study = Study(space, objective, strategy=RandomSearch(), timing=quick)
    study.run(1, executor)
    assert "cannot be sent to a worker process" in study.trials[0].reason
