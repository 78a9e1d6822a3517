"""The colours of nasviz, in one place: eight hues that colour-blind people can tell apart, each with a light tint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hue:
    """One colour of the cycle, as ``#rrggbb``.

    Attributes
    ----------
    name
        English name.
    strong
        For lines and marks; three of the eight are too light for text.
    tint
        For areas behind text: dark text on it has a contrast of at least 9 : 1.
    """

    name: str
    strong: str
    tint: str


def _tint(colour: str, white: float) -> str:
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(c + (255 - c) * white):02x}" for c in channels)


_OKABE_ITO = {
    "blue": "#0072b2",
    "orange": "#e69f00",
    "bluish green": "#009e73",
    "reddish purple": "#cc79a7",
    "sky blue": "#56b4e9",
    "vermillion": "#d55e00",
    "yellow": "#f0e442",
    "grey": "#7f7f7f",
}

HUES: tuple[Hue, ...] = tuple(Hue(name, strong, _tint(strong, 0.7)) for name, strong in _OKABE_ITO.items())
"""The cycle of eight (Okabe & Ito 2008, black replaced by grey)."""

INK = "#1f2328"
"""Text and outlines on light ground."""

LINE = "#57606a"
"""Arrows and quiet outlines."""

PAPER = "#ffffff"
"""Ground of neutral operations."""

QUIET = "#f3f4f6"
"""Ground of input, output and merges."""

ACCENT = "#b3004b"
"""Outline of the selection; no hue of the cycle."""


def hue(k: int) -> Hue:
    """Return hue `k` of the cycle; any whole number is taken modulo 8.

    >>> hue(0) == hue(8), hue(5).name
    (True, 'vermillion')
    """
    return HUES[k % len(HUES)]


def mark(k: int) -> str:
    """Return the second sign beside the hue: "" in the first cycle, then ', '' …, so that hue alone never decides.

    >>> mark(3), mark(11), mark(16)
    ('', "'", "''")
    """
    return "'" * (k // len(HUES))
