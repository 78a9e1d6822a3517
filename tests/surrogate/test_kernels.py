import numpy as np
import pytest
import torch

from nasviz.spaces import Architecture
from nasviz.surrogate import Covariance, FeatureStore, FlatWL


def rows(store: FeatureStore, archs: list[Architecture]) -> torch.Tensor:
    return torch.as_tensor(store.rows(archs), dtype=torch.float64)[:, None]


def gram(archs: list[Architecture], h: int = 2) -> np.ndarray:
    store = FeatureStore(h)
    return FlatWL(h).covariance(store)(rows(store, archs)).to_dense().numpy()


def test_flat_wl_is_a_covariance() -> None:
    assert isinstance(FlatWL(), Covariance)


@pytest.mark.parametrize("h", [0, 1, 2, 3])
def test_equals_the_definition(archs: list[Architecture], h: int) -> None:
    store = FeatureStore(h)
    counts = store.matrix(store.rows(archs)).toarray().astype(float)
    inner = counts @ counts.T
    length = np.sqrt(np.diag(inner))
    assert np.allclose(gram(archs, h), inner / length / length[:, None], atol=1e-12)


def test_symmetric_positive_semidefinite_with_unit_diagonal(archs: list[Architecture]) -> None:
    k = gram(archs)
    assert np.array_equal(k, k.T)
    assert np.allclose(np.diag(k), 1)
    assert np.linalg.eigvalsh(k).min() > -1e-10
    assert (k >= 0).all()
    assert (k <= 1 + 1e-12).all()


def test_blocks_diagonals_and_batches_agree(archs: list[Architecture]) -> None:
    store = FeatureStore()
    kernel = FlatWL().covariance(store)
    a, b = rows(store, archs[:4]), rows(store, archs[2:9])
    whole = kernel(rows(store, archs[:9])).to_dense()
    block = kernel(a, b).to_dense()
    assert torch.allclose(block, whole[:4, 2:9])
    assert torch.allclose(kernel(a, diag=True), torch.ones(4, dtype=torch.float64))
    batched = kernel(a[:, None, :], b.expand(4, 7, 1)).to_dense()
    assert torch.allclose(batched[:, 0, :], block)


def test_identical_rows_are_allowed(archs: list[Architecture]) -> None:
    assert np.allclose(gram([archs[0]] * 3), 1)


def test_a_store_with_too_few_iterations_is_refused() -> None:
    with pytest.raises(ValueError, match="the store holds 1 Weisfeiler-Lehman iterations, the kernel needs 2"):
        FlatWL(2).covariance(FeatureStore(1))
    with pytest.raises(ValueError, match="h is -2"):
        FlatWL(-2)


def test_sums_and_products_are_gpytorch_s(archs: list[Architecture]) -> None:
    store = FeatureStore()
    one, two = FlatWL(1).covariance(store), FlatWL(2).covariance(store)
    x = rows(store, archs[:5])
    assert torch.allclose((one + two)(x).to_dense(), one(x).to_dense() + two(x).to_dense())
    assert torch.allclose((one * two)(x).to_dense(), one(x).to_dense() * two(x).to_dense())
