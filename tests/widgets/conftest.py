import time

import pytest

from nasviz.spaces import digits_cells
from nasviz.view.delta import apply
from nasviz.widgets.workspace import WORKSPACE


class Page:
    """The page's half of a view, without a browser: it keeps the state as the page would, and sends what people do."""

    def __init__(self, view):
        self.view = view
        self.sent = []
        self.errors = []
        self.rev = view.snapshot["body"].get("rev", 0)
        self.state = view.snapshot["body"]
        view.send = self._receive

    def _receive(self, content, buffers=None):
        self.sent.append((time.monotonic(), content))
        body = content["body"]
        if content["kind"] == "error":
            self.errors.append(body["message"])
        elif content["kind"] == "state":
            self.state, self.rev = body, body["rev"]
        elif "changes" in body:
            assert body["rev"] == self.rev + 1, "an update is missing"
            self.state, self.rev = apply(self.state, body["changes"]), body["rev"]

    def command(self, name, **body):
        message = {"v": 1, "view": self.view.stem, "seq": 0, "kind": "command", "body": {**body, "name": name}}
        self.view._handle_custom_msg(message, [])
        WORKSPACE.flush()

    def wait_for(self, condition, seconds=20.0):
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, f"waited {seconds} s in vain; the page shows {self.state}"
            time.sleep(0.02)


@pytest.fixture
def page():
    opened = []

    def open_page(view):
        opened.append(view)
        return Page(view)

    yield open_page
    for view in opened:
        view.close()


@pytest.fixture(scope="session")
def space():
    return digits_cells()


@pytest.fixture(scope="session")
def archs(space):
    return list({arch.key: arch for arch in space.sample(8, seed=0)}.values())
