from collections.abc import Iterator

import numpy as np
import optuna
import pytest

from nasviz.errors import NasvizError, TermError
from nasviz.search import BayesOpt, RandomSearch, RegularisedEvolution, StrategySampler
from nasviz.search.seeds import proposal_generator
from nasviz.search.suggesting import enqueue, suggest
from nasviz.spaces import Architecture, SearchSpace, nb201


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    yield
    optuna.logging.set_verbosity(before)


def error(arch: Architecture) -> float:
    return 0.3 * 0.8 ** str(arch).count("conv3x3")


def test_a_trial_keeps_its_architecture(space: SearchSpace) -> None:
    trial = optuna.create_study().ask()
    arch = suggest(trial, space, seed=3)
    assert str(arch) == RandomSearch().propose(space, [], proposal_generator(3, 0)).term
    assert suggest(trial, space, seed=4) == arch
    assert trial.user_attrs["nasviz/1/term"] == str(arch)


@pytest.mark.slow
@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_a_strategy_searches_in_an_optuna_study(space: SearchSpace, direction: str) -> None:
    sign = 1 if direction == "minimize" else -1
    study = optuna.create_study(sampler=StrategySampler(BayesOpt(n_init=5, candidates=60), seed=1), direction=direction)
    study.optimize(lambda trial: sign * error(suggest(trial, space)), n_trials=14)
    terms = [t.user_attrs["nasviz/1/term"] for t in study.trials]
    assert len(set(terms)) == 14
    assert abs(study.best_value) == pytest.approx(0.3 * 0.8**4)
    belief = study.trials[-1].user_attrs["nasviz/1/draw"]["belief"]
    assert np.sign(belief["mean"]) == sign


def test_other_parameters_go_to_the_other_sampler(space: SearchSpace) -> None:
    def objective(trial: optuna.Trial) -> float:
        return error(suggest(trial, space)) * (1 + abs(trial.suggest_float("lr", -1, 1)))

    runs = []
    for _ in range(2):
        study = optuna.create_study(sampler=StrategySampler(RegularisedEvolution(5, 3), seed=2))
        study.optimize(objective, n_trials=12)
        runs.append([(t.user_attrs["nasviz/1/term"], t.params["lr"]) for t in study.trials])
    assert runs[0] == runs[1]


def test_an_enqueued_architecture_comes_next(space: SearchSpace) -> None:
    study, arch = optuna.create_study(), space.sample(seed=9)
    enqueue(study, arch, {"lr": 0.5})
    trial = study.ask()
    assert suggest(trial, space) == arch
    assert trial.suggest_float("lr", 0, 1) == 0.5
    study.tell(trial, 0.1)
    assert all(suggest(study.ask(), space, seed=s) != arch for s in range(3))


def test_trials_of_other_spaces_do_not_matter(space: SearchSpace) -> None:
    study = optuna.create_study()
    study.tell(study.ask(), 0.1)
    other = study.ask()
    suggest(other, nb201())
    study.tell(other, 0.1)
    assert suggest(study.ask(), space, BayesOpt(n_init=1)) in space
    with pytest.raises(TermError):
        suggest(other, space)


def test_what_makes_no_sense_is_said(space: SearchSpace) -> None:
    with pytest.raises(NasvizError, match="suggest takes the trial of an optuna study, found int"):
        suggest(3, space)  # type: ignore[arg-type]
    with pytest.raises(NasvizError, match="RandomSearch searches one objective, this study has 2"):
        suggest(optuna.create_study(directions=["minimize", "minimize"]).ask(), space)
    with pytest.raises(NasvizError, match="the strategy is 'TPE', expected an object with a method propose"):
        StrategySampler("TPE")  # type: ignore[arg-type]
    assert str(StrategySampler(RandomSearch(), 4)) == "StrategySampler(RandomSearch(law='productions'), seed=4)"


def test_limits_hold(space: SearchSpace) -> None:
    most = sorted(arch.cost().parameters for arch in space.sample(20, seed=0))[3]
    study = optuna.create_study()
    for _ in range(4):
        assert suggest(study.ask(), space, limits={"parameters": most}).cost().parameters <= most
