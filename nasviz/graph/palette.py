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


TURNS = 3
"""Patterns for hues that come again."""


def turn(k: int) -> int:
    """Return the pattern that hue `k` is drawn with: 0, plain, for the first eight; then 1, 2, 3, 1 …

    >>> turn(3), turn(11), turn(19), turn(27), turn(35)
    (0, 1, 2, 3, 1)
    """
    again = k // len(HUES)
    return 0 if again == 0 else 1 + (again - 1) % TURNS


def classes(k: int) -> str:
    """Return the classes of what has hue `k`: the number of the hue, and of the pattern where it has one.

    >>> classes(3), classes(11)
    ('nv-nt-3', 'nv-nt-3 nv-turn-1')
    """
    return f"nv-nt-{k % len(HUES)}" + (f" nv-turn-{turn(k)}" if turn(k) else "")


def ground(k: int, text: str) -> dict[str, str]:
    """Return the DOT attributes of a box with hue `k` and this label.

    Hues that come again have bands: one at the left, one at each side, or two at the left. Graphviz counts their width in
    shares of the box, whose width follows from its label.

    >>> ground(0, "S")["fillcolor"], ground(8, "S")["style"]
    ('#b2d5e8', 'striped')
    """
    strong, tint = hue(k).strong, hue(k).tint
    longest = max(len(line) for line in text.split("\n"))
    share = f";{4 / (13 + 6.2 * longest):.3f}"
    bands = {
        1: f"{strong}{share}:{tint}",
        2: f"{strong}{share}:{tint}:{strong}{share}",
        3: f"{strong}{share}:{PAPER}{share}:{strong}{share}:{tint}",
    }
    drawn = turn(k)
    return {"fillcolor": bands[drawn], "color": strong, "style": "striped"} if drawn else {"fillcolor": tint, "color": strong}


def frame(k: int) -> dict[str, str | float]:
    """Return the DOT attributes of a frame with hue `k`: solid, then dashed, dotted and thick.

    >>> frame(0)["style"], frame(8)["style"]
    ('rounded', 'rounded,dashed')
    """
    style = {0: "rounded", 1: "rounded,dashed", 2: "rounded,dotted", 3: "rounded"}[turn(k)]
    return {
        "style": style,
        "color": hue(k).strong,
        "bgcolor": hue(k).tint + "55",
        **({"penwidth": 2.5} if turn(k) == 3 else {}),
    }
