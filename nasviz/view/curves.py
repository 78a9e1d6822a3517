"""Learning curves of all trials of a search in one panel: the best in front, the others behind.

A curve that ended before its time ends with the mark of its state: a triangle where it was pruned, a cross where the trial
failed, a square where it was stopped.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from nasviz import numbers
from nasviz.errors import NasvizError, nearest
from nasviz.records import Trial, TrialState
from nasviz.view import theme
from nasviz.view.history import Direction
from nasviz.view.states import LOOKS

PREFERRED = ("val_error", "val_accuracy", "val_loss")
"""What is drawn when nothing is named, the first that trials report; else what most of them report."""

MOST = 6_000
"""Points that a figure draws; of longer curves every k-th."""

ENDS: tuple[TrialState, ...] = ("pruned", "failed", "stopped")
"""States that have a mark at the end of a curve."""


@dataclass(frozen=True)
class TrialCurve:
    """Learning curve of one trial.

    Attributes
    ----------
    trial
        Its number.
    epochs
        Epochs done, ascending, (n,), n ≥ 1.
    values
        (n,), finite.
    state, term, reason
        State of the trial, its term, and why it ended without a value.
    known
        What it is called where it is a known network to compare with, else "".
    """

    trial: int
    epochs: tuple[float, ...]
    values: tuple[float, ...]
    state: TrialState
    term: str
    reason: str
    known: str


@dataclass(frozen=True)
class CurvesInfo:
    """Learning curves of the trials of a search as plain data.

    Attributes
    ----------
    metric
        What is drawn, by its name in the trials' curves; "" where there is none.
    curves
        By number of trial.
    without
        How many trials that began have no such curve.
    best
        Number of the trial with the best value, or None.
    """

    metric: str = ""
    curves: tuple[TrialCurve, ...] = ()
    without: int = 0
    best: int | None = None

    @property
    def summary(self) -> str:
        """One line: how many curves, how many ended early, and where the best stands."""
        if not self.curves:
            return "no learning curve yet"
        n, states = len(self.curves), Counter(curve.state for curve in self.curves)
        early = "".join(f", {states[state]} {state}" for state in (*ENDS, "running") if states[state])
        best = next(
            (f" · best trial {c.trial} ends at {numbers.measure(c.values[-1])}" for c in self.curves if c.trial == self.best),
            "",
        )
        return f"{n} learning curve{'s' * (n != 1)} of {called(self.metric)}{early}{best}"


def called(metric: str) -> str:
    """A metric in words.

    >>> called("val_error"), called("loss")
    ('validation error', 'loss')
    """
    head, _, tail = metric.partition("_")
    parts = {"val": "validation", "train": "training", "valid": "validation"}
    return (f"{parts[head]} {tail}" if head in parts and tail else metric).replace("_", " ")


def curves_info(trials: Sequence[Trial], metric: str = "", *, direction: Direction = "minimize") -> CurvesInfo:
    """Collect what the figure of learning curves shows.

    Parameters
    ----------
    trials
        Trials of a study, in any order and state.
    metric
        What is drawn, e.g. "val_error"; when "", the first of `PREFERRED` that is reported, else the commonest.
    direction
        Whether less or more of the *value* is better, which says what trial is the best.

    Raises
    ------
    NasvizError
        If a metric is named that no trial reports while others are reported.
    """
    begun = [t for t in sorted(trials, key=lambda t: t.number) if t.state != "waiting"]
    metric = _metric(begun, metric)
    curves = [curve for t in begun if (curve := _curve(t, metric)) is not None]
    usable = [(float(t.value), t.number) for t in begun if t.usable and t.value is not None and not t.baseline]
    sign = 1.0 if direction == "minimize" else -1.0
    return CurvesInfo(
        metric,
        tuple(curves),
        len(begun) - len(curves),
        min(usable, key=lambda pair: (sign * pair[0], pair[1]))[1] if usable else None,
    )


def _metric(trials: Sequence[Trial], wanted: str) -> str:
    found = Counter(name for t in trials if t.curve for name in {*t.curve[0].metrics, *t.curve[-1].metrics})
    if wanted and found and wanted not in found:
        near = nearest(wanted, list(found))
        hint = f"did you mean {near!r}?" if near else f"reported are {', '.join(sorted(found))}"
        raise NasvizError(f"no trial reports {wanted!r}; {hint}")
    if wanted:
        return wanted
    return next((name for name in PREFERRED if name in found), max(sorted(found), key=lambda name: found[name], default=""))


def _curve(trial: Trial, metric: str) -> TrialCurve | None:
    points = [(row.epoch, row.metrics[metric]) for row in trial.curve if metric in row.metrics]
    points = [(epoch, value) for epoch, value in points if math.isfinite(value)]
    if not points:
        return None
    epochs, values = zip(*points, strict=True)
    return TrialCurve(trial.number, epochs, values, trial.state, trial.term, trial.reason, trial.baseline)


def curves_figure(info: CurvesInfo, *, dark: bool = False) -> go.Figure:
    """One metric by epoch, a line for each trial.

    Parameters
    ----------
    info
        From `curves_info`.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        Lines of "trial" (all but the best), "running", "known networks" and "best"; then the marks at the ends of "pruned",
        "failed" and "stopped" ones; always these seven in this order.
    """
    best = [c for c in info.curves if c.trial == info.best]
    known = [c for c in info.curves if c.known]
    running = [c for c in info.curves if c.state == "running" and not c.known]
    rest = [c for c in info.curves if c not in best and c not in known and c not in running]
    soft = {"color": theme.faded(theme.OBSERVED, 0.45 if len(rest) > 15 else 0.7), "width": 1.2}
    traces = [
        _lines(rest, "trial", soft),
        _lines(running, "running", {"color": LOOKS["running"].colour, "width": 1.5, "dash": "dot"}),
        _lines(known, "known networks", {"color": theme.KNOWN, "width": 2, "dash": "dash"}, theme.KNOWN_SYMBOL),
        _lines(best, f"best, trial {info.best}" if best else "best", {"color": theme.INCUMBENT, "width": 3}),
        *(_ends(info.curves, state) for state in ENDS),
    ]
    fig = theme.figure(*traces, x="epoch", y=called(info.metric) or "value", dark=dark)
    values = [v for c in info.curves for v in c.values]
    if values and min(values) > 0 and max(values) > 30 * min(values):
        fig.update_yaxes(type="log", tickformat=".2~g")
    fig.update_xaxes(rangemode="tozero")
    if not info.curves:
        theme.note(
            fig, "Curves appear with what trials report" if info.metric else "No trial has reported a learning curve yet"
        )
    return fig


def _lines(curves: Sequence[TrialCurve], name: str, line: Mapping[str, Any], symbol: str = "circle") -> go.Scatter:
    """Curves as one trace, with a gap after each, so that the number of traces does not depend on the trials."""
    step = max(1, math.ceil(sum(len(c.values) for c in curves) / MOST))
    x: list[float | None] = []
    y: list[float | None] = []
    trials: list[int | None] = []
    text: list[str] = []
    for curve in curves:
        kept = sorted({*range(0, len(curve.values), step), len(curve.values) - 1})
        x += [*(curve.epochs[k] for k in kept), None]
        y += [*(curve.values[k] for k in kept), None]
        trials += [*([curve.trial] * len(kept)), None]
        text += [*[""] * (len(kept) - 1), _who(curve), ""]
    alone = all(len(curve.values) == 1 for curve in curves)
    return go.Scatter(
        x=x,
        y=y,
        mode="lines+markers",
        name=name,
        line=dict(line),
        marker={"color": line["color"], "size": 7 if alone or symbol != "circle" else 4, "symbol": symbol},
        customdata=trials,
        text=text,
        hovertemplate="trial %{customdata}, epoch %{x:.3~g}: %{y:.3g}%{text}<extra></extra>",
        showlegend=bool(curves),
    )


def _ends(curves: Sequence[TrialCurve], state: TrialState) -> go.Scatter:
    mine = [curve for curve in curves if curve.state == state]
    look = LOOKS[state]
    return go.Scatter(
        x=[curve.epochs[-1] for curve in mine],
        y=[curve.values[-1] for curve in mine],
        mode="markers",
        name=state,
        marker={"color": look.colour, "size": 10, "symbol": look.symbol},
        customdata=[curve.trial for curve in mine],
        text=[f"trial {c.trial} {look.words}<br>{theme.clipped(c.reason)}<br>{theme.clipped(c.term)}" for c in mine],
        hovertemplate="%{text}<extra></extra>",
        showlegend=bool(mine),
    )


def _who(curve: TrialCurve) -> str:
    """What the last point of a curve says beside its numbers."""
    known = f"<br>{theme.clipped(curve.known)}" if curve.known else ""
    return f"{known}<br>{theme.clipped(curve.term)}"
