import math

from nasviz.algebra import parse_term
from nasviz.grammar import Grammar, Partial
from nasviz.grammar.costs import one_each
from nasviz.grammar.outlook import GREATEST, LEAST, Insides, settled, uses


def test_neutral_numbers():
    assert LEAST.combine(math.inf, -math.inf) == math.inf
    assert GREATEST.combine(-math.inf, math.inf) == -math.inf
    for ring in (LEAST, GREATEST):
        assert ring.join(ring.zero, 3) == ring.combine(ring.one, 3) == 3


def test_places_of_draws(small):
    grammar = Grammar.parse("S ::= f(X, f(X, Y))\nshared X ::= a | b\nshared Y ::= f(X, X) | c", small)
    partial = Partial.begin(grammar)
    assert uses(grammar, (partial.macro, *partial.draws)) == [1, 0, 0]
    partial = partial.expand((), 0)
    assert uses(grammar, (partial.macro, *partial.draws)) == [1, 2, 1]
    partial = partial.expand((1, 1), 0)
    assert uses(grammar, (partial.macro, *partial.draws)) == [1, 4, 1]


def test_settled(small):
    grammar = Grammar.parse("S ::= f(X, A) | c\nA ::= a | b\nshared X ::= a | s(Y)\nshared Y ::= b | c", small)
    begin = Partial.begin(grammar)
    assert not settled(grammar, (begin.macro, *begin.draws))
    named = begin.expand((), 0)
    assert not settled(grammar, (named.macro, *named.draws))  # X may use Y
    closed = named.expand((0,), 1)
    assert settled(grammar, (closed.macro, *closed.draws))
    assert settled(grammar, (parse_term("c", small), *begin.draws))


def test_insides(small):
    grammar = Grammar.parse("S ::= f(A, A)\nA ::= a [0.5] | b | s(a)", small)
    insides = Insides(grammar)
    assert sum(insides.numbers("terms", "S").values()) == 9
    assert math.isclose(sum(insides.numbers("weights", "A").values()), 1)
    bounds = insides.bounds(one_each)
    assert insides.bounds(one_each) is bounds
    assert bounds.by_value(grammar.normal_form.index["S"], least=False) == {0: 5}
