from dataclasses import dataclass

import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.search import TPE, BayesOpt, LocalSearch, ParetoBayesOpt, RandomSearch, RegularisedEvolution, Study, load_study
from nasviz.search.recalled import recalled
from nasviz.search.strategy import Proposal, Strategy
from nasviz.spaces import Architecture, SearchSpace
from nasviz.surrogate import UCB, FlatWL, HierarchicalWL, Numeric, ProductionCounts, Thompson

SEARCHED = BayesOpt(FlatWL(1), n_init=4, candidates=50)


def length(arch: Architecture) -> float:
    return 0.01 * len(str(arch))


@pytest.mark.parametrize(
    "strategy",
    [
        *(BayesOpt(), TPE(), LocalSearch(), RandomSearch("size"), RegularisedEvolution(), ParetoBayesOpt(("a", "b"))),
        BayesOpt(HierarchicalWL((1, 2), 3, (1, 2, 3)) + Numeric("parameters"), acquisition=UCB(2.0)),
        BayesOpt(FlatWL() * ProductionCounts(), acquisition=Thompson()),
    ],
    ids=lambda strategy: type(strategy).__name__,
)
def test_strategies_of_ours_are_read_back(strategy: Strategy) -> None:
    assert recalled(repr(strategy)) == strategy


@pytest.mark.parametrize(
    "text",
    [
        *("", "Mine(3)", "BayesOpt", "FlatWL(h=2)", "BayesOpt(n_init=0)", "RandomSearch(law=<function f>)", "((("),
        *("print('no')", "__import__('os').getcwd()", "RandomSearch(law='productions'", "BayesOpt(kernel=Mine())"),
        "(" * 100_000,
    ],
    ids=lambda text: text[:20],
)
def test_anything_else_is_not(text: str) -> None:
    assert recalled(text) is None


@pytest.mark.slow
def test_a_study_opened_for_looking_is_judged_by_its_own_surrogate(space: SearchSpace, url: str) -> None:
    study = Study(space, length, strategy=SEARCHED, storage=url, name="looked at")
    study.run(7, "inline")
    opened = load_study(url, "looked at")
    assert opened.strategy == SEARCHED
    assert [opened.replay(n).term for n in range(7)] == [trial.term for trial in study.trials]
    unseen = [space.sample(seed=1)]
    assert np.array_equal(opened.surrogate().predict(unseen)[0], study.surrogate().predict(unseen)[0])


@dataclass(frozen=True)
class Mine:
    def propose(self, space: SearchSpace, trials: object, rng: np.random.Generator) -> Proposal:
        return Proposal(str(space.sample(seed=rng)))


def test_what_a_user_s_strategy_proposed_is_not_replayed_by_another(space: SearchSpace, url: str) -> None:
    study = Study(space, length, strategy=Mine(), storage=url, name="mine")
    study.run(2, "inline")
    assert study.replay(1).term == study.trials[1].term
    opened = load_study(url, "mine")
    assert len(opened.surrogate().archs) == 2
    with pytest.raises(NasvizError, match=r"began with Mine\(\), which cannot be read back, so BayesOpt would propose"):
        opened.replay(1)
