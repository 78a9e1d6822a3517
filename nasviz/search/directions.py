"""Which way is better, of one objective or of several."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
    """Check that a strategy which takes a study's objectives has several.

    Raises
    ------
    NasvizError
        If the study has one.
    """
    if len(directions) == 1 and getattr(strategy, "objectives", None) == ():
        raise NasvizError(
            f"{type(strategy).__name__}() looks for several objectives and the study has one direction. "
            "Type: direction=('minimize', 'minimize') for an objective that returns two numbers, "
            f"or name them: {type(strategy).__name__}(('error', 'parameters'))"
        )


def signs_of(directions: Sequence[str]) -> tuple[float, ...]:
    """Return 1 for each objective of which less is better, else −1."""
    return tuple(1.0 if way == "minimize" else -1.0 for way in directions)


def arranged(outcome: Outcome, n: int) -> Outcome:
    """Return an outcome with `n` objectives: the first numbers of what was returned; the value is the first of them.

    Where there are too few, or one is not finite, it is an outcome without a value that says so.
    """
    if n == 1 or (outcome.value is None and not outcome.numbers):
        return outcome
    first = dict(list(outcome.numbers.items())[:n])
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


def turned_belief(belief: Belief | None, signs: Sequence[float]) -> Belief | None:
    """Return a belief about values times `signs`."""
    if belief is None or all(sign > 0 for sign in signs):
        return belief
    pairs = zip(signs, belief.objectives.items(), strict=False)
    objectives = {name: (sign * mean, sd) for sign, (name, (mean, sd)) in pairs}
    return replace(belief, mean=signs[0] * belief.mean, objectives=objectives)
