"""The folder of a detached job: what it is, what it does, what came out. Text and safetensors, never a pickle.

==========================  ================================================================================
``job.json``                architecture, plan and settings; written once, before the worker starts
``state.jsonl``             the worker's messages (`nasviz.jobs.protocol`), one a line, appended
``weights.safetensors``     the trained network, there when the last message is a result
``output.txt``              what the worker printed
``stop``                    an empty file: the command to stop
==========================  ================================================================================
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nasviz.errors import JobError
from nasviz.jobs.protocol import Frame, decode, encode

if TYPE_CHECKING:
    from nasviz.jobs.planning import Plan
    from nasviz.jobs.training import Settings
    from nasviz.spaces import Architecture

VERSION = 1
"""Schema version of ``job.json``."""


def data_folder() -> Path:
    """Return the user's folder for detached jobs, by the custom of the system.

    >>> data_folder().name
    'jobs'
    """
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "nasviz" / "jobs"


class JobFolder:
    """A job's folder, from the side of whoever looks at it or writes it.

    Parameters
    ----------
    path
        The folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.weights = self.path / "weights.safetensors"
        self.output = self.path / "output.txt"
        self.stop = self.path / "stop"
        self._state = self.path / "state.jsonl"
        self._job = self.path / "job.json"

    def create(self, id: str, arch: Architecture, plan: Plan, settings: Settings) -> None:
        """Make the folder and write what the job is.

        Raises
        ------
        JobError
            If it exists already or cannot be written.
        """
        data = {"v": VERSION, "id": id, "term": str(arch), "arch": arch.to_json(), "plan": asdict(plan)}
        data |= {"settings": settings.to_json(), "created": time.time()}
        try:
            self.path.mkdir(parents=True)
            self._job.write_text(json.dumps(data, indent=1), encoding="utf-8")
        except FileExistsError:
            raise JobError(f"the folder {self.path} exists already; a job needs one of its own") from None
        except OSError as error:
            raise JobError(f"the folder {self.path} cannot be written: {error.strerror}") from error

    def describe(self) -> dict[str, Any]:
        """Return what ``job.json`` says.

        Raises
        ------
        JobError
            If it cannot be read or is of a newer version.
        """
        try:
            data = json.loads(self._job.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise JobError(f"{self.path} is not the folder of a job: it has no job.json") from None
        except (OSError, ValueError) as error:
            raise JobError(f"{self._job} cannot be read: {error}") from error
        known = isinstance(data, dict) and data.get("v") == VERSION
        if not known or not {"id", "term", "arch", "plan", "settings"} <= cast("dict[str, Any]", data).keys():
            raise JobError(f"{self._job} does not describe a job of version {VERSION}")
        return cast("dict[str, Any]", data)

    def append(self, frame: Frame) -> None:
        """Add one message of the worker."""
        with self._state.open("ab") as stream:
            stream.write(encode(Frame(frame.kind, frame.call, frame.body)))

    def read(self, offset: int) -> Iterator[tuple[Frame, int]]:
        """Yield the whole messages from the byte `offset` on, each with the offset behind it."""
        with contextlib.suppress(FileNotFoundError), self._state.open("rb") as stream:
            stream.seek(offset)
            while (line := stream.readline()).endswith(b"\n"):
                offset += len(line)
                yield decode(line)[0], offset

    def write_weights(self, weights: bytes) -> None:
        """Write the trained weights, whole or not at all."""
        draft = self.weights.with_suffix(".draft")
        draft.write_bytes(weights)
        draft.replace(self.weights)

    def read_weights(self) -> bytes:
        """Return the trained weights.

        Raises
        ------
        JobError
            If they are gone.
        """
        try:
            return self.weights.read_bytes()
        except OSError as error:
            raise JobError(f"the weights {self.weights} cannot be read: {error.strerror}") from error
