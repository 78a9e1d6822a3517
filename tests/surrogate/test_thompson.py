from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import kstest, norm

from nasviz.spaces import Architecture, hierarchical_nb201
from nasviz.surrogate import GP, Covariance, FlatWL, HierarchicalWL, Numeric, PosteriorDraw, ProductionCounts, Thompson
from nasviz.surrogate.thompson import normals

Errors = Callable[[list[Architecture], int], np.ndarray]
N = 150
KERNELS = [FlatWL(), HierarchicalWL(iterations=(1, 2, 2, 1, 2, 2)), ProductionCounts() + Numeric("depth")]


def test_weights_are_independent_standard_normals() -> None:
    hashes = np.random.default_rng(0).integers(2**63, size=5000).astype(np.uint64)
    z = normals(hashes, np.uint64(3), b"full graph")
    assert kstest(z, norm.cdf).pvalue > 1e-3
    for other in (normals(hashes, np.uint64(4), b"full graph"), normals(hashes, np.uint64(3), b"level 1")):
        assert abs(np.corrcoef(z, other)[0, 1]) < 0.06
    assert (normals(hashes[::-1], np.uint64(3), b"full graph") == z[::-1]).all()


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS, ids=["flat", "hierarchical", "productions and a number"])
def test_many_draws_have_mean_and_covariance_of_the_posterior(
    kernel: Covariance, archs: list[Architecture], error: Errors
) -> None:
    gp = GP(kernel).fit(archs[:15], error(archs[:15], 0))
    points = archs[12:24]
    mean, sd = gp.posterior(points)
    draws = np.array([PosteriorDraw(gp, seed)(points) for seed in range(N)])
    assert (np.abs(draws.mean(axis=0) - mean) < 4.5 * sd / np.sqrt(N) + 1e-4).all()
    assert np.allclose(draws.std(axis=0), sd, rtol=0.3, atol=1e-3)
    model = gp.model.posterior(gp.inputs(points))
    assert np.abs(np.cov(draws.T) - model.distribution.covariance_matrix.detach().numpy()).max() < 0.4 * sd.max() ** 2


def test_a_draw_is_one_function_whenever_it_is_asked(archs: list[Architecture], error: Errors) -> None:
    for kernel in KERNELS[::2]:
        gp = GP(kernel).fit(archs[:10], error(archs[:10], 0))
        draw = PosteriorDraw(gp, 5)
        whole = draw(archs[:40])
        assert np.allclose(draw(archs[20:30]), whole[20:30], atol=1e-9)
        assert draw([]).shape == (0,)
    flat = GP(FlatWL()).fit(archs[:10], error(archs[:10], 0))
    other = GP(FlatWL()).fit(archs[:10], error(archs[:10], 0))
    other.store.rows(hierarchical_nb201().sample(5, seed=0))
    assert np.allclose(PosteriorDraw(flat, 5)(archs[20:30]), PosteriorDraw(other, 5)(archs[20:30]), atol=1e-9)


def test_two_draws_differ_and_thompson_maximises_one(archs: list[Architecture], error: Errors) -> None:
    gp = GP().fit(archs[:10], error(archs[:10], 0))
    assert not np.allclose(PosteriorDraw(gp, 0)(archs[20:]), PosteriorDraw(gp, 1)(archs[20:]))
    score = Thompson().bind(gp, 0.1, np.random.default_rng(0))
    same = Thompson().bind(gp, 9.0, np.random.default_rng(0))
    assert (score(archs) == same(archs)).all()
    best = [archs[int(np.argmax(Thompson().bind(gp, 0.1, np.random.default_rng(s))(archs[20:])))] for s in range(20)]
    assert len(set(best)) > 1
