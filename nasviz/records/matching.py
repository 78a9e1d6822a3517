"""Which trial stands behind what a surrogate learned from: a surrogate knows terms and values, people speak of trials."""

from __future__ import annotations

from collections.abc import Sequence

from nasviz.records.trial import Trial


def matched(terms: Sequence[str], values: Sequence[float], trials: Sequence[Trial]) -> tuple[Trial | None, ...]:
    """Return for each architecture the trial of its term and value, else the pruned one of its term; each trial once.

    A pruned trial teaches a value that is not its own. What another study found has no trial here and gives None.

    Parameters
    ----------
    terms, values
        What a surrogate learned from, ``(n,)``.
    trials
        Trials of the study, in any order and state.

    Examples
    --------
    >>> done = [Trial(0, "id", "", "finished", 0.5), Trial(1, "id", "", "pruned"), Trial(2, "conv", "", "finished", 0.25)]
    >>> [trial and trial.number for trial in matched(["conv", "id", "id", "relu"], [0.25, 0.5, 0.75, 0.5], done)]
    [2, 0, 1, None]
    """
    exact: dict[tuple[str, float], list[Trial]] = {}
    pruned: dict[str, list[Trial]] = {}
    for trial in sorted(trials, key=lambda trial: -trial.number):
        if trial.usable and trial.value is not None:
            exact.setdefault((trial.term, float(trial.value)), []).append(trial)
        elif trial.state == "pruned":
            pruned.setdefault(trial.term, []).append(trial)
    found: list[Trial | None] = []
    for term, value in zip(terms, values, strict=True):
        those = exact.get((term, float(value))) or pruned.get(term)
        found.append(those.pop() if those else None)
    return tuple(found)
