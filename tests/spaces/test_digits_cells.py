"""The finite space for 8x8 digits."""

from nasviz.spaces import digits_cells
from nasviz.testing import check_space


def test_contract():
    check_space(digits_cells(), n=8)


def test_small_and_always_connected():
    space = digits_cells()
    assert 300 <= space.count() <= 9999
    assert space.input_shape == (1, 8, 8)
    assert "zero" not in {op.name for op in space.grammar.operators}
    assert all(len(a.graph()) for a in space.sample(50, seed=0))
