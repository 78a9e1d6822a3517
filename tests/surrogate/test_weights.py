"""What was learned of a kernel, part by part."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import Architecture
from nasviz.surrogate import GP, FlatWL, HierarchicalWL, Numeric, ProductionCounts
from nasviz.surrogate.weights import mean_similarity

Errors = Callable[[list[Architecture], int], np.ndarray]
DEPTH = Numeric("depth", kind="rbf")


def test_weights_of_levels_sum_to_one(archs: list[Architecture], error: Errors) -> None:
    gp = GP(HierarchicalWL()).fit(archs[:25], error(archs[:25], 0))
    found = gp.weights()
    assert sum(part.weight for part in found.parts) == pytest.approx(1.0)
    assert [(p.name, p.level, p.h) for p in found.parts] == [(p.name, p.level, p.h) for p in gp.parts()]
    assert {part.kind for part in found.parts} == {"graph"}
    assert all(0 <= part.similarity <= 1 for part in found.parts)
    assert (found.n, found.noise, found.outputscale, found.log) == (25, gp.noise, gp.outputscale, True)
    assert found.evidence == gp.evidence
    assert found.left_out, "deep levels of a single cell repeat the full graph"
    names = [part.name for part in found.parts]
    assert sorted([*names, *found.left_out]) == ["full graph", *(f"level {level}" for level in range(5))]


def test_a_level_that_tells_nothing_apart_has_similarity_one(archs: list[Architecture], error: Errors) -> None:
    parts = GP(HierarchicalWL(levels=(0,), iterations=(1, 2))).fit(archs[:10], error(archs[:10], 0)).weights().parts
    assert parts[0].similarity == pytest.approx(1.0), "all cells have one outermost production"
    assert parts[-1].similarity < 1


def test_mean_similarity_leaves_the_diagonal_out() -> None:
    gram = np.random.default_rng(0).random((6, 6))
    gram = gram + gram.T
    assert mean_similarity(gram) == pytest.approx(np.mean([gram[i, j] for i in range(6) for j in range(i)]))


def test_a_sum_of_a_product_and_a_number_tells_of_its_factors(archs: list[Architecture], error: Errors) -> None:
    kernel = (FlatWL(1) + ProductionCounts()) * DEPTH + Numeric(len_of_term, log=True)
    parts = GP(kernel).fit(archs[:15], error(archs[:15], 0)).weights().parts
    product = "(full graph + productions) × depth"
    assert [(p.name, p.kind, p.within) for p in parts] == [
        (product, "product", ""),
        ("full graph", "graph", product),
        ("productions", "productions", product),
        ("depth", "number", product),
        ("len_of_term", "number", ""),
    ]
    assert sum(p.weight for p in parts if not p.within) == pytest.approx(1.0)
    assert sum(p.weight for p in parts[1:3]) == pytest.approx(1.0), "shares of their factor"
    assert parts[3].weight == 1.0
    assert (parts[3].rule, parts[4].rule) == ("rbf", "log matern")
    assert all(0.05 <= (p.lengthscale or 0) <= 20 for p in parts[3:])
    assert parts[0].lengthscale is None


def test_one_value(archs: list[Architecture]) -> None:
    found = GP(FlatWL()).fit(archs[:1], [0.5]).weights()
    assert math.isnan(found.parts[0].similarity)
    assert found.parts[0].weight == 1.0


def test_nothing_learned() -> None:
    with pytest.raises(NasvizError, match="has seen no data"):
        GP().weights()


def len_of_term(arch: Architecture) -> float:
    return float(len(arch.term))
