"""A worker that outlives the notebook: it belongs to nobody and writes what it does into the job's folder."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import psutil

from nasviz.errors import JobError
from nasviz.jobs.folder import JobFolder
from nasviz.jobs.process import death, spawn
from nasviz.jobs.protocol import Frame, read_frame, unpack_rows, write_frame
from nasviz.jobs.worker import Commands, Outbox, error_frame, run_call, take_over_stdio

if TYPE_CHECKING:
    from nasviz.jobs.job import Job
    from nasviz.jobs.training import Trained

_POLL = 0.2
_UNBORN = 60.0
"""Seconds after which a folder without a living worker counts as failed."""


# ---- in the worker


class _FolderOutbox(Outbox):
    """Puts reports and the result into the folder."""

    def __init__(self, folder: JobFolder) -> None:
        super().__init__(None)
        self._folder = folder

    def send(self, frame: Frame) -> None:
        with self._lock:
            self._folder.append(frame)

    def finish(self, value: object) -> None:
        trained = cast("Trained", value)
        self._folder.write_weights(trained.weights)
        self.flush()
        self.send(Frame("result", 1, {"stopped": trained.stopped, "seconds": trained.seconds}))

    def fail(self, error: BaseException) -> None:
        self.flush()
        self.send(error_frame(1, error))


class _FolderCommands(Commands):
    """Finds the command to stop in the folder."""

    def __init__(self, folder: JobFolder) -> None:
        super().__init__()
        self._folder = folder
        self._looked = 0.0

    def newest(self, call: int) -> str | None:
        now = time.monotonic()
        if now - self._looked >= _POLL:
            self._looked = now
            if self._folder.stop.exists():
                self.stop(call)
        return super().newest(call)


def serve_detached(path: str) -> int:
    """Take one call from stdin, leave the parent, run the call; the exit code."""
    source, sink = take_over_stdio()
    frame = read_frame(source)
    if frame is None or frame.kind != "call":
        return 1
    source.close()
    _leave_parent()
    write_frame(sink, Frame("ready", 0, {"pid": os.getpid()}))
    sink.close()
    folder = JobFolder(path)
    output = os.open(folder.output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)
    os.close(output)
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115
    born = psutil.Process().create_time()
    folder.append(Frame("ready", 0, {"pid": os.getpid(), "born": born}))
    blobs = [bytes(blob) for blob in frame.blobs]
    run_call(1, frame.body["path"], blobs, _FolderOutbox(folder), _FolderCommands(folder))
    return 0


def _leave_parent() -> None:
    # Kernels end their recursive children on restart; forked twice, this is nobody's child, and it leads no session.
    if not hasattr(os, "fork"):
        return
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)


# ---- in the notebook


def launch(folder: JobFolder, path: Sequence[str], blobs: Sequence[bytes | memoryview], threads: int) -> None:
    """Start the detached worker of `folder` and give it its call.

    Raises
    ------
    JobError
        If it does not start.
    """
    process = spawn(["--detached", str(folder.path.resolve())], threads)
    source, sink = cast(BinaryIO, process.stdout), cast(BinaryIO, process.stdin)
    try:
        with contextlib.suppress(OSError):
            write_frame(sink, Frame("call", 1, {"path": list(path)}, blobs))
        ready = read_frame(source)
        if ready is None:
            words = cast(BinaryIO, process.stderr).read().decode(errors="replace")
            raise JobError(death(process.wait(), words.splitlines()[-6:]))
    finally:
        with contextlib.suppress(OSError):
            sink.close()
        source.close()
        cast(BinaryIO, process.stderr).close()
        if hasattr(os, "fork"):
            process.wait()


class Follower(threading.Thread):
    """Reads what a detached worker writes and tells the job, until it has finished.

    Parameters
    ----------
    job
        The job to tell.
    folder
        Its folder.
    """

    def __init__(self, job: Job, folder: JobFolder) -> None:
        super().__init__(name="nasviz-follow", daemon=True)
        self._job = job
        self._folder = folder
        self._offset = 0
        self._process: psutil.Process | None = None
        self._since = time.monotonic()

    def run(self) -> None:
        while not self._job.finished:
            self.look()
            time.sleep(_POLL)

    def look(self) -> None:
        """Read what is new once."""
        self._read()
        if self._job.finished or self._alive():
            return
        self._read()  # what it wrote between the first reading and its end
        self._job._settle("failed", error=self._epitaph())

    def _read(self) -> None:
        try:
            for frame, offset in self._folder.read(self._offset):
                self._offset = offset
                self._tell(frame)
        except (JobError, OSError) as error:
            self._job._settle("failed", error=f"the job's folder cannot be read: {error}")

    def stop(self, grace: float) -> None:
        """Ask the worker to stop; end it if it has not within `grace` seconds."""
        try:
            self._folder.stop.touch()
        except OSError as error:
            raise JobError(f"the command to stop cannot be written: {error}") from error
        timer = threading.Timer(grace, self._end)
        timer.daemon = True
        timer.start()

    def _tell(self, frame: Frame) -> None:
        job, body = self._job, frame.body
        if frame.kind == "ready":
            self._process = _living(body["pid"], body.get("born"))
        elif frame.kind == "started":
            job._on_start()
        elif frame.kind == "report":
            for step, metrics in unpack_rows(body["rows"]):
                job._on_row(step, metrics)
        elif frame.kind == "error":
            job._settle("failed", error=body["message"] or body["type"], traceback=body["traceback"])
        elif frame.kind == "result":
            state = "stopped" if body.get("stopped") else "done"
            error = "stopped by command" if state == "stopped" else ""
            seconds = float(body.get("seconds", 0.0))
            job._settle(state, error=error, weights=self._folder.read_weights, seconds=seconds)

    def _alive(self) -> bool:
        if self._process is None:
            return self._offset == 0 and time.monotonic() - self._since < _UNBORN
        try:
            return self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:  # it ended between the two questions
            return False

    def _epitaph(self) -> str:
        words: list[str] = []
        with contextlib.suppress(OSError):
            words = self._folder.output.read_text(encoding="utf-8", errors="replace").splitlines()[-6:]
        shown = "\n".join(f"    {line}" for line in words if line.strip())
        text = "the worker process ended without a result (killed, out of memory, or the machine was switched off)"
        return f"{text}; its last words:\n{shown}" if shown else text

    def _end(self) -> None:
        process = self._process
        if process is None or self._job.finished:
            return
        with contextlib.suppress(psutil.Error):
            children = process.children(recursive=True)
            process.terminate()
            try:
                process.wait(2.0)
            except psutil.TimeoutExpired:
                process.kill()
            for child in children:
                with contextlib.suppress(psutil.Error):
                    child.kill()
        self._job._settle("stopped", error="stopped: it did not answer in time and was ended")


def _living(pid: int, born: Any) -> psutil.Process | None:
    """The process numbered `pid`, if it is the one that was born at `born`."""
    try:
        process = psutil.Process(pid)
        return process if born is None or abs(process.create_time() - born) < 1.0 else None
    except psutil.Error:
        return None
