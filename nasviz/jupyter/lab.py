"""JupyterLab on a copy of the shipped notebooks."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from nasviz.errors import NasvizError

FIRST = "00_first_look.ipynb"
"""The notebook that opens."""

_NOTE = ".nasviz.json"


def shipped_notebooks() -> Path:
    """Return the folder of the notebooks that came with nasviz: in the package, or beside it in a checkout.

    Raises
    ------
    NasvizError
        If this installation has none.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / FIRST).exists():
            return folder
    raise NasvizError(f"this installation of nasviz has no notebook {FIRST}. Type: {sys.executable} -m pip install nasviz")


def copy_notebooks(source: Path, target: Path) -> list[str]:
    """Copy the files of `source` into `target`; a copy that was edited is never overwritten.

    Parameters
    ----------
    source
        The shipped notebooks.
    target
        The working folder; made if need be.

    Returns
    -------
    list of str
        What a user should know, e.g. that a newer version was not copied over an edited one.

    Raises
    ------
    NasvizError
        If the working folder cannot be written.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        copied = _read_note(target)
        words = [
            word
            for path in sorted(source.rglob("*"))
            if path.is_file() and not any(part.startswith((".", "__")) for part in path.relative_to(source).parts)
            if (word := _copy(path, target / path.relative_to(source), path.relative_to(source).as_posix(), copied))
        ]
        (target / _NOTE).write_text(json.dumps(copied, indent=1), encoding="utf-8")
    except OSError as error:
        raise NasvizError(
            f"the folder {target} cannot be written: {error.strerror}. Name another: nasviz lab FOLDER"
        ) from error
    return words


def _copy(source: Path, target: Path, name: str, copied: dict[str, str]) -> str:
    """Copy one file if that loses nothing; note in `copied` which version the copy comes from."""
    shipped = _digest(source)
    if target.exists():
        present = _digest(target)
        if present == shipped or copied.get(name) == shipped:
            copied[name] = shipped
            return ""
        if present != copied.get(name):
            return f"kept {name}, which you have edited; the version that came with nasviz is {source}"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    copied[name] = shipped
    return ""


def _read_note(target: Path) -> dict[str, str]:
    try:
        found = json.loads((target / _NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lab_command(
    folder: Path, *, port: int | None = None, browser: bool = True, first: str = FIRST, rest: Sequence[str] = ()
) -> list[str]:
    """Return the command that starts JupyterLab in `folder` with the notebook `first` open.

    Parameters
    ----------
    folder
        The working folder, root of what JupyterLab shows.
    port
        Port to listen on; the default is Jupyter's, 8888 or the next that is free.
    browser
        Whether a browser opens.
    first
        The notebook to open.
    rest
        Further arguments for JupyterLab.

    Raises
    ------
    NasvizError
        If JupyterLab is not installed; says what to type.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise NasvizError(f"JupyterLab is not installed here. Type: {sys.executable} -m pip install jupyterlab")
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}"]
    command.append(f"--LabApp.default_url=/lab/tree/{first}")
    if port is not None:
        command.append(f"--ServerApp.port={port}")
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return [*command, *rest]


def start(command: Sequence[str]) -> int:
    """Run `command` in place of this process where the system can, and beside it elsewhere; the exit code.

    Threads of numerics that wait will do so asleep: spinning ones, on busy cores, make small networks many times slower.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execv(command[0], list(command))
    return subprocess.call(list(command))
