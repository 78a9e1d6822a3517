"""One thread that does what the page asks, in order, so that no handler runs inside a cell or beside another one."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
import weakref
from collections.abc import Callable, Hashable
from typing import Any

from nasviz.errors import NasvizError

_log = logging.getLogger("nasviz.widgets")


class Workspace:
    """A queue of calls on views and the one thread that makes them.

    A call holds its view weakly: a view that is gone takes its calls with it. An exception is given to the view's
    ``show_error``, and logged where that fails too; it never ends the thread.
    """

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._heap: list[tuple[float, int]] = []
        self._calls: dict[int, tuple[weakref.ref[Any], Callable[..., object], tuple[Any, ...], Hashable]] = {}
        self._keyed: dict[Hashable, int] = {}
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None
        self._busy = False

    def submit(self, view: Any, call: Callable[..., object], *args: Any, after: float = 0.0, key: Hashable = None) -> None:
        """Queue ``call(view, *args)``.

        Parameters
        ----------
        view
            What the call is about; held weakly.
        call
            A plain function (not a method bound to `view`, which would keep it alive).
        *args
            Further arguments.
        after
            Seconds to wait at least, 0 or more.
        key
            A call that waits with the same key of the same view is replaced: the latest wins, at the earlier time.
        """
        with self._ready:
            full = None if key is None else (id(view), key)
            number = self._keyed.get(full) if full is not None else None
            if number is None:
                number = next(self._numbers)
                heapq.heappush(self._heap, (time.monotonic() + after, number))
                if full is not None:
                    self._keyed[full] = number
            self._calls[number] = (weakref.ref(view), call, args, full)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="nasviz-workspace", daemon=True)
                self._thread.start()
            self._ready.notify_all()

    def flush(self, timeout: float = 10.0) -> None:
        """Wait until nothing is queued or running; for tests and scripts.

        Raises
        ------
        NasvizError
            If that takes longer than `timeout` seconds, or when called by the writer thread itself.
        """
        if threading.current_thread() is self._thread:
            raise NasvizError("a handler cannot wait for the thread that runs it")
        with self._ready:
            if not self._ready.wait_for(lambda: not self._heap and not self._busy, timeout):
                raise NasvizError(f"views still had work to do after {timeout:g} s")

    def _run(self) -> None:
        while True:
            self._call(*self._next())
            with self._ready:
                self._busy = False
                self._ready.notify_all()

    def _next(self) -> tuple[weakref.ref[Any], Callable[..., object], tuple[Any, ...]]:
        with self._ready:
            while not self._heap or self._heap[0][0] > time.monotonic():
                self._ready.wait(self._heap[0][0] - time.monotonic() if self._heap else None)
            _, number = heapq.heappop(self._heap)
            view, call, args, key = self._calls.pop(number)
            if key is not None:
                del self._keyed[key]
            self._busy = True
            return view, call, args

    @staticmethod
    def _call(reference: weakref.ref[Any], call: Callable[..., object], args: tuple[Any, ...]) -> None:
        view = reference()
        if view is None:
            return
        try:
            call(view, *args)
        except BaseException as error:  # a handler that calls sys.exit() must not end the writer of all views
            try:
                view.show_error(error)
            except Exception:
                _log.exception("a view could not show that %s failed", call)


WORKSPACE = Workspace()
"""The writer of this process."""
