from itertools import product

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from nasviz.spaces import Architecture, hierarchical_nb201
from nasviz.surrogate import GP, FlatWL, HierarchicalWL, Numeric
from nasviz.surrogate.fitting import LogDensity, Trying, choose_iterations
from nasviz.surrogate.kernels import LevelKernel


def values(archs: list[Architecture]) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.array([0.9 ** str(a).count("conv3x3, ") for a in archs]) * np.exp(0.05 * rng.normal(size=len(archs)))


@pytest.fixture(scope="module")
def some() -> list[Architecture]:
    return list(dict.fromkeys(hierarchical_nb201().sample(40, seed=1)))


def test_the_density_and_its_derivative_are_right() -> None:
    x = torch.randn(6, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    z = torch.linspace(-1, 1, 6, dtype=torch.float64)

    def density(factor: torch.Tensor) -> torch.Tensor:
        found = LogDensity.apply(factor @ factor.T + torch.eye(6, dtype=torch.float64), z)
        assert isinstance(found, torch.Tensor)
        return found

    expected = multivariate_normal.logpdf(z.numpy(), cov=(x @ x.T).numpy() + np.eye(6))
    assert density(x).item() == pytest.approx(expected)
    assert torch.autograd.gradcheck(density, (x.requires_grad_(),))


def test_trying_a_level_gives_the_evidence_in_full(some: list[Architecture]) -> None:
    gp = GP(HierarchicalWL(levels=(1, 2)) * Numeric("depth") + HierarchicalWL(levels=(3,))).fit(some, values(some))
    trying = Trying(gp.model)
    assert trying.evidence() == pytest.approx(gp.evidence, abs=1e-8)
    levels = [module for module in gp.model.modules() if isinstance(module, LevelKernel)]
    assert len(levels) == 5
    for level in levels:
        level.choose((level.iterations + 1) % 5)
        assert trying.evidence(level) == pytest.approx(Trying(gp.model).evidence(), abs=1e-10)


def test_the_search_ends_where_no_single_level_can_do_better(some: list[Architecture]) -> None:
    gp = GP(HierarchicalWL(levels=(1, 2), h=3, iterations=(1, 2, 2))).fit(some, values(some))
    levels = [module for module in gp.model.modules() if isinstance(module, LevelKernel)]
    for level in levels:
        level.most = 3
    before = Trying(gp.model).evidence()
    choose_iterations(gp.model, levels)
    after = Trying(gp.model).evidence()
    assert after >= before
    chosen = tuple(level.iterations for level in levels)
    found: dict[tuple[int, ...], float] = {}
    for several in product(range(4), repeat=3):
        for level, h in zip(levels, several, strict=True):
            level.choose(h)
        found[several] = Trying(gp.model).evidence()
    assert after == pytest.approx(found[chosen], abs=1e-8)
    near = [h for h in found if sum(a != b for a, b in zip(h, chosen, strict=True)) == 1]
    assert after >= max(found[h] for h in near) - 0.2
    assert after >= np.median(list(found.values()))


def test_learning_does_not_lose_to_equal_weights(some: list[Architecture]) -> None:
    y = values(some)
    gp = GP(HierarchicalWL()).fit(some, y)
    model = GP(HierarchicalWL(iterations=(1, 2, 2, 2, 2, 2))).fit(some, np.ones(len(some)))
    model.y, model.target = y, gp.target
    assert gp.evidence > model.evidence
    assert gp.evidence > GP(FlatWL()).fit(some, y).evidence


def test_inner_products_are_dropped_after_the_fit(some: list[Architecture]) -> None:
    gp = GP(HierarchicalWL()).fit(some, values(some))
    for module in gp.model.modules():
        if isinstance(module, LevelKernel):
            assert module._inner is None
            assert module._kept is None
