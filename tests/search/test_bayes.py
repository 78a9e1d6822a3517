from collections.abc import Sequence

import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.records import Trial
from nasviz.search import BayesOpt, ExhaustedError, RandomSearch
from nasviz.search.strategy import Strategy
from nasviz.spaces import Architecture, SearchSpace
from nasviz.surrogate import HierarchicalWL


def error(arch: Architecture) -> float:
    text = str(arch)
    return 0.3 * 0.8 ** text.count("conv3x3") * 1.1 ** text.count("avg_pool")


@pytest.fixture(scope="module")
def trials(space: SearchSpace) -> list[Trial]:
    archs = list(dict.fromkeys(space.sample(60, seed=0)))[:20]
    return [Trial(i, str(a), space.fingerprint, "finished", error(a)) for i, a in enumerate(archs)]


def propose(space: SearchSpace, trials: Sequence[Trial], seed: int = 0, strategy: BayesOpt | None = None) -> object:
    return (strategy or BayesOpt(candidates=60)).propose(space, trials, np.random.default_rng(seed))


def test_is_a_strategy() -> None:
    assert isinstance(BayesOpt(), Strategy)
    assert BayesOpt() == BayesOpt(kernel=HierarchicalWL(), n_init=10, candidates=1000)


def test_begins_at_random(space: SearchSpace, trials: list[Trial]) -> None:
    for n in (0, 1, 9):
        assert propose(space, trials[:n]) == RandomSearch().propose(space, trials[:n], np.random.default_rng(0))
    pending = [Trial(i, t.term, t.fingerprint, "running") for i, t in enumerate(trials[:12])]
    assert propose(space, pending) == RandomSearch().propose(space, pending, np.random.default_rng(0))


def test_then_believes_something(space: SearchSpace, trials: list[Trial]) -> None:
    proposal = propose(space, trials)
    assert proposal.reason == "log expected improvement over 60 candidates"
    assert proposal.belief is not None
    assert 0 < proposal.belief.mean < 0.5
    assert proposal.belief.sd > 0
    assert proposal.belief.acquisition is not None


@pytest.mark.slow
def test_never_proposes_what_was_tried(space: SearchSpace, trials: list[Trial]) -> None:
    seen = {t.term for t in trials}
    for seed in range(10):
        assert propose(space, trials, seed).term not in seen


def test_is_a_function_of_its_arguments(space: SearchSpace, trials: list[Trial]) -> None:
    used = BayesOpt(candidates=60)
    propose(space, trials[:12], 5, used)
    assert propose(space, trials, 1, used) == propose(space, trials[::-1], 1, BayesOpt(candidates=60))


def test_failed_trials_do_not_count(space: SearchSpace, trials: list[Trial]) -> None:
    failed = Trial(20, "Linear(id, id)", space.fingerprint, "failed", reason="the objective returned nan")
    with_failed, without = propose(space, [*trials, failed]), propose(space, trials)
    assert with_failed.belief is not None
    assert with_failed.belief == without.belief or with_failed.term != without.term


def test_pending_trials_are_believed_and_not_proposed_again(space: SearchSpace, trials: list[Trial]) -> None:
    first = propose(space, trials)
    pending = Trial(20, first.term, space.fingerprint, "running")
    second = propose(space, [*trials, pending])
    assert second.term != first.term


@pytest.mark.slow
def test_finds_the_best_architecture_of_an_easy_space(space: SearchSpace) -> None:
    trials: list[Trial] = []
    strategy = BayesOpt(n_init=6, candidates=100)
    for n in range(20):
        arch = space.parse(strategy.propose(space, trials, np.random.default_rng(n)).term)
        trials.append(Trial(n, str(arch), space.fingerprint, "finished", error(arch)))
    assert min(t.value for t in trials if t.value is not None) == pytest.approx(0.3 * 0.8**4)


@pytest.mark.slow
def test_a_small_space_is_searched_to_its_end() -> None:
    tiny = SearchSpace("S ::= Linear(O, O)\nO ::= relu | conv3x3 | id | avg_pool", input_shape=(1, 8, 8))
    trials: list[Trial] = []
    for n in range(13):
        proposal = BayesOpt(n_init=3, candidates=50).propose(tiny, trials, np.random.default_rng(n))
        trials.append(Trial(n, proposal.term, tiny.fingerprint, "finished", 0.1 + len(proposal.term) / 100))
    assert len({tiny.parse(t.term).canonical_key for t in trials}) == 13  # words of at most two letters; id is none
    with pytest.raises(ExhaustedError, match="of those that compute the same function one is evaluated"):
        BayesOpt(n_init=3, candidates=50).propose(tiny, trials, np.random.default_rng(13))


def test_constant_and_few_values(space: SearchSpace, trials: list[Trial]) -> None:
    constant = [Trial(t.number, t.term, t.fingerprint, "finished", 0.5) for t in trials[:10]]
    assert propose(space, constant).belief is not None
    assert propose(space, trials[:2], strategy=BayesOpt(n_init=1, candidates=20)).belief is not None


def test_numbers_below_one_are_refused() -> None:
    with pytest.raises(NasvizError, match="n_init is 0; it must be a whole number, 1 or more"):
        BayesOpt(n_init=0)
    with pytest.raises(NasvizError, match="candidates is 0"):
        BayesOpt(candidates=0)
