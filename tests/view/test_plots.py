"""nv.plots: one call, an ordinary plotly figure."""

from __future__ import annotations

from types import SimpleNamespace

import plotly.graph_objects as go

from nasviz.records import Curve, Trial
from nasviz.view import plots


def study(values: list[float]) -> SimpleNamespace:
    trials = [Trial(i, "id", "f", "finished", value) for i, value in enumerate(values)]
    return SimpleNamespace(trials=trials, direction="minimize")


def test_history_shows_the_incumbent_and_the_baseline() -> None:
    fig = plots.history(study([0.5, 0.7, 0.3]), baseline=study([0.6, 0.4]), value_name="validation error")
    assert isinstance(fig, go.Figure)
    assert any(trace.y is not None and list(trace.y) == [0.5, 0.5, 0.3] for trace in fig.data)
    assert "validation error" in str(fig.layout.yaxis.title.text)


def test_curves_and_sizes() -> None:
    job = SimpleNamespace(term="id", history=[Curve(1, 1.0, {"train_loss": 2.0, "val_error": 0.5})])
    assert plots.curves(job).data
    size = SimpleNamespace(name="cells", log10=4.194, convention="cells")
    assert plots.sizes([size]).data[0].x == (4.194,)
