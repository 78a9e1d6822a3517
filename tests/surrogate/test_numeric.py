import gpytorch
import numpy as np
import pytest
import torch

from nasviz import parse
from nasviz.spaces import Architecture
from nasviz.surrogate import GP, FeatureStore, FlatWL, Numeric
from nasviz.surrogate.numeric import NumericKernel


def convolutions(arch: Architecture) -> float:
    return float(str(arch).count("conv3x3"))


def bound(kernel: Numeric, archs: list[Architecture]) -> tuple[NumericKernel, torch.Tensor, np.ndarray]:
    store = FeatureStore(0)
    module = kernel.covariance(store)
    assert isinstance(module, NumericKernel)
    rows = store.rows(archs)
    module.refer(rows)
    return module, torch.as_tensor(rows, dtype=torch.float64)[:, None], store.numbers(rows, kernel.of)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "theirs"), [("matern", gpytorch.kernels.MaternKernel(nu=2.5)), ("rbf", gpytorch.kernels.RBFKernel())]
)
@pytest.mark.parametrize("of", ["parameters", "depth", convolutions])
def test_equals_gpytorch_s_on_standardised_numbers(archs: list[Architecture], kind: str, theirs: object, of: object) -> None:
    module, x, numbers = bound(Numeric(of, kind), archs[:25])  # type: ignore[arg-type]
    module.lengthscale = 0.7
    theirs.lengthscale = 0.7  # type: ignore[attr-defined]
    values = np.log1p(numbers) if of == "parameters" else numbers
    z = torch.as_tensor((values - values.mean()) / values.std())[:, None]
    expected = theirs.double()(z).to_dense()  # type: ignore[attr-defined]
    assert torch.allclose(module(x).to_dense(), expected, atol=1e-6)
    assert torch.allclose(module(x, diag=True), torch.ones(25, dtype=torch.float64))


def test_batches_agree_with_blocks(archs: list[Architecture]) -> None:
    module, x, _ = bound(Numeric("parameters"), archs[:9])
    batched = module(x[:4, None, :], x.expand(4, 9, 1)).to_dense()
    assert torch.equal(batched[:, 0, :], module(x[:4], x).to_dense())


def test_the_scale_is_that_of_the_data_whatever_else_the_store_saw(archs: list[Architecture]) -> None:
    y = np.linspace(1, 2, 20)
    store = FeatureStore(0)
    store.numbers(store.rows(archs), "parameters")
    one = GP(Numeric("parameters"), store=store).fit(archs[:20], y)
    other = GP(Numeric("parameters")).fit(archs[:20], y)
    assert np.array_equal(one.posterior(archs[20:30])[0], other.posterior(archs[20:30])[0])


def test_an_architecture_without_a_network_counts_as_the_mean() -> None:
    archs = [parse("conv3x3"), parse("conv1x1"), parse("Linear(conv3x3, conv3x3)"), parse("zero")]
    module, x, numbers = bound(Numeric("depth"), archs)
    assert np.isnan(numbers[3])
    places = module._places(x)
    assert places[3] == 0
    assert torch.isfinite(module(x).to_dense()).all()


def test_a_function_is_called_once_for_each_architecture(archs: list[Architecture]) -> None:
    calls: list[Architecture] = []

    def proxy(arch: Architecture) -> float:
        calls.append(arch)
        return float(str(arch).count("conv3x3"))

    gp = GP(FlatWL(1) + Numeric(proxy)).fit(archs[:10], np.arange(10.0) + 1)
    gp.predict(archs[:12])
    assert len(calls) == 12
    assert [part.name for part in gp.parts()] == ["full graph", "proxy"]


def test_a_number_that_explains_gets_the_weight(archs: list[Architecture]) -> None:
    rng = np.random.default_rng(0)
    secret = {arch: rng.normal() for arch in archs}
    gp = GP(FlatWL(2) + Numeric(lambda arch: secret[arch]), log=False).fit(archs[:40], [np.sin(secret[a]) for a in archs[:40]])
    assert gp.parts()[1].weight > 0.8
    assert gp.calibration(archs[40:], [np.sin(secret[a]) for a in archs[40:]]).tau > 0.8


def test_constant_numbers_do_no_harm(archs: list[Architecture]) -> None:
    gp = GP(FlatWL(1) * Numeric(lambda arch: 3.0)).fit(archs[:10], np.linspace(1, 2, 10))
    assert np.isfinite(gp.predict(archs[10:15])[0]).all()


def test_sentences_say_what_is_wrong(archs: list[Architecture]) -> None:
    with pytest.raises(ValueError, match="no kernel 'cubic' of numbers: choose matern or rbf"):
        Numeric("depth", "cubic")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no number 'size' of an architecture: choose parameters, flops or depth"):
        Numeric("size")
    with pytest.raises(ValueError, match=r"<lambda> is -1 for an architecture, and logarithms need numbers ≥ 0\."):
        GP(Numeric(lambda arch: -1.0, log=True)).fit(archs[:3], [1.0, 2.0, 3.0])
