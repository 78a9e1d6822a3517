"""The one message type between page and kernel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from nasviz.errors import StorageError
from nasviz.records.base import Record

Kind = Literal["ready", "state", "update", "command", "select", "error"]
"""What a message is for.

ready: the page has drawn a view and asks for its state · state: everything a view draws, from the kernel · update: what has
changed since, from the kernel · command: something the person did, ``body["name"]`` says what · select: a selection ·
error: what went wrong, with words and traceback.
"""

KINDS: tuple[str, ...] = ("ready", "state", "update", "command", "select", "error")
LIMIT = 2_000_000
"""Longest text in a message from the page, in characters."""


@dataclass(frozen=True)
class Message(Record):
    """A message between page and kernel.

    Parameters
    ----------
    view
        Identity of the view that sends or receives.
    seq
        Number of the message, counted by its sender from 0; a reply carries the number of what it answers.
    kind
        What it is for, see :data:`Kind`.
    body
        JSON data that belongs to the kind.

    Raises
    ------
    StorageError
        If a field is out of range.
    """

    view: str
    seq: int
    kind: Kind
    body: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 < len(self.view) <= 100:
            raise StorageError("a message names its view in 1 to 100 characters")
        if not 0 <= self.seq < 2**53:
            raise StorageError(f"a message is numbered from 0 to 2^53 - 1, found {self.seq}")
        if self.kind not in KINDS:
            raise StorageError(f"a message has one of the kinds {', '.join(KINDS)}, found {str(self.kind)[:40]!r}")
