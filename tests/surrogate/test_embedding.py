"""Kernel principal components: distances are the kernel's, shares are of the variance, maps do not flip."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import KernelPCA

from nasviz.surrogate.embedding import embed, steady


def gram(n: int, seed: int, rank: int = 6) -> np.ndarray:
    x = np.random.default_rng(seed).normal(size=(n, rank))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    return x @ x.T


def squared_distances(points: np.ndarray) -> np.ndarray:
    return np.square(points[:, None, :] - points[None, :, :]).sum(axis=2)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.integers(0, 10_000))
def test_with_all_components_distances_are_the_kernels(n: int, seed: int) -> None:
    k = gram(n, seed)
    found = embed(k, n)
    assert np.allclose(squared_distances(found.coordinates), 2 - 2 * k, atol=1e-9)
    assert found.shares.sum() == pytest.approx(1.0 if n > 1 else 0.0)
    assert (np.diff(found.shares) <= 1e-12).all()
    assert np.allclose(found.coordinates.mean(axis=0), 0, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_two_components_agree_with_scikit_learn(seed: int) -> None:
    k = gram(40, seed)
    expected = KernelPCA(2, kernel="precomputed").fit_transform(k)
    found = embed(k).coordinates
    signs = np.sign((found * expected).sum(axis=0))
    assert np.allclose(found, expected * signs, atol=1e-9)
    assert (found[np.abs(found).argmax(axis=0), [0, 1]] > 0).all()


def test_placing_what_is_there_gives_its_place_and_agrees_with_scikit_learn() -> None:
    k = gram(30, 1)
    found = embed(k[:20, :20])
    assert np.allclose(found.place(k[:20, :20]), found.coordinates, atol=1e-9)
    other = KernelPCA(2, kernel="precomputed").fit(k[:20, :20])
    expected = other.transform(k[20:, :20])
    signs = np.sign((found.coordinates * other.transform(k[:20, :20])).sum(axis=0))
    assert np.allclose(found.place(k[20:, :20]), expected * signs, atol=1e-9)


@pytest.mark.parametrize("n", [1, 2, 10])
def test_equal_points_lie_at_the_origin(n: int) -> None:
    found = embed(np.ones((n, n)))
    assert found.coordinates.shape == (n, 2)
    assert not found.coordinates.any()
    assert not found.shares.any()
    assert not found.place(np.ones((3, n))).any()


@pytest.mark.parametrize("axes", [(0, 1), (1, 0)])
@pytest.mark.parametrize("signs", [(1, 1), (-1, 1), (1, -1), (-1, -1)])
def test_a_map_is_turned_like_the_one_before(axes: tuple[int, int], signs: tuple[int, int]) -> None:
    k = gram(25, 4)
    found = embed(k)
    before = found.coordinates[:20, list(axes)] * signs + 0.01
    turned, shown = steady(found, before, np.arange(20))
    assert np.allclose(turned.coordinates[:20], before, atol=0.02)
    assert shown.tolist() == list(axes)
    assert turned.shares.tolist() == found.shares[list(axes)].tolist()
    assert np.allclose(turned.place(k), turned.coordinates, atol=1e-9)
