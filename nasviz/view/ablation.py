"""A way from one architecture to another in single edits, and what each is believed to do, as a waterfall.

Each row is one edit; its bar goes from the value believed before to the one after, the point with its line is that value
± one standard deviation, and a diamond is what was observed where that architecture was evaluated. Where the surrogate
learns logarithms, the point is the median, whose changes are those of the logarithm, and the line goes from 16 to 84 %.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import plotly.graph_objects as go

from nasviz import numbers
from nasviz.view import theme
from nasviz.view.history import Direction
from nasviz.view.importance import SIDES

LARGE = 1e8
"""Ratio beside whose square 1 is rounding, and from which on that square might overflow."""


class Step(Protocol):
    """One architecture on the way; see `nasviz.surrogate.ablation.Step`."""

    @property
    def arch(self) -> object: ...
    @property
    def edit(self) -> str: ...
    @property
    def mean(self) -> float: ...
    @property
    def sd(self) -> float: ...
    @property
    def change(self) -> float: ...
    @property
    def trial(self) -> int | None: ...
    @property
    def value(self) -> float | None: ...


class Way(Protocol):
    """A way from one architecture to another; see `nasviz.surrogate.ablation.Ablation`."""

    @property
    def steps(self) -> Sequence[Step]: ...
    @property
    def log(self) -> bool: ...


@dataclass(frozen=True)
class AblationInfo:
    """A way in edits as plain data, from the first architecture to the last, (n,).

    Attributes
    ----------
    edits
        What was replaced to come there; "" for the first.
    terms
        Terms.
    mean, sd
        What the surrogate believes of each, in the objective's units.
    level, low, high
        Where each is drawn: mean and mean ∓ sd, or, where `log`, median and the central 68 %.
    change
        By how much each edit moves the level, as the ablation says it: where `log`, as a natural logarithm.
    trials, values
        Number of the trial and what was observed, None where it was not evaluated.
    log
        Whether changes are logarithms, which are written in per cent.
    direction
        Whether less or more is better.
    value_name
        What is measured.
    """

    edits: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    sd: tuple[float, ...] = ()
    level: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    change: tuple[float, ...] = ()
    trials: tuple[int | None, ...] = ()
    values: tuple[float | None, ...] = ()
    log: bool = False
    direction: Direction = "minimize"
    value_name: str = "value"

    @property
    def summary(self) -> str:
        """One line: how many edits, from where to where, and the one of greatest gain."""
        if len(self.edits) < 2:
            return "no edit: the architectures are equal" if self.edits else "no way yet"
        n = len(self.edits) - 1
        sign = 1.0 if self.direction == "minimize" else -1.0
        best = min(range(1, n + 1), key=lambda k: sign * self.change[k])
        ends = f"{numbers.spread(self.mean[0], self.sd[0])} to {numbers.spread(self.mean[-1], self.sd[-1])}"
        gain = f" · most by edit {best}, {self.written(best)}" if sign * self.change[best] < 0 else ""
        return f"{n} edit{'s' * (n != 1)} from {ends} believed{gain}"

    def written(self, k: int) -> str:
        """What edit k does, with its sign."""
        return numbers.signed(self.change[k], self.log)

    def side(self, k: int) -> Literal["helps", "hurts", "nothing"]:
        """Whether edit k moves the mean to the better or the worse; what is rounding beside the greatest change is nothing."""
        if not abs(self.change[k]) > 1e-9 * max(map(abs, self.change)):
            return "nothing"
        return "helps" if (self.change[k] < 0) == (self.direction == "minimize") else "hurts"


def ablation_info(way: Way, *, direction: Direction = "minimize", value_name: str = "value") -> AblationInfo:
    """Collect what the ablation figure shows.

    Parameters
    ----------
    way
        From ``study.ablation()``.
    direction
        Whether less or more is better.
    value_name
        What is measured.
    """
    steps = way.steps
    drawn = [_drawn(float(step.mean), float(step.sd), way.log) for step in steps]
    return AblationInfo(
        edits=tuple(step.edit for step in steps),
        terms=tuple(str(step.arch) for step in steps),
        mean=tuple(float(step.mean) for step in steps),
        sd=tuple(float(step.sd) for step in steps),
        level=tuple(level for level, _, _ in drawn),
        low=tuple(low for _, low, _ in drawn),
        high=tuple(high for _, _, high in drawn),
        change=tuple(float(step.change) for step in steps),
        trials=tuple(step.trial for step in steps),
        values=tuple(step.value for step in steps),
        log=way.log,
        direction=direction,
        value_name=value_name,
    )


def _drawn(mean: float, sd: float, log: bool) -> tuple[float, float, float]:
    """Middle and ends of what is believed; of a log-normal variable with these moments the median and the central 68 %."""
    if not log:
        return mean, mean - sd, mean + sd
    ratio = min(sd / mean, 1 / sys.float_info.min) if mean > 0 else 0.0
    spread = math.sqrt(2 * math.log(ratio) if ratio > LARGE else math.log1p(ratio**2))
    median = mean * math.exp(-(spread**2) / 2)
    return median, median * math.exp(-spread), median * math.exp(spread)


def ablation_figure(info: AblationInfo, *, dark: bool = False) -> go.Figure:
    """The way as a waterfall from top to bottom.

    Parameters
    ----------
    info
        From `ablation_info`.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        Bars of edits that "help" and that "hurt", then "believed, ± sd" and "observed"; always these four in this order.
    """
    better = "less" if info.direction == "minimize" else "more"
    fig = theme.figure(
        _bars(info, "helps"),
        _bars(info, "hurts"),
        _believed(info),
        _observed(info),
        x=f"{theme.clipped(info.value_name, 40, 1)} ({better} is better)",
        y="",
        dark=dark,
    )
    n = len(info.edits)
    fig.update_yaxes(
        tickmode="array",
        tickvals=list(range(n)),
        ticktext=[_label(info, k) for k in range(n)],
        range=[max(n, 1) - 0.4, -0.6],
        showgrid=False,
        ticks="",
    )
    fig.update_layout(barmode="overlay", height=130 + 46 * max(n, 3), margin={"r": 84})
    for k in range(1, n):
        beside = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 8, "y": k, "yanchor": "middle"}
        fig.add_annotation(text=info.written(k), showarrow=False, **beside)
    if n == 0:
        theme.note(fig, "A way needs two trials with a value")
    elif n == 1:
        below = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.08}
        fig.add_annotation(text="No edit: the architectures are equal", showarrow=False, **below)
    return fig


def _label(info: AblationInfo, k: int) -> str:
    if k == 0:
        return f"begin: {theme.clipped(info.terms[0], 40, 2)}"
    return f"{k}. {theme.clipped(info.edits[k], 44, 2)}"


def _bars(info: AblationInfo, side: Literal["helps", "hurts"]) -> go.Bar:
    colour, _, name = SIDES[side]
    mine = [k for k in range(1, len(info.edits)) if info.side(k) == side]
    return go.Bar(
        x=[info.level[k] - info.level[k - 1] for k in mine],
        base=[info.level[k - 1] for k in mine],
        y=mine,
        orientation="h",
        width=0.55,
        name=name,
        marker={"color": theme.faded(colour, 0.55), "line": {"color": colour, "width": 1.5}},
        customdata=[info.trials[k] for k in mine],
        hovertext=[_hover(info, k) for k in mine],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=bool(mine),
    )


def _believed(info: AblationInfo) -> go.Scatter:
    return _marks(
        info,
        list(range(len(info.level))),
        info.level,
        "believed, ± sd",
        marker={"color": theme.BASELINE, "size": 7, "symbol": "circle"},
        error_x={
            "type": "data",
            "array": [high - level for high, level in zip(info.high, info.level, strict=True)],
            "arrayminus": [level - low for low, level in zip(info.low, info.level, strict=True)],
            "color": theme.BASELINE,
            "thickness": 1.5,
            "width": 4,
        },
    )


def _observed(info: AblationInfo) -> go.Scatter:
    seen = [(k, value) for k, value in enumerate(info.values) if value is not None]
    return _marks(
        info,
        [k for k, _ in seen],
        [value for _, value in seen],
        "observed",
        marker={"color": theme.KNOWN, "size": 11, "symbol": "diamond-open", "line": {"width": 2}},
    )


def _marks(info: AblationInfo, rows: Sequence[int], x: Sequence[float], name: str, **look: Any) -> go.Scatter:
    return go.Scatter(
        x=list(x),
        y=list(rows),
        mode="markers",
        name=name,
        customdata=[info.trials[k] for k in rows],
        hovertext=[_hover(info, k) for k in rows],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=bool(rows),
        **look,
    )


def _hover(info: AblationInfo, k: int) -> str:
    edit = f"{theme.clipped(info.edits[k])}: {info.written(k)}<br>" if k else "begin<br>"
    value, trial = info.values[k], info.trials[k]
    where = "" if trial is None else f" in trial {trial}"
    seen = "" if value is None else f"<br>observed {numbers.measure(value)}{where}"
    return f"{edit}believed {numbers.spread(info.mean[k], info.sd[k])}{seen}<br>{theme.clipped(info.terms[k])}"
