"""A real JupyterLab (or Notebook 7) in a headless Chromium, driven through the page: `lab_server`, `chromium` and `lab`.

Nothing leaves the machine: names of other hosts do not resolve in the browser, and a request to one fails the test.
"""

from __future__ import annotations

import ast
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, ViewportSize, sync_playwright
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "docmanager-extension/plugin": {"autosave": False},
}
WINDOW: ViewportSize = {"width": 1400, "height": 900}
ANSI = re.compile(r"\x1b\[[0-9;]*m")


# ---------------------------------------------------------------------------------------------------------- the server
@dataclass(frozen=True)
class Application:
    """A notebook application: its module, where it shows a notebook, and the options by which a test can drive it."""

    module: str
    place: str
    options: dict[str, Any]


LAB = Application(
    "jupyterlab",
    "lab/tree",
    {"LabApp.expose_app_in_browser": True, "LabApp.news_url": "", "LabApp.extension_manager": "readonly"},
)
NOTEBOOK = Application("notebook", "notebooks", {"JupyterNotebookApp.expose_app_in_browser": True})


@dataclass(frozen=True)
class Server:
    """A running JupyterLab or Notebook: its process id, address, token and the folder of its notebooks."""

    pid: int
    url: str
    token: str
    folder: Path
    application: Application = LAB

    def address(self, name: str) -> str:
        """Where the page of a notebook is."""
        return f"{self.url}/{self.application.place}/{urllib.parse.quote(name)}?token={self.token}&reset"

    def call(self, method: str, path: str) -> Any:
        """Answer of the REST interface, parsed; None where it has no content."""
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    def descendants(self) -> list[psutil.Process]:
        """Kernels, their workers, and whatever else the server has begun."""
        return psutil.Process(self.pid).children(recursive=True)

    def shut_kernels(self) -> None:
        """End every session, so that a test leaves no kernel to the next one."""
        for session in self.call("GET", "/api/sessions"):
            self.call("DELETE", f"/api/sessions/{session['id']}")


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def _environment(home: Path) -> dict[str, str]:
    """The environment of a user who has never run Jupyter: every folder of his own, settings that keep a test quiet."""
    names = {
        "HOME": "",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    env = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "JPY_"))}
    for name, folder in names.items():
        (home / folder).mkdir(parents=True, exist_ok=True)
        env[name] = str(home / folder)
    for plugin, values in SETTINGS.items():
        target = home / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(values))
    labconfig = home / "config" / "labconfig"
    labconfig.mkdir()
    disabled = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (labconfig / "page_config.json").write_text(json.dumps(disabled))
    return env | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}


def _wait_until_up(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            server.call("GET", "/api/status")
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{server.application.module} did not start:\n{log.read_text()[-4000:]}")


def _end(process: subprocess.Popen[bytes], others: list[psutil.Process]) -> None:
    """End the server and everything it began; each by its own process id."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)
    _, alive = psutil.wait_procs(others, timeout=5)
    for p in alive:
        p.kill()
    psutil.wait_procs(alive, timeout=5)


@contextmanager
def running_server(home: Path, application: Application = LAB) -> Iterator[Server]:
    """A JupyterLab or Notebook of its own on a free port of the loopback address, ended with all its kernels on leaving."""
    env, token, port = _environment(home), secrets.token_hex(16), _free_port()
    folder, log = home / "notebooks", home / "server.log"
    folder.mkdir()
    options = {
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.terminals_enabled": False,
        "IdentityProvider.token": token,
        **application.options,
    }
    command = [sys.executable, "-m", application.module, "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--{name}={value}" for name, value in options.items()]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=out, start_new_session=True)
    server = Server(process.pid, f"http://127.0.0.1:{port}", token, folder, application)
    others: list[psutil.Process] = []
    try:
        _wait_until_up(server, process, log)
        yield server
        others = server.descendants()
        server.shut_kernels()
    finally:
        _end(process, others)


@contextmanager
def running_chromium() -> Iterator[BrowserContext]:
    """A Chromium window of 1400 × 900; the one error that a machine without a browser gets says what to type."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise RuntimeError("no Chromium here. Type: sudo apt-get install chromium (or run make test BROWSER=no)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        context = browser.new_context(viewport=WINDOW, service_workers="block")
        context.add_init_script(path=Path(__file__).with_name("page.js"))
        yield context
        browser.close()


# ------------------------------------------------------------------------------------------------------------ the page
def _tracebacks(cells: list[dict[str, Any]]) -> list[str]:
    """Each failed cell's source and traceback, in plain text."""
    found: list[str] = []
    for cell in cells:
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                lines = "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
                found.append(f"cell:\n{cell['source']}\n\n{ANSI.sub('', lines)}")
    return found


def _leaves(url: str) -> bool:
    """Whether a request to `url` would leave this machine."""
    parts = urllib.parse.urlsplit(url)
    return parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in {"127.0.0.1", "localhost", "::1"}


@dataclass
class Lab:
    """One page of JupyterLab with one notebook: open it, run it, look at it, ask its kernel.

    `escaped` holds every address outside this machine that the page asked for, `console` the errors it wrote.
    """

    server: Server
    page: Page
    shots: Path
    escaped: list[str] = field(default_factory=list[str])
    console: list[str] = field(default_factory=list[str])
    _opened: str = ""

    @classmethod
    def in_new_page(cls, server: Server, context: BrowserContext, shots: Path) -> Lab:
        """An empty page, watched."""
        lab = cls(server, context.new_page(), shots)
        lab.page.on("request", lambda r: lab.escaped.append(r.url) if _leaves(r.url) else None)
        lab.page.on("websocket", lambda w: lab.escaped.append(w.url) if _leaves(w.url) else None)
        lab.page.on("console", lab._note)
        lab.page.on("pageerror", lambda e: lab.console.append(f"uncaught: {e}"))
        return lab

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console.append(f"{message.text} ({message.location.get('url', '')})")

    # ---- notebooks
    def open(self, notebook: Path | list[str], name: str = "test.ipynb", ready: float = 60) -> Lab:
        """Open a copy of a notebook file, or a new notebook with these code cells, and wait until it can run."""
        target = self.server.folder / name
        if isinstance(notebook, Path):
            shutil.copyfile(notebook, target)
        else:
            made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in notebook])
            made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
            nbformat.write(made, target)
        self.page.goto(self.server.address(name), wait_until="domcontentloaded")
        self.wait_for(self._ready, ready, "the notebook and its kernel to be ready")
        return self

    def once(self, notebook: Path | list[str], name: str) -> Lab:
        """Open and run a notebook the first time; later run all of its cells again, in the page and kernel that are there.

        What the cells made is new each time, so that tests which share a page do not hang on each other.
        """
        if self._opened != name:
            self.open(notebook, name)
            self._opened = name
        self.run_all()
        return self

    def _ready(self) -> bool:
        try:
            return self.page.evaluate("e2e.ready")
        except PlaywrightError as error:  # JupyterLab goes from the address with ?reset to the one without
            if "context was destroyed" in error.message:
                return False
            raise

    def cells(self) -> list[dict[str, Any]]:
        """Source, busy, count and outputs (nbformat) of every code cell."""
        return self.page.evaluate("e2e.cells")

    def run_all(self, timeout: float = 240) -> None:
        """Run all cells; AssertionError with source and traceback as soon as one fails, or with the cell that hangs."""
        self.begin("notebook:run-all-cells")
        self.finish(timeout)

    def run_cell(self, index: int, timeout: float = 60) -> None:
        """Run one cell, counted from 0 over all cells."""
        self.begin("notebook:run-cell", index)
        self.finish(timeout)

    def run_code(self, source: str, timeout: float = 60) -> list[dict[str, Any]]:
        """Run `source` in a new last cell and give its outputs."""
        self.run_cell(self.page.evaluate("e2e.append", source), timeout)
        return self.cells()[-1]["outputs"]

    def begin(self, command: str, index: int | None = None) -> None:
        """Begin a command on one cell, or on all, and come back at once; `finish` waits for its end."""
        self.page.evaluate("e2e.begin", [command, index])

    def check(self) -> None:
        """AssertionError with source and traceback of the cells that have failed, if any."""
        failed = _tracebacks(self.cells())
        assert not failed, "\n\n".join(failed)

    def finish(self, timeout: float = 240) -> None:
        """Wait for the command that `begin` began; AssertionError as in `run_all`."""
        end = time.monotonic() + timeout
        while True:
            run = self.page.evaluate("() => e2e.run")
            self.check()  # after: what had ended by then has all its outputs
            assert not run["failed"], run["failed"]
            if run["done"]:
                return
            if time.monotonic() > end:
                busy = [c["source"] for c in self.cells() if c["busy"]][:1]
                raise AssertionError(f"still running after {timeout:.0f} s: {busy}")
            self.page.wait_for_timeout(100)

    # ---- the kernel
    def kernel(self, expression: str = "None", *, code: str = "", timeout: float = 30) -> Any:
        """Run `code` in the kernel without a cell, then give the value of `expression`.

        A value that has no Python literal comes back as its repr. AssertionError with the traceback on an error.
        """
        answer = self.page.evaluate("e2e.ask", [code, expression, timeout * 1000])
        assert answer is not None, f"the kernel gave no answer within {timeout:.0f} s to {code or expression!r}"
        reply = answer["reply"]
        assert reply["status"] == "ok", ANSI.sub("", answer["text"] or str(reply))
        value = reply["user_expressions"]["value"]
        if value["status"] != "ok":
            raise AssertionError(f"{expression}: {value['ename']}: {value['evalue']}")
        text = value["data"]["text/plain"]
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError):
            return text

    def command(self, name: str, **arguments: Any) -> None:
        """Execute a command of JupyterLab, such as `notebook:change-cell-to-code` or `docmanager:save`."""
        self.page.evaluate("e2e.command", [name, arguments])

    def theme(self, name: str) -> None:
        """Change the theme: `JupyterLab Light`, `JupyterLab Dark` or `JupyterLab Dark High Contrast`."""
        self.command("apputils:change-theme", theme=name)
        body = self.page.locator(f"body[data-jp-theme-name='{name}']")
        self.wait_for(body.count, 10, f"theme {name}")

    # ---- looking
    def find(self, selector: str) -> Locator:
        """What the selector finds inside the notebook; waits and clicks like every Locator of playwright."""
        return self.page.locator(f".jp-NotebookPanel:not(.lm-mod-hidden) {selector}")

    def output(self, index: int) -> Locator:
        """The output area of code cell `index`, counted from 0 over the code cells."""
        return self.find(".jp-CodeCell").nth(index).locator(".jp-Cell-outputArea")

    def wait_for(self, condition: Callable[[], Any], timeout: float = 20, what: str = "") -> Any:
        """Ask ten times a second until `condition` is true, give its value; AssertionError says what was awaited."""
        end = time.monotonic() + timeout
        while not (value := condition()):
            assert time.monotonic() < end, f"waited {timeout:.0f} s for {what or condition}"
            self.page.wait_for_timeout(100)
        return value

    def shot(self, name: str, of: Locator | None = None) -> Path:
        """A screenshot of the page, or of one element, in the folder NASVIZ_SHOTS (build/shots where unset)."""
        self.shots.mkdir(parents=True, exist_ok=True)
        target = self.shots / f"{name}.png"
        if of is None:
            self.page.screenshot(path=target)
        else:
            self.page.set_viewport_size(WINDOW | {"height": max(900, int((of.bounding_box() or WINDOW)["height"]) + 300)})
            of.scroll_into_view_if_needed()
            of.screenshot(path=target)
            self.page.set_viewport_size(WINDOW)
        return target


def shots_folder() -> Path:
    """Where screenshots go."""
    return Path(os.environ.get("NASVIZ_SHOTS") or ROOT / "build" / "shots")


# -------------------------------------------------------------------------------------------------------- the fixtures
@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One JupyterLab for the whole run."""
    with running_server(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserContext]:
    """One Chromium for the whole run; fails, never skips, where there is none."""
    with running_chromium() as context:
        yield context


FORGET = "() => { try { localStorage.clear() } catch { /* a page that was never opened has none */ } }"


@contextmanager
def watched_page(server: Server, context: BrowserContext) -> Iterator[Lab]:
    """A new page; afterwards no kernel and no memory of tabs are left, and a request off the machine is an error."""
    lab = Lab.in_new_page(server, context, shots_folder())
    yield lab
    lab.page.evaluate(FORGET)
    lab.page.close()
    server.shut_kernels()
    assert not lab.escaped, f"the page asked other machines: {lab.escaped}"


@pytest.fixture
def lab(lab_server: Server, chromium: BrowserContext) -> Iterator[Lab]:
    """A new page for one test."""
    with watched_page(lab_server, chromium) as lab:
        yield lab


@pytest.fixture(scope="module")
def shared_lab(lab_server: Server, chromium: BrowserContext) -> Iterator[Lab]:
    """A page for all tests of one file, which go on where the test before ended."""
    with watched_page(lab_server, chromium) as lab:
        yield lab


@pytest.fixture
def notebook(tmp_path: Path, chromium: BrowserContext) -> Iterator[Lab]:
    """A new page of a Notebook 7 with a server of its own."""
    with running_server(tmp_path, NOTEBOOK) as server, watched_page(server, chromium) as lab:
        yield lab


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show what the page looked like, and what its console said, when a test failed."""
    report = yield
    if report.failed and report.when == "call":
        for lab in [a for a in getattr(item, "funcargs", {}).values() if isinstance(a, Lab)]:
            lab.shot(f"failed-{item.name}")
            report.sections.append(("errors in the console of the page", "\n".join(lab.console)))
    return report
