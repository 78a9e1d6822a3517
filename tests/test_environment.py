"""environment.yml names the same packages as pyproject.toml, with the same lowest versions, and conda's Jupyter kernelspec."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
CONDA_NAMES = {"torch": "pytorch", "graphviz": "python-graphviz"}
"""PyPI's name to conda-forge's, where they differ."""
ONLY_CONDA = {"python", "graphviz", "pip"}
"""What conda installs beside: the interpreter, the program `dot`, and pip for nasviz itself."""


def conda_packages(text: str) -> dict[str, str]:
    rows = (re.match(r"  - ([\w-]+)(?:>=([\d.]+))?\s*(?:#.*)?$", line) for line in text.splitlines())
    found = {row[1]: row[2] or "" for row in rows if row}
    return {name: floor for name, floor in found.items() if name != "conda-forge"}


def pypi_packages() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = (re.fullmatch(r"([\w-]+)>=([\d.]+)", requirement) for requirement in project["dependencies"])
    packages = {row[1]: row[2] for row in found if row}
    assert len(packages) == len(project["dependencies"])
    return packages | {"python": project["requires-python"].removeprefix(">=")}


def test_both_lists_are_the_same() -> None:
    conda = conda_packages((ROOT / "environment.yml").read_text(encoding="utf-8"))
    wanted = {CONDA_NAMES.get(name, name): floor for name, floor in pypi_packages().items()}
    assert {name: conda.get(name) for name in wanted} == wanted
    assert conda.keys() - wanted.keys() == ONLY_CONDA - wanted.keys()


def test_the_comparison_can_fail() -> None:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8").replace("  - lark>=1.2\n", "")
    assert "lark" not in conda_packages(text)


def test_the_file_says_that_it_is_untried() -> None:
    assert "UNTRIED" in (ROOT / "environment.yml").read_text(encoding="utf-8")


def test_nasviz_itself_is_installed_by_pip() -> None:
    assert re.search(r"^      - -e \.", (ROOT / "environment.yml").read_text(encoding="utf-8"), re.MULTILINE)
