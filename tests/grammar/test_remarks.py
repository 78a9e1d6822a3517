import math

import pytest

from nasviz.grammar import Grammar, criticality, lint
from nasviz.grammar.notation import read
from nasviz.grammar.remarks import cut, requirement

TEXT = "S ::= s(A) | A\nA ::= a | b\n"

# constraints, and what is said: code, severity, message, marked characters, the text after the fix
CONSTRAINTS = [
    ("require size <= 1\n", []),
    (
        "require size == 3\n",
        [("rejects-everything", "warning", "'require size == 3' rejects every term: nothing is left", None)],
    ),
    (
        "require size >= 1\nrequire size == 2\n",
        [("rejects-nothing", "info", "'require size >= 1' rejects nothing: every term fulfils it", "require size == 2\n")],
    ),
    (
        "require size == 1\nrequire size == 2\n",
        [
            (
                "rejects-everything",
                "warning",
                "'require size == 2' rejects every term together with the constraints above: nothing is left",
                None,
            )
        ],
    ),
    (
        "require size == 1\nrequire size == 7\n",
        [("rejects-everything", "warning", "'require size == 7' rejects every term: nothing is left", None)],
    ),
]


@pytest.mark.parametrize(("lines", "expected"), CONSTRAINTS)
def test_constraints_that_say_all_or_nothing(lines, expected, small):
    text = TEXT + lines
    found = lint(text, small)
    assert [(d.code, d.severity, d.message) for d in found] == [e[:3] for e in expected]
    for d, (*_, rest) in zip(found, expected, strict=True):
        assert f"'require {text[d.start : d.end]}'" in d.message
        assert (d.fix and d.fix.apply(text)) == (TEXT + rest if rest is not None else None)


def test_endless_numbers_are_not_compared(small):
    (statement,) = (s for s in read("S ::= a\nrequire size >= 1").statements if s.kind == "require")
    assert list(requirement(statement, "", math.inf, math.inf)) == []
    assert [d.code for d in lint("S ::= s(S) | a\nrequire size >= 1", small)] == ["recursive"]


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
