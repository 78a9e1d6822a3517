"""The shipped notebooks: clean as committed, run by themselves on a CPU, and a second run in the same kernel adds nothing."""

from __future__ import annotations

import ast
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
import zmq
from jupyter_client.channels import ZMQSocketChannel
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LIMIT = 240
"""Seconds for one notebook, its searches and trainings included."""
LIMITS = {"01_grammars": 60, "02_workbench": 60, "03_architectures": 120, "04_search": 360, "05_inspect_surrogate": 360}
"""Seconds for notebooks that neither search nor train, and for those that train every network of a space."""
BLOCK = 20
"""Seconds for a cell that awaits nothing: none blocks, so what is left is imports and the first use of torch."""

SETTLE = """
import asyncio, time
import nasviz as nv
def _left():
    studies = [v for v in globals().values() if isinstance(v, nv.Study) and v.running]
    return studies + [j for j in nv.list_jobs() if j.state in ("waiting", "starting", "running")]
while _left():
    await asyncio.sleep(0.2)
del _left
"""
COUNT = """{
    "trials": {k: len(v.trials) for k, v in globals().items() if isinstance(v, nv.Study)},
    "processes": len(__import__("psutil").Process().children(recursive=True)),
    "names": sorted(k for k in globals() if not k.startswith("_")),
}"""


def state(notebook: nbformat.NotebookNode) -> list[str]:
    """What a committed notebook should not hold, in words."""
    found: list[str] = []
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        found.append("the kernelspec is not python3")
    if "widgets" in notebook.metadata:
        found.append("widget state is saved in it")
    for i, cell in enumerate(notebook.cells):
        if cell.get("outputs") or cell.get("execution_count"):
            found.append(f"cell {i} holds an output or a number")
    return found


def look_after_sending(channel: Any) -> None:
    """Let a channel that waits for a reply look for it after each message that it sends meanwhile.

    While nbclient waits, it sends back what an Output widget shows (each ``ipywidgets.interactive`` has one), by a second
    handle of the socket on which it waits. A reply that has come by then loses its only sign to that handle, and the one
    that waits sees it when its time ends: of a hundred cells ``with output: print(1)``, three take the limit to the second.
    """
    send = channel.send

    def send_and_look(message: Any) -> None:
        send(message)
        channel.socket.get(zmq.EVENTS)

    channel.send = send_and_look


class Run:
    """A notebook in a kernel of its own, in a folder of its own."""

    def __init__(self, path: Path, folder: Path, limit: int = LIMIT) -> None:
        shutil.copyfile(path, folder / path.name)
        self.folder = folder
        self.notebook = nbformat.read(path, as_version=4)
        resources = {"metadata": {"path": str(folder)}}
        self.client = NotebookClient(self.notebook, kernel_name="python3", resources=resources, timeout=limit)
        self.seconds: dict[int, float] = {}

    @contextmanager
    def kernel(self) -> Iterator[None]:
        """A kernel for as long as this is open."""
        with self.client.setup_kernel():
            look_after_sending(self.client.kc.shell_channel)
            yield

    def all_cells(self) -> None:
        """Run every code cell in order and note how long each took."""
        for i, cell in enumerate(self.notebook.cells):
            if cell.cell_type == "code":
                began = time.monotonic()
                self.client.execute_cell(cell, i)
                self.seconds[i] = time.monotonic() - began

    def quietly(self, source: str) -> nbformat.NotebookNode:
        """Run code that is no part of the notebook."""
        cell = nbformat.v4.new_code_cell(source)
        self.notebook.cells.append(cell)
        try:
            return self.client.execute_cell(cell, len(self.notebook.cells) - 1)
        finally:
            self.notebook.cells.pop()

    def settled(self) -> dict[str, Any]:
        """Wait until no search and no training runs; then trials, processes, names and files."""
        self.quietly(SETTLE)
        (output,) = self.quietly(COUNT).outputs
        files = sorted(str(p.relative_to(self.folder)) for p in self.folder.rglob("*") if p.is_file())
        return ast.literal_eval(output.data["text/plain"]) | {"files": files}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to run in, and a home that no test shares."""
    for name in ("HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("OMP_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_clean_as_committed(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert state(notebook) == []
    assert path.stat().st_size < 60_000


@pytest.mark.slow
@pytest.mark.timeout(2 * LIMIT + 60)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_runs_and_a_second_run_adds_nothing(path, home):
    run = Run(path, home)
    began = time.monotonic()
    with run.kernel():
        run.all_cells()
        first = run.settled()
        took = time.monotonic() - began
        slowest = max(t for i, t in run.seconds.items() if not re.search(r"\bawait ", run.notebook.cells[i].source, re.M))
        run.all_cells()
        second = run.settled()
    assert took < LIMITS.get(path.stem, LIMIT)
    assert slowest < BLOCK
    assert second == first


def test_the_shipped_notebooks_are_there():
    assert {
        "00_first_look",
        "01_grammars",
        "02_workbench",
        "03_architectures",
        "04_search",
        "05_inspect_surrogate",
    } <= {p.stem for p in NOTEBOOKS}


@pytest.mark.slow
def test_a_reply_that_comes_before_an_output_is_sent_back_is_seen(home, tmp_path, monkeypatch):
    def send_late(channel: ZMQSocketChannel, message: Any) -> None:
        if message["msg_type"] == "comm_msg":
            time.sleep(0.3)  # by now the cell has ended
        send(channel, message)

    send = ZMQSocketChannel.send
    monkeypatch.setattr(ZMQSocketChannel, "send", send_late)
    cells = ["import ipywidgets\nout = ipywidgets.Output()", "with out:\n    print(1)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    nbformat.write(notebook, tmp_path / "output.ipynb")
    run = Run(tmp_path / "output.ipynb", home, limit=10)
    with run.kernel():
        run.all_cells()
    assert 0.3 < run.seconds[1] < 5


def test_an_executed_notebook_is_found():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", execution_count=1)])
    notebook.metadata["widgets"] = {}
    assert len(state(notebook)) == 3
