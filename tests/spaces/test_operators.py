"""The standard operators are data with names, sorts and sentences."""

import pytest

from nasviz.algebra import Operator, Sort
from nasviz.spaces import operators as ops


def test_the_standard_set():
    names = {op.name for op in ops.STANDARD}
    assert {"conv", "conv1x1", "conv3x3", "dconv3x3", "avg_pool", "max_pool", "down", "relu", "hardswish", "mish"} <= names
    assert {"batch", "instance", "layer", "fc", "id", "zero", "add", "mul", "concat", "Linear", "Cell"} <= names
    assert len(names) == len(ops.STANDARD)
    assert all(op.doc for op in (*ops.STANDARD, *ops.VARIANTS, *ops.STEMS, *ops.HEADS))
    assert all(op.result is Sort.MAP and set(op.operands) <= {Sort.INT, Sort.FLOAT} for op in ops.PRIMITIVES)
    assert {op for op in ops.PRIMITIVES if op.operands} == set(ops.NUMBERS)
    assert all(len(numbers) == op.arity for op, numbers in ops.NUMBERS.items())


@pytest.mark.parametrize(
    ("alias", "arity", "name"),
    [("Sequential", 5, "Linear"), ("Residual", 3, "Residual2"), ("Residual", 4, "Residual3"), ("Diamond", 6, "Diamond3")],
)
def test_aliases(alias, arity, name):
    assert ops.signature().resolve(alias, arity).name == name


def test_own_operators_come_first():
    mine = Operator("conv", doc="Mine.")
    assert ops.signature([mine]).resolve("conv", 0) is mine


def test_variants_share_a_name_and_differ():
    assert ops.plain_conv3x3.name == ops.conv3x3.name
    assert ops.plain_conv3x3 != ops.conv3x3
    assert ops.plain_conv3x3.declaration() != ops.conv3x3.declaration()
