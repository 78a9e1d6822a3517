"""Trials as a study shows them: records that also know their architecture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from optuna.trial import FrozenTrial
from optuna.trial import TrialState as OptunaState

from nasviz.errors import NasvizError
from nasviz.records import Belief, Curve, Trial, TrialState
from nasviz.spaces import Architecture, SearchSpace

TERM = "nasviz/1/term"
DRAW = "nasviz/1/draw"
LEASE = "nasviz/1/lease"
CURVE = "nasviz/1/curve"
END = "nasviz/1/end"
RETRY = "nasviz/1/retry_of"
"""Keys of a trial's attributes; the number is the schema version."""


class StudyTrial(Trial):
    """A trial of a study: the record, and the architecture that its term describes."""

    _space: SearchSpace | None = None
    _home: Mapping[str, Any] | None = None

    @classmethod
    def like(cls, trial: Trial) -> StudyTrial:
        """Return a record as a trial of a study."""
        return cls(**{field.name: getattr(trial, field.name) for field in fields(Trial)})

    @property
    def foreign(self) -> bool:
        """Whether its term belongs to another space than the study's, as that of a known architecture may."""
        return self._home is not None

    @property
    def arch(self) -> Architecture:
        """The architecture.

        Raises
        ------
        NasvizError
            If the study was opened without the operators that its grammar uses.
        """
        if self._home is not None:
            return SearchSpace.from_json(dict(self._home), declared_only=True).parse(self.term)
        if self._space is None:
            raise NasvizError(
                "this study was opened without its operators, so its terms are texts only. "
                "Type: nv.load_study(storage, name, operators=[…]) with the operators its grammar uses"
            )
        return self._space.parse(self.term)

    def of(self, space: SearchSpace | None) -> StudyTrial:
        """Return this trial, bound to the space that its term belongs to."""
        object.__setattr__(self, "_space", space)
        return self

    def changed(self, **numbers: Any) -> StudyTrial:
        """Return this trial with other numbers; it keeps its architecture."""
        other = replace(self, **numbers).of(self._space)
        object.__setattr__(other, "_home", self._home)
        return other


_STATES: Mapping[OptunaState, TrialState] = {
    OptunaState.WAITING: "waiting",
    OptunaState.RUNNING: "running",
    OptunaState.COMPLETE: "finished",
    OptunaState.FAIL: "failed",
}


def read_trial(frozen: FrozenTrial, number: int, fingerprint: str) -> StudyTrial:
    """Return the record of an optuna trial.

    Parameters
    ----------
    frozen
        The trial as stored.
    number
        Its number in the order of asking, used while none is stored.
    fingerprint
        Fingerprint of the study's grammar.

    Raises
    ------
    StorageError
        If what is stored is not what this version of nasviz writes.
    """
    attrs = frozen.user_attrs
    draw: Mapping[str, Any] = attrs.get(DRAW) or {}
    end: Mapping[str, Any] = attrs.get(END) or {}
    belief = draw.get("belief")
    home = draw.get("home")
    value = frozen.values[0] if frozen.state is OptunaState.COMPLETE and frozen.values else None
    trial = StudyTrial(
        number=int(draw.get("number", number)),
        term=str(attrs[TERM]),
        fingerprint=fingerprint if home is None else str(home["fingerprint"]),
        state=_state(frozen.state, end),
        value=value if value is None or math.isfinite(value) else None,
        reason=str(end.get("reason", "")) or str(draw.get("requeued", "")),
        proposed_by=str(draw.get("proposed_by", "")),
        belief=None if belief is None else Belief.from_json(belief),
        curve=tuple(Curve.from_json(row) for row in attrs.get(CURVE, ())),
        seconds=float(end.get("seconds", 0.0)),
        baseline=str(draw.get("baseline", "")),
        began=frozen.datetime_start.timestamp() if frozen.datetime_start else None,
        ended=frozen.datetime_complete.timestamp() if frozen.datetime_complete else None,
        worker=str(end.get("worker", "")),
        device=str(end.get("device", "")),
        rank=end.get("rank"),
        metrics=dict(end.get("metrics", {})),
        objectives=dict(end.get("objectives", {})),
    )
    object.__setattr__(trial, "_home", home)
    return trial


def _state(state: OptunaState, end: Mapping[str, Any]) -> TrialState:
    if state is OptunaState.PRUNED:
        return "pruned" if end.get("pruned") else "stopped"
    return _STATES[state]


def living(trials: list[FrozenTrial]) -> list[FrozenTrial]:
    """Return the trials that stand for an evaluation each, in the order of asking.

    A trial that was queued again is left out, for its successor stands for it, at its place; so is one that died before it
    had a term.
    """
    successor: dict[int, FrozenTrial] = {}
    for trial in trials:
        if RETRY in trial.user_attrs:
            successor.setdefault(trial.user_attrs[RETRY], trial)
    kept: list[FrozenTrial] = []
    for trial in trials:
        if RETRY in trial.user_attrs:
            continue
        while trial.number in successor:
            trial = successor[trial.number]
        if TERM in trial.user_attrs or not trial.state.is_finished():
            kept.append(trial)
    return kept
