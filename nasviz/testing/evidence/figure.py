"""The evidence as one figure: how soon strategies find the optimum, what their incumbents are worth, how kernels rank."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from nasviz.testing.evidence.ranking import Score, ranking_summary
from nasviz.testing.evidence.table_search import TOTAL, Run
from nasviz.view import theme

SHOWN = (
    "hierarchical WL",
    "flat WL",
    "production counts",
    "TPE",
    "local search",
    "regularised evolution",
    "AREA",
    "random, by productions",
)
"""Strategies with a line; the laws of random search are one law on a single cell."""
TITLES = ("optimum found, share of searches", "test regret, percentage points", "Kendall's τ on held-out architectures")


def evidence_figure(
    runs: Sequence[Run], optimum: float, best_test: float, scores: Sequence[Score] | None = None, *, total: int = TOTAL
) -> go.Figure:
    """Return three panels: share of searches that found the optimum, test regret, and τ by n.

    Parameters
    ----------
    runs
        Searches of the table; strategies that are not in :data:`SHOWN` have no line.
    optimum, best_test
        The least validation error and the least test error of the table.
    scores
        Of :func:`nasviz.testing.evidence.ranking.compare_kernels`; without it the third panel is left out.
    total
        Evaluations of a search.
    """
    panels = 2 if scores is None else 3
    fig = make_subplots(1, panels, subplot_titles=TITLES[:panels], horizontal_spacing=0.07)
    fig.update_layout(template=theme.template(), width=400 * panels, height=400)
    steps = np.arange(1, total + 1)
    names = [name for name in SHOWN if any(run.strategy == name for run in runs)]
    for name in names:
        mine = [run for run in runs if run.strategy == name]
        until = np.array([run.reached(optimum) or np.inf for run in mine])
        share = (until[:, None] <= steps).mean(axis=0)
        fig.add_trace(go.Scatter(x=steps, y=share, name=name, legendgroup=name, line=_line(name, step=True)), 1, 1)
        regret = 100 * (np.stack([run.incumbent(total) for run in mine]) - best_test)
        low, median, high = np.quantile(regret, [0.25, 0.5, 0.75], axis=0)
        for trace in (_band(steps, low, high, name), _median(steps, median, name)):
            fig.add_trace(trace, 1, 2)
    if scores is not None:
        for trace in _taus(scores):
            fig.add_trace(trace, 1, 3)
        fig.update_xaxes(title_text="architectures learned from", row=1, col=3)
    for column in (1, 2):
        fig.update_xaxes(title_text="evaluations", range=[0, total], row=1, col=column)
    fig.update_yaxes(range=[-0.02, 1.02], row=1, col=1)
    fig.update_yaxes(range=[0, 2], row=1, col=2)
    fig.update_annotations(font_size=13)
    fig.update_layout(legend={"y": -0.2, "yanchor": "top"}, margin={"t": 32, "b": 90})
    return fig


def _line(name: str, step: bool = False) -> dict[str, object]:
    """What only the third panel shows has the colour of the strategy whose name its own begins with."""
    shape = {"shape": "hv"} if step else {}
    if name not in SHOWN:
        like = next((i for i, shown in enumerate(SHOWN) if name.startswith(shown)), len(SHOWN) - 1)
        return {"color": theme.CYCLE[like], "dash": "dot", "width": 2}
    i = SHOWN.index(name)
    return {"color": theme.CYCLE[i], "dash": theme.DASHES[i % len(theme.DASHES)], "width": 2, **shape}


def _median(x: np.ndarray, y: np.ndarray, name: str) -> go.Scatter:
    return go.Scatter(x=x, y=y, name=name, legendgroup=name, showlegend=False, line=_line(name))


def _band(x: np.ndarray, low: np.ndarray, high: np.ndarray, name: str) -> go.Scatter:
    """The quartiles, as one closed shape."""
    return go.Scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=theme.faded(theme.CYCLE[SHOWN.index(name)], 0.1),
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
        legendgroup=name,
        meta=theme.GUIDE,
    )


def _taus(scores: Sequence[Score]) -> list[go.Scatter]:
    """Mean τ with its standard deviation over the resamples, a line a kernel."""
    found: list[go.Scatter] = []
    for kernel in dict.fromkeys(score.kernel for score in scores):
        table = ranking_summary([score for score in scores if score.kernel == kernel])
        found.append(
            go.Scatter(
                x=[n for _, n in table.index],
                y=table["tau"].tolist(),
                error_y={"type": "data", "array": np.nan_to_num(table["tau sd"].to_numpy()).tolist(), "thickness": 1},
                name=kernel,
                legendgroup=kernel,
                showlegend=kernel not in SHOWN,
                mode="lines+markers",
                line=_line(kernel),
            )
        )
    return found
