"""Figures in one call, public as ``nv.plots``: each returns an ordinary ``plotly.graph_objects.Figure``."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

import plotly.graph_objects as go

from nasviz.errors import NasvizError
from nasviz.records import Curve, Trial, Which
from nasviz.view.ablation import AblationInfo, Way, ablation_figure, ablation_info
from nasviz.view.curves import curves_figure, curves_info
from nasviz.view.history import Direction, history_figure, history_info
from nasviz.view.importance import importance_figure, importance_info
from nasviz.view.objective import aimed
from nasviz.view.pareto import compared, pareto_figure, pareto_info
from nasviz.view.regret import regret_figure, regret_info
from nasviz.view.sizes import Size, sizes_figure, sizes_info
from nasviz.view.surrogate_plots import calibration as calibration
from nasviz.view.surrogate_plots import gram as gram
from nasviz.view.surrogate_plots import kernel_weights as kernel_weights
from nasviz.view.surrogate_plots import leave_one_out as leave_one_out
from nasviz.view.surrogate_plots import space_map as space_map
from nasviz.view.timeline import timeline_figure, timeline_info
from nasviz.view.training import training_figure, training_info


class HasTrials(Protocol):
    """A study: what was tried."""

    @property
    def trials(self) -> Sequence[Trial]: ...

    @property
    def direction(self) -> str: ...


class HasQuantities(HasTrials, Protocol):
    """A study that tells numbers of its trials by name."""

    def quantity(self, name: str) -> Mapping[int, float]: ...


class HasSurrogate(HasTrials, Protocol):
    """A study that says what productions and edits do."""

    def importance(self) -> Any: ...

    def ablation(self, first: Any = None, last: Any = None) -> Way: ...


class HasHistory(Protocol):
    """A training: what it is called and its learning curve."""

    @property
    def term(self) -> str: ...

    @property
    def history(self) -> Sequence[Curve]: ...


def sizes(rows: Iterable[Size], mark: str = "Hierarchical NAS-Bench-201", *, dark: bool = False) -> go.Figure:
    """Sizes of search spaces on a logarithmic scale.

    Parameters
    ----------
    rows
        Sizes, e.g. ``nv.spaces.KNOWN_SIZES``.
    mark
        Name of the space that is marked.
    dark
        For a dark page.
    """
    return sizes_figure(sizes_info(rows, mark), dark=dark)


def history(
    study: HasTrials,
    baseline: HasTrials | Sequence[HasTrials] | None = None,
    *,
    objective: Which = None,
    value_name: str = "",
    baseline_label: str = "random",
    dark: bool = False,
) -> go.Figure:
    """Values of a study by trial with the incumbent, known networks, and another study in grey.

    Parameters
    ----------
    study
        The study.
    baseline
        What it is compared with, e.g. random search with the same budget; several studies that differ in the seed are pooled.
    objective
        Which one is shown where the study has several, by its name or its place; the first when None. A baseline must have it.
    value_name
        What is measured, e.g. "validation error"; the name of the objective where the study has several, else "value".
    baseline_label
        What the baseline is called.
    dark
        For a dark page.

    Raises
    ------
    NasvizError
        If the baseline is no study, and no list of studies; or a study has no such objective.
    """
    study, value_name = aimed(study, objective, value_name)
    runs = [] if baseline is None else _runs(baseline)
    other = [list(_like(run, study, objective).trials) for run in runs]
    info = history_info(
        study.trials,
        other,
        direction=cast(Direction, study.direction),
        value_name=value_name,
        baseline_label=baseline_label,
    )
    return history_figure(info, dark=dark)


def regret(
    *studies: HasTrials | Sequence[HasTrials],
    optimum: float | None = None,
    names: Sequence[str] | None = None,
    metric: str = "",
    objective: Which = None,
    value_name: str = "",
    dark: bool = False,
) -> go.Figure:
    """Simple regret by number of evaluations, for one or several strategies, each of one or several runs.

    Parameters
    ----------
    studies
        Each a study, or a list of studies that differ in the seed only; these are pooled to median and quartiles.
    optimum
        The best possible value; None where it is not known: then regret is counted from the best found, and the axis says so.
    names
        What they are called, one for each; the studies' own names when None, or those of their strategies where names repeat.
    metric
        Where the regret of another number than the value is asked for, e.g. a test error among the trials' metrics.
    objective
        Which one is shown where the studies have several, by its name or its place; the first when None.
    value_name
        What is measured, e.g. "validation error".
    dark
        For a dark page.

    Raises
    ------
    NasvizError
        If there are not as many names as studies, the studies look for opposites, or one has no such objective.
    """
    groups = [[aimed(run, objective)[0] for run in _runs(study)] for study in studies]
    measured = next((aimed(run, None)[1] for group in groups for run in group), "value")
    called = _called(groups) if names is None else list(names)
    if len(called) != len(groups):
        raise NasvizError(f"{len(groups)} studies or lists of studies need as many names, found {len(called)}")
    directions = {run.direction for group in groups for run in group}
    if len(directions) > 1:
        raise NasvizError("some studies minimize and others maximize; their regrets have no common axis")
    info = regret_info(
        {name: [run.trials for run in group] for name, group in zip(_told_apart(called), groups, strict=True)},
        optimum=optimum,
        direction=cast(Direction, next(iter(directions), "minimize")),
        value_name=value_name or metric.replace("_", " ") or measured,
        metric=metric,
    )
    return regret_figure(info, dark=dark)


def _called(groups: Sequence[Sequence[HasTrials]]) -> list[str]:
    names = [str(getattr(group[0], "name", "search")) for group in groups]
    if len(set(names)) == len(names):
        return names
    return [type(getattr(group[0], "strategy", group[0])).__name__ for group in groups]


def _told_apart(names: Sequence[str]) -> list[str]:
    """Names, those that repeat with a number."""
    return [name if names.count(name) == 1 else f"{name} ({k + 1})" for k, name in enumerate(names)]


def _runs(study: HasTrials | Sequence[HasTrials]) -> list[HasTrials]:
    runs = list(study) if isinstance(study, Sequence) else [study]
    if not runs or not all(hasattr(run, "trials") for run in runs):
        raise NasvizError(f"expected a study, or a list of studies, found {study!r:.60}")
    return runs


def _like(run: Any, study: Any, objective: Which) -> Any:
    """A study that is compared with one that is seen by an objective."""
    return run if objective is None else run.seen_by(getattr(study, "value_name", "") or objective)


def timeline(study: HasTrials, *, objective: Which = None, value_name: str = "", dark: bool = False) -> go.Figure:
    """When each trial was evaluated, by worker, with its state.

    Parameters
    ----------
    study
        The study; while it runs, running trials reach until now.
    objective
        Whose values are told where the study has several, by its name or its place; the first when None.
    value_name
        What is measured; the name of the objective where the study has several, else "value".
    dark
        For a dark page.

    Raises
    ------
    NasvizError
        If the study has no such objective.
    """
    study, value_name = aimed(study, objective, value_name)
    now = time.time() if getattr(study, "running", False) else None
    direction = cast(Direction, study.direction)
    return timeline_figure(timeline_info(study.trials, now=now, direction=direction, value_name=value_name), dark=dark)


def pareto(study: HasQuantities, x: str = "", y: str = "", *, value_name: str = "value", dark: bool = False) -> go.Figure:
    """Two numbers of each trial with the Pareto front, known networks and the study's limits.

    Parameters
    ----------
    study
        The study.
    x, y
        "value"; "parameters" or "flops", computed; "seconds" of evaluation; or a number that the objective gives, e.g.
        "latency_ms". When "", the first two objectives of a search for several, else parameters and value. Less is better, but
        of what the study maximizes.
    value_name
        What the value measures, e.g. "validation error".
    dark
        For a dark page.

    Raises
    ------
    NasvizError
        If no trial has such a number.
    """
    trials = study.trials
    (x_name, more_x), (y_name, more_y) = compared(study, trials, x, y)
    info = pareto_info(
        trials,
        study.quantity(x_name),
        study.quantity(y_name),
        x_name=x_name,
        y_name=y_name,
        maximize=(more_x, more_y),
        limits=getattr(getattr(study, "limits", None), "most", {}),
        value_name=value_name,
    )
    return pareto_figure(info, dark=dark)


def importance(
    study: HasSurrogate, *, most: int = 20, objective: Which = None, value_name: str = "", dark: bool = False
) -> go.Figure:
    """What one use of each production does to the value, with 95 % intervals, the weightiest first; empty without values.

    Parameters
    ----------
    study
        The study.
    most
        How many productions are shown.
    objective
        For which one where the study has several, by its name or its place; the first when None.
    value_name
        What is measured; the name of the objective where the study has several, else "value".
    dark
        For a dark page.

    Raises
    ------
    NasvizError
        If `most` is below 1, or the study has no such objective.
    """
    study, value_name = aimed(study, objective, value_name)
    table = study.importance() if _valued(study) else None
    info = importance_info(
        () if table is None else table.reset_index().itertuples(),
        log=table is not None and bool(table.attrs.get("log")),
        direction=cast(Direction, study.direction),
        value_name=value_name,
        most=most,
    )
    return importance_figure(info, dark=dark)


def ablation(
    study: HasSurrogate,
    default: Any = None,
    *,
    incumbent: Any = None,
    objective: Which = None,
    value_name: str = "",
    dark: bool = False,
) -> go.Figure:
    """The way from a default architecture to the best in single edits, and what each is believed to do; empty without values.

    Parameters
    ----------
    study
        The study.
    default
        Where the way begins; the first enqueued baseline when None, or else the first trial with a value.
    incumbent
        Where it ends; the best trial when None.
    objective
        Which one is looked at where the study has several, by its name or its place; the first when None.
    value_name
        What is measured; the name of the objective where the study has several, else "value".
    dark
        For a dark page.

    Raises
    ------
    NasvizError
        If the two are of different spaces, or the study has no such objective.
    """
    study, value_name = aimed(study, objective, value_name)
    direction = cast(Direction, study.direction)
    own = _valued(study)
    begins, ends = default is not None or own, incumbent is not None or any(not trial.baseline for trial in own)
    if not (begins and ends and (own or getattr(study, "known", ()))):
        return ablation_figure(AblationInfo(direction=direction, value_name=value_name), dark=dark)
    info = ablation_info(study.ablation(default, incumbent), direction=direction, value_name=value_name)
    return ablation_figure(info, dark=dark)


def _valued(study: HasTrials) -> list[Trial]:
    """The trials of a study's own space that have a value."""
    return [trial for trial in study.trials if trial.usable and not getattr(trial, "foreign", False)]


def curves(*jobs: HasHistory | HasTrials, metric: str = "", objective: Which = None, dark: bool = False) -> go.Figure:
    """Learning curves: loss and accuracy of one or several trainings, or one metric of all trials of a study.

    Parameters
    ----------
    jobs
        Trainings, or one study.
    metric
        Of a study: what is drawn, e.g. "val_error"; what its trials report when "".
    objective
        Of a study with several: by which one the best trial is told, by its name or its place; by the first when None.
    dark
        For a dark page.

    Raises
    ------
    NasvizError
        If a study is not alone, no trial reports the metric, or there is no such objective.
    """
    studies = [cast(HasTrials, job) for job in jobs if hasattr(job, "trials")]
    if not studies:
        trainings = cast("Sequence[HasHistory]", jobs)
        return training_figure(training_info({job.term: job.history for job in trainings}), dark=dark)
    if len(jobs) > 1:
        raise NasvizError("learning curves are those of trainings, or of one study: curves(job, job) or curves(study)")
    study, _ = aimed(studies[0], objective)
    return curves_figure(curves_info(study.trials, metric, direction=cast(Direction, study.direction)), dark=dark)
