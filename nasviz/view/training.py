"""Learning curves of one or several trainings: loss on the left, accuracy on the right.

A training keeps its hue in both; the curve on training data is dotted, the one on validation data solid with marks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from nasviz.records import Curve
from nasviz.view import theme

_PARTS = {"train": "train", "val": "validation", "valid": "validation", "validation": "validation", "test": "test"}
_QUANTITIES = ("loss", "accuracy")
_PANELS = [
    go.Scatter(x=[None], y=[None], xaxis=f"x{n}", yaxis=f"y{n}", name="", hoverinfo="skip", showlegend=False) for n in ("", "2")
]
"""Axes without a trace are not drawn."""


@dataclass(frozen=True)
class Series:
    """One learning curve.

    Attributes
    ----------
    job
        Label of the training it belongs to.
    part
        "train", "validation" or "test".
    quantity
        "loss" or "accuracy".
    epochs
        Epochs done, (n,), fractions within an epoch.
    values
        (n,); accuracies in [0, 1].
    """

    job: str
    part: str
    quantity: str
    epochs: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class TrainingInfo:
    """Learning curves of several trainings as plain data.

    Attributes
    ----------
    jobs
        Labels of the trainings, in order.
    series
        Their curves, training by training.
    """

    jobs: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()

    def last(self, job: str, part: str, quantity: str) -> float | None:
        """Newest value of one curve, or None while it has none."""
        for s in self.series:
            if (s.job, s.part, s.quantity) == (job, part, quantity):
                return s.values[-1]
        return None


def training_info(curves: Mapping[str, Sequence[Curve]]) -> TrainingInfo:
    """Collect loss and accuracy curves; an error is shown as the accuracy 1 − error.

    Parameters
    ----------
    curves
        Label of a training to its rows; metrics are named "train_loss", "val_error", "val_accuracy" and the like,
        others are left out.
    """
    series: list[Series] = []
    for job, rows in curves.items():
        found: dict[tuple[str, str], dict[float, float]] = {}
        for row in rows:
            for name, value in row.metrics.items():
                part, quantity, shown = _drawn(name, value)
                if quantity:
                    found.setdefault((quantity, part), {})[row.epoch] = shown
        for quantity, part in sorted(found, key=lambda key: (_QUANTITIES.index(key[0]), key[1])):
            points = found[quantity, part]
            series.append(Series(job, part, quantity, tuple(points), tuple(points.values())))
    return TrainingInfo(tuple(curves), tuple(series))


def training_figure(info: TrainingInfo, *, epochs: int | None = None, dark: bool = False) -> go.Figure:
    """Loss and accuracy by epoch.

    Parameters
    ----------
    info
        From `training_info`.
    epochs
        Length of the training: the horizontal axes reach it from the start.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        Two empty traces that keep the panels, then one trace for each curve.
    """
    fig = theme.figure(*_PANELS, *(_trace(info, s) for s in info.series), x="epoch", y="loss", dark=dark)
    longest = max([s.epochs[-1] for s in info.series] + [float(epochs or 1)])
    across = {"range": [0, longest * 1.02], "title": {"text": "epoch"}}
    fig.update_layout(
        xaxis={**across, "domain": [0, 0.44]},
        xaxis2={**across, "domain": [0.56, 1], "anchor": "y2"},
        yaxis={"title": {"text": "loss"}},
        yaxis2={"title": {"text": "accuracy"}, "anchor": "x2", "range": [0, 1.02], "tickformat": ".0%"},
    )
    if not info.series:
        theme.note(fig, "Curves appear with the first epoch")
        fig.update_annotations({"x": 0.22, "xanchor": "center"}, selector={"name": "note"})
    return fig


def _trace(info: TrainingInfo, series: Series) -> go.Scatter:
    k = info.jobs.index(series.job)
    colour = theme.CYCLE[k % len(theme.CYCLE)]
    alone = len(info.jobs) == 1
    label = theme.clipped(series.part if alone else series.job)
    whole = theme.clipped(f"{series.job} · {series.part}")
    trained = series.part == "train"
    second = "2" if series.quantity == "accuracy" else ""
    return go.Scatter(
        x=series.epochs,
        y=series.values,
        xaxis=f"x{second}",
        yaxis=f"y{second}",
        mode="lines+markers",
        name=label,
        legendgroup=label,
        showlegend=_leads(info, series),
        line={"color": colour, "width": 1.5 if trained else 2.5, "dash": "dot" if trained else "solid"},
        marker={"color": colour, "size": 3 if trained else 6, "symbol": theme.SYMBOLS[k % len(theme.SYMBOLS)]},
        hovertemplate=f"epoch %{{x:.3g}}: %{{y:{'.1%' if second else '.3g'}}}<extra>{whole}</extra>",
    )


def _leads(info: TrainingInfo, series: Series) -> bool:
    """Whether this curve carries an entry of the legend: one a part, or one a training where there are several."""
    mine = [s for s in info.series if s.job == series.job]
    if len(info.jobs) == 1:
        return next(s for s in mine if s.part == series.part) is series
    return next((s for s in mine if s.part != "train"), mine[0]) is series


def _drawn(name: str, value: float) -> tuple[str, str, float]:
    """Part, quantity and value of a metric; the quantity is "" for one that is not drawn."""
    head, _, tail = name.partition("_")
    part = _PARTS.get(head, "")
    if part and tail == "error":
        return part, "accuracy", 1.0 - value
    if part and tail in ("acc", "accuracy"):
        return part, "accuracy", value
    return part, "loss" if part and tail == "loss" else "", value
