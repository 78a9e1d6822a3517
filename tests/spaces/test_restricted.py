import json
import pickle

import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import SearchSpace, hierarchical_nb201, nb201
from nasviz.testing import check_space


@pytest.fixture(scope="module")
def part():
    space = nb201()
    return space.restrict(space.reopen(space.sample(seed=0), (0, 0, 0, 2), (0, 0, 0, 3)))


def test_the_contract_of_a_space(part):
    check_space(part)


def test_architectures_are_those_of_the_whole_space(part):
    whole = nb201()
    assert part.count() == 25
    for arch in part.sample(10, seed=0):
        assert arch in whole
        assert arch == whole.parse(str(arch))
        assert (arch.fingerprint, arch.key) == (whole.fingerprint, whole.parse(str(arch)).key)
        assert arch.derivation.draws == whole.parse(str(arch)).derivation.draws
        assert part.mutate(arch, 1) in part
        assert part.mutate(arch, 1) != arch


def test_only_completions_are_in_it(part):
    outside = next(a for a in nb201().sample(50, seed=1) if a not in part)
    with pytest.raises(NasvizError):
        part.parse(str(outside))
    with pytest.raises(NasvizError):
        part.mutate(outside, 0)


def test_stored_and_sent(part):
    again = SearchSpace.from_json(json.loads(json.dumps(part.to_json())))
    assert again == part == pickle.loads(pickle.dumps(part))
    assert again != nb201()
    assert hash(again) == hash(part)
    assert again.count() == 25
    assert repr(part).startswith("RestrictedSpace(")


def test_no_file_of_its_own(part, tmp_path):
    with pytest.raises(
        NasvizError, match=r"a restricted space has no file of its own: save the whole space, or keep to_json\(\)"
    ):
        part.save(tmp_path / "part.grammar")


def test_constraints_and_own_choices_stay():
    space = SearchSpace("require connected and size <= 4\nS ::= Linear(B, B, B) | Residual(B, B, B)\nB ::= id | zero | conv3x3")
    part = space.restrict(space.begin().expand((), 1))
    assert part.count() == len({str(a) for a in space.enumerate() if str(a).startswith("Residual2")})
    assert all(a in space for a in part.enumerate())


def test_a_part_of_the_hierarchical_space():
    space = hierarchical_nb201()
    part = space.restrict(space.begin().expand((), 0))
    assert sum(o.remaining for o in space.begin().options(())) > part.count() > 10**200
    assert all(str(a).startswith("Linear(") and a in space for a in part.sample(5, seed=0))
