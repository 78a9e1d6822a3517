import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasviz.algebra import Operator, Signature, Sort, parse_term
from nasviz.grammar import AtMost, Grammar
from nasviz.grammar.difference import count_json, count_text, difference


def test_every_kind_of_change(small):
    old = Grammar.parse("S ::= f(A, B) [0.5] | s(A) | c\nA ::= a | b\nB ::= a | s(B)\nshared C ::= a\nT ::= f(C, C)", small)
    new = Grammar.parse(
        "start T\nS ::= f(X, B) | v(X) | c\nX ::= b | a\nB ::= a | s(B) [0.25]\nT ::= f(C, C)\nC ::= a | c", small
    )
    found = difference(old, new)
    assert found.renamed == (("A", "X"),)
    assert [str(p) for p in found.added] == ["S ::= v(X)", "C ::= c"]
    assert [str(p) for p in found.removed] == ["S ::= s(A)"]
    assert str(found) == "\n".join(
        [
            "2 productions added, 1 production removed",
            "~ A is now X",
            "- S ::= s(A)",
            "+ S ::= v(X)",
            "+ C ::= c",
            "* S ::= f(X, B): probability 0.5 -> 0.3333",
            "* S ::= c: probability 0.25 -> 0.3333",
            "* B ::= a: probability 0.5 -> 0.75",
            "* B ::= s(B): probability 0.5 -> 0.25",
            "* C ::= a: probability 1 -> 0.5",
            "! the start was S, is T",
            "! C is shared no more",
            "distinct terms: endlessly many -> 4",
            "derivations: endlessly many -> 4",
        ]
    )
    assert repr(found) == str(found)


def test_terms_that_still_derive(small):
    old = Grammar.parse("S ::= s(A) | a\nA ::= a | b", small)
    new = Grammar.parse("S ::= s(A) | b\nA ::= a | c", small)
    found = difference(old, new)
    terms = [parse_term(text, small) for text in ("a", "s(a)", "s(b)")]
    assert found.still_derives(terms) == [False, True, False]
    assert (found.terms, found.derivations) == ((3, 3), (3, 3))


def test_names_that_go_in_circles_are_matched(small):
    old = Grammar.parse("S ::= f(A, B)\nA ::= s(B) | a\nB ::= s(A) | b", small)
    new = Grammar.parse("S ::= f(P, Q)\nQ ::= s(P) | b\nP ::= s(Q) | a", small)
    found = difference(old, new)
    assert dict(found.renamed) == {"A": "P", "B": "Q"}
    assert found.empty
    assert str(found).startswith("no production differs\n~ A is now P\n~ B is now Q\ndistinct terms")


def test_a_new_nonterminal_with_other_bodies_is_no_renaming(small):
    found = difference(Grammar.parse("S ::= A\nA ::= a", small), Grammar.parse("S ::= B\nB ::= b", small))
    assert found.renamed == ()
    assert [str(p) for p in (*found.removed, *found.added)] == ["A ::= a", "S ::= A", "S ::= B", "B ::= b"]


def test_duplicates_count(small):
    found = difference(Grammar.parse("S ::= a | b | b", small), Grammar.parse("S ::= a | b", small))
    assert [str(p) for p in found.removed] == ["S ::= b"]
    assert found.terms == (2, 2)
    assert found.derivations == (3, 2)


def test_an_operator_that_is_declared_otherwise():
    old = Grammar.parse("S ::= x", [Operator("x")])
    new = Grammar.parse("S ::= x", Signature([Operator("x", doc="other words"), Operator("y")]))
    assert difference(old, new).empty
    with_operand = Grammar.parse("S ::= x(y) | y", [Operator("x", (Sort.MAP,)), Operator("y")])
    assert difference(old, with_operand).notes == ("the operator x is declared otherwise",)


def test_constraints_and_probabilities(small):
    old, new = Grammar.parse("S ::= a | b", small), Grammar.parse("S ::= a [0.9] | b", small)
    old.requires, new.requires = ("connected",), ("halvings == 2",)
    found = difference(old, new, counter=lambda grammar, what: 7)
    assert found.notes == ("require halvings == 2 is new", "require connected is gone")
    assert str(found).startswith("2 probabilities changed\n")
    assert found.terms == (7, 7)


def test_many_changes_are_cut():
    operators = [Operator(f"x{i}") for i in range(100)]
    found = difference(
        Grammar.parse("S ::= x0 | x1", operators), Grammar.parse("S ::= " + " | ".join(f"x{i}" for i in range(100)), operators)
    )
    assert "and 40 more" in str(found).splitlines()


def test_json(small):
    found = difference(Grammar.parse("S ::= a | b [0.5]", small), Grammar.parse("S ::= a | b [0.25] | s(S)", small))
    data = json.loads(json.dumps(found.to_json()))
    assert data["added"] == [{"nonterminal": "S", "body": "s(S)", "probability": pytest.approx(0.375)}]
    assert data["changed"][1] == {"nonterminal": "S", "body": "b", "probability": 0.25, "old_probability": 0.5}
    assert (data["terms"], data["kind"], data["v"]) == (["2", "inf"], "difference", 1)


@given(data=st.data())
def test_a_grammar_does_not_differ_from_itself_renamed(data, small, strategies):
    text = data.draw(strategies.grammar_texts(shared=False, weights=True))
    renamed = text.replace("A", "P").replace("B", "Q").replace("C", "R")
    old, new = Grammar.parse(text, small), Grammar.parse(renamed, small)
    assert difference(old, old).empty
    assert difference(old, new).empty


def test_counts_as_text():
    assert [count_text(n) for n in (15_625, 10**400, math.inf, AtMost(6, "why"))] == [
        "15,625",
        "10^400.00",
        "endlessly many",
        "at most 6 (why)",
    ]
    assert [count_json(n) for n in (7, math.inf, AtMost(6, "why"))] == ["7", "inf", "at most 6 (why)"]
    assert count_json(10**9999 + 7) == "1" + "0" * 9998 + "7"
