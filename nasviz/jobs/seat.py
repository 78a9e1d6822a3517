"""A seat of the executor: a thread here that serves calls with one worker process."""

from __future__ import annotations

import logging
import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from nasviz.errors import JobError
from nasviz.jobs.payload import unpack, unsent
from nasviz.jobs.process import WorkerProcess
from nasviz.jobs.protocol import Frame, unpack_rows

OnReport = Callable[[int, dict[str, float]], str | None]
"""``on_report(step, metrics)``; answering "stop" asks the call to stop."""
OnLog = Callable[[str], object]
"""``on_log(text)`` with what the call printed."""

_SOON = 0.1
"""Seconds until a process is looked for again that was not there when it was to be ended."""

_log = logging.getLogger("nasviz.jobs")


class Call:
    """One submitted call: its bytes, its future and who listens."""

    def __init__(self, blobs: list[bytes | memoryview], on_report: OnReport | None, on_log: OnLog | None) -> None:
        self.future: Future[Any] = Future()
        self.blobs = blobs
        self.on_report = on_report
        self.on_log = on_log
        self.on_start: Callable[[], object] | None = None
        self.stopping = False
        self.ending = False


class Seat(threading.Thread):
    """A thread that serves calls from the queue with one worker process, until it takes None."""

    def __init__(self, calls: queue.SimpleQueue[Call | None], idle: threading.Semaphore, threads: int, grace: float):
        super().__init__(name="nasviz-seat", daemon=True)
        self._calls = calls
        self._idle = idle
        self._threads = threads
        self._grace = grace
        self._process: WorkerProcess | None = None
        self._number = 0
        self._lock = threading.Lock()
        self._current: Call | None = None

    def run(self) -> None:
        while (call := self._calls.get()) is not None:
            if call.future.set_running_or_notify_cancel():
                with self._lock:
                    self._current = call
                self._serve(call)
                with self._lock:
                    self._current = None
                if call.ending and self._process is not None:  # it answered just then; the next call gets another process
                    self._process.bury()
                    self._process = None
            del call
            self._idle.release()
        if self._process is not None:
            self._process.close()

    def stop(self, future: Future[Any], grace: float | None) -> bool:
        """Ask the call of `future` to stop, and end the process if it does not; False if it does not run here."""
        with self._lock:
            call, process, number = self._current, self._process, self._number
            if call is None or call.future is not future:
                return False
            call.stopping = True
        self._end_later(call, self._grace if grace is None else grace)
        if process is not None:  # waits, where it does not even read its call, until it is ended
            process.stop_call(number)
        return True

    def _end_later(self, call: Call, seconds: float) -> None:
        timer = threading.Timer(seconds, self._end_if_running, (call,))
        timer.daemon = True
        timer.start()

    def _end_if_running(self, call: Call) -> None:
        with self._lock:
            if self._current is not call:
                return
            process = self._process
            call.ending = process is not None and process.alive
        if process is not None and call.ending:
            process.end()
        else:
            self._end_later(call, _SOON)  # its process is being started

    def _serve(self, call: Call) -> None:
        try:
            value = self._answer(call)
        except BaseException as error:
            call.future.set_exception(error)
        else:
            call.future.set_result(value)

    def _answer(self, call: Call) -> Any:
        process = self._process
        if process is None or not process.alive:
            process = WorkerProcess(self._threads)
        with self._lock:
            self._process = process
            self._number += 1
        try:
            process.send(Frame("call", self._number, {"path": list(sys.path)}, unsent(call.blobs, process.sent)))
            call.blobs = []
            if call.stopping:
                process.stop_call(self._number)
            while (frame := process.receive()) is not None:
                if frame.call not in (0, self._number):
                    continue  # a fork of the worker may still answer an earlier call
                if frame.kind == "result":
                    return unpack(frame.blobs)
                if frame.kind == "error":
                    process.sent.clear()  # it may have failed before it had unpickled what is shared
                    raise _remote_error(frame)
                self._listen(call, frame, process)
        except OSError:
            pass
        raise self._crash(call, process)

    def _crash(self, call: Call, process: WorkerProcess) -> JobError:
        reason = process.bury()
        self._process = None
        return JobError(f"stopped: it did not answer in time and was ended ({reason})" if call.stopping else reason)

    def _listen(self, call: Call, frame: Frame, process: WorkerProcess) -> None:
        try:
            if frame.kind == "report" and call.on_report is not None:
                answers = [call.on_report(step, metrics) for step, metrics in unpack_rows(frame.body["rows"])]
                if "stop" in answers:
                    process.stop_call(self._number)
            elif frame.kind == "log" and call.on_log is not None:
                call.on_log(frame.body["text"])
            elif frame.kind == "started" and call.on_start is not None:
                call.on_start()
        except Exception:
            _log.exception("a listener of a worker's messages failed")


def _remote_error(frame: Frame) -> BaseException:
    """The exception of an error message; its cause shows where in the worker it was raised."""
    kind, message, text = frame.body["type"], frame.body["message"], frame.body["traceback"]
    cause = JobError(f"in the worker process:\n{text}")
    if frame.blobs:
        try:
            error = unpack(frame.blobs)
        except Exception:
            error = None
        if isinstance(error, Exception):
            error.__cause__ = cause
            return error
    error = JobError(kind if message in ("", kind) else f"{kind}: {message}")
    error.__cause__ = cause
    return error
