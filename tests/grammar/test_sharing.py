import pytest

from nasviz.grammar import Grammar
from nasviz.grammar.sharing import avoidable, draws_of, overlap


def test_draws_are_made_in_the_order_of_use(small):
    form = Grammar.parse("S ::= f(A, B)\nshared A ::= s(B)\nshared B ::= v(C) | a\nC ::= b\nshared D ::= a", small).normal_form
    assert [form.names[s] for s in draws_of(form, 0)] == ["B", "A"]
    assert draws_of(form, form.index["C"]) == []


CASES = [
    ("S ::= v(A)\nshared A ::= a | s(a)", ""),
    ("S ::= v(A, B)\nshared A ::= a | b\nB ::= a", "A"),
    (
        "S ::= v(A, B)\nshared A ::= a | b\nshared B ::= b | c",
        "A",
    ),
    ("S ::= v(A)\nshared A ::= B\nshared B ::= a", ""),
    ("S ::= v(A, B)\nshared A ::= B\nshared B ::= a | b", "B"),
    ("S ::= v(A)\nshared A ::= v(a)", "A"),
    ("shared A ::= v(v(a), B)\nshared B ::= b", ""),
]


@pytest.mark.parametrize(("text", "name"), CASES)
def test_overlap(text, name, small):
    form = Grammar.parse(text, small).normal_form
    reason = f"terms of the shared nonterminal {name} may also be derived without it" if name else ""
    assert overlap(form, 0, draws_of(form, 0)) == reason


def test_avoidable(small):
    form = Grammar.parse(
        "S ::= f(A, B)\nshared A ::= a | C\nshared B ::= s(D)\nshared C ::= b\nshared D ::= c", small
    ).normal_form
    assert {name: avoidable(form, 0, form.index[name]) for name in "ABCD"} == {"A": False, "B": False, "C": True, "D": False}
