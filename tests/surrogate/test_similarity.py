"""Gram matrices of which like stands beside like."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasviz.errors import NasvizError
from nasviz.spaces import Architecture
from nasviz.surrogate import GP, HierarchicalWL
from nasviz.surrogate.similarity import alike, correlation

Errors = Callable[[list[Architecture], int], np.ndarray]


def test_the_matrix_is_the_prior_correlation_in_another_order(archs: list[Architecture], error: Errors) -> None:
    gp = GP().fit(archs[:20], error(archs[:20], 0))
    found = gp.similarity()
    assert sorted(found.order) == list(range(20))
    assert found.total == 20
    expected = gp.gram(archs[:20]) / gp.outputscale
    assert np.allclose(found.matrix, expected[np.ix_(found.order, found.order)], atol=1e-12)
    assert found.terms == tuple(str(archs[i]) for i in found.order)
    assert found.values == tuple(gp.y[i] for i in found.order)


def test_of_many_the_last_ones_are_shown(archs: list[Architecture], error: Errors) -> None:
    gp = GP().fit(archs[:20], error(archs[:20], 0))
    found = gp.similarity(most=5)
    assert sorted(found.order) == [15, 16, 17, 18, 19]
    assert (len(found.matrix), found.total) == (5, 20)
    with pytest.raises(ValueError, match="most is 0; a picture of similarities shows 1 or more"):
        gp.similarity(0)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 12), st.integers(0, 10_000))
def test_an_order_is_a_permutation_and_no_worse_than_the_given_one_in_groups(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.repeat(np.eye(4), 3, axis=0)[rng.permutation(12)][:n]
    order = alike(x @ x.T)
    assert sorted(order.tolist()) == list(range(n))
    groups = x.argmax(axis=1)[order]
    assert np.count_nonzero(np.diff(groups)) == len(set(groups.tolist())) - 1, "equal ones stand together"


def test_neighbours_are_as_near_as_the_tree_allows() -> None:
    place = np.array([0.0, 3.0, 1.0, 2.0, 4.0])
    k = np.exp(-0.1 * (place[:, None] - place[None, :]) ** 2)
    assert place[alike(k)].tolist() in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0])


def test_correlation_has_ones_on_the_diagonal() -> None:
    found = correlation(np.array([[0.3, 0.1], [0.1, 0.7]]))
    assert found.diagonal().tolist() == [1.0, 1.0]
    assert found[0, 1] == pytest.approx(0.1 / np.sqrt(0.21))


@pytest.mark.parametrize("n", [1, 10])
def test_one_and_ten_identical_architectures(archs: list[Architecture], n: int) -> None:
    found = GP(HierarchicalWL()).fit([archs[0]] * n, np.linspace(0.1, 0.2, n)).similarity()
    assert sorted(found.order) == list(range(n))
    assert np.allclose(found.matrix, 1.0)


def test_nothing_learned() -> None:
    with pytest.raises(NasvizError, match="has seen no data"):
        GP().similarity()
