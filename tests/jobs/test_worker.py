"""The worker from outside: its protocol on real pipes, and its fate when a real kernel is interrupted or restarted."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from nasviz.errors import JobError
from nasviz.jobs.payload import pack, unpack
from nasviz.jobs.process import WorkerProcess, environment
from nasviz.jobs.protocol import Frame, unpack_rows
from nasviz.jobs.worker import Commands, Outbox, error_frame, run_call, thin


@pytest.fixture
def worker() -> Iterator[WorkerProcess]:
    made = WorkerProcess(1)
    yield made
    made.close()


def test_a_call_is_answered_in_order(worker: WorkerProcess) -> None:
    def speaks(name: str, report: Any) -> str:
        print("hello", name)  # noqa: T201
        report(1, {"loss": 0.5})
        return name.upper()

    worker.send(Frame("call", 7, {"path": []}, pack((speaks, ("ann",), {}, True))))
    frames = []
    while not frames or frames[-1].kind != "result":
        frame = worker.receive()
        assert frame is not None
        frames.append(frame)
    assert frames[0].kind == "ready"
    assert {frame.call for frame in frames[1:]} == {7}
    bodies = {frame.kind: frame.body for frame in frames}
    assert bodies["started"] == {"pid": worker.pid}
    assert bodies["log"] == {"stream": "stdout", "text": "hello ann\n"}
    assert unpack_rows(bodies["report"]["rows"]) == [(1, {"loss": 0.5})]
    assert unpack(frames[-1].blobs) == "ANN"


def test_nonsense_on_stdin_ends_the_worker() -> None:
    worker = WorkerProcess(1)
    assert worker.receive() is not None
    worker._stdin.write(b"nonsense\n")
    worker._stdin.flush()
    assert worker.receive() is None
    worker.bury()
    assert not worker.alive


def test_the_parents_modules_are_importable(worker: WorkerProcess, tmp_path: Path) -> None:
    (tmp_path / "only_here.py").write_text("value = 42", encoding="utf-8")

    def looks() -> int:
        from importlib import import_module

        return import_module("only_here").value

    worker.send(Frame("call", 1, {"path": [str(tmp_path)]}, pack((looks, (), {}, False))))
    while (frame := worker.receive()) is not None and frame.kind != "result":
        assert frame.kind != "error", frame.body["traceback"]
    assert frame is not None
    assert unpack(frame.blobs) == 42


def test_an_error_frame_carries_the_exception_only_where_it_survives() -> None:
    try:
        raise JobError("the reason")
    except JobError as error:
        frame, plain = error_frame(3, error, with_exception=True), error_frame(3, error)
    assert not plain.blobs
    assert (frame.call, frame.body["type"], frame.body["message"]) == (3, "JobError", "the reason")
    assert "test_worker.py" in frame.body["traceback"]
    assert str(unpack(frame.blobs)) == "the reason"
    assert not error_frame(1, KeyboardInterrupt(), with_exception=True).blobs


def test_few_rows_all_come_and_of_many_the_last_of_each_run() -> None:
    few = [(step, {"a": 1.0}) for step in range(20)]
    assert thin(few) == few
    many = [(step, {"a": 1.0} if step % 10 else {"a": 1.0, "b": 2.0}) for step in range(95)]
    assert [step for step, _ in thin(many)] == sorted([*range(0, 95, 10), *range(9, 95, 10), 94])


def test_a_call_may_run_without_a_pipe() -> None:
    sent: list[Frame] = []

    class Kept(Outbox):
        def send(self, frame: Frame) -> None:
            sent.append(frame)

    commands = Commands()
    commands.stop(1)
    run_call(1, [], pack((lambda report: report(5, {"a": 1.0}), (), {}, True)), Kept(None), commands)
    assert [frame.kind for frame in sent] == ["started", "report", "result"]
    assert unpack(sent[-1].blobs) == "stop"


NOTEBOOK = """
import os, time
from nasviz.jobs import LocalExecutor
executor = LocalExecutor()
class Mine:
    def __init__(self, x):
        self.x = x
def work(mine):
    return os.getpid(), mine.x
pid = executor.submit(work, Mine(3)).result()[0]
slow = executor.submit(lambda mine: (time.sleep(1.5), work(mine))[1], Mine(4))
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_kernel_may_be_interrupted_and_its_end_ends_the_worker() -> None:
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(env=environment(1))
    try:

        def value(expression: str) -> str:
            reply = client.execute_interactive("", user_expressions={"it": expression}, timeout=60, silent=False)
            found = reply["content"]["user_expressions"]["it"]
            assert found["status"] == "ok", found
            return found["data"]["text/plain"]

        assert client.execute_interactive(NOTEBOOK, timeout=60)["content"]["status"] == "ok"
        pid = int(value("pid"))
        client.execute("time.sleep(100)", stop_on_error=False)
        time.sleep(0.5)
        manager.interrupt_kernel()
        assert value("slow.result()") == f"({pid}, 4)"
        client.execute("executor.submit(time.sleep, 100)")
        time.sleep(0.5)
        assert psutil.pid_exists(pid)
        manager.restart_kernel(now=True)
        deadline = time.monotonic() + 60
        while psutil.pid_exists(pid):
            assert time.monotonic() < deadline, "the worker outlived its kernel"
            time.sleep(0.05)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
