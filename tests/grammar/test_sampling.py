import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2, chisquare

from nasviz.algebra import parse_term
from nasviz.errors import NasvizError
from nasviz.grammar import (
    Derivation,
    Grammar,
    derive,
    enumerate_terms,
    lint,
    log_probability,
    parse_derivation,
    sample,
    sample_term,
)
from nasviz.grammar.drawing import TooLargeDrawError
from nasviz.grammar.product import Product


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


@settings(deadline=None, suppress_health_check=list(HealthCheck))
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


CONSTRAINED = [
    ("S ::= f(A, B) | A [0.1] | a [0.3]\nA ::= a [0.25] | b [0.25] | c\nB ::= a | s(A) | f(A, A) [0.2]", "size != 3"),
    ("S ::= f(A, f(A, B)) | B [0.25]\nshared A ::= a [0.2] | s(B)\nB ::= b | c | b", "size >= 2 and depth <= 3"),
    ("S ::= f(A, B) | s(T)\nshared A ::= a [0.2] | s(B)\nshared B ::= b | s(c) | b\nT ::= B | c", "size != 4"),
    ("shared S ::= f(A, A) [0.7] | a\nshared A ::= a | s(b) | c [0.6]", "size != 5"),
]


@pytest.mark.parametrize(("text", "constraint"), CONSTRAINED)
def test_draws_under_constraints_follow_the_law_conditioned_on_being_legal(text, constraint, small, naive):
    free = Grammar.parse(text, small)
    grammar = Grammar.parse(f"{text}\nrequire {constraint}", small)
    weights = {d: p for d, p in law(free, naive, 10).items() if grammar.constraint.holds(derive(free, d))}
    assert 0 < len(weights) < len(law(free, naive, 10))
    total = math.fsum(weights.values())
    rng = np.random.default_rng(0)
    n = 4_000
    seen = Counter(sample(grammar, rng) for _ in range(n))
    assert set(seen) <= set(weights)
    assert chisquare([seen[d] for d in weights], [n * p / total for p in weights.values()]).pvalue > 1e-3
    for d, p in weights.items():
        assert log_probability(grammar, d) == pytest.approx(math.log(p / total))
    rejected = next(d for d in law(free, naive, 10) if d not in weights)
    assert log_probability(grammar, rejected) == -math.inf


def test_rejection_gives_the_same_law(small):
    text = "S ::= f(S, S) [0.3] | s(S) [0.2] | a | b"
    free, grammar = Grammar.parse(text, small), Grammar.parse(text + "\nrequire size >= 2 and depth <= 3", small)
    rng = np.random.default_rng(1)
    drawn = (derive(free, sample(free, rng)) for _ in range(6_000))
    kept = Counter(t for t in drawn if grammar.constraint.holds(t))
    ours = Counter(derive(grammar, sample(grammar, rng)) for _ in range(sum(kept.values())))
    common = [t for t in kept if kept[t] + ours[t] >= 30]
    difference = sum((kept[t] - ours[t]) ** 2 / (kept[t] + ours[t]) for t in common)
    assert chi2.sf(difference, len(common)) > 1e-3


@pytest.mark.parametrize("limit", [{"max_height": 3}, {"max_size": 5}])
@pytest.mark.parametrize(
    "text",
    [
        "S ::= f(A, S) [0.4] | s(S) [0.2] | A\nA ::= a | b [0.3]",
        "S ::= f(S, A) [0.5] | A\nshared A ::= s(A2) [0.25] | a\nA2 ::= s(A2) | b",
    ],
)
def test_draws_within_limits(text, limit, small, naive):
    grammar = Grammar.parse(text, small)
    weights = {}
    for d, m, t in naive(grammar, 3 if "max_height" in limit else 5):
        term = parse_term(t, small)
        if len(term) <= limit.get("max_size", 99) and term.height <= limit.get("max_height", 99):
            weights[Derivation(d, m)] = math.exp(log_probability(grammar, Derivation(d, m)))
    total = math.fsum(weights.values())
    rng = np.random.default_rng(2)
    n = 4_000
    seen = Counter(sample(grammar, rng, **limit) for _ in range(n))
    assert set(seen) <= set(weights)
    assert chisquare([seen[d] for d in weights], [n * p / total for p in weights.values()]).pvalue > 1e-3
    for d, p in weights.items():
        assert log_probability(grammar, d, **limit) == pytest.approx(math.log(p / total))


UNIFORM = [
    ("S ::= f(A, B) | A | s(S2)\nA ::= a | b | a\nB ::= b | c | s(A)\nS2 ::= A | B", {}),
    ("S ::= f(A, A) | s(A) | s(c)\nshared A ::= a | b | v(c, c)", {}),
    ("S ::= f(S, S) | s(S) | a", {"max_height": 3}),
    ("S ::= f(S, b) | s(S) | a\nrequire size != 3", {"max_size": 5}),
]


@pytest.mark.parametrize("name", ["terms", "size", "height"])
@pytest.mark.parametrize(("text", "limit"), UNIFORM)
def test_uniform_laws(name, text, limit, small):
    grammar = Grammar.parse(text, small)
    wrong = {"size": "max_height", "height": "max_size"}.get(name)
    if wrong in limit:
        with pytest.raises(NasvizError, match=f"the law '{name}' takes max_{name}, not {wrong}"):
            sample_term(grammar, np.random.default_rng(0), name, **limit)
        return
    everything = list(itertools.islice(enumerate_terms(grammar), 200))
    terms = [t for t in everything if t.height <= limit.get("max_height", 99) and len(t) <= limit.get("max_size", 99)]
    group = {t: {"terms": 0, "size": len(t), "height": t.height}[name] for t in terms}
    sizes = Counter(group.values())
    expected = {t: 1 / len(sizes) / sizes[group[t]] for t in terms}
    rng = np.random.default_rng(3)
    n = 4_000
    seen = Counter(sample_term(grammar, rng, name, **limit) for _ in range(n))
    assert set(seen) == set(expected)
    assert chisquare([seen[t] for t in expected], [n * p for p in expected.values()]).pvalue > 1e-3
    drawn = sample(grammar, np.random.default_rng(5), name, **limit)
    assert derive(grammar, drawn) == sample_term(grammar, np.random.default_rng(5), name, **limit)
    for t, p in expected.items():
        assert log_probability(grammar, parse_derivation(grammar, t), name, **limit) == pytest.approx(math.log(p))


def test_convergent_draws_make_repeated_productions_rarer(small):
    grammar = Grammar.parse("S ::= s(S) [0.75] | f(a, S) [0.15] | a", small)
    rng = np.random.default_rng(4)
    n = 4_000
    seen = Counter(sample(grammar, rng, "convergent", factor=0.5).macro for _ in range(n))
    first, again = 0.75, 0.375 / (0.375 + 0.25)
    for macro, p in {(2,): 0.1, (0, 2): first * 0.1 / 0.625, (0, 0, 2): first * again * 0.1 / 0.4375}.items():
        assert seen[macro] / n == pytest.approx(p, abs=4 * math.sqrt(p / n))
    supercritical = Grammar.parse("S ::= f(S, S) [0.9] | a", small)
    assert max(sample(supercritical, rng, "convergent").size for _ in range(200)) < 200
    limited = Grammar.parse("S ::= f(S, S) [0.9] | a\nrequire size >= 3", small)
    assert min(len(sample_term(limited, rng, "convergent")) for _ in range(50)) == 3


def test_a_factor_of_one_is_the_law_by_productions(small):
    grammar = Grammar.parse("S ::= f(S, A) [0.4] | A\nshared A ::= a | b | c", small)
    n = 3_000
    one, two = (
        Counter(sample(grammar, np.random.default_rng(k), name, **more) for k in range(n))
        for name, more in (("productions", {}), ("convergent", {"factor": 1}))
    )
    common = [d for d in one if one[d] + two[d] >= 30]
    assert chi2.sf(sum((one[d] - two[d]) ** 2 / (one[d] + two[d]) for d in common), len(common)) > 1e-3


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        (
            "S ::= a",
            {"law": "uniform"},
            "unknown sampling law 'uniform'; known: 'productions', 'terms', 'size', 'height', 'con",
        ),
        ("S ::= a", {"max_height": 0}, "max_height is 0; choose 1 or more"),
        ("S ::= a", {"max_height": 1, "max_size": 1}, "choose max_height or max_size, not both"),
        ("S ::= a", {"factor": 0.5}, "a factor belongs to the law 'convergent', not to 'productions'"),
        ("S ::= a", {"law": "convergent", "factor": 0}, "a factor is above 0 and at most 1, found 0"),
        ("S ::= s(a)", {"max_height": 1}, "nothing to draw within the limits"),
        ("S ::= a | s(a)\nrequire depth >= 3", {}, "nothing to draw: no term fulfils 'require depth >= 3'"),
        (
            "S ::= s(S) | a",
            {"law": "terms"},
            "there are endlessly many terms, so none is drawn uniformly by 'terms': give max_hei",
        ),
        ("S ::= s(S) | a", {"law": "size"}, "give max_size=, or take the law 'productions' or 'convergent'"),
        ("S ::= s(S) | a", {"law": "height"}, "give max_height=, or take the law 'productions' or 'convergent'"),
        ("S ::= f(A, a)\nshared A ::= a | b", {"law": "terms"}, "distinct terms cannot be told apart: terms of the shared"),
        ("S ::= s(S) | a\nrequire size >= 3000", {"law": "convergent"}, "1000 draws in a row were illegal or past the limits"),
    ],
)
def test_what_cannot_be_drawn(text, arguments, message, small):
    with pytest.raises(NasvizError, match=message.replace("(", "\\(")):
        sample(Grammar.parse(text, small), np.random.default_rng(0), **arguments)


def test_convergent_has_no_log_probability(small):
    with pytest.raises(NasvizError, match="the law 'convergent' has no log-probability here; the others have"):
        log_probability(Grammar.parse("S ::= a", small), Derivation((), (0,)), "convergent")


def test_past_the_budget_draws_are_rejected_by_the_same_predicate(small, monkeypatch):
    grammar = Grammar.parse("S ::= f(S, S) [0.3] | a | b\nrequire depth <= 3", small)
    monkeypatch.setattr(grammar, "product", Product(grammar, states=2), raising=False)
    rng = np.random.default_rng(0)
    assert {sample_term(grammar, rng).height for _ in range(300)} == {1, 2, 3}
    with pytest.raises(NasvizError, match="distinct terms are out of reach: its tree automaton has more than 2 states"):
        sample(grammar, rng, "terms")
    with pytest.raises(NasvizError, match="the probability of being legal is out of reach"):
        log_probability(grammar, Derivation((), (1,)))
