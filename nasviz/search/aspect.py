"""A study as one of its objectives sees it: the same trials, each with that objective's number as its value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nasviz.errors import NasvizError, nearest
from nasviz.records import Belief, Trial, Which
from nasviz.search.directions import names_of
from nasviz.search.explaining import Explaining
from nasviz.search.limits import COMPUTED
from nasviz.search.quantities import quantity
from nasviz.search.strategy import Strategy
from nasviz.search.trial import StudyTrial

if TYPE_CHECKING:
    from nasviz.search.reading import StudyReader


class Aspect(Explaining):
    """What :meth:`Study.seen_by` returns for an objective that is not the first.

    Parameters
    ----------
    study
        The study, which may go on.
    objective
        Name of the objective.
    direction
        "minimize" or "maximize".
    """

    def __init__(self, study: StudyReader, objective: str, direction: str) -> None:
        self.study = study
        self._objective, self._direction = objective, direction
        self._space = study._space

    @property
    def name(self) -> str:
        """What the study is called."""
        return self.study.name

    @property
    def direction(self) -> str:
        """The direction of this objective."""
        return self._direction

    @property
    def strategy(self) -> Strategy:
        """Who proposes."""
        return self.study.strategy

    @property
    def objectives(self) -> tuple[str, ...]:
        """Names of all objectives of the study."""
        return self.study.objectives

    @property
    def value_name(self) -> str:
        """The name of this objective."""
        return self._objective

    @property
    def limits(self) -> Any:
        """What an architecture may cost."""
        return getattr(self.study, "limits", None)

    @property
    def running(self) -> bool:
        """Whether the study runs."""
        return bool(getattr(self.study, "running", False))

    @property
    def trials(self) -> list[StudyTrial]:
        """All trials of the study; one without this number has no value."""
        return self._valued(self.study.trials)

    @property
    def known(self) -> list[StudyTrial]:
        """Trials of other studies that have this number."""
        return self._valued(self.study.known)

    def quantity(self, name: str) -> dict[int, float]:
        """Return one number of every trial that has it; see :meth:`Study.quantity`."""
        return quantity(self.trials, name, self.study.costs)

    def seen_by(self, objective: Which = None) -> Explaining:
        """Return the study as another of its objectives sees it; see :meth:`Study.seen_by`."""
        return self if objective is None else self.study.seen_by(objective)

    def _valued(self, trials: Sequence[StudyTrial]) -> list[StudyTrial]:
        name = self._objective
        found = {t.number: t.objectives.get(name, t.metrics.get(name)) for t in trials}
        if name in COMPUTED:
            found |= quantity([t for t in trials if found[t.number] is None and t.usable], name, self.study.costs)
        return [self._turned(trial, found[trial.number]) for trial in trials]

    def _turned(self, trial: StudyTrial, value: float | None) -> StudyTrial:
        """The trial with this value; a pruned one has its rank by the first objective only."""
        ended = trial.state == "finished" and value is not None and math.isfinite(value)
        return trial.changed(value=float(value) if ended and value is not None else None, rank=None, belief=self._belief(trial))

    def _belief(self, trial: StudyTrial) -> Belief | None:
        belief = trial.belief
        if belief is None or self._objective not in belief.objectives:
            return None
        mean, sd = belief.objectives[self._objective]
        return replace(belief, mean=mean, sd=sd)


def looked_for(study: StudyReader) -> Mapping[str, str]:
    """Return the direction of each objective of a study by its name, in order.

    Those that the strategy names, else those of the study: as its first trial called them, or ``values_0`` and so on. Numbers
    that have no direction are made small.
    """
    ways = dict(zip(called_by(study.storage.trials(), study.directions), study.directions, strict=True))
    named: tuple[str, ...] = tuple(getattr(study.strategy, "objectives", ()))
    return {name: ways.get(name, "minimize") for name in named} or ways


def called_by(trials: Iterable[Trial], directions: Sequence[str]) -> tuple[str, ...]:
    """Return what the first trial with a value called the objective of each direction; before, what optuna calls them."""
    n = len(directions)
    return names_of(trials, n) or (tuple(f"values_{i}" for i in range(n)) if n > 1 else ("value",))


def place_of(study: str, names: Sequence[str], objective: Any) -> int:
    """Return the place of an objective among `names`, which is given by its name or its place.

    Raises
    ------
    NasvizError
        If there is no such objective.

    Examples
    --------
    >>> place_of("first", ("error", "ms"), "ms"), place_of("first", ("error", "ms"), 0)
    (1, 0)
    """
    if objective in names:
        return list(names).index(objective)
    if len(names) == 1 and objective == "value":
        return 0
    if isinstance(objective, int) and not isinstance(objective, bool) and 0 <= objective < len(names):
        return objective
    near = nearest(objective, list(names)) if isinstance(objective, str) else None
    has = f"the one objective {names[0]!r}" if len(names) == 1 else f"the objectives {', '.join(map(repr, names))}"
    raise NasvizError(
        f"the study {study!r} has no objective {objective!r:.60}; it has {has}. Type: objective={(near or names[0])!r}"
    )
