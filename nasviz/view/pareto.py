"""Two objectives of a search at once, e.g. error against parameters: what no other trial beats in both.

The *Pareto front* is the set of trials that no other one equals or beats in both numbers while being better in one. The
step line through it bounds what is attained: everything on its far side is beaten. Its *hypervolume* is the area between
that line and a reference point, exact, since there are two objectives.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from nasviz import numbers
from nasviz.records import Trial
from nasviz.view import theme

TITLES = {"parameters": "parameters", "flops": "FLOPs", "latency_ms": "latency in ms", "seconds": "seconds of evaluation"}
"""What known quantities are called on an axis."""

WHOLE = ("parameters", "flops")
"""Quantities that are counted, written with a prefix."""


@dataclass(frozen=True)
class Known:
    """A known network to compare with: its name, both numbers, the number of its trial and its term."""

    name: str
    x: float
    y: float
    trial: int
    term: str


@dataclass(frozen=True)
class ParetoInfo:
    """Two numbers of each trial as plain data.

    Attributes
    ----------
    trials, terms
        Numbers and terms of the finished trials of which both are known, (n,).
    x, y
        The numbers, (n,).
    front
        Places of those that no other beats, from the best in x to the best in y, (k,).
    known
        Known networks that were evaluated to compare with; they are not part of the front.
    unknown
        How many finished trials lack one of the numbers.
    x_name, y_name
        Names of the two quantities.
    maximize
        For each whether more is better.
    limits
        The largest that was allowed of each, or None.
    reference
        The point up to which the hypervolume is counted: where a limit was set the limit, else, or where more is better, the
        worst of all trials; None without a trial.
    value_name
        What the value measures.
    """

    trials: tuple[int, ...] = ()
    terms: tuple[str, ...] = ()
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    front: tuple[int, ...] = ()
    known: tuple[Known, ...] = ()
    unknown: int = 0
    x_name: str = "parameters"
    y_name: str = "value"
    maximize: tuple[bool, bool] = (False, False)
    limits: tuple[float | None, float | None] = (None, None)
    reference: tuple[float, float] | None = None
    value_name: str = "value"

    @property
    def hypervolume(self) -> float:
        """Area between the front and the reference point, in the product of both units; NaN without a trial."""
        if self.reference is None:
            return math.nan
        sx, sy = _signs(self.maximize)
        rx, ry = sx * self.reference[0], sy * self.reference[1]
        area, level = 0.0, ry
        for x, y in ((sx * self.x[i], sy * self.y[i]) for i in self.front):
            if x < rx and y < level:
                area, level = area + (rx - x) * (level - y), y
        return area

    @property
    def summary(self) -> str:
        """One line: how many trials are on the front, its hypervolume and up to where."""
        missing = f" · {self.unknown} without both numbers left out" if self.unknown else ""
        if self.reference is None:
            return f"no finished trial with both numbers yet{missing}"
        n, k = len(self.trials), len(self.front)
        volume = (
            f"hypervolume {numbers.measure(self.hypervolume)} up to {self.written(0, self.reference[0])} and "
            f"{self.written(1, self.reference[1])}"
        )
        return f"{k} of {n} trial{'s' * (n != 1)} on the front · {volume}{missing}"

    def called(self, axis: int) -> str:
        """What a quantity is called; axis 0 is x, 1 is y."""
        name = (self.x_name, self.y_name)[axis]
        return self.value_name if name == "value" else TITLES.get(name, name.replace("_", " "))

    def written(self, axis: int, value: float) -> str:
        """A number with what it counts: "78 k parameters"; axis 0 is x, 1 is y."""
        name = (self.x_name, self.y_name)[axis]
        if name in WHOLE:
            return numbers.parameters(round(value)) if name == "parameters" else numbers.flops(value)
        unit = {"latency_ms": "ms", "seconds": "s"}.get(name)
        return (
            f"{self.called(axis)} {numbers.measure(value)}" if unit is None else f"{numbers.measure(value)}{numbers.GAP}{unit}"
        )


Objective = tuple[str, bool]
"""A number by its name, and whether more of it is better."""


def objectives_of(study: Any, trials: Sequence[Trial]) -> tuple[Objective, ...]:
    """Return the objectives of a study that has several, else (); their names are known when the first trial has ended.

    Parameters
    ----------
    study
        Its `directions`, and the objectives that its strategy names, count where it has them.
    trials
        Its trials.
    """
    named: tuple[str, ...] = tuple(getattr(getattr(study, "strategy", None), "objectives", ()))
    ways = _ways(study, trials)
    return tuple((name, ways.get(name, False)) for name in named) or tuple(ways.items())


def compared(study: Any, trials: Sequence[Trial], x: str = "", y: str = "") -> tuple[Objective, Objective]:
    """Return the two numbers that the figure compares, each with whether more of it is better.

    Parameters
    ----------
    study, trials
        As `objectives_of` takes them.
    x, y
        Their names; when "", the next objective that is not named already, or else parameters and value.
    """
    own = objectives_of(study, trials)
    ways = {"value": study.direction == "maximize", **_ways(study, trials)}
    names = [*(name for name, _ in own), "parameters", "value"]
    x = x or next(name for name in names if name != y)
    y = y or next(name for name in names if name != x)
    return (x, ways.get(x, False)), (y, ways.get(y, False))


def _ways(study: Any, trials: Sequence[Trial]) -> dict[str, bool]:
    """For each objective of a study with several directions whether more of it is better, as its trials call them."""
    ways: Sequence[str] = getattr(study, "directions", ())
    names: tuple[str, ...] = next((tuple(t.objectives) for t in trials if t.objectives), ())
    return {name: way == "maximize" for name, way in zip(names, ways, strict=False)} if len(ways) > 1 else {}


def pareto_info(
    trials: Sequence[Trial],
    x: Mapping[int, float],
    y: Mapping[int, float],
    *,
    x_name: str = "parameters",
    y_name: str = "value",
    maximize: tuple[bool, bool] = (False, False),
    limits: Mapping[str, float] | None = None,
    value_name: str = "value",
) -> ParetoInfo:
    """Collect what the Pareto figure shows.

    Parameters
    ----------
    trials
        Trials of a study.
    x, y
        Both numbers by number of trial, e.g. ``study.quantity("parameters")``; those that are missing or not finite are left
        out.
    x_name, y_name
        Names of the quantities.
    maximize
        For each whether more is better.
    limits
        Name to the largest that was allowed, e.g. those of the study.
    value_name
        What the value measures.
    """
    finished = [t for t in sorted(trials, key=lambda t: t.number) if t.state == "finished"]
    full = [t for t in finished if math.isfinite(x.get(t.number, math.nan)) and math.isfinite(y.get(t.number, math.nan))]
    own = [t for t in full if not t.baseline]
    xs, ys = tuple(float(x[t.number]) for t in own), tuple(float(y[t.number]) for t in own)
    sx, sy = _signs(maximize)
    allowed = (limits or {}).get(x_name), (limits or {}).get(y_name)
    worse = tuple(None if more else limit for limit, more in zip(allowed, maximize, strict=True))
    worst = (sx * max(sx * v for v in xs), sy * max(sy * v for v in ys)) if own else None
    return ParetoInfo(
        trials=tuple(t.number for t in own),
        terms=tuple(t.term for t in own),
        x=xs,
        y=ys,
        front=tuple(_front([sx * v for v in xs], [sy * v for v in ys])),
        known=tuple(Known(t.baseline, float(x[t.number]), float(y[t.number]), t.number, t.term) for t in full if t.baseline),
        unknown=sum(1 for t in finished if not t.baseline) - len(own),
        x_name=x_name,
        y_name=y_name,
        maximize=maximize,
        limits=allowed,
        reference=worst and (worst[0] if worse[0] is None else worse[0], worst[1] if worse[1] is None else worse[1]),
        value_name=value_name,
    )


def _signs(maximize: tuple[bool, bool]) -> tuple[float, float]:
    return (-1.0 if maximize[0] else 1.0), (-1.0 if maximize[1] else 1.0)


def _front(x: Sequence[float], y: Sequence[float]) -> list[int]:
    """Places of the points that no other beats, by x; smaller is better, of equal points all."""
    front: list[int] = []
    for i in sorted(range(len(x)), key=lambda i: (x[i], y[i])):
        if not front or y[i] < y[front[-1]] or (x[i], y[i]) == (x[front[-1]], y[front[-1]]):
            front.append(i)
    return front


def pareto_figure(info: ParetoInfo, *, dark: bool = False) -> go.Figure:
    """Trials by two numbers, with the front as steps, known networks as stars and limits as lines.

    Parameters
    ----------
    info
        From `pareto_info`.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        Traces "attained" (the steps), "beaten", "Pareto front" and "known networks"; always these four in this order.
    """
    beaten = sorted(set(range(len(info.x))) - set(info.front))
    fig = theme.figure(
        _steps(info),
        _points(info, beaten, "beaten", {"color": theme.BASELINE, "size": 7, "symbol": "circle-open"}),
        _points(info, info.front, "Pareto front", {"color": theme.OBSERVED, "size": 10, "symbol": "diamond"}),
        _stars(info),
        x=_title(info, 0),
        y=_title(info, 1),
        dark=dark,
    )
    for axis, update in enumerate((fig.update_xaxes, fig.update_yaxes)):
        values = [*(info.x, info.y)[axis], *((known.x, known.y)[axis] for known in info.known)]
        update(**_scale(values, (info.x_name, info.y_name)[axis] in WHOLE))
        limit = info.limits[axis]
        if limit is not None and values:
            _limit(fig, axis, limit, f"limit {info.written(axis, limit)}", values)
    if not info.trials and not info.known:
        theme.note(fig, "No finished trial with both numbers yet")
    return fig


def _title(info: ParetoInfo, axis: int) -> str:
    return f"{theme.clipped(info.called(axis), 40, 1)} ({'more' if info.maximize[axis] else 'less'} is better)"


def _logarithmic(values: Sequence[float]) -> bool:
    return min(values, default=0.0) > 0 and max(values) > 30 * min(values)


def _scale(values: Sequence[float], whole: bool) -> dict[str, Any]:
    few = _logarithmic(values) and max(values) < 1000 * min(values)
    style = {"type": "log", "dtick": "D2" if few else 1} if _logarithmic(values) else {}
    same: dict[str, Any] = {}
    if len(set(values)) == 1:  # the axis would count in tiny steps around it
        same = {"tickvals": [values[0]], "ticktext": [numbers.prefixed(values[0]) if whole else numbers.measure(values[0])]}
    return {**style, **same, "tickformat": "~s" if whole else "~g"}


def _limit(fig: go.Figure, axis: int, limit: float, words: str, values: Sequence[float]) -> None:
    """A line at a limit, or, where that is far beyond all trials, the words alone at the end of the axis."""
    far = limit > max(values) + 0.3 * (max(values) - min(values)) if not _logarithmic(values) else limit > 3 * max(values)
    at = math.log10(limit) if _logarithmic(values) else limit  # annotations count in powers of ten, shapes do not
    line = {"color": theme.FAILED, "width": 1.5, "dash": "dash"}
    if axis == 0:
        place = {"xref": "paper", "x": 1} if far else {"x": at}
        fig.add_annotation(
            text=f"{words} →" if far else words, yref="paper", y=0, xanchor="right", yanchor="bottom", showarrow=False, **place
        )
    else:
        place = {"yref": "paper", "y": 1} if far else {"y": at}
        fig.add_annotation(
            text=f"{words} ↑" if far else words, xref="paper", x=0.5, xanchor="center", yanchor="top", showarrow=False, **place
        )
    if not far:
        (fig.add_vline if axis == 0 else fig.add_hline)(limit, line=line)


def _steps(info: ParetoInfo) -> go.Scatter:
    x, y = [info.x[i] for i in info.front], [info.y[i] for i in info.front]
    if info.front:
        sx, sy = _signs(info.maximize)
        far_x, far_y = sx * max(sx * v for v in info.x), sy * max(sy * v for v in info.y)
        x, y = [x[0], *x, far_x], [far_y, *y, y[-1]]
    return go.Scatter(
        x=x,
        y=y,
        mode="lines",
        name="attained",
        meta=theme.GUIDE,
        line={"color": theme.OBSERVED, "width": 2, "shape": "hv"},
        hoverinfo="skip",
        showlegend=False,
    )


def _points(info: ParetoInfo, places: Sequence[int], name: str, marker: dict[str, Any]) -> go.Scatter:
    return go.Scatter(
        x=[info.x[i] for i in places],
        y=[info.y[i] for i in places],
        mode="markers",
        name=name,
        marker=marker,
        customdata=[info.trials[i] for i in places],
        text=[
            f"trial {info.trials[i]}<br>{info.written(1, info.y[i])}<br>{info.written(0, info.x[i])}"
            f"<br>{theme.clipped(info.terms[i])}"
            for i in places
        ],
        hovertemplate="%{text}<extra></extra>",
        showlegend=bool(places),
    )


def _stars(info: ParetoInfo) -> go.Scatter:
    return go.Scatter(
        x=[known.x for known in info.known],
        y=[known.y for known in info.known],
        mode="markers+text",
        name="known networks",
        marker={"color": theme.KNOWN, "size": 12, "symbol": theme.KNOWN_SYMBOL},
        text=[theme.clipped(known.name, 30, 1) for known in info.known],
        textposition="top center",
        textfont={"size": 12},
        customdata=[known.trial for known in info.known],
        hovertext=[
            f"{theme.clipped(known.name)}, to compare with<br>{info.written(1, known.y)}<br>{info.written(0, known.x)}"
            f"<br>trial {known.trial}<br>{theme.clipped(known.term)}"
            for known in info.known
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=bool(info.known),
    )
