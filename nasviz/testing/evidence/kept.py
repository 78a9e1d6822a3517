"""Results kept in a folder, one file each, so that a broken run goes on where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


class Kept:
    """A folder of results, each a JSON file with the settings that made it.

    Parameters
    ----------
    folder
        Made when the first result is written.

    Examples
    --------
    >>> import tempfile
    >>> kept = Kept(tempfile.mkdtemp())
    >>> kept.get("a/first", {"n": 1}, lambda: {"value": 0.5})["value"]
    0.5
    >>> kept.get("a/first", {"n": 1}, lambda: {"value": 0.9})["value"]
    0.5
    >>> kept.get("a/first", {"n": 2}, lambda: {"value": 0.9})["value"]
    0.9
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)

    def get(self, name: str, settings: Mapping[str, Any], make: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
        """Return the result of this name, made and written if there is none, or if other settings made it.

        Parameters
        ----------
        name
            File name without its ending, ``/`` for folders.
        settings
            What the result depends on, as JSON data.
        make
            Makes the result, JSON data.
        """
        path = self.folder / f"{name}.json"
        found = _read(path)
        if found is None or found.get("settings") != _plain(settings):
            found = {"settings": _plain(settings), "result": dict(make())}
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(found), encoding="utf-8")
            draft.replace(path)
        return dict(found["result"])


def _read(path: Path) -> dict[str, Any] | None:
    """What a file holds; None where there is none, or half of one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "result" in found else None


def _plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """As it comes back from a file: tuples are lists there."""
    return json.loads(json.dumps(dict(settings)))
