"""Two spaces side by side: distributions of what is drawn from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from nasviz import numbers
from nasviz.records import Drawn
from nasviz.view import theme

NOUNS = {"parameters": "parameters", "flops": "FLOPs", "depth": "depth"}
"""What is measured of each network, and what it is called."""
BINS = 24


class Steps(Protocol):
    """An empirical distribution function."""

    @property
    def values(self) -> Sequence[float]: ...

    @property
    def shares(self) -> Sequence[float]: ...

    @property
    def n(self) -> int: ...


class Equal(Protocol):
    """Two such functions at equal complexity."""

    @property
    def edfs(self) -> tuple[Steps, Steps]: ...

    @property
    def occupied(self) -> int: ...

    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class ComparisonInfo:
    """What the figure of a comparison shows.

    Attributes
    ----------
    names
        Of the two spaces.
    builds
        Share of each that can be built, 0 … 1; nan where nothing is drawn.
    edges
        For "parameters", "flops" and "depth" the ends of the bins that both spaces share, ascending.
    shares
        For each the share of a space's networks in each bin; those that build are 1 in all.
    centres
        Median of each space, nan of none.
    values
        Of the objective, of each space.
    equal
        Their distributions at equal complexity, or None without an objective.
    complexity
        Which complexity is made equal.
    value_name
        What the objective measures.
    """

    names: tuple[str, str]
    builds: tuple[float, float]
    edges: dict[str, tuple[float, ...]]
    shares: dict[str, tuple[tuple[float, ...], tuple[float, ...]]]
    centres: dict[str, tuple[float, float]]
    values: tuple[tuple[float, ...], tuple[float, ...]]
    equal: Equal | None
    complexity: str
    value_name: str


def comparison_info(
    rows: Sequence[Drawn],
    names: tuple[str, str],
    equal: Equal | None = None,
    complexity: str = "parameters",
    value_name: str = "",
) -> ComparisonInfo:
    """Collect what the figure shows.

    Parameters
    ----------
    rows
        What is known of each draw.
    names
        Of the two spaces.
    equal
        Errors at equal complexity.
    complexity
        Which complexity that is.
    value_name
        What the objective measures.
    """
    sides = [[row for row in rows if row.space == name] for name in names]
    built = [[row for row in side if row.builds] for side in sides]
    first, second = (len(b) / len(s) if s else float("nan") for b, s in zip(built, sides, strict=True))
    edges: dict[str, tuple[float, ...]] = {}
    shares: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {}
    centres: dict[str, tuple[float, float]] = {}
    for what in NOUNS:
        found = [np.array([getattr(row, what) for row in side], float) for side in built]
        ends = _edges(np.concatenate(found), what)
        heights = [np.histogram(x, ends)[0] / max(len(x), 1) for x in found]
        middle = [float(np.median(x)) if len(x) else float("nan") for x in found]
        edges[what] = tuple(ends.tolist())
        shares[what] = tuple(heights[0].tolist()), tuple(heights[1].tolist())
        centres[what] = middle[0], middle[1]
    values = [tuple(row.value for row in side if row.value is not None) for side in built]
    return ComparisonInfo(names, (first, second), edges, shares, centres, (values[0], values[1]), equal, complexity, value_name)


def _edges(x: np.ndarray, what: str) -> np.ndarray:
    """Ends of bins over all values: whole numbers for depth, equal ratios where the range is wide."""
    if not len(x):
        return np.array([0.0, 1.0])
    low, high = x.min(), x.max()
    if what == "depth":
        step = max(1, int(np.ceil((high - low + 1) / BINS)))
        return np.arange(low - 0.5, high + 0.5 + step, step)
    if low == high:
        return np.array([low - 0.5, high + 0.5])
    ends = np.geomspace(low, high, BINS + 1) if low > 0 and high > 10 * low else np.linspace(low, high, BINS + 1)
    ends[0], ends[-1] = low, high
    return ends


def comparison_figure(info: ComparisonInfo, *, dark: bool = False) -> go.Figure:
    """Draw a comparison: three histograms and the share that builds; with an objective also two distributions of its values.

    Parameters
    ----------
    info
        From `comparison_info`.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        A figure of two or three columns; the spaces keep colour, dash and name in all of them.
    """
    with_values = info.equal is not None
    columns = 3 if with_values else 2
    fig = make_subplots(2, columns, vertical_spacing=0.2, horizontal_spacing=0.11)
    fig.update_layout(template=theme.template(dark))
    places = [(1, 1), (1, 2), (2, 1)]
    for (row, column), what in zip(places, NOUNS, strict=True):
        for k in range(2):
            fig.add_trace(_outline(info, what, k), row=row, col=column)
        logarithmic = what != "depth" and _ratio(info.edges[what])
        fig.update_xaxes(type="log" if logarithmic else "linear", row=row, col=column, title_text=NOUNS[what])
        fig.update_yaxes(title_text="share of networks", rangemode="tozero", row=row, col=column)
    _add_builds(fig, info)
    if info.equal is not None:
        _add_values(fig, info, info.equal)
    fig.update_layout(height=520)
    return fig


def _ratio(edges: Sequence[float]) -> bool:
    return len(edges) > 2 and not np.isclose(edges[1] - edges[0], edges[-1] - edges[-2])


def _outline(info: ComparisonInfo, what: str, k: int) -> go.Scatter:
    """A histogram as an outline, so that two of them can be read on top of each other."""
    edges, shares = info.edges[what], info.shares[what][k]
    return go.Scatter(
        x=[edges[0], *edges, edges[-1]],
        y=[0.0, *shares, shares[-1], 0.0],
        mode="lines",
        fill="tozeroy",
        line={"shape": "hv", **_line(k)},
        fillcolor=theme.faded(theme.CYCLE[k], 0.15),
        name=_plain(info.names[k]),
        legendgroup=str(k),
        showlegend=what == "parameters",
        hovertemplate=f"{NOUNS[what]} from %{{x:,.4~s}}<br>%{{y:.1%}} of {{}}<extra></extra>".replace(
            "{}", theme.clipped(info.names[k])
        ),
    )


def _line(k: int) -> dict[str, Any]:
    return {"color": theme.CYCLE[k], "dash": theme.DASHES[k], "width": 2}


def _plain(name: str) -> str:
    return theme.clipped(name, lines=1)


def _add_builds(fig: go.Figure, info: ComparisonInfo) -> None:
    bars = go.Bar(
        x=[None if share != share else share for share in info.builds],
        y=[0, 1],
        orientation="h",
        width=0.5,
        marker={"color": [theme.CYCLE[0], theme.CYCLE[1]]},
        text=["" if share != share else numbers.share(share) for share in info.builds],
        textposition="inside",
        insidetextanchor="start",
        name="can be built",
        showlegend=False,
        customdata=[_plain(name) for name in info.names],
        hovertemplate="%{customdata}: %{x:.1%} can be built<extra></extra>",
    )
    fig.add_trace(bars, row=2, col=2)
    fig.update_yaxes(tickmode="array", tickvals=[0, 1], ticktext=_short(info), row=2, col=2)
    fig.update_yaxes(autorange="reversed", showgrid=False, ticks="", row=2, col=2)
    fig.update_xaxes(range=[0, 1], tickformat=".0%", title_text="share of draws that can be built", row=2, col=2)


def _short(info: ComparisonInfo) -> list[str]:
    return [_plain(name if len(name) <= 14 else f"{name[:13]}…") for name in info.names]


def _add_values(fig: go.Figure, info: ComparisonInfo, equal: Equal) -> None:
    for k in range(2):
        ordered = sorted(info.values[k])
        shares = [(i + 1) / len(ordered) for i in range(len(ordered))]
        fig.add_trace(_steps(info, k, ordered, shares), row=1, col=3)
        fig.add_trace(_steps(info, k, equal.edfs[k].values, equal.edfs[k].shares), row=2, col=3)
    titles = info.value_name, f"{info.value_name}, at equal {NOUNS[info.complexity]}"
    for row, title in enumerate(titles, start=1):
        fig.update_xaxes(title_text=title, row=row, col=3)
        fig.update_yaxes(title_text="share with at most that", range=[0, 1.02], row=row, col=3)
    if equal.reason:
        middle = {"xref": "x6 domain", "yref": "y6 domain", "x": 0.5, "y": 0.5}
        fig.add_annotation(text=equal.reason, showarrow=False, name="note", **middle)


def _steps(info: ComparisonInfo, k: int, values: Sequence[float], shares: Sequence[float]) -> go.Scatter:
    return go.Scatter(
        x=[values[0], *values] if values else [None],
        y=[0.0, *shares] if values else [None],  # a subplot of traces without any point has no axes to draw
        mode="lines",
        line={"shape": "hv", **_line(k)},
        name=_plain(info.names[k]),
        legendgroup=str(k),
        showlegend=False,
        hovertemplate=f"%{{y:.1%}} of {_plain(info.names[k])} with at most %{{x:.4~g}}<extra></extra>",
    )


def comparison_frame(rows: Sequence[Drawn], value_name: str = "") -> pd.DataFrame:
    """The draws as a table, a row for each.

    Parameters
    ----------
    rows
        What is known of each draw.
    value_name
        What the objective measures; "" without one.

    >>> comparison_frame([Drawn("cells", 0, "conv", 448, 884_736, 1)]).loc[0, "builds"]
    np.True_
    """
    counts = {what: pd.array([getattr(row, what) for row in rows], dtype="Int64") for what in NOUNS}
    table: dict[str, Any] = {
        "space": [row.space for row in rows],
        "number": [row.number for row in rows],
        "term": [row.term for row in rows],
        "builds": [row.builds for row in rows],
        **counts,
        "reason": [row.reason for row in rows],
    }
    if value_name:
        table["value"] = np.array([row.value for row in rows], float)
        table["failure"] = [row.failure for row in rows]
    return pd.DataFrame(table)


def comparison_summary(rows: Sequence[Drawn], names: Sequence[str], value_name: str = "") -> pd.DataFrame:
    """A row for each space: numbers of draws, the share that builds, and quartiles.

    Parameters
    ----------
    rows
        What is known of each draw.
    names
        Of the spaces.
    value_name
        What the objective measures; "" without one.

    Returns
    -------
        Columns "draws", "distinct" (terms), "builds" (share), and of each measure its quartiles and median, e.g.
        "parameters 25 %", "parameters", "parameters 75 %"; with an objective also its least and greatest value, "evaluated" and
        "failed".
    """
    table = comparison_frame(rows, value_name)
    found: list[dict[str, Any]] = []
    for name in names:
        part = table[table.space == name]
        row: dict[str, Any] = {"draws": len(part), "distinct": part.term.nunique(), "builds": part.builds.mean()}
        for what in [*NOUNS, *(["value"] if value_name else [])]:
            called = value_name if what == "value" else NOUNS[what]
            low, middle, high = np.nanquantile(pd.Series(part[what]).to_numpy(float, na_value=np.nan), [0.25, 0.5, 0.75])
            row |= {f"{called} 25 %": low, called: middle, f"{called} 75 %": high}
        if value_name:
            row |= {f"least {value_name}": part.value.min(), f"greatest {value_name}": part.value.max()}
            row |= {"evaluated": part.value.notna().sum(), "failed": (part.failure != "").sum()}
        found.append(row)
    return pd.DataFrame(found, index=pd.Index(names, name="space"))
