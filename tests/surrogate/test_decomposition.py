import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import Architecture
from nasviz.surrogate import GP, FlatWL, HierarchicalWL, Numeric, ProductionCounts
from nasviz.surrogate.decomposition import decompose


@pytest.mark.parametrize(
    ("kernel", "counting", "whole"),
    [
        (FlatWL(1), 1, []),
        (HierarchicalWL((1, 2), 2, (1, 2, 2)), 3, []),
        (FlatWL(1) + ProductionCounts() + Numeric("depth"), 2, ["depth"]),
        (FlatWL(1) * Numeric("depth") + FlatWL(0) * FlatWL(2), 1, ["full graph × full graph"]),
        (HierarchicalWL((1, 2), 2, (1, 2, 2)) * Numeric("depth"), 3, []),
        (HierarchicalWL((1,), 2, (1, 2)) * ProductionCounts() + FlatWL(1), 1, ["(level 1 + full graph) × productions"]),
        ((FlatWL(1) + Numeric("depth")) * Numeric("parameters"), 1, ["(full graph + depth) × parameters"]),
    ],
)
def test_the_parts_sum_to_the_covariance(archs: list[Architecture], kernel, counting: int, whole: list[str]) -> None:
    gp = GP(kernel).fit(archs[:10], np.linspace(0.1, 0.3, 10))
    found = decompose(gp)
    assert len(found.counting) == counting
    assert [part.name for part in found.whole] == whole
    rows = gp.store.rows(archs[:10])
    total = sum((part.covariance(rows, rows) for part in found.whole), start=np.zeros((10, 10)))
    for part in found.counting:
        times = 1.0 if part.times is None else part.times(rows, rows)
        total = total + part.weight * part.kernel.block(rows, rows) * times
    module = gp.model.covar_module
    assert total == pytest.approx(module(gp.inputs(gp.archs)).to_dense().detach().numpy(), abs=1e-9)


def test_counts_in_products_of_several_only(archs: list[Architecture]) -> None:
    gp = GP(FlatWL(1) * ProductionCounts()).fit(archs[:5], np.linspace(0.1, 0.3, 5))
    with pytest.raises(NasvizError, match="counts only in products of several, so no part of an architecture has a credit"):
        decompose(gp)


def test_nothing_is_counted(archs: list[Architecture]) -> None:
    gp = GP(Numeric("depth")).fit(archs[:5], np.linspace(0.1, 0.3, 5))
    with pytest.raises(NasvizError, match=r"Add a kernel that does: HierarchicalWL\(\) \+ Numeric"):
        decompose(gp)
