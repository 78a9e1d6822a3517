import subprocess
import sys
import threading
import time

import pytest

from nasviz.errors import NasvizError
from nasviz.widgets.background import Background


@pytest.fixture
def told():
    return threading.Event()


def waited(background, name, key, seconds=60.0):
    until = time.monotonic() + seconds
    while background.done(name) != key:
        assert time.monotonic() < until, f"{name} was done for {background.done(name)!r}, not {key!r}"
        time.sleep(0.002)
    return background.result(name)


class Gate:
    """Work that holds the thread until the test opens it."""

    def __init__(self, background):
        self.began, self.open = threading.Event(), threading.Event()
        background.ask("gate", 1, self)
        assert self.began.wait(60)

    def __call__(self):
        self.began.set()
        return self.open.wait(60)


def test_a_result_is_made_once_for_a_key(told):
    background, made = Background(told.set), []
    for _ in range(3):
        background.ask("square", 3, lambda: made.append(9) or 9)
        assert waited(background, "square", 3) == 9
    assert made == [9]
    assert told.wait(60)
    background.ask("square", 4, lambda: 16)
    assert waited(background, "square", 4) == 16


def test_before_it_is_made():
    background = Background(lambda: None)
    assert (background.result("x"), background.done("x"), background.trouble("x")) == (None, None, "")


def test_the_newest_request_wins_and_the_last_result_stays_until_then():
    background, made = Background(lambda: None), []
    gate = Gate(background)
    for key in (2, 3, 4):
        background.ask("gate", key, lambda key=key: made.append(key) or f"number {key}")
    gate.open.set()
    assert waited(background, "gate", 4) == "number 4"
    assert made == [4]


def test_what_is_first_is_done_first():
    background, order = Background(lambda: None, ("fit", "detail")), []
    gate = Gate(background)
    for name in ("figure", "detail", "fit"):
        background.ask(name, 0, lambda name=name: order.append(name))
    gate.open.set()
    waited(background, "figure", 0)
    assert order == ["fit", "detail", "figure"]


def test_work_rests_at_least_so_long():
    background, at = Background(lambda: None), []
    for key in (1, 2):
        background.ask("figure", key, lambda: at.append(time.monotonic()), least=0.15)
        waited(background, "figure", key)
    assert at[1] - at[0] >= 0.15


def test_work_rests_in_proportion_to_what_it_took():
    background, at = Background(lambda: None), []

    def slow():
        at.append(time.monotonic())
        time.sleep(0.05)

    for key in (1, 2):
        background.ask("fit", key, slow, share=3.0)
        waited(background, "fit", key)
    assert at[1] - at[0] >= 0.05 * 4


def test_other_work_is_done_while_one_rests():
    background = Background(lambda: None)
    background.ask("figure", 1, lambda: 1, least=60.0)
    waited(background, "figure", 1)
    background.ask("figure", 2, lambda: 2, least=60.0)
    background.ask("detail", 1, lambda: "now")
    assert waited(background, "detail", 1) == "now"
    assert background.result("figure") == 1
    background.close()


def test_trouble_is_told_in_words_and_not_tried_again_for_the_same_key():
    background, tried = Background(lambda: None), []

    def broken(error):
        tried.append(error)
        raise error

    background.ask("x", 1, lambda: broken(NasvizError("the study has no value yet")))
    waited(background, "x", 1)
    background.ask("x", 1, lambda: broken(NasvizError("again")))
    assert background.trouble("x") == "the study has no value yet"
    background.ask("x", 2, lambda: broken(ZeroDivisionError("division by zero")))
    waited(background, "x", 2)
    assert background.trouble("x") == "ZeroDivisionError: division by zero"
    background.ask("x", 3, lambda: 1)
    assert waited(background, "x", 3) == 1
    assert background.trouble("x") == ""
    assert len(tried) == 2


def test_what_is_stopped_is_not_begun():
    background, made = Background(lambda: None), []
    gate = Gate(background)
    background.ask("hidden", 1, lambda: made.append(1))
    background.stop("hidden")
    background.stop("never asked for")
    gate.open.set()
    background.ask("last", 1, lambda: 1)
    waited(background, "last", 1)
    assert made == []


def test_after_close_nothing_is_begun_and_the_thread_ends():
    background, made = Background(lambda: None), []
    gate = Gate(background)
    background.ask("later", 1, lambda: made.append(1))
    background.close()
    gate.open.set()
    background.join(5)
    assert background._thread is None
    assert made == []


ENDS = """
import threading, time
from nasviz.widgets.background import Background
background, began = Background(lambda: None), threading.Event()
def work():
    began.set()
    time.sleep(0.3)
    print("done")
background.ask("work", 1, work)
background.ask("later", 1, lambda: print("too late"))
began.wait()
"""


def test_work_ends_before_python_does():
    ended = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (0, "done\n")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_work_that_ends_its_thread_ends_no_later_work(told):
    background = Background(told.set)
    background.ask("first", 1, lambda: sys.exit(3))
    background.join(60)
    background.ask("second", 1, lambda: "done")
    background.stop("first")
    assert waited(background, "second", 1) == "done"
    assert background.trouble("first") == "SystemExit: 3"


def test_what_is_asked_for_together_with_work_that_ends_its_thread_is_done(told):
    background = Background(told.set)
    gate = Gate(background)
    background.ask("first", 1, lambda: sys.exit(3))
    background.ask("second", 1, lambda: "done")
    gate.open.set()
    assert waited(background, "second", 1) == "done"
