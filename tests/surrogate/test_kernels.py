from collections.abc import Callable

import numpy as np
import pytest
import torch

from nasviz.spaces import Architecture, parse
from nasviz.surrogate import Covariance, FeatureStore, FlatWL, HierarchicalWL, ProductionCounts, store_for
from nasviz.surrogate.covariance import CosineKernel
from nasviz.surrogate.kernels import LevelKernel
from nasviz.surrogate.quantities import production_counts


def rows(store: FeatureStore, archs: list[Architecture]) -> torch.Tensor:
    return torch.as_tensor(store.rows(archs), dtype=torch.float64)[:, None]


def gram(archs: list[Architecture], h: int = 2) -> np.ndarray:
    store = FeatureStore(h)
    return FlatWL(h).covariance(store)(rows(store, archs)).to_dense().numpy()


def whole(a: list[Architecture], b: list[Architecture]) -> np.ndarray:
    store = FeatureStore()
    return FlatWL().gram(store, store.rows(a), store.rows(b))


def noted(function: Callable[..., np.ndarray], asked: list[str]) -> Callable[..., np.ndarray]:
    def call(*arguments: np.ndarray) -> np.ndarray:
        asked.append(function.__name__)
        return function(*arguments)

    return call


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


def test_productions_are_compared_by_their_cosine(archs: list[Architecture]) -> None:
    store = FeatureStore()
    found = ProductionCounts().covariance(store)(rows(store, archs[:10])).to_dense().numpy()
    assert isinstance(ProductionCounts(), Covariance)
    for i, one in enumerate(archs[:10]):
        for j, other in enumerate(archs[:10]):
            a, b = production_counts(one), production_counts(other)
            inner = sum(n * b[name] for name, n in a.items())
            expected = inner / np.sqrt(sum(n * n for n in a.values()) * sum(n * n for n in b.values()))
            assert found[i, j] == pytest.approx(expected, abs=1e-12)


def test_productions_of_terms_without_a_grammar_are_operators() -> None:
    store = FeatureStore()
    x = rows(store, [parse("Linear(conv3x3, relu)"), parse("Linear(relu, conv3x3)"), parse("conv1x1")])
    found = ProductionCounts().covariance(store)(x).to_dense().numpy()
    assert np.allclose(found, [[1, 1, 0], [1, 1, 0], [0, 0, 1]])


@pytest.mark.parametrize("kernel", [FlatWL(), ProductionCounts()], ids=lambda k: type(k).__name__)
def test_many_pairs_give_the_bits_of_a_block(kernel: FlatWL | ProductionCounts, archs: list[Architecture]) -> None:
    store = FeatureStore()
    module, x = kernel.covariance(store), rows(store, archs)
    asked: list[str] = []
    assert isinstance(module, CosineKernel)
    module.block, module.pairs = noted(module.block, asked), noted(module.pairs, asked)
    shifted = x.roll(7, 0)
    one_by_one = module(x[:, None, :], shifted[:, None, :]).to_dense().ravel()
    assert asked == ["pairs"]
    diagonal = module(x, shifted, diag=True)
    block = module(x, shifted).to_dense()
    assert asked == ["pairs", "pairs", "block"]
    assert torch.equal(one_by_one, block.diagonal())
    assert torch.equal(diagonal, block.diagonal())


def test_features_have_length_1_and_the_kernel_as_inner_product(archs: list[Architecture]) -> None:
    store = FeatureStore()
    module = FlatWL().covariance(store)
    numbers = store.rows(archs)
    assert isinstance(module, CosineKernel)
    features = module.features(numbers)
    assert np.allclose((features @ features.T).toarray(), gram(archs), atol=1e-12)


def test_what_a_store_learns_later_changes_nothing(archs: list[Architecture]) -> None:
    """A kept factor is older than the columns of new architectures; their unseen features count in their own length."""
    store = FeatureStore()
    module, known = FlatWL().covariance(store), rows(store, archs[:20])
    module(rows(store, archs[:2]), known).to_dense()
    for new in (archs[20:25], archs[25:60], archs[18:22]):
        later = module(rows(store, new), known).to_dense().numpy()
        assert np.array_equal(later, whole(new, archs[:20]))


def test_iterations_are_chosen_among_prepared_ones(archs: list[Architecture]) -> None:
    store = FeatureStore(4)
    numbers = store.rows(archs[:15])
    kernel, x = LevelKernel(store, None, 2, most=4), rows(store, archs[:15])
    kernel.prepare(np.unique(numbers))
    for h in (0, 3, 4, 1):
        kernel.choose(h)
        assert kernel.iterations == h
        assert np.allclose(kernel(x).to_dense().numpy(), FlatWL(h).gram(store, numbers, numbers), atol=1e-14)
    kernel.forget()
    assert np.allclose(kernel(x).to_dense().numpy(), FlatWL(1).gram(store, numbers, numbers), atol=1e-14)


def test_a_store_for_a_kernel_holds_what_it_needs() -> None:
    assert store_for(FlatWL(1)).h == 1
    assert store_for(HierarchicalWL(levels=(2, 7), h=3)).levels == (0, 1, 2, 3, 4, 7)
    assert store_for(ProductionCounts()).h == 0
