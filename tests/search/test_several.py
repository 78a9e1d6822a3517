import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.records import Trial
from nasviz.search import ParetoBayesOpt, Study, pareto_trials
from nasviz.search.strategy import Strategy
from nasviz.spaces import Architecture, SearchSpace


def objectives(arch: Architecture) -> dict[str, float]:
    text = str(arch)
    return {"error": 0.3 * 0.8 ** text.count("conv3x3"), "energy": 1.0 + text.count("conv3x3") + text.count("avg_pool")}


@pytest.mark.slow
def test_a_study_of_two_objectives_finds_the_front(space: SearchSpace) -> None:
    study = Study(space, objectives, strategy=ParetoBayesOpt(("error", "energy"), n_init=6, candidates=60), seed=2)
    study.run(16, "inline")
    front = pareto_trials(study.trials, ["error", "energy"])
    assert study.trials[-1].proposed_by == "log expected hypervolume improvement of error, energy over 60 candidates"
    best = [t.metrics for t in front]
    assert not any(
        o["error"] < b["error"] and o["energy"] < b["energy"] for o in (t.metrics for t in study.trials) for b in best
    )
    assert len({t.arch.canonical_key for t in study.trials}) == 16
    assert len({b["energy"] for b in best}) >= 4


@pytest.mark.slow
def test_proposals_are_a_function_of_the_arguments(space: SearchSpace) -> None:
    archs = list(dict.fromkeys(space.sample(40, seed=0)))[:14]
    trials = [
        Trial(i, str(a), space.fingerprint, "finished", 0.5, metrics=objectives(a))
        if i % 5
        else Trial(i, str(a), space.fingerprint, ("failed", "running")[i % 2])
        for i, a in enumerate(archs)
    ]
    one, two = (
        ParetoBayesOpt(("error", "parameters"), n_init=4, candidates=40).propose(space, given, np.random.default_rng(1))
        for given in (trials, trials[::-1])
    )
    assert one == two
    assert one.term not in {t.term for t in trials}
    assert isinstance(ParetoBayesOpt(("a", "b")), Strategy)


def test_parameters_are_computed_where_they_were_not_returned(space: SearchSpace) -> None:
    study = Study(space, objectives, strategy=ParetoBayesOpt(("error", "parameters"), n_init=9), seed=0)
    study.run(4, "inline")
    front = pareto_trials(study.trials, ["error", "parameters"])
    least = min(study.trials, key=lambda t: (t.arch.cost().parameters, t.metrics["error"]))
    assert least.number in {t.number for t in front}
    assert pareto_trials(study.trials, ["error", "unknown"]) == []


@pytest.mark.parametrize("names", [("error",), ("error", "error")])
def test_several_are_two_or_more(names: tuple[str, ...]) -> None:
    with pytest.raises(NasvizError, match="several objectives are two or more different names"):
        ParetoBayesOpt(names)
