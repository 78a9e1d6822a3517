"""Which way is better, of one objective or of several."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from nasviz.errors import NasvizError
from nasviz.records import Belief, Trial
from nasviz.search.evaluate import Outcome

WAYS = ("minimize", "maximize")


def checked_directions(direction: Any) -> tuple[str, ...]:
    """Return the direction of each objective.

    Raises
    ------
    NasvizError
        If one is neither "minimize" nor "maximize", or there are none.

    Examples
    --------
    >>> checked_directions("minimize"), checked_directions(["minimize", "maximize"])
    (('minimize',), ('minimize', 'maximize'))
    """
    found: tuple[Any, ...] = tuple(direction) if isinstance(direction, (tuple, list)) else (direction,)
    if not found or any(way not in WAYS for way in found):
        raise NasvizError(
            f"direction is {direction!r:.80}, expected 'minimize' or 'maximize', or for several objectives one of these each: "
            "direction=('minimize', 'maximize')"
        )
    return found


def check_objectives(strategy: object, directions: Sequence[str]) -> None:
    """Check that a strategy of several objectives fits the directions of a study.

    Raises
    ------
    NasvizError
        If the study has one direction and the strategy takes those of the study, or the study's is to maximise.
    """
    own: tuple[str, ...] | None = getattr(strategy, "objectives", None)
    if own and list(directions) == ["maximize"]:
        raise NasvizError(
            f"{type(strategy).__name__}({own!r:.80}) looks for small numbers and the study has the one direction 'maximize'. "
            "Give a direction to each number that the objective returns: direction=('maximize', 'minimize')"
        )
    if len(directions) == 1 and own == ():
        raise NasvizError(
            f"{type(strategy).__name__}() looks for several objectives and the study has one direction. "
            "Type: direction=('minimize', 'minimize') for an objective that returns two numbers, "
            f"or name them: {type(strategy).__name__}(('error', 'parameters'))"
        )


def signs_of(directions: Sequence[str]) -> tuple[float, ...]:
    """Return 1 for each objective of which less is better, else −1."""
    return tuple(1.0 if way == "minimize" else -1.0 for way in directions)


def names_of(trials: Iterable[Trial], n: int) -> tuple[str, ...]:
    """Return what the first trial with a value called its `n` objectives; of one, what stood first beside no "value"."""
    for trial in trials:
        found = trial.objectives if n > 1 else trial.metrics
        if trial.state == "finished" and not trial.baseline and len(found) >= n:
            return tuple(found)[:n] if n > 1 or "value" not in found else ()
    return ()


def arranged(outcome: Outcome, n: int, names: Sequence[str] = ()) -> Outcome:
    """Return an outcome with `n` objectives: the numbers of these names, or the first ones; the value is the first of them.

    Where there are too few, or one is not finite, it is an outcome without a value that says so. Names come from the first
    trial, so that a value keeps its meaning when a dict changes its order; where they are not returned, places count.
    """
    if outcome.value is None and not outcome.numbers:
        return outcome
    known = bool(names) and all(name in outcome.numbers for name in names)
    if n == 1:
        moved = known and "value" not in outcome.numbers and next(iter(outcome.numbers)) != names[0]
        return replace(outcome, value=outcome.metrics.get(names[0])) if moved and outcome.value is not None else outcome
    first = {name: outcome.numbers[name] for name in names} if known else dict(list(outcome.numbers.items())[:n])
    bad = [name for name, value in first.items() if not math.isfinite(value)]
    if len(first) < n:
        found = "one number" if len(first) < 2 else f"{len(first)} numbers"
        reason = f"the objective returned {found}, the study has {n} directions. Return a tuple or a dict of {n} numbers"
        return replace(outcome, value=None, reason=reason)
    if bad:
        return replace(outcome, value=None, reason=f"the objective returned {first[bad[0]]} as {bad[0]!r}")
    return replace(outcome, value=next(iter(first.values())), reason="", objectives=first)


def turned(trial: Trial, signs: Sequence[float]) -> Trial:
    """Return a trial whose values are times `signs`, so that less is better in each."""
    if all(sign > 0 for sign in signs):
        return trial
    value = None if trial.value is None else signs[0] * trial.value
    objectives = {name: sign * found for sign, (name, found) in zip(signs, trial.objectives.items(), strict=False)}
    return replace(trial, value=value, objectives=objectives)


def turned_belief(belief: Belief | None, signs: Sequence[float], names: Sequence[str] = ()) -> Belief | None:
    """Return a belief about values times `signs`, which belong to the objectives of these `names`, or to the first ones.

    A number that is no objective keeps its sign. The mean is that of the first objective, as the value of a trial is.
    """
    if belief is None or not belief.objectives:
        return None if belief is None else replace(belief, mean=signs[0] * belief.mean)
    of = dict(zip(names or belief.objectives, signs, strict=False))
    objectives = {name: (of.get(name, 1.0) * mean, sd) for name, (mean, sd) in belief.objectives.items()}
    first = next(iter(of))
    mean, sd = objectives.get(first, (belief.mean, belief.sd))
    return replace(belief, mean=mean, sd=sd, objectives=objectives)
