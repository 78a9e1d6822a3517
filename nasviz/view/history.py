"""How a search went: the value of every trial, the best so far, and a baseline in grey.

The *incumbent* is the best value found up to a trial. A baseline (random search with the same budget, say) may consist
of several runs; they are pooled: the median of their incumbents with the range from the lowest to the highest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from nasviz import numbers
from nasviz.records import Trial
from nasviz.records.trial import ENDED
from nasviz.view import theme

Direction = Literal["minimize", "maximize"]


@dataclass(frozen=True)
class FailedTrial:
    """A trial that gave no value: its number, its term and why."""

    number: int
    term: str
    reason: str


@dataclass(frozen=True)
class Reference:
    """A known network that was evaluated to compare with: its name, its value, the number of its trial and its term."""

    name: str
    value: float
    trial: int
    term: str


@dataclass(frozen=True)
class BaselineInfo:
    """Incumbents of one or several runs that the search is compared with.

    Attributes
    ----------
    evaluations
        Numbers of trials that have ended, up to m, from the first at which every run has a value.
    median
        Median incumbent of the runs, (m,).
    low, high
        Lowest and highest incumbent of the runs, (m,).
    runs
        How many runs were pooled.
    label
        What it is called.
    """

    evaluations: tuple[int, ...]
    median: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    runs: int
    label: str = "random"


@dataclass(frozen=True)
class HistoryInfo:
    """Progress of a search as plain data.

    Attributes
    ----------
    evaluations
        For each trial with a value its place among all that have ended, counted from 1 in the order of numbers, (n,).
    trials
        Numbers of these trials, (n,).
    values
        Their values, (n,).
    incumbent
        Best value up to each, (n,).
    terms, proposed_by
        Their terms and who proposed them, (n,).
    failed
        Trials without a value.
    failed_at
        Their places among all trials that have ended.
    running
        Numbers of the trials that run now.
    baseline
        What the search is compared with, or None.
    direction
        Whether less or more is better.
    value_name
        What is measured.
    references
        Known networks that were evaluated to compare with.
    """

    evaluations: tuple[int, ...] = ()
    trials: tuple[int, ...] = ()
    values: tuple[float, ...] = ()
    incumbent: tuple[float, ...] = ()
    terms: tuple[str, ...] = ()
    proposed_by: tuple[str, ...] = ()
    failed: tuple[FailedTrial, ...] = ()
    failed_at: tuple[int, ...] = ()
    running: tuple[int, ...] = ()
    baseline: BaselineInfo | None = None
    direction: Direction = "minimize"
    value_name: str = "value"
    references: tuple[Reference, ...] = ()

    @property
    def best(self) -> int | None:
        """Index of the first trial that reached the best value, or None."""
        return self.values.index(self.incumbent[-1]) if self.values else None

    @property
    def summary(self) -> str:
        """One line: how many trials have a value, and the best."""
        if self.best is None:
            return "no finished trial yet"
        failed = f", {len(self.failed)} failed" if self.failed else ""
        return (
            f"{len(self.values)} trial{'s' * (len(self.values) != 1)}{failed} · best {self.value_name} "
            f"{numbers.measure(self.values[self.best])} in trial {self.trials[self.best]}"
        )


def history_info(
    trials: Sequence[Trial],
    baseline: Sequence[Trial] | Sequence[Sequence[Trial]] | None = None,
    *,
    direction: Direction = "minimize",
    value_name: str = "value",
    baseline_label: str = "random",
) -> HistoryInfo:
    """Collect what the progress figure shows.

    Parameters
    ----------
    trials
        Trials of the study, in any order and state.
    baseline
        Trials of one run to compare with, or one such sequence for each of several runs.
    direction
        Whether less or more is better.
    value_name
        What is measured, e.g. "validation error".
    baseline_label
        What the baseline is called.
    """
    known = sorted((t for t in trials if t.baseline), key=lambda t: t.number)
    ordered = sorted((t for t in trials if not t.baseline), key=lambda t: t.number)
    place = {t.number: k for k, t in enumerate((t for t in ordered if t.state in ENDED), 1)}
    usable = [t for t in ordered if t.usable]
    values = [float(t.value) for t in usable if t.value is not None]
    failed = [t for t in ordered if t.state in ("failed", "finished") and not t.usable]
    return HistoryInfo(
        evaluations=tuple(place[t.number] for t in usable),
        trials=tuple(t.number for t in usable),
        values=tuple(values),
        incumbent=tuple(_incumbent(values, direction).tolist()),
        terms=tuple(t.term for t in usable),
        proposed_by=tuple(t.proposed_by for t in usable),
        failed=tuple(FailedTrial(t.number, t.term, t.reason or f"the value is {t.value}") for t in failed),
        failed_at=tuple(place[t.number] for t in failed),
        running=tuple(t.number for t in ordered if t.state == "running"),
        baseline=baseline_info(baseline, direction, baseline_label) if baseline else None,
        direction=direction,
        value_name=value_name,
        references=tuple(
            Reference(t.baseline, float(t.value), t.number, t.term) for t in known if t.usable and t.value is not None
        ),
    )


def baseline_info(
    baseline: Sequence[Trial] | Sequence[Sequence[Trial]], direction: Direction = "minimize", label: str = "random"
) -> BaselineInfo | None:
    """Pool the incumbents of one or several runs, up to the length of the shortest run that has a value.

    Parameters
    ----------
    baseline
        Trials of one run, or one sequence of trials for each run.
    direction
        Whether less or more is better.
    label
        What it is called.

    Returns
    -------
        None when no run has a usable trial.
    """
    single = [t for t in baseline if isinstance(t, Trial)]
    runs = [single] if single else [list(run) for run in baseline if not isinstance(run, Trial)]
    curves = [curve for run in runs if np.isfinite(curve := filled(run, direction)).any()]
    if not curves:
        return None
    length = min(len(c) for c in curves)
    table = np.stack([c[:length] for c in curves])
    known = np.isfinite(table).all(axis=0)
    table = table[:, known]
    return BaselineInfo(
        evaluations=tuple((1 + np.flatnonzero(known)).tolist()),
        median=tuple(np.median(table, axis=0).tolist()),
        low=tuple(table.min(axis=0).tolist()),
        high=tuple(table.max(axis=0).tolist()),
        runs=len(curves),
        label=label,
    )


def history_figure(info: HistoryInfo, *, total: int | None = None, dark: bool = False) -> go.Figure:
    """Value by number of evaluations, the incumbent as steps, failures as crosses, the baseline in grey.

    Parameters
    ----------
    info
        From `history_info`.
    total
        Budget of finished trials: the horizontal axis reaches it from the start.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        Traces "baseline range", "baseline", "trial", "best so far", "failed" and "known networks", always these six in this
        order, so that a live figure can be updated in place. Known networks stand at the right end of level lines.
    """
    longest = max([*info.evaluations[-1:], *info.failed_at[-1:], total or 0, 5])
    traces = [*_baseline_traces(info.baseline), *_search_traces(info), _known(info, longest + 0.6)]
    fig = theme.figure(*traces, x="finished trials", y=theme.clipped(info.value_name, 40, 1), dark=dark)
    fig.update_xaxes(range=[0.4, longest + 0.6], tickformat="d", nticks=10)
    if info.values and min(info.values) > 0 and max(info.values) > 30 * min(info.values):
        fig.update_yaxes(type="log", tickformat=".2~g")
    for known in info.references:
        fig.add_hline(known.value, line={"color": theme.KNOWN, "width": 1.5, "dash": "dot"}, layer="below")
    if not (info.values or info.baseline or info.references):
        if info.failed:
            fig.update_yaxes(showticklabels=False)  # a cross has no value
        else:
            theme.note(fig, "No finished trial yet", x=True)
    return fig


def _search_traces(info: HistoryInfo) -> list[go.Scatter]:
    points = go.Scatter(
        x=info.evaluations,
        y=info.values,
        mode="markers",
        name="trial",
        marker={"color": theme.OBSERVED, "size": 8, "symbol": "circle"},
        customdata=info.trials,
        text=[
            f"trial {n}: {numbers.measure(v)}<br>{theme.clipped(by)}<br>{theme.clipped(t)}"
            for n, v, by, t in zip(info.trials, info.values, info.proposed_by, info.terms, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )
    steps = go.Scatter(
        x=info.evaluations,
        y=info.incumbent,
        mode="lines",
        name="best so far",
        line={"color": theme.INCUMBENT, "width": 2.5, "shape": "hv"},
        hoverinfo="skip",
    )
    level = (max(info.values) if info.direction == "minimize" else min(info.values)) if info.values else 0.0
    crosses = go.Scatter(
        x=info.failed_at,
        y=[level] * len(info.failed),
        mode="markers",
        name="failed",
        marker={"color": theme.FAILED, "size": 9, "symbol": "x"},
        customdata=[f.number for f in info.failed],
        text=[f"trial {f.number} failed<br>{theme.clipped(f.reason)}" for f in info.failed],
        hovertemplate="%{text}<extra></extra>",
        showlegend=bool(info.failed),
    )
    return [points, steps, crosses]


def _known(info: HistoryInfo, x: float) -> go.Scatter:
    references = info.references
    return go.Scatter(
        x=[x] * len(references),
        y=[known.value for known in references],
        mode="markers+text",
        marker={"color": theme.KNOWN, "size": 12, "symbol": theme.KNOWN_SYMBOL},
        name="known networks",
        cliponaxis=False,
        text=[f"{theme.clipped(known.name, 30, 1)} " for known in references],
        textposition=_beside([known.value for known in references], info.direction),
        textfont={"size": 12},
        customdata=[known.trial for known in references],
        hovertext=[known_hover(known) for known in references],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=bool(references),
    )


def _beside(values: Sequence[float], direction: Direction) -> list[str]:
    """Where the names of level lines stand: the highest above, the lowest below, so that those of near lines are apart."""
    order = sorted(range(len(values)), key=values.__getitem__)
    places = ["middle left"] * len(values)
    for k in order[:1]:
        places[k] = "bottom left"
    for k in order[-1:] if len(order) > 1 or direction == "minimize" else []:
        places[k] = "top left"
    return places


def known_hover(known: Reference) -> str:
    """What a known network says on hover."""
    return (
        f"{theme.clipped(known.name)}, to compare with: {numbers.measure(known.value)}"
        f"<br>trial {known.trial}<br>{theme.clipped(known.term)}"
    )


def _baseline_traces(baseline: BaselineInfo | None) -> list[go.Scatter]:
    several = baseline is not None and baseline.runs > 1
    label = theme.clipped(baseline.label) if baseline else "random"
    band = go.Scatter(
        x=[*baseline.evaluations, *reversed(baseline.evaluations)] if baseline and several else [],
        y=[*baseline.high, *reversed(baseline.low)] if baseline and several else [],
        mode="lines",
        name=f"{label}, range",
        fill="toself",
        meta=theme.GUIDE,
        fillcolor=theme.faded(theme.BASELINE, 0.2),
        line={"width": 0, "color": theme.BASELINE},
        hoverinfo="skip",
        showlegend=False,
    )
    line = go.Scatter(
        x=baseline.evaluations if baseline else [],
        y=baseline.median if baseline else [],
        mode="lines",
        name=f"{label}, median of {baseline.runs}" if baseline and several else label,
        line={"color": theme.BASELINE, "width": 2, "dash": "dash", "shape": "hv"},
        hovertemplate=f"{label}, best of %{{x}}: %{{y:.3g}}<extra></extra>",
        showlegend=baseline is not None,
    )
    return [band, line]


def filled(trials: Sequence[Trial], direction: Direction) -> np.ndarray:
    """Incumbent after each trial that has ended, NaN before the first value."""
    ended = [t for t in sorted(trials, key=lambda t: t.number) if t.state in ENDED]
    values = [float(t.value) if t.usable and t.value is not None else np.nan for t in ended]
    best = np.fmin if direction == "minimize" else np.fmax
    return best.accumulate(np.asarray(values, float)) if values else np.zeros(0)


def _incumbent(values: Sequence[float], direction: Direction) -> np.ndarray:
    """Best value up to each, (n,)."""
    best = np.minimum if direction == "minimize" else np.maximum
    return best.accumulate(np.asarray(values, float)) if len(values) else np.zeros(0)
