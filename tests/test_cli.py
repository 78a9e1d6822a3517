"""The command `nasviz`."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from nasviz import __version__, cli
from nasviz.jobs.process import environment
from nasviz.jupyter import doctor, lab


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped notebooks with one in it."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / lab.FIRST).write_text(json.dumps(notebook), encoding="utf-8")
    monkeypatch.setattr(lab, "shipped_notebooks", lambda: folder)
    return folder


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been started."""
    commands: list[list[str]] = []
    monkeypatch.setattr(lab, "start", lambda command: commands.append(list(command)) or 0)
    return commands


def test_lab_copies_the_notebooks_and_starts_on_the_first(
    shipped: Path, started: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "work"
    assert cli.main(["lab", str(work), "--port", "9876", "--no-browser", "--", "--LabApp.news_url="]) == 0
    assert (work / lab.FIRST).exists()
    (command,) = started
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={work}" in command
    assert f"--LabApp.default_url=/lab/tree/{lab.FIRST}" in command
    assert {"--ServerApp.port=9876", "--no-browser"} <= set(command)
    assert command[-1] == "--LabApp.news_url="
    assert f"The notebooks are in {work}" in capsys.readouterr().out


def test_lab_by_default_works_in_a_folder_here_and_opens_a_browser(
    shipped: Path, started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lab"]) == 0
    assert (tmp_path / "nasviz-notebooks" / lab.FIRST).exists()
    assert "--no-browser" not in started[0]
    assert cli.main(["lab", "--notebook-dir", "other"]) == 0
    assert (tmp_path / "other" / lab.FIRST).exists()


def test_an_edited_notebook_is_kept_and_said_so(
    shipped: Path, started: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "work"
    cli.main(["lab", str(work)])
    (work / lab.FIRST).write_text("edited", encoding="utf-8")
    (shipped / lab.FIRST).write_text("newer", encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["lab", str(work)]) == 0
    assert (work / lab.FIRST).read_text(encoding="utf-8") == "edited"
    assert f"kept {lab.FIRST}, which you have edited" in capsys.readouterr().out
    assert len(started) == 2


def test_without_jupyterlab_there_is_a_line_to_type(
    shipped: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: None)
    assert cli.main(["lab", str(tmp_path / "work")]) == 1
    told = capsys.readouterr().err
    assert told == f"nasviz lab: JupyterLab is not installed here. Type: {sys.executable} -m pip install jupyterlab\n"
    assert not (tmp_path / "work").exists()


def test_doctor_prints_its_findings_and_fails_where_something_essential_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = [doctor.Finding("python", True, "3.11"), doctor.Finding("dot", False, "not found", essential=False)]
    monkeypatch.setattr(doctor, "examine", lambda: findings)
    assert cli.main(["doctor"]) == 0
    assert capsys.readouterr().out.endswith("nasviz is ready.\n")
    findings.append(doctor.Finding("torch", False, "not installed", "pip install torch"))
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().out.endswith("Not ready: torch.\n")


def test_worker_ends_when_its_stdin_does() -> None:
    text = "from nasviz.cli import main; raise SystemExit(main(['worker']))"
    run = subprocess.run([sys.executable, "-c", text], input=b"", capture_output=True, timeout=30, env=environment(1))
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["kind"] == "ready"


def test_help_version_and_mistakes(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "lab | doctor | worker" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"nasviz {__version__}\n"
    with pytest.raises(SystemExit) as ended:
        cli.main(["fly"])
    assert ended.value.code == 2


@pytest.mark.slow
def test_lab_really_serves_the_notebook(shipped: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = (
        "import sys, pathlib; from nasviz.jupyter import lab; from nasviz.cli import main; "
        "lab.shipped_notebooks = lambda: pathlib.Path(sys.argv[1]); raise SystemExit(main(sys.argv[2:]))"
    )
    command = [sys.executable, "-c", text, str(shipped), "lab", str(tmp_path / "work"), "--no-browser", "--port", str(port)]
    command += ["--", "--IdentityProvider.token=abc", "--ServerApp.port_retries=0", "--LabApp.news_url="]
    homes = {name: str(tmp_path / "home") for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    server = subprocess.Popen(command, env=environment(1) | homes, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        found = fetch(f"http://127.0.0.1:{port}/api/contents/{lab.FIRST}?token=abc", server)
        assert json.loads(found)["type"] == "notebook"
    finally:
        server.terminate()
        server.wait(20)


def fetch(address: str, server: subprocess.Popen[bytes]) -> bytes:
    deadline = time.monotonic() + 60
    while True:
        assert server.poll() is None, "the server ended"
        try:
            return urllib.request.urlopen(address, timeout=5).read()
        except (urllib.error.URLError, OSError):
            assert time.monotonic() < deadline
            time.sleep(0.2)


@pytest.mark.skipif(os.name != "posix", reason="execv")
def test_start_replaces_the_process() -> None:
    text = "import sys; from nasviz.jupyter.lab import start; start([sys.executable, '-c', 'print(7)']); print('not reached')"
    run = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, env=environment(1), timeout=30)
    assert run.stdout == "7\n"
