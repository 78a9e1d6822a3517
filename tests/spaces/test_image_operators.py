"""Operators of convolutional networks and of activation functions as data."""

import pytest

from nasviz.algebra import Sort
from nasviz.spaces import SearchSpace, operators
from nasviz.spaces import image_operators as ops


def test_names_sentences_and_sources():
    every = (*ops.IMAGE, *ops.UNARY, *ops.BINARY_MERGES, ops.APPLY)
    assert len({op.name for op in every}) == len(every)
    assert all(op.doc.endswith(".") and op.source for op in every)
    assert set(every) <= set(operators.STANDARD)
    assert len(ops.UNARY) == 24
    assert len(ops.BINARY_MERGES) == 8
    assert all(op.result is Sort.MERGE for op in ops.BINARY_MERGES)


def test_numbers_have_an_example_and_steps():
    counted = {op for op in ops.IMAGE if op.operands}
    assert counted == set(ops.IMAGE_NUMBERS) == set(ops.IMAGE_STEPS)
    assert all(len(numbers) == op.arity for op, numbers in ops.IMAGE_NUMBERS.items())


@pytest.mark.parametrize(
    ("term", "halvings", "widening"),
    [
        ("squeeze_excite(4)", 0, 1),
        ("Linear(swish, down)", 1, 2),
        ("Linear(widen(3), relu6)", 0, None),
        ("depthwise(3, 2)", None, 1),
        ("subsample(32, 2)", None, None),
    ],
)
def test_constraints_know_what_numbers_leave_open(term, halvings, widening):
    for attribute, value in (("halvings", halvings), ("widening", widening)):
        for asked in (0, 1, 2):
            n = SearchSpace(f"S ::= {term}\nrequire {attribute} == {asked}\n").count()
            assert n == (value == asked)
