import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import Architecture, SearchSpace, parse
from nasviz.surrogate import GP, FlatWL
from nasviz.surrogate.basis import Basis
from nasviz.surrogate.occlusion import occlude, outermost

SPACE = SearchSpace("S ::= Linear(B, B, B)\nB ::= conv3x3 | avg_pool | id")


@pytest.fixture(scope="module")
def basis() -> Basis:
    archs = list(SPACE.enumerate())
    return Basis(GP(FlatWL(1)).fit(archs, [0.3 * 0.9 ** str(a).count("conv3x3") for a in archs]))


def test_occlusion_by_its_definition(basis: Basis) -> None:
    arch = SPACE.parse("Linear(conv3x3, avg_pool, id)")
    found = {o.position: o for o in occlude(basis, arch, alternatives=30)}
    assert list(found) == [(0,), (1,), (2,)]
    mean = {
        text: float(basis.means([SPACE.parse(f"Linear({text}, avg_pool, id)")])[0]) for text in ("conv3x3", "avg_pool", "id")
    }
    others = np.array([mean["avg_pool"], mean["id"]])
    first = found[0,]
    assert first.alternatives == 2
    assert first.neighbours == pytest.approx(mean["conv3x3"] - others.mean(), abs=1e-9)
    assert first.spread == pytest.approx(others.std(), abs=1e-9)
    assert first.by_id == pytest.approx(mean["conv3x3"] - mean["id"], abs=1e-9)
    assert first.neighbours < 0 < found[2,].neighbours


def test_an_id_is_not_occluded_by_itself(basis: Basis) -> None:
    (only,) = occlude(basis, SPACE.parse("Linear(conv3x3, avg_pool, id)"), [(2,)])
    assert np.isnan(only.by_id)


def test_it_is_repeatable(basis: Basis) -> None:
    arch = SPACE.parse("Linear(conv3x3, avg_pool, avg_pool)")
    assert occlude(basis, arch, alternatives=1, seed=3) == occlude(basis, arch, alternatives=1, seed=3)


def test_where_nothing_else_may_stand() -> None:
    space = SearchSpace("S ::= Linear(conv3x3, B)\nB ::= conv1x1 | relu")
    archs = list(space.enumerate())
    basis = Basis(GP(FlatWL(1)).fit(archs, [0.1, 0.2]))
    assert [o.position for o in occlude(basis, archs[0])] == [(1,)]
    (asked,) = occlude(basis, archs[0], [(0,)])
    assert np.isnan(asked.neighbours)
    assert np.isnan(asked.by_id)
    assert asked.alternatives == 0


def test_the_free_space_is_occluded_by_id() -> None:
    archs = [parse("Linear(conv3x3, relu)"), parse("Linear(conv1x1, relu)")]
    found = occlude(Basis(GP(FlatWL(1)).fit(archs, [0.1, 0.2])), archs[0])
    assert [o.position for o in found] == [(0,), (1,)]
    assert all(o.alternatives == 0 and np.isfinite(o.by_id) for o in found)


def test_the_outermost_subterms_are_taken() -> None:
    arch: Architecture = parse("Linear(Linear(conv, relu), Linear(conv, relu))")
    assert outermost(arch, 3) == [(0,), (0, 0), (1,)]
    assert len(outermost(arch)) == 6


def test_bad_arguments(basis: Basis) -> None:
    arch = SPACE.sample(seed=0)
    with pytest.raises(NasvizError, match="alternatives"):
        occlude(basis, arch, alternatives=0)
    with pytest.raises(NasvizError, match="7"):
        occlude(basis, arch, [(7,)])
