"""The loop that keeps an executor busy with a study's trials, until enough are finished or it is told to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from nasviz.errors import JobError, StorageError, said
from nasviz.records import Curve
from nasviz.search.channel import StorageChannel, stops
from nasviz.search.evaluate import Outcome, Recorder, evaluate, evaluate_elsewhere
from nasviz.search.reading import ENDED
from nasviz.search.strategy import ExhaustedError

if TYPE_CHECKING:
    from nasviz.search.asking import Taken
    from nasviz.search.study import Study

AGAIN = "stopped with the study; queued again"
BY_HAND = "stopped by hand"


@dataclass(eq=False)
class _Flight:
    """A trial that is being evaluated; `by_hand` when it alone was stopped."""

    taken: Taken
    recorder: Recorder
    by_hand: bool = field(default=False)


class Runner:
    """One run of a study.

    Parameters
    ----------
    study
        The study.
    total
        Number of finished trials to reach.
    executor
        Where evaluations run; None evaluates in the calling thread.
    workers
        How many evaluations run at once, ≥ 1.
    progress
        Called with the number of finished trials and `total` after each.
    before
        The run that is being stopped and must have ended first, or None.

    Attributes
    ----------
    ended : Future
        Done when the run has ended; holds what ended it, if that was an error.
    """

    def __init__(
        self,
        study: Study,
        total: int,
        executor: Executor | None,
        workers: int,
        progress: Callable[[int, int], object] | None = None,
        before: Runner | None = None,
    ) -> None:
        self.ended: Future[None] = Future()
        self._before = before
        self.study = study
        self.total = total
        self.executor = executor
        self.workers = workers
        self.progress = progress
        self.paused = threading.Event()
        self.note = ""
        self._stopping = threading.Event()
        self._storage = study.storage
        self._timing = study.storage.timing
        self._flights: dict[Future[Outcome], _Flight] = {}
        self._here: _Flight | None = None
        self._known = frozenset(self._storage.commands())
        self._looked = float("-inf")

    def run(self) -> None:
        """Evaluate until `total` trials are finished, the space is exhausted (said in `note`), or a stop comes.

        Raises
        ------
        JobError
            If the executor can take no more work.
        StorageError
            If the storage fails.
        """
        if self._before is not None:
            wait([self._before.ended])
            self._before = None
        try:
            while not self._over():
                if not self._fill():
                    self._collect(self._timing.poll)
        except ExhaustedError as error:
            self.note = str(error)
            while self._flights and not self._stopping.is_set():
                self._look()
                self._collect(self._timing.poll)
        finally:
            self._land()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping.is_set()

    @property
    def unfinished(self) -> bool:
        """Whether it neither reached its total nor was told to stop nor exhausted the space."""
        return not (self.stopping or self.note) and self.study.finished < self.total

    def stop(self) -> None:
        """Start no more evaluations and end those that run; they are queued again."""
        self._stopping.set()
        for flight in self._flying():
            flight.recorder.stop()

    def stop_trial(self, slot: int) -> None:
        """End the evaluation of one slot, if it runs here; it counts as stopped and is not queued again."""
        for flight in self._flying():
            if flight.taken.slot == slot:
                flight.by_hand = True
                flight.recorder.stop()
        for future, flight in list(self._flights.items()):
            if flight.taken.slot == slot:
                self._cancel(future)

    def _flying(self) -> list[_Flight]:
        here = self._here
        return [*self._flights.values(), *([here] if here else [])]

    def _over(self) -> bool:
        self._look()
        return self._stopping.is_set() or (self.study.finished >= self.total and not self._flights)

    def _look(self) -> None:
        """Look at the storage now and then: for trials that lost their process, and for commands."""
        now = time.monotonic()
        if now - self._looked < self._timing.poll:
            return
        self._looked = now
        if self._storage.reclaim():
            self.study.changed()
        commands = self._storage.commands()
        if stops(commands, self._known):
            self.stop()
        for flight in self._flying():
            if not flight.by_hand and not self._stopping.is_set() and stops(commands, self._known, flight.taken.slot):
                self.stop_trial(flight.taken.slot)

    def _fill(self) -> bool:
        """Start evaluations while there is room; True if one was done here, in this thread."""
        while not self._stopping.is_set() and not self.paused.is_set() and len(self._flights) < self.workers:
            if self._spoken_for() >= self.total:
                return False
            taken = self.study.take()
            if self.executor is None:
                self._evaluate_here(taken)
                return True
            self._submit(self.executor, taken)
        return False

    def _spoken_for(self) -> int:
        """Number of trials that ended, run here or run elsewhere, at one moment; those asked for by hand here do not count."""
        held = self.study.held
        trials = self._storage.slots()
        elsewhere = sum(1 for slot, t in trials.items() if t.state == "running" and slot not in held)
        return sum(1 for t in trials.values() if t.state in ENDED) + len(self._flights) + elsewhere

    def _evaluate_here(self, taken: Taken) -> None:
        flight = self._here = _Flight(taken, self._recorder(taken.slot))
        if self._stopping.is_set():
            flight.recorder.stop()
        try:
            outcome = evaluate(self.study.objective, taken.trial.arch, taken.seed, flight.recorder.report)
        except BaseException:
            self.study.give_back(taken.slot, AGAIN)
            raise
        finally:
            self._here = None
        self._record(flight, outcome)

    def _submit(self, executor: Executor, taken: Taken) -> None:
        flight = _Flight(taken, self._recorder(taken.slot))
        reporting: Any = getattr(executor, "submit_reporting", None)
        call = (self.study.objective, taken.trial.arch, taken.seed)
        try:
            if reporting is not None:
                recorder = flight.recorder
                future = reporting(evaluate, *call, on_report=recorder.report, on_start=recorder.begin)
            else:
                url = self._storage.where
                channel = StorageChannel(url, self._storage.name, taken.slot, self._known) if url else None
                future = executor.submit(evaluate_elsewhere, *call, channel, self._timing.write)
        except RuntimeError as error:
            self.study.give_back(taken.slot, AGAIN)
            raise JobError(f"the executor takes no more work: {error}") from error
        self._flights[future] = flight

    def _recorder(self, slot: int) -> Recorder:
        def write(rows: Sequence[Curve]) -> str | None:
            try:
                if self._here is not None:
                    self._look()
                alive = self._storage.curve(slot, rows)
            except StorageError:
                return None  # the value may still be stored when it comes
            self.study.changed()
            return None if alive else "stop"

        return Recorder(write, self._timing.write)

    def _collect(self, timeout: float) -> None:
        if not self._flights:
            self._stopping.wait(timeout)
            return
        done, _ = wait(self._flights, timeout, FIRST_COMPLETED)
        for future in done:
            self._arrive(future)

    def _arrive(self, future: Future[Outcome]) -> None:
        flight = self._flights.pop(future)
        try:
            outcome = future.result()
        except CancelledError:
            outcome = Outcome(None, "its evaluation was cancelled", stopped=True)
        except Exception as error:
            text = said(error, name=not isinstance(error, JobError))
            outcome = Outcome(None, text, stopped=self._stopping.is_set() or flight.by_hand)
        self._record(flight, outcome)

    def _record(self, flight: _Flight, outcome: Outcome) -> None:
        slot = flight.taken.slot
        if outcome.stopped and not flight.by_hand:
            self.study.give_back(slot, AGAIN)
            return
        curve = outcome.curve or flight.recorder.rows
        if outcome.stopped:
            outcome = replace(outcome, value=None, reason=BY_HAND)
        self.study.record(slot, outcome, curve)
        if self.progress is not None:
            self.progress(self.study.finished, self.total)

    def _cancel(self, future: Future[Outcome]) -> None:
        cancel_running: Any = getattr(self.executor, "cancel_running", None)
        if not future.cancel() and cancel_running is not None:
            cancel_running(future)

    def _land(self) -> None:
        """End what still runs: give it a moment to answer, record what came, queue the rest again."""
        for future, flight in list(self._flights.items()):
            flight.recorder.stop()
            self._cancel(future)
        if self._flights:
            patient = hasattr(self.executor, "cancel_running")
            wait(self._flights, self._timing.grace if patient else min(1.0, self._timing.grace))
        try:
            for future in list(self._flights):
                if future.done():
                    self._arrive(future)
                else:
                    self.study.give_back(self._flights.pop(future).taken.slot, AGAIN)
        except StorageError:
            self._flights.clear()
