"""Simple regret: how far the best value found is from the optimum, by the number of evaluations.

Where the optimum is not known (any real search), the best value that any of the shown runs found stands for it, and the
axis says so; then the last regret of one of them is zero by construction. Runs of one name, one for each seed, are pooled:
median and quartiles at each number of evaluations that all of them reached. The axis is logarithmic; zero, which it does
not have, gets a line of its own at the bottom.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from nasviz import numbers
from nasviz.errors import NasvizError
from nasviz.records import Trial
from nasviz.records.trial import ENDED
from nasviz.view import theme
from nasviz.view.history import Direction


@dataclass(frozen=True)
class RegretCurve:
    """Regret of the runs of one name.

    Attributes
    ----------
    name
        What they are called.
    evaluations
        Numbers of trials that have ended, ascending, (m,); from the first at which every run has a value to the last of the
        shortest run.
    median, low, high
        Median and quartiles of the regret over the runs, at least 0, (m,).
    runs
        How many runs were pooled.
    without
        How many runs had no value and were left out.
    trials
        Where it is one run, the number of the trial that was the best so far, (m,); else ().
    reached
        After how many evaluations each run that found the optimum did, ascending; () where the optimum is not known.
    """

    name: str
    evaluations: tuple[int, ...] = ()
    median: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    runs: int = 0
    without: int = 0
    trials: tuple[int, ...] = ()
    reached: tuple[int, ...] = ()

    @property
    def until(self) -> float:
        """Median number of evaluations until the optimum; infinite where half of the runs did not find it."""
        padded = [*self.reached, *[math.inf] * (self.runs - len(self.reached))]
        middle = padded[(len(padded) - 1) // 2], padded[len(padded) // 2]
        return (middle[0] + middle[1]) / 2


@dataclass(frozen=True)
class RegretInfo:
    """Regret of one or several searches as plain data.

    Attributes
    ----------
    curves
        One for each name, in the order given.
    optimum
        The value that regret is counted from; NaN without any value.
    known
        Whether it was given; else it is the best that was found.
    beaten
        The best value found where it is better than the optimum given; such regret is drawn as zero.
    direction
        Whether less or more is better.
    value_name
        What is measured.
    """

    curves: tuple[RegretCurve, ...] = ()
    optimum: float = math.nan
    known: bool = False
    beaten: float | None = None
    direction: Direction = "minimize"
    value_name: str = "value"

    @property
    def summary(self) -> str:
        """One line: the regret at the end of each name, and how many runs found the optimum."""
        said = [_said(curve, self.known) for curve in self.curves if curve.evaluations]
        found = "" if self.beaten is None else f" · {numbers.measure(self.beaten)} was found, better than the optimum given"
        return " · ".join(said) + found if said else "no finished trial yet"

    @property
    def axis(self) -> str:
        """Title of the axis, in two lines, which says from what regret is counted."""
        if math.isnan(self.optimum):
            return f"simple regret<br>of {theme.clipped(self.value_name, 40, 1)}"
        what = f"{'optimum' if self.known else 'best found'} ({numbers.measure(self.optimum)})"
        value = theme.clipped(self.value_name, 40, 1)
        terms = (value, what) if self.direction == "minimize" else (what, value)
        return f"simple regret<br>{terms[0]} {numbers.MINUS} {terms[1]}"


def regret_info(
    runs: Mapping[str, Sequence[Sequence[Trial]]],
    *,
    optimum: float | None = None,
    direction: Direction = "minimize",
    value_name: str = "value",
    metric: str = "",
) -> RegretInfo:
    """Collect what the regret figure shows; enqueued known networks are left out.

    Parameters
    ----------
    runs
        Name of a strategy to its runs, each a sequence of trials in any order.
    optimum
        The best possible value; the best found when None.
    direction
        Whether less or more is better.
    value_name
        What is measured, e.g. "test error".
    metric
        Where the regret of another number than the value is asked for, its name in the trials' metrics: that of the trial
        whose *value* was the best so far, e.g. the test error of what the validation error chose. It need not fall.

    Raises
    ------
    NasvizError
        If the optimum is no finite number.
    """
    if optimum is not None and not math.isfinite(optimum):
        raise NasvizError(f"the optimum is {optimum}, expected a finite number, or None where it is not known")
    sign = 1.0 if direction == "minimize" else -1.0
    tables = {name: [_chosen(run, sign, metric) for run in group] for name, group in runs.items()}
    found = [sign * v for group in tables.values() for _, values in group for v in values[np.isfinite(values)].tolist()]
    best = min(found, default=math.nan)
    level = best if optimum is None else sign * optimum
    return RegretInfo(
        curves=tuple(_curve(name, group, sign, level, optimum is not None) for name, group in tables.items()),
        optimum=sign * level,
        known=optimum is not None,
        beaten=sign * best if optimum is not None and best < level else None,
        direction=direction,
        value_name=value_name,
    )


def _said(curve: RegretCurve, known: bool) -> str:
    text = f"{curve.name}: {numbers.measure(curve.median[-1])} after {curve.evaluations[-1]}"
    if known:
        until = "" if math.isinf(curve.until) else f", in a median of {curve.until:g} evaluations"
        text += f", optimum found by {len(curve.reached)} of {curve.runs}{until}"
    missing = f", {curve.without} without a value left out" if curve.without else ""
    return text + missing


def _chosen(run: Sequence[Trial], sign: float, metric: str) -> tuple[list[int], np.ndarray]:
    """After each trial that has ended the number of the best so far (−1 before the first), and what is measured of it."""
    numbers_: list[int] = []
    measured: list[float] = []
    best, least, now = -1, math.inf, math.nan
    for trial in sorted((t for t in run if not t.baseline and t.state in ENDED), key=lambda t: t.number):
        if trial.usable and trial.value is not None and sign * trial.value < least:
            best, least = trial.number, sign * trial.value
            now = trial.metrics.get(metric, math.nan) if metric else trial.value
        numbers_.append(best)
        measured.append(now)
    return numbers_, np.asarray(measured, float)


def _curve(name: str, group: Sequence[tuple[list[int], np.ndarray]], sign: float, level: float, known: bool) -> RegretCurve:
    rows = [(trials, values) for trials, values in group if np.isfinite(values).any()]
    if not rows:
        return RegretCurve(name, without=len(group))
    length = min(len(values) for _, values in rows)
    table = np.maximum(sign * np.stack([values[:length] for _, values in rows]) - level, 0.0)
    kept = np.flatnonzero(np.isfinite(table).all(axis=0))
    low, median, high = np.quantile(table[:, kept], [0.25, 0.5, 0.75], axis=0) if len(kept) else np.empty((3, 0))
    firsts = [np.flatnonzero(sign * values <= level) for _, values in rows] if known else []
    return RegretCurve(
        name,
        evaluations=tuple((kept + 1).tolist()),
        median=tuple(median.tolist()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        runs=len(rows),
        without=len(group) - len(rows),
        trials=tuple(rows[0][0][k] for k in kept.tolist()) if len(rows) == 1 else (),
        reached=tuple(sorted(int(first[0]) + 1 for first in firsts if len(first))),
    )


def regret_figure(info: RegretInfo, *, total: int | None = None, dark: bool = False) -> go.Figure:
    """Regret by number of evaluations: a line for each name, with its quartiles as a band where runs were pooled.

    Parameters
    ----------
    info
        From `regret_info`.
    total
        Budget of finished trials: the horizontal axis reaches it from the start.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        The bands of all names in order, then their lines.
    """
    positive = [v for c in info.curves for v in (*c.low, *c.median, *c.high) if v > 0]
    floor = _floor(positive)
    bands = [_band(info.curves[k], k, floor) for k in range(len(info.curves))]
    lines = [_line(info.curves[k], k, floor) for k in range(len(info.curves))]
    fig = theme.figure(*bands, *lines, x="finished trials", y=info.axis, dark=dark)
    longest = max([*(c.evaluations[-1] for c in info.curves if c.evaluations), total or 0, 5])
    fig.update_xaxes(range=[0.4, longest + 0.6], tickformat="d", nticks=10)
    top = max(positive, default=1.0)
    at = _ticks(min(positive, default=floor), top)
    fig.update_yaxes(
        type="log",
        range=[math.log10(floor) - 0.12, math.log10(max(top, 3 * floor)) + 0.1],
        tickvals=[floor, *at],
        ticktext=["0", *(numbers.measure(v, 1) for v in at)],
    )
    if any(c.evaluations for c in info.curves):
        fig.add_hline(floor, line={"color": theme.BASELINE, "width": 1, "dash": "dot"}, layer="below")
    else:
        theme.note(fig, "No finished trial yet", x=True)
    return fig


def _floor(positive: Sequence[float]) -> float:
    """Where zero is drawn: at half a decade below the least positive regret."""
    return min(positive, default=1.0) / 10**0.5


def _ticks(low: float, high: float) -> list[float]:
    """Powers of ten between two positive numbers, of a narrow range also 2 and 5 times these; at most seven."""
    decades = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 1)
    steps = (1,) if high > 300 * low else (1, 2, 5)
    found = [k * 10.0**d for d in decades for k in steps if low * 0.999 <= k * 10.0**d <= high * 1.2]
    every = max(1, math.ceil(len(found) / 7))
    return found[::-1][::every][::-1]


def _look(k: int) -> tuple[str, str]:
    return theme.CYCLE[k % len(theme.CYCLE)], theme.DASHES[k % len(theme.DASHES)]


def _band(curve: RegretCurve, k: int, floor: float) -> go.Scatter:
    pooled = curve.runs > 1
    x, high = _stepped(curve.evaluations, curve.high, floor) if pooled else ([], [])
    _, low = _stepped(curve.evaluations, curve.low, floor) if pooled else ([], [])
    return go.Scatter(
        x=[*x, *reversed(x)],
        y=[*high, *reversed(low)],
        mode="lines",
        name=f"{theme.clipped(curve.name)}, quartiles",
        legendgroup=str(k),
        fill="toself",
        meta=theme.GUIDE,
        fillcolor=theme.faded(_look(k)[0], 0.15),
        line={"width": 0, "color": _look(k)[0]},
        hoverinfo="skip",
        showlegend=False,
    )


def _line(curve: RegretCurve, k: int, floor: float) -> go.Scatter:
    colour, dash = _look(k)
    label = theme.clipped(curve.name, lines=1)
    return go.Scatter(
        x=curve.evaluations,
        y=[max(v, floor) for v in curve.median],
        mode="lines+markers",
        name=f"{label}, median of {curve.runs}" if curve.runs > 1 else label,
        legendgroup=str(k),
        line={"color": colour, "width": 2.5, "dash": dash, "shape": "hv"},
        marker={
            "color": colour,
            "size": 7,
            "symbol": theme.SYMBOLS[k % len(theme.SYMBOLS)],
            "maxdisplayed": 12,
        },
        customdata=curve.trials,
        text=[_hover(curve, i) for i in range(len(curve.evaluations))],
        hovertemplate="%{text}<extra></extra>",
        showlegend=True,
    )


def _hover(curve: RegretCurve, i: int) -> str:
    head = f"{theme.clipped(curve.name)}, after {curve.evaluations[i]}: {numbers.measure(curve.median[i])}"
    if curve.runs > 1:
        return f"{head}<br>quartiles {numbers.measure(curve.low[i])} … {numbers.measure(curve.high[i])} of {curve.runs} runs"
    return f"{head}<br>best so far: trial {curve.trials[i]}"


def _stepped(x: Sequence[int], y: Sequence[float], floor: float) -> tuple[list[float], list[float]]:
    """The corners of steps that hold each value until the next."""
    across = [v for k in range(len(x)) for v in ([x[k]] if k == 0 else [x[k], x[k]])]
    up = [max(v, floor) for k in range(len(y)) for v in ([y[k]] if k == 0 else [y[k - 1], y[k]])]
    return [float(v) for v in across], up
