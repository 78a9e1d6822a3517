"""What comes from the page is outside input: whatever it is, a view answers in its own error line and goes on."""

import contextlib
import random
import re

import ipywidgets
import pytest

from nasviz import widgets
from nasviz.records import KINDS
from nasviz.widgets.base import View
from nasviz.widgets.edit import FileEditor
from nasviz.widgets.workspace import WORKSPACE


def nested(depth):
    found = []
    for _ in range(depth):
        found = [found]
    return found


VALUES = [
    None,
    True,
    -1,
    0,
    2**53,
    10**4000,
    10**5000,
    1e308,
    float("nan"),
    "",
    "p-0",
    "__class__",
    "<img src=x onerror=alert(1)>",
    "\ud800\x00\u202e",
    "x" * 10**6,
    [],
    [None],
    [0] * 10**5,
    [-1],
    [10**9],
    ["0"],
    {},
    {"v": 1},
    {"a": {"b": [{}]}},
    nested(900),
    nested(50_000),
    b"\x00",
]
KEYS = ["position", "on", "text", "revision", "term", "must", "keys", "trial", "total", "job", "nonterminal", "overwrite"]


def bodies(view, rng):
    """Commands of the view, and some that it has not, each with fields that are wrong in every way."""
    known = [name.removeprefix("do_") for name in dir(view) if name.startswith("do_")]
    for name in [*known, "no", "__init__", "close", "x.y", "", "x" * 10**5, 3, None, [], {}]:
        yield {"name": name}
        for value in VALUES:
            chosen = dict.fromkeys(rng.sample(KEYS, 4), value)
            yield {**chosen, "name": name}


def envelopes(view, rng):
    """Messages that are none."""
    good = {"v": 1, "view": view.stem, "seq": 0, "kind": "command", "body": {}}
    yield from VALUES
    for field in good:
        yield {k: v for k, v in good.items() if k != field}
        for value in VALUES:
            yield {**good, field: value}
    for kind in KINDS:
        yield {**good, "kind": kind, "body": {"name": "ready"}}
    yield {**good, "more": VALUES[-2], "view": "\ud800"}
    yield {rng.choice(VALUES[8:15]): 1}


def distinct(makers):
    """One maker for all classes that hear the same commands."""
    found = {}
    for name, make in makers.items():
        kind = getattr(widgets, name, FileEditor)
        if issubclass(kind, View):
            commands = [getattr(kind, attribute) for attribute in dir(kind) if attribute.startswith("do_")]
            found.setdefault((kind.stem, *commands), (name, make))
    return found.values()


@pytest.fixture
def spoken(makers, monkeypatch):
    """What every view posts, instead of a page."""
    said = []
    monkeypatch.setattr(View, "send", lambda self, content, buffers=None: said.append(content))
    return said


def still(view):
    """Without the commands that are right whatever comes with them, and take long: to train and to draw."""
    for name in ("do_train", "do_sample", "do_mutate"):
        if hasattr(view, name):
            setattr(view, name, lambda body: None)


@pytest.mark.slow
def test_no_message_raises_or_ends_the_writer(makers, spoken, subtests, caplog):
    rng = random.Random(0)
    for name, make in distinct(makers):
        with subtests.test(name), contextlib.closing(make()) as view:
            still(view)
            WORKSPACE.flush(30)
            before = len(spoken)
            n = 0
            for content in envelopes(view, rng):
                view._handle_custom_msg(content, [])
                n += 1
            WORKSPACE.flush(60)
            writer = WORKSPACE._thread
            errors = [m for m in spoken[before:] if m["kind"] == "error"]
            assert len(errors) >= n - 3 * len(KINDS)
            for body in bodies(view, rng):
                message = {"v": 1, "view": view.stem, "seq": 0, "kind": "command", "body": body}
                view._handle_custom_msg(message, [])
            WORKSPACE.flush(60)
            assert WORKSPACE._thread is writer
            assert max(len(m["body"]["message"]) for m in spoken if m["kind"] == "error") <= 2100
            view._handle_custom_msg({"v": 1, "view": view.stem, "seq": 9, "kind": "command", "body": {"name": "nothing"}}, [])
            WORKSPACE.flush()
            assert spoken[-1]["body"]["message"] == "this view has no command 'nothing'"
            assert not re.search("Traceback", caplog.text)


@pytest.mark.slow
def test_no_value_of_a_shared_trait_raises(makers, spoken, subtests, caplog):
    for name, make in distinct(makers):
        with subtests.test(name), contextlib.closing(make()) as view:
            WORKSPACE.flush(30)
            for key in sorted(set(view.keys) - set(ipywidgets.DOMWidget.class_trait_names(sync=True))):
                for value in VALUES:
                    view.set_state({key: value})
                WORKSPACE.flush(30)
            view.set_state({"nothing": 1, "selected": {"v": 1, "architecture": "none", "position": []}})
            assert view.selected == {"v": 1, "architecture": "none", "position": []}
            assert view.selection is None
            assert any(m["kind"] == "error" for m in spoken)
            assert not re.search("Traceback", caplog.text)


def test_what_is_refused_leaves_the_value_and_tells_the_page(makers, spoken):
    board = makers["Board"]()
    sent = []
    board.send_state = lambda key=None: sent.append(key)
    board.set_state({"trial": 7, "total": 5})
    assert (board.trial, board.total) == (None, 20)
    assert ["trial", "total"] in sent
    assert spoken[-1]["body"]["message"] == f"the study {board.study.name!r} has no trial 7"
    board.set_state({"total": "many"})
    assert board.total == 20
    assert "total" in spoken[-1]["body"]["message"]
    board.close()
