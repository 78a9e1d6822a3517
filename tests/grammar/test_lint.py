import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nasviz.algebra import Operator, Sort
from nasviz.errors import GrammarError
from nasviz.grammar import Grammar, lint
from nasviz.grammar.lint import MOST

LESS_RECURSIVE = "lower the probability of recursive productions"
ENDLESS = "endlessly many derivations of each term"

# text, code, severity, message, the marked characters, hint, the text after the fix (None: there is no fix)
FINDINGS = [
    (
        "S ::= a | U\nT ::= b  # unused\nU ::= c",
        "unreachable",
        "warning",
        "the nonterminal 'T' is never used: S does not reach it",
        "T",
        "use it, or remove the rule",
        "S ::= a | U\nU ::= c",
    ),
    (
        "S ::= a | b | b",
        "duplicate",
        "info",
        "b stands twice in 'S': drawn with probability 0.667 in all, counted twice as a derivation, once as a term",
        "b",
        "mark one with a probability instead",
        "S ::= a | b [0.666666666667]",
    ),
    (
        "S ::= f( a,b ) [0.3] | c # note\n | f(a, b)",
        "duplicate",
        "info",
        "f(a, b) stands twice in 'S': drawn with probability 0.65 in all, counted twice as a derivation, once as a term",
        "f(a, b)",
        "mark one with a probability instead",
        "S ::= f(a, b) [0.65] | c # note\n",
    ),
    (
        "S ::= a | a",
        "duplicate",
        "info",
        "a stands twice in 'S': drawn with probability 1 in all, counted twice as a derivation, once as a term",
        "a",
        "mark one with a probability instead",
        "S ::= a",
    ),
    (
        "S ::= a | b [0]",
        "never-drawn",
        "warning",
        "b is never drawn: its probability is 0",
        "b [0]",
        "it is still counted",
        "S ::= a",
    ),
    (
        "S ::= a [1] | b",
        "never-drawn",
        "warning",
        "b is never drawn: the others leave it no probability",
        "b",
        "it is still counted",
        "S ::= a [1]",
    ),
    (
        "S ::= a | S",
        "unit-cycle",
        "warning",
        f"S leads back to itself through S alone: {ENDLESS}",
        "S",
        "remove this alternative",
        "S ::= a",
    ),
    (
        "S ::= f(S, S) | a",
        "supercritical",
        "warning",
        "drawing may never end: the criticality is 1, the expected size infinite",
        "S",
        LESS_RECURSIVE,
        "S ::= f(S, S) [0.45] | a [0.55]",
    ),
    (
        "S ::= f(A, A) | s(a)\nA ::= S | b [0]",
        "supercritical",
        "warning",
        "drawing may never end: the criticality is 1, the expected size infinite",
        "S",
        LESS_RECURSIVE,
        "S ::= f(A, A) [0.405] | s(a) [0.595]\nA ::= S | b [0]",
    ),
    (
        "S ::= f(S, S) # grows\n | a",
        "supercritical",
        "warning",
        "drawing may never end: the criticality is 1, the expected size infinite",
        "S",
        LESS_RECURSIVE,
        None,
    ),
    (
        "S ::= A\nA ::= s(A) | b",
        "recursive",
        "info",
        "endlessly many terms by recursion through A: criticality 0.5, a draw has 2 operators on average",
        "A",
        "",
        None,
    ),
    (
        "S ::= f(A, b) | f(a, B)\nA ::= a | c\nB ::= b | c",
        "ambiguous",
        "warning",
        "ambiguous: S derives f(a, b) in two ways, S -> f(A, b) -> f(a, b) and S -> f(a, B) -> f(a, b): "
        "two derivations, one term",
        "f(a, B)",
        "let the alternatives derive different terms",
        None,
    ),
    (
        "S ::= f(A, b) | f(a, b) | c\nA ::= a | s(c)",
        "ambiguous",
        "warning",
        "ambiguous: S derives f(a, b) in two ways, S -> f(A, b) -> f(a, b) and S -> f(a, b): two derivations, one term",
        "f(a, b)",
        "f(A, b) derives all of f(a, b): remove that alternative",
        "S ::= f(A, b) | c\nA ::= a | s(c)",
    ),
    (
        "S ::= f(s(a), S) [0.2] | b | A\nA ::= c | b",
        "ambiguous",
        "warning",
        "ambiguous: S derives b in two ways, S -> b and S -> A -> b: two derivations, one term",
        "A",
        "A derives all of b: remove that alternative",
        "S ::= f(s(a), S) [0.2] | A\nA ::= c | b",
    ),
    (
        "S ::= A | B\nA ::= s(B) | a\nB ::= s(A) | a",
        "ambiguous",
        "warning",
        "ambiguous: S derives a in two ways, S -> A -> a and S -> B -> a: two derivations, one term",
        "B",
        "let the alternatives derive different terms",
        None,
    ),
    (
        "S ::= f(A, A) | f(B, B)\nshared A ::= a | b\nB ::= a | b",
        "ambiguous",
        "warning",
        "ambiguous: S derives f(a, a) in two ways, S -> f(A, A) -> f(a, a) and S -> f(B, B) -> f(a, a): "
        "two derivations, one term",
        "f(B, B)",
        "let the alternatives derive different terms",
        None,
    ),
]


@pytest.mark.parametrize(("text", "code", "severity", "message", "marked", "hint", "fixed"), FINDINGS)
def test_findings(text, code, severity, message, marked, hint, fixed, small):
    found = [d for d in lint(text, small) if d.code == code]
    assert len(found) == 1
    found = found[0]
    assert (found.severity, found.message, found.hint) == (severity, message, hint)
    assert text[found.start : found.end] == marked
    assert (found.fix and found.fix.apply(text)) == fixed
    if fixed is not None:
        assert code not in [d.code for d in lint(fixed, small)]


def test_nothing_is_said_about_a_good_grammar(signature, texts):
    assert lint(texts.nb201, signature) == []
    assert lint(texts.activation, signature) == []
    assert [d.code for d in lint(texts.hierarchical, signature)] == ["duplicate"]
    assert [(d.code, d.severity) for d in lint(texts.nested, signature)] == [("recursive", "info")]


def test_the_published_duplicate_is_one_click_away(signature, texts, grammars):
    (found,) = lint(texts.hierarchical, signature)
    fixed = found.fix.apply(texts.hierarchical)
    assert "OP    ::= id | zero | BLOCK [0.4] | avg_pool\n" in fixed
    weights = {p.body.text: p.weight for p in Grammar.parse(fixed, signature).rules["OP"]}
    assert weights == pytest.approx({"id": 0.2, "zero": 0.2, "BLOCK": 0.4, "avg_pool": 0.2})
    assert lint(fixed, signature) == []


def test_unit_cycles_of_several_are_found_and_fixed(small):
    text = "S ::= A | f(a, b)\nA ::= B | c\nB ::= S | b"
    found = lint(text, small)
    assert [d.code for d in found] == ["unit-cycle"] * 3
    fixed = found[2].fix.apply(text)
    assert lint(fixed, small) == []
    assert Grammar.parse(found[0].fix.apply(text), small).rules["S"][0].body.text == "f(a, b)"


def test_a_unit_that_is_needed_has_no_fix(small):
    (first, second) = [d for d in lint("S ::= A | f(S, a)\nA ::= S | b", small) if d.code == "unit-cycle"]
    assert first.fix is None
    assert second.fix is not None


def test_long_derivations_and_terms_are_cut(small):
    chain = "\n".join(f"A{i} ::= s(A{i + 1})" for i in range(30)) + "\nA30 ::= a | b"
    (found,) = [d for d in lint(f"S ::= A0 | s(B)\nB ::= A1\n{chain}", small) if d.code == "ambiguous"]
    assert found.message == (
        "ambiguous: S derives s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(s(… in two ways, "
        "S -> A0 -> s(A1) -> s(s(A2)) -> s(s(s(A3))) -> … and S -> s(B) -> s(A1) -> s(s(A2)) -> s(s(s(A3))) -> …: "
        "two derivations, one term"
    )


def test_a_search_that_is_cut_short_says_so():
    operators = [Operator("f", (Sort.MAP, Sort.MAP)), *(Operator(f"x{i}") for i in range(300))]
    found = lint("S ::= " + " | ".join(f"f(x{i}, x{i})" for i in range(300)), operators)
    assert [d.message for d in found] == ["ambiguity was searched in the first 10,000 pairs of productions only"]


def test_errors_leave_warnings_aside(small):
    assert [d.code for d in lint("S ::= a | a | q", small)] == ["undefined"]


def test_many_findings_are_cut(small):
    found = lint("S ::= " + " | ".join(f"q{i}" for i in range(300)), small)
    assert len(found) == MOST + 1
    assert found[-1].message == "and 200 more findings"


def test_linting_the_published_space_is_quick(signature, texts, bounded):
    lint(texts.hierarchical, signature)
    with bounded(0.02):
        lint(texts.hierarchical, signature)


@given(data=st.data())
@example(data="shared S ::= A [0.25] | a\nA ::= a")
def test_fixes_lead_to_grammars_without_the_finding(data, small, strategies):
    text = data if isinstance(data, str) else data.draw(strategies.grammar_texts(weights=True))
    for found in lint(text, small):
        if found.fix is None or found.severity == "error":
            continue
        fixed = found.fix.apply(text)
        again = lint(fixed, small)
        assert not any(d.severity == "error" for d in again), (text, found, fixed)
        if found.code != "ambiguous":  # the next smallest term may be ambiguous too
            kept = sum((d.code, d.message) == (found.code, found.message) for d in again)
            assert kept < sum((d.code, d.message) == (found.code, found.message) for d in lint(text, small)), (text, found)


words = st.lists(st.sampled_from(["S", "A", "::=", "|", "a", "f(", "s(", ",", ")", "[0.5]", "\n", "shared", "start"])).map(
    " ".join
)


@given(text=st.text(alphabet="AB:= ()|[]#,\n.0a<>-", max_size=60) | words)
@example(text="A ::= a [0.5] | A [0.5]\n# \nB ::= A")
@example(text="A ::= f(A,A)|A|a[0]\n")
def test_never_raises_and_agrees_with_parsing(text, small):
    found = lint(text, small)
    for d in found:
        assert 0 <= d.start <= d.end <= len(text)
    if any(d.severity == "error" for d in found):
        with pytest.raises(GrammarError):
            Grammar.parse(text, small)
    else:
        assert Grammar.parse(text, small).rules
