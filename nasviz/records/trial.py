"""Trials of a search, what was believed when they were proposed, and their learning curves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from nasviz.errors import StorageError
from nasviz.records.base import Record

TrialState = Literal["waiting", "running", "finished", "pruned", "failed", "stopped"]
"""waiting: enqueued, not begun · running · finished: has a value · pruned: ended early by its learning curve · failed: has a
reason · stopped: ended by a person."""

ENDED: tuple[TrialState, ...] = ("finished", "pruned", "failed", "stopped")
"""States of trials that are over."""


@dataclass(frozen=True)
class Belief(Record):
    """What the surrogate believed of an architecture, in the units of the objective.

    Parameters
    ----------
    mean, sd
        Predictive mean and standard deviation (sd ≥ 0) of the objective.
    acquisition
        Value of the acquisition function, or None.
    objectives
        Mean and standard deviation of each objective by name, where there are several; `mean` and `sd` are those of the first.
    """

    mean: float
    sd: float
    acquisition: float | None = None
    objectives: dict[str, tuple[float, float]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.sd < 0:
            raise StorageError(f"a standard deviation is not negative, found {self.sd}")


@dataclass(frozen=True)
class Curve(Record):
    """One row of a learning curve.

    Parameters
    ----------
    step
        Number of optimiser steps done.
    epoch
        Epochs done, a fraction within an epoch.
    metrics
        Name to value, e.g. ``{"train_loss": 2.1, "val_error": 0.4}``; errors and accuracies in [0, 1].
    seconds
        Wall time since the training began.
    """

    step: int
    epoch: float
    metrics: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class Trial(Record):
    """One trial of a search.

    Parameters
    ----------
    number
        Counted from 0 in the order of asking.
    term
        Text of the architecture's term.
    fingerprint
        Fingerprint of the grammar that the term belongs to.
    state
        See :data:`TrialState`.
    value
        Objective, or None while there is none.
    reason
        Why it failed, was pruned or was stopped, or "".
    proposed_by
        In words who proposed it and why, e.g. "random", "expected improvement over 500 candidates", "enqueued".
    belief
        What the surrogate believed when it was proposed, or None.
    curve
        Learning curve.
    seconds
        Wall time of the evaluation.
    baseline
        What it is called where it is a known architecture to compare with, which the search did not propose; else "".
    began
        When it was taken for evaluation, seconds since 1970, or None.
    worker
        The process that evaluated it, ``machine:number``, or "".
    device
        What it was evaluated on, in words, or "".
    metrics
        Numbers that the objective gave beside its value, or that were measured of a trial that exceeded a limit.
    ended
        When its end was stored, seconds since 1970, or None; the evaluation itself took the last `seconds` before.
    rank
        Of a pruned trial the share of finished trials that were better at the same epoch, in [0, 1]; else None.
    objectives
        The objectives by name, in order, where the study has several; `value` is the first.
    """

    number: int
    term: str
    fingerprint: str
    state: TrialState
    value: float | None = None
    reason: str = ""
    proposed_by: str = ""
    belief: Belief | None = None
    curve: tuple[Curve, ...] = ()
    seconds: float = 0.0
    baseline: str = ""
    began: float | None = None
    worker: str = ""
    device: str = ""
    rank: float | None = None
    metrics: dict[str, float] = field(default_factory=dict, hash=False)
    ended: float | None = None
    objectives: dict[str, float] = field(default_factory=dict, hash=False)

    @property
    def usable(self) -> bool:
        """Whether the trial finished with a finite value."""
        return self.state == "finished" and self.value is not None and math.isfinite(self.value)
