import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from nasviz.errors import NasvizError
from nasviz.grammar import Derivation, Grammar, derive, lint, log_probability, sample
from nasviz.grammar.drawing import TooLargeDrawError


def test_seeds_repeat(grammars):
    one = [sample(grammars.hierarchical, rng) for rng in [np.random.default_rng(7)] for _ in range(5)]
    two = [sample(grammars.hierarchical, rng) for rng in [np.random.default_rng(7)] for _ in range(5)]
    assert one == two
    assert len(set(one)) == 5


def law(grammar, naive, height):
    """The probability of each derivation up to a height, from the naive enumeration and the weights alone."""
    return {Derivation(d, m): math.exp(log_probability(grammar, Derivation(d, m))) for d, m, _ in naive(grammar, height)}


@pytest.mark.parametrize(
    "text",
    [
        "S ::= f(A, B) | A [0.1] | a [0.3]\nA ::= a [0.25] | b [0.25] | c\nB ::= a | s(A)",
        "S ::= f(A, f(A, B)) | B [0.25]\nshared A ::= a [0.2] | s(B)\nB ::= b | c | b",
        "shared S ::= f(A, A) [0.7] | a\nshared A ::= a | b | c [0.6]",
    ],
)
def test_draws_follow_the_weights(text, small, naive):
    grammar = Grammar.parse(text, small)
    expected = law(grammar, naive, 10)
    assert math.fsum(expected.values()) == pytest.approx(1)
    rng = np.random.default_rng(0)
    n = 20_000
    seen = Counter(sample(grammar, rng) for _ in range(n))
    assert set(seen) <= set(expected)
    assert chisquare([seen[d] for d in expected], [n * p for p in expected.values()]).pvalue > 1e-3


def test_log_probability_is_the_product_of_the_weights(small):
    grammar = Grammar.parse("S ::= f(A, A) [0.25] | a\nshared A ::= a [0.125] | b", small)
    assert log_probability(grammar, Derivation(((0,),), (0,))) == pytest.approx(math.log(0.25 * 0.125))
    assert log_probability(grammar, Derivation(((),), (1,))) == pytest.approx(math.log(0.75))
    with pytest.raises(NasvizError, match="ends too early"):
        log_probability(grammar, Derivation(((),), ()))


def test_a_probability_of_zero_is_never_drawn(small):
    grammar = Grammar.parse("S ::= a [0] | b [0.5] | c [0.5] | s(S) [0]", small)
    rng = np.random.default_rng(0)
    assert {sample(grammar, rng).macro for _ in range(200)} == {(1,), (2,)}
    assert log_probability(grammar, Derivation((), (0,))) == -math.inf


def test_size_of_hierarchical_draws(grammars):
    rng = np.random.default_rng(0)
    cells = [
        sum(op.name == "Cell" for op in derive(grammars.hierarchical, sample(grammars.hierarchical, rng))) for _ in range(500)
    ]
    assert 15 <= min(cells) <= max(cells) <= 42
    assert np.mean(cells) == pytest.approx(26.1, abs=0.8)
    assert np.std(cells) == pytest.approx(4.4, abs=0.6)


def test_a_shared_cell_is_drawn_once(grammars):
    term = derive(grammars.nb201, sample(grammars.nb201, np.random.default_rng(1)))
    cells = {str(term.subterm(i)) for i, op in enumerate(term.operators) if op.name == "Cell"}
    assert len(cells) == 1


def test_supercritical_grammars_stop_with_a_reason(small):
    grammar = Grammar.parse("S ::= f(S, S) [0.9] | a", small)
    with pytest.raises(TooLargeDrawError) as caught:
        sample(grammar, np.random.default_rng(0), largest=1000)
    assert str(caught.value) == (
        "a draw passed 1,000 productions; the criticality of the grammar is 1.8, so draws need not end: "
        "lower the probability of the recursive productions"
    )


def test_large_but_finite_draws_stop_with_another_reason(small):
    grammar = Grammar.parse("S ::= f(A, A)\nA ::= f(B, B)\nB ::= f(a, C)\nC ::= a", small)
    with pytest.raises(TooLargeDrawError, match="a draw passed 3 productions; lower the probability of the largest"):
        sample(grammar, np.random.default_rng(0), largest=3)


def test_unknown_law(small):
    with pytest.raises(NasvizError, match="unknown sampling law 'uniform'; known: 'productions'"):
        sample(Grammar.parse("S ::= a", small), np.random.default_rng(0), law="uniform")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_probabilities_of_finite_grammars_sum_to_one(data, small, strategies, naive):
    text = data.draw(strategies.grammar_texts(recursive=False, weights=True))
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    found = naive(grammar, 20)
    assume(found is not None and len(found) < 2_000)
    assert math.fsum(law(grammar, naive, 20).values()) == pytest.approx(1)
    assert sample(grammar, np.random.default_rng(0)) in {Derivation(d, m) for d, m, _ in found}


def test_long_draws_are_no_recursion(small):
    grammar = Grammar.parse("S ::= s(S) [0.99999] | a", small)
    derivation = sample(grammar, np.random.default_rng(3))
    assert derivation.size > 10_000
    assert len(derive(grammar, derivation)) == derivation.size
