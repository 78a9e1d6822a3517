"""Tables of a study: its trials, and the confirmation of its best on data the search never saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nasviz.errors import NasvizError, said
from nasviz.numbers import spread
from nasviz.records import Record, Trial
from nasviz.search.evaluate import Objective, Outcome, accepted, evaluate
from nasviz.search.provenance import digest_of
from nasviz.search.seeds import evaluation_seed
from nasviz.search.trial import StudyTrial

if TYPE_CHECKING:
    import pandas as pd

    from nasviz.spaces import Architecture


@dataclass(frozen=True)
class Confirmation(Record):
    """One of the best trials, or a known network, evaluated again with several seeds.

    Parameters
    ----------
    number
        The trial's number.
    term
        Text of its term.
    searched
        The value that the search saw.
    mean, sd
        Mean and standard deviation (n − 1 in the denominator) of `values`; NaN where there are too few.
    values
        One value for each seed that gave one.
    seeds
        The seeds, in the order of evaluation.
    reasons
        Why seeds gave no value.
    baseline
        What a known network is called; "" for a trial of the search.
    data
        Size and digest of the data of one's own that it was evaluated on; "" where it was the objective's own.
    """

    number: int
    term: str
    searched: float
    mean: float
    sd: float
    values: tuple[float, ...]
    seeds: tuple[int, ...]
    reasons: tuple[str, ...] = ()
    baseline: str = ""
    data: str = ""

    @property
    def result(self) -> str:
        """Mean ± standard deviation as text, or why there is none."""
        if not self.values:
            return f"failed: {self.reasons[0] if self.reasons else 'no value'}"
        return spread(self.mean, self.sd)


class _Again:
    """The objective on data of one's own, as a function of architecture and seed; it can be sent to a worker."""

    def __init__(self, objective: Objective, data: Any) -> None:
        self._objective = objective
        self._data = data

    def __call__(self, arch: Architecture, seed: int) -> float:
        if self._data is None:
            found: Any = self._objective(arch, **accepted(self._objective, seed=seed, report=_silent))
            return found[0] if isinstance(found, (tuple, list)) else found
        method: Any = getattr(self._objective, "confirm")  # noqa: B009  an objective may be any function
        return method(arch, seed, self._data)


def _silent(step: int, metrics: Mapping[str, float]) -> None:
    """Hear what an objective reports and ask nothing of it."""


def confirm(
    objective: Objective, trials: Sequence[StudyTrial], seeds: int, data: Any, executor: Executor | None, study_seed: int
) -> list[Confirmation]:
    """Evaluate `trials` again with `seeds` seeds each.

    Parameters
    ----------
    objective
        With a method ``confirm(arch, seed, data) -> float`` when `data` is given.
    trials
        Trials with a value.
    seeds
        Number of seeds each, ≥ 1.
    data
        What ``confirm`` evaluates on, or None for the objective itself.
    executor
        Where to evaluate; None is here.
    study_seed
        Seed of the study.

    Raises
    ------
    NasvizError
        If `data` is given and the objective has no method ``confirm``.
    """
    if data is not None and not hasattr(objective, "confirm"):
        raise NasvizError(
            f"{type(objective).__name__} cannot be confirmed on other data: it has no method confirm(arch, seed, data). "
            "Leave data out to evaluate it again as it is"
        )
    again = _Again(objective, data)
    drawn = {trial.number: [evaluation_seed(study_seed, trial.number, 2 + k) for k in range(seeds)] for trial in trials}
    calls = [(trial, seed) for trial in trials for seed in drawn[trial.number]]
    if executor is None:
        outcomes = [evaluate(again, trial.arch, seed) for trial, seed in calls]
    else:
        futures = [executor.submit(evaluate, again, trial.arch, seed) for trial, seed in calls]
        outcomes = [_arrived(future) for future in futures]
    each = [outcomes[i * seeds : (i + 1) * seeds] for i in range(len(trials))]
    on = "" if data is None else digest_of((data,))
    on = on if "examples" in on else ""
    return [_confirmation(trial, drawn[trial.number], found, on) for trial, found in zip(trials, each, strict=True)]


def _arrived(future: Any) -> Outcome:
    try:
        return future.result()
    except Exception as error:
        return Outcome(None, said(error))


def _confirmation(trial: StudyTrial, seeds: Sequence[int], outcomes: Sequence[Outcome], on: str) -> Confirmation:
    values = [outcome.value for outcome in outcomes if outcome.value is not None]
    return Confirmation(
        number=trial.number,
        term=trial.term,
        searched=float("nan") if trial.value is None else trial.value,
        mean=float(np.mean(values)) if values else float("nan"),
        sd=float(np.std(values, ddof=1)) if len(values) > 1 else float("nan"),
        values=tuple(values),
        seeds=tuple(seeds),
        reasons=tuple(outcome.reason for outcome in outcomes if outcome.reason),
        baseline=trial.baseline,
        data=on,
    )


def confirmation_frame(confirmations: Sequence[Confirmation]) -> pd.DataFrame:
    """Return one row a confirmation, with mean and sd also as text under "result"."""
    import pandas as pd

    columns = ["number", "term", "searched", "mean", "sd", "result", "values", "seeds", "reasons", "baseline"]
    rows = [tuple(getattr(c, name) for name in columns) for c in confirmations]
    return pd.DataFrame(rows, columns=columns)


def frame(trials: Sequence[Trial]) -> pd.DataFrame:
    """Return one row a trial.

    Columns: number, state, value, term, proposed_by, mean, sd and acquisition (what was believed when it was proposed),
    seconds, reason and baseline (what a known architecture is called).
    """
    import pandas as pd

    columns = ["number", "state", "value", "term", "proposed_by", "mean", "sd", "acquisition", "seconds", "reason", "baseline"]
    rows = [
        (
            t.number,
            t.state,
            t.value,
            t.term,
            t.proposed_by,
            *((t.belief.mean, t.belief.sd, t.belief.acquisition) if t.belief else (None, None, None)),
            t.seconds,
            t.reason,
            t.baseline,
        )
        for t in trials
    ]
    numbers = ("value", "mean", "sd", "acquisition", "seconds")
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(numbers, float))
