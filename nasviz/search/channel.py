"""Reports from an evaluation in another process, straight to the storage; commands come back the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nasviz.errors import StorageError
from nasviz.records import Curve
from nasviz.search.storage import StudyStorage, Timing


class StorageChannel:
    """A channel that opens the storage where the evaluation runs; it survives pickling.

    Parameters
    ----------
    url, name
        Storage and study.
    slot
        The trial's slot.
    known
        Keys of the commands that were left before the run began, which therefore do not concern it.
    """

    def __init__(self, url: str, name: str, slot: int, known: frozenset[str]) -> None:
        self._url, self._name, self._slot, self._known = url, name, slot, known
        self._storage: StudyStorage | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return StorageChannel, (self._url, self._name, self._slot, self._known)

    def write(self, rows: Sequence[Curve]) -> str | None:
        """Store a curve; "stop" once the trial was ended or a command says so, else None, also where storing failed."""
        try:
            if self._storage is None:
                self._storage = StudyStorage.load(self._url, self._name, Timing())
            alive = self._storage.curve(self._slot, rows)
            return "stop" if not alive or stops(self._storage.commands(), self._known, self._slot) else None
        except StorageError:
            return None


def stops(commands: Mapping[str, Mapping[str, Any]], known: frozenset[str], slot: int | None = None) -> bool:
    """Whether a command that is not among `known` stops the whole study, or this slot.

    >>> stops({"cmd/1": {"kind": "stop", "slot": 3}}, frozenset(), slot=3)
    True
    """
    new = [body for key, body in commands.items() if key not in known and body.get("kind") == "stop"]
    return any(body.get("slot") is None or (slot is not None and body["slot"] == slot) for body in new)
