"""Worker processes behind the standard `Executor`: what a notebook defines runs there, and a crash stays there.

A seat is one thread here with one process there. The process is started for the first call, kept for the next ones, and
replaced when it dies; all seats take calls from one queue.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from numbers import Integral
from typing import Any, ParamSpec, TypeVar

from nasviz.algebra.arguments import shown
from nasviz.errors import JobError
from nasviz.jobs.payload import Shared, pack
from nasviz.jobs.process import fair_threads
from nasviz.jobs.seat import Call, OnLog, OnReport, Seat

__all__ = ["LocalExecutor", "OnLog", "OnReport", "default_executor"]

P = ParamSpec("P")
T = TypeVar("T")


class LocalExecutor(Executor):
    """Worker processes on this machine, as a `concurrent.futures.Executor`.

    Functions, arguments and results travel by cloudpickle over pipes, so what a notebook defines works and nothing is
    written to disk. Workers are started when they are needed and stay. They end with this process, whatever ends it.

    Parameters
    ----------
    workers
        How many calls run at once, ≥ 1.
    threads
        Threads of each worker's numerics; the default shares the cores, less one, among the workers.
    grace
        Seconds that a running call has to answer a stop before its process is ended.

    Raises
    ------
    JobError
        If `workers` or `threads` is below 1.

    Notes
    -----
    A call whose process dies (``os._exit``, a signal, out of memory) raises a `JobError` with the reason from its future, and
    the next call gets a new process. An exception of the function is raised from the future as it is.

    Examples
    --------
    >>> with LocalExecutor() as executor:
    ...     executor.submit(pow, 2, 10).result()
    1024
    """

    def __init__(self, workers: int = 1, *, threads: int | None = None, grace: float = 5.0) -> None:
        for name, number in (("workers", workers), ("threads", 1 if threads is None else threads)):
            if not isinstance(number, Integral):
                raise JobError(f"{name} must be a whole number, found {shown(number)}")
            if number < 1:
                raise JobError(f"{name} must be at least 1, found {shown(number)}")
        self.workers = workers
        self._threads = threads if threads is not None else fair_threads(workers)
        self._grace = grace
        self._calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._seats: list[Seat] = []
        self._lock = threading.Lock()
        self._shut = False
        self._finalizer = weakref.finalize(self, _retire, self._calls, self._seats)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run ``fn(*args, **kwargs)`` in a worker.

        Raises
        ------
        RuntimeError
            After `shutdown`.
        """
        return self._enqueue((fn, args, kwargs, False), None, None, None)

    def submit_reporting(
        self,
        fn: Callable[..., T],
        /,
        *args: Any,
        on_report: OnReport | None = None,
        on_log: OnLog | None = None,
        on_start: Callable[[], object] | None = None,
        **kwargs: Any,
    ) -> Future[T]:
        """Run ``fn(*args, report=report, **kwargs)`` in a worker, listening to what it reports.

        In the worker ``report(step: int, metrics: dict[str, float]) -> "stop" | None`` never blocks and returns the newest
        command. Rows travel in at most 10 messages a second; where more than 20 come in between, the last of each run with
        the same metric names does.

        Parameters
        ----------
        fn
            Takes the keyword ``report``.
        on_report
            Called here with each row, in order, on one thread; answering "stop" asks the call to stop.
        on_log
            Called here with what the call printed to `sys.stdout`.
        on_start
            Called here when a worker has taken the call.

        Raises
        ------
        RuntimeError
            After `shutdown`.

        Examples
        --------
        >>> rows = []
        >>> with LocalExecutor() as executor:
        ...     done = executor.submit_reporting(
        ...         lambda x, report: report(1, {"error": x}), 0.5, on_report=lambda step, m: rows.append((step, m))
        ...     ).result()
        >>> rows
        [(1, {'error': 0.5})]
        """
        return self._enqueue((fn, args, kwargs, True), on_report, on_log, on_start)

    def share(self, value: object) -> Shared:
        """Return a stand-in for an argument of many calls: it is sent to each worker once, and a call receives `value`.

        Raises
        ------
        JobError
            If it cannot be sent to another process.

        Examples
        --------
        >>> with LocalExecutor() as executor:
        ...     data = executor.share(list(range(1000)))
        ...     [executor.submit(sum, data).result() for _ in range(2)]
        [499500, 499500]
        """
        return Shared(value)

    def cancel_running(self, future: Future[Any], grace: float | None = None) -> bool:
        """Stop a call, waiting or running.

        A waiting call is cancelled. A running one is asked to stop: its next `report` returns "stop", and what it then
        returns is its result. If it has not returned within `grace` seconds its process is ended, and the future raises
        `JobError`.

        Parameters
        ----------
        future
            What `submit` or `submit_reporting` returned.
        grace
            Seconds; the default is the executor's, 0 ends it at once.

        Returns
        -------
        bool
            False if it had already finished or belongs to another executor.
        """
        if future.cancel():
            return True
        return any(seat.stop(future, grace) for seat in list(self._seats))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; end the workers when those already taken are done.

        Parameters
        ----------
        wait
            Return only when the workers have ended.
        cancel_futures
            Cancel the calls that wait.
        """
        with self._lock:
            self._shut = True
            if cancel_futures:
                _drain(self._calls)
        self._finalizer()
        if wait:
            for seat in self._seats:
                if seat is not threading.current_thread():
                    seat.join()

    @property
    def closed(self) -> bool:
        """Whether `shutdown` was called."""
        return self._shut

    def _enqueue(
        self,
        payload: tuple[Callable[..., Any], tuple[Any, ...], Mapping[str, Any], bool],
        on_report: OnReport | None,
        on_log: OnLog | None,
        on_start: Callable[[], object] | None,
    ) -> Future[Any]:
        call = Call([], on_report, on_log)
        call.on_start = on_start
        try:
            call.blobs = pack(payload)
        except JobError as error:
            call.future.set_exception(error)
            return call.future
        with self._lock:
            if self._shut:
                raise RuntimeError("this executor was shut down; make a new one")
            self._calls.put(call)
            if not self._idle.acquire(blocking=False) and len(self._seats) < self.workers:
                seat = Seat(self._calls, self._idle, self._threads, self._grace)
                self._seats.append(seat)
                seat.start()
        return call.future


def _retire(calls: queue.SimpleQueue[Call | None], seats: list[Seat]) -> None:
    for _ in seats:
        calls.put(None)


def _drain(calls: queue.SimpleQueue[Call | None]) -> None:
    """Cancel the calls that wait; what tells seats to end, after an earlier shutdown, stays."""
    ends = 0
    with contextlib.suppress(queue.Empty):
        while True:
            call = calls.get_nowait()
            if call is None:
                ends += 1
            else:
                call.future.cancel()
    for _ in range(ends):
        calls.put(None)


_shared: dict[tuple[int, int], LocalExecutor] = {}
_shared_lock = threading.Lock()


def default_executor(workers: int = 1) -> LocalExecutor:
    """Return this process's shared executor with so many workers; it stays warm between searches, so do not shut it down.

    >>> default_executor() is default_executor()
    True
    """
    with _shared_lock:
        key = os.getpid(), workers
        executor = _shared.get(key)
        if executor is None or executor.closed:
            executor = _shared[key] = LocalExecutor(workers)
        return executor
