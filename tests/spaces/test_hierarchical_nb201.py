"""Hierarchical NAS-Bench-201: both published sizes, contract, head and operators."""

import pytest

from nasviz.grammar import log10_of
from nasviz.spaces import hierarchical_nb201, is_connected
from nasviz.spaces import operators as ops
from nasviz.testing import check_space


def test_contract():
    check_space(hierarchical_nb201(), n=8)
    other = hierarchical_nb201(input_shape=(1, 16, 16), num_classes=4)
    assert (other.input_shape, other.num_classes) == ((1, 16, 16), 4)
    assert other.fingerprint == hierarchical_nb201().fingerprint


def test_sizes_by_both_conventions():
    space = hierarchical_nb201()
    terms, derivations = space.count(), space.count("derivations")
    assert (len(str(terms)), str(terms)[:10]) == (376, "7029365796")
    assert (len(str(derivations)), str(derivations)[:10]) == (447, "1238293455")
    assert log10_of(terms) == pytest.approx(375.8469, abs=1e-4)
    assert log10_of(derivations) == pytest.approx(446.0928, abs=1e-4)


def test_convolutions_stand_alone_and_the_head_normalises():
    space = hierarchical_nb201()
    assert space.head == ops.bn_relu_pool_linear
    assert space.stem == ops.conv_stem
    convolutions = {op for op in space.grammar.operators if op.name in ("conv1x1", "conv3x3")}
    assert convolutions == {ops.plain_conv1x1, ops.plain_conv3x3}
    assert "2023" in space.source
    assert space.bibtex.startswith("@inproceedings")


def test_about_one_draw_in_five_is_disconnected():
    drawn = hierarchical_nb201().sample(100, seed=0)
    assert 0.65 < sum(is_connected(a.term) for a in drawn) / 100 < 0.92


def test_connected_is_a_constraint():
    space = hierarchical_nb201(connected=True)
    check_space(space, n=8)
    assert all(is_connected(a.term) for a in space.sample(50, seed=0))
    assert str(space.count("derivations"))[:10] == "1237456330"
    assert space.fingerprint != hierarchical_nb201().fingerprint
