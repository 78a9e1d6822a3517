"""Figures in one call, public as ``nv.plots``: each returns an ordinary ``plotly.graph_objects.Figure``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, cast

import plotly.graph_objects as go

from nasviz.records import Curve, Trial
from nasviz.view.history import Direction, history_figure, history_info
from nasviz.view.sizes import Size, sizes_figure, sizes_info
from nasviz.view.training import training_figure, training_info


class HasTrials(Protocol):
    """A study: what was tried."""

    @property
    def trials(self) -> Sequence[Trial]: ...

    @property
    def direction(self) -> str: ...


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


def history(study: HasTrials, baseline: HasTrials | None = None, *, value_name: str = "value", dark: bool = False) -> go.Figure:
    """Values of a study by trial with the incumbent, and another study in grey.

    Parameters
    ----------
    study
        The study.
    baseline
        What it is compared with, e.g. random search with the same budget.
    value_name
        What is measured, e.g. "validation error".
    dark
        For a dark page.
    """
    other = [] if baseline is None else [list(baseline.trials)]
    info = history_info(study.trials, other, direction=cast(Direction, study.direction), value_name=value_name)
    return history_figure(info, dark=dark)


def curves(*jobs: HasHistory, dark: bool = False) -> go.Figure:
    """Learning curves of one or several trainings.

    Parameters
    ----------
    jobs
        Trainings.
    dark
        For a dark page.
    """
    return training_figure(training_info({job.term: job.history for job in jobs}), dark=dark)
