from nasviz.grammar import Grammar
from nasviz.grammar.normal import Flat, close, reachable, unit_users


def test_nested_subterms_become_symbols_once(small):
    form = Grammar.parse("S ::= f(s(a), s(a)) | s(a) | A\nA ::= a", small).normal_form
    assert form.names == ["S", "A", "", ""]
    a, s, f = (form.operators[small.resolve(name, n)] for name, n in (("a", 0), ("s", 1), ("f", 2)))
    assert form.rules == [
        Flat(2, a),
        Flat(3, s, (2,)),
        Flat(0, f, (3, 3), production=0),
        Flat(0, s, (2,), production=1),
        Flat(0, unit=1, production=2),
        Flat(1, a, production=0),
    ]


def test_shared_nonterminals_are_a_leaf_and_an_inner_symbol(small):
    form = Grammar.parse("S ::= f(A, A)\nshared A ::= a | b", small).normal_form
    assert form.names == ["S", "A", "A"]
    assert form.inner == {1: 2}
    assert (form.defining("S"), form.defining("A")) == (0, 2)
    assert [len(rules) for rules in form.by_lhs()] == [1, 0, 2]
    assert reachable(form, 0) == {0, 1}
    assert reachable(form, 0, through_shared=True) == {0, 1, 2}


def test_closing_under_units(small):
    form = Grammar.parse("S ::= A | a\nA ::= B | s(S)\nB ::= b | A", small).normal_form
    users = unit_users(form)
    assert users == {1: [0, 2], 2: [1]}
    assert close({0}, users) == {0}
    assert close({2}, users) == {0, 1, 2}
