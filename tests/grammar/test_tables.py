import math

from nasviz.grammar import Grammar


def test_bodies_are_cut_at_nonterminals(small):
    tables = Grammar.parse("S ::= f(s(a), v(A, b, S)) | A\nA ::= a", small).tables
    operators, arities = tables.heads[0][0]
    assert [op.name for op in operators] == ["f", "s", "a", "v"]
    assert arities == [2, 1, 0, 3]
    last, between, first = tables.rests[0][0]
    assert (first, last) == (1, 0)
    assert [op.name for op in between[0]] == ["b"]
    assert tables.pushes == [[(0, 1), (1,)], [()]]
    assert tables.heads[0][1] == ([], [])


def test_steps_reach_past_one_at_the_last_that_can_be_drawn(small):
    tables = Grammar.parse("S ::= a [0.25] | b | c [0]\nT ::= a", small).tables
    assert tables.steps == [[0.25, math.inf, math.inf], None]


def test_shared_leaves_are_negative(small):
    tables = Grammar.parse("S ::= f(A, B)\nshared A ::= s(B)\nshared B ::= a", small).tables
    assert tables.pushes[0] == [(-2, -1)]
    assert tables.shared == (1, 2)
    assert tables.order == (1, 0)
    assert tables.start == 0
    assert Grammar.parse("shared A ::= a", small).tables.start == -1


def test_choice(small):
    text = "S ::= f(A, B)\nA ::= s(C)\nB ::= a\nC ::= a | b\nD ::= a | b [0]"
    tables = Grammar.parse(text, small).tables
    assert dict(zip(tables.names, tables.choice, strict=True)) == {"S": True, "A": True, "B": False, "C": True, "D": False}
