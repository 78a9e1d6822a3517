from itertools import islice

import numpy as np
import pytest

from nasviz.errors import NasvizError, TermError
from nasviz.spaces import SearchSpace, hierarchical_nb201, nb201


@pytest.fixture(scope="module")
def space():
    return SearchSpace("S ::= Linear(B, B) | Residual(B, B, B)\nB ::= conv3x3 | avg_pool | id")


def test_mutation_at_a_position(space):
    arch = space.parse("Linear(id, id)")
    assert {str(space.mutate(arch, k, (1,))) for k in range(30)} == {"Linear(id, conv3x3)", "Linear(id, avg_pool)"}
    assert space.mutate(arch, 3, position=(0,)) == space.mutate(arch, np.random.default_rng(3), (0,))
    with pytest.raises(NasvizError, match=r"no position \(2,\)"):
        space.mutate(arch, 0, (2,))


def test_crossover(space):
    a, b = space.parse("Linear(id, id)"), space.parse("Residual(conv3x3, conv3x3, conv3x3)")
    for seed in range(10):
        one, two = space.crossover(a, b, seed)
        assert one in space
        assert two in space
        names = [[op.name for op in arch.term] for arch in (one, two)]
        assert (names[0].count("conv3x3"), names[1].count("id")) == (1, 1)
        assert space.crossover(a, b, seed) == (one, two)
    assert str(space.crossover(space.parse("Linear(id, conv3x3)"), seed=0)) == "Linear(conv3x3, id)"


def test_neighbours(space):
    arch = space.parse("Linear(id, id)")
    found = list(space.neighbours(arch))
    assert len(found) == len(set(found)) == space.count_neighbours(arch) == space.count() - 1
    assert all(n.space is space for n in found)
    whole = hierarchical_nb201()
    assert len(list(islice(whole.neighbours(whole.sample(seed=0)), 20))) == 20


def test_deriving_by_hand(space):
    partial = space.begin()
    assert [o.remaining for o in partial.options(())] == [9, 27]
    done = partial.expand((), 0).expand((0,), 1).expand((1,), 2)
    assert str(done) == "Linear(avg_pool, id)"
    assert str(space.reopen(space.parse(str(done)), (1,))) == "Linear(avg_pool, B)"


def test_restricting(space):
    part = space.restrict(space.begin().expand((), 0).expand((0,), 2))
    assert part.count() == 3
    assert {str(a) for a in part.enumerate()} == {"Linear(id, conv3x3)", "Linear(id, avg_pool)", "Linear(id, id)"}
    assert space.parse("Linear(conv3x3, id)") not in part
    again = part.restrict(part.begin().expand((), 0).expand((1,), 0))
    assert [str(a) for a in again.enumerate()] == ["Linear(id, conv3x3)"]
    assert next(again.enumerate()) == space.parse("Linear(id, conv3x3)")


def test_mistakes(space):
    other = nb201()
    with pytest.raises(NasvizError, match=r"the partial derivation is of another grammar; begin with space.begin\(\)"):
        space.restrict(other.begin())
    narrow = SearchSpace("require size <= 3\nS ::= Linear(B, B)\nB ::= id | Linear(B, B)")
    with pytest.raises(NasvizError, match=r"no architecture of the space completes Linear\(Linear\(B, B\), B\)"):
        narrow.restrict(narrow.begin().expand((), 0).expand((0,), 1))
    free = SearchSpace.free()
    arch = free.parse("conv")
    for act in (free.begin, lambda: free.crossover(arch), lambda: free.neighbours(arch), lambda: free.restrict(other.begin())):
        with pytest.raises(NasvizError, match="the free space has no grammar"):
            act()
    with pytest.raises(TermError):
        space.crossover(other.sample(seed=0), seed=0)
