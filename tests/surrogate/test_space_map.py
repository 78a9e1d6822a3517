"""A map of the space as the surrogate sees it."""

from collections.abc import Callable

import numpy as np
import pytest

from nasviz import spaces
from nasviz.errors import NasvizError
from nasviz.spaces import Architecture, is_connected, nb201, parse
from nasviz.surrogate import GP, FeatureStore, HierarchicalWL, Numeric, log_ei
from nasviz.surrogate.embedding import embed
from nasviz.surrogate.space_map import lets_through

Errors = Callable[[list[Architecture], int], np.ndarray]


@pytest.fixture(scope="module")
def gp(archs: list[Architecture], error: Errors) -> GP:
    return GP(HierarchicalWL(iterations=(1, 2, 2, 2, 2, 2)) + Numeric("depth")).fit(archs[:30], error(archs[:30], 0))


def test_it_is_the_embedding_of_the_prior_with_the_beliefs_of_the_process(gp: GP) -> None:
    found = gp.map(candidates=25, seed=3)
    record = found.record
    shown = [*gp.archs, *found.candidates]
    assert record.terms == tuple(map(str, shown))
    assert len(set(shown)) == len(record.x) == len(record.y) > 40
    assert record.values == tuple(gp.y)
    assert record.best == int(np.argmin(gp.y))
    mean, sd = gp.predict(shown)
    assert np.allclose(record.mean, mean, atol=1e-9)
    assert np.allclose(record.sd, sd, atol=1e-9)
    assert np.allclose(record.acquisition, log_ei(gp, shown, gp.y.min()), atol=1e-6)
    gram = gp.gram(shown) / gp.outputscale
    centre = np.eye(len(shown)) - 1 / len(shown)
    variance = np.linalg.eigvalsh(centre @ gram @ centre)[::-1]
    assert np.allclose(record.shares, variance[:2] / variance.sum(), atol=1e-9)
    assert np.var(record.x) * len(shown) == pytest.approx(variance[0])


def test_what_the_kernel_does_not_tell_apart_is_shown_once(gp: GP) -> None:
    found = gp.map(candidates=40, seed=3)
    assert len(found.drawn) == 40
    kept: list[Architecture] = []
    for arch in dict.fromkeys(found.drawn):
        if is_connected(arch.term) and max(gp.gram([arch], [*gp.archs, *kept])[0]) < gp.outputscale * (1 - 1e-9):
            kept.append(arch)
    assert list(found.candidates) == kept
    assert len(kept) < 40


def test_what_lets_nothing_through_is_placed_on_the_axes_of_the_others(archs: list[Architecture], error: Errors) -> None:
    dead = next(arch for arch in nb201().sample(200, seed=1) if not is_connected(arch.term))
    learned = [*archs[:12], dead]
    gp = GP().fit(learned, error(learned, 0))
    found = gp.map(0)
    assert found.record.aside == (12,)
    living = embed(gp.gram(archs[:12]) / gp.outputscale)
    assert np.allclose(found.coordinates[:12], living.coordinates, atol=1e-9)
    assert np.allclose(found.record.shares, living.shares)
    assert np.allclose(found.coordinates[12:], living.place(gp.gram([dead], archs[:12]) / gp.outputscale), atol=1e-9)
    only = GP().fit([dead, dead], [0.5, 0.6]).map(0)
    assert only.record.aside == (0, 1)
    assert only.record.shares == (0.0, 0.0)


@pytest.mark.parametrize("h", [0, 2])
def test_what_lets_nothing_through_is_known_from_its_features(drawn: list[Architecture], h: int) -> None:
    expected = [is_connected(arch.term) for arch in drawn]
    assert lets_through(FeatureStore(h), drawn).tolist() == expected


def test_a_network_of_id_lets_its_input_through() -> None:
    free = [parse("Linear(id, id)"), parse("Linear(id, zero)"), parse("Residual2(zero, id, conv3x3)"), parse("zero")]
    assert lets_through(FeatureStore(2), free).tolist() == [True, False, True, False]


def test_others_are_placed_where_the_kernel_puts_them(gp: GP, archs: list[Architecture]) -> None:
    found = gp.map(candidates=10)
    assert np.allclose(found.place(found.candidates[:4]), found.coordinates[30:34], atol=1e-9)
    new = archs[40]
    place = found.place([new])
    distances = np.linalg.norm(found.coordinates - place, axis=1)
    assert place.shape == (1, 2)
    assert distances.min() < np.median(distances)
    assert found.place([]).shape == (0, 2)


def test_it_is_a_function_of_its_seed(gp: GP) -> None:
    assert gp.map(10, 1).record == gp.map(10, 1).record
    assert gp.map(10, 1).record.terms != gp.map(10, 2).record.terms


def test_a_later_map_keeps_draws_and_sides(archs: list[Architecture], error: Errors, gp: GP) -> None:
    before = gp.map(20, seed=5)
    learned = [*archs[:30], before.candidates[0]]
    later = GP(gp.kernel, store=gp.store).fit(learned, error(learned, 0))
    after = later.map(20, seed=5, previous=before)
    assert after.drawn is before.drawn
    assert after.candidates == later.map(20, seed=5).candidates, "the draws do not depend on what was before"
    assert after.candidates == before.candidates[1:], "what was evaluated is no candidate any more"
    a = np.array([before.record.x[:30], before.record.y[:30]])
    b = np.array([after.record.x[:30], after.record.y[:30]])
    turns = [np.abs(a - np.array(s)[:, None] * b).sum() for s in ((1, 1), (-1, 1), (1, -1), (-1, -1))]
    assert np.argmin(turns) == 0
    assert later.map(20, seed=6, previous=before).drawn != before.drawn
    assert len(later.map(10, seed=5, previous=before).drawn) == 10


def test_larger_values_may_be_better(archs: list[Architecture], error: Errors) -> None:
    y = -error(archs[:12], 0)
    up = GP(log=False).fit(archs[:12], y).map(5, maximize=True)
    down = GP(log=False).fit(archs[:12], -y).map(5)
    assert up.record.best == down.record.best == int(np.argmax(y))
    assert np.allclose(up.record.acquisition, down.record.acquisition, atol=1e-6)


@pytest.mark.parametrize("n", [1, 10])
def test_one_and_ten_identical_architectures(archs: list[Architecture], n: int) -> None:
    record = GP().fit([archs[0]] * n, np.linspace(0.1, 0.2, n)).map(0).record
    assert len(record.x) == n
    assert not np.any(record.x)
    assert record.shares == (0.0, 0.0)


def test_a_small_space_has_no_more(error: Errors) -> None:
    space = spaces.SearchSpace("S ::= conv3x3 | avg_pool | id | max_pool")
    archs = [space.parse("conv3x3"), space.parse("id")]
    found = GP().fit(archs, [0.1, 0.2]).map(50)
    assert sorted(map(str, found.candidates)) == ["avg_pool", "max_pool"]


def test_bad_numbers(gp: GP) -> None:
    with pytest.raises(ValueError, match="candidates is -1; 0 or more"):
        gp.map(-1)
    with pytest.raises(NasvizError, match="has seen no data"):
        GP().map()


@pytest.mark.parametrize("maximize", [False, True])
def test_what_is_placed_afterwards_is_believed_as_the_map_believes(gp: GP, maximize: bool) -> None:
    found = gp.map(10, maximize=maximize)
    beliefs = found.beliefs(found.archs)
    assert np.allclose([b.mean for b in beliefs], found.record.mean, atol=1e-9)
    assert np.allclose([b.acquisition or 0.0 for b in beliefs], found.record.acquisition, atol=1e-6)
    assert sorted(found.known) == ["NAS-Bench-201, best cell", "NAS-Bench-201, residual cell"]
    assert all(arch.space == gp.archs[0].space for arch in found.known.values())
