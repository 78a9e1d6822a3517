"""DARTS: the published number of cells, two cells in eight places, channels and resolution."""

from nasviz.grammar import Grammar, count
from nasviz.nn import infer_shapes
from nasviz.spaces import darts
from nasviz.spaces import operators as ops
from nasviz.spaces.darts import CELLS
from nasviz.testing import check_space


def test_contract():
    check_space(darts(), n=4)
    assert "2019" in darts().source
    assert darts().bibtex.startswith("@inproceedings")


def test_sizes():
    assert darts().count() == darts().count("derivations") == 1_037_664_180**2
    one = "start NORMAL\n" + "\n".join(
        line.removeprefix("shared ") for line in CELLS.splitlines() if not line.startswith("shared REDUCE")
    )
    assert count(Grammar.parse(one, ops.signature())) == 1_037_664_180


def test_two_cells_in_eight_places():
    for arch in darts().sample(5, seed=0):
        names = [op.name for op in arch.term.operators]
        assert (names.count("NormalCell"), names.count("ReductionCell")) == (6, 2)
        cells = {str(arch[k]) for k in range(2, 10)}
        assert len(cells) == 2


def test_the_two_inputs_of_a_node_differ():
    for arch in darts().sample(20, seed=1):
        cell = arch[2].term
        numbers = [cell.operators[i].value for i in cell.children(0) if cell.operators[i].result == "int"]
        assert all(a < b for a, b in zip(numbers[::2], numbers[1::2], strict=True))


def test_channels_double_where_the_resolution_halves():
    arch = darts().sample(seed=0)
    shapes = infer_shapes(arch)
    assert [shapes[(k, 0)][0] for k in range(2, 10)] == [
        *[(64, 32, 32)] * 3,
        *[(128, 16, 16)] * 3,
        *[(256, 8, 8)] * 2,
    ]
    assert shapes[(10,)][0] == (256, 8, 8)
    assert {j.merge for j in arch.graph().joins.values()} == {"sum", "concat"}
