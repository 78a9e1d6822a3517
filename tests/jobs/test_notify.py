"""Listeners are called on one thread, not too often, and the last change is always told."""

import gc
import itertools
import threading
import time
import weakref

from nasviz.jobs.notify import INTERVAL, Notifier


def test_many_changes_make_few_calls_on_one_thread_and_none_is_lost() -> None:
    notifier = Notifier()
    value, calls = 0, []

    def listener(source: str) -> None:
        calls.append((value, time.monotonic(), threading.get_ident()))

    notifier.listen("a", listener)
    for number in range(1, 251):
        value = number
        notifier.changed("a")
        time.sleep(0.002)
    deadline = time.monotonic() + 60
    while calls[-1][0] != 250 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert calls[-1][0] == 250
    times = [moment for _, moment, _ in calls]
    assert all(b - a >= INTERVAL * 0.9 for a, b in itertools.pairwise(times))
    assert {thread for _, _, thread in calls} == {calls[0][2]}
    assert calls[0][2] != threading.get_ident()


def test_a_failing_listener_harms_no_other() -> None:
    notifier, told = Notifier(), threading.Event()
    notifier.listen("a", lambda source: 1 / 0)
    notifier.listen("a", lambda source: told.set())
    notifier.changed("a")
    assert told.wait(60)


def test_a_listener_that_left_hears_nothing() -> None:
    notifier, heard, told = Notifier(), [], threading.Event()
    leave = notifier.listen("a", heard.append)
    notifier.listen("b", lambda source: told.set())
    leave()
    leave()
    notifier.changed("a")
    notifier.changed("b")
    assert told.wait(60)
    assert heard == []


def test_what_nobody_listens_to_any_more_is_not_kept() -> None:
    class Source:
        pass

    notifier, source, told = Notifier(), Source(), threading.Event()
    notifier._told[source] = time.monotonic()  # told just now, so that the next change waits
    leave = notifier.listen(source, print)
    notifier.changed(source)
    leave()
    notifier.listen("after", lambda _: told.set())
    notifier._told["after"] = time.monotonic() + INTERVAL
    notifier.changed("after")
    assert told.wait(60)
    gone = weakref.ref(source)
    del source, leave
    gc.collect()
    assert gone() is None
