import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import optuna
import pytest

from nasviz.errors import NasvizError, StorageError
from nasviz.records import Belief, Trial
from nasviz.search import ParetoBayesOpt, RandomSearch, Study, load_study, suggest
from nasviz.search.directions import arranged, checked_directions, turned, turned_belief
from nasviz.search.evaluate import outcome_of
from nasviz.spaces import Architecture, SearchSpace

BOTH = ("minimize", "maximize")


def as_tuple(arch: Architecture) -> tuple[float, float]:
    text = str(arch)
    return 1.0 + text.count("conv3x3") + text.count("avg_pool"), 1 - 0.3 * 0.8 ** text.count("conv3x3")


def by_name(arch: Architecture) -> dict[str, float]:
    energy, accuracy = as_tuple(arch)
    return {"energy": energy, "accuracy": accuracy, "length": len(str(arch))}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("objective", "names"), [(as_tuple, ("values_0", "values_1")), (by_name, ("energy", "accuracy"))], ids=["tuple", "dict"]
)
def test_a_study_of_several_objectives(
    space: SearchSpace, url: str, objective: Callable[..., Any], names: tuple[str, ...]
) -> None:
    study = Study(space, objective, direction=BOTH, storage=url, strategy=ParetoBayesOpt(n_init=5, candidates=40))
    study.run(9, "inline")
    assert (study.directions, study.direction) == (BOTH, "minimize")
    for trial in study.trials:
        assert tuple(trial.objectives) == names
        assert list(trial.objectives.values()) == pytest.approx(list(as_tuple(trial.arch)))
        assert trial.value == trial.objectives[names[0]]
    last = study.trials[-1]
    assert last.proposed_by == f"log expected hypervolume improvement of {', '.join(names)} over 40 candidates"
    assert last.belief is not None
    assert set(last.belief.objectives) == set(names)
    mean, sd = last.belief.objectives[names[1]]
    assert 0.5 < mean < 1.1  # an accuracy, with its own sign
    assert sd > 0
    front = study.best_trials
    assert not any(o.objectives[names[0]] < t.objectives[names[0]] and o.objectives[names[1]] > t.objectives[names[1]]
                   for t in front for o in study.trials)  # fmt: skip
    assert study.best_trial in front
    again = load_study(url)
    assert (again.directions, [t.objectives for t in again.trials]) == (BOTH, [t.objectives for t in study.trials])
    assert again.trials[-1].belief == last.belief
    assert study.replay(8).term == last.term
    native = optuna.load_study(study_name=study.name, storage=url)
    assert [t.values for t in native.trials] == [list(t.objectives.values()) for t in study.trials]
    assert {t.number for t in native.best_trials} == {t.number for t in front}


def test_without_a_strategy_the_front_is_searched(space: SearchSpace) -> None:
    study = Study(space, as_tuple, direction=list(BOTH))
    assert study.strategy == ParetoBayesOpt()
    with pytest.raises(NasvizError, match=r"ParetoBayesOpt\(\) looks for several objectives and the study has one direction"):
        Study(space, as_tuple, strategy=ParetoBayesOpt())


def test_names_keep_their_meaning_when_a_dict_changes_its_order(space: SearchSpace) -> None:
    given = [{"error": 0.3, "ms": 9.0}, {"ms": 8.0, "error": 0.2}, {"ms": 7.0, "other": 1, "error": 0.1}]
    for direction in ("minimize", BOTH):
        study = Study(space, direction=direction, strategy=RandomSearch())
        for value in given:
            study.tell(study.ask(), value)
        assert [t.value for t in study.trials] == [0.3, 0.2, 0.1]
        assert study.trials[2].metrics == given[2]
    assert [tuple(t.objectives.values()) for t in study.trials] == [(0.3, 9.0), (0.2, 8.0), (0.1, 7.0)]


@pytest.mark.slow
def test_beliefs_belong_to_objectives_by_name_not_by_place(space: SearchSpace) -> None:
    strategy = ParetoBayesOpt(("accuracy", "energy", "parameters"), n_init=4, candidates=20)
    study = Study(space, by_name, direction=BOTH, strategy=strategy)
    study.run(5, "inline")
    belief = study.trials[-1].belief
    assert belief is not None
    assert 0.4 < belief.objectives["accuracy"][0] < 1.2
    assert 0.5 < belief.objectives["energy"][0] < 20
    assert belief.objectives["parameters"][0] > 0
    assert (belief.mean, belief.sd) == belief.objectives["energy"]  # as the value is


def test_named_objectives_are_not_made_small_in_a_study_that_maximises(space: SearchSpace) -> None:
    with pytest.raises(NasvizError, match=r"looks for small numbers and the study has the one direction 'maximize'"):
        Study(space, by_name, direction="maximize", strategy=ParetoBayesOpt(("accuracy", "energy")))


def test_what_is_asked_for_and_told(space: SearchSpace) -> None:
    study = Study(space, direction=("minimize", "minimize"), strategy=RandomSearch())
    given = [(0.1, 2.0), {"error": 0.2, "ms": 3}, np.array([0.3, 4.0]), 0.4, (0.5, float("nan")), (0.6,)]
    for value in given:
        study.tell(study.ask(), value)
    assert [t.state for t in study.trials] == ["finished"] * 3 + ["failed"] * 3
    assert [t.objectives for t in study.trials[:3]] == [
        {"values_0": 0.1, "values_1": 2.0}, {"error": 0.2, "ms": 3.0}, {"values_0": 0.3, "values_1": 4.0},
    ]  # fmt: skip
    assert study.trials[3].reason == (
        "the objective returned one number, the study has 2 directions. Return a tuple or a dict of 2 numbers"
    )
    assert study.trials[4].reason == "the objective returned nan as 'values_1'"
    assert [t.number for t in study.best_trials] == [0]
    assert study.quantity("values_1") == {0: 2.0, 2: 4.0}


def test_one_objective_that_returns_two_says_what_to_type(space: SearchSpace) -> None:
    study = Study(space, as_tuple, strategy=RandomSearch())
    study.run(1, "inline")
    assert study.trials[0].reason == (
        "the objective returned 2 values, and one is looked for. Return a dict to name others beside it, or give each a "
        "direction: Study(…, direction=('minimize', 'minimize'))"
    )


def test_going_on_needs_the_same_directions(space: SearchSpace, url: str) -> None:
    Study(space, as_tuple, direction=BOTH, storage=url, strategy=RandomSearch()).run(2, "inline")
    study = Study(space, as_tuple, direction=BOTH, storage=url, strategy=RandomSearch())
    study.run(3, "inline")
    assert len(study.trials) == 3
    with pytest.raises(StorageError, match=r"was begun with direction=\('minimize', 'maximize'\), now 'minimize' is wanted"):
        Study(space, as_tuple, storage=url)


@pytest.mark.parametrize("direction", ["up", (), ("minimize", "up"), None, 3])
def test_bad_directions(direction: object) -> None:
    with pytest.raises(NasvizError, match="expected 'minimize' or 'maximize', or for several objectives one of these each"):
        checked_directions(direction)


def test_values_and_beliefs_turn_with_their_signs() -> None:
    trial = Trial(0, "t", "f", "finished", 1.0, objectives={"a": 1.0, "b": 2.0})
    assert turned(trial, (1.0, -1.0)).objectives == {"a": 1.0, "b": -2.0}
    assert turned(trial, (-1.0, 1.0)).value == -1.0
    belief = Belief(1.0, 0.1, objectives={"a": (1.0, 0.1), "b": (2.0, 0.2)})
    assert turned_belief(belief, (1.0, -1.0)) == Belief(1.0, 0.1, objectives={"a": (1.0, 0.1), "b": (-2.0, 0.2)})
    assert turned_belief(None, (1.0,)) is None
    assert Belief.from_json(belief.to_json()) == belief


def test_a_number_that_is_not_finite_never_shifts_the_others() -> None:
    found = arranged(outcome_of({"a": 1.0, "b": float("inf"), "c": 3.0}), 2)
    assert (found.value, found.reason) == (None, "the objective returned inf as 'b'")
    assert arranged(outcome_of({"a": float("nan"), "b": 1.0}), 2).reason == "the objective returned nan as 'a'"


def test_an_optuna_study_of_two_directions(space: SearchSpace) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        study = optuna.create_study(directions=["minimize", "maximize"])
    study.optimize(lambda trial: as_tuple(suggest(trial, space, ParetoBayesOpt(n_init=3, candidates=30))), n_trials=5)
    assert len({t.user_attrs["nasviz/1/term"] for t in study.trials}) == 5
    draw = study.trials[-1].user_attrs["nasviz/1/draw"]
    assert draw["proposed_by"].startswith("log expected hypervolume improvement of values_0, values_1")
    assert draw["belief"]["objectives"]["values_1"][0] > 0
    with pytest.raises(NasvizError, match="RandomSearch searches one objective, this study has 2"):
        suggest(study.ask(), space)
