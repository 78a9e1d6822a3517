"""Who is like whom: the kernel's similarities of the trials as a heat map, like beside like.

Each cell is the prior correlation of two trials. Blocks along the diagonal are families of architectures; the strip at the
right is their values in the same order: where families and values agree, the kernel sees what matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from nasviz import numbers
from nasviz.records import Similarity, Trial, matched
from nasviz.view import theme
from nasviz.view.numbered import called, numbers_of


@dataclass(frozen=True)
class GramInfo:
    """Similarities of trials in the order of their likeness, as plain data.

    Attributes
    ----------
    trials
        Numbers of the trials in this order, ``(n,)``; None for what another study found.
    names, terms, values
        What they are called, their terms and values, ``(n,)``.
    matrix
        Similarities, ``(n, n)``, 1 on the diagonal.
    total
        How many the surrogate learned from; more than n where only the last ones are shown.
    value_name
        What is measured.
    """

    trials: tuple[int | None, ...] = ()
    names: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    values: tuple[float, ...] = ()
    matrix: tuple[tuple[float, ...], ...] = ()
    total: int = 0
    value_name: str = "value"

    @property
    def nearest(self) -> tuple[tuple[int, float], ...]:
        """For each trial which other one, by its place in this order, is most like it, and how like; () for fewer than two."""
        n = len(self.terms)
        if n < 2:
            return ()
        k = np.asarray(self.matrix) - 2 * np.eye(n)
        return tuple((int(j), float(k[i, j])) for i, j in enumerate(k.argmax(axis=1).tolist()))

    @property
    def summary(self) -> str:
        """One line: how many trials, and how like two of them, and two neighbours, are in the mean."""
        n = len(self.terms)
        if n < 2:
            return "no two trials to compare yet"
        k = np.asarray(self.matrix)
        mean = (k.sum() - np.trace(k)) / (n * (n - 1))
        beside = float(np.diag(k, 1).mean())
        which = f"{n} trials" if n == self.total else f"the last {n} of {self.total} trials"
        return f"{which} · mean similarity {mean:.2f} · of neighbours {beside:.2f}"


def gram_info(found: Similarity, trials: Sequence[Trial] = (), *, value_name: str = "value") -> GramInfo:
    """Collect what the heat map shows.

    Parameters
    ----------
    found
        From ``gp.similarity()``.
    trials
        Trials of the study; without them the architectures are numbered in the order of learning.
    value_name
        What is measured, e.g. "validation error".
    """
    known = matched(found.terms, found.values, trials)
    names = [called(trial) for trial in known] if trials else [f"architecture {i}" for i in found.order]
    return GramInfo(
        trials=numbers_of(known),
        names=tuple(names),
        terms=found.terms,
        values=found.values,
        matrix=found.matrix,
        total=found.total,
        value_name=value_name,
    )


def gram_figure(info: GramInfo, *, dark: bool = False) -> go.Figure:
    """Heat map of similarities with a strip of values at its right.

    Parameters
    ----------
    info
        From `gram_info`.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        Traces "similarity" and "values", always these two in this order; `customdata` is the number of the row's trial.
    """
    n = len(info.terms)
    places = theme.apart([f"{name}<br>{theme.clipped(term)}" for name, term in zip(info.names, info.terms, strict=True)])
    k = np.round(np.asarray(info.matrix, float).reshape(n, n), 3)
    heat = go.Heatmap(
        x=places,
        y=places,
        z=_cells(k.tolist()),
        zmin=_darkest(k),
        zmax=1.0,
        name="similarity",
        colorscale=theme.SEQUENTIAL,
        colorbar=_bar("similarity", 0.5, "bottom"),
        customdata=_cells([[number] * n for number in info.trials]),
        hovertemplate="similarity %{z:.3f}<br>%{y}<br>— and —<br>%{x}<extra></extra>",
        showscale=n > 1,
    )
    strip = go.Heatmap(
        x=[info.value_name] * bool(n),
        y=places,
        z=[[value] for value in info.values],
        xaxis="x2",
        name="values",
        colorscale=theme.SEQUENTIAL_TOO,
        colorbar=_bar(info.value_name, 0.45, "top"),
        customdata=[[number] for number in info.trials],
        text=[[numbers.measure(value)] for value in info.values],
        hovertemplate=f"{theme.clipped(info.value_name)} %{{text}}<br>%{{y}}<extra></extra>",
        showscale=n > 1,
    )
    layout = go.Layout(template=theme.template(dark), xaxis={"title": "trials, like beside like"}, yaxis={"title": ""})
    fig = go.Figure([heat, strip], layout)
    bare = {"showticklabels": False, "ticks": "", "showgrid": False, "showline": False, "type": "category"}
    fig.update_layout(
        xaxis={"domain": [0, 0.93], **bare},
        xaxis2={"domain": [0.945, 1], "anchor": "y", "title": "", **bare},
        yaxis={"autorange": "reversed", "title": "trials", **bare},
    )
    if n < 2:
        theme.note(fig, "Similarities need two finished trials")
    return fig


def _cells(rows: list[list[Any]]) -> np.ndarray:
    """Cells as plotly takes them at once: nested lists it looks through cell by cell, numbers in arrays it sends packed."""
    return np.array(rows, dtype=object)


def _darkest(k: np.ndarray) -> float:
    """Where the colours end: a few outliers, networks that let nothing through, say, should not take those of all others."""
    apart = k[~np.eye(len(k), dtype=bool)]
    if not len(apart):
        return 0.0
    low, first, third = np.percentile(apart, [0, 25, 75]).tolist()
    return min(max(low, first - 3 * (third - first)), 0.999)


def _bar(title: str, y: float, anchor: str) -> dict[str, object]:
    """A colour bar in the upper or lower half of the right margin."""
    return {
        "title": {"text": theme.clipped(title, 18, 2), "font": {"size": 12}},
        "len": 0.5,
        "y": y,
        "yanchor": anchor,
        "thickness": 12,
        "outlinewidth": 0,
        "tickfont": {"size": 11},
        "nticks": 5,
    }
