import math

import numpy as np
import pytest

from nasviz.grammar import Grammar, criticality, derive, expected_size, sample


@pytest.mark.parametrize(
    ("text", "radius"),
    [
        ("S ::= f(a, b)", 0),
        ("S ::= f(S, S) | a", 1),
        ("S ::= f(S, S) [0.3] | a", 0.6),
        ("S ::= s(A) | a\nA ::= f(S, S) [0.5] | b", math.sqrt(0.5)),
        ("S ::= a\nA ::= f(A, A) | b", 0),
        ("S ::= S | a", 0.5),
    ],
)
def test_criticality(text, radius, small):
    assert criticality(Grammar.parse(text, small)) == pytest.approx(radius, abs=1e-9)


def test_criticality_of_the_teaching_space(grammars):
    assert criticality(grammars.nested) == pytest.approx(0.9)


def test_criticality_of_many_nonterminals(small):
    n = 1200
    text = "\n".join(f"A{i} ::= s(A{(i + 1) % n}) | a" for i in range(n))
    assert criticality(Grammar.parse(text, small)) == pytest.approx(0.5, abs=1e-3)
    assert expected_size(Grammar.parse(text, small)) == pytest.approx(1.0 + 1.0)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("S ::= f(a, b) | c", 2),
        ("S ::= f(S, S) | a", math.inf),
        ("S ::= f(S, S) [0.25] | a", 2),
        ("S ::= s(A)\nA ::= s(A) [0.75] | b", 5),
        ("S ::= f(A, A) | a\nshared A ::= s(b) | c", 2.5),
        ("S ::= a [1] | f(S, S)", 1),
        ("S ::= S | s(a)", 2),
    ],
)
def test_expected_size(text, size, small):
    assert expected_size(Grammar.parse(text, small)) == pytest.approx(size)


@pytest.mark.slow
def test_draws_have_the_expected_size(grammars):
    rng = np.random.default_rng(0)
    for grammar in (grammars.hierarchical, grammars.nested):
        sizes = np.array([len(derive(grammar, sample(grammar, rng))) for _ in range(3_000)])
        error = sizes.std() / math.sqrt(len(sizes))
        assert abs(sizes.mean() - expected_size(grammar)) < 4 * error


@pytest.mark.slow
def test_a_size_beyond_floats_is_infinite(small):
    text = "\n".join(f"A{i} ::= f(A{i + 1}, A{i + 1})" for i in range(1_200)) + "\nA1200 ::= a"
    assert expected_size(Grammar.parse(text, small)) == math.inf
