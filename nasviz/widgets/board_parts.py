"""What a search board reads off its study: the runs it is compared with, what is measured, and what ended the last run."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import Any, cast

from nasviz.errors import NasvizError, said
from nasviz.records import Trial
from nasviz.search import Study


def runs_of(baseline: Any) -> list[Any]:
    """Return the runs of a baseline: studies, or lists of trials.

    Raises
    ------
    NasvizError
        If it is neither a study, nor a list of studies, nor a list of trials.
    """
    if baseline is None:
        return []
    if isinstance(baseline, Study):
        return [baseline]
    words = "a baseline is a study, a list of studies, or a list of trials"
    if not isinstance(baseline, (list, tuple)):
        raise NasvizError(words)
    items = list(cast("Sequence[Any]", baseline))
    if all(isinstance(item, Trial) for item in items):
        return [items] if items else []
    for item in items:
        if not isinstance(item, (Study, list, tuple)) or (
            not isinstance(item, Study) and not all(isinstance(t, Trial) for t in cast("Sequence[Any]", item))
        ):
            raise NasvizError(words)
    return [item if isinstance(item, Study) else list(item) for item in items]


def value_name_of(study: Study) -> str:
    """Return what the study measures, where its objective says so."""
    metric = str(study.storage.protocol.get("metric") or "")
    if metric:
        return f"validation {metric}"
    first = next((name for trial in study.trials for name in trial.objectives), "")
    return first or "value"


def failure_of(study: Study) -> tuple[str, str] | None:
    """Return words and traceback of what ended the last run, if that was an error."""
    try:
        study.wait(timeout=0)
    except TimeoutError:
        return None
    except Exception as error:
        words = said(error, name=not isinstance(error, NasvizError))
        return words, "".join(traceback.format_exception(error))
    return None


def blind(study: Study) -> str:
    """Return why the architectures of a study cannot be shown, or "" where they can."""
    try:
        _ = study.space
    except NasvizError as error:
        return f"Only what was stored is shown: {error}"
    return ""


def runnable(study: Study) -> str:
    """Return why a study cannot be run from here, or "" where it can."""
    try:
        _ = study.space, study.objective
    except NasvizError as error:
        return str(error)
    return ""
