"""Charts as SVG for pages that carry no program: axes, marks and a legend, nothing that moves.

Where a figure can be live, plotly draws it. A report must be small, print, and open anywhere in ten years.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nasviz.numbers import MINUS

Kind = Literal["points", "crosses", "rings", "line", "faint", "steps", "rule"]

_WIDTH, _HIGH = 680, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 32, 46
_LEGEND = 14


@dataclass(frozen=True)
class Series:
    """Marks of one kind.

    Parameters
    ----------
    x, y
        Coordinates, (n,) each; finite.
    kind
        "points", "crosses", "rings"; "line", "faint" (thin) and "steps" join them; "rule" is one level line at ``y[0]``.
    label
        Its name in the legend, or "" for none.
    colour
        A CSS colour.
    spread
        Half the length of a vertical bar at each point, (n,), or empty.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    kind: Kind
    label: str
    colour: str
    spread: tuple[float, ...] = ()


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers that divide an interval, ascending.

    >>> ticks(0.0, 1.0)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if not high > low:
        return [low]
    rough = (high - low) / max(1, most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * k for k in (1, 2, 5, 10) if power * k >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 12) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def chart(series: Sequence[Series], x: str, y: str, title: str, *, whole: bool = False) -> str:
    """Return an SVG picture of `series`.

    Parameters
    ----------
    series
        What to draw, in this order; without any point the picture says that there is none.
    x, y
        Names of the axes.
    title
        What it shows, in a sentence, for those who do not see it.
    whole
        Whether x counts things.
    """
    head = (
        f'<svg viewBox="0 0 {_WIDTH} {_HIGH}" width="{_WIDTH}" role="img" xmlns="http://www.w3.org/2000/svg" '
        f'font-size="12" fill="currentColor"><title>{html.escape(title)}</title>'
    )
    xs = [v for s in series if s.kind != "rule" for v in s.x]
    ys = [v for s in series for v in s.y] + [
        v + e * k for s in series for v, e in zip(s.y, s.spread, strict=False) for k in (-1, 1)
    ]
    if not xs or not ys:
        return f'{head}<text x="{_WIDTH / 2}" y="{_HIGH / 2}" text-anchor="middle">nothing to show yet</text></svg>'
    frame = _Frame(_padded(min(xs), max(xs)), _padded(min(ys), max(ys)))
    parts = [head, *_axes(frame, x, y, whole), *(_marks(s, frame) for s in series), _legend(series), "</svg>"]
    return "".join(parts)


@dataclass(frozen=True)
class _Frame:
    """Ranges of both axes."""

    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        right = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return (
            round(_LEFT + right * (_WIDTH - _LEFT - _RIGHT), 1),
            round(_HIGH - _BOTTOM - up * (_HIGH - _TOP - _BOTTOM), 1),
        )


def _padded(low: float, high: float) -> tuple[float, float]:
    room = 0.04 * (high - low) or 0.5 * abs(low) or 1.0
    return low - room, high + room


def _axes(frame: _Frame, x: str, y: str, whole: bool) -> list[str]:
    floor, left = _HIGH - _BOTTOM, _LEFT
    parts = [f'<g stroke="currentColor" opacity=".35"><path d="M{left} {_TOP}V{floor}H{_WIDTH - _RIGHT}" fill="none"/></g>']
    for value in ticks(*frame.x, 8):
        if whole and value != int(value):
            continue
        at, _ = frame.at(value, frame.y[0])
        parts.append(f'<text x="{at}" y="{floor + 16}" text-anchor="middle">{_number(value)}</text>')
    for value in ticks(*frame.y):
        _, at = frame.at(frame.x[0], value)
        parts.append(f'<path d="M{left} {at}H{_WIDTH - _RIGHT}" stroke="currentColor" opacity=".12"/>')
        parts.append(f'<text x="{left - 6}" y="{at + 4}" text-anchor="end">{_number(value)}</text>')
    parts.append(f'<text x="{(left + _WIDTH - _RIGHT) / 2}" y="{_HIGH - 10}" text-anchor="middle">{html.escape(x)}</text>')
    middle = (_TOP + floor) / 2
    parts.append(f'<text transform="rotate(-90 14 {middle})" x="14" y="{middle}" text-anchor="middle">{html.escape(y)}</text>')
    return parts


def _number(value: float) -> str:
    return f"{value:.6g}".replace("-", MINUS)


def _marks(series: Series, frame: _Frame) -> str:
    colour = html.escape(series.colour, quote=True)
    if series.kind == "rule":
        _, level = frame.at(frame.x[0], series.y[0])
        return f'<path d="M{_LEFT} {level}H{_WIDTH - _RIGHT}" stroke="{colour}" stroke-width="2" stroke-dasharray="7 5"/>'
    places = [frame.at(x, y) for x, y in zip(series.x, series.y, strict=True)]
    bars = "".join(
        f'<path d="M{frame.at(x, y - e)[0]} {frame.at(x, y - e)[1]}V{frame.at(x, y + e)[1]}" stroke="{colour}" opacity=".45"/>'
        for x, y, e in zip(series.x, series.y, series.spread, strict=False)
    )
    if series.kind in ("line", "faint", "steps"):
        return bars + _path(places, series.kind, colour)
    return bars + "".join(_mark(x, y, series.kind, colour) for x, y in places)


def _path(places: Sequence[tuple[float, float]], kind: Kind, colour: str) -> str:
    rest = "".join(f"H{x}V{y}" if kind == "steps" else f"L{x} {y}" for x, y in places[1:])
    width, opacity = (1, 0.35) if kind == "faint" else (2.5, 1)
    path = "".join(f"M{x} {y}" for x, y in places[:1]) + rest
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" opacity="{opacity}"/>'


def _mark(x: float, y: float, kind: Kind, colour: str) -> str:
    if kind == "crosses":
        return f'<path d="M{x - 4} {y - 4}l8 8m0 -8l-8 8" stroke="{colour}" stroke-width="2" fill="none"/>'
    if kind == "rings":
        return f'<circle cx="{x}" cy="{y}" r="4" fill="none" stroke="{colour}" stroke-width="2"/>'
    return f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>'


def _legend(series: Sequence[Series]) -> str:
    named = [s for s in series if s.label and (s.kind == "rule" or s.x)]
    parts: list[str] = []
    at = _WIDTH - _RIGHT - 6
    for s in reversed(named):
        label = s.label if len(s.label) <= 28 else s.label[:27] + "…"
        at -= 7 * len(label) + 24
        sample = _mark(at + 8, _LEGEND, s.kind, html.escape(s.colour, quote=True))
        if s.kind in ("line", "faint", "steps", "rule"):
            dash = ' stroke-dasharray="5 3"' if s.kind == "rule" else ""
            sample = f'<path d="M{at} {_LEGEND}h16" stroke="{html.escape(s.colour, quote=True)}" stroke-width="2.5"{dash}/>'
        parts.append(f'{sample}<text x="{at + 20}" y="{_LEGEND + 4}">{html.escape(label)}</text>')
    return "".join(parts)
