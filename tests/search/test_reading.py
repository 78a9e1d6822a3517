import json

import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.records import StudyRecord
from nasviz.search import RandomSearch, Study
from nasviz.spaces import SearchSpace, digits_cells


@pytest.fixture
def study(space: SearchSpace) -> Study:
    study = Study(space, lambda arch: 0.01 * len(str(arch)), strategy=RandomSearch())
    study.run(12, "inline")
    return study


def test_best_is_the_first_of_the_best(space: SearchSpace) -> None:
    study = Study(space, strategy=RandomSearch())
    for value in (0.5, 0.2, 0.2, 0.9):
        study.tell(study.ask(), value)
    assert (study.best_trial.number, study.best_value) == (1, 0.2)


def test_dataframe(study: Study) -> None:
    study.tell(study.ask(), error="no")
    frame = study.trials_dataframe()
    assert " ".join(frame.columns) == "number state value term proposed_by mean sd acquisition seconds reason"
    assert frame["value"].idxmin() == study.best_trial.number
    assert frame.iloc[-1][["state", "reason"]].tolist() == ["failed", "no"]
    assert frame["value"].dtype == np.float64


def test_an_empty_study(space: SearchSpace) -> None:
    study = Study(space)
    assert len(study.trials_dataframe()) == 0
    assert repr(study) == "Study 'digits cells' in memory: no trials yet"
    with pytest.raises(NasvizError, match="has a value yet, so there is nothing to learn from"):
        study.surrogate()


def test_the_surrogate_is_fitted_again_only_when_a_trial_finished(study: Study) -> None:
    gp = study.surrogate()
    assert len(gp.archs) == 12
    assert study.surrogate() is gp
    trial = study.ask()
    assert study.surrogate() is gp
    study.tell(trial, 0.3)
    assert len(study.surrogate().archs) == 13


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_beliefs_are_in_the_units_of_the_objective(space: SearchSpace, direction: str) -> None:
    study = Study(space, lambda arch: 10.0 + len(str(arch)), strategy=RandomSearch(), direction=direction)  # type: ignore[arg-type]
    study.run(12, "inline")
    archs = [trial.arch for trial in study.trials]
    beliefs = study.beliefs(archs)
    values = [trial.value for trial in study.trials]
    assert np.corrcoef([b.mean for b in beliefs], values)[0, 1] > 0.8
    assert all(b.sd > 0 and b.acquisition is not None for b in beliefs)


def test_representation_counts(study: Study) -> None:
    study.ask()
    best = study.best_trial
    assert repr(study) == (
        f"Study 'digits cells' in memory: 12 finished, 1 running, best {best.value:.4g} (trial {best.number})"
    )


def test_a_study_has_a_json_form_with_a_version() -> None:
    study = Study(digits_cells(), lambda arch: float(len(arch.term)), strategy=RandomSearch(), seed=4)
    study.run(total=3, executor="inline")
    record = StudyRecord.from_json(json.loads(json.dumps(study.to_json(), allow_nan=False)))
    assert [(t.term, t.value) for t in record.trials] == [(t.term, t.value) for t in study.trials]
    assert SearchSpace.from_json(record.space) == study.space
    assert record.protocol["seed"] == 4
