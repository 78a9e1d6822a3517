"""Empirical distributions, and equal complexity against the definition, written out naively."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.evaluation import edf, equal_complexity


def naive(first, second, edges, value):
    """Radosavovic et al. 2019: each of k bins that both spaces occupy has the mass 1 / k in both; the share at most `value`."""

    def held(side, j):
        last = j == len(edges) - 2
        return [e for c, e in side if edges[j] <= c < edges[j + 1] or (last and c == edges[-1])]

    bins = [(held(first, j), held(second, j)) for j in range(len(edges) - 1)]
    bins = [pair for pair in bins if pair[0] and pair[1]]
    return [sum(sum(e <= value for e in pair[k]) / len(pair[k]) for pair in bins) / len(bins) for k in (0, 1)]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("bins", [1, 3, 10])
def test_against_the_definition(seed, bins):
    rng = np.random.default_rng(seed)
    spread = 1 if seed % 2 else 100  # beyond a factor of ten bins grow by equal factors
    sides = [
        [(float(c), float(e)) for c, e in zip(1 + spread * rng.random(n), rng.integers(0, 9, n) / 10, strict=True)]
        for n in (40, 25)
    ]
    found = equal_complexity(*sides, bins=bins)
    low, high = max(min(s)[0] for s in sides), min(max(s)[0] for s in sides)
    assert found.edges[0] == pytest.approx(low)
    assert found.edges[-1] == pytest.approx(high)
    assert len(found.edges) == bins + 1
    widths = np.diff(found.edges) if high <= 10 * low else np.diff(np.log(found.edges))
    assert np.allclose(widths, widths[0])
    for value in np.arange(-1, 10) / 10:
        assert [f.at(value) for f in found.edfs] == pytest.approx(naive(*sides, found.edges, value))


@pytest.mark.slow
def test_size_alone_is_no_advantage():
    rng = np.random.default_rng(0)

    def space(mean):
        complexity = rng.normal(mean, 150, 4000).clip(100, 1000)
        return [(c, 1 - c / 2000 + 0.05 * rng.standard_normal()) for c in complexity]

    small, large = space(400), space(700)
    plain = abs(edf([e for _, e in small]).mean - edf([e for _, e in large]).mean)
    equal = equal_complexity(small, large, bins=20)
    assert plain > 0.1
    assert abs(equal.edfs[0].mean - equal.edfs[1].mean) < 0.01
    assert equal.distance < 0.1


def test_steps_mean_and_quantiles():
    found = edf([0.3, 0.1, 0.3, 0.2])
    assert found.values == (0.1, 0.2, 0.3)
    assert found.shares == pytest.approx((0.25, 0.5, 1.0))
    assert [found.at(x) for x in (0, 0.1, 0.25, 9)] == [0, 0.25, 0.5, 1]
    assert found.mean == pytest.approx(0.225)
    assert (found.quantile(0.5), found.quantile(0.51), found.quantile(1)) == (0.2, 0.3, 0.3)
    weighted = edf([1.0, 2.0], [3.0, 1.0])
    assert weighted.mean == pytest.approx(1.25)


def test_equal_spaces_have_no_distance_and_disjoint_errors_all():
    rows = [(c, c / 10) for c in range(1, 6)]
    assert equal_complexity(rows, rows).distance == 0
    assert equal_complexity(rows, [(c, e + 9) for c, e in rows]).distance == 1


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ([], [(1, 1)], "one of the spaces has no value"),
        ([(1, 0.1), (2, 0.1)], [(3, 0.1)], "the spaces have no complexity in common"),
        ([(1, 0.1), (4, 0.1)], [(2, 0.2), (3, 0.2)], "the spaces have no complexity in common"),
    ],
)
def test_nothing_to_compare_says_why(first, second, reason):
    found = equal_complexity(first, second)
    assert found.reason == reason
    assert found.occupied == 0
    assert math.isnan(found.distance)
    assert math.isnan(found.edfs[0].mean)
    assert math.isnan(found.edfs[0].quantile(0.5))
    assert reason in repr(found)


def test_one_complexity_is_one_bin():
    found = equal_complexity([(5, 0.1), (5, 0.3)], [(5, 0.2)])
    assert found.counts[0][0] == 2
    assert found.edfs[0].at(0.2) == 0.5
    assert repr(found).startswith("EqualComplexity(1 of 10 bins in common, Edf(2 networks, median 0.1")


def test_bins_are_at_least_one():
    with pytest.raises(NasvizError, match="bins is a whole number of 1 or more, found 0"):
        equal_complexity([(1, 1)], [(1, 1)], bins=0)
