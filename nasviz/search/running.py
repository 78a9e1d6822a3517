"""Running a study: in this thread or in the background, until enough trials are finished, with pause and stop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any, Literal

from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError, NasvizWarning
from nasviz.extension import lower
from nasviz.records import Trial
from nasviz.search.asking import AskTell, number_of
from nasviz.search.evaluate import Objective, Outcome, expect_executor
from nasviz.search.pruning import Pruning
from nasviz.search.runner import Runner
from nasviz.search.storage import StudyStorage
from nasviz.search.strategy import Strategy

if TYPE_CHECKING:
    from nasviz.spaces import SearchSpace

Place = Executor | Literal["inline"] | None
"""Where evaluations run: an executor, this thread ("inline"), or (None) the default worker process."""


class Running(AskTell):
    """The half of :class:`Study` that evaluates by itself."""

    def __init__(
        self,
        storage: StudyStorage,
        space: SearchSpace | None,
        objective: Objective | None,
        strategy: Strategy | None,
        *,
        pruning: Pruning | None = None,
        timeout: float | None = None,
    ) -> None:
        super().__init__(storage, space, objective, strategy)
        self._switch = threading.Lock()
        self._runner: Runner | None = None
        self._ended: Future[None] = Future()
        self._ended.set_result(None)
        self._pausing = False
        self._note = ""
        self.left: dict[int, tuple[Future[Outcome], Any]] = {}  # what a stop could not end, by the number of the trial
        self.pruning = pruning
        self.timeout = timeout

    def run(
        self,
        total: int,
        executor: Place = None,
        *,
        workers: int | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> None:
        """Evaluate until `total` trials are finished, counting those that the study already has; returns then.

        Parameters
        ----------
        total
            Number of finished trials, failed ones included.
        executor
            Where evaluations run: any ``concurrent.futures.Executor``; ``"inline"`` for this thread, for plain functions that
            need no isolation; None for a worker process, in which a crash of the objective is a failed trial. Learning
            curves are stored while they grow, but for executors of others on a study in memory: then when a trial ends.
        workers
            How many run at once; as many as the executor has when None. Without an executor, so many processes are begun.
        progress
            Called with the number of finished trials and `total` after each.

        Raises
        ------
        NasvizError
            If the study has no objective, its space is unknown, `total` is no whole number, `executor` is none, or the
            run itself calls it.
        JobError
            If the executor takes no more work.
        StorageError
            If the storage fails.

        Warns
        -----
        NasvizWarning
            If it ended with fewer trials, for no other architecture was left; see :attr:`note`.
        """
        self._check_outside("study.start(total)")
        runner = self._prepare(total, executor, workers, progress)
        if runner is not None:
            self._drive(runner)
        self._ended.result()
        if self._note and (finished := self.finished) < total:
            text = f"the study {self.name!r} ended with {finished} of {total} trials: {self._note}"
            warnings.warn(text, NasvizWarning, stacklevel=2)

    def start(
        self,
        total: int,
        executor: Place = None,
        *,
        workers: int | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> None:
        """Do the same as :meth:`run` in a background thread and return at once; :attr:`note`, no warning, says why it ended.

        A study that already runs only takes over the new `total`; one that is being stopped starts again when it has.
        """
        runner = self._prepare(total, executor, workers, progress)
        if runner is not None:
            threading.Thread(target=self._drive, args=(runner,), name=f"nasviz-study-{self.name}", daemon=True).start()

    async def done(self) -> None:
        """Wait until the run has ended; raises what ended it, if that was an error."""
        await asyncio.shield(asyncio.wrap_future(self._ended))

    def wait(self, timeout: float | None = None) -> None:
        """Block until the run has ended; raises what ended it.

        Raises
        ------
        TimeoutError
            If it has not ended after `timeout` seconds.
        NasvizError
            If what the run itself calls waits for it.
        """
        self._check_outside("study.stop()")
        self._ended.result(timeout)

    def stop(self, trial: Trial | int | None = None, *, wait: bool = False) -> None:
        """Stop the run, here and in every process that runs this study, or end only the evaluation of one trial.

        Trials that run are ended and queued again, so that a later run goes on as if it had not been stopped. A single trial
        counts as stopped and is not evaluated again. An objective that takes ``report`` is asked to end; a worker process that
        does not answer is ended; an objective inside this process that takes no ``report`` ends by itself.

        An evaluation that the executor cannot end goes on there. Started again, this study object takes it up and stores what
        it gives, so no evaluation that still goes on is begun a second time. Another study object, or another process, does
        not know of it: there its trial is evaluated again, and what the first evaluation gives is dropped.

        Parameters
        ----------
        trial
            A running trial or its number, or None for the run.
        wait
            Whether to return only when the run has ended; what the run itself calls comes back at once nevertheless.

        Raises
        ------
        NasvizError
            If `trial` is no trial.
        """
        runner = self._runner
        wait = wait and not (runner is not None and runner.here)
        if trial is None:
            if runner is not None:
                runner.stop()
            self.storage.command("stop")
        else:
            number = number_of(trial, "stop")
            for slot in [s for s, t in self.storage.slots().items() if t.number == number and t.state == "running"]:
                self.storage.command("stop", slot=slot)
                if runner is not None:
                    runner.stop_trial(slot)
        if wait:
            with contextlib.suppress(Exception):
                self._ended.result()

    def pause(self) -> None:
        """Start no new evaluations until :meth:`resume`; those that run go on."""
        self._pausing = True
        if self._runner is not None:
            self._runner.paused.set()
        self.changed()

    def resume(self) -> None:
        """Undo :meth:`pause`."""
        self._pausing = False
        if self._runner is not None:
            self._runner.paused.clear()
        self.changed()

    @property
    def running(self) -> bool:
        """Whether a run of this study object is going on."""
        return self._runner is not None

    @property
    def total(self) -> int | None:
        """Number of finished trials that the run which is going on aims at; None between runs."""
        runner = self._runner
        return None if runner is None else runner.total

    @property
    def note(self) -> str:
        """Why the last run ended before its total without an error, or ""."""
        return self._note

    def _described(self) -> str:
        return super()._described() + (f"\n{self._note}" if self._note and not self.running else "")

    @property
    def paused(self) -> bool:
        """Whether the study is paused."""
        return self._pausing

    def _check_outside(self, instead: str) -> None:
        runner = self._runner
        if runner is not None and runner.here:
            raise NasvizError(f"what a run calls cannot wait for that run; type {instead} there, which comes back at once")

    def _prepare(
        self,
        total: int,
        executor: Place,
        workers: int | None,
        progress: Callable[[int, int], object] | None,
    ) -> Runner | None:
        total = whole(total, "total", 0)
        workers = None if workers is None else whole(workers, "workers", 1)
        with self._switch:
            before = self._runner
            if before is not None and not before.stopping:
                before.total = total
                return None
            _ = self.objective, self.space  # both say what is missing
            place = self._place(executor, workers)
            runner = Runner(self, total, place, self._seats(place, workers), progress, before)
            if self._pausing:
                runner.paused.set()
            self._runner, self._ended = runner, runner.ended
        return runner

    def _drive(self, runner: Runner) -> None:
        error: BaseException | None = None
        try:
            runner.run()
            while not self._ends(runner):
                runner.run()
        except BaseException as caught:
            error = caught
        self._ends(runner, at_once=True)
        if error is None:
            runner.ended.set_result(None)
        else:
            runner.ended.set_exception(error)
        self.changed()

    def _ends(self, runner: Runner, at_once: bool = False) -> bool:
        """Let go of a run that is over; False if its total was raised when it was about to end."""
        with self._switch:
            if not at_once and runner.unfinished:
                return False
            if self._runner is runner:
                self._runner, self._note = None, runner.note
            return True

    def _seats(self, place: Executor | None, workers: int | None) -> int:
        """How many evaluations run at once."""
        found: Any = workers or getattr(place, "workers", None) or getattr(place, "_max_workers", None)
        return int(found or 1)

    def _place(self, executor: Place, workers: int | None = None) -> Executor | None:
        expect_executor(executor)
        if executor == "inline":
            return None
        return lower("default_executor")(workers or 1) if executor is None else executor
