"""Starting a worker process and saying why it died."""

import os
import subprocess

import pytest

from nasviz.errors import JobError
from nasviz.jobs import process
from nasviz.jobs.process import WorkerProcess, cores, death, environment, spawn
from nasviz.jobs.protocol import Frame


def test_threads_are_limited_but_never_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR"):
        monkeypatch.delenv(f"{name}_NUM_THREADS", raising=False)
    assert environment(4)["OMP_NUM_THREADS"] == "4"
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert environment(4)["OMP_NUM_THREADS"] == "2"
    assert environment(1)["OMP_NUM_THREADS"] == "1"
    assert {environment(4)[name] for name in ("MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")} == {"2"}
    assert 1 <= cores() <= (os.cpu_count() or 1)


def test_a_core_is_left_to_the_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "cores", lambda: 8)
    assert [process.fair_threads(workers) for workers in (1, 2, 4, 16)] == [7, 3, 1, 1]


def test_death_names_signal_code_and_last_words() -> None:
    assert death(-11) == "the worker process was ended by SIGSEGV"
    assert death(1, ["boom", "bang"]) == "the worker process exited with code 1; its last words:\n    boom\n    bang"


@pytest.mark.skipif(os.name != "posix", reason="sessions are POSIX")
def test_a_worker_has_a_session_of_its_own_and_ends_with_its_stdin() -> None:
    worker = WorkerProcess(1)
    ready = worker.receive()
    assert ready is not None
    assert ready.body == {"pid": worker.pid}
    assert os.getsid(worker.pid) == worker.pid
    worker.close()
    assert not worker.alive


def test_nonsense_from_a_worker_ends_the_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    def babble(arguments: object, threads: int) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        return subprocess.Popen(["echo", "hello"], stdin=pipe, stdout=pipe, stderr=pipe)

    monkeypatch.setattr(process, "spawn", babble)
    worker = WorkerProcess(1)
    assert worker.receive() is None
    assert "exited with code 0" in worker.bury()


def test_a_process_that_is_gone_takes_no_commands() -> None:
    worker = WorkerProcess(1)
    worker.end()
    worker.stop_call(1)
    assert "SIGTERM" in worker.bury() or os.name != "posix"
    with pytest.raises((OSError, ValueError)):
        worker.send(Frame("stop", 1))


def test_an_interpreter_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process.sys, "executable", "/nowhere/python")
    with pytest.raises(JobError, match=r"could not be started: .*nowhere"):
        spawn((), 1)
