import itertools

import pytest

from nasviz.algebra import Operator, Term
from nasviz.errors import BuildError
from nasviz.graph import LINEAR, RESIDUAL2, STANDARD_TOPOLOGIES, ZERO, Join, build_graph, topology
from nasviz.nn.passing import alive_edges, longer, meet

CONV = Term.build(Operator("conv"))
FIXED = [t for t in STANDARD_TOPOLOGIES if not t.variadic and t.operands and set(t.operands) == {"map"}]


@pytest.mark.parametrize("op", [*FIXED[:8], topology("Times", "1>2 1>3 2>4 3>4", merge="mul")], ids=lambda op: op.name)
def test_living_edges_are_those_of_the_pruned_graph(op):
    n = len(op.edges().edges)
    for through in itertools.product((True, False), repeat=n):
        term = Term.build(op, *(CONV if passes else Term.build(ZERO) for passes in through))
        try:
            kept = {e.position[0] for e in build_graph(term).edges if not e.wire}
        except BuildError:
            kept = set()
        assert set(alive_edges(op.edges(), through)) == kept


def test_a_chain_that_is_cut_is_cut_whatever_follows():
    chain = LINEAR.edges(n_maps=3)
    assert longer(chain, ((4, ()),), (5, None)) == ((0, None),) * 2
    assert longer(chain, ((0, None),) * 2, (7, ())) == ((0, None),) * 3
    assert longer(RESIDUAL2.edges(), ((4, ()),), (5, None)) == ((4, ()), (5, None))


def test_shapes_that_meet():
    term = Term.build(RESIDUAL2, CONV, CONV, CONV)
    equal, wide = Join("sum", 0, term), Join("concat", 0, term)
    assert meet(None, (4, 8, 8), equal) == (4, 8, 8)
    assert meet((4, 8, 8), (4, 8, 8), equal) == (4, 8, 8)
    assert meet((4, 8, 8), (8, 8, 8), equal) is None
    assert meet((4, 8, 8), (8, 8, 8), wide) == (12, 8, 8)
    assert meet((4, 8, 8), (4, 4, 4), wide) is None
    assert meet((10, 4), (10, 6), wide) == (10, 10)
    assert meet((4, 8, 8), (4, 8, 8), Join("unheard", 0, term)) is None
