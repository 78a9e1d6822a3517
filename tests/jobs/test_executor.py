"""The executor keeps the promises of `concurrent.futures`, and a dying worker takes nothing with it."""

import gc
import io
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import psutil
import pytest

from nasviz.errors import JobError, TermError
from nasviz.jobs.executor import LocalExecutor, default_executor
from nasviz.jobs.payload import HELD
from nasviz.jobs.process import environment


@pytest.fixture(scope="module")
def executor():
    with LocalExecutor(grace=0.3) as made:
        yield made


def wait_until(condition, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_functions_of_a_notebook_run_elsewhere(executor: LocalExecutor) -> None:
    offset = 10
    here = os.getpid()
    value, there = executor.submit(lambda x, *, y: (x + y + offset, os.getpid()), 1, y=2).result(20)
    assert value == 13
    assert there != here


def test_one_worker_serves_all_calls_in_order(executor: LocalExecutor) -> None:
    assert list(executor.map(lambda x: x * x, range(20), timeout=20)) == [x * x for x in range(20)]
    assert len({executor.submit(os.getpid).result(20) for _ in range(3)}) == 1


def test_prints_do_not_touch_the_protocol(executor: LocalExecutor) -> None:
    def noisy(report) -> str:
        print('{"v": 1}')  # noqa: T201
        os.write(1, b"from C\n")
        subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
        print("input:", repr(sys.stdin.read()))  # noqa: T201
        return "fine"

    heard: list[str] = []
    assert executor.submit_reporting(noisy, on_log=heard.append).result(20) == "fine"
    assert "".join(heard) == "{\"v\": 1}\ninput: ''\n"


def test_an_exception_arrives_as_itself_with_the_place_in_the_worker(executor: LocalExecutor) -> None:
    def fails() -> None:
        raise TermError("bad", text="Linear(", start=3, end=4)

    error = executor.submit(fails).exception(20)
    assert isinstance(error, TermError)
    assert error.column == 4
    assert "in fails" in str(error.__cause__)


def test_an_exception_that_cannot_travel_becomes_text(executor: LocalExecutor) -> None:
    class Odd(Exception):
        def __init__(self, one: int, two: int) -> None:
            super().__init__("odd")
            self.lock = threading.Lock()

    def fails() -> None:
        raise Odd(1, 2)

    assert str(executor.submit(fails).exception(20)) == "Odd: odd"
    assert str(executor.submit(lambda: sys.exit(3)).exception(20)) == "SystemExit: 3"


def test_results_and_arguments_that_cannot_travel_fail_their_future(executor: LocalExecutor) -> None:
    assert "cannot be sent" in str(executor.submit(len, threading.Lock()).exception(20))
    assert "cannot be sent" in str(executor.submit(threading.Lock).exception(20))
    assert executor.submit(len, "abc").result(20) == 3


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(
    ("die", "words"),
    [
        (lambda: (sys.stderr.write("last words\n"), os._exit(7)), "exited with code 7; its last words:\n    last words$"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), r"ended by SIGKILL \(from outside, or out of memory\)"),
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "ended by SIGSEGV; its last words:"),
    ],
)
def test_a_crash_fails_its_call_alone(executor: LocalExecutor, die, words: str) -> None:
    before = executor.submit(os.getpid)
    crashed = executor.submit(die)
    after = executor.submit(os.getpid)
    with pytest.raises(JobError, match=words):
        crashed.result(20)
    assert before.result(20) != after.result(20)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="fork and process groups")
@pytest.mark.parametrize("fork", [True, False])
def test_a_crash_is_seen_though_a_child_holds_the_pipes_and_the_child_ends_too(executor: LocalExecutor, fork: bool) -> None:
    def leaves_a_child(report) -> None:
        if fork:
            child = os.fork()
            if child == 0:
                time.sleep(100)
        else:
            child = subprocess.Popen(["sleep", "100"]).pid
        report(0, {"child": child})
        time.sleep(0.3)
        os._exit(3)

    children: list[int] = []
    listen = {"on_report": lambda step, metrics: children.append(int(metrics["child"]))}
    error = executor.submit_reporting(leaves_a_child, **listen).exception(20)
    assert str(error).startswith("the worker process exited with code 3")
    wait_until(lambda: not psutil.pid_exists(children[0]) or psutil.Process(children[0]).status() == psutil.STATUS_ZOMBIE)
    assert executor.submit(pow, 2, 3).result(20) == 8


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="fork")
def test_a_fork_that_answers_too_answers_no_later_call(executor: LocalExecutor) -> None:
    def answers_twice() -> str:
        if os.fork() == 0:
            time.sleep(0.3)
            return "late"
        return "first"

    assert executor.submit(answers_twice).result(20) == "first"
    assert executor.submit(lambda: (time.sleep(0.8), "second")[1]).result(20) == "second"


def test_an_exception_that_says_too_much_or_nothing_fails_its_call_alone(executor: LocalExecutor) -> None:
    class Silent(Exception):
        def __init__(self, lock: object) -> None:
            super().__init__(lock)

        def __str__(self) -> str:
            raise ZeroDivisionError

    def silent() -> None:
        raise Silent(threading.Lock())

    def talkative() -> None:
        raise ValueError("x" * 10**7, threading.Lock())

    before = executor.submit(os.getpid).result(20)
    assert str(executor.submit(silent).exception(20)) == "Silent"
    assert str(executor.submit(talkative).exception(20)).startswith("ValueError: ('xxx")
    assert executor.submit(os.getpid).result(20) == before


def test_reports_arrive_in_order_and_thinned(executor: LocalExecutor) -> None:
    def busy(report) -> int:
        for step in range(1, 1001):
            report(step, {"loss": 1.0 / step} if step % 100 else {"loss": float("nan"), "error": 0.5})
        return step

    rows: list[tuple[int, dict[str, float]]] = []
    assert executor.submit_reporting(busy, on_report=lambda step, m: rows.append((step, m))).result(20) == 1000
    steps = [step for step, _ in rows]
    assert steps == sorted(set(steps))
    assert steps[-1] == 1000
    assert len(steps) < 200
    assert [step for step, m in rows if "error" in m] == list(range(100, 1001, 100))
    assert all(m["loss"] != m["loss"] for _, m in rows if "error" in m)


def test_answering_a_report_stops_the_call(executor: LocalExecutor) -> None:
    def runs(report) -> int:
        step = 0
        while report(step, {}) != "stop":
            step += 1
            time.sleep(0.01)
        return step

    future = executor.submit_reporting(runs, on_report=lambda step, m: "stop" if step >= 5 else None)
    assert 5 <= future.result(20) < 500


def test_a_listener_that_fails_does_not_fail_the_call(executor: LocalExecutor) -> None:
    future = executor.submit_reporting(lambda report: report(1, {}), on_report=lambda step, m: 1 / 0)
    assert future.result(20) is None


def test_a_running_call_answers_the_stop_with_its_result(executor: LocalExecutor) -> None:
    def runs(report) -> str:
        while report(0, {}) != "stop":
            time.sleep(0.01)
        return "as far as it came"

    started = threading.Event()
    future = executor.submit_reporting(runs, on_start=started.set)
    assert started.wait(20)
    assert executor.cancel_running(future)
    assert future.result(20) == "as far as it came"
    assert not executor.cancel_running(future)


@pytest.mark.slow
def test_a_call_that_does_not_answer_is_ended(executor: LocalExecutor) -> None:
    started = threading.Event()
    future = executor.submit_reporting(lambda report: time.sleep(100), on_start=started.set)
    assert started.wait(20)
    began = time.monotonic()
    executor.cancel_running(future)
    with pytest.raises(JobError, match=r"^stopped: it did not answer in time and was ended"):
        future.result(20)
    assert time.monotonic() - began < 30
    assert executor.submit(len, "a").result(20) == 1


def test_a_waiting_call_is_cancelled(executor: LocalExecutor) -> None:
    first = executor.submit(time.sleep, 0.3)
    second = executor.submit(time.sleep, 100)
    assert executor.cancel_running(second)
    with pytest.raises(CancelledError):
        second.result(20)
    first.result(20)


def test_two_workers_run_two_calls_at_once() -> None:
    def meet(folder: Path, me: str, other: str) -> bool:
        (folder / me).touch()
        deadline = time.monotonic() + 60
        while not (folder / other).exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        return (folder / other).exists()

    import tempfile

    with tempfile.TemporaryDirectory() as folder, LocalExecutor(2) as two:
        path = Path(folder)
        pair = [two.submit(meet, path, "a", "b"), two.submit(meet, path, "b", "a")]
        assert [future.result(20) for future in pair] == [True, True]


def test_a_worker_is_told_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    with LocalExecutor(threads=2) as two:
        assert two.submit(lambda: os.environ["OMP_NUM_THREADS"]).result(20) == "2"


def test_shutdown_waits_for_what_was_taken_and_ends_the_processes() -> None:
    made = LocalExecutor()
    future = made.submit(lambda: (time.sleep(0.2), os.getpid())[1])
    waiting = made.submit(time.sleep, 100)
    time.sleep(0.1)
    made.shutdown(cancel_futures=True)
    assert waiting.cancelled()
    assert not psutil.pid_exists(future.result(0))
    with pytest.raises(RuntimeError, match="was shut down"):
        made.submit(len, "")


def test_a_second_shutdown_takes_no_seat_its_end() -> None:
    made = LocalExecutor()
    future = made.submit(lambda: (time.sleep(0.5), os.getpid())[1])
    wait_until(future.running)
    made.shutdown(wait=False)
    again = threading.Thread(target=made.shutdown, kwargs={"cancel_futures": True}, daemon=True)
    again.start()
    again.join(60)
    assert not again.is_alive()
    assert not psutil.pid_exists(future.result(0))


@pytest.mark.slow
def test_a_forgotten_executor_ends_its_workers() -> None:
    made = LocalExecutor()
    pid = made.submit(os.getpid).result(20)
    del made
    gc.collect()
    wait_until(lambda: not psutil.pid_exists(pid))


@pytest.mark.parametrize("numbers", [{"workers": 0}, {"threads": 0}])
def test_numbers_below_one_are_refused(numbers: dict[str, int]) -> None:
    with pytest.raises(JobError, match="must be at least 1, found 0"):
        LocalExecutor(**numbers)


def test_the_default_executor_is_shared_until_it_is_shut_down() -> None:
    first = default_executor()
    assert default_executor() is first
    assert default_executor(2) is not first
    assert default_executor(2).workers == 2
    first.shutdown()
    second = default_executor()
    assert second is not first
    second.shutdown()
    default_executor(2).shutdown()


PARENT = """
import os, sys, time
from nasviz.jobs.executor import LocalExecutor
executor = LocalExecutor(2)
def runs(report):
    import subprocess, sys
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
    report(os.getpid(), {"child": child.pid})
    time.sleep(100)
idle = executor.submit(os.getpid).result()
print(idle, flush=True)
executor.submit(time.sleep, 100)
executor.submit_reporting(runs, on_report=lambda pid, m: print(pid, int(m["child"]), flush=True))
time.sleep(100)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_killing_the_parent_leaves_no_orphan() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env=environment(1))
    assert isinstance(parent.stdout, io.BufferedReader)
    pids = [int(parent.stdout.readline())]
    pids += [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 3
    parent.kill()
    parent.wait()
    parent.stdout.close()
    gone = (psutil.STATUS_ZOMBIE,)

    def ended(pid: int) -> bool:
        try:
            return psutil.Process(pid).status() in gone
        except psutil.NoSuchProcess:
            return True

    wait_until(lambda: all(ended(pid) for pid in pids))


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_an_interrupt_of_the_notebook_does_not_reach_the_worker() -> None:
    text = """
import os, signal, time
from nasviz.jobs.executor import LocalExecutor
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background of a shell
executor = LocalExecutor()
future = executor.submit(lambda: (time.sleep(0.5), "done")[1])
time.sleep(0.2)
try:
    os.killpg(os.getpgid(0), signal.SIGINT)
    time.sleep(5)
except KeyboardInterrupt:
    print("interrupted", future.result(20))
"""
    out = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, env=environment(1), start_new_session=True, timeout=30
    )
    assert out.stdout == "interrupted done\n", out.stderr


class Counted:
    """Counts in a worker how often it was unpickled there."""

    def __init__(self) -> None:
        self.data = bytes(1000)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        os.environ["UNPICKLED"] = str(int(os.environ.get("UNPICKLED", "0")) + 1)


def unpickled(*held: object) -> tuple[int, int]:
    return int(os.environ.get("UNPICKLED", "0")), os.getpid()


def test_what_is_shared_reaches_a_worker_once() -> None:
    with LocalExecutor() as executor:
        shared = executor.share(Counted())
        assert [executor.submit(unpickled, shared).result()[0] for _ in range(3)] == [1, 1, 1]
        assert executor.submit(unpickled, shared, Counted()).result()[0] == 2, "what is not shared comes anew"
        others = [executor.share(Counted()) for _ in range(HELD)]
        assert [executor.submit(unpickled, other).result()[0] for other in others] == [3, 4, 5]
        assert executor.submit(unpickled, shared).result()[0] == 6, "a worker holds only a few"
        with pytest.raises(ZeroDivisionError):
            executor.submit(lambda held: 1 // 0, shared).result()
        assert executor.submit(unpickled, shared).result()[0] == 7, "after an error it is sent again"
        first = executor.submit(unpickled, shared).result()[1]
        with pytest.raises(JobError):
            executor.submit(os._exit, 3).result()
        count, second = executor.submit(unpickled, shared).result()
        assert (count, second != first) == (1, True), "a new worker gets it again"


def test_what_cannot_be_shared_is_said() -> None:
    with LocalExecutor() as executor, pytest.raises(JobError, match="cannot be sent to a worker process"):
        executor.share(threading.Lock())


@pytest.mark.parametrize("name", ["workers", "threads"])
@pytest.mark.parametrize("found", ["x", "", [3], {}, 1.5])
def test_numbers_of_workers_and_threads_are_whole(name: str, found: Any) -> None:
    with pytest.raises(JobError, match=rf"^{name} must be a whole number, found "):
        LocalExecutor(**{name: found})
