"""What a search board reads off its study: the runs it is compared with, what is measured, and what ended the last run."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from nasviz.errors import NasvizError, said
from nasviz.records import Trial
from nasviz.search import Study
from nasviz.search.explaining import Explaining
from nasviz.widgets.board_tabs import several


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
    return study.value_name or "value"


def shown_of(study: Study, objective: str) -> Explaining:
    """Return a study as the objective that a board shows sees it; that of its values where there is none of this name."""
    if not several(study):
        return study
    try:
        return study.seen_by(objective or study.value_name or 0)
    except NasvizError:  # named before the first trial said what its numbers are called
        return study


def compared_with(run: Any, seen: Explaining) -> list[Trial] | None:
    """Return the trials of a run that a search is compared with, by the same objective; None where it has none of that name."""
    name = seen.value_name
    if not isinstance(run, Study):
        if not name or any(name in trial.objectives for trial in run):
            return [replace(t, value=t.objectives.get(name), rank=None) if name and t.objectives else t for t in run]
        return None
    try:
        return list(run.seen_by(name or None).trials)
    except NasvizError:
        return None


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
