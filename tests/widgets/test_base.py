import gc
import itertools
import json
import math
import re
import time
import weakref
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
import traitlets

from nasviz.errors import NasvizError, StorageError
from nasviz.records import KINDS, Message
from nasviz.spaces import parse
from nasviz.view.delta import apply
from nasviz.widgets.base import INTERVAL, Ready, View, plain
from nasviz.widgets.workspace import WORKSPACE

FRONTEND = Path(__file__).parents[2] / "nasviz" / "frontend"


class Probe(View):
    stem = "grammar"

    def __init__(self, **kwargs):
        self.done = []
        self.sent = []
        super().__init__(**kwargs)

    def send(self, content, buffers=None):
        self.sent.append((time.monotonic(), content))

    def do_count(self, body):
        self.done.append(body)
        return {"n": 4}

    def do_break(self, body):
        raise ValueError("broken on purpose")


def page(view, kind="command", seq=0, **body):
    view._handle_custom_msg({"v": 1, "view": "grammar", "seq": seq, "kind": kind, "body": body}, [])
    WORKSPACE.flush()


@pytest.fixture
def probe():
    view = Probe()
    yield view
    view.close()


def test_message_is_the_same_on_both_sides():
    source = (FRONTEND / "src" / "core" / "message.ts").read_text()
    fields = re.findall(r'"(\w+)"', re.search(r"export const FIELDS = \[(.*?)\]", source).group(1))
    kinds = re.findall(r'"(\w+)"', re.search(r"export const KINDS = \[(.*?)\]", source).group(1))
    assert set(fields) == set(Message("a", 0, "ready").to_json())
    assert tuple(kinds) == KINDS


def test_the_first_state_is_a_trait_later_ones_are_changes(probe):
    probe.publish({"xs": [1], "name": "a"})
    assert Message.from_json(probe.snapshot).kind == "state"
    assert probe.snapshot["body"] == {"xs": [1], "name": "a", "rev": 0}
    probe.publish({"xs": [1, 2], "name": "a"})
    WORKSPACE.flush()
    (_, message) = probe.sent[-1]
    assert message["body"] == {"changes": [[["xs"], "extend", [2]]], "rev": 1}
    page(probe, "ready")
    assert probe.sent[-1][1]["body"] == {"xs": [1, 2], "name": "a", "rev": 1}


def test_at_most_ten_updates_a_second_and_none_is_lost(probe):
    start = time.monotonic()
    for k in range(200):
        probe.publish({"k": k})
        time.sleep(0.002)
    WORKSPACE.flush()
    body = probe.snapshot["body"]
    times = [at for at, _ in probe.sent]
    assert len(times) <= (time.monotonic() - start) / INTERVAL + 1
    assert min(b - a for a, b in itertools.pairwise(times)) >= 0.9 * INTERVAL
    for _, message in probe.sent:
        body = apply(body, message["body"]["changes"])
    assert body["k"] == 199


def test_an_equal_state_sends_nothing(probe):
    probe.publish({"a": 1})
    probe.publish({"a": 1})
    WORKSPACE.flush()
    assert probe.sent == []


def test_a_command_runs_and_is_answered(probe):
    page(probe, seq=7, name="count", text="S")
    assert probe.done == [{"name": "count", "text": "S"}]
    assert probe.sent[-1][1]["body"] == {"n": 4, "re": 7}


def test_a_failing_handler_is_shown_with_its_traceback(probe):
    page(probe, seq=3, name="break")
    message = probe.sent[-1][1]
    assert (message["kind"], message["body"]["message"], message["body"]["re"]) == (
        "error",
        "ValueError: broken on purpose",
        3,
    )
    assert "do_break" in message["body"]["traceback"]
    page(probe, name="count")
    assert len(probe.done) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"v": 1, "view": "grammar", "seq": 0, "kind": "command", "body": {"name": "no"}}, "this view has no command 'no'"),
        ({"v": 1, "view": "grammar", "seq": 0, "kind": "command", "body": {"name": "x.y"}}, "this view has no command 'x.y'"),
        ({"v": 1, "view": "grammar", "seq": 0, "kind": "command", "body": {}}, "this view has no command 'None'"),
        ({"v": 1, "view": "board", "seq": 0, "kind": "command", "body": {}}, "a message for 'board' came to 'grammar'"),
        (
            {"v": 1, "view": "grammar", "seq": 0, "kind": "state", "body": {}},
            "the page may send ready and command, found",
        ),
        ({"v": 9, "view": "grammar", "seq": 0, "kind": "command", "body": {}}, "a Message of version 9"),
        ("hello", "a Message is a JSON object, found str"),
    ],
)
def test_what_comes_from_the_page_is_checked(probe, content, words):
    probe._handle_custom_msg(content, [])
    WORKSPACE.flush()
    message = probe.sent[-1][1]
    assert message["kind"] == "error"
    assert message["body"]["message"].startswith(words)


class Shown(Probe):
    def __init__(self, arch):
        self._arch = arch
        super().__init__()

    def find_architecture(self, key):
        return self._arch if key == self._arch.key else None


def test_selection_goes_both_ways():
    arch = parse("Linear(Residual(conv, id, conv), fc)")
    view = Shown(arch)
    seen = []
    view.observe(lambda change: seen.append(change["new"]), "selection")
    view.set_state({"selected": {"v": 1, "architecture": arch.key, "position": [0, 2]}})
    assert view.selection == (arch, (0, 2))
    view.selection = (arch, (1,))
    assert view.selected == {"v": 1, "architecture": arch.key, "position": [1]}
    view.selection = None
    assert view.selected is None
    assert seen == [(arch, (0, 2)), (arch, (1,)), None]
    view.close()


def test_a_selection_that_is_none_is_refused():
    arch = parse("Linear(conv, fc)")
    view = Shown(arch)
    for wrong in ((3, ()), (parse("conv"), "a"), (parse("conv"), 3)):
        with pytest.raises(NasvizError, match=r"a selection is a pair \(architecture, position\)"):
            view.selection = wrong
    with pytest.raises(NasvizError, match=r"a selection is a pair \(architecture, position\)"):
        view.selection = "conv"
    with pytest.raises(NasvizError, match=r"no position \(7,\)"):
        view.selection = (arch, (7,))
    with pytest.raises((StorageError, traitlets.TraitError)):
        view.selected = {"architecture": 3}
    view.selected = {"v": 1, "architecture": arch.key, "position": [7]}
    assert view.selection is None
    assert "no position (7,)" in view.sent[-1][1]["body"]["message"]
    view.close()


def test_plain_makes_json():
    value = plain({"a": (1, 2.5), "b": np.float64(1), "c": np.array([[1, 2]]), "d": math.nan, 3: None, "e": np.bool_(True)})
    assert value == {"a": [1, 2.5], "b": 1.0, "c": [[1, 2]], "d": None, "3": None, "e": True}
    json.dumps(value, allow_nan=False)
    with pytest.raises(TypeError, match="object has no JSON form"):
        plain(object())


def test_what_is_ready_is_not_copied():
    part = Ready(x=[1, 2])
    assert plain({"figure": part})["figure"] is part


@pytest.mark.slow
def test_closed_views_are_gone():
    kept = []
    for k in range(20):
        view = Probe()
        view.publish({"k": k})
        view.publish({"k": -k})
        page(view, name="count")
        view.close()
        kept.append(weakref.ref(view))
        del view
    WORKSPACE.flush()
    gc.collect()
    assert [ref() for ref in kept] == [None] * 20


def test_closing_leaves_no_widget_behind():
    Probe().close()
    before = len(ipywidgets.widgets.widget._instances)
    for _ in range(5):
        Probe().close()
    assert len(ipywidgets.widgets.widget._instances) == before
    layout = ipywidgets.Layout(width="50%")
    Probe(layout=layout).close()
    assert layout.comm is not None
    layout.close()


def test_views_compose_with_ipywidgets(probe):
    other = Probe()
    box = ipywidgets.HBox([probe, other])
    link = ipywidgets.jslink((probe, "selected"), (other, "selected"))
    assert probe.layout.width == "100%"
    assert box.children == (probe, other)
    link.close()
    box.close()
    other.close()


def test_a_saved_notebook_shows_text(probe):
    data, _ = probe._repr_mimebundle_()
    assert data["text/plain"] == "Probe()"
    assert "application/vnd.jupyter.widget-view+json" in data
