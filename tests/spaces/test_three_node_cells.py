"""The 116 connected cells of three nodes."""

from itertools import product

from nasviz.spaces import three_node_cells
from nasviz.testing import check_space

OPS = ("id", "zero", "conv3x3", "conv1x1", "avg_pool")


def test_contract():
    check_space(three_node_cells(), n=8)


def test_it_holds_the_connected_cells_and_no_others():
    found = {str(arch) for arch in three_node_cells().enumerate()}
    naive = {f"Residual2({a}, {b}, {c})" for a, b, c in product(OPS, repeat=3) if b != "zero" or (a != "zero" and c != "zero")}
    assert found == naive
    assert len(found) == three_node_cells().count() == 116
