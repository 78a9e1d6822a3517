"""Figures of the surrogate in one call, of a study and of a process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from nasviz import known, numbers
from nasviz.errors import NasvizError
from nasviz.search import RandomSearch, Study
from nasviz.spaces import digits_cells, nb201
from nasviz.surrogate import GP
from nasviz.view import plots

FIGURES: list[Callable[..., go.Figure]] = [
    plots.leave_one_out,
    plots.calibration,
    plots.kernel_weights,
    plots.gram,
    plots.space_map,
]


def value(arch: Any) -> float:
    return 0.5 - 0.01 * str(arch).count("conv3x3") + 0.001 * len(str(arch))


def searched(total: int, **kwargs: Any) -> Study:
    study = Study(digits_cells(), value, strategy=RandomSearch(), **kwargs)
    study.run(total=total, executor="inline")
    return study


@pytest.fixture(scope="module")
def study() -> Study:
    study = Study(digits_cells(), value, strategy=RandomSearch())
    study.enqueue(known.resnet20(input_shape=(1, 8, 8)))
    study.enqueue(study.space.sample(seed=77), baseline="mine")
    study.run(total=12, executor="inline")
    return study


@pytest.mark.parametrize("draw", FIGURES)
def test_a_study_and_its_process_have_the_same_picture(draw: Callable[..., go.Figure], study: Study) -> None:
    first, second = draw(study, dark=True), draw(study.surrogate(), dark=True)
    assert [trace.name for trace in first.data] == [trace.name for trace in second.data]
    assert all(trace.x is not None or trace.z is not None for trace in first.data)
    assert not [note for note in first.layout.annotations if note.name == "note"]
    for trace, other in zip(first.data, second.data, strict=True):
        if trace.type == "scatter" and trace.name != "known network":
            assert sorted(trace.x or ()) == sorted(other.x or ()), "known networks may come last"


@pytest.mark.parametrize("draw", FIGURES)
@pytest.mark.parametrize("total", [0, 1])
def test_none_and_one_trial(draw: Callable[..., go.Figure], total: int) -> None:
    fig = draw(searched(total))
    assert [trace.name for trace in fig.data] == [trace.name for trace in draw(searched(0)).data]
    notes = [note.text for note in fig.layout.annotations if note.name == "note"]
    assert bool(notes) == (total == 0 or draw in (plots.leave_one_out, plots.gram))


@pytest.mark.parametrize("draw", FIGURES)
def test_ten_identical_architectures(draw: Callable[..., go.Figure]) -> None:
    arch = digits_cells().sample(seed=0)
    assert draw(GP().fit([arch] * 10, np.linspace(0.2, 0.3, 10))).data


def test_trials_keep_their_numbers(study: Study) -> None:
    numbers = [trial.number for trial in study.trials if not trial.foreign]
    assert sorted(plots.leave_one_out(study).data[1].customdata) == numbers
    assert sorted(row[0] for row in plots.gram(study).data[1].customdata) == numbers
    assert list(plots.space_map(study).data[1].customdata) == numbers
    assert list(plots.leave_one_out(study.surrogate()).data[1].customdata) == list(range(13))


def test_known_networks_are_on_the_map_whatever_their_grammar(study: Study) -> None:
    shown = plots.space_map(study, candidates=5).data[3]
    assert sorted(shown.text) == ["ResNet-20", "mine"]
    assert sorted(shown.customdata) == sorted(trial.number for trial in study.trials if trial.baseline)


def test_baselines_are_on_the_map_before_they_are_evaluated() -> None:
    study = searched(3)
    other = study.space.unrank(17)
    study.enqueue(known.resnet20(input_shape=(1, 8, 8)))
    study.enqueue(other, baseline="mine")
    found = study.surrogate().map(5)
    shown = plots.space_map(study, candidates=5).data[3]
    assert list(shown.text) == ["ResNet-20", "mine"]
    assert list(shown.customdata) == [3, 4]
    ((x, y),) = found.place([other]).tolist()
    assert (shown.x[1], shown.y[1]) == (x, y)
    (belief,) = study.beliefs([other])
    assert f"log expected improvement {numbers.measure(belief.acquisition or 0.0)}" in shown.hovertext[1]


def test_known_networks_of_the_space_itself_are_on_the_map() -> None:
    space = nb201()
    best, residual = (space.parse(str(make())) for make in (known.nb201_best, known.nb201_resnet))
    archs = [best, *space.sample(5, seed=0)]
    gp = GP().fit(archs, [value(arch) for arch in archs])
    shown = plots.space_map(gp, candidates=5).data[3]
    assert list(shown.text) == ["NAS-Bench-201, best cell", "NAS-Bench-201, residual cell"]
    assert list(shown.customdata) == [str(best), str(residual)]
    found = gp.map(5)
    assert (shown.x[0], shown.y[0]) == (found.record.x[0], found.record.y[0]), "learned from"
    assert (shown.x[1], shown.y[1]) == tuple(found.place([residual])[0]), "placed"


def test_held_out_values() -> None:
    archs = list(dict.fromkeys(digits_cells().sample(40, seed=3)))
    gp = GP().fit(archs[:12], [value(arch) for arch in archs[:12]])
    fig = plots.calibration(gp, archs[12:], [value(arch) for arch in archs[12:]])
    assert sum(fig.data[4].y) == len(archs) - 12


def test_larger_may_be_better() -> None:
    study = searched(6, direction="maximize")
    star = plots.space_map(study, candidates=3).data[2]
    assert list(star.customdata) == [study.best_trial.number]
    gp = study.surrogate()
    assert list(plots.space_map(gp, candidates=3, direction="maximize").data[2].x) == list(star.x)


def test_what_cannot_be_drawn_is_said(study: Study) -> None:
    with pytest.raises(NasvizError, match="this figure needs a study or a fitted GP, found int"):
        plots.calibration(3)
    with pytest.raises(NasvizError, match="no colour 'red' on the map: choose mean, sd or acquisition"):
        plots.space_map(study, "red")
    with pytest.raises(NasvizError, match="direction is 'up', expected 'minimize' or 'maximize'"):
        plots.space_map(study.surrogate(), direction="up")
    with pytest.raises(NasvizError, match="has seen no data"):
        plots.gram(GP())
