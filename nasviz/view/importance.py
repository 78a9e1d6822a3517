"""How each production of a grammar goes with the values of a study's trials, as bars with intervals.

A bar is the effect of one use of a production in the place of an average use of its nonterminal; the line on it is the
central 95 % interval. Where that holds zero, the trials do not tell, and the bar is hatched.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

import plotly.graph_objects as go

from nasviz import numbers
from nasviz.errors import NasvizError
from nasviz.view import theme
from nasviz.view.history import Direction

Side = Literal["helps", "hurts", "unsure"]

SIDES: dict[Side, tuple[str, str, str]] = {
    "helps": (theme.OBSERVED, "", "+ helps"),
    "hurts": (theme.INCUMBENT, "", f"{numbers.MINUS} hurts"),
    "unsure": (theme.BASELINE, "/", "the interval includes 0"),
}
"""Hue, pattern and name in the legend of each side, as credit has them."""


class Row(Protocol):
    """A production with its effect; see `nasviz.surrogate.importance.Importance`."""

    @property
    def production(self) -> str: ...
    @property
    def trials(self) -> int: ...
    @property
    def uses(self) -> int: ...
    @property
    def effect(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def weight(self) -> float: ...


@dataclass(frozen=True)
class Effect:
    """What one use of a production does.

    Attributes
    ----------
    production
        Its text.
    trials, uses
        In how many trials it is used, and how often in all.
    effect, low, high
        Effect and its 95 % interval, on the scale of the information.
    side
        Whether it helps or hurts, or the interval holds 0.
    """

    production: str
    trials: int
    uses: int
    effect: float
    low: float
    high: float
    side: Side


@dataclass(frozen=True)
class ImportanceInfo:
    """Effects of productions as plain data.

    Attributes
    ----------
    effects
        The weightiest first, at most as many as were asked for.
    more
        How many others have an effect that is not shown.
    open
        Productions without an effect, for there was no choice.
    log
        Whether effects are changes of a natural logarithm, which are written in per cent.
    direction
        Whether less or more is better.
    value_name
        What is measured.
    """

    effects: tuple[Effect, ...] = ()
    more: int = 0
    open: tuple[str, ...] = ()
    log: bool = False
    direction: Direction = "minimize"
    value_name: str = "value"

    @property
    def summary(self) -> str:
        """One line: how many productions help and hurt for sure, and the weightiest."""
        if not self.effects:
            return "no production has an effect yet"
        sides = [effect.side for effect in self.effects]
        first = self.effects[0]
        return (
            f"of {len(sides)} productions {sides.count('helps')} help, {sides.count('hurts')} hurt, of "
            f"{sides.count('unsure')} the trials do not tell · weightiest {first.production}: {self.written(first.effect)}"
        )

    def written(self, effect: float) -> str:
        """An effect with its sign, in per cent where it is a factor."""
        return numbers.signed(effect, self.log)


def importance_info(
    rows: Iterable[Row],
    *,
    log: bool = False,
    direction: Direction = "minimize",
    value_name: str = "value",
    most: int = 20,
) -> ImportanceInfo:
    """Collect what the importance figure shows.

    Parameters
    ----------
    rows
        Productions, the weightiest first, e.g. ``study.importance().reset_index().itertuples()``.
    log
        Whether effects are changes of a natural logarithm.
    direction
        Whether less or more is better.
    value_name
        What is measured.
    most
        How many are shown, ≥ 1.

    Raises
    ------
    NasvizError
        If `most` is below 1.
    """
    if most < 1:
        raise NasvizError(f"most is {most}, expected how many productions to show, 1 or more")
    rows = list(rows)
    known = [row for row in rows if math.isfinite(row.effect)]
    sign = 1.0 if direction == "minimize" else -1.0
    return ImportanceInfo(
        tuple(
            Effect(
                str(row.production),
                int(row.trials),
                int(row.uses),
                float(row.effect),
                float(row.low),
                float(row.high),
                _side(sign * row.low, sign * row.high),
            )
            for row in known[:most]
        ),
        max(0, len(known) - most),
        tuple(str(row.production) for row in rows if not math.isfinite(row.effect)),
        log,
        direction,
        value_name,
    )


def _side(low: float, high: float) -> Side:
    """Which side of zero an interval is on, where less is better; its ends in any order."""
    if min(low, high) <= 0 <= max(low, high):
        return "unsure"
    return "helps" if low < 0 else "hurts"


def importance_figure(info: ImportanceInfo, *, dark: bool = False) -> go.Figure:
    """Effects as bars from zero, the weightiest at the top, with their 95 % intervals.

    Parameters
    ----------
    info
        From `importance_info`.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        Bars of "helps", "hurts" and "unsure", always these three in this order.
    """
    name = theme.clipped(info.value_name, 40, 1)
    unit = "per cent" if info.log else f"units of {name}"
    better = "left" if info.direction == "minimize" else "right"
    title = f"effect of one use on {name} ({unit}; {better} of 0 is better)"
    fig = theme.figure(*(_bars(info, side) for side in SIDES), x=title, y="", dark=dark)
    n = len(info.effects)
    fig.update_yaxes(
        tickmode="array",
        tickvals=list(range(n)),
        ticktext=[_label(effect) for effect in info.effects],
        range=[max(n, 1) - 0.4, -0.6],
        showgrid=False,
        ticks="",
    )
    fig.update_layout(barmode="overlay", height=130 + 34 * max(n, 4))
    if info.effects:
        fig.add_vline(0, line={"color": theme.BASELINE, "width": 1.5})
    else:
        theme.note(fig, "No production has an effect yet: two trials that differ are needed")
    return fig


def _label(effect: Effect) -> str:
    """The production and its evidence, in two short lines."""
    return f"{theme.clipped(effect.production, 44, 2)}<br><span style='font-size:0.8em'>{_evidence(effect)}</span>"


def _evidence(effect: Effect) -> str:
    """How often a production was seen: "7 trials, 12 uses"."""
    return f"{effect.trials} trial{'s' * (effect.trials != 1)}, {numbers.grouped(effect.uses)} use{'s' * (effect.uses != 1)}"


def _shown(info: ImportanceInfo, value: float) -> float:
    """Where a number stands on the axis."""
    return 100 * math.expm1(min(value, 700.0)) if info.log else value


def _bars(info: ImportanceInfo, side: Side) -> go.Bar:
    colour, pattern, name = SIDES[side]
    mine = [(k, effect) for k, effect in enumerate(info.effects) if effect.side == side]
    at = [_shown(info, effect.effect) for _, effect in mine]
    return go.Bar(
        x=at,
        y=[k for k, _ in mine],
        orientation="h",
        width=0.6,
        name=name,
        marker={
            "color": colour if pattern else theme.faded(colour, 0.55),
            "pattern": {"shape": pattern, "fillmode": "replace", "size": 6, "solidity": 0.4},
            "line": {"color": colour, "width": 1.5},
        },
        error_x={
            "type": "data",
            "array": [_shown(info, effect.high) - x for x, (_, effect) in zip(at, mine, strict=True)],
            "arrayminus": [x - _shown(info, effect.low) for x, (_, effect) in zip(at, mine, strict=True)],
            "color": theme.BASELINE,
            "thickness": 1.5,
            "width": 4,
        },
        customdata=[effect.production for _, effect in mine],
        hovertext=[_hover(info, effect) for _, effect in mine],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=bool(mine),
    )


def _hover(info: ImportanceInfo, effect: Effect) -> str:
    said = {"helps": "helps", "hurts": "hurts", "unsure": "the trials do not tell"}[effect.side]
    return (
        f"{theme.clipped(effect.production)}<br>{said}: {info.written(effect.effect)}, 95 % interval "
        f"{info.written(effect.low)} … {info.written(effect.high)}"
        f"<br>{_evidence(effect)}"
    )
