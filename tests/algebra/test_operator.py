"""Operators check themselves."""

from __future__ import annotations

import pytest

from nasviz.algebra import Operator, Sort, literal
from nasviz.errors import NasvizError


@pytest.mark.parametrize("name", ["", "3x", "a b", "<b>", "a" * 201, "x\n"])
def test_bad_names(name: str) -> None:
    with pytest.raises(NasvizError, match="cannot name an operator"):
        Operator(name)


def test_a_variadic_operator_has_an_operand() -> None:
    with pytest.raises(NasvizError, match="needs at least one operand sort"):
        Operator("f", variadic=True)


def test_variadic_operands_repeat_the_last_sort() -> None:
    op = Operator("f", (Sort.MERGE, Sort.MAP), variadic=True)
    assert [op.accepts(n) for n in range(4)] == [False, False, True, True]
    assert [op.sort_of(i) for i in range(4)] == [Sort.MERGE, Sort.MAP, Sort.MAP, Sort.MAP]
    assert op.arity_text == "2 or more operands"


def test_declaration_is_json_and_has_no_prose() -> None:
    op = Operator("f", (Sort.MAP,), doc="words", source="words")
    assert op.declaration() == {"kind": "Operator", "name": "f", "operands": ["map"], "result": "map", "variadic": False}
    assert literal(2).declaration()["result"] == "int"
