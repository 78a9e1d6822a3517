"""The worker process: ``python -m nasviz.jobs.worker`` runs one call after another, as its parent asks.

It reads calls from stdin and answers on stdout (`nasviz.jobs.protocol`). Before anything else both are moved to descriptors
of its own, so that a print, also one by C code, cannot end up in the middle of a message. It ends when stdin closes, which
is what the death of its parent does, whatever the reason.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from nasviz.errors import JobError, said
from nasviz.jobs.payload import pack, unpack
from nasviz.jobs.protocol import Frame, pack_rows, read_frame, write_frame

_INTERVAL = 0.1
"""Seconds between two messages of reports or prints; what comes in between is sent together."""

_MAX_LOG = 100_000
"""Characters of prints kept between two messages; more than this loses its beginning."""

_MAX_ROWS = 20
"""Rows sent as they came; of more, in one interval, the last of each run with the same metrics is."""


class Outbox:
    """Where a running call puts its reports, prints and result; here: the pipe to the parent.

    Parameters
    ----------
    stream
        The pipe.
    """

    def __init__(self, stream: BinaryIO | None) -> None:
        self._stream = stream
        self._lock = threading.RLock()
        self._rows: list[tuple[int, Mapping[str, float]]] = []
        self._prints: list[str] = []
        self._call = 0
        self._waiting = threading.Event()
        threading.Thread(target=self._flush_often, name="nasviz-outbox", daemon=True).start()

    def begin(self, call: int) -> None:
        """Say that the call numbered `call` runs from now on."""
        self._call = call
        self.send(Frame("started", call, {"pid": os.getpid()}))

    def report(self, step: int, metrics: Mapping[str, float]) -> None:
        """Put a row of metrics into the next message."""
        row = (int(step), {str(name): float(value) for name, value in metrics.items()})
        with self._lock:
            self._rows.append(row)
        self._waiting.set()

    def print(self, text: str) -> None:
        """Put printed text into the next message."""
        with self._lock:
            self._prints.append(text)
        self._waiting.set()

    def finish(self, value: object) -> None:
        """Send the result of the call."""
        blobs = pack(value)
        self.flush()
        self.send(Frame("result", self._call, {}, blobs))

    def fail(self, error: BaseException) -> None:
        """Send the exception that ended the call, as text and, where that is possible, as itself."""
        self.flush()
        self.send(error_frame(self._call, error, with_exception=True))

    def send(self, frame: Frame) -> None:
        """Write one message."""
        with self._lock:
            if self._stream is not None:
                write_frame(self._stream, frame)

    def flush(self) -> None:
        """Send the rows and prints that wait."""
        with self._lock:
            rows, self._rows = self._rows, []
            text, self._prints = "".join(self._prints)[-_MAX_LOG:], []
            self._waiting.clear()
            if text:
                self.send(Frame("log", self._call, {"stream": "stdout", "text": text}))
            if rows:
                self.send(Frame("report", self._call, {"rows": pack_rows(thin(rows))}))

    def _flush_often(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while True:
                self._waiting.wait()
                self.flush()
                time.sleep(_INTERVAL)


def thin(rows: Sequence[tuple[int, Mapping[str, float]]]) -> list[tuple[int, Mapping[str, float]]]:
    """Return at most a few rows for one message; the last row of an epoch, which has more metrics, always stays.

    >>> thin([(step, {"loss": 1.0}) for step in range(100)] + [(100, {"loss": 1.0, "error": 0.5})])
    [(99, {'loss': 1.0}), (100, {'loss': 1.0, 'error': 0.5})]
    """
    if len(rows) <= _MAX_ROWS:
        return list(rows)
    following = [*(row[1].keys() for row in rows[1:]), None]
    return [row for row, names in zip(rows, following, strict=True) if row[1].keys() != names]


class _Printer(io.TextIOBase):
    """`sys.stdout` of a worker: what is printed becomes a message."""

    encoding = "utf-8"  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride]

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def write(self, text: str, /) -> int:
        if text:
            self._outbox.print(text)
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1


class Commands:
    """The commands that have come for the calls; `stop` is the only one."""

    def __init__(self) -> None:
        self._stopped: set[int] = set()

    def stop(self, call: int) -> None:
        """Ask the call numbered `call` to stop."""
        self._stopped.add(call)

    def newest(self, call: int) -> str | None:
        """Return "stop" if the call was asked to stop, else None."""
        return "stop" if call in self._stopped else None


def error_frame(call: int, error: BaseException, *, with_exception: bool = False) -> Frame:
    """Return the message that tells of `error`.

    Parameters
    ----------
    call
        Number of the call.
    error
        The exception, with its traceback.
    with_exception
        Whether the exception itself follows as bytes, if it survives pickling.
    """
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    body = {"type": type(error).__name__, "message": said(error, name=False), "traceback": "".join(lines)[-100_000:]}
    blobs: Sequence[bytes | memoryview] = ()
    if with_exception and isinstance(error, Exception):
        with contextlib.suppress(Exception):
            packed = pack(error)
            if type(unpack(packed)) is type(error):
                blobs = packed
    return Frame("error", call, body, blobs)


def run_call(call: int, path: Sequence[str], blobs: Sequence[bytes], outbox: Outbox, commands: Commands) -> None:
    """Run one call and send its result or its error.

    Parameters
    ----------
    call
        Number of the call.
    path
        The parent's `sys.path`; what is missing here is appended.
    blobs
        ``(function, args, kwargs, reporting)`` as `nasviz.jobs.payload.pack` gives it.
    outbox
        Where reports, prints and the result go.
    commands
        What the parent asks meanwhile.
    """
    sys.path.extend(entry for entry in path if entry not in sys.path)
    outbox.begin(call)

    def report(step: int, metrics: Mapping[str, float]) -> str | None:
        outbox.report(step, metrics)
        return commands.newest(call)

    try:
        function, args, kwargs, reporting = unpack(blobs)
        if reporting:
            kwargs = {**kwargs, "report": report}
        outbox.finish(function(*args, **kwargs))
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        outbox.fail(error)
    except BaseException as error:
        outbox.fail(error)


def end_group() -> None:
    """End this process and, where it leads a group of its own, every process of the group."""
    if hasattr(os, "killpg") and os.getpgid(0) == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


class _Inbox(threading.Thread):
    """Reads what the parent asks; ends the process when the parent is gone."""

    def __init__(self, stream: BinaryIO, commands: Commands) -> None:
        super().__init__(name="nasviz-inbox", daemon=True)
        self.calls: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        self.busy = False
        self._stream = stream
        self._commands = commands

    def run(self) -> None:
        with contextlib.suppress(OSError, JobError):
            while (frame := read_frame(self._stream)) is not None:
                if frame.kind == "call":
                    self.busy = True
                    self.calls.put(frame)
                elif frame.kind == "stop":
                    self._commands.stop(frame.call)
        if not self.busy:
            self.calls.put(None)
            time.sleep(2.0)
        end_group()


def _watch_parent() -> None:
    # A copy of the pipe's other end in some third process would hide the parent's death from the inbox.
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1.0)
    end_group()


def take_over_stdio() -> tuple[BinaryIO, BinaryIO]:
    """Move stdin and stdout to private descriptors; from now on 0 is empty and 1 writes where stderr does."""
    source, sink = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    return os.fdopen(source, "rb"), os.fdopen(sink, "wb")


def serve() -> int:
    """Run the calls that come on stdin until it closes; the exit code."""
    source, sink = take_over_stdio()
    faulthandler.enable()
    outbox, commands = Outbox(sink), Commands()
    sys.stdout = _Printer(outbox)
    inbox = _Inbox(source, commands)
    inbox.start()
    if os.name == "posix":
        threading.Thread(target=_watch_parent, name="nasviz-parent", daemon=True).start()
    try:
        outbox.send(Frame("ready", 0, {"pid": os.getpid()}))
        while (frame := inbox.calls.get()) is not None:
            run_call(frame.call, frame.body["path"], [bytes(b) for b in frame.blobs], outbox, commands)
            inbox.busy = False
    except BrokenPipeError:
        end_group()
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Entry of ``python -m nasviz.jobs.worker [--detached FOLDER]``; the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["--detached"]:
        from nasviz.jobs.detached import serve_detached

        return serve_detached(arguments[1])
    return serve()


if __name__ == "__main__":
    raise SystemExit(main())
