import math

import pytest

from nasviz.grammar import Grammar, criticality, lint
from nasviz.grammar.notation import read
from nasviz.grammar.remarks import cut, requirement

TEXT = "S ::= a\nrequire halvings == 2\n"


@pytest.mark.parametrize(
    ("legal", "total", "code", "severity", "message"),
    [
        (0, 8, "rejects-everything", "error", "'require halvings == 2' rejects every term: nothing is left"),
        (0, math.inf, "rejects-everything", "error", "'require halvings == 2' rejects every term: nothing is left"),
        (8, 8, "rejects-nothing", "info", "'require halvings == 2' rejects nothing: every term fulfils it"),
    ],
)
def test_constraints_that_say_all_or_nothing(legal, total, code, severity, message):
    (statement,) = (s for s in read(TEXT).statements if s.kind == "require")
    found = requirement(statement, TEXT, legal, total)
    assert (found.code, found.severity, found.message) == (code, severity, message)
    assert TEXT[found.start : found.end] == "halvings == 2"
    assert (found.fix and found.fix.apply(TEXT)) == ("S ::= a\n" if code == "rejects-nothing" else None)


@pytest.mark.parametrize(("legal", "total"), [(4, 8), (math.inf, math.inf)])
def test_constraints_that_choose_are_not_remarked_on(legal, total):
    (statement,) = (s for s in read(TEXT).statements if s.kind == "require")
    assert requirement(statement, TEXT, legal, total) is None


def test_the_calmer_rule_has_criticality_nine_tenths(small):
    text = "S ::= A | f(S, S) [0.8] | b\nA ::= f(A, a) [0.3] | a"
    (found,) = [d for d in lint(text, small) if d.code == "supercritical"]
    assert found.fix.label == "criticality 0.9 by the probabilities of S"
    assert 0.89 < criticality(Grammar.parse(found.fix.apply(text), small)) <= 0.9


def test_a_circle_that_no_single_rule_calms_has_no_fix(small):
    text = "S ::= f(A, B)\nA ::= f(A, A) | a\nB ::= f(B, B) | b"
    (found,) = [d for d in lint(text, small) if d.code == "supercritical"]
    assert found.fix is None


def test_texts_are_cut():
    assert (cut("abc", 3), cut("abcd", 3)) == ("abc", "abc…")
