"""A study: the search for good architectures of a space, stored trial by trial."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any, Literal

from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError
from nasviz.extension import lower
from nasviz.records import Trial
from nasviz.search.asking import AskTell
from nasviz.search.evaluate import Objective
from nasviz.search.reading import default_strategy
from nasviz.search.runner import Runner
from nasviz.search.sameness import check_same
from nasviz.search.storage import StudyStorage, Timing
from nasviz.search.strategy import Strategy
from nasviz.search.table import confirm, confirmation_frame

if TYPE_CHECKING:
    import pandas as pd

    from nasviz.algebra import Operator
    from nasviz.spaces import SearchSpace

Direction = Literal["minimize", "maximize"]
Place = Executor | Literal["inline"] | None
"""Where evaluations run: an executor, this thread, or (None) the default worker process."""


class Study(AskTell):
    """A search over a space.

    Parameters
    ----------
    space
        Where to search.
    objective
        ``objective(arch) -> float``; it is also given ``seed`` and ``report`` if it takes keywords of these names. None for a
        study that is told its values by hand.
    direction
        Whether smaller or larger values are better.
    strategy
        Who proposes; :class:`BayesOpt` when None.
    seed
        Trial n draws its random state from (seed, n).
    storage
        SQLAlchemy URL such as ``"sqlite:///nas.db"``, or None for memory. A study of the same name there goes on.
    name
        Name in the storage; the space's name when None.
    timing
        How long things may take.

    Raises
    ------
    NasvizError
        If an argument makes no sense.
    StorageError
        If the storage cannot be used, or holds a study of this name with another grammar, direction or seed.

    Examples
    --------
    >>> from nasviz.search import RandomSearch
    >>> from nasviz.spaces import digits_cells
    >>> study = Study(digits_cells(), lambda arch: len(str(arch)), strategy=RandomSearch())
    >>> study.run(total=5, executor="inline")
    >>> [trial.state for trial in study.trials] == ["finished"] * 5
    True
    """

    def __init__(
        self,
        space: SearchSpace,
        objective: Objective | None = None,
        *,
        direction: Direction = "minimize",
        strategy: Strategy | None = None,
        seed: int = 0,
        storage: str | None = None,
        name: str | None = None,
        timing: Timing | None = None,
    ) -> None:
        if direction not in ("minimize", "maximize"):
            raise NasvizError(f"direction is {direction!r}, expected 'minimize' or 'maximize'")
        if objective is not None and not callable(objective):
            raise NasvizError(f"the objective is {objective!r:.60}, expected a function of an architecture")
        if name is not None and not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise NasvizError(f"the name is {name!r:.60}, expected a text")
        strategy = default_strategy() if strategy is None else strategy
        protocol = {
            "direction": direction,
            "seed": whole(seed, "seed", 0),
            "fingerprint": space.fingerprint,
            "objective": _called(objective),
            "strategy": repr(strategy)[:500],
            "begun": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        }
        kept = StudyStorage.create(
            storage, name or space.name or "study", space=space.to_json(), protocol=protocol, timing=timing or Timing()
        )
        check_same(kept, space, protocol)
        self._attach(kept, space, objective, strategy)

    def _attach(
        self, storage: StudyStorage, space: SearchSpace | None, objective: Objective | None, strategy: Strategy | None
    ) -> None:
        AskTell.__init__(self, storage, space, objective, strategy)
        self._switch = threading.Lock()
        self._runner: Runner | None = None
        self._ended: Future[None] = Future()
        self._ended.set_result(None)
        self._pausing = False
        self._note = ""

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
            How many run at once; as many as the executor has when None.
        progress
            Called with the number of finished trials and `total` after each.

        Raises
        ------
        NasvizError
            If the study has no objective, its space is unknown, or `total` is no whole number.
        JobError
            If the executor takes no more work.
        StorageError
            If the storage fails.
        """
        runner = self._prepare(total, executor, workers, progress)
        if runner is None:
            self._ended.result()
            return
        self._drive(runner)
        self._ended.result()

    def start(
        self,
        total: int,
        executor: Place = None,
        *,
        workers: int | None = None,
        progress: Callable[[int, int], object] | None = None,
    ) -> None:
        """Do the same as :meth:`run` in a background thread and return at once.

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
        """
        self._ended.result(timeout)

    def stop(self, trial: Trial | int | None = None, *, wait: bool = False) -> None:
        """Stop the run, here and in every process that runs this study, or end only the evaluation of one trial.

        Trials that run are ended and queued again, so that a later run goes on as if it had not been stopped. A single trial
        counts as stopped and is not evaluated again. An objective that takes ``report`` is asked to end; a worker process that
        does not answer is ended; an objective inside this process that takes no ``report`` ends by itself.

        Parameters
        ----------
        trial
            A running trial or its number, or None for the run.
        wait
            Whether to return only when the run has ended.
        """
        runner = self._runner
        if trial is None:
            if runner is not None:
                runner.stop()
            self.storage.command("stop")
        else:
            number = trial if isinstance(trial, int) else trial.number
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

    @property
    def paused(self) -> bool:
        """Whether the study is paused."""
        return self._pausing

    def _prepare(
        self,
        total: int,
        executor: Place,
        workers: int | None,
        progress: Callable[[int, int], object] | None,
    ) -> Runner | None:
        total = whole(total, "total", 0)
        with self._switch:
            before = self._runner
            if before is not None and not before.stopping:
                before.total = total
                return None
            _ = self.objective, self.space  # both say what is missing
            place = self._place(executor)
            seats: Any = workers or getattr(place, "workers", None) or getattr(place, "_max_workers", None)
            runner = Runner(self, total, place, int(seats or 1), progress, before)
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

    def confirm(self, top: int = 3, seeds: int = 3, data: Any = None, executor: Place = None) -> pd.DataFrame:
        """Evaluate the best trials again, with several seeds and on data that the search never saw; returns when done.

        The minimum that a search has seen is better than the truth; what is found here is the result to report.

        Parameters
        ----------
        top
            How many of the best trials, ≥ 1.
        seeds
            How many seeds each, ≥ 1.
        data
            Handed to ``objective.confirm(arch, seed, data) -> float``. None evaluates the objective itself again.
        executor
            See :meth:`run`.

        Returns
        -------
        DataFrame
            One row a trial: number, term, searched (the value that the search saw), mean and sd over the seeds, result (both as
            text), values, seeds, reasons (of seeds that gave no value). Kept in the study, see :attr:`confirmations`.

        Raises
        ------
        NasvizError
            If a number is below 1, no trial has a value, or `data` is given and the objective has no method `confirm`.
        """
        top, seeds = whole(top, "top", 1), whole(seeds, "seeds", 1)
        place = self._place(executor)
        usable = [trial for trial in self.trials if trial.usable]
        best = sorted(usable, key=lambda t: (self._sign * float(t.value or 0.0), t.number))[:top]
        if not best:
            raise NasvizError(f"no trial of the study {self.name!r} has a value yet, so there is nothing to confirm")
        found = confirm(self.objective, best, seeds, data, place, self.seed)
        self.storage.note("confirmations", [row.to_json() for row in found])
        self.changed()
        return confirmation_frame(found)

    async def confirm_async(self, top: int = 3, seeds: int = 3, data: Any = None, executor: Place = None) -> pd.DataFrame:
        """Do the same as :meth:`confirm` while the caller's event loop goes on."""
        return await asyncio.to_thread(self.confirm, top, seeds, data, executor)

    def _place(self, executor: Place) -> Executor | None:
        if executor == "inline":
            return None
        return lower("default_executor")() if executor is None else executor


def load_study(storage: str, name: str | None = None, operators: Sequence[Operator] = ()) -> Study:
    """Open an existing study for looking; it needs neither the objective nor the operators of its grammar.

    Parameters
    ----------
    storage
        SQLAlchemy URL such as ``"sqlite:///nas.db"``.
    name
        Name of the study; the only one when None.
    operators
        Operators of one's own that its grammar uses; without them its architectures can be looked at, but not built.

    Raises
    ------
    StorageError
        If there is no such study.
    """
    from nasviz.spaces import SearchSpace

    kept = StudyStorage.load(storage, name, Timing())
    try:
        space = SearchSpace.from_json(dict(kept.space), tuple(operators), declared_only=True)
    except NasvizError:
        space = None
    study = Study.__new__(Study)
    study._attach(kept, space, None, None)
    return study


def _called(objective: Objective | None) -> str:
    if objective is None:
        return ""
    return str(getattr(objective, "__qualname__", type(objective).__qualname__))
