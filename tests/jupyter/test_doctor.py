"""The check of an installation."""

import sys
from pathlib import Path

import pytest

from nasviz.jupyter import doctor
from nasviz.jupyter.doctor import Finding


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finding]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doctor, "data_folder", lambda: tmp_path_factory.mktemp("data"))
        return {finding.name: finding for finding in doctor.examine()}


def test_everything_is_looked_at(findings: dict[str, Finding]) -> None:
    wanted = {"python", "nasviz", "device", "threads", "worker", "front end", "python3 kernel", "nasviz kernel"}
    wanted |= {"this folder", "jobs' folder", "notebooks", "graphviz dot", *doctor.STACK}
    assert wanted <= findings.keys()


def test_what_runs_these_tests_is_found_good(findings: dict[str, Finding]) -> None:
    for name in ("python", "torch", "jupyterlab", "device", "worker", "python3 kernel", "this folder"):
        assert findings[name].good, findings[name]
    assert sys.executable in findings["python"].text


def test_the_list_of_packages_is_the_declared_one() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {requirement.split(">=")[0] for requirement in project["dependencies"]} == set(doctor.STACK)


def test_a_missing_or_old_package_is_said_with_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "STACK", ("nowhere-at-all", "numpy"))
    monkeypatch.setattr(doctor, "_floors", lambda: {"numpy": "99.1"})
    missing, old = doctor._stack()
    assert str(missing).splitlines() == [
        "FAIL  nowhere-at-all not installed",
        f"                     {sys.executable} -m pip install nowhere-at-all",
    ]
    assert old.text.endswith(", needed is 99.1 or newer")
    assert old.advice == f"{sys.executable} -m pip install 'numpy>=99.1'"


def test_a_look_that_fails_is_a_finding_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def _devices() -> object:
        raise OSError("no driver")

    monkeypatch.setattr(doctor, "_devices", _devices)
    for name in ("_worker", "_stack"):
        monkeypatch.setattr(doctor, name, lambda: iter(()))
    found = {finding.name: finding for finding in doctor.examine()}
    assert found["devices"].text == "OSError: no driver"
    assert "threads" in found


def test_a_folder_that_cannot_be_written_is_no_obstacle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setattr(doctor, "data_folder", lambda: tmp_path / "file" / "jobs")
    found = {finding.name: finding for finding in doctor._storage()}
    assert not found["jobs' folder"].good
    assert not found["jobs' folder"].essential
    assert "cannot be written" in found["jobs' folder"].text


def test_a_missing_front_end_is_essential(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "__file__", str(tmp_path / "nasviz" / "jupyter" / "doctor.py"))
    (found,) = doctor._front_end()
    assert not found.good
    assert found.essential
    assert "engine.js is missing" in found.text


def test_a_missing_dot_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    (found,) = doctor._dot()
    assert str(found).startswith("note  graphviz dot   not found\n")
