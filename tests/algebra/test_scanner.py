"""Bad term texts: each error says what was found, where, and what to type."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasviz.algebra import Literal, Operator, Signature, Sort, parse_term, term_from_json
from nasviz.errors import StorageError, TermError

OPERATORS = [
    Operator("Linear", (Sort.MAP,), variadic=True),
    Operator("Residual2", (Sort.MAP,) * 3),
    Operator("Residual3", (Sort.MAP,) * 4),
    Operator("Scale", (Sort.FLOAT, Sort.INT, Sort.MAP)),
    *(Operator(n) for n in ("conv3x3", "id", "fc")),
]
SIGNATURE = Signature(OPERATORS, {"Residual": ("Residual2", "Residual3"), "Sequential": ("Linear",)})


def test_aliases_resolve_by_the_number_of_operands() -> None:
    assert parse_term("Residual(id, id, id)", SIGNATURE).text == "Residual2(id, id, id)"
    assert parse_term("Sequential( Residual(id,id,id,id) )", SIGNATURE).text == "Linear(Residual3(id, id, id, id))"


def test_numbers_are_terms() -> None:
    term = parse_term("Scale(-0.75, 4, id)", SIGNATURE)
    ratio, count = term.operator(1), term.operator(2)
    assert isinstance(ratio, Literal)
    assert isinstance(count, Literal)
    assert (ratio.value, ratio.result, count.value, count.result) == (-0.75, Sort.FLOAT, 4, Sort.INT)
    assert parse_term("Scale(1, 4, id)", SIGNATURE).text == "Scale(1, 4, id)"


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "an empty term; type an operator"),
        ("   ", 1, "an empty term"),
        ("Linear(conv3x4)", 8, "unknown operator 'conv3x4'"),
        ("Linear(conv3x3", 1, "the '(' of Linear is never closed"),
        ("Linear(conv3x3,", 15, "the term ends where an operator is expected"),
        ("Linear(conv3x3,)", 16, "expected an operator, found ')'"),
        ("Linear()", 8, "expected an operator, found ')'"),
        ("Linear(id))", 11, "')' without an open '('"),
        ("id id", 4, "expected the end, found 'id'"),
        ("Linear(id id)", 11, "expected ',' or ')', found 'id'"),
        ("(id)", 1, "'(' must follow the name of an operator"),
        ("3(id)", 2, "'(' must follow the name of an operator"),
        ("Linear(id; id)", 10, "unexpected character ';'"),
        ("Linear(id\x00)", 10, "unexpected character '\\x00'"),
        ("Residual(id)", 1, "Residual takes 3 operands or 4 operands, found 1"),
        ("Linear(id, 3)", 12, "operand 2 of Linear at (1,) must be a map, found 3, an int"),
        ("Scale(0.5, 0.5, id)", 12, "operand 2 of Scale at (1,) must be an int, found 0.5, a float"),
        ("id(id)", 1, "id takes no operands, found 1"),
        ("<script>alert(1)</script>", 1, "unexpected character '<'"),
    ],
)
def test_bad_text(text: str, column: int, words: str) -> None:
    with pytest.raises(TermError) as caught:
        parse_term(text, SIGNATURE)
    assert words in str(caught.value)
    assert caught.value.column == column


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(TermError, match=r"did you mean conv3x3\?"):
        parse_term("Linear(conv3x4)", SIGNATURE)
    with pytest.raises(TermError, match="known: Linear, Residual2"):
        parse_term("zzz", SIGNATURE)


@given(st.text(alphabet="Linear(id, )3.\n-eé", max_size=60))
def test_any_text_is_a_term_or_a_term_error(text: str) -> None:
    try:
        term = parse_term(text, SIGNATURE)
    except TermError:
        return
    assert parse_term(term.text, SIGNATURE) == term


def test_a_term_has_a_json_form_with_a_version() -> None:
    term = parse_term("Linear(id, fc)", SIGNATURE)
    assert term_from_json(json.loads(json.dumps(term.to_json())), SIGNATURE) == term
    with pytest.raises(StorageError, match="a term of version 9; this nasviz reads version 1"):
        term_from_json({**term.to_json(), "v": 9}, SIGNATURE)
    with pytest.raises(StorageError, match="no stored term"):
        term_from_json(["id"], SIGNATURE)
