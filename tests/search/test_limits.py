from typing import Any

import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.records import Trial
from nasviz.search import BayesOpt, ExhaustedError, RandomSearch, Study
from nasviz.search.limits import LimitedSpace, LimitError, Limits, Within, admits
from nasviz.spaces import Architecture, SearchSpace, nb201, parse


def parameters(arch: Architecture) -> int:
    return arch.cost().parameters


@pytest.mark.parametrize("limit", [0, -1, float("nan"), float("inf"), "5", True])
def test_limits_are_positive_numbers(limit: float) -> None:
    with pytest.raises(NasvizError, match=r"the limit of 'flops' is .*; it must be a positive number"):
        Limits({"flops": limit})


@pytest.mark.parametrize("limits", [[1], 5, "parameters", {3: 4}])
def test_limits_are_numbers_by_name(space: SearchSpace, limits: Any) -> None:
    with pytest.raises(NasvizError, match=r'limits are numbers by name, found .*\. Type: limits=\{"parameters": 500_000\}'):
        Study(space, limits=limits)


def test_a_name_that_is_nearly_known_is_corrected() -> None:
    with pytest.raises(NasvizError, match=r"there is no limit 'parameter'\. Type: limits=\{'parameters': 100\}"):
        Limits({"parameter": 100})


def test_says_which_limit_is_exceeded() -> None:
    arch = parse("Linear(conv3x3, relu)", input_shape=(1, 8, 8))
    assert not Limits({"parameters": parameters(arch)}).exceeded(arch)
    assert "parameters exceed the limit of" in Limits({"parameters": parameters(arch) - 1}).exceeded(arch)
    assert "FLOPs exceed the limit of 10" in Limits({"parameters": 1e9, "flops": 10}).exceeded(arch)
    assert Limits({"flops": 1e12}).exceeded(parse("zero")).startswith("what it costs cannot be said: no path leads")
    assert not Limits({"latency_ms": 1}).exceeded(parse("zero"))


def test_a_limited_space_draws_within(space: SearchSpace) -> None:
    costs = sorted(parameters(arch) for arch in space.sample(40, seed=0))
    most = costs[10]
    small = LimitedSpace(space, Limits({"parameters": most}))
    drawn = small.sample(15, seed=1)
    assert all(parameters(arch) <= most for arch in [*drawn, small.mutate(drawn[0], 0)])
    assert small == space
    assert small.count() == space.count()
    assert drawn[0] == Architecture(drawn[0].term, space)
    assert admits(space, drawn[0])


def test_says_when_nothing_is_within(space: SearchSpace) -> None:
    with pytest.raises(ExhaustedError, match=r"2000 draws gave no architecture within the limits \(of the last one: .* exceed"):
        LimitedSpace(space, Limits({"parameters": 1})).sample(seed=0)


def test_says_what_was_refused_when_nothing_is_left() -> None:
    two = SearchSpace("S ::= relu | conv3x3", input_shape=(1, 8, 8))
    trials = [Trial(0, "relu", two.fingerprint, "finished", 1.0)]
    with pytest.raises(ExhaustedError, match=r"1 that were drawn exceed the limits, the last one: .* parameters exceed"):
        RandomSearch().propose(two, trials, np.random.default_rng(0), limits={"parameters": 1000})


def test_strategies_propose_within(space: SearchSpace) -> None:
    archs = list(dict.fromkeys(space.sample(60, seed=0)))[:15]
    trials = [Trial(i, str(a), space.fingerprint, "finished", 1.0 / parameters(a)) for i, a in enumerate(archs)]
    limits = {"parameters": sorted(map(parameters, archs))[4]}
    for strategy in (RandomSearch(), BayesOpt(candidates=60)):
        for seed in range(3):
            proposal = strategy.propose(space, trials, np.random.default_rng(seed), limits=limits)
            assert parameters(space.parse(proposal.term)) <= limits["parameters"]


def test_measured_limits_are_checked_before_and_after_training() -> None:
    arch = parse("relu", input_shape=(1, 8, 8))
    trained: list[Architecture] = []

    def objective(arch: Architecture) -> dict[str, float]:
        trained.append(arch)
        return {"error": 0.25, "energy": 7.0}

    with pytest.raises(LimitError, match=r"latency_ms is .*, the limit is 1\.00·10\^−6") as caught:
        Within(objective, Limits({"latency_ms": 1e-6}))(arch, seed=0)
    assert not trained
    assert caught.value.metrics["latency_ms"] > 0
    found = Within(objective, Limits({"latency_ms": 1e6, "energy": 8}))(arch, seed=0)
    assert next(iter(found.values())) == 0.25
    assert found["latency_ms"] > 0
    other = Within(lambda _: {"error": 0.25, "latency_ms": 3e3}, Limits({"latency_ms": 1e6}))(arch, seed=0)
    assert other == {"error": 0.25, "latency_ms": 3e3}
    with pytest.raises(LimitError, match=r"latency_ms is .*, the limit is "):
        Within(lambda _: {"error": 0.25, "latency_ms": 3e6}, Limits({"latency_ms": 1e6}))(arch, seed=0)
    with pytest.raises(LimitError, match=r"energy is 7\.00, the limit is 5\.00"):
        Within(objective, Limits({"energy": 5}))(arch, seed=0)
    with pytest.raises(NasvizError, match=r"'heat' has a limit, but the objective does not return it\. Return a dict"):
        Within(objective, Limits({"heat": 5}))(arch, seed=0)
    assert Limits({"parameters": 5}).within(objective) is objective


@pytest.mark.slow
def test_a_measured_limit_steers_the_search_away() -> None:
    """Convolutions are good and slow: without the limit the best has many, with it few are proposed."""
    space = nb201()
    archs = list(dict.fromkeys(space.sample(80, seed=0)))[:30]

    def convolutions(term: str) -> int:
        return term.count("conv3x3") // 15  # the cell stands 15 times

    count = [convolutions(str(a)) for a in archs]

    def trial(i: int) -> Trial:
        slow = count[i] > 2
        value = None if slow else 0.5 - 0.05 * count[i]
        return Trial(
            i, str(archs[i]), space.fingerprint, "failed" if slow else "finished", value, metrics={"energy": 1.0 + count[i]}
        )

    trials = [trial(i) for i in range(30)]
    strategy = BayesOpt(candidates=200)
    free = [convolutions(strategy.propose(space, trials, np.random.default_rng(s)).term) for s in range(3)]
    bound = [
        convolutions(strategy.propose(space, trials, np.random.default_rng(s), limits={"energy": 3.5}).term) for s in range(3)
    ]
    assert min(free) > 2
    assert sum(bound) <= sum(free) - 2
