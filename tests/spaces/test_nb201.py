"""NAS-Bench-201: one cell, fifteen times."""

import pytest

from nasviz.spaces import nb201
from nasviz.spaces import operators as ops
from nasviz.testing import check_space


def test_contract():
    check_space(nb201(), n=8)


def test_one_cell_fifteen_times():
    space = nb201()
    assert space.count() == 15_625
    assert space.head == ops.bn_relu_pool_linear
    assert ops.conv3x3 in space.grammar.operators
    arch = space.sample(seed=1)
    cells = [str(arch.term.subterm(i)) for i, op in enumerate(arch.term.operators) if op.name == "Cell"]
    assert len(cells) == 15
    assert len(set(cells)) == 1
    assert [op.name for op in arch.term.operators].count("down") == 2


@pytest.mark.slow
def test_connected_leaves_out_341_cells_and_every_other_is_reached():
    check_space(nb201(connected=True), n=8)
    space = nb201(connected=True)
    cells = set()
    for arch in space.enumerate():
        i = next(i for i, op in enumerate(arch.term.operators) if op.name == "Cell")
        cells.add(tuple(op.name for op in arch.term.operators[i + 1 : i + 7]))
    assert len(cells) == space.count() == 15_284
    assert ("zero",) * 6 not in cells
