"""One thread that tells listeners of changes, at most ten times a second for each source."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

INTERVAL = 0.1
"""Seconds between two calls of the listeners of one source."""

_log = logging.getLogger("nasviz.jobs")


class Notifier:
    """Calls the listeners of what has changed, all on one thread, which is started when it is first needed.

    A change that comes sooner than `INTERVAL` after the last call is told later, with those that follow; none is lost.

    >>> notifier, told = Notifier(), threading.Event()
    >>> leave = notifier.listen("a job", lambda source: told.set())
    >>> notifier.changed("a job")
    >>> told.wait(5)
    True
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._listeners: dict[Any, list[Callable[[Any], object]]] = {}
        self._due: dict[Any, float] = {}
        self._told: dict[Any, float] = {}
        self._thread: threading.Thread | None = None

    def listen(self, source: Any, listener: Callable[[Any], object]) -> Callable[[], None]:
        """Call ``listener(source)`` after changes of `source`; what this returns ends it."""
        with self._condition:
            self._listeners.setdefault(source, []).append(listener)

        def leave() -> None:
            with self._condition:
                rest = [other for other in self._listeners.get(source, []) if other is not listener]
                if rest:
                    self._listeners[source] = rest
                else:
                    self._listeners.pop(source, None)
                    self._told.pop(source, None)

        return leave

    def changed(self, source: Any) -> None:
        """Say that `source` has changed."""
        with self._condition:
            if source not in self._listeners or source in self._due:
                return
            self._due[source] = self._told.get(source, 0.0) + INTERVAL
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="nasviz-notify", daemon=True)
                self._thread.start()
            self._condition.notify()

    def _run(self) -> None:
        while True:
            source, listeners = self._next()
            for listener in listeners:
                try:
                    listener(source)
                except Exception:
                    _log.exception("a listener of %r failed", source)
            del source, listeners

    def _next(self) -> tuple[Any, list[Callable[[Any], object]]]:
        with self._condition:
            while True:
                now = time.monotonic()
                source = min(self._due, key=self._due.__getitem__, default=None)
                if source is not None and self._due[source] <= now:
                    del self._due[source]
                    listeners = list(self._listeners.get(source, []))
                    if listeners:
                        self._told[source] = now
                    return source, listeners
                self._condition.wait(None if source is None else self._due[source] - now)


notifier = Notifier()
"""The notifier of this process's jobs."""
