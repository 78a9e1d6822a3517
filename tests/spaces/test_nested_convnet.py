"""The recursive space for teaching."""

import math

from nasviz.grammar import criticality
from nasviz.spaces import nested_convnet
from nasviz.testing import check_space


def test_contract():
    check_space(nested_convnet(), n=8)


def test_endless_with_a_finite_expected_size():
    space = nested_convnet()
    assert space.count() == math.inf
    assert [space.count(max_height=h) for h in (1, 2)] == [4, 4 + 16 + 16 + 256]
    assert abs(criticality(space.grammar) - 0.9) < 1e-9
