"""Comparison: two spaces side by side, by what is drawn from them; measured in the background."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import replace
from typing import Any, Literal, get_args

import numpy as np

from nasviz.errors import JobError, NasvizError, said
from nasviz.evaluation.edf import EqualComplexity, equal_complexity
from nasviz.evaluation.measure import measure
from nasviz.extension import lower
from nasviz.grammar import Law
from nasviz.jobs.notify import notifier
from nasviz.records import Drawn
from nasviz.search.evaluate import Objective, Outcome, evaluate_elsewhere
from nasviz.search.seeds import evaluation_seed
from nasviz.spaces import Architecture, SearchSpace
from nasviz.spaces.mimebundle import mimebundle

__all__ = ["Comparison", "Complexity"]

Complexity = Literal["parameters", "flops", "depth"]
State = Literal["running", "done", "stopped", "failed"]

GRACE = 5.0
"""Seconds that evaluations have to end after a stop."""


class Comparison:
    """Two spaces side by side; made by :func:`nasviz.compare`. It may be read at any time and from any thread.

    Attributes
    ----------
    names : (str, str)
        What the spaces are called.
    n : int
        Draws from each.
    objective_name : str
        What is measured, e.g. "error"; "" without an objective.
    """

    def __init__(
        self,
        spaces: tuple[SearchSpace, SearchSpace],
        names: tuple[str, str],
        n: int,
        seed: int,
        law: Law,
        objective: Objective | None,
        executor: Executor | None,
        workers: int,
    ) -> None:
        self.names = names
        self.n = n
        self.objective_name = "" if objective is None else str(getattr(objective, "metric", "value"))
        self._spaces, self._seed, self._workers = spaces, seed, workers
        self._law: Law = law
        self._objective, self._executor = objective, executor
        self._rows: dict[tuple[int, int], Drawn] = {}
        self._archs: dict[tuple[int, int], Architecture] = {}
        self._evaluated = 0
        self._state: State = "running"
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._settled: Future[Comparison] = Future()

    # ---- what is known

    @property
    def state(self) -> State:
        """ "running", "done", "stopped" or "failed"."""
        return self._state

    @property
    def rows(self) -> tuple[Drawn, ...]:
        """What is known of each draw so far, those of the first space first."""
        with self._lock:
            return tuple(self._rows[key] for key in sorted(self._rows))

    @property
    def progress(self) -> float:
        """Share of the work that is done, in [0, 1]."""
        with self._lock:
            drawn, wanted = len(self._rows), 2 * self.n
            if self._objective is None:
                return drawn / wanted
            build = sum(row.builds for row in self._rows.values())
            expected = build if drawn == wanted else wanted
            return (drawn / wanted + 99 * self._evaluated / max(expected, 1)) / 100 if expected else 1.0

    @property
    def error(self) -> str:
        """What ended it, or ""."""
        reason = self._settled.exception() if self._state == "failed" else None
        return str(reason) if reason else ""

    @property
    def note(self) -> str:
        """What it is doing, in words."""
        rows = self.rows
        if self._state == "running" and (self._objective is None or len(rows) < 2 * self.n):
            return f"{len(rows)} of {2 * self.n} architectures drawn"
        build = sum(row.builds for row in rows)
        if self._objective is not None:
            return f"{self._evaluated} of {build} networks evaluated"
        return f"{len(rows)} architectures drawn, {build} can be built"

    def architecture(self, row: Drawn) -> Architecture:
        """Return the architecture of a row."""
        return self._spaces[self.names.index(row.space)].parse(row.term)

    # ---- results

    def frame(self) -> Any:
        """Return the draws as a ``pandas.DataFrame``, a row for each; waits until all are measured, or those before a stop.

        Columns: "space", "number", "term", "builds", "parameters", "flops", "depth" (missing where it does not build),
        "reason", and with an objective "value" and "failure".
        """
        return lower("comparison_frame")(self.wait().rows, self.objective_name)

    def summary(self) -> Any:
        """Return a DataFrame with a row for each space: draws, distinct ones, the share that builds, quartiles; waits."""
        return lower("comparison_summary")(self.wait().rows, self.names, self.objective_name)

    def equal_complexity(self, complexity: Complexity = "parameters", bins: int = 10) -> EqualComplexity:
        """Return the distributions of the objective's values at equal complexity; waits. See :func:`equal_complexity`.

        Parameters
        ----------
        complexity : {"parameters", "flops", "depth"}
        bins : int
            Bins over the range that both spaces have.

        Raises
        ------
        NasvizError
            If there is no objective, or no such complexity.
        """
        return self.wait().so_far(complexity, bins)

    def so_far(self, complexity: Complexity = "parameters", bins: int = 10) -> EqualComplexity:
        """Return :meth:`equal_complexity` of what is evaluated so far, at once."""
        if self._objective is None:
            raise NasvizError(
                "errors are compared with an objective. Type: nv.compare(a, b, objective=nv.TrainingObjective(data))"
            )
        _check_complexity(complexity)
        rows = self.rows
        pairs = [
            [(float(getattr(row, complexity)), row.value) for row in rows if row.space == name and row.value is not None]
            for name in self.names
        ]
        return equal_complexity(pairs[0], pairs[1], bins)

    def figure(self, complexity: Complexity = "parameters", bins: int = 10, *, dark: bool = False) -> Any:
        """Return the distributions as a ``plotly.graph_objects.Figure``; waits.

        Parameters
        ----------
        complexity, bins
            Of the comparison at equal complexity, where there is an objective.
        dark : bool
            For a dark page.
        """
        _check_complexity(complexity)
        self.wait()
        equal = self.so_far(complexity, bins) if self._objective is not None else None
        info = lower("comparison_info")(self.rows, self.names, equal, complexity, self.objective_name)
        return lower("comparison_figure")(info, dark=dark)

    # ---- what can be done

    def wait(self, timeout: float | None = None) -> Comparison:
        """Block until it is done or stopped, and return it; interrupting the wait leaves it running.

        Raises
        ------
        TimeoutError
            If it has not finished within `timeout` seconds.
        NasvizError
            What ended it, if it failed.
        """
        try:
            return self._settled.result(timeout)
        except TimeoutError:
            raise TimeoutError(f"the comparison still runs after {timeout} s: {self.note}; it goes on") from None

    def __await__(self) -> Generator[Any, None, Comparison]:
        """``await comparison`` lets the notebook work on meanwhile."""
        return asyncio.shield(asyncio.wrap_future(self._settled)).__await__()

    def stop(self) -> None:
        """End it; what is known so far stays."""
        self._stopping.set()

    def on_change(self, listener: Callable[[Comparison], object]) -> Callable[[], None]:
        """Call ``listener(comparison)`` after changes, at most 10 times a second, on a background thread.

        Returns
        -------
        callable
            Ends it.
        """
        return notifier.listen(self, listener)

    def start(self) -> None:
        """Begin; :func:`nasviz.compare` has done so."""
        threading.Thread(target=self._run, name="nasviz-compare", daemon=True).start()

    # ---- the work, on a thread of its own

    def _run(self) -> None:
        error: Exception | None = None
        try:
            self._draw()
            if self._objective is not None and self._executor is not None:
                self._evaluate(self._objective, self._executor)
        except Exception as reason:
            error = reason if isinstance(reason, NasvizError) else JobError(said(reason))
        self._state = "failed" if error else "stopped" if self._stopping.is_set() else "done"
        if error is None:
            self._settled.set_result(self)
        else:
            self._settled.set_exception(error)
        notifier.changed(self)

    def _draw(self) -> None:
        """Draw from both in turn, so that a stop leaves as many of each."""
        rngs = [np.random.default_rng(np.random.SeedSequence(self._seed, spawn_key=(k,))) for k in range(2)]
        for number in range(self.n):
            for k, (space, rng) in enumerate(zip(self._spaces, rngs, strict=True)):
                if self._stopping.is_set():
                    return
                arch = space.sample(seed=rng, law=self._law)
                row = measure(arch, self.names[k], number)
                with self._lock:
                    self._rows[k, number] = row
                    if row.builds and self._objective is not None:
                        self._archs[k, number] = arch
            notifier.changed(self)

    def _evaluate(self, objective: Objective, executor: Executor) -> None:
        """Keep the executor busy with the networks that build, from both spaces in turn."""
        waiting = iter(sorted(self._archs, key=lambda key: key[::-1]))
        flights: dict[Future[Outcome], tuple[int, int]] = {}
        while not self._stopping.is_set():
            self._fill(objective, executor, waiting, flights)
            if not flights:
                return
            done, _ = wait(flights, 0.2, FIRST_COMPLETED)
            for future in done:
                self._arrive(flights.pop(future), future)
        self._land(executor, flights)

    def _fill(
        self,
        objective: Objective,
        executor: Executor,
        waiting: Iterator[tuple[int, int]],
        flights: dict[Future[Outcome], tuple[int, int]],
    ) -> None:
        while len(flights) < self._workers and (key := next(waiting, None)) is not None:
            seed = evaluation_seed(self._seed, key[1], key[0] + 1)
            call = (objective, self._archs[key], seed, None, 1.0)
            try:
                flights[executor.submit(evaluate_elsewhere, *call)] = key
            except RuntimeError as error:
                raise JobError(f"the executor takes no more work: {error}") from error

    def _arrive(self, key: tuple[int, int], future: Future[Outcome]) -> None:
        try:
            outcome = future.result()
        except CancelledError:
            return
        except Exception as error:
            outcome = Outcome(None, said(error, name=not isinstance(error, JobError)))
        with self._lock:
            self._rows[key] = replace(self._rows[key], value=outcome.value, failure=outcome.reason)
            self._evaluated += 1
        notifier.changed(self)

    def _land(self, executor: Executor, flights: Mapping[Future[Outcome], tuple[int, int]]) -> None:
        """End what still runs; an evaluation that was cut short is no value."""
        cancel_running: Any = getattr(executor, "cancel_running", None)
        for future in flights:
            if not future.cancel() and cancel_running is not None:
                cancel_running(future, 0.0)
        wait(flights, GRACE)

    # ---- how it shows itself

    def __repr__(self) -> str:
        text = f"Comparison({self.names[0]!r} and {self.names[1]!r}: {self._state}, {self.note})"
        return f"{text}\n{self.error}" if self.error else text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return mimebundle(self, repr(self))


def _check_complexity(complexity: object) -> None:
    if complexity not in get_args(Complexity):
        raise NasvizError(f"complexity is 'parameters', 'flops' or 'depth', found {str(complexity)[:60]!r}")
