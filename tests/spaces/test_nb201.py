"""NAS-Bench-201: one cell, fifteen times."""

import re
from itertools import islice, product

import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import nb201, nb201_parse, nb201_string, parse
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


def cells():
    """Every cell as a string, written from the five names and nothing else."""
    names = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
    for a, b, c, d, e, f in product(names, repeat=6):
        yield f"|{a}~0|+|{b}~0|{c}~1|+|{d}~0|{e}~1|{f}~2|"


def test_strings_of_some_cells_go_both_ways():
    for text in islice(cells(), 0, None, 211):
        assert nb201_string(nb201_parse(text)) == text


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_all_15625_strings_go_both_ways():
    seen = set()
    for text in cells():
        arch = nb201_parse(text)
        assert nb201_string(arch) == text
        seen.add(arch)
    assert len(seen) == 15_625


def test_a_string_says_what_the_term_computes():
    arch = nb201_parse(
        "|nor_conv_3x3~0| + |none~0|avg_pool_3x3~1| + |skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|", (1, 16, 16), 7
    )
    assert str(arch[0, 0, 0]) == "Cell(conv3x3, zero, avg_pool, id, conv1x1, conv3x3)"
    assert (arch.space.input_shape, arch.space.num_classes) == ((1, 16, 16), 7)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is written |op~0|+|op~0|op~1|+|op~0|op~1|op~2|, found ''"),
        ("|none~0|+|none~0|none~1|", "is written |op~0|"),
        (None, "is written |op~0|+|op~0|op~1|+|op~0|op~1|op~2|, found 'None'"),
        ("|none~0|+|none~1|none~1|+|none~0|none~1|none~2|", "is written |op~0|"),
        ("|none~0|+|none~0|nor_conv_3x4~1|+|none~0|none~1|none~2|", "no operation 'nor_conv_3x4'; did you mean nor_conv_3x3?"),
        ("|none~0|+|none~0|quux~1|+|none~0|none~1|none~2|", "no operation 'quux'; known are none, skip_connect"),
    ],
)
def test_strings_that_are_none(text, words):
    with pytest.raises(NasvizError, match=re.escape(words)):
        nb201_parse(text)


def test_other_architectures_have_no_string():
    with pytest.raises(NasvizError, match="not an architecture of NAS-Bench-201, one cell fifteen times"):
        nb201_string(parse("Cell(id, id, id, id, id, id)"))
    with pytest.raises(NasvizError, match="not an architecture of NAS-Bench-201, one cell fifteen times: None"):
        nb201_string(None)


@pytest.mark.parametrize("cell", list(product(("conv1x1", "conv3x3", "avg_pool"), repeat=3)), ids="-".join)
def test_parameters_are_the_published_formula(cell):
    """In millions 0.073306 + 0.028 for each conv1x1 + 0.24304 for each conv3x3, with 16-32-64 channels and 5 cells a stage."""
    names = {"conv1x1": "nor_conv_1x1", "conv3x3": "nor_conv_3x3", "avg_pool": "avg_pool_3x3"}
    a, b, c = (names[op] for op in cell)
    arch = nb201_parse(f"|{a}~0|+|skip_connect~0|{b}~1|+|skip_connect~0|{c}~1|skip_connect~2|")
    published = 0.073306 + 0.028 * cell.count("conv1x1") + 0.24304 * cell.count("conv3x3")
    assert arch.cost().parameters == round(published * 1e6)
