"""The operators of sequences as data."""

import pytest

from nasviz.algebra import Sort
from nasviz.errors import TermError
from nasviz.spaces import SearchSpace, parse
from nasviz.spaces import sequence_operators as ops


def test_they_are_known_to_every_space():
    assert all(op.doc and op.source and op.result is Sort.MAP for op in ops.SEQUENCE)
    assert parse("Linear(patches(4), linear(12), attention(3), transpose, mean_pool)").term.operators[1] is ops.patches
    assert {op for op in ops.SEQUENCE if op.operands} == set(ops.SEQUENCE_NUMBERS)
    with pytest.raises(TermError, match="attention"):
        parse("attention(0.5)")


def test_what_they_do_to_channels_counts_in_constraints():
    grammar = "S ::= Linear(B, B)\nB ::= attention(2) | expand(2) | gelu | class_token\nrequire widening == 1"
    space = SearchSpace(grammar, input_shape=(9, 8))
    assert space.count() == 9
    assert "expand" not in "".join(str(arch) for arch in space.enumerate())
