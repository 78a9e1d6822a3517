import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nasviz as nv
from nasviz.errors import NasvizError
from nasviz.search import ParetoBayesOpt, RandomSearch, Study, load_study
from nasviz.search.aspect import place_of
from nasviz.spaces import Architecture, SearchSpace
from nasviz.surrogate import GP
from nasviz.surrogate.basis import basis_of

BOTH = ("minimize", "maximize")


def by_name(arch: Architecture) -> dict[str, float]:
    text = str(arch)
    return {
        "energy": 1.0 + text.count("conv3x3") + text.count("avg_pool"),
        "accuracy": 1 - 0.3 * 0.8 ** text.count("conv3x3"),
        "length": float(len(text)),
    }


def as_tuple(arch: Architecture) -> tuple[float, float]:
    energy, accuracy, _ = by_name(arch).values()
    return energy, accuracy


@pytest.fixture(scope="module")
def study() -> Study:
    study = Study(nv.spaces.digits_cells(), by_name, direction=BOTH, strategy=RandomSearch(), seed=2)
    study.run(total=14, executor="inline")
    return study


def test_what_a_study_looks_for_is_named_by_its_first_trial(study: Study, space: SearchSpace) -> None:
    assert (study.objectives, study.value_name) == (("energy", "accuracy"), "energy")
    new = Study(space, by_name, direction=BOTH, strategy=RandomSearch())
    assert (new.objectives, new.value_name) == (("values_0", "values_1"), "values_0")
    one = Study(space, lambda arch: {"error": 0.1, "ms": 3.0}, strategy=RandomSearch())
    assert (one.objectives, one.value_name) == (("value",), "")
    one.run(1, "inline")
    assert (one.objectives, one.value_name) == (("error",), "")
    assert one.seen_by("error") is one.seen_by("value") is one.seen_by(0) is one


def test_an_aspect_has_the_numbers_of_its_objective_as_values(study: Study) -> None:
    seen = study.seen_by("accuracy")
    assert seen is study.seen_by(1)
    assert (seen.direction, seen.value_name, seen.name, seen.objectives) == (
        "maximize", "accuracy", study.name, study.objectives,
    )  # fmt: skip
    assert [t.value for t in seen.trials] == [t.objectives["accuracy"] for t in study.trials]
    assert [t.arch for t in seen.trials] == [t.arch for t in study.trials]
    assert seen.best_value == max(t.objectives["accuracy"] for t in study.trials)
    assert study.seen_by("energy") is study.seen_by(0) is study.seen_by() is study
    assert seen.seen_by("energy") is study
    assert seen.seen_by() is seen
    assert seen.quantity("value") == {t.number: t.objectives["accuracy"] for t in study.trials}
    assert seen.quantity("length") == study.quantity("length")


def test_the_surrogate_of_an_objective_learns_its_numbers(study: Study) -> None:
    gp = study.surrogate("accuracy")
    assert gp is study.surrogate(objective=1) is study.seen_by("accuracy").surrogate()
    assert gp is not study.surrogate()
    assert gp.y.tolist() == [t.objectives["accuracy"] for t in study.trials]
    assert not gp.target.log, "what is to be large is no error"
    alone = GP(gp.kernel, log=False).fit([t.arch for t in study.trials], gp.y)
    archs = study.space.sample(5, seed=9)
    assert np.array_equal(gp.predict(archs)[0], alone.predict(archs)[0])
    beliefs = study.beliefs(archs, "accuracy")
    assert [b.mean for b in beliefs] == gp.predict(archs)[0].tolist()
    assert study.surrogate("energy") is study.surrogate()


def test_a_search_goes_on_and_every_aspect_follows(space: SearchSpace) -> None:
    study = Study(space, as_tuple, direction=BOTH, strategy=RandomSearch())
    study.run(6, "inline")
    before = study.surrogate(1)
    study.run(8, "inline")
    after = study.surrogate("values_1")
    assert after is not before
    assert (len(before.y), len(after.y)) == (6, 8)


def test_explanations_say_whose_they_are(study: Study) -> None:
    best = study.seen_by("accuracy").best_trial
    found = study.explain(best.arch, "accuracy")
    assert found.basis.direction == "maximize"
    assert found.sentences[0].startswith("Predicted accuracy 0.")
    assert f"It is trial {best.number}" in found.sentences[1]
    assert repr(nv.explain(study, best.arch, objective=1)) == repr(found)
    assert found.nearest(1)[0].value <= 1
    assert study.explain(best.arch).sentences[0].startswith("Predicted energy ")
    assert math.isclose(found.account.own.sum() + found.base, found.belief.mean, abs_tol=1e-9)


def test_importance_and_ablation_are_those_of_the_objective(study: Study) -> None:
    energy, accuracy = study.importance(), study.importance("accuracy")
    assert energy.effect["OP ::= conv3x3"] > 0
    assert accuracy.effect["OP ::= conv3x3"] > 0
    assert accuracy.effect.abs().max() < 1 < energy.effect["OP ::= conv3x3"] + 1
    way = study.ablation(objective="accuracy")
    assert way.steps[-1].value == study.seen_by("accuracy").best_value
    assert str(study.ablation().steps[-1].arch) == study.best_trial.term


@pytest.mark.parametrize("objective", ["acuracy", "length", 2, -1, True, 0.0, ["energy"], ""])
@pytest.mark.parametrize(
    "ask",
    [
        lambda s, o: s.seen_by(o),
        lambda s, o: s.surrogate(o),
        lambda s, o: s.importance(o),
        lambda s, o: s.ablation(objective=o),
        lambda s, o: s.beliefs([], o),
        lambda s, o: nv.explain(s, s.trials[0].arch, objective=o),
    ],
)
def test_an_unknown_objective_is_answered_with_those_that_there_are(
    study: Study, ask: Callable[[Study, Any], object], objective: object
) -> None:
    with pytest.raises(
        NasvizError, match=r"has no objective .*; it has the objectives 'energy', 'accuracy'\. Type: objective='"
    ):
        ask(study, objective)


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(NasvizError, match=r"no objective 'acuracy'; .* Type: objective='accuracy'"):
        place_of("s", ("energy", "accuracy"), "acuracy")
    with pytest.raises(NasvizError, match=r"no objective 'ms'; it has the one objective 'value'\. Type: objective='value'"):
        place_of("s", ("value",), "ms")


def test_a_process_alone_has_no_objectives(study: Study) -> None:
    with pytest.raises(NasvizError, match="objectives are those of a study; a GP has none to choose from"):
        basis_of(study.surrogate(), objective="accuracy")


@pytest.mark.slow
def test_objectives_that_a_strategy_names_may_be_computed(space: SearchSpace) -> None:
    strategy = ParetoBayesOpt(("energy", "parameters"), n_init=4, candidates=20)
    study = Study(space, by_name, strategy=strategy)
    study.run(6, "inline")
    assert (study.objectives, study.value_name) == (("energy", "parameters"), "")
    seen = study.seen_by("parameters")
    assert [t.value for t in seen.trials] == [t.arch.cost().parameters for t in study.trials]
    assert seen.direction == "minimize"
    belief, stored = seen.trials[-1].belief, study.trials[-1].belief
    assert belief is not None
    assert stored is not None
    assert (belief.mean, belief.sd) == stored.objectives["parameters"]
    assert study.surrogate("energy").y.tolist() == study.surrogate().y.tolist()


def test_failed_pruned_and_foreign_trials(space: SearchSpace) -> None:
    study = Study(space, direction=BOTH, strategy=RandomSearch())
    for value in ((1.0, 0.5), (2.0, 0.6), (3.0, 0.7)):
        study.tell(study.ask(), value)
    study.tell(study.ask(), error="no")
    study.enqueue(nv.known.resnet20(input_shape=(1, 8, 8)), baseline="ResNet-20")
    study.tell(study.ask(), (9.0, 0.9))
    seen = study.seen_by("values_1")
    assert [t.value for t in seen.trials] == [0.5, 0.6, 0.7, None, 0.9]
    assert [t.usable for t in seen.trials] == [True, True, True, False, True]
    assert seen.trials[-1].foreign
    assert seen.trials[-1].arch == study.trials[-1].arch
    assert seen.surrogate().y.tolist() == [0.5, 0.6, 0.7]
    pruned = study.trials[0].changed(state="pruned", rank=0.2)
    assert (study.seen_by(1)._turned(pruned, 0.4).value, study.seen_by(1)._turned(pruned, 0.4).rank) == (None, None)  # type: ignore[attr-defined]


def test_what_another_study_found_teaches_each_objective(study: Study) -> None:
    heir = Study(study.space, by_name, direction=BOTH, strategy=RandomSearch(), seed=5, warm_start=study)
    heir.run(2, "inline")
    accuracies = [t.objectives["accuracy"] for t in [*study.trials, *heir.trials]]
    assert sorted(heir.surrogate("accuracy").y) == pytest.approx(sorted(accuracies))


@pytest.mark.slow
def test_a_study_opened_for_looking_has_its_objectives(space: SearchSpace, url: str) -> None:
    study = Study(space, by_name, direction=BOTH, storage=url, strategy=RandomSearch())
    study.run(5, "inline")
    again = load_study(url)
    assert again.objectives == ("energy", "accuracy")
    assert np.array_equal(again.surrogate("accuracy").y, study.surrogate("accuracy").y)
