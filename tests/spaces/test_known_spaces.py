"""The published spaces: sizes as published, contract, and stem and head."""

import math

import pytest

from nasviz.grammar import log10_of
from nasviz.spaces import digits_cells, hierarchical_nb201, is_connected, nb201, nested_convnet
from nasviz.spaces import operators as ops
from nasviz.testing import check_space

SPACES = [hierarchical_nb201, nb201, nested_convnet, digits_cells]


@pytest.mark.parametrize("make", SPACES)
def test_contract(make):
    check_space(make(), n=8)
    other = make(input_shape=(1, 16, 16), num_classes=4)
    assert (other.input_shape, other.num_classes) == ((1, 16, 16), 4)
    assert other.fingerprint == make().fingerprint
    assert other.name
    assert other.source


def test_hierarchical_nb201_by_both_conventions():
    space = hierarchical_nb201()
    terms, derivations = space.count(), space.count("derivations")
    assert (len(str(terms)), str(terms)[:10]) == (376, "7029365796")
    assert (len(str(derivations)), str(derivations)[:10]) == (447, "1238293455")
    assert log10_of(terms) == pytest.approx(375.8469, abs=1e-4)
    assert log10_of(derivations) == pytest.approx(446.0928, abs=1e-4)
    assert space.head == ops.bn_relu_pool_linear
    convolutions = {op for op in space.grammar.operators if op.name in ("conv1x1", "conv3x3")}
    assert convolutions == {ops.plain_conv1x1, ops.plain_conv3x3}


def test_hierarchical_nb201_is_connected_in_four_of_five():
    drawn = hierarchical_nb201().sample(200, seed=0)
    assert 0.65 < sum(is_connected(a.term) for a in drawn) / 200 < 0.92


def test_nb201_has_one_cell():
    space = nb201()
    assert space.count() == 15_625
    arch = space.sample(seed=1)
    cells = [str(arch.term.subterm(i)) for i, op in enumerate(arch.term.operators) if op.name == "Cell"]
    assert len(cells) == 15
    assert len(set(cells)) == 1
    assert [op.name for op in arch.term.operators].count("down") == 2


def test_nested_convnet_is_endless():
    space = nested_convnet()
    assert space.count() == math.inf
    assert [space.count(max_height=h) for h in (1, 2)] == [4, 4 + 16 + 16 + 256]


def test_digits_cells_is_small():
    space = digits_cells()
    assert 300 <= space.count() <= 9999
    assert "zero" not in {op.name for op in space.grammar.operators}
