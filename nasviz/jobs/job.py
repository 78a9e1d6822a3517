"""A job: one training, seen from the notebook."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasviz.errors import JobError
from nasviz.jobs.notify import notifier
from nasviz.jobs.planning import Plan, duration
from nasviz.jobs.training import Settings, load_weights
from nasviz.records import Curve, JobPhase, JobState
from nasviz.spaces.mimebundle import mimebundle

if TYPE_CHECKING:
    from torch import fx

    from nasviz.spaces import Architecture

_MAX_STEPS = 1000
_MAX_LOG = 100_000
GRACE = 30.0
"""Seconds that a job has between the command to stop and its end."""
FINAL: tuple[JobPhase, ...] = ("done", "failed", "stopped")
"""The states that a job does not leave."""


class Job:
    """One training of one architecture in a worker process; made by `nasviz.train`.

    Every attribute may be read at any time and from any thread, while the worker goes on.

    Attributes
    ----------
    id : str
        Identity; begins with the time at which it was made.
    plan : Plan
        Device and parameters, known before it starts; expected seconds, known when the training begins.
    settings : Settings
        How it trains.
    folder : Path or None
        Where a detached job keeps its state and weights.
    error : str
        Why it failed or was stopped, or "".
    traceback : str
        Where in the worker it failed, or "".
    log : str
        What the user's modules printed, the last 100,000 characters.
    """

    def __init__(self, id: str, term: str, plan: Plan, settings: Settings, find_arch: Callable[[], Architecture]) -> None:
        self.id = id
        self.plan = plan
        self.settings = settings
        self.folder: Path | None = None
        self.error = ""
        self.traceback = ""
        self.log = ""
        self._term = term
        self._find_arch = find_arch
        self._arch: Architecture | None = None
        self._state: JobPhase = "waiting"
        self._history: list[Curve] = []
        self._steps: list[Curve] = []
        self._progress = 0.0
        self._began: float | None = None
        self._seconds = 0.0
        self._weights: bytes | Callable[[], bytes] | None = None
        self._model: fx.GraphModule | None = None
        self._stopper: Callable[[float], object] = lambda grace: None
        self._asked_to_stop = False
        self._settled: Future[Job] = Future()
        self._lock = threading.RLock()

    # ---- what is known

    @property
    def arch(self) -> Architecture:
        """The architecture.

        Raises
        ------
        NasvizError
            For a job that was found again, if its space needs operators that `attach` was not given.
        """
        if self._arch is None:
            self._arch = self._find_arch()
        return self._arch

    @property
    def state(self) -> JobPhase:
        """ "waiting", "starting", "running", "done", "failed" or "stopped"."""
        return self._state

    @property
    def finished(self) -> bool:
        """Whether the state is one of the last three."""
        return self._state in FINAL

    @property
    def device(self) -> str:
        """The device in words."""
        return self.plan.device_name

    @property
    def progress(self) -> float:
        """Share of the epochs done, in [0, 1]."""
        return self._progress

    @property
    def history(self) -> list[Curve]:
        """The learning curve, one row an epoch."""
        with self._lock:
            return list(self._history)

    @property
    def steps(self) -> list[Curve]:
        """Rows from within epochs, at most 1,000: the longer the training, the farther apart."""
        with self._lock:
            return list(self._steps)

    @property
    def seconds(self) -> float:
        """Wall time of the training so far."""
        if self._began is None or self.finished:
            return self._seconds
        return time.monotonic() - self._began

    @property
    def remaining(self) -> float | None:
        """Expected seconds until it is done; None while nothing is known."""
        if self.finished:
            return 0.0
        if self._progress > 0.05:
            return self.seconds * (1.0 / self._progress - 1.0)
        return self.plan.seconds

    def to_record(self) -> JobState:
        """Return what the job is doing as plain data."""
        with self._lock:
            return JobState(
                id=self.id,
                term=self._term,
                phase=self._state,
                progress=self._progress,
                device=self.device,
                parameters=self.plan.parameters,
                estimate=self.plan.seconds,
                seconds=self.seconds,
                reason=self.error,
                traceback=self.traceback,
            )

    # ---- what can be done

    def wait(self, timeout: float | None = None) -> Job:
        """Block until the job is done, failed or stopped, and return it; interrupting the wait leaves the job running.

        Raises
        ------
        TimeoutError
            If it has not finished within `timeout` seconds.
        """
        try:
            return self._settled.result(timeout)
        except TimeoutError:
            raise TimeoutError(f"the job {self.id} is {self._state} after {timeout} s; it goes on") from None

    def __await__(self) -> Generator[Any, None, Job]:
        """``await job`` lets the notebook work on meanwhile."""
        return asyncio.shield(asyncio.wrap_future(self._settled)).__await__()

    def stop(self) -> None:
        """End the job: a waiting one at once, a running one after the step it is at, with the weights it has.

        It may evaluate once more, for at most 30 seconds. A second stop ends its process at once, without weights.
        """
        with self._lock:
            if self.finished:
                return
            grace = 0.0 if self._asked_to_stop else GRACE
            self._asked_to_stop = True
        self._stopper(grace)

    def on_change(self, listener: Callable[[Job], object]) -> Callable[[], None]:
        """Call ``listener(job)`` after changes, at most 10 times a second, always on the same background thread.

        Returns
        -------
        callable
            Ends it.
        """
        return notifier.listen(self, listener)

    @property
    def model(self) -> fx.GraphModule:
        """The trained network, on the CPU, in evaluation mode.

        Raises
        ------
        JobError
            If there is none: not finished yet, or failed.
        """
        with self._lock:
            if self._model is None:
                self._model = self._build()
            return self._model

    def export(self, path: str | Path) -> Path:
        """Write the trained network as a ``.pt2`` file, which runs without nasviz; see `nasviz.nn.export_program`.

        Raises
        ------
        JobError
            If there is no trained network.
        """
        from nasviz.nn.export import export_program

        return export_program(self.model, self.arch, path)

    def _build(self) -> fx.GraphModule:
        from nasviz.nn.torch_build import to_torch

        if self._weights is None:
            if not self.finished:
                raise JobError(f"the job is {self._state}; wait for it with job.wait(), or stop it with job.stop()")
            raise JobError(f"the job {self._state} without a trained network: {self.error}")
        weights = self._weights if isinstance(self._weights, bytes) else self._weights()
        net = to_torch(self.arch, seed=self.settings.seed)
        load_weights(net, weights)
        net.eval()
        return net

    # ---- what its worker tells, through start.py and detached.py

    def _on_start(self) -> None:
        with self._lock:
            if self._state == "waiting":
                self._state = "starting"
        notifier.changed(self)

    def _on_row(self, step: int, metrics: Mapping[str, float]) -> str | None:
        values = dict(metrics)
        epoch, seconds, estimate = values.pop("epoch", 0.0), values.pop("seconds", 0.0), values.pop("estimate", None)
        with self._lock:
            if self.finished:
                return None
            if estimate is not None:
                self.plan = replace(self.plan, seconds=estimate)
            self._state = "running"
            self._began = time.monotonic() - seconds
            self._progress = min(1.0, max(0.0, epoch / self.settings.epochs))
            if any(name.startswith("val_") for name in values):
                self._history.append(Curve(step, epoch, values, seconds))
            elif values:
                self._steps.append(Curve(step, epoch, values, seconds))
                if len(self._steps) > _MAX_STEPS:
                    self._steps = self._steps[1::2]
        notifier.changed(self)
        return None

    def _on_log(self, text: str) -> None:
        with self._lock:
            self.log = (self.log + text)[-_MAX_LOG:]
        notifier.changed(self)

    def _settle(
        self,
        state: JobPhase,
        *,
        error: str = "",
        traceback: str = "",
        weights: bytes | Callable[[], bytes] | None = None,
        seconds: float | None = None,
    ) -> None:
        with self._lock:
            if self.finished:
                return
            self._seconds = self.seconds if seconds is None else seconds
            self.error, self.traceback, self._weights = error, traceback, weights
            if state == "done":
                self._progress = 1.0
            self._state = state
        self._settled.set_result(self)
        notifier.changed(self)

    # ---- how it shows itself

    def __repr__(self) -> str:
        with self._lock:
            parts = [f"{self._state}", f"{self._progress:.0%} of {self.settings.epochs} epochs"]
            if self._history:
                last = self._history[-1].metrics
                parts += [f"{name} {value:.3g}" for name, value in last.items() if name in ("val_error", "train_loss")]
            parts += [self.device, duration(self.seconds)]
            text = f"Job {self.id}: {', '.join(parts)}"
            return f"{text}\n{self.error}" if self.error else text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return mimebundle(self, repr(self))
