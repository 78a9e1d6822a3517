"""Train every architecture of a small space, in the background, into a table that is itself an objective."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nasviz.algebra.arguments import file_path, shown, whole
from nasviz.errors import JobError, NasvizError, StorageError, said
from nasviz.evaluation.tabulated import Row, Tabulated, read_rows
from nasviz.extension import lower
from nasviz.grammar.difference import count_text
from nasviz.search.evaluate import Objective, Outcome, evaluate, evaluate_elsewhere, expect_executor
from nasviz.search.provenance import data_digest, settings_of
from nasviz.spaces import SearchSpace
from nasviz.spaces.mimebundle import mimebundle

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["Tabulation", "tabulate"]

LIMIT = 10_000
"""Most architectures that are trained unless more are asked for."""
SAVED_EVERY = 2.0
"""Seconds between two writes of the file."""
GRACE = 8.0
"""Seconds that what runs gets to end when the table is stopped."""
_TASK = ("fingerprint", "input_shape", "num_classes", "stem", "head")


class Tabulation(Tabulated):
    """A table that fills itself in the background. Made by :func:`tabulate`."""

    def __init__(
        self,
        space: SearchSpace,
        objective: Objective,
        path: Path | None,
        total: int,
        seed: int,
        executor: Executor | Literal["inline"] | None,
        workers: int | None,
    ) -> None:
        super().__init__(space, protocol=_protocol(objective, seed))
        self.total = total
        self.path = path
        self._objective, self._seed = objective, seed
        self._executor, self._workers = executor, workers
        self._stopping, self._again, self._switch = threading.Event(), False, threading.Lock()
        self._saved, self._stamp = 0.0, 0
        self._listeners: list[Callable[[Tabulation], object]] = []
        self._ended: Future[None] = Future()
        self._ended.set_result(None)
        self._thread: threading.Thread | None = None
        if path is not None and path.exists():
            self._take_over(path)

    @property
    def running(self) -> bool:
        """Whether architectures are being evaluated."""
        return not self._ended.done()

    @property
    def progress(self) -> float:
        """Share of the space that was evaluated, in [0, 1]."""
        return len(self.rows) / self.total if self.total else 1.0

    def start(self) -> None:
        """Evaluate what is missing and what failed, in the background; returns at once.

        A run that is being stopped goes on as soon as it has.
        """
        with self._switch:
            if self.running:
                self._again = self._stopping.is_set()
                return
            self._stopping.clear()
            self._ended = Future()
            self._thread = threading.Thread(target=self._drive, name="nasviz-table", daemon=True)
        self._thread.start()

    def stop(self, *, wait: bool = False) -> None:
        """End what runs; what was evaluated is kept, and :meth:`start` goes on.

        Parameters
        ----------
        wait
            Whether to return only when nothing runs any more; where a listener or the objective itself stops it, it returns
            at once nevertheless.
        """
        with self._switch:
            self._again = False
            self._stopping.set()
        if wait and threading.current_thread() is not self._thread:
            with suppress(Exception):
                self._ended.result()

    def wait(self, timeout: float | None = None) -> Tabulation:
        """Block until nothing runs any more, and return the table; raises what ended the run, if that was an error.

        Raises
        ------
        TimeoutError
            If something runs after `timeout` seconds.
        NasvizError
            If a listener or the objective itself waits: it would wait for itself.
        """
        if threading.current_thread() is self._thread and self.running:
            raise NasvizError("what the table calls cannot wait for the table; type table.stop() there, or wait elsewhere")
        self._ended.result(timeout)
        return self

    async def done(self) -> Tabulation:
        """Wait as :meth:`wait` does, while the caller's event loop goes on."""
        await asyncio.shield(asyncio.wrap_future(self._ended))
        return self

    def on_change(self, callback: Callable[[Tabulation], object]) -> Callable[[], None]:
        """Call ``callback(table)`` after each evaluation, on the thread that runs them; returns what ends this."""
        self._listeners.append(callback)

        def unsubscribe() -> None:
            with suppress(ValueError):
                self._listeners.remove(callback)

        return unsubscribe

    def _take_over(self, path: Path) -> None:
        head, rows = read_rows(path)
        now = {"space": self.space.to_json(), "protocol": self.protocol}
        for part, keys in (
            ("space", ("fingerprint", "input_shape", "num_classes", "stem", "head")),
            ("protocol", self.protocol),
        ):
            before: Mapping[str, Any] = head.get(part) or {}
            for key in keys:
                if before.get(key) != now[part][key]:
                    raise StorageError(
                        f"{path} holds a table with {key} {_brief(before.get(key))}, now it is {_brief(now[part][key])}: the "
                        f"values would not compare. Take another file, or look at this one with nv.load_table({str(path)!r})"
                    )
        self.rows |= {row.term: row for row in rows if row.value is not None or row.term not in self.rows}
        self._stamp = path.stat().st_mtime_ns

    def _drive(self) -> None:
        executor: Executor | None = None
        try:
            executor, seats = self._seating()
            going = True
            while going:
                self._evaluate_all(executor, seats)
                self._keep()
                going = self._goes_on()
        except BaseException as error:
            self._ended.set_exception(error)
        finally:
            if executor is not None and executor is not self._executor:
                executor.shutdown(wait=False)
            self._changed()

    def _goes_on(self) -> bool:
        """Whether it was started again while it stopped; if not, it has ended."""
        with self._switch:
            if not self._again:
                self._ended.set_result(None)
                return False
            self._again = False
            self._stopping.clear()
            return True

    def _seating(self) -> tuple[Executor | None, int]:
        """Where to evaluate, None for this thread, and how many at once."""
        if isinstance(self._executor, str):
            return None, 1
        if self._executor is None:
            seats = self._workers or os.cpu_count() or 1
            return lower("local_executor")(seats), seats
        known: Any = self._workers or getattr(self._executor, "workers", None) or getattr(self._executor, "_max_workers", None)
        return self._executor, int(known or 1)

    def _evaluate_all(self, executor: Executor | None, seats: int) -> None:
        waiting = deque(arch for arch in self.space.enumerate() if not self._has(arch))
        flights: dict[Future[Outcome], tuple[Architecture, dict[str, float]]] = {}
        while (waiting or flights) and not self._stopping.is_set():
            if executor is None:
                self._evaluate_here(waiting.popleft())
                continue
            while waiting and len(flights) < seats:
                arch, told = waiting.popleft(), dict[str, float]()
                flights[self._submit(executor, arch, told)] = arch, told
            for future in wait(flights, 0.2, FIRST_COMPLETED).done:
                self._arrive(future, *flights.pop(future))
        cancel: Any = getattr(executor, "cancel_running", None)
        for future in flights:
            _ = cancel(future) if cancel is not None else future.cancel()
        wait(flights, GRACE)

    def _has(self, arch: Architecture) -> bool:
        row = self.rows.get(str(arch))
        return row is not None and row.value is not None

    def _evaluate_here(self, arch: Architecture) -> None:
        told: dict[str, float] = {}

        def report(step: int, metrics: Mapping[str, float]) -> str | None:
            told.update(metrics)
            return "stop" if self._stopping.is_set() else None

        outcome = evaluate(self._objective, arch, self._seed, report)
        self._record(arch, outcome, told)

    def _submit(self, executor: Executor, arch: Architecture, told: dict[str, float]) -> Future[Outcome]:
        call = (self._objective, arch, self._seed)
        reporting: Any = getattr(executor, "submit_reporting", None)

        def hear(_: int, metrics: Mapping[str, float]) -> None:
            told.update(metrics)

        try:
            if reporting is not None:
                return reporting(evaluate, *call, on_report=hear)
            return executor.submit(evaluate_elsewhere, *call, None, SAVED_EVERY)
        except RuntimeError as error:
            raise JobError(f"the executor takes no more work: {error}") from error

    def _arrive(self, future: Future[Outcome], arch: Architecture, told: dict[str, float]) -> None:
        try:
            outcome = future.result()
        except Exception as error:
            outcome = Outcome(None, said(error, name=not isinstance(error, JobError)))
        self._record(arch, outcome, told)

    def _record(self, arch: Architecture, outcome: Outcome, told: dict[str, float]) -> None:
        if outcome.stopped:
            return
        for curve in outcome.curve:
            told.update(curve.metrics)
        metrics = {name: value for name, value in told.items() if name != "epoch"}
        self.rows[str(arch)] = Row(str(arch), outcome.value, outcome.seconds, outcome.reason, metrics)
        if time.monotonic() - self._saved > SAVED_EVERY:
            self._keep()
        self._changed()

    def _keep(self) -> None:
        if self.path is None:
            return
        if self.path.exists() and self.path.stat().st_mtime_ns != self._stamp:
            self._take_over(self.path)  # another kernel fills the same file
        self.save(self.path)
        self._saved, self._stamp = time.monotonic(), self.path.stat().st_mtime_ns

    def _changed(self) -> None:
        for callback in list(self._listeners):
            with suppress(Exception):
                callback(self)

    def _lacks(self, arch: Architecture) -> str:
        how = "type table.wait() or await table.done()" if self.running else "type table.start() to go on"
        return f"{super()._lacks(arch)}: {len(self.rows)} of {self.total} were evaluated; {how}"

    def _state(self) -> str:
        return super()._state() + (", running" if self.running else "")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        bundle = mimebundle(self, repr(self))
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, None)
        data = {**data, "text/html": self._repr_html_()}
        return data if metadata is None else (data, metadata)


def tabulate(
    space: SearchSpace,
    objective: Objective,
    path: str | os.PathLike[str] | None = None,
    *,
    seed: int = 0,
    executor: Executor | Literal["inline"] | None = None,
    workers: int | None = None,
    limit: int = LIMIT,
) -> Tabulation:
    """Train every architecture of a small space in the background, and return the table at once.

    The table fills while it is looked at: ``table.frame`` is a ``DataFrame`` of what is there, ``table(arch)`` a value, so it
    is an objective for ``nv.Study`` that costs nothing. ``table.progress``, ``.stop()``, ``.start()``, ``.wait()`` and
    ``await table.done()`` are what they say; as the last line of a cell it shows how far it is, with a button that stops it.
    Every architecture is evaluated with the same seed, so values do not depend on the order or on how often the run was
    interrupted.

    Parameters
    ----------
    space
        A finite space.
    objective
        ``objective(arch) -> float``, e.g. ``nv.TrainingObjective(nv.data.digits())``; also given ``seed`` and ``report``
        where it takes them.
    path
        A CSV file that is written every two seconds. When it exists, what it holds is taken over and only the rest is
        trained (failed ones again), so the same cell run in a new kernel finds its table. None keeps it in memory.
    seed
        Handed to the objective, ≥ 0.
    executor
        Where evaluations run: any ``concurrent.futures.Executor``, ``"inline"`` for a thread of this process, None for worker
        processes that end with the run.
    workers
        How many at once; None is one a core.
    limit
        Most architectures to train.

    Raises
    ------
    NasvizError
        If the space has no end or more architectures than `limit`, the objective is no function, or the executor none.
    StorageError
        If the file is none of this space and objective (says what differs), or is damaged.

    Examples
    --------
    >>> from nasviz.spaces import three_node_cells
    >>> table = tabulate(three_node_cells(), lambda arch: len(str(arch)), executor="inline").wait()
    >>> table
    Tabulation(three-node cells: 116 of 116 architectures)
    >>> int(table.frame["value"].min())
    21
    """
    if not isinstance(space, SearchSpace):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NasvizError(f"a search space is tabulated, e.g. nv.spaces.nb201(), found {shown(space)}")
    if not callable(objective):
        raise NasvizError(f"the objective is {objective!r:.60}, expected a function of an architecture")
    size, most = space.count(), whole(limit, "limit", 1)
    if not isinstance(size, int) or size > most:
        raise NasvizError(
            f"the space holds {count_text(size)} architectures and tabulate trains every one, at most {most}. Narrow its "
            "grammar, search it with nv.Study, or type limit= for more"
        )
    expect_executor(executor)
    seats = None if workers is None else whole(workers, "workers", 1)
    file = None if path is None else file_path(path, "table.csv")
    table = Tabulation(space, objective, file, size, whole(seed, "seed", 0), executor, seats)
    table.start()
    return table


def _protocol(objective: Objective, seed: int) -> dict[str, Any]:
    """How values are made, as JSON data: a table goes on only where this is equal."""
    how: dict[str, Any] = {"objective": str(getattr(objective, "__qualname__", type(objective).__qualname__))}
    how |= settings_of(objective)
    data = data_digest(objective)
    return {**how, **({"data": data} if data else {}), "seed": seed}


def _brief(value: Any) -> str:
    text = str(value.get("name", value)) if isinstance(value, Mapping) else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
