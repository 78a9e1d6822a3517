"""Figures of a study of several objectives: each is about one of them and says about which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from nasviz.errors import NasvizError
from nasviz.search import RandomSearch, Study
from nasviz.spaces import digits_cells
from nasviz.view import plots
from nasviz.view.objective import aimed

FIGURES: list[Callable[..., go.Figure]] = [
    plots.history,
    plots.regret,
    plots.timeline,
    plots.importance,
    plots.ablation,
    plots.leave_one_out,
    plots.calibration,
    plots.kernel_weights,
    plots.gram,
    plots.space_map,
]


def measured(arch: Any) -> dict[str, float]:
    text = str(arch)
    return {"energy": 1.0 + text.count("conv3x3") + 0.01 * len(text), "accuracy": 1 - 0.3 * 0.8 ** text.count("conv3x3")}


def searched(seed: int = 2, total: int = 12) -> Study:
    study = Study(digits_cells(), measured, direction=("minimize", "maximize"), strategy=RandomSearch(), seed=seed)
    study.run(total=total, executor="inline")
    return study


@pytest.fixture(scope="module")
def study() -> Study:
    return searched()


def said(figure: go.Figure) -> str:
    return str(figure.to_plotly_json())


@pytest.mark.parametrize("draw", FIGURES)
def test_each_figure_names_its_objective_and_no_other(draw: Callable[..., go.Figure], study: Study) -> None:
    one, other = said(draw(study)), said(draw(study, objective="accuracy"))
    assert "energy" in one
    assert "accuracy" not in one
    assert "accuracy" in other
    assert "energy" not in other
    assert said(draw(study, objective=1)) == other == said(draw(study.seen_by("accuracy")))
    assert said(draw(study, objective="energy")) == one


@pytest.mark.parametrize("draw", FIGURES)
@pytest.mark.parametrize("objective", ["speed", 2])
def test_an_unknown_objective_is_answered_with_those_that_there_are(
    draw: Callable[..., go.Figure], objective: Any, study: Study
) -> None:
    with pytest.raises(NasvizError, match=r"has no objective .*; it has the objectives 'energy', 'accuracy'"):
        draw(study, objective=objective)


@pytest.mark.parametrize("draw", FIGURES)
def test_before_the_first_trial_each_figure_is_empty_and_named(draw: Callable[..., go.Figure]) -> None:
    empty = Study(digits_cells(), measured, direction=("minimize", "maximize"), strategy=RandomSearch())
    assert draw(empty, objective=1).layout.template is not None


def test_the_values_are_those_of_the_objective(study: Study) -> None:
    accuracies = [t.objectives["accuracy"] for t in study.trials]
    history = plots.history(study, objective="accuracy")
    points, best = history.data[2], history.data[3]
    assert list(points.y) == accuracies
    assert list(best.y) == np.maximum.accumulate(accuracies).tolist()
    assert history.layout.yaxis.title.text == "accuracy"
    left_out = plots.leave_one_out(study, objective="accuracy")
    assert list(left_out.data[1].x) == accuracies
    assert left_out.layout.xaxis.title.text == "observed accuracy"
    assert "larger" in str(plots.importance(study, objective="accuracy").layout.xaxis.title.text) or "right" in str(
        plots.importance(study, objective="accuracy").layout.xaxis.title.text
    )


def test_a_baseline_is_seen_by_the_same_objective(study: Study) -> None:
    other = searched(seed=5)
    figure = plots.history(study, [other], objective=1)
    assert figure.data[1].y[-1] == max(t.objectives["accuracy"] for t in other.trials)
    alone = Study(digits_cells(), lambda arch: 1.0, strategy=RandomSearch(), name="alone")
    alone.run(total=1, executor="inline")
    with pytest.raises(NasvizError, match="the study 'alone' has no objective 'accuracy'; it has the one objective 'value'"):
        plots.history(study, alone, objective=1)


def test_curves_tell_the_best_by_the_objective(study: Study) -> None:
    with pytest.raises(NasvizError, match="has no objective 'speed'"):
        plots.curves(study, objective="speed")


def test_a_name_that_is_given_is_kept(study: Study) -> None:
    figure = plots.history(study, objective=1, value_name="top-1 accuracy")
    assert figure.layout.yaxis.title.text == "top-1 accuracy"
    assert aimed(study.surrogate(), None)[1] == "value"


def test_a_process_has_no_objectives(study: Study) -> None:
    for draw in (plots.leave_one_out, plots.calibration, plots.kernel_weights, plots.gram, plots.space_map):
        with pytest.raises(NasvizError, match="objectives are those of a study; a GP has none to choose from"):
            draw(study.surrogate(), objective="accuracy")


def test_equal_values_are_said_above_the_figure() -> None:
    study = Study(digits_cells(), lambda arch: 0.5, strategy=RandomSearch())
    study.run(total=12, executor="inline")
    for draw in (plots.leave_one_out, plots.calibration):
        title = str(draw(study).layout.title.text).replace("<br>", " ")
        assert title == "All 12 values are 0.5: that is predicted everywhere, and its sd follows from their number."
    scale = plots.space_map(study).layout.coloraxis
    assert (scale.cmin, scale.cmax) == (0.5, 0.55), "ticks of which all digits but the last agree say nothing"
    assert all(figure(study) for figure in FIGURES)
