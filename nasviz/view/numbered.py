"""What the trials behind a surrogate are called in figures; :func:`nasviz.records.matched` finds them."""

from __future__ import annotations

from collections.abc import Sequence

from nasviz.records import Trial
from nasviz.view import theme


def numbers_of(trials: Sequence[Trial | None]) -> tuple[int | None, ...]:
    """Return the number of each trial; None where there is none."""
    return tuple(None if trial is None else trial.number for trial in trials)


def called(trial: Trial | None) -> str:
    """What a trial is called in a label; markup in names is shown, not read.

    >>> called(Trial(7, "id", "", "pruned")), called(None), called(Trial(3, "id", "", "finished", 0.1, baseline="ResNet"))
    ('trial 7 (pruned)', 'known from another study', 'ResNet (trial 3)')
    """
    if trial is None:
        return "known from another study"
    if trial.baseline:
        return f"{theme.clipped(trial.baseline, 40, 1)} (trial {trial.number})"
    return f"trial {trial.number}" + (" (pruned)" if trial.state == "pruned" else "")
