"""Work beside the writer thread: one thread, one piece at a time, none more often than it can bear."""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from nasviz.errors import NasvizError, said

LONGEST_BREAK = 10.0
"""Longest rest between two pieces of work of one name, in seconds."""

_PATIENCE = 30.0
"""Seconds that the end of Python waits for work, at most."""


@dataclass
class _Work:
    """What is done under one name: what was asked for last, and what came of what was done last."""

    key: Hashable = None
    call: Callable[[], Any] | None = None
    least: float = 0.0
    share: float = 0.0
    not_before: float = 0.0
    done: Hashable = None
    result: Any = None
    trouble: str = ""

    @property
    def wanted(self) -> bool:
        """Whether something else is asked for than what was done last."""
        return self.call is not None and self.key != self.done


@dataclass(eq=False)
class Background:
    """Results that take time, each under a name; the newest request of a name wins, and its last result stays until then.

    Parameters
    ----------
    changed
        Called after each piece of work, on the thread that did it.
    first
        Names of what is done first when much is asked for, in this order.
    """

    changed: Callable[[], object]
    first: tuple[str, ...] = ()
    _work: dict[str, _Work] = field(default_factory=dict[str, _Work], init=False)
    _ready: threading.Condition = field(default_factory=threading.Condition, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        for name in self.first:
            self._work[name] = _Work()
        _ALL.add(self)

    def ask(self, name: str, key: Hashable, call: Callable[[], Any], *, least: float = 0.0, share: float = 0.0) -> None:
        """Have ``call()`` done, unless it was done for this key already; returns at once.

        Parameters
        ----------
        name
            Under which the result is kept. Of what is asked for, what comes first here or was first asked for is done first.
        key
            What the result is a function of; not None.
        call
            Makes the result. It must not keep a view alive.
        least
            Seconds between two pieces of work of this name, at least.
        share
            The same in multiples of the time that one took, up to :data:`LONGEST_BREAK`.
        """
        with self._ready:
            work = self._work.setdefault(name, _Work())
            work.key, work.call, work.least, work.share = key, call, least, share
            if work.wanted and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="nasviz-board", daemon=True)
                self._thread.start()
            self._ready.notify_all()

    def result(self, name: str) -> Any:
        """The newest result of a name, or None."""
        work = self._work.get(name)
        return None if work is None else work.result

    def done(self, name: str) -> Hashable:
        """The key that the newest result was made for, or None."""
        work = self._work.get(name)
        return None if work is None else work.done

    def trouble(self, name: str) -> str:
        """Why the newest work of a name gave no result, or ""."""
        work = self._work.get(name)
        return "" if work is None else work.trouble

    def stop(self, name: str) -> None:
        """Do not begin what was asked for under a name; its result stays."""
        with self._ready:
            if name in self._work:
                self._work[name].call = None

    def close(self) -> None:
        """Begin nothing more."""
        with self._ready:
            for work in self._work.values():
                work.call = None
            self._ready.notify_all()

    def join(self, timeout: float) -> None:
        """Wait until nothing is done any more, `timeout` seconds at most."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)

    def _run(self) -> None:
        while (work := self._next()) is not None:
            self._do(work)
            self.changed()

    def _next(self) -> _Work | None:
        """What is to be done now; waits for what must rest, None when nothing is asked for."""
        with self._ready:
            while waiting := [work for work in self._work.values() if work.wanted]:
                now = time.monotonic()
                due = next((work for work in waiting if work.not_before <= now), None)
                if due is not None:
                    return due
                self._ready.wait(min(work.not_before for work in waiting) - now)
            self._thread = None
            return None

    def _do(self, work: _Work) -> None:
        with self._ready:
            key, call = work.key, work.call
        if call is None:
            return
        began = time.monotonic()
        try:
            work.result, work.trouble = call(), ""
        except BaseException as error:  # SystemExit too: this thread ends only when nothing is asked for
            work.result, work.trouble = None, said(error, name=not isinstance(error, NasvizError))
        took = time.monotonic() - began
        with self._ready:
            work.done = key
            if work.key == key:
                work.call = None  # it holds what it was made of
            work.not_before = time.monotonic() + max(work.least, min(work.share * took, LONGEST_BREAK))


_ALL: weakref.WeakSet[Background] = weakref.WeakSet()


@atexit.register
def _end() -> None:
    """Let work end with Python: a thread that is inside torch when Python goes away ends the process with an error."""
    for background in list(_ALL):
        background.close()
    for background in list(_ALL):
        background.join(_PATIENCE)
