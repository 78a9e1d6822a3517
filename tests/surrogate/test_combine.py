import numpy as np
import pytest
import torch

from nasviz.spaces import Architecture
from nasviz.surrogate import FlatWL, HierarchicalWL, Numeric, Product, ProductionCounts, Sum, store_for
from nasviz.surrogate.combine import Mixture, parts_of


def bound(kernel: Sum | Product, archs: list[Architecture]) -> tuple[torch.nn.Module, torch.Tensor]:
    store = store_for(kernel)
    return kernel.covariance(store), torch.as_tensor(store.rows(archs), dtype=torch.float64)[:, None]


def gram(kernel: object, archs: list[Architecture]) -> np.ndarray:
    module, x = bound(kernel, archs)  # type: ignore[arg-type]
    return module(x).to_dense().detach().numpy()


def test_a_sum_is_the_weighted_sum(archs: list[Architecture]) -> None:
    module, x = bound(FlatWL(1) + ProductionCounts(), archs[:12])
    assert isinstance(module, Mixture)
    module.raw_weights.data = torch.log(torch.tensor([0.25, 0.75], dtype=torch.float64))
    expected = 0.25 * gram(FlatWL(1), archs[:12]) + 0.75 * gram(ProductionCounts(), archs[:12])
    assert np.allclose(module(x).to_dense().detach().numpy(), expected, atol=1e-14)


def test_a_product_is_the_product(archs: list[Architecture]) -> None:
    expected = gram(FlatWL(1), archs[:12]) * gram(Numeric("depth"), archs[:12])
    assert np.allclose(gram(FlatWL(1) * Numeric("depth"), archs[:12]), expected, atol=1e-14)


@pytest.mark.parametrize(
    "kernel",
    [
        HierarchicalWL() + Numeric("parameters"),
        HierarchicalWL() * Numeric("parameters"),
        (FlatWL() + Numeric("depth", kind="rbf")) * ProductionCounts() + FlatWL(0),
    ],
)
def test_combinations_are_covariances_of_prior_variance_1(kernel: Sum | Product, archs: list[Architecture]) -> None:
    k = gram(kernel, archs[:30])
    assert np.allclose(k, k.T, atol=1e-15)
    assert np.allclose(np.diag(k), 1, atol=1e-12)
    assert np.linalg.eigvalsh(k).min() > -1e-10
    module, x = bound(kernel, archs[:5])
    assert np.allclose(module(x, diag=True).detach().numpy(), 1, atol=1e-12)


def test_equal_operators_flatten_and_different_ones_nest() -> None:
    a, b, c = FlatWL(0), ProductionCounts(), Numeric("depth")
    assert (a + b) + c == a + (b + c) == Sum((a, b, c))
    assert (a * b) * c == Product((a, b, c))
    assert a * (b + c) == Product((a, Sum((b, c))))
    assert a + b * c == Sum((a, Product((b, c))))


def test_needs_are_those_of_all_parts() -> None:
    kernel = FlatWL(1) + HierarchicalWL(levels=(1, 6), h=3) * Numeric()
    assert kernel.h == 3
    assert kernel.levels == (1, 6)
    assert store_for(kernel).h == 3
    assert store_for(kernel).levels == (0, 1, 2, 3, 4, 6)


def test_what_is_no_covariance_is_refused() -> None:
    with pytest.raises(TypeError, match="unsupported operand"):
        FlatWL() + 1  # type: ignore[operator]
    with pytest.raises(TypeError, match="unsupported operand"):
        FlatWL() * 0.5  # type: ignore[operator]
    with pytest.raises(ValueError, match="a sum has two or more parts, found 1"):
        Sum((FlatWL(),))
    with pytest.raises(ValueError, match="a product has two or more parts, found 0"):
        Product(())


def test_parts_are_told_with_their_shares(archs: list[Architecture]) -> None:
    kernel = HierarchicalWL(levels=(1,), iterations=(2, 3)) + Numeric("parameters") * ProductionCounts() + ProductionCounts()
    module, _ = bound(kernel, archs[:2])
    module.raw_weights.data = torch.log(torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64))
    parts = list(parts_of(module))
    assert [(part.name, part.level, part.h) for part in parts] == [
        ("level 1", 1, 2),
        ("full graph", None, 3),
        ("parameters × productions", None, None),
        ("productions", None, None),
    ]
    assert np.allclose([part.weight for part in parts], [0.25, 0.25, 0.3, 0.2])
    assert [part.linear for part in parts] == [True, True, False, True]


def test_a_sum_in_a_product_is_named_whole(archs: list[Architecture]) -> None:
    module, _ = bound((FlatWL() + ProductionCounts()) * Numeric("depth"), archs[:2])
    assert [part.name for part in parts_of(module)] == ["(full graph + productions) × depth"]


def test_weights_have_gradients(archs: list[Architecture]) -> None:
    module, x = bound(FlatWL(1) + ProductionCounts(), archs[:5])
    module(x).to_dense().sum().backward()
    assert module.raw_weights.grad.abs().min() > 0
