"""What must be in place for nasviz to work, looked at one by one."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nasviz import __version__
from nasviz.errors import NasvizError
from nasviz.jobs.executor import LocalExecutor
from nasviz.jobs.folder import data_folder
from nasviz.jobs.process import cores
from nasviz.jupyter.lab import shipped_notebooks

STACK = (
    *("anywidget", "botorch", "cloudpickle", "gpytorch", "graphviz", "ipykernel", "ipywidgets", "jupyterlab", "lark"),
    *("networkx", "numpy", "optuna", "pandas", "plotly", "psutil", "safetensors", "scikit-learn", "scipy", "torch"),
)
"""The packages that nasviz needs."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    name
        What.
    good
        Whether it is as it should be.
    text
        What was found.
    advice
        What to type if it is not good.
    essential
        Whether nasviz's main job needs it.
    """

    name: str
    good: bool
    text: str
    advice: str = ""
    essential: bool = True

    def __str__(self) -> str:
        """Return the finding as one line, with the advice in a second.

        >>> print(Finding("dot", False, "not found", "install Graphviz", essential=False))
        note  dot            not found
                             install Graphviz
        """
        mark = "ok" if self.good else ("FAIL" if self.essential else "note")
        line = f"{mark:<5} {self.name:<14} {self.text}"
        return line if self.good or not self.advice else f"{line}\n{' ' * 21}{self.advice}"


def examine() -> list[Finding]:
    """Look at everything; nothing raises."""
    looks: list[Callable[[], Iterator[Finding]]] = [_python, _stack, _devices, _threads, _worker, _front_end, _kernelspec]
    looks += [_storage, _notebooks, _dot]
    findings: list[Finding] = []
    for look in looks:
        try:
            findings += look()
        except Exception as error:
            findings.append(Finding(look.__name__.strip("_"), False, f"{type(error).__name__}: {error}"))
    return findings


def report(findings: list[Finding]) -> str:
    """Return the findings as text to read or to paste into a question.

    >>> print(report([Finding("python", True, "3.11")]))
    ok    python         3.11
    nasviz is ready.
    """
    missing = [finding.name for finding in findings if not finding.good and finding.essential]
    last = f"Not ready: {', '.join(missing)}." if missing else "nasviz is ready."
    return "\n".join([*map(str, findings), last])


def _python() -> Iterator[Finding]:
    good = sys.version_info >= (3, 11)
    text = f"{platform.python_version()} ({sys.executable})"
    yield Finding("python", good, text, "nasviz needs Python 3.11 or newer")
    yield Finding("system", True, platform.platform())
    yield Finding("nasviz", True, f"{__version__} ({Path(__file__).resolve().parent.parent})")


def _stack() -> Iterator[Finding]:
    floors = _floors()
    for name in STACK:
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, False, "not installed", f"{sys.executable} -m pip install {name}")
            continue
        floor = floors.get(name, "0")
        advice = f"{sys.executable} -m pip install '{name}>={floor}'"
        good = _numbers(found) >= _numbers(floor)
        yield Finding(name, good, found if good else f"{found}, needed is {floor} or newer", advice)


def _floors() -> dict[str, str]:
    """The lowest version of each package that nasviz declares."""
    try:
        requirements = importlib.metadata.requires("nasviz") or []
    except importlib.metadata.PackageNotFoundError:
        return {}
    found = (re.match(r"([\w-]+)>=([\d.]+)$", requirement.strip()) for requirement in requirements)
    return {match[1]: match[2] for match in found if match}


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version.split("+")[0])[:3]]


def _devices() -> Iterator[Finding]:
    from nasviz.evaluation.device import available_devices, describe

    for name in available_devices():
        yield Finding("device", True, f"{name}: {describe(name)}")


def _threads() -> Iterator[Finding]:
    asked = os.environ.get("OMP_NUM_THREADS")
    yield Finding("threads", True, f"{cores()} cores, OMP_NUM_THREADS {asked or 'not set'}")


def _worker() -> Iterator[Finding]:
    began = time.perf_counter()
    with LocalExecutor() as executor:
        good = executor.submit(pow, 2, 10).result(60) == 1024
    yield Finding("worker", good, f"a worker process answers within {time.perf_counter() - began:.2f} s")


def _front_end() -> Iterator[Finding]:
    static = Path(__file__).resolve().parent.parent / "widgets" / "static"
    engine = static / "engine.js"
    advice = f"{sys.executable} -m pip install --force-reinstall --no-deps nasviz, or in a checkout: make lab"
    if engine.exists():
        yield Finding("front end", True, f"{len(list(static.glob('*.js')))} bundles, engine {engine.stat().st_size // 1000} kB")
    else:
        yield Finding("front end", False, f"{engine} is missing", advice)


def _kernelspec() -> Iterator[Finding]:
    from jupyter_client.kernelspec import KernelSpecManager

    specs = KernelSpecManager().find_kernel_specs()
    advice = f"{sys.executable} -m pip install ipykernel"
    yield Finding("python3 kernel", "python3" in specs, specs.get("python3", "not found"), advice)
    advice = "only the launcher's entry is missing; install nasviz again to have it"
    yield Finding("nasviz kernel", "nasviz" in specs, specs.get("nasviz", "not found"), advice, essential=False)


def _storage() -> Iterator[Finding]:
    for name, folder in (("this folder", Path.cwd()), ("jobs' folder", data_folder())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder) as place:
                connection = sqlite3.connect(Path(place) / "try.db")
                connection.execute("CREATE TABLE t (x)")
                connection.close()
            yield Finding(name, True, f"{folder} can be written")
        except (OSError, sqlite3.Error) as error:
            advice = "a study's storage= and a detached job's folder= may name another"
            yield Finding(name, False, f"{folder} cannot be written: {error}", advice, essential=False)


def _notebooks() -> Iterator[Finding]:
    try:
        folder = shipped_notebooks()
        yield Finding("notebooks", True, f"{len(list(folder.glob('*.ipynb')))} in {folder}")
    except NasvizError as error:
        yield Finding("notebooks", False, str(error))


def _dot() -> Iterator[Finding]:
    path = shutil.which("dot")
    advice = "optional: drawings in the page need none; .to_graphviz() as a picture does: https://graphviz.org/download"
    if path is None:
        yield Finding("graphviz dot", False, "not found", advice, essential=False)
        return
    told = subprocess.run([path, "-V"], capture_output=True, text=True, timeout=20)
    yield Finding("graphviz dot", told.returncode == 0, (told.stderr or told.stdout).strip(), advice, essential=False)
