"""The loop that keeps an executor busy with a study's trials, until enough are finished or it is told to stop."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from nasviz.errors import JobError, StorageError, said
from nasviz.records import Curve
from nasviz.records.trial import ENDED
from nasviz.search.asking import AGAIN, Taken
from nasviz.search.channel import StorageChannel, stops
from nasviz.search.evaluate import Outcome, Recorder, evaluate, evaluate_elsewhere
from nasviz.search.pruning import Judge
from nasviz.search.strategy import ExhaustedError

if TYPE_CHECKING:
    from nasviz.search.running import Running

BY_HAND = "stopped by hand"


@dataclass(eq=False)
class _Flight:
    """A trial that is being evaluated, since when, and the `verdict` that stands for its outcome when it alone was ended."""

    taken: Taken
    recorder: Recorder
    began: float = field(default_factory=time.monotonic)
    verdict: Outcome | None = None
    seen: int = 0


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
        study: Running,
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
        self._thread: threading.Thread | None = None
        self._storage = study.storage
        self._timing = study.storage.timing
        self._flights: dict[Future[Outcome], _Flight] = {}
        self._here: _Flight | None = None
        self._shared: dict[bool, Any] = {}
        self._judge: Judge | None = None
        if study.pruning is not None:
            name = getattr(study.objective, "metric", None)
            metric = f"val_{name}" if isinstance(name, str) else ""
            self._judge = Judge(study.pruning, study.direction, metric, self._storage.trials)
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
        self._thread = threading.current_thread()
        if self._before is not None:
            wait([self._before.ended])
            self._before = None
        self.study.store_kept()
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
    def here(self) -> bool:
        """Whether it runs on the thread that asks, which therefore cannot wait for its end."""
        return threading.current_thread() is self._thread

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
                self._end(flight, Outcome(None, BY_HAND, stopped=True))

    def _end(self, flight: _Flight, verdict: Outcome) -> None:
        """End one evaluation; `verdict` stands for what it gives."""
        flight.verdict = flight.verdict or verdict
        flight.recorder.stop()
        for future, other in list(self._flights.items()):
            if other is flight:
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
            if flight.verdict is None and not self._stopping.is_set() and stops(commands, self._known, flight.taken.slot):
                self.stop_trial(flight.taken.slot)
        self._look_at_curves()

    def _look_at_curves(self) -> None:
        """Judge the curves that evaluations elsewhere write straight to the storage."""
        if self._judge is None or self.executor is None or hasattr(self.executor, "submit_reporting"):
            return
        trials = self._storage.slots() if self._flights else {}
        for flight in list(self._flights.values()):
            curve = trials[flight.taken.slot].curve if flight.taken.slot in trials else ()
            for end in range(flight.seen + 1, len(curve) + 1):
                if self._prunes(flight, curve[:end]):
                    self._storage.command("stop", slot=flight.taken.slot)
                    break
            flight.seen = len(curve)

    def _prunes(self, flight: _Flight, rows: Sequence[Curve]) -> bool:
        """Whether an evaluation is to end by its curve; if so, its verdict says why."""
        if self._judge is None or flight.verdict is not None or flight.taken.trial.baseline:
            return False
        found = self._judge.verdict(flight.taken.slot, rows)
        if found is not None:
            flight.verdict = Outcome(None, found.reason, pruned=True, rank=found.rank)
        return found is not None

    def _expired(self, flight: _Flight) -> bool:
        """Whether an evaluation has used up its time; if so, its verdict says so."""
        limit = self.study.timeout
        if limit is None or flight.verdict is not None or time.monotonic() - flight.began < limit:
            return False
        flight.verdict = Outcome(None, f"took longer than its limit of {limit:g} s")
        return True

    def _fill(self) -> bool:
        """Start evaluations while there is room; True if one was done here, in this thread."""
        while not self._stopping.is_set() and not self.paused.is_set() and len(self._flights) < self.workers:
            if self._spoken_for() >= self.total:
                return False
            taken = self.study.take(self.total, self.study.held - {flight.taken.slot for flight in self._flights.values()})
            if taken is None:
                return False
            if self._take_up(taken):
                continue
            if self.executor is None:
                self._evaluate_here(taken)
                return True
            self._submit(self.executor, taken)
        return False

    def _spoken_for(self) -> int:
        """Number of trials that ended, run here or run elsewhere, at one moment; those asked for by hand here do not count."""
        held = self.study.held
        trials = {slot: trial for slot, trial in self._storage.slots().items() if not trial.baseline}
        here = sum(1 for flight in self._flights.values() if not flight.taken.trial.baseline)
        elsewhere = sum(1 for slot, t in trials.items() if t.state == "running" and slot not in held)
        return sum(1 for t in trials.values() if t.state in ENDED) + here + elsewhere

    def _evaluate_here(self, taken: Taken) -> None:
        flight = self._here = self._flight(taken)
        if self._stopping.is_set():
            flight.recorder.stop()
        try:
            outcome = evaluate(self.study.evaluated(taken.trial), taken.trial.arch, taken.seed, flight.recorder.report)
        except BaseException:
            self.study.give_back(taken.slot, AGAIN)
            raise
        finally:
            self._here = None
        self._record(flight, outcome)

    def _take_up(self, taken: Taken) -> bool:
        """Go on with the evaluation of a trial that an earlier run of this study object could not end."""
        if taken.trial.number not in self.study.left:
            return False
        future, flight = self.study.left.pop(taken.trial.number)
        if (flight.taken.trial.term, flight.taken.seed) != (taken.trial.term, taken.seed):
            return False
        self._flights[future] = _Flight(taken, flight.recorder, flight.began)
        return True

    def _submit(self, executor: Executor, taken: Taken) -> None:
        flight = self._flight(taken)
        reporting: Any = getattr(executor, "submit_reporting", None)
        call = (self._sent(executor, taken), taken.trial.arch, taken.seed)
        try:
            if reporting is not None:

                def begin() -> None:
                    flight.began = time.monotonic()
                    flight.recorder.begin()

                future = reporting(evaluate, *call, on_report=flight.recorder.report, on_start=begin)
            else:
                url = self._storage.where
                channel = StorageChannel(url, self._storage.name, taken.slot, self._known) if url else None
                future = executor.submit(evaluate_elsewhere, *call, channel, self._timing.write)
        except RuntimeError as error:
            self.study.give_back(taken.slot, AGAIN)
            raise JobError(f"the executor takes no more work: {error}") from error
        self._flights[future] = flight

    def _sent(self, executor: Executor, taken: Taken) -> Any:
        """What evaluates a trial, as it is sent: once to each worker, where the executor can do so."""
        kind = bool(taken.trial.baseline)
        if kind not in self._shared:
            objective = self.study.evaluated(taken.trial)
            share: Any = getattr(executor, "share", None)
            self._shared[kind] = objective
            if share is not None:
                with contextlib.suppress(JobError):  # what cannot be sent is said trial by trial
                    self._shared[kind] = share(objective)
        return self._shared[kind]

    def _flight(self, taken: Taken) -> _Flight:
        slot = taken.slot

        def write(rows: Sequence[Curve]) -> str | None:
            try:
                if self._here is not None:
                    self._look()
                alive = self._storage.curve(slot, rows)
            except StorageError:
                return None  # the value may still be stored when it comes
            self.study.changed()
            return None if alive else "stop"

        def judge(rows: Sequence[Curve]) -> bool:
            return self._prunes(flight, rows) or self._expired(flight)

        flight = _Flight(taken, Recorder(write, self._timing.write, judge))
        return flight

    def _collect(self, timeout: float) -> None:
        if not self._flights:
            self._stopping.wait(timeout)
            return
        done, _ = wait(self._flights, timeout, FIRST_COMPLETED)
        for future in done:
            self._arrive(future)
        queues = hasattr(self.executor, "submit_reporting")
        for future, flight in list(self._flights.items()):
            if queues and not (future.running() or future.done()):
                flight.began = time.monotonic()  # it waits for a worker, and its time has not begun
            if self._expired(flight) and flight.verdict is not None:
                self._end(flight, flight.verdict)
            if self._given_up(flight):
                del self._flights[future]
                self._record(flight, Outcome(None, stopped=True, seconds=time.monotonic() - flight.began))

    def _given_up(self, flight: _Flight) -> bool:
        """Whether an evaluation is past its time and runs where nothing can end it."""
        limit = self.study.timeout
        if limit is None or flight.verdict is None or hasattr(self.executor, "cancel_running"):
            return False
        return time.monotonic() - flight.began > limit + self._timing.grace

    def _arrive(self, future: Future[Outcome]) -> None:
        flight = self._flights.pop(future)
        try:
            outcome = future.result()
        except CancelledError:
            outcome = Outcome(None, "its evaluation was cancelled", stopped=True)
        except Exception as error:
            text = said(error, name=not isinstance(error, JobError))
            ended = self._stopping.is_set() or flight.verdict is not None
            outcome = Outcome(None, text, stopped=ended, seconds=time.monotonic() - flight.began)
        self._record(flight, outcome)

    def _record(self, flight: _Flight, outcome: Outcome) -> None:
        slot = flight.taken.slot
        verdict = flight.verdict
        if outcome.stopped and verdict is None:
            self.study.give_back(slot, AGAIN)
            return
        curve = outcome.curve or flight.recorder.rows
        if outcome.stopped and verdict is not None:
            ended = replace(verdict, seconds=outcome.seconds, worker=outcome.worker, device=outcome.device)
            outcome = replace(ended, traceback=outcome.traceback)
        self.study.keep(slot, outcome, curve)
        if self.progress is not None:
            self.progress(self.study.finished, self.total)

    def _cancel(self, future: Future[Outcome]) -> None:
        cancel_running: Any = getattr(self.executor, "cancel_running", None)
        if not future.cancel() and cancel_running is not None:
            cancel_running(future)

    def _land(self) -> None:
        """End what still runs: give it a moment to answer, record what came, queue the rest again.

        What goes on nevertheless is left to the next run, which takes it up.
        """
        for future, flight in list(self._flights.items()):
            flight.recorder.stop()
            self._cancel(future)
        if self._flights:
            patient = hasattr(self.executor, "cancel_running")
            wait(self._flights, self._timing.grace if patient else min(1.0, self._timing.grace))
        for future in list(self._flights):
            with contextlib.suppress(StorageError):  # what cannot be stored now is stored by the next run
                if future.done():
                    self._arrive(future)
                else:
                    flight = self._flights.pop(future)
                    self.study.left[flight.taken.trial.number] = future, flight
                    self.study.give_back(flight.taken.slot, AGAIN)
