import gc
import threading
import weakref

import pytest

from nasviz.errors import NasvizError
from nasviz.widgets.workspace import Workspace


class Seen:
    def __init__(self):
        self.calls = []
        self.errors = []

    def show_error(self, error):
        self.errors.append(error)


def note(seen, what):
    seen.calls.append((what, threading.current_thread().name))


def fail(seen):
    raise ValueError("no")


def test_calls_run_in_order_in_one_other_thread():
    workspace, seen = Workspace(), Seen()
    for k in range(20):
        workspace.submit(seen, note, k)
    workspace.flush()
    assert [what for what, _ in seen.calls] == list(range(20))
    assert {name for _, name in seen.calls} == {"nasviz-workspace"}


def test_an_error_is_given_to_the_view_and_the_thread_goes_on():
    workspace, seen = Workspace(), Seen()
    workspace.submit(seen, fail)
    workspace.submit(seen, note, "after")
    workspace.flush()
    assert [str(e) for e in seen.errors] == ["no"]
    assert seen.calls[0][0] == "after"


def test_of_calls_with_one_key_the_latest_wins_at_the_first_time():
    workspace, seen, other = Workspace(), Seen(), Seen()
    for k in range(10):
        workspace.submit(seen, note, k, after=0.05, key="draw")
    workspace.submit(other, note, "other", after=0.05, key="draw")
    workspace.flush()
    assert [what for what, _ in seen.calls] == [9]
    assert [what for what, _ in other.calls] == ["other"]


@pytest.mark.slow
def test_a_waiting_call_keeps_no_view_alive():
    workspace, seen = Workspace(), Seen()
    calls = seen.calls
    gone = weakref.ref(seen)
    workspace.submit(seen, note, 1, after=0.1)
    del seen
    gc.collect()
    assert gone() is None
    workspace.flush()
    assert calls == []


def test_a_handler_cannot_wait_for_itself():
    workspace, seen = Workspace(), Seen()
    workspace.submit(seen, lambda _: workspace.flush())
    workspace.flush()
    assert str(seen.errors[0]) == "a handler cannot wait for the thread that runs it"


def test_flush_says_when_work_is_left():
    workspace, seen = Workspace(), Seen()
    workspace.submit(seen, note, 1, after=5)
    with pytest.raises(NasvizError, match=r"still had work to do after 0\.1 s"):
        workspace.flush(timeout=0.1)


class Mute(Seen):
    def show_error(self, error):
        raise RuntimeError("no line to write on")


def leave(_seen):
    raise SystemExit(3)


def test_nothing_ends_the_writer(caplog):
    workspace, mute, seen = Workspace(), Mute(), Seen()
    workspace.submit(mute, fail)
    workspace.submit(seen, leave)
    workspace.submit(seen, note, "after")
    workspace.flush()
    assert [type(error) for error in seen.errors] == [SystemExit]
    assert seen.calls[0][0] == "after"
    assert "could not show that" in caplog.text
    assert "no line to write on" in caplog.text
