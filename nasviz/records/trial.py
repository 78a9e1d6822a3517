"""Trials of a search, what was believed when they were proposed, and their learning curves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from nasviz.errors import StorageError
from nasviz.records.base import Record

TrialState = Literal["waiting", "running", "finished", "failed", "stopped"]
"""waiting: enqueued, not begun · running · finished: has a value · failed: has a reason · stopped: ended by a person."""


@dataclass(frozen=True)
class Belief(Record):
    """What the surrogate believed of an architecture, in the units of the objective.

    Parameters
    ----------
    mean, sd
        Predictive mean and standard deviation (sd ≥ 0) of the objective.
    acquisition
        Value of the acquisition function, or None.
    """

    mean: float
    sd: float
    acquisition: float | None = None

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
        Why it failed or was stopped, or "".
    proposed_by
        In words who proposed it and why, e.g. "random", "expected improvement over 500 candidates", "enqueued".
    belief
        What the surrogate believed when it was proposed, or None.
    curve
        Learning curve.
    seconds
        Wall time of the evaluation.
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

    @property
    def usable(self) -> bool:
        """Whether the trial finished with a finite value."""
        return self.state == "finished" and self.value is not None and math.isfinite(self.value)
