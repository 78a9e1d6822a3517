"""Texts that are wrong, huge or hostile: an error that says what and where, in bounded time and memory."""

import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nasviz.algebra import Operator, Signature, Sort, parse_term
from nasviz.errors import GrammarError, NasvizError, TermError
from nasviz.grammar import Grammar, count, lint
from nasviz.grammar.notation import LIMIT

M = Sort.MAP
FIXED = {"x": (), "y": (), "s": (M,), "f": (M, M), "n": (Sort.INT,)}
OPERATORS = Signature([*(Operator(name, sorts) for name, sorts in FIXED.items()), Operator("v", (M,), variadic=True)])
SECONDS = 15


def first_error(text):
    with pytest.raises(GrammarError) as caught:
        Grammar.parse(text, OPERATORS)
    return caught.value


# text, message, line, column
HOSTILE = [
    ("S ::= x\nT ::= y\x00", "control character U+0000 in a grammar", 2, 8),
    ("S ::= x\x1b[31m", "control character U+001B in a grammar", 1, 8),
    ("S ::= x # \ud800", "control character U+D800 in a grammar", 1, 11),
    ("S ::= x\x85", "control character U+0085 in a grammar", 1, 8),
    ("S ::= <img src=x onerror=alert(1)>", "unexpected '<'; expected a name or a number", 1, 7),
    ("<script>alert(1)</script> ::= x", "unexpected '<'; expected a name, 'require', 'shared' or 'start'", 1, 1),
    ("S ::= x\n\u202e ::= y", "unexpected character '\\u202e'; expected ',', '(', '[', ')' or '|'", 2, 1),
    ("S ::= \u200bx", "unexpected character '\\u200b'; expected a name or a number", 1, 7),
    ("S ::= х", "unexpected character 'х'; expected a name or a number", 1, 7),  # a Cyrillic letter
    ("S ::= x" + "\n" * 1000 + "T ::= <", "unexpected '<'; expected a name or a number", 1001, 7),
    ("S ::= s(" * 3 + "x", "unexpected '::='; expected ',', '(' or ')'", 1, 11),
    ("S ::= \ufeffx", "unexpected character '\\ufeff'; expected a name or a number", 1, 7),
    ("S ::= x [1e400]", "a probability is between 0 and 1, found inf", 1, 10),
    ("S ::= n(" + "9" * 5000 + ")", "a number too large to be represented", 1, 9),
]


@pytest.mark.parametrize(("text", "message", "line", "column"), HOSTILE)
def test_what_and_where(text, message, line, column):
    error = first_error(text)
    assert (error.message, error.line, error.column) == (message, line, column)
    assert len(str(error)) < 1_000
    assert "\x1b" not in str(error)
    assert "\x00" not in str(error)


@pytest.mark.parametrize("text", [b"S ::= x", None, 7, ["S ::= x"]])
def test_what_is_no_text(text):
    with pytest.raises(NasvizError, match=f"a grammar is a text \\(str\\), found {type(text).__name__}"):
        Grammar.parse(text, OPERATORS)


def test_ten_megabytes_are_refused_at_once(bounded):
    text = "S ::= x | y\n" * 850_000
    with bounded(2):
        tracemalloc.start()
        (found,) = lint(text, OPERATORS)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert found.message == f"a grammar of 10,200,000 characters; at most {LIMIT:,} are read"
        assert (first_error(text).line, first_error(text).column) == (83_334, 5)
    assert peak < 50_000_000
    with pytest.raises(GrammarError, match="at most 1,000,000 are read"):
        Grammar.from_cfg(text, OPERATORS)


MANY = {
    "alternatives that are equal": lambda n: "S ::= " + " | ".join(["x"] * n),
    "alternatives that differ": lambda n: "S ::= n(N)\nN ::= " + " | ".join(map(str, range(n))),
    "rules": lambda n: "S ::= x\n" + "\n".join(f"A{i}::=x" for i in range(n)),
    "rules that are used": lambda n: (
        f"S ::= {'|'.join(f'A{i}' for i in range(n // 2))}\n" + "\n".join(f"A{i}::=x" for i in range(n // 2))
    ),
    "a circle": lambda n: "\n".join(f"A{i}::=s(A{(i + 1) % (n // 2)})|x" for i in range(n // 2)),
    "doubling": lambda n: "\n".join(f"A{i}::=f(A{i + 1},A{i + 1})" for i in range(n // 3)) + f"\nA{n // 3}::=x",
    "units": lambda n: "S ::= A | B\n" + "\n".join(f"{a}::=" + "|".join(f"n({i})" for i in range(n // 2)) for a in "AB"),
    "nested": lambda n: "S ::= " + "s(" * n + "x" + ")" * n,
    "wide": lambda n: "S ::= v(" + ",".join(["A"] * n) + ")\nA ::= x | y",
}


def digest(name, n):
    """Read, lint and count; the number of findings stays bounded."""
    text = MANY[name](n)
    assert len(text) <= LIMIT
    assert len(lint(text, OPERATORS)) <= 101
    grammar = Grammar.parse(text, OPERATORS)
    count(grammar)
    assert len(repr(grammar)) < 200
    return grammar


@pytest.mark.slow
@pytest.mark.parametrize("name", MANY)
def test_thousands_of_productions(name):
    grammar = digest(name, 2_000)
    assert Grammar.parse(grammar.format(), OPERATORS).fingerprint == grammar.fingerprint


@pytest.mark.slow
@pytest.mark.parametrize("name", MANY)
def test_many_productions_in_bounded_time(name, bounded):
    """The usual shape at the greatest size; the others at a tenth, where a quadratic step would already show."""
    with bounded(SECONDS):
        digest(name, 90_000 if name == "rules that are used" else 9_000)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("s(" * 100_000 + "x" + ")" * 99_999, "the '(' of s is never closed"),
        ("s(" * 100_000, "the term ends where an operator is expected"),
        ("x" + ")" * 100_000, "')' without an open '('"),
        ("x\x00", "unexpected character '\\x00'"),
        ("<b>", "unexpected character '<'"),
        ("f(x," * 50_000 + "zz" + ")" * 50_000, "unknown operator 'zz'"),
    ],
)
def test_terms(text, message):
    with pytest.raises(TermError) as caught:
        parse_term(text, OPERATORS)
    assert caught.value.message == message
    assert len(str(caught.value)) < 1_000


WORDS = ["S", "A", "start", "shared", "require", "x", "f(", "v(", "0.5", "-1", "1e9", "&lt;", "connected", "=="]
PIECES = st.sampled_from(
    [*WORDS, "::=", ":=", "->", *"|(),[]#<", "\n", "\r\n", "\t", " ", "\x00", "é", "\u2028", "\ud800", "S ::= ", "\nA ::= "]
)


@pytest.mark.slow
@given(text=st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=80))
@example(text="")
@example(text="S ::= ")
@example(text="S ::= x [")
@example(text="S ::= A\nA ::= S")
@example(text="shared S ::= S")
@example(text="start S\nstart S\nS ::= x\nS ::= x")
@example(text="S ::= f(x,x)[1]|v(S)[0]")
@example(text="S ::= 1 | x")
@example(text="require connected")
@example(text="require == ==\nS ::= x")
@example(text="S ::= x # \u2028 | y\n|A\nA::=S")
@example(text="A ::= A | A | A")
@example(text="S ::= v(S, S) | S | x [1]")
@example(text="S::=x\r\n\r\nshared A::=S|x\r\n")
def test_any_text_gives_a_grammar_or_a_place(text):
    found = lint(text, OPERATORS)
    for d in found:
        assert 0 <= d.start <= d.end <= len(text)
        assert d.message
        assert d.to_json()
        if d.fix is not None:
            lint(d.fix.apply(text), OPERATORS)
    if any(d.severity == "error" for d in found):
        error = first_error(text)
        assert error.line >= 1
        assert str(error)
        return
    grammar = Grammar.parse(text, OPERATORS)
    assert Grammar.parse(grammar.format(), OPERATORS).fingerprint == grammar.fingerprint
    assert Grammar.from_cfg(grammar.to_cfg(), OPERATORS).fingerprint == grammar.fingerprint or grammar.shared
    assert grammar.to_latex()


@given(
    text=st.lists(st.sampled_from(["x", "s(", "f(", "v(", ",", ")", "(", " ", "1", "-", "<", "\x00", "é", "\n"]), max_size=30)
)
@example(text=["f(", "x"])
@example(text=["v(", ")"])
@example(text=["1", "("])
def test_any_term_text_gives_a_term_or_a_place(text):
    text = "".join(text)
    try:
        term = parse_term(text, OPERATORS)
    except TermError as error:
        found = error
    else:
        assert parse_term(str(term), OPERATORS) == term
        return
    assert 0 <= found.start <= found.end <= len(text)
