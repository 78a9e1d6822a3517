"""Numbers of trials by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nasviz.errors import NasvizError
from nasviz.nn import primitive
from nasviz.search import RandomSearch, Study, load_study
from nasviz.search.quantities import quantity
from nasviz.search.several import pareto_trials
from nasviz.spaces import SearchSpace, digits_cells


@pytest.fixture
def study() -> Study:
    def objective(arch: Any, seed: int) -> dict[str, float]:
        if seed % 3 == 0:
            raise ValueError("no")
        return {"error": len(str(arch)) / 100, "latency_ms": 1 + seed % 7}

    study = Study(digits_cells(), objective, strategy=RandomSearch(), seed=1)
    study.run(total=12, executor="inline")
    return study


def test_what_trials_store_is_read_by_name(study: Study) -> None:
    done = [trial for trial in study.trials if trial.state == "finished"]
    assert 2 < len(done) < 12
    assert study.quantity("value") == {t.number: t.value for t in done}
    assert study.quantity("latency_ms") == {t.number: t.metrics["latency_ms"] for t in done}
    assert study.quantity("seconds") == {t.number: t.seconds for t in study.trials}


def test_costs_are_computed_once_an_architecture(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    found = study.quantity("parameters")
    assert found == {t.number: t.arch.cost().parameters for t in study.trials}
    monkeypatch.setattr("nasviz.search.trial.StudyTrial.arch", property(lambda trial: pytest.fail("computed again")))
    assert study.quantity("parameters") == found
    assert set(study.quantity("flops")) == set(found)


def test_a_number_that_the_objective_gave_is_believed(study: Study) -> None:
    trial = study.trials[0]
    trial.metrics["parameters"] = 7.0
    assert quantity([trial], "parameters", {}) == {trial.number: 7.0}


def test_what_cannot_be_built_has_no_cost(tmp_path: Path) -> None:
    mine: Any = primitive(lambda c_in, c_out: None, name="mine")
    url = f"sqlite:///{tmp_path / 'nas.db'}"
    space = SearchSpace("S ::= Linear(mine, fc) | Linear(conv, fc)", operators=[mine])
    Study(space, lambda arch: 1.0, strategy=RandomSearch(), storage=url, name="s").run(total=2, executor="inline")
    opened = load_study(url, "s")
    assert set(opened.quantity("parameters")) == {t.number for t in opened.trials if "mine" not in t.term}
    assert len(opened.quantity("value")) == 2


def test_a_name_that_no_trial_has_is_an_error_with_the_nearest(study: Study) -> None:
    with pytest.raises(NasvizError, match="no trial has a number called 'latency'; did you mean 'latency_ms'"):
        study.quantity("latency")
    with pytest.raises(NasvizError, match="known are error, flops, latency_ms, parameters, seconds, value"):
        study.quantity("qqqqqqqq")


def test_without_trials_there_are_no_numbers() -> None:
    study = Study(digits_cells(), lambda arch: 1.0, strategy=RandomSearch())
    assert study.quantity("latency_ms") == study.quantity("value") == study.quantity("flops") == {}


def test_a_front_of_quantities_is_the_front_of_trials(study: Study) -> None:
    x, y = study.quantity("error"), study.quantity("latency_ms")
    beaten = {a for a in x for b in x if x[b] <= x[a] and y[b] <= y[a] and (x[b], y[b]) != (x[a], y[a])}
    assert {t.number for t in pareto_trials(study.trials, ("error", "latency_ms"))} == set(x) - beaten


def test_limits_are_known_of_a_study_opened_for_looking(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nas.db'}"
    Study(digits_cells(), None, strategy=RandomSearch(), storage=url, name="s", limits={"parameters": 10**6})
    assert load_study(url, "s").limits.most == {"parameters": 10**6}
