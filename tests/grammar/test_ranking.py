import itertools
import math
import random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nasviz.algebra import parse_term
from nasviz.errors import NasvizError, TermError
from nasviz.grammar import AtMost, Grammar, count, enumerate_terms, lint, rank, unrank

QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck))


def test_the_order_is_that_of_a_dictionary(small):
    grammar = Grammar.parse("S ::= f(A, A) | s(A) | A\nA ::= c | a | b", small)
    texts = [str(t) for t in enumerate_terms(grammar)]
    assert texts[:5] == ["f(c, c)", "f(c, a)", "f(c, b)", "f(a, c)", "f(a, a)"]
    assert texts[9:] == ["s(c)", "s(a)", "s(b)", "c", "a", "b"]


def test_one_name_with_fewer_or_more_operands(small):
    grammar = Grammar.parse("S ::= v(A, A) | v(A)\nA ::= a | b", small)
    assert [str(t) for t in enumerate_terms(grammar, 2)] == ["v(b, a)", "v(b, b)", "v(a)", "v(b)"]


def test_ambiguous_grammars_rank_every_term_once(small):
    grammar = Grammar.parse("S ::= A | B | f(A, B)\nA ::= a | b | a\nB ::= b | c", small)
    assert [str(t) for t in enumerate_terms(grammar)] == [
        *(f"f({x}, {y})" for x in "ab" for y in "bc"),
        *"abc",
    ]


def test_shared_draws_are_compared_first_an_unused_one_before_all(small):
    grammar = Grammar.parse("S ::= f(A, A) | v(A) | s(c)\nshared A ::= a | b", small)
    assert [str(t) for t in enumerate_terms(grammar)] == ["s(c)", "f(a, a)", "v(a)", "f(b, b)", "v(b)"]
    assert [rank(grammar, t) for t in enumerate_terms(grammar)] == list(range(5))


def test_endless_languages_are_ranked_by_height(small):
    grammar = Grammar.parse("S ::= f(S, S) | a", small)
    texts = [str(t) for t in itertools.islice(enumerate_terms(grammar), 5)]
    assert texts == ["a", "f(a, a)", "f(f(a, a), f(a, a))", "f(f(a, a), a)", "f(a, f(a, a))"]
    n = 10**60 + 17
    assert rank(grammar, unrank(grammar, n)) == n


def test_numbers_at_the_ends(grammars):
    hierarchical = grammars.hierarchical
    size = count(hierarchical)
    for n in (0, size - 1, size // 3):
        assert rank(hierarchical, unrank(hierarchical, n)) == n
    with pytest.raises(NasvizError, match="no term has the number …; there are fewer"):
        unrank(hierarchical, size)
    with pytest.raises(NasvizError, match="no term has the number -1; there are fewer"):
        unrank(hierarchical, -1)
    assert next(enumerate_terms(hierarchical, size), None) is None


def test_what_has_no_number(small):
    grammar = Grammar.parse("S ::= s(a) | s(b)", small)
    with pytest.raises(NasvizError, match="no term has the number 2; they are numbered from 0 to 1"):
        unrank(grammar, 2)
    with pytest.raises(TermError, match="no rule of the grammar derives the subterm c at \\(0,\\)"):
        rank(grammar, parse_term("s(c)", small))
    with pytest.raises(NasvizError, match="start is -1; it must be a whole number, 0 or more"):
        next(enumerate_terms(grammar, -1))
    overlapping = Grammar.parse("S ::= f(A, A) | f(B, B)\nshared A ::= a | b\nB ::= a | b", small)
    with pytest.raises(NasvizError, match="distinct terms cannot be told apart: terms of the shared nonterminal A may also"):
        unrank(overlapping, 0)
    narrow = Grammar.parse("S ::= s(a) | s(s(a))\nrequire depth <= 2", small)
    with pytest.raises(TermError, match="'require depth <= 2' does not hold for the whole term"):
        rank(narrow, parse_term("s(s(a))", small))


def key(text, places, signature):
    term = parse_term(text, signature)
    return [places[op, n] for op, n in zip(term.operators, term.arity.tolist(), strict=True)]


@pytest.mark.slow
@QUICK
@given(data=st.data())
def test_finite_languages_equal_sorted_enumeration(data, small, strategies, naive):
    text = data.draw(strategies.grammar_texts(recursive=False, shared=False))
    grammar = Grammar.parse(text, small)
    found = naive(grammar, 20)
    assume(found is not None)
    places = {}
    for p in itertools.chain(*grammar.rules.values()):
        for op, n in zip(p.body.operators, p.body.arity.tolist(), strict=True):
            places.setdefault((op, n), len(places))
    expected = sorted({t for _, _, t in found}, key=lambda t: key(t, places, small))
    assert [str(t) for t in enumerate_terms(grammar)] == expected
    assert [rank(grammar, parse_term(t, small)) for t in expected] == list(range(len(expected)))


@QUICK
@given(data=st.data())
def test_ranking_is_a_bijection(data, small, strategies):
    text = data.draw(strategies.grammar_texts(recursive=data.draw(st.booleans())))
    text += data.draw(st.sampled_from(["", "\nrequire depth <= 3", "\nrequire size <= 7", "\nrequire size >= 3"]))
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    size = count(grammar)
    assume(not isinstance(size, AtMost) and size > 0 and not grammar.product.overlap)
    numbers = list(range(min(size, 40)))
    if size > 40:
        rng = random.Random(0)
        numbers += [rng.randrange(size if size != math.inf else 200) for _ in range(10)]
    terms = [unrank(grammar, n) for n in numbers]
    assert len(set(terms)) == len(set(numbers))
    assert [rank(grammar, t) for t in terms] == numbers
    assert all(grammar.constraint.holds(t) for t in terms)
    if size == math.inf:
        heights = [t.height for t in terms[:40]]
        assert heights == sorted(heights)


def test_counts_that_grow_too_large_are_said(small):
    grammar = Grammar.parse("S ::= f(S, S) | a | b", small)
    high, far = parse_term("f(" * 30 + "a" + ", a)" * 30, small), 1 << 1_000_000
    for number in (lambda: rank(grammar, high), lambda: unrank(grammar, far), lambda: next(enumerate_terms(grammar, far))):
        with pytest.raises(NasvizError, match=r"terms as high as this cannot be numbered: .* more than 1,000,000 bits"):
            number()
    assert rank(grammar, unrank(grammar, 10**9)) == 10**9


def test_draws_in_too_many_combinations_are_said(small, monkeypatch):
    grammar = Grammar.parse("S ::= f(S, A) | f(A, B)\nshared A ::= a | s(a)\nshared B ::= b | v(b)", small)
    assert rank(grammar, unrank(grammar, 10)) == 10
    monkeypatch.setattr("nasviz.grammar.language._MOST", 1)
    with pytest.raises(NasvizError, match=r"terms as high as this cannot be numbered: .* too many combinations"):
        unrank(grammar, 100)


def test_what_the_start_does_not_reach_is_not_counted(small):
    beside = "shared A ::= S | a\nB ::= v(B, C) | a\nC ::= S | S | B | a"
    grammar, alone = Grammar.parse(f"S ::= f(S, a) | S | S | a\n{beside}", small), Grammar.parse("S ::= f(S, a) | a", small)
    assert list(itertools.islice(enumerate_terms(grammar), 200)) == list(itertools.islice(enumerate_terms(alone), 200))
    assert rank(grammar, unrank(grammar, 199)) == 199


@QUICK
@given(data=st.data())
def test_rules_that_the_start_does_not_reach_change_no_number(data, small, strategies):
    text = data.draw(strategies.grammar_texts(recursive=data.draw(st.booleans())))
    text += data.draw(st.sampled_from(["", "\nrequire depth <= 3", "\nrequire size >= 3"]))
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar, more = Grammar.parse(text, small), Grammar.parse(f"{text}\nLOST ::= v(LOST, LOST) | f(S, LOST) | a", small)
    size = count(grammar)
    assume(not isinstance(size, AtMost) and not grammar.product.overlap)
    assert count(more) == size
    assert [str(t) for t in itertools.islice(enumerate_terms(more), 20)] == [
        str(t) for t in itertools.islice(enumerate_terms(grammar), 20)
    ]
