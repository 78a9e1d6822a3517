"""The look that all figures of nasviz share: a plotly template that is passed, never registered.

Colours have a contrast of at least 3 : 1 on white and on JupyterLab's dark background, so that one trace serves both
themes; text and grid differ and come from `template(dark)`. The hues are those of Okabe and Ito, which people with any
common colour blindness tell apart; marks differ in shape as well.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import plotly.graph_objects as go

OBSERVED = "#3b82c4"
"""Blue: what was measured, one mark each."""

INCUMBENT = "#d55e00"
"""Vermilion: the best value so far, and the selected thing."""

BASELINE = "#808080"
"""Grey: what the search is compared with."""

FAILED = "#b8548f"
"""Purple: what went wrong, always a cross."""

KNOWN = "#009e73"
"""Green: a known network that the search is compared with, always a star of four points."""

KNOWN_SYMBOL = "star-diamond"
"""The mark of a known network."""

CYCLE = ("#3b82c4", "#d55e00", "#009e73", "#b8548f", "#b07a00", "#2f8f9d", "#8c6bb1", "#808080")
"""Hues for several curves in one figure, in this order, then again."""

DASHES = ("solid", "dash", "dot", "dashdot")
"""Line styles, so that curves differ by more than their hue."""

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "star", "hexagon")
"""Shapes of marks, in step with `CYCLE`."""

SEQUENTIAL = "Viridis"
"""Scale of colours for what has no sign (similarity, deviation, cost): even in lightness, so also in grey and for any eye."""

SEQUENTIAL_TOO = "Cividis"
"""A second such scale, where two stand side by side."""

GUIDE = "guide"
"""`meta` of a trace that guides the eye and is left out of tables."""

FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"


def faded(colour: str, alpha: float) -> str:
    """The same colour, partly transparent.

    Parameters
    ----------
    colour
        "#rrggbb".
    alpha
        Opacity, 0 … 1.

    >>> faded("#808080", 0.25)
    'rgba(128, 128, 128, 0.25)'
    """
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha:g})"


@cache
def template(dark: bool = False) -> go.layout.Template:
    """The template "nasviz" of every figure.

    Parameters
    ----------
    dark
        Light text on JupyterLab's dark background instead of dark text on white.

    Returns
    -------
        A plotly template; pass it as `layout.template`.
    """
    text, soft, grid, paper = (
        ("#e0e0e0", "#b0b0b0", "#3a3a3a", "#111111") if dark else ("#212121", "#5a5a5a", "#e4e4e4", "#ffffff")
    )
    axis = go.layout.XAxis(
        gridcolor=grid,
        linecolor=soft,
        zeroline=False,
        showline=True,
        ticks="outside",
        ticklen=4,
        tickcolor=soft,
        tickfont={"color": soft},
        title={"standoff": 8, "font": {"size": 13}},
        automargin=True,
    )
    layout = go.Layout(
        font={"family": FONT, "size": 13, "color": text},
        title={"font": {"size": 14}, "x": 0, "xanchor": "left", "xref": "paper"},
        paper_bgcolor=paper,
        plot_bgcolor=paper,
        colorway=CYCLE,
        margin={"l": 56, "r": 16, "t": 40, "b": 44},
        hovermode="closest",
        hoverlabel={"align": "left", "namelength": -1, "font": {"family": FONT, "size": 12}},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 12}},
        xaxis=axis,
        yaxis=go.layout.YAxis(axis.to_plotly_json()),
        transition={"duration": 0},
    )
    return go.layout.Template(layout=layout)


def figure(*traces: go.Scatter | go.Bar, x: str, y: str, dark: bool = False) -> go.Figure:
    """A figure in the look of nasviz.

    Parameters
    ----------
    traces
        Its traces, drawn in this order.
    x
        Title of the horizontal axis.
    y
        Title of the vertical axis.
    dark
        See `template`.
    """
    layout = go.Layout(template=template(dark), xaxis={"title": {"text": x}}, yaxis={"title": {"text": y}})
    return go.Figure(data=list(traces), layout=layout)


def note(fig: go.Figure, text: str, **axes: bool) -> go.Figure:
    """Say in the middle of an empty figure what will appear there.

    Parameters
    ----------
    fig
        The figure, which is changed.
    text
        One short sentence.
    axes
        `x` and `y`: whether the axis keeps its numbers; they mean nothing while there are no data.

    Returns
    -------
        The figure.
    """
    fig.update_xaxes(showticklabels=axes.get("x", False), showgrid=False, ticks="")
    fig.update_yaxes(showticklabels=axes.get("y", False), showgrid=False, ticks="")
    middle = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5}
    fig.add_annotation(text=text, showarrow=False, font={"size": 13}, name="note", **middle)
    return fig


def headline(fig: go.Figure, text: str) -> go.Figure:
    """Say above a figure, in two lines at most, what it shows.

    Parameters
    ----------
    fig
        The figure, which is changed.
    text
        A sentence.

    Returns
    -------
        The figure.
    """
    title = {"text": clipped(text, 58, 2), "font": {"size": 13}, "yref": "container", "y": 0.97, "yanchor": "top"}
    return fig.update_layout(margin={"t": 76}, title=title)


def spec(fig: go.Figure) -> dict[str, Any]:
    """The figure as JSON data {"data": […], "layout": {…}} for plotly.js; what is no number becomes None.

    >>> spec(go.Figure(go.Scatter(y=[1.0, float("nan")])))["data"]
    [{'y': [1.0, None], 'type': 'scatter'}]
    """
    return json.loads(str(fig.to_json()))


def clipped(term: str, width: int = 60, lines: int = 4) -> str:
    """A term as a few lines for a hover label; markup in it is shown, not read.

    Parameters
    ----------
    term
        Text of a term.
    width
        Characters a line.
    lines
        Lines kept; the rest becomes "…".

    >>> clipped("Linear(a, <b>)", width=9)
    'Linear(a,<br>&lt;b&gt;)'
    """
    rows: list[str] = [""]
    for word in term[: (width + 1) * (lines + 1)].split(" "):
        if rows[-1] and len(rows[-1]) + 1 + len(word) > width:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}" if rows[-1] else word
    shown = [row[:width] for row in rows[:lines]]
    if len(rows) > lines or any(len(row) > width for row in rows[:lines]):
        shown[-1] += " …"
    return "<br>".join(row.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for row in shown)


def apart(names: Sequence[str]) -> list[str]:
    """Names for an axis of categories, on which equal ones would be one row: those that repeat end in spaces of no width.

    >>> len(set(apart(["a", "b", "a", "a"])))
    4
    """
    met: dict[str, int] = {}
    found: list[str] = []
    for name in names:
        met[name] = met.get(name, -1) + 1
        found.append(name + "\u200b" * met[name])
    return found
