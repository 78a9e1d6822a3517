import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasviz.errors import GrammarError
from nasviz.grammar import Grammar, lint

# text, code, severity, message, the marked characters
FINDINGS = [
    ("S ::= a\nT ::= b", "unreachable", "warning", "the nonterminal 'T' is never used: S does not reach it", "T"),
    (
        "S ::= a | b | b",
        "duplicate",
        "info",
        "b stands twice in 'S': drawn with probability 0.667 in all, counted twice as a derivation, once as a term",
        "b",
    ),
    ("S ::= a | b [0]", "never-drawn", "warning", "b is never drawn: its probability is 0", "b [0]"),
    ("S ::= a [1] | b", "never-drawn", "warning", "b is never drawn: the others leave it no probability", "b"),
    (
        "S ::= a | S",
        "unit-cycle",
        "warning",
        "S leads back to itself through S alone: endlessly many derivations of each term",
        "S",
    ),
    (
        "S ::= f(S, S) | a",
        "supercritical",
        "warning",
        "drawing may never end: the criticality is 1, the expected size infinite",
        "S",
    ),
]


@pytest.mark.parametrize(("text", "code", "severity", "message", "marked"), FINDINGS)
def test_findings(text, code, severity, message, marked, small):
    (found,) = lint(text, small)
    assert (found.code, found.severity, found.message) == (code, severity, message)
    assert text[found.start : found.end] == marked


def test_nothing_is_said_about_a_good_grammar(grammars, signature, texts):
    assert lint(texts.nb201, signature) == []
    assert lint(texts.nested, signature) == []
    assert [d.code for d in lint(texts.hierarchical, signature)] == ["duplicate"]


def test_unit_cycles_of_several_are_found_and_fixed(small):
    text = "S ::= A | f(a, b)\nA ::= B | c\nB ::= S | b"
    found = lint(text, small)
    assert [d.code for d in found] == ["unit-cycle"] * 3
    fixed = found[2].fix.apply(text)
    assert lint(fixed, small) == []
    assert Grammar.parse(found[0].fix.apply(text), small).rules["S"][0].body.text == "f(a, b)"


def test_errors_leave_warnings_aside(small):
    assert [d.code for d in lint("S ::= a | a | q", small)] == ["undefined"]


def test_many_findings_are_cut(small):
    found = lint("S ::= " + " | ".join(f"q{i}" for i in range(300)), small)
    assert len(found) == 101
    assert found[-1].message == "and 200 more findings"


words = st.lists(st.sampled_from(["S", "A", "::=", "|", "a", "f(", "s(", ",", ")", "[0.5]", "\n", "shared", "start"])).map(
    " ".join
)


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="AB:= ()|[]#,\n.0a<>-", max_size=60) | words)
def test_never_raises_and_agrees_with_parsing(text, small):
    found = lint(text, small)
    for d in found:
        assert 0 <= d.start <= d.end <= len(text)
    if any(d.severity == "error" for d in found):
        with pytest.raises(GrammarError):
            Grammar.parse(text, small)
    else:
        assert Grammar.parse(text, small).rules
