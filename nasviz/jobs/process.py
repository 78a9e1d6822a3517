"""A worker process seen from its parent: starting it, talking to it, and saying why it died."""

from __future__ import annotations

import collections
import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

from nasviz.errors import JobError
from nasviz.jobs.payload import HELD
from nasviz.jobs.protocol import Frame, read_frame, write_frame

_SHOWN_LINES = 6
_LOOK = 0.5
"""Seconds between two looks at whether a silent process still lives."""
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def fair_threads(workers: int) -> int:
    """Return how many threads each of `workers` gets: the cores, less one for the notebook and its page, shared out."""
    return max(1, (cores() - 1) // workers)


def limited(threads: int) -> int:
    """Return `threads`, or fewer where the environment asks for fewer."""
    texts = [os.environ.get(name, "") for name in _THREAD_VARIABLES]
    return min([threads, *(int(text) for text in texts if text.isdigit() and int(text) > 0)])


def environment(threads: int) -> dict[str, str]:
    """Return the environment of a worker: numerics on `threads` threads, fewer where the user asked for fewer.

    Threads that wait do so asleep: spinning ones, on busy cores, make small networks many times slower.
    """
    values = dict(os.environ)
    values |= dict.fromkeys(_THREAD_VARIABLES, str(limited(threads)))
    values.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    root = Path(__file__).resolve().parents[2]
    if root.name not in ("site-packages", "dist-packages"):
        values["PYTHONPATH"] = os.pathsep.join(filter(None, [values.get("PYTHONPATH", ""), str(root)]))
    return values


def spawn(arguments: Sequence[str], threads: int) -> subprocess.Popen[bytes]:
    """Start ``python -m nasviz.jobs.worker ARGUMENTS`` out of reach of the interrupts of this process.

    Raises
    ------
    JobError
        If the system does not start it.
    """
    command = [sys.executable, "-m", "nasviz.jobs.worker", *arguments]
    flags = int(getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0))
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(threads),
            start_new_session=True,
            creationflags=flags,
        )
    except OSError as error:
        raise JobError(f"a worker process could not be started: {error}") from error


def death(code: int, lines: Sequence[str] = ()) -> str:
    """Return in words why a process ended.

    Parameters
    ----------
    code
        Its return code; negative for a signal.
    lines
        The last lines of its stderr.

    >>> death(3)
    'the worker process exited with code 3'
    >>> death(-9)
    'the worker process was ended by SIGKILL (from outside, or out of memory)'
    """
    if code < 0:
        name = f"signal {-code}"
        with contextlib.suppress(ValueError):
            name = signal.Signals(-code).name
        hint = " (from outside, or out of memory)" if name == "SIGKILL" else ""
        reason = f"the worker process was ended by {name}{hint}"
    else:
        reason = f"the worker process exited with code {code}"
    shown = "\n".join(f"    {line}" for line in lines)
    return f"{reason}; its last words:\n{shown}" if shown else reason


class WorkerProcess:
    """A running worker; `send` may be called from any thread, `receive` from one.

    Parameters
    ----------
    threads
        Threads of its numerics.

    Attributes
    ----------
    sent
        Keys of the shared objects that it holds, oldest first.

    Raises
    ------
    JobError
        If it cannot be started.
    """

    def __init__(self, threads: int) -> None:
        self._process = spawn((), threads)
        self._lock = threading.Lock()
        self._stdin = cast(BinaryIO, self._process.stdin)
        self._stdout = cast(BinaryIO, self._process.stdout)
        self._words: collections.deque[str] = collections.deque(maxlen=_SHOWN_LINES)
        self.sent: collections.deque[str] = collections.deque(maxlen=HELD)
        self._frames: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="nasviz-stdout", daemon=True)
        self._ear = threading.Thread(target=self._hear, name="nasviz-stderr", daemon=True)
        self._reader.start()
        self._ear.start()

    @property
    def pid(self) -> int:
        """Process number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def send(self, frame: Frame) -> None:
        """Write a frame; OSError if the process is gone."""
        if frame.kind == "call":
            self._words.clear()
        with self._lock:
            write_frame(self._stdin, frame)

    def stop_call(self, number: int) -> None:
        """Ask the call numbered `number` to stop; nothing if the process is gone."""
        with contextlib.suppress(OSError, ValueError):
            self.send(Frame("stop", number))

    def receive(self) -> Frame | None:
        """Wait for the next frame; None when the process has ended or talks nonsense."""
        # A process that the dead one left behind may hold its pipes open, so their end alone would not tell.
        while True:
            with contextlib.suppress(queue.Empty):
                return self._frames.get(timeout=_LOOK)
            if not self.alive:
                with contextlib.suppress(queue.Empty):
                    return self._frames.get(timeout=_LOOK)
                return None

    def end(self, grace: float = 2.0) -> None:
        """Terminate it, and kill it if that does not help within `grace` seconds."""
        self._process.terminate()
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def bury(self) -> str:
        """Make sure that it has ended; why it did, in words."""
        try:
            code = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self.end()
            code = self._process.wait()
        self._close_pipes()
        return death(code, [line for line in self._words if line.strip()])

    def close(self) -> None:
        """Let it end by itself, which it does when its stdin closes; kill it if it does not."""
        with contextlib.suppress(OSError, ValueError):
            self._stdin.close()
        try:
            self._process.wait(3.0)
        except subprocess.TimeoutExpired:
            self.end()
            self._process.wait()
        self._close_pipes()

    def _read(self) -> None:
        frame: Frame | None = None
        while True:
            try:
                frame = read_frame(self._stdout)
            except JobError as error:
                self._words.append(str(error))
                frame = None
            except (OSError, ValueError):
                frame = None
            self._frames.put(frame)
            if frame is None:
                return

    def _hear(self) -> None:
        stream = cast(BinaryIO, self._process.stderr)
        with contextlib.suppress(OSError, ValueError):
            while line := stream.readline(2000):
                self._words.append(line.decode(errors="replace").rstrip())

    def _end_children(self) -> None:
        """End what the process, now dead, has left behind; it led a group of its own."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _close_pipes(self) -> None:
        self._end_children()
        with contextlib.suppress(OSError, ValueError):
            self._stdin.close()
        for thread, stream in ((self._reader, self._stdout), (self._ear, cast(BinaryIO, self._process.stderr))):
            thread.join(1.0)
            if not thread.is_alive():  # closing a stream that somebody reads waits for the reader
                stream.close()
