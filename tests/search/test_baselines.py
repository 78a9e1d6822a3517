"""What every strategy promises; the baselines' own rules are tested beside them."""

from collections.abc import Sequence
from itertools import islice

import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.evaluation import TrainingObjective
from nasviz.records import Trial
from nasviz.search import AREA, TPE, BayesOpt, LocalSearch, RandomSearch, RegularisedEvolution, Study
from nasviz.search.memory import Memory
from nasviz.search.strategy import Strategy
from nasviz.spaces import Architecture, SearchSpace, nb201

STRATEGIES: list[Strategy] = [
    RandomSearch(),
    RandomSearch(law="terms"),
    RandomSearch(law="size"),
    RegularisedEvolution(6, 3),
    AREA(6, 3, score=lambda arch: float(str(arch).count("conv3x3"))),
    LocalSearch(),
    TPE(n_init=5),
    BayesOpt(n_init=5, candidates=40),
]
IDS = ["random", "terms", "size", "evolution", "AREA", "local search", "TPE", "Bayesian"]


def error(arch: Architecture) -> float:
    text = str(arch)
    return 0.3 * 0.8 ** text.count("conv3x3") * 1.1 ** text.count("avg_pool")


def run(space: SearchSpace, strategy: Strategy, n: int, trials: Sequence[Trial] = ()) -> list[Trial]:
    found = list(trials)
    for k in range(len(found), n):
        proposal = strategy.propose(space, found, np.random.default_rng(k))
        value = error(space.parse(proposal.term))
        found.append(Trial(k, proposal.term, space.fingerprint, "finished", value, proposed_by=proposal.reason))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("strategy", STRATEGIES, ids=IDS)
def test_proposals_are_new_and_a_function_of_the_arguments(space: SearchSpace, strategy: Strategy) -> None:
    trials = run(space, strategy, 14)
    assert len({space.parse(t.term).canonical_key for t in trials}) == 14
    again = type(strategy)(**{name: getattr(strategy, name) for name in vars(strategy) if not name.startswith("_")})
    for n in (0, 3, 9, 13):
        proposed = again.propose(space, trials[:n][::-1], np.random.default_rng(n))
        assert (proposed.term, proposed.reason) == (trials[n].term, trials[n].proposed_by)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", STRATEGIES, ids=IDS)
def test_failed_and_running_trials_are_survived(space: SearchSpace, strategy: Strategy) -> None:
    trials = run(space, strategy, 9)
    odd = [
        Trial(t.number, t.term, t.fingerprint, ("failed", "running", "waiting", "stopped")[t.number % 4], None)
        if t.number % 3
        else t
        for t in trials
    ]
    proposal = strategy.propose(space, odd, np.random.default_rng(0))
    assert space.parse(proposal.term).canonical_key not in {space.parse(t.term).canonical_key for t in odd}


@pytest.mark.parametrize("strategy", STRATEGIES, ids=IDS)
def test_limits_hold(space: SearchSpace, strategy: Strategy) -> None:
    trials = run(space, strategy, 8)
    most = sorted(space.parse(t.term).cost().parameters for t in trials)[3]
    for n in (0, 8):
        proposal = strategy.propose(space, trials[:n], np.random.default_rng(0), limits={"parameters": most})  # type: ignore[call-arg]
        assert space.parse(proposal.term).cost().parameters <= most


def test_a_study_runs_and_resumes_with_each(space: SearchSpace) -> None:
    for strategy in STRATEGIES[3:7]:
        study = Study(space, error, strategy=strategy, seed=1)
        study.run(8, "inline")
        assert [trial.state for trial in study.trials] == ["finished"] * 8


def test_evolution_mutates_the_best_of_a_sample_of_the_youngest(space: SearchSpace) -> None:
    trials = run(space, RandomSearch(), 20)
    strategy = RegularisedEvolution(population=5, sample=5)
    best = min(trials[-5:], key=lambda t: t.value or 0.0)
    reasons = {strategy.propose(space, trials, np.random.default_rng(s)).reason for s in range(5)}
    assert reasons == {f"mutant of trial {best.number}, best of 5"}
    lone = {RegularisedEvolution(5, 1).propose(space, trials, np.random.default_rng(s)).reason for s in range(30)}
    assert lone == {f"mutant of trial {n}, best of 1" for n in range(15, 20)}
    assert strategy.propose(space, trials[:4], np.random.default_rng(0)).reason == "random, for the first population"


def test_area_begins_with_what_scores_high(space: SearchSpace) -> None:
    def score(arch: Architecture) -> float:
        return float(str(arch).count("conv3x3"))

    chosen = [AREA(score=score, pool=20).propose(space, [], np.random.default_rng(s)).term.count("conv3x3") for s in range(8)]
    blind = [RandomSearch().propose(space, [], np.random.default_rng(s)).term.count("conv3x3") for s in range(8)]
    assert sum(chosen) > sum(blind) + 4
    assert AREA(score=lambda arch: float("nan")).propose(space, [], np.random.default_rng(0)).term


@pytest.mark.slow
def test_local_search_walks_uphill_and_starts_again(space: SearchSpace) -> None:
    trials = run(space, LocalSearch(), 60)
    assert min(t.value or 1.0 for t in trials) == pytest.approx(0.3 * 0.8**4)
    starts = [t.number for t in trials if t.proposed_by == "local search: start at random"]
    assert starts[0] == 0
    centre = trials[0]
    for trial in trials[1 : starts[1] if len(starts) > 1 else None]:
        assert trial.proposed_by == f"local search: neighbour of trial {centre.number}"
        terms = {str(a) for a in space.neighbours(space.parse(centre.term))}
        assert trial.term in terms
        centre = min(centre, trial, key=lambda t: t.value or 0.0)


def test_local_search_starts_again_where_no_neighbour_is_left() -> None:
    space = nb201()
    centre = space.sample(seed=0)
    near = [a for a in islice(space.neighbours(centre), 20) if a != centre]
    tried = [Trial(i, str(a), space.fingerprint, "finished", 0.1 + i) for i, a in enumerate([centre, *near])]
    proposal = LocalSearch(20).propose(space, tried, np.random.default_rng(0))
    assert proposal.reason == "local search: start at random"
    assert proposal.term not in {t.term for t in tried}
    missing = LocalSearch(20).propose(space, tried[:-1], np.random.default_rng(0))
    assert missing.term == tried[-1].term or space.parse(tried[-1].term) in Memory().seen(space, tried[:-1])


def test_numbers_that_make_no_sense() -> None:
    with pytest.raises(NasvizError, match="sample is 40; no more than the population of 30 can be drawn"):
        RegularisedEvolution(sample=40)
    with pytest.raises(NasvizError, match="population is 0"):
        RegularisedEvolution(population=0)
    with pytest.raises(NasvizError, match="pool is 0"):
        AREA(score=error, pool=0)
    with pytest.raises(NasvizError, match="the score is 3, expected a function of an architecture"):
        AREA(score=3)  # type: ignore[arg-type]
    with pytest.raises(NasvizError, match="neighbours is 0"):
        LocalSearch(0)
    with pytest.raises(NasvizError, match="n_init is 0"):
        TPE(n_init=0)


def test_area_scores_by_naswot_on_the_data_of_the_objective(space: SearchSpace) -> None:
    rng = np.random.default_rng(0)
    data = tuple((rng.random((12, 1, 8, 8), dtype=np.float32), rng.integers(10, size=12)) for _ in range(2))
    objective = TrainingObjective(data, epochs=1, batch_size=4)
    study = Study(space, objective, strategy=AREA(4, 2, pool=3))
    trial = study.ask()
    assert trial.proposed_by == "best zero-cost score of 3 draws, for the first population"
    assert str(study.strategy.score) == "proxies.naswot.on(data, 64)"  # type: ignore[attr-defined]
    assert study.replay(0).term == trial.term


def test_area_without_a_score_or_data_says_what_to_pass(space: SearchSpace) -> None:
    sentence = r"the objective has no data to measure one on. Type: nv.AREA\(score=nv.proxies.naswot.on\(data\)\)"
    with pytest.raises(NasvizError, match=sentence):
        Study(space, lambda arch: 1.0, strategy=AREA())
    with pytest.raises(NasvizError, match=sentence):
        AREA().propose(space, [], np.random.default_rng(0))


def test_area_puts_what_has_no_score_last(space: SearchSpace) -> None:
    def score(arch: Architecture) -> float:
        if "conv3x3" in str(arch):
            raise NasvizError("no network")
        return 1.0

    chosen = [AREA(score=score, pool=20).propose(space, [], np.random.default_rng(s)).term for s in range(4)]
    assert not any("conv3x3" in term for term in chosen)
