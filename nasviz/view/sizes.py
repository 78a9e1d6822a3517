"""Sizes of search spaces on a logarithmic scale, each with what is counted."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import plotly.graph_objects as go

from nasviz.errors import NasvizError
from nasviz.view.theme import BASELINE, INCUMBENT, figure


class Size(Protocol):
    """The size of a space: its name, the decimal logarithm, and what is counted."""

    @property
    def name(self) -> str: ...

    @property
    def log10(self) -> float: ...

    @property
    def convention(self) -> str: ...


@dataclass(frozen=True)
class SizesInfo:
    """What the figure of sizes says, one entry for each space, smallest first.

    Attributes
    ----------
    names
        Names of the spaces.
    log10
        Decimal logarithms of their sizes.
    conventions
        What is counted.
    marked
        Which are drawn in the accent colour.
    """

    names: tuple[str, ...]
    log10: tuple[float, ...]
    conventions: tuple[str, ...]
    marked: tuple[bool, ...]


def sizes_info(sizes: Iterable[Size], mark: str = "") -> SizesInfo:
    """Sort sizes of spaces for the figure.

    Parameters
    ----------
    sizes
        Sizes, e.g. ``nv.spaces.KNOWN_SIZES``.
    mark
        Spaces whose name is this one are marked.

    Raises
    ------
    NasvizError
        If there is none.
    """
    rows = sorted(sizes, key=lambda row: row.log10)
    if not rows:
        raise NasvizError("no sizes to draw; pass for example nv.spaces.KNOWN_SIZES")
    return SizesInfo(
        tuple(row.name for row in rows),
        tuple(row.log10 for row in rows),
        tuple(row.convention for row in rows),
        tuple(bool(mark) and row.name == mark for row in rows),
    )


def sizes_figure(info: SizesInfo, *, dark: bool = False) -> go.Figure:
    """Draw sizes as bars; a bar's label says 10^… and what is counted.

    >>> from types import SimpleNamespace
    >>> size = SimpleNamespace(name="cells", log10=4.19, convention="cells")
    >>> sizes_figure(sizes_info([size])).data[0].x
    (4.19,)
    """
    at = list(range(len(info.names)))
    bars = go.Bar(
        x=info.log10,
        y=at,
        orientation="h",
        width=0.5,
        marker={"color": [INCUMBENT if marked else BASELINE for marked in info.marked]},
        text=[
            f"10<sup>{power:.2f}</sup>  {convention}" for power, convention in zip(info.log10, info.conventions, strict=True)
        ],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{customdata}<br>10^%{x:.2f}<extra></extra>",
        customdata=info.names,
        showlegend=False,
    )
    fig = figure(x="decimal logarithm of the size", y="", dark=dark)
    fig.add_trace(bars)
    labels = ["<br>".join(textwrap.wrap(name, 34)) for name in info.names]
    fig.update_yaxes(tickmode="array", tickvals=at, ticktext=labels, showgrid=False, ticks="", automargin=True)
    fig.update_xaxes(range=[0, max(info.log10) * 1.9])
    fig.update_layout(height=90 + 38 * len(at), margin={"t": 10})
    return fig
