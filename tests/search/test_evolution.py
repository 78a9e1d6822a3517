from collections.abc import Sequence

import numpy as np
import pytest

from nasviz.search.evolution import Evolution
from nasviz.spaces import Architecture, SearchSpace, hierarchical_nb201, nb201


def convolutions(archs: Sequence[Architecture]) -> np.ndarray:
    return np.array([float(str(arch).count("conv3x3")) for arch in archs])


@pytest.fixture(scope="module")
def large() -> SearchSpace:
    return hierarchical_nb201()


def test_every_member_carries_its_own_value_in_every_generation(large: SearchSpace) -> None:
    members = Evolution(120, generations=4).run(large, convolutions, np.random.default_rng(0))
    assert len(members) == len({m.arch for m in members}) == 120
    assert [m.value for m in members] == convolutions([m.arch for m in members]).tolist()
    assert [m.value for m in members] == sorted((m.value for m in members), reverse=True)


def test_each_architecture_is_scored_once(large: SearchSpace) -> None:
    scored: list[str] = []

    def score(archs: Sequence[Architecture]) -> np.ndarray:
        scored.extend(map(str, archs))
        return convolutions(archs)

    Evolution(90, generations=3).run(large, score, np.random.default_rng(1))
    assert len(scored) == len(set(scored)) == 90


@pytest.mark.slow
def test_selection_climbs_where_drawing_does_not(large: SearchSpace) -> None:
    bred = Evolution(400, 8, population=20).run(large, convolutions, np.random.default_rng(0))[0].value
    drawn = convolutions(large.sample(400, seed=0)).max()
    blind = Evolution(400, 8, population=20).run(large, lambda archs: np.zeros(len(archs)), np.random.default_rng(0))
    assert bred > drawn + 3
    assert bred > convolutions([m.arch for m in blind]).max()


def test_known_architectures_are_no_candidates(large: SearchSpace) -> None:
    parents = large.sample(5, seed=0)
    members = Evolution(60, generations=2).run(large, convolutions, np.random.default_rng(0), parents, parents)
    assert not {m.arch for m in members} & set(parents)


def test_a_small_space_is_scored_whole(space: SearchSpace) -> None:
    part = nb201().restrict(nb201().reopen(nb201().sample(seed=0), (0, 0, 0, 2)))
    known = list(part.enumerate())[:2]
    members = Evolution(100).run(part, convolutions, np.random.default_rng(0), seen=known)
    assert {m.arch for m in members} == set(part.enumerate()) - set(known)
    assert all(part.contains(m.arch) for m in members)


def test_completions_of_a_partial_term_stay_completions(large: SearchSpace) -> None:
    part = large.restrict(large.reopen(large.sample(seed=3), (1,)))
    members = Evolution(60, generations=3).run(part, convolutions, np.random.default_rng(0))
    assert len(members) > 20
    assert all(part.contains(m.arch) for m in members)
    kept = {str(m.arch[0]) for m in members}
    assert kept == {str(large.sample(seed=3)[0])}


def test_is_a_function_of_its_arguments(large: SearchSpace) -> None:
    one, two = (Evolution(50, generations=2).run(large, convolutions, np.random.default_rng(7)) for _ in range(2))
    assert one == two


def test_a_space_without_news_ends() -> None:
    ambiguous = SearchSpace("S ::= A | B\nA ::= relu | conv3x3\nB ::= relu | conv3x3", input_shape=(1, 8, 8))
    members = Evolution(3, generations=2).run(ambiguous, convolutions, np.random.default_rng(0))
    assert [str(m.arch) for m in members] == ["conv3x3", "relu"]
