import time

import pytest

import nasviz.widgets.training as training
from nasviz import widgets
from nasviz.errors import NasvizError
from nasviz.jobs import Plan, compare
from nasviz.search import RandomSearch, Study
from nasviz.spaces import digits_cells
from nasviz.surrogate.bag import features
from nasviz.view.delta import apply
from nasviz.widgets.edit import FileEditor
from nasviz.widgets.workspace import WORKSPACE


class Page:
    """The page's half of a view, without a browser: it keeps the state as the page would, and sends what people do."""

    def __init__(self, view):
        self.view = view
        self.sent = []
        self.errors = []
        with view._lock:  # a view that is drawn beside may have sent updates already: the snapshot is only its first state
            self.state, self.rev = {**view._sent, "rev": view._revision}, view._revision
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

    def wait_for(self, condition, seconds=60.0):
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


def never(arch):
    raise AssertionError("nothing is searched here")


@pytest.fixture
def makers(space, archs, tmp_path, monkeypatch):
    """Functions that make one view of each class, by its name; what takes an architecture or a space needs no line here."""
    monkeypatch.setattr(training, "plan", lambda arch, data, **options: Plan("cpu", "CPU", 1000, 20, 1.0))
    study = Study(space, never, strategy=RandomSearch())
    comparison = compare(space, space, n=2).wait()
    special = {
        "Board": lambda: widgets.Board(study),
        "ComparisonView": lambda: widgets.ComparisonView(comparison),
        "DifferenceView": lambda: widgets.DifferenceView(archs[0], archs[1]),
        "FeaturesView": lambda: widgets.FeaturesView(features(archs[0])),
        "FileEditor": lambda: FileEditor(tmp_path / "mine.grammar"),
        "Gallery": lambda: widgets.Gallery(archs[:3]),
        "GrammarEditor": lambda: widgets.GrammarEditor(space),
        "Training": lambda: widgets.Training(archs[0], ("train", "val")),
        "Workbench": lambda: widgets.Workbench(
            archs[0], panes=("grammar", "derive", "architecture", "train"), data=("train", "val")
        ),
    }

    def usual(kind):
        def make():
            try:
                return kind(archs[0])
            except NasvizError:
                return kind(space)

        return make

    public = {name: getattr(widgets, name) for name in widgets.__all__ if name not in ("View", *special)}
    return special | {name: usual(kind) for name, kind in public.items() if isinstance(kind, type)}
