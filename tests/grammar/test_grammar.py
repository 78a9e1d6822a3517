import copy
import pickle
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nasviz.algebra import Operator, Signature, Sort
from nasviz.grammar import Grammar, lint


def test_parts(grammars):
    grammar = grammars.nb201
    assert (grammar.start, grammar.shared, grammar.requires) == ("D2", ("CELL",), ())
    assert grammar.nonterminals == ("D2", "D1", "D0", "DOWN", "C", "CELL", "OP")
    assert grammar.rules["D1"][0].nonterminals == ("C", "C", "DOWN")
    assert {op.name for op in grammar.operators} >= {"Linear", "Cell", "id", "down"}
    assert grammar.reachable == set(grammar.rules)
    assert repr(grammar) == "Grammar(start=D2, 7 nonterminals, 11 productions)"
    start, end = grammar.spans["C"]
    assert grammar.text[start:end] == "C"


def test_a_production_knows_its_place(grammars):
    for grammar in vars(grammars).values():
        for productions in grammar.rules.values():
            for production in productions:
                start, end = production.span
                assert grammar.text[start:end].split(" [")[0] == production.body.text


def test_the_start_is_the_first_rule_unless_named(small):
    assert Grammar.parse("S ::= a\nT ::= b", small).start == "S"
    assert Grammar.parse("S ::= a\nT ::= b\nstart T", small).start == "T"


def test_rules_cannot_be_changed(grammars):
    with pytest.raises(TypeError):
        grammars.nb201.rules["OP"] = ()


def test_equality_ignores_layout_comments_and_written_equal_shares(small):
    one = Grammar.parse("S ::= f(A,A)|a # first\nA ::= b [0.5] | c", small)
    two = Grammar.parse("# x\nstart S\nS   ::= f( A, A )\n  | a\nA ::= b | c", small)
    assert one == two
    assert hash(one) == hash(two)
    assert one != "S ::= a"


@pytest.mark.parametrize(
    "other", ["S ::= a | b [0.4]", "S ::= b | a", "shared S ::= a | b", "S ::= a | b | b", "S ::= a | b\nT ::= c"]
)
def test_fingerprints_differ(other, small):
    assert Grammar.parse("S ::= a | b", small) != Grammar.parse(other, small)


def test_the_fingerprint_knows_the_operators_that_occur():
    plain, other = Operator("x"), Operator("x", result=Sort.MERGE)
    fingerprint = Grammar.parse("S ::= x", [plain]).fingerprint
    assert Grammar.parse("S ::= x", [other]).fingerprint != fingerprint
    assert Grammar.parse("S ::= x", [plain, Operator("y")]).fingerprint == fingerprint


def test_the_fingerprint_is_the_same_in_another_process():
    code = (
        "from nasviz.algebra import Operator; from nasviz.grammar import Grammar;"
        "print(Grammar.parse('S ::= x | y [0.3]', [Operator('x'), Operator('y')]).fingerprint)"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert Grammar.parse("S ::= x | y [0.3]", [Operator("x"), Operator("y")]).fingerprint == there


def test_copies_are_equal(grammars):
    grammar = grammars.nb201
    assert pickle.loads(pickle.dumps(grammar)) == grammar == copy.deepcopy(grammar)


def test_canonical_text(small):
    grammar = Grammar.parse("A ::= a | b [0.25]\nshared S ::= f(A,A)\nstart S", small)
    assert grammar.canonical == "start S\nA ::= a [0.75] | b [0.25]\nshared S ::= f(A, A)"
    assert Grammar.parse(grammar.canonical, small) == grammar


def test_warnings(small):
    (warning,) = Grammar.parse("S ::= a\nT ::= b", small).warnings
    assert warning.message == "the nonterminal 'T' is never used: S does not reach it"


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_formatting_keeps_the_grammar(data, small, strategies):
    text = data.draw(strategies.grammar_texts(weights=True))
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    again = Grammar.parse(grammar.format(), small)
    assert again == grammar
    assert again.format() == grammar.format()
    assert Grammar.parse(grammar.canonical, small) == grammar


def test_operators_may_come_as_a_signature():
    assert Grammar.parse("S ::= y", Signature([Operator("x")], {"y": ("x",)})).rules["S"][0].body.text == "x"
