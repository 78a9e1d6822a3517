import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasviz.algebra import parse_term
from nasviz.grammar import Grammar
from nasviz.grammar.smallest import heights, smallest


@pytest.mark.slow
@given(data=st.data())
def test_listing_finds_the_same(data, small, strategies, naive):
    grammar = Grammar.parse(data.draw(strategies.grammar_texts(recursive=False)), small)
    listed = naive(grammar, 30)
    if listed is not None:
        terms = [parse_term(text, small) for _, _, text in listed]
        size = smallest(grammar.normal_form)[0][grammar.normal_form.defining(grammar.start)]
        if not grammar.shared:
            assert size == min(map(len, terms))
        tall = [1 + int(t.depth.max()) for t in terms]
        assert heights(grammar) == (min(tall), max(tall))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S ::= s(S) | a", (1, math.inf)),
        ("S ::= s(A) | S\nA ::= A | b", (2, 2)),
        ("S ::= f(A, a)\nA ::= s(B) | b\nB ::= A", (2, math.inf)),
        ("S ::= a\nT ::= s(T) | a", (1, 1)),
    ],
)
def test_heights(text, expected, small):
    assert heights(Grammar.parse(text, small)) == expected


def test_published_heights(grammars):
    assert heights(grammars.hierarchical) == (5, 6)
    assert heights(grammars.nb201) == (5, 5)
    assert heights(grammars.nested) == (1, math.inf)


def test_a_size_beyond_floats_is_infinite(small):
    text = "\n".join(f"A{i} ::= f(A{i + 1}, A{i + 1})" for i in range(1_200)) + "\nA1200 ::= a"
    grammar = Grammar.parse(text, small)
    size, best = smallest(grammar.normal_form)
    assert size[grammar.normal_form.defining("A0")] == math.inf
    assert heights(grammar) == (1201, 1201)
    assert None not in best
