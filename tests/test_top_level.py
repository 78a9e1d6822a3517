"""The top level of the repository holds the seven entries of the house, the usual papers beside them, and no more."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENTRIES = {"pyproject.toml", "README.md", "environment.yml", "notebooks", "nasviz", "kernels", "tests"}
PAPERS = {"Makefile", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "constraints.txt"}


def strays(paths: Iterable[str]) -> set[str]:
    """First parts of `paths` that have no place at the top level; names with a dot are free."""
    tops = {Path(p).parts[0] for p in paths}
    return {top for top in tops - ENTRIES - PAPERS if not top.startswith(".")}


def kept_by_git() -> list[str]:
    """What git keeps or would keep: tracked files, and new ones that it does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone")
def test_no_other_entries():
    assert strays(kept_by_git()) == set()


@pytest.mark.parametrize("name", sorted(ENTRIES | PAPERS))
def test_entry_is_there(name):
    assert (ROOT / name).exists()


def test_a_stray_is_found():
    assert strays(["utils.py", "scripts/run.sh", "nasviz/a.py", ".gitignore", "README.md"]) == {"utils.py", "scripts"}


@pytest.mark.parametrize("path", ["tests", "nasviz", "kernels"])
def test_no_drawer_for_everything(path):
    names = {p.name for p in (ROOT / path).rglob("*.py") if "node_modules" not in p.parts}
    assert not names & {"utils.py", "helpers.py", "misc.py", "common.py"}
