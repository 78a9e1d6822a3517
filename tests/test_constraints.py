"""constraints.txt pins what is tested: everything that pyproject.toml asks for, and exactly what is installed here."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parents[1]


def canonical(name: str) -> str:
    """One spelling of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> dict[str, str]:
    """Version by name; a line that is no pin is an error."""
    lines = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found = [re.fullmatch(r"([\w.-]+)==([\w.]+)", line) for line in lines]
    assert all(found), [line for line, row in zip(lines, found, strict=True) if row is None]
    return {canonical(row[1]): row[2] for row in found if row}


def installed(name: str) -> str | None:
    """The installed version without the mark of a build (2.13.0 for 2.13.0+cpu); None where there is none."""
    try:
        return version(name).partition("+")[0]
    except PackageNotFoundError:
        return None


def test_every_requirement_is_pinned() -> None:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = data["project"]
    wanted = [*data["build-system"]["requires"], *project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {canonical(row[0]) for row in (re.match(r"[\w.-]+", requirement) for requirement in wanted) if row}
    assert names - pins().keys() == set()


def test_what_is_tested_is_what_is_pinned() -> None:
    here = {name: installed(name) for name in pins()}
    assert {name: v for name, v in here.items() if v is not None} == {n: v for n, v in pins().items() if here[n] is not None}
