import math

import pytest

import nasviz as nv
from nasviz.errors import NasvizError
from nasviz.search import RandomSearch, Study
from nasviz.spaces import digits_cells


def error(arch):
    return 0.3 * 0.9 ** str(arch).count("conv3x3") * 1.1 ** str(arch).count("avg_pool")


@pytest.fixture(scope="module")
def study():
    study = Study(digits_cells(), error, strategy=RandomSearch(), seed=2)
    study.run(total=16, executor="inline")
    return study


def test_a_study_explains_its_best(study):
    found = study.explain(study.best_trial.arch)
    assert f"It is trial {study.best_trial.number}, proposed by random" in "\n".join(found.sentences)
    assert repr(nv.explain(study, study.best_trial.arch)) == repr(found)
    assert found.basis.direction == "minimize"


def test_importance_of_productions_over_a_study(study):
    table = study.importance()
    assert table.columns.tolist() == ["trials", "uses", "effect", "low", "high", "weight", "sure"]
    assert table.effect["OP ::= conv3x3"] < 0 < table.effect["OP ::= avg_pool"]
    assert (table.low.dropna() <= table.effect.dropna()).all()
    assert math.isclose(table.weight.max(), table.weight.iloc[0])


def test_the_way_from_the_first_trial_to_the_best(study):
    found = study.ablation()
    assert found.steps[0].trial == 0
    assert found.steps[-1].trial == study.best_trial.number
    assert found.steps[-1].value == study.best_value
    other = study.space.parse("conv1x1")
    assert study.ablation(other, study.trials[3].arch).steps[0].arch == other


def test_a_baseline_is_the_default_to_begin_with():
    study = Study(digits_cells(), error, strategy=RandomSearch(), seed=2)
    study.run(total=2, executor="inline")
    study.enqueue(study.space.parse("Linear(id, id)"), baseline="identity")
    study.run(total=4, executor="inline")
    assert str(study.ablation().steps[0].arch) == "Linear(id, id)"


def test_a_study_that_maximises_is_explained_that_way():
    study = Study(digits_cells(), lambda arch: 1 - error(arch), strategy=RandomSearch(), seed=2, direction="maximize")
    study.run(total=12, executor="inline")
    found = study.explain(study.best_trial.arch)
    assert found.basis.direction == "maximize"
    assert not found.log
    assert "It is the best so far." in found.sentences
    assert study.importance().effect["OP ::= conv3x3"] > 0


def test_without_values_there_is_nothing_to_explain():
    study = Study(digits_cells(), error, strategy=RandomSearch())
    with pytest.raises(NasvizError, match="has a value yet, so no production matters"):
        study.importance()
    with pytest.raises(NasvizError, match="has a value yet, so there is nothing to learn from"):
        study.ablation()
