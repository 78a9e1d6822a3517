"""What is stopped ends, in whatever state its worker is, and no other call ends with it."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from nasviz.errors import JobError
from nasviz.jobs import seat
from nasviz.jobs.executor import LocalExecutor

ENDED = r"^stopped: it did not answer in time and was ended"


@pytest.fixture
def executor() -> Iterator[LocalExecutor]:
    with LocalExecutor() as made:
        yield made


def running(future: Any) -> None:
    deadline = time.monotonic() + 60
    while not future.running():
        assert time.monotonic() < deadline, "the call does not begin"
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="SIGSTOP")
def test_a_worker_that_does_not_read_its_call_is_ended(executor: LocalExecutor) -> None:
    before = executor.submit(os.getpid).result(60)
    os.kill(before, signal.SIGSTOP)
    future = executor.submit(len, bytes(2_000_000))
    running(future)
    time.sleep(0.1)  # by now the pipe is full
    stopper = threading.Thread(target=executor.cancel_running, args=(future, 0.1), daemon=True)
    stopper.start()
    with pytest.raises(JobError, match=ENDED):
        future.result(60)
    stopper.join(60)
    assert not stopper.is_alive()
    assert executor.submit(os.getpid).result(60) != before


def test_a_call_whose_worker_is_being_started_is_ended_as_soon_as_that_has(
    executor: LocalExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(seat.WorkerProcess):
        def __init__(self, threads: int) -> None:
            time.sleep(0.5)
            super().__init__(threads)

    monkeypatch.setattr(seat, "WorkerProcess", Slow)
    future = executor.submit(time.sleep, 1000)
    running(future)
    assert executor.cancel_running(future, 0.0)
    with pytest.raises(JobError, match=ENDED):
        future.result(60)


@pytest.mark.slow
def test_a_call_that_answers_while_it_is_being_ended_takes_no_other_with_it(
    executor: LocalExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending, next_began = threading.Event(), threading.Event()
    end = seat.WorkerProcess.end

    def late(process: seat.WorkerProcess, grace: float = 2.0) -> None:
        if isinstance(threading.current_thread(), threading.Timer):
            ending.set()
            next_began.wait(60)
        end(process, grace)

    def answers(report: Any) -> int:
        while report(0, {}) != "stop":
            time.sleep(0.01)
        time.sleep(0.5)
        return os.getpid()

    def lasts(report: Any) -> int:
        time.sleep(0.5)
        return os.getpid()

    monkeypatch.setattr(seat.WorkerProcess, "end", late)
    began = threading.Event()
    first = executor.submit_reporting(answers, on_start=began.set)
    second = executor.submit_reporting(lasts, on_start=next_began.set)
    assert began.wait(60)
    assert executor.cancel_running(first, 0.1)
    assert ending.wait(60)
    assert first.result(60) != second.result(60)
