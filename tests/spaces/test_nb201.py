"""NAS-Bench-201: one cell, fifteen times."""

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
