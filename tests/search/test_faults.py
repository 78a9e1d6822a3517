"""What goes wrong while a study runs: nothing is lost, and a sentence says what was done."""

import contextlib
import math
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from nasviz.errors import NasvizError, StorageError
from nasviz.search import BayesOpt, RandomSearch, Study, Timing, load_study
from nasviz.spaces import Architecture, SearchSpace

TIMING = Timing(renew=0.2, stale=30, write=0.05, poll=0.02, grace=0.3, patience=0.2)


def length(arch: Architecture) -> float:
    return float(len(str(arch)))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e30, 0.0])
def test_odd_and_constant_values(space: SearchSpace, value: float) -> None:
    study = Study(space, lambda arch: value, strategy=BayesOpt(n_init=3, candidates=10))
    study.run(6, "inline")
    finite = math.isfinite(value)
    assert {t.state for t in study.trials} == {"finished" if finite else "failed"}
    if not finite:
        assert {t.reason for t in study.trials} == {f"the objective returned {value}"}
    else:
        mean, sd = study.surrogate().predict([study.trials[0].arch, space.sample(seed=99)])
        assert mean.tolist() == [value, value]
        assert (sd > 0).all()
        assert (sd < 0.5 * (value or 1.0)).all()


def test_one_trial_and_ten_identical_architectures(space: SearchSpace) -> None:
    study = Study(space, length, strategy=BayesOpt(n_init=1, candidates=10))
    study.run(1, "inline")
    assert np.isfinite(study.surrogate().predict([study.trials[0].arch])[0]).all()
    other = Study(space, strategy=BayesOpt(n_init=1, candidates=10))
    for value in range(10):
        slot, *_ = other.storage.begin()
        other.storage.draw(slot, "id", {"number": value, "seed": 0})
        other.tell(value, float(value))
    mean, sd = other.surrogate().predict([space.parse("id")])
    assert 2 < mean[0] < 7
    assert np.isfinite(sd[0])
    assert other.ask().term != "id"


def test_memory_that_runs_out_is_a_failure_with_a_reason(space: SearchSpace) -> None:
    def hungry(arch: Architecture) -> float:
        raise MemoryError

    study = Study(space, hungry, strategy=RandomSearch())
    study.run(2, "inline")
    assert [(t.state, t.reason) for t in study.trials] == [("failed", "MemoryError")] * 2


@pytest.mark.slow
def test_a_worker_without_memory_and_one_that_is_killed(space: SearchSpace) -> None:
    def hungry(arch: Architecture, seed: int) -> float:
        if seed % 2:
            os.kill(os.getpid(), signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_AS, (2**31, resource.getrlimit(resource.RLIMIT_AS)[1]))
        return float(len(bytearray(2**34)))

    study = Study(space, hungry, strategy=RandomSearch())
    study.run(4)
    reasons = {t.reason.split(";")[0].split("\n")[0] for t in study.trials}
    assert {t.state for t in study.trials} == {"failed"}
    assert reasons == {"MemoryError", "the worker process was ended by SIGKILL (from outside, or out of memory)"}


@pytest.mark.parametrize("wrong", [0, -1, math.inf, math.nan, "3"])
def test_a_time_limit_is_a_number_of_seconds(space: SearchSpace, wrong: Any) -> None:
    with pytest.raises(NasvizError, match=r"timeout is .*, expected seconds above 0, or None for no limit"):
        Study(space, length, strategy=RandomSearch(), timeout=wrong)


def test_an_objective_here_is_asked_to_end_when_its_time_is_up(space: SearchSpace) -> None:
    def patient(arch: Architecture, report: Any) -> float:
        for step in range(400):
            if report(step, {"loss": 1.0}) == "stop":
                return 0.0
            time.sleep(0.01)
        return 1.0

    study = Study(space, patient, strategy=RandomSearch(), timeout=0.1, timing=TIMING)
    study.run(1, "inline")
    (trial,) = study.trials
    assert (trial.state, trial.reason, trial.value) == ("failed", "took longer than its limit of 0.1 s", None)
    assert trial.curve


@pytest.mark.slow
def test_what_nothing_can_end_is_given_up(space: SearchSpace) -> None:
    go = threading.Event()

    def hanging(arch: Architecture, seed: int) -> float:
        if seed % 2:
            go.wait(60)
        return 1.0

    study = Study(space, hanging, strategy=RandomSearch(), timeout=0.2, timing=TIMING)
    with ThreadPoolExecutor(8) as executor:
        study.run(6, executor, workers=2)
        go.set()
    assert {(t.state, t.reason) for t in study.trials} == {
        ("finished", ""),
        ("failed", "took longer than its limit of 0.2 s"),
    }


@pytest.mark.slow
def test_a_worker_that_hangs_is_ended(space: SearchSpace) -> None:
    def hanging(arch: Architecture) -> float:
        while True:
            time.sleep(0.1)

    from nasviz.jobs import LocalExecutor

    study = Study(space, hanging, strategy=RandomSearch(), timeout=0.5, timing=TIMING)
    with LocalExecutor(grace=0.2) as executor:
        began = time.monotonic()
        study.run(1, executor)
        assert time.monotonic() - began < 30
    assert [(t.state, t.reason) for t in study.trials] == [("failed", "took longer than its limit of 0.5 s")]
    assert study.trials[0].seconds >= 0.5


@contextlib.contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody else holds the write lock of the file."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@pytest.mark.slow
def test_a_value_outlives_a_locked_storage(space: SearchSpace, url: str) -> None:
    calls: list[str] = []
    lock = contextlib.ExitStack()

    def objective(arch: Architecture) -> float:
        calls.append(str(arch))
        if len(calls) == 3:
            lock.enter_context(locked(url))
        return length(arch)

    study = Study(space, objective, strategy=RandomSearch(), storage=url, timing=TIMING)
    with lock, pytest.raises(StorageError) as caught:
        study.run(5, "inline")
    assert str(caught.value) == (
        f"the storage {url} cannot be used: database is locked. What 1 evaluation(s) gave is kept in this process and stored "
        "by the next run: type study.run(total) or study.start(total) once the storage can be written again"
    )
    assert [t.state for t in study.trials] == ["finished", "finished", "running"]
    study.run(5, "inline")
    assert [(t.term, t.value) for t in load_study(url).trials] == [(term, float(len(term))) for term in calls]
    assert len(calls) == 5, "nothing was evaluated twice"


@pytest.mark.slow
def test_a_locked_storage_is_said_when_asking(space: SearchSpace, url: str) -> None:
    study = Study(space, length, strategy=RandomSearch(), storage=url, timing=TIMING)
    with locked(url):
        assert repr(study).endswith("database is locked")
        for act in (study.ask, lambda: study.run(1, "inline"), lambda: study.enqueue("id")):
            with pytest.raises(StorageError, match="cannot be used: database is locked"):
                act()
        with pytest.raises(StorageError, match="database is locked"):
            load_study(url, timing=TIMING)
    study.run(2, "inline")
    assert study.finished == 2


FULL = """
import resource, signal, sys
from nasviz.errors import StorageError
from nasviz.search import RandomSearch, Study, Timing, load_study
from nasviz.spaces import digits_cells
url, path = sys.argv[1:]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
calls = []
def objective(arch, report):
    calls.append(str(arch))
    if len(calls) == 3:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    for step in range(300):
        report(step, {"loss": 1.0 + step, "other": 2.0})
    return float(len(str(arch)))
study = Study(digits_cells(), objective, strategy=RandomSearch(), storage=url, timing=Timing(patience=0.2))
try:
    study.run(5, "inline")
except StorageError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
study.run(5, "inline")
print(len(calls), [t.state for t in load_study(url).trials], [t.value for t in study.trials] == [len(c) for c in calls])
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limit of file sizes here")
def test_a_full_disk_loses_nothing(url: str) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, url, ""], capture_output=True, text=True, timeout=120, check=True)
    said, rest = done.stdout.splitlines()
    assert said.startswith(f"the storage {url} cannot be used: ")
    assert "What 1 evaluation(s) gave is kept in this process and stored by the next run" in said
    assert rest == "5 ['finished', 'finished', 'finished', 'finished', 'finished'] True"


TOGETHER = """
import sys, time
from nasviz.search import RandomSearch, Study, Timing
from nasviz.spaces import digits_cells
def objective(arch):
    time.sleep(0.01)
    return float(len(str(arch)))
timing = Timing(renew=1.0, stale=30, poll=0.01)
Study(digits_cells(), objective, strategy=RandomSearch(), storage=sys.argv[1], timing=timing).run(int(sys.argv[2]), "inline")
"""


@pytest.mark.slow
def test_several_processes_do_not_overshoot(url: str) -> None:
    for total in (4, 9):
        running = [subprocess.Popen([sys.executable, "-c", TOGETHER, url, str(total)]) for _ in range(3)]
        assert [process.wait(120) for process in running] == [0, 0, 0]
        study = load_study(url)
        assert study.finished == total
        assert sorted(t.number for t in study.trials) == list(range(len(study.trials)))
