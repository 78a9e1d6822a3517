import pytest

from nasviz.errors import NasvizError
from nasviz.search import RandomSearch, Study
from nasviz.spaces import Architecture, SearchSpace


def test_a_study_proposes_within_and_refuses_what_is_not(space: SearchSpace) -> None:
    costs = sorted((arch.cost().parameters, str(arch)) for arch in space.sample(20, seed=0))
    most, large = costs[8][0], costs[-1][1]
    study = Study(space, lambda arch: len(str(arch)), strategy=RandomSearch(), limits={"parameters": most})
    study.run(6, "inline")
    assert all(trial.arch.cost().parameters <= most for trial in study.trials)
    with pytest.raises(NasvizError, match=r"it would not be evaluated: .* exceed the limit of .*say baseline="):
        study.enqueue(large)
    study.enqueue(large, baseline="large")


def test_what_is_over_a_measured_limit_fails_and_is_recorded(space: SearchSpace) -> None:
    def objective(arch: Architecture) -> dict[str, float]:
        return {"error": 0.5, "energy": float(str(arch).count("conv3x3"))}

    study = Study(space, objective, strategy=RandomSearch(), limits={"energy": 1})
    study.run(12, "inline")
    over = [trial for trial in study.trials if str(trial.arch).count("conv3x3") > 1]
    assert 0 < len(over) < 12
    assert all(t.state == "failed" and "the limit is 1.00" in t.reason and t.metrics["energy"] > 1 for t in over)
    assert study.best_trial.metrics["energy"] <= 1


def test_latency_is_measured_before_training(space: SearchSpace) -> None:
    trained: list[Architecture] = []
    study = Study(space, lambda arch: float(not trained.append(arch)), strategy=RandomSearch(), limits={"latency_ms": 1e-6})
    study.run(1, "inline")
    assert not trained
    assert study.trials[0].state == "failed"
    assert study.trials[0].metrics["latency_ms"] > 0


def test_limits_that_make_no_sense_are_refused(space: SearchSpace) -> None:
    with pytest.raises(NasvizError, match=r"there is no limit 'param'|there is no limit 'parameter'"):
        Study(space, limits={"parameter": 5})
