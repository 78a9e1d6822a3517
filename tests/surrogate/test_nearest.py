import numpy as np
import pytest

from nasviz.spaces import Architecture, parse
from nasviz.surrogate import GP, FlatWL
from nasviz.surrogate.basis import Basis
from nasviz.surrogate.nearest import nearest_trials, shared_subterms, similarities


@pytest.fixture(scope="module")
def basis(archs: list[Architecture]) -> Basis:
    return Basis(GP(FlatWL(1)).fit(archs[:20], np.linspace(0.1, 0.3, 20)))


def test_similarity_is_the_prior_correlation(basis: Basis, archs: list[Architecture]) -> None:
    gp = basis.gp
    wanted = FlatWL(1).gram(gp.store, gp.store.rows([archs[30]]), gp.store.rows(gp.archs))[0]
    assert similarities(basis, archs[30]) == pytest.approx(wanted, abs=1e-12)


def test_the_nearest_come_first_and_not_the_architecture_itself(basis: Basis) -> None:
    arch = basis.gp.archs[4]
    near = nearest_trials(basis, arch, 19)
    assert {n.arch for n in near} == set(basis.gp.archs) - {arch}
    assert [n.similarity for n in near] == sorted((n.similarity for n in near), reverse=True)
    assert all(n.value == basis.gp.y[n.index] for n in near)
    assert nearest_trials(basis, arch, 0) == []


def test_shared_parts_stand_in_both(basis: Basis, archs: list[Architecture]) -> None:
    arch = archs[30]
    for near in nearest_trials(basis, arch, 5):
        texts = {str(near.arch[near.arch.term.position(i)]) for i in range(len(near.arch.term))}
        assert all(str(arch[p]) in texts for p in near.shared)
        for a in near.shared:
            assert not any(a != b and b[: len(a)] == a for b in near.shared)


def test_the_largest_shared_subterms() -> None:
    a = parse("Linear(Residual(conv, id, relu), conv, fc)")
    assert shared_subterms(a, a) == ((),)
    assert shared_subterms(a, parse("Linear(conv, conv3x3)")) == ((0, 0), (1,))
    assert shared_subterms(a, parse("mish")) == ()
