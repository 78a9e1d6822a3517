"""Operators from declarations: own ones are needed, topologies are their data, what is missing is named."""

import pytest

from nasviz.algebra import Operator, Sort
from nasviz.errors import StorageError
from nasviz.graph import BINARY, CELL, topology
from nasviz.spaces import operators as ops
from nasviz.spaces.declared import Declared, restore

MINE = Operator("mine")
MINE2 = Operator("mine2", (Sort.INT,))


def declarations(*operators):
    return [op.declaration() for op in operators]


def test_standard_operators_are_known():
    known = (ops.conv3x3, ops.plain_conv3x3, CELL, BINARY, ops.conv_stem, ops.bn_relu_pool_linear)
    assert restore(declarations(*known), []) == list(known)


def test_own_operators_are_taken():
    assert restore(declarations(MINE), [MINE])[0] is MINE


def test_own_topologies_need_no_code():
    diamond = topology("MyDiamond", "1>2 1>3 2>4 3>4", merge="concat")
    (found,) = restore(declarations(diamond), [])
    assert found == diamond


def test_missing_operators_are_named():
    with pytest.raises(StorageError) as caught:
        restore(declarations(MINE, ops.conv, MINE2), [])
    assert str(caught.value) == (
        "missing operators: mine, mine2; pass them as operators=[...], or open with declared_only=True to look without building"
    )


def test_declared_only_keeps_the_declaration():
    found = restore(declarations(MINE, MINE2), [], declared_only=True)
    assert all(isinstance(op, Declared) for op in found)
    assert declarations(*found) == declarations(MINE, MINE2)
    assert found[1].operands == (Sort.INT,)


def test_a_changed_operator_is_refused():
    with pytest.raises(StorageError, match=r"the operator mine differs from the stored one: operands was \[\], is \['int'\]"):
        restore(declarations(MINE), [Operator("mine", (Sort.INT,))])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "the stored operators are no list"),
        ([3], "a stored operator is a JSON object with a name"),
        ([{"kind": "Topology", "name": "T"}], "the stored topology 'T' cannot be read"),
        ([{"kind": "Topology", "name": "T", "edges": "1>1", "merge": "sum"}], "closes a cycle"),
        ([{"kind": "Primitive", "name": "<b>", "operands": [], "result": "map", "variadic": False}], "cannot be read"),
        ([{"kind": "Primitive", "name": "p"}], "the stored operator 'p' cannot be read"),
    ],
)
def test_bad_declarations(data, message):
    with pytest.raises(StorageError, match=message):
        restore(data, [], declared_only=True)
