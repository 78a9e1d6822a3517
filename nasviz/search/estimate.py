"""How long a search will take: from trials that were measured, or from a few timed steps of the objective."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasviz.errors import JobError, said
from nasviz.numbers import about
from nasviz.records import Record, Trial
from nasviz.search.evaluate import Objective, device_of

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

ENOUGH = 3
"""Measured trials from which on nothing needs to be timed."""


@dataclass(frozen=True)
class Estimate(Record):
    """How long a search will take, about.

    Parameters
    ----------
    trials
        How many evaluations are left.
    per_trial
        Seconds of one evaluation, in the mean; NaN where that is not known.
    sd
        Their standard deviation; NaN where fewer than two were measured.
    proposing
        Seconds to propose one architecture, in the mean of the last ten; 0 where none was proposed yet.
    workers
        How many evaluations run at once.
    device
        What they run on, in words, or "".
    basis
        What this was taken from, in words.
    """

    trials: int
    per_trial: float
    sd: float = float("nan")
    proposing: float = 0.0
    workers: int = 1
    device: str = ""
    basis: str = ""

    @property
    def seconds(self) -> float:
        """Seconds until the last evaluation ends: rounds of `workers` evaluations, and the proposals, one after another."""
        if self.trials == 0:
            return 0.0
        return math.ceil(self.trials / self.workers) * self.per_trial + self.trials * self.proposing

    def __str__(self) -> str:
        if self.trials == 0:
            return "nothing is left to evaluate"
        what = f"{self.trials} more evaluation{'s' if self.trials > 1 else ''}"
        at_once = f", {self.workers} at once" if self.workers > 1 else ""
        on = f" on {self.device}" if self.device else ""
        if math.isnan(self.per_trial):
            return f"{what}{at_once}{on}: time unknown, {self.basis}"
        each = "" if self.trials == 1 else f", {about(self.per_trial)} each"
        return f"{what}{at_once}{on}: {about(self.seconds)}{each} ({self.basis})"


def estimate(
    trials: Sequence[Trial],
    left: int,
    objective: Objective,
    samples: Sequence[Architecture],
    executor: Executor | None,
    workers: int,
    proposing: float,
) -> Estimate:
    """Return how long `left` evaluations will take.

    Parameters
    ----------
    trials
        Trials of the study; those that finished or were pruned are measured.
    left
        How many evaluations are left, ≥ 0.
    objective
        Its method ``estimate(arch) -> seconds`` is asked of `samples` where too few trials were measured.
    samples
        A few architectures as the strategy may propose them.
    executor, workers
        Where they run, None for this thread, and how many at once.
    proposing
        Seconds of a proposal.
    """
    measured = [trial for trial in trials if trial.state in ("finished", "pruned") and trial.seconds > 0]
    seconds = [trial.seconds for trial in measured]
    device = next((trial.device for trial in reversed(measured) if trial.device), "")
    basis = f"from {len(measured)} measured trial{'s' if len(measured) != 1 else ''}"
    if left and len(measured) < ENOUGH and callable(getattr(objective, "estimate", None)):
        timed, probed, trouble = _timed(objective, samples, executor)
        device = probed or device
        if timed:
            seconds, basis = timed, f"from a few timed steps of {len(timed)} random architecture{'s' if len(timed) > 1 else ''}"
        elif not seconds:
            basis = f"a timed step failed: {trouble}"
    elif not seconds:
        basis = "no trial was measured yet; type study.run(total=1) and ask again"
    mean = statistics.fmean(seconds) if seconds else float("nan")
    sd = statistics.stdev(seconds) if len(seconds) > 1 else float("nan")
    return Estimate(left, mean, sd, proposing, workers, device, basis)


def _timed(objective: Objective, samples: Sequence[Architecture], executor: Executor | None) -> tuple[list[float], str, str]:
    if executor is None:
        return probe(objective, samples)
    try:
        return executor.submit(probe, objective, samples).result()
    except Exception as error:
        return [], "", said(error, name=not isinstance(error, JobError))


def probe(objective: Any, samples: Sequence[Architecture]) -> tuple[list[float], str, str]:
    """Ask an objective how long it will take; in the process that will evaluate it.

    Returns
    -------
    tuple
        Seconds of each of `samples` that could be timed, the device in words, and why the first that could not failed, or "".
    """
    seconds: list[float] = []
    trouble = ""
    for k, arch in enumerate([samples[0], *samples]):  # the first one is timed twice: torch is slow to begin with
        try:
            took = float(objective.estimate(arch))
        except Exception as error:
            trouble = trouble or said(error)
            continue
        if k > 0 and math.isfinite(took) and took >= 0:
            seconds.append(took)
    return seconds, device_of(objective), trouble
