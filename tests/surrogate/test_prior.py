"""What covariance functions believe before any data."""

from __future__ import annotations

import numpy as np
import pytest

from nasviz.errors import BuildError
from nasviz.spaces import Architecture, SearchSpace, digits_cells, hierarchical_nb201, parse
from nasviz.surrogate import GP, FlatWL, HierarchicalWL, Numeric, ProductionCounts, gram

KERNELS = [FlatWL(0), FlatWL(2), HierarchicalWL(), ProductionCounts(), FlatWL(1) + ProductionCounts(), FlatWL(1) * FlatWL(0)]


@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_a_correlation_is_symmetric_semidefinite_and_one_on_the_diagonal(kernel):
    archs = digits_cells().sample(12, seed=0)
    found = gram(kernel, archs)
    assert found.shape == (12, 12)
    assert np.allclose(np.diag(found), 1)
    assert np.array_equal(found, found.T)
    assert np.linalg.eigvalsh(found)[0] > -1e-9
    assert found.min() >= 0


def test_a_block_is_that_of_the_whole():
    archs = digits_cells().sample(9, seed=1)
    whole = gram(HierarchicalWL(), archs)
    assert np.allclose(gram(HierarchicalWL(), archs[:4], archs[3:]), whole[:4, 3:])


def test_it_is_that_of_a_process_that_has_learned_nothing():
    archs = hierarchical_nb201().sample(4, seed=0)
    kernel = HierarchicalWL(iterations=(1, 2, 2, 2, 2, 2))
    gp = GP(kernel).fit(archs, [0.5] * 4)
    assert np.allclose(gram(kernel, archs), gp.gram(archs) / gp.outputscale)


def test_by_hand():
    pair = [parse("Linear(conv3x3, relu, conv3x3)"), parse("Linear(conv3x3, conv3x3, relu)")]
    assert gram(FlatWL(0), pair)[0, 1] == pytest.approx(1)
    assert gram(FlatWL(1), pair)[0, 1] == pytest.approx(8 / 12)


def test_nothing_and_open_places():
    archs = digits_cells().sample(2, seed=0)
    assert gram(FlatWL(), []).shape == (0, 0)
    assert gram(FlatWL(), archs, []).shape == (2, 0)
    assert gram(Numeric("parameters"), archs).shape == (2, 2)
    space = SearchSpace("S ::= Linear(conv3x3, S) | relu")
    with pytest.raises(BuildError):
        gram(FlatWL(), [Architecture(space.begin().term, space)])
