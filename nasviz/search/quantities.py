"""Numbers of trials by name: their value, what they took, what they cost, what the objective gave beside."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nasviz.errors import NasvizError, nearest
from nasviz.search.limits import COMPUTED

if TYPE_CHECKING:
    from nasviz.search.trial import StudyTrial

Costs = dict[tuple[str, str], dict[str, float]]
"""What architectures cost by fingerprint and term; empty for those without a network."""


def quantity(trials: Sequence[StudyTrial], name: str, costs: Costs) -> dict[int, float]:
    """Return one number of every trial that has it, by the number of the trial.

    Parameters
    ----------
    trials
        Trials that know their architectures.
    name
        "value"; "seconds" of evaluation; "parameters" or "flops" (2 per multiply-add), computed where the architecture can be
        built; or a metric of the trials.
    costs
        What was computed before; it grows.

    Raises
    ------
    NasvizError
        If no trial that has ended has such a number.
    """
    if name == "value":
        return {t.number: float(t.value) for t in trials if t.state == "finished" and t.value is not None}
    found = {t.number: float(t.metrics[name]) for t in trials if name in t.metrics}
    if name in COMPUTED:
        computed = {t.number: _cost(t, costs).get(name, math.nan) for t in trials if t.number not in found}
        return found | {number: cost for number, cost in computed.items() if math.isfinite(cost)}
    if name == "seconds" and not found:
        return {t.number: t.seconds for t in trials if t.seconds > 0}
    names = {metric for t in trials for metric in t.metrics} | {"value", "seconds", *COMPUTED}
    if not found and any(t.metrics for t in trials):
        near = nearest(name, sorted(names))
        hint = f"did you mean {near!r}?" if near else f"known are {', '.join(sorted(names))}"
        raise NasvizError(f"no trial has a number called {name!r}; {hint}")
    return found


def _cost(trial: StudyTrial, costs: Costs) -> dict[str, float]:
    key = trial.fingerprint, trial.term
    if key not in costs:
        try:
            table = trial.arch.cost()
            costs[key] = {name: float(getattr(table, name)) for name in COMPUTED}
        except NasvizError:
            costs[key] = {}
    return costs[key]
