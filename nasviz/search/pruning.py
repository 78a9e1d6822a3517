"""Pruning: an evaluation whose learning curve falls behind those of earlier trials is ended early.

The rules are optuna's. What a curve is compared at is the epoch, so that trials of other batch sizes compare, too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import optuna
from optuna.pruners import BasePruner, PercentilePruner
from optuna.trial import TrialState, create_trial

from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError
from nasviz.numbers import measure, share
from nasviz.records import Curve, Trial

T = TypeVar("T", bound=Trial)

_DIRECTIONS = {"minimize": optuna.study.StudyDirection.MINIMIZE, "maximize": optuna.study.StudyDirection.MAXIMIZE}


@dataclass(frozen=True)
class Pruning:
    """Which evaluations are ended early: those worse than a percentile of the earlier trials at the same epoch.

    The median rule (Golovin et al. 2017) is the default. A pruned trial keeps its curve and counts towards the total, but it is
    neither finished nor failed; it is not proposed again, and for the surrogate it stands at the value that has the same rank
    among finished trials as it had when it was pruned. A baseline is never pruned, and one of another space prunes nothing.

    Parameters
    ----------
    percentile
        A trial goes on while it is among the best `percentile` percent, in (0, 100).
    startup
        Number of finished trials before the first is pruned, ≥ 1.
    warmup
        Epochs that every trial gets, ≥ 0.
    metric
        Name of the reported metric to compare, better in the direction of the study; "" for ``val_`` and the objective's own
        metric, for "value", or for the only one that is reported.
    rule
        Any of optuna's pruners in place of the percentile; `percentile`, `startup` and `warmup` are then its own.

    Raises
    ------
    NasvizError
        If a number makes no sense.

    Examples
    --------
    >>> Pruning(percentile=25, warmup=2).pruner().__class__.__name__
    'PercentilePruner'
    """

    percentile: float = 50.0
    startup: int = 5
    warmup: int = 1
    metric: str = ""
    rule: BasePruner | None = None

    def __post_init__(self) -> None:
        if not 0 < self.percentile < 100:
            raise NasvizError(f"percentile is {self.percentile!r}; it must be between 0 and 100")
        whole(self.startup, "startup", 1)
        whole(self.warmup, "warmup", 0)

    def pruner(self) -> BasePruner:
        """Return the rule as one of optuna's pruners."""
        if self.rule is not None:
            return self.rule
        return PercentilePruner(self.percentile, n_startup_trials=self.startup, n_warmup_steps=self.warmup + 1)

    def __str__(self) -> str:
        if self.rule is not None:
            return f"optuna's {type(self.rule).__name__}"
        kept = "the better half" if self.percentile == 50 else f"the best {self.percentile:g} %"
        return (
            f"trials go on while they are among {kept} at their epoch, after {self.startup} trials and {self.warmup} epoch(s)"
        )


def pruning_of(pruner: object) -> Pruning | None:
    """Return what `pruner` stands for: None, a :class:`Pruning`, or one of optuna's pruners.

    Raises
    ------
    NasvizError
        If it is none of them.
    """
    if pruner is None or isinstance(pruner, Pruning):
        return pruner
    if isinstance(pruner, BasePruner):
        return Pruning(rule=pruner)
    raise NasvizError(f"pruner is {pruner!r:.60}, expected nv.Pruning(…) or one of optuna.pruners")


def points(curve: Sequence[Curve], metric: str) -> dict[int, float]:
    """Return a curve as finite values by whole epochs, the last of each.

    Parameters
    ----------
    curve
        The rows.
    metric
        Name of the metric; "" for "value", or for the only one of a row.

    Examples
    --------
    >>> points([Curve(10, 1.0, {"loss": 0.5}), Curve(20, 2.0, {"loss": 0.25})], "")
    {1: 0.5, 2: 0.25}
    """
    found = ((int(row.epoch), _value(row.metrics, metric)) for row in curve)
    return {epoch: value for epoch, value in found if value is not None and np.isfinite(value)}


def _value(metrics: Mapping[str, float], metric: str) -> float | None:
    if metric in metrics:
        return metrics[metric]
    if metric:
        return None
    if "value" in metrics:
        return metrics["value"]
    return next(iter(metrics.values())) if len(metrics) == 1 else None


@dataclass(frozen=True)
class Verdict:
    """Why an evaluation is pruned, in words, and the share of finished trials that were better at its epoch."""

    reason: str
    rank: float


class Judge:
    """Decides for one run; what it decides depends on the finished trials and the curve alone.

    Parameters
    ----------
    pruning
        The rule.
    direction
        "minimize" or "maximize".
    metric
        What the objective measures, for `Pruning.metric` "".
    finished
        Gives the trials of the study.
    """

    def __init__(self, pruning: Pruning, direction: str, metric: str, finished: Callable[[], Sequence[Trial]]) -> None:
        self._pruning = pruning
        self._metric = pruning.metric or metric
        self._pruner = pruning.pruner()
        self._trials = finished
        self._sign = 1.0 if direction == "minimize" else -1.0
        self._lock = threading.Lock()
        before = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._mirror = optuna.create_study(direction=_DIRECTIONS[direction], pruner=self._pruner)
        optuna.logging.set_verbosity(before)
        self._known: set[int] = set()
        self._curves: dict[int, dict[int, float]] = {}
        self._going: dict[int, tuple[int, int]] = {}

    def verdict(self, slot: int, curve: Sequence[Curve]) -> Verdict | None:
        """Return why the evaluation in `slot` is to end, or None; asked once an epoch."""
        found = points(curve[-1:], self._metric)
        if not found:
            return None
        with self._lock:
            (epoch, value), *_ = found.items()
            trial, last = self._going.get(slot, (-1, -1))
            if epoch <= last:
                return None
            self._learn()
            storage = self._mirror._storage
            if trial < 0:
                trial = storage.create_new_trial(self._mirror._study_id, create_trial(state=TrialState.RUNNING))
            self._going[slot] = trial, epoch
            storage.set_trial_intermediate_value(trial, epoch, value)
            if not self._pruner.prune(self._mirror, storage.get_trial(trial)):
                return None
            return self._why(epoch, value)

    def _why(self, epoch: int, value: float) -> Verdict:
        others = np.array([at[epoch] for at in self._curves.values() if epoch in at])
        rank = float(np.mean(self._sign * others < self._sign * value)) if len(others) else 1.0
        name = self._metric or "value"
        return Verdict(
            f"pruned at epoch {epoch} by its curve: {name} {measure(value)}, worse than {share(rank)} of {len(others)} trials",
            rank,
        )

    def _learn(self) -> None:
        for trial in self._trials():
            if trial.number in self._known or not trial.usable or getattr(trial, "foreign", False):
                continue
            self._known.add(trial.number)
            at = points(trial.curve, self._metric)
            self._curves[trial.number] = at
            self._mirror.add_trial(create_trial(value=trial.value, intermediate_values=at))


def ranked(trials: Sequence[T], sign: float = 1.0) -> list[T]:
    """Return `trials` with pruned ones as if finished, at the value that has their rank among the values of finished ones.

    Parameters
    ----------
    trials
        Any trials.
    sign
        1.0 where less is better, −1.0 where more is.

    Examples
    --------
    >>> done = [Trial(n, "id", "", "finished", value) for n, value in enumerate((1.0, 2.0, 3.0))]
    >>> ranked([*done, Trial(3, "relu", "", "pruned", rank=1.0)])[-1].value
    3.0
    """
    values = [sign * trial.value for trial in trials if trial.usable and trial.value is not None]
    if not values:
        return list(trials)
    return [
        replace(trial, state="finished", value=sign * float(np.quantile(values, trial.rank)))
        if trial.state == "pruned" and trial.rank is not None
        else trial
        for trial in trials
    ]
