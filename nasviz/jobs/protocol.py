"""What a worker process and its parent say to each other: JSON lines, each followed by the bytes that it announces.

A line is ``{"v": 1, "kind": …, "call": n, "body": {…}, "sizes": [bytes, …]}``. Pickled payloads and results follow their
line as raw bytes, so that they stay in memory and JSON stays small. Both sides validate what they read against `KINDS`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, BinaryIO

from nasviz.errors import JobError

VERSION = 1
MAX_LINE = 4_000_000
"""Longest line in bytes; what is longer belongs behind the line, as bytes."""

KINDS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = MappingProxyType(
    {
        "call": {"path": list},
        "stop": {},
        "ready": {"pid": int},
        "started": {"pid": int},
        "report": {"rows": list},
        "log": {"stream": str, "text": str},
        "result": {},
        "error": {"type": str, "message": str, "traceback": str},
    }
)
"""The fields of the body for each kind of message; the first two go to the worker, the others come from it."""


@dataclass(frozen=True)
class Frame:
    """One message.

    Parameters
    ----------
    kind
        One of `KINDS`.
    call
        Number of the call that it belongs to, 0 for none.
    body
        Plain JSON, with the fields that `KINDS` names.
    blobs
        Raw bytes that follow the line.

    Raises
    ------
    JobError
        If the kind is unknown or a field of the body is missing or of the wrong type.
    """

    kind: str
    call: int = 0
    body: Mapping[str, Any] = field(default_factory=dict[str, Any])
    blobs: Sequence[bytes | memoryview] = ()

    def __post_init__(self) -> None:
        fields = KINDS.get(self.kind)
        if fields is None:
            raise JobError(f"a worker's message of unknown kind {self.kind!r}; known are {', '.join(KINDS)}")
        for name, kind in fields.items():
            if not isinstance(self.body.get(name), kind):
                raise JobError(f"a worker's message {self.kind!r} has no valid {name!r}: {self.body.get(name)!r}")


def encode(frame: Frame) -> bytes:
    """Return the line of `frame`, without the bytes that follow it.

    >>> encode(Frame("stop", 3))
    b'{"v": 1, "kind": "stop", "call": 3, "body": {}, "sizes": []}\\n'
    """
    head: dict[str, Any] = {"v": VERSION, "kind": frame.kind, "call": frame.call, "body": dict(frame.body)}
    head["sizes"] = [len(blob) for blob in frame.blobs]
    return json.dumps(head, allow_nan=False).encode() + b"\n"


def decode(line: bytes) -> tuple[Frame, list[int]]:
    """Return the frame of a line, without its bytes, and how many bytes of each blob follow.

    Raises
    ------
    JobError
        If the line is no message of this version.

    >>> decode(encode(Frame("ready", 0, {"pid": 7})))[0].body
    {'pid': 7}
    """
    try:
        head = json.loads(line)
    except ValueError:
        raise JobError(f"a worker's message is not JSON: {line[:80]!r}") from None
    if not isinstance(head, dict) or head.get("v") != VERSION:
        raise JobError(f"a worker's message is not of version {VERSION}: {line[:80]!r}")
    call, body, sizes = head.get("call"), head.get("body"), head.get("sizes")
    if not isinstance(call, int) or not isinstance(body, dict) or not isinstance(sizes, list):
        raise JobError(f"a worker's message is incomplete: {line[:80]!r}")
    if not all(isinstance(size, int) and size >= 0 for size in sizes):
        raise JobError(f"a worker's message announces bytes of no size: {line[:80]!r}")
    return Frame(str(head.get("kind")), call, body), sizes


def write_frame(stream: BinaryIO, frame: Frame) -> None:
    """Write `frame` and flush; the caller holds the lock of the stream."""
    stream.write(encode(frame))
    for blob in frame.blobs:
        stream.write(blob)
    stream.flush()


def read_frame(stream: BinaryIO) -> Frame | None:
    """Read one frame; None at the end of the stream.

    Raises
    ------
    JobError
        If what was read is no message, or the stream ends inside one.
    """
    line = stream.readline(MAX_LINE)
    if not line:
        return None
    if not line.endswith(b"\n"):
        raise JobError(f"a worker's message ends early or is longer than {MAX_LINE} bytes: {line[:80]!r}")
    frame, sizes = decode(line)
    blobs = [stream.read(size) for size in sizes]
    if any(len(blob) != size for blob, size in zip(blobs, sizes, strict=True)):
        raise JobError(f"the bytes that follow a worker's message {frame.kind!r} end early")
    return Frame(frame.kind, frame.call, frame.body, blobs)


def pack_rows(rows: Sequence[tuple[int, Mapping[str, float]]]) -> list[Any]:
    """Return rows ``(step, metrics)`` as plain JSON; numbers that are not finite become strings.

    >>> pack_rows([(1, {"loss": math.nan})])
    [[1, {'loss': 'nan'}]]
    """
    return [[int(step), {str(name): _pack(value) for name, value in metrics.items()}] for step, metrics in rows]


def unpack_rows(rows: Sequence[Any]) -> list[tuple[int, dict[str, float]]]:
    """Undo `pack_rows`.

    Raises
    ------
    JobError
        If a row is not a step and a table of numbers.

    >>> unpack_rows([[2, {"loss": "inf"}]])
    [(2, {'loss': inf})]
    """
    try:
        return [(int(step), {str(name): _unpack(value) for name, value in metrics.items()}) for step, metrics in rows]
    except (TypeError, ValueError, AttributeError):
        raise JobError(f"a worker's report is no list of steps and metrics: {str(rows)[:80]}") from None


def _pack(value: float) -> float | str:
    number = float(value)
    return number if math.isfinite(number) else str(number)


def _unpack(value: float | str) -> float:
    if isinstance(value, str) and value not in ("nan", "inf", "-inf"):
        raise ValueError(value)
    return float(value)
