import json
from pathlib import Path

import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.records import StudyRecord
from nasviz.search import RandomSearch, Study, load_study
from nasviz.spaces import Architecture, SearchSpace, digits_cells


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
    assert " ".join(frame.columns) == "number state value term proposed_by mean sd acquisition seconds reason baseline"
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


@pytest.mark.slow
def test_a_report_holds_what_is_stored(space: SearchSpace, url: str, tmp_path: Path) -> None:
    class Objective:
        metric = "error"
        data = ((np.zeros((4, 2)), np.zeros(4)),)

        def __call__(self, arch: Architecture, seed: int) -> float:
            return len(str(arch)) + seed / 2**32

        def device_name(self) -> str:
            return "a calculator"

    study = Study(space, Objective(), strategy=RandomSearch(), storage=url, seed=3, name="run")
    study.enqueue("id", baseline="identity")
    study.run(4, "inline")
    study.confirm(top=1, seeds=2, executor="inline")
    report = load_study(url).report(tmp_path / "run.html")
    rows = dict(report.rows())
    assert rows["device"] == "a calculator"
    assert rows["data"].startswith("4 examples, sha256 ")
    assert rows["seed"].startswith("3; ")
    assert rows["strategy"].startswith("RandomSearch(")
    assert "validation error" in rows["looks for"]
    page = (tmp_path / "run.html").read_text(encoding="utf-8")
    assert all(t.term in page for t in study.trials)
    assert f"trial {study.best_trial.number}: {study.confirmations[0].result}" in report.text
    assert "identity" in page


def test_a_study_whose_file_is_spoilt_says_so(space: SearchSpace, url: str) -> None:
    study = Study(space, lambda arch: 1.0, strategy=RandomSearch(), storage=url, name="spoilt")
    study.run(1, "inline")
    Path(url.removeprefix("sqlite:///")).write_bytes(b"no database" * 1000)
    assert repr(study).startswith(f"Study 'spoilt': the storage {url} cannot be used: ")
