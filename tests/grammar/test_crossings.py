import itertools

import numpy as np
import pytest

from nasviz.algebra import Operator, Sort, parse_term
from nasviz.errors import NasvizError
from nasviz.grammar import Derivation, Grammar, crossover, derive, enumerate_terms, parse_derivation
from nasviz.grammar.crossings import Crossings, Meeting

MAP = Sort.MAP
OPERATORS = [Operator("f", (MAP, MAP)), Operator("h", (MAP, MAP)), Operator("g", (MAP,)), *map(Operator, ("x", "y", "z"))]
GRAMMARS = [
    "S ::= f(A, B) | g(A)\nA ::= x | y | g(x)\nB ::= A | z",
    "S ::= f(A, B) | g(A)\nA ::= x | y | g(x)\nB ::= A | z\nrequire size <= 3",
    "S ::= f(A, A) | g(A)\nshared A ::= h(C, C) | z\nC ::= x | y",
]


@pytest.mark.parametrize("text", GRAMMARS)
def test_children_are_new_legal_and_all_that_crossover_draws(text):
    grammar = Grammar.parse(text, OPERATORS)
    terms = list(enumerate_terms(grammar))
    pairs = list(itertools.product(terms[::2], terms[1::2]))[:24]
    for a, b in pairs:
        one, two = parse_derivation(grammar, a), parse_derivation(grammar, b)
        children = list(Crossings(grammar, one, two).children())
        found = {(c.first, c.second) for c in children}
        assert len(found) == len(children)
        for first, second in found:
            assert {first, second} <= set(terms)
            assert (first, second) not in ((a, b), (b, a))
        for seed in range(6):
            drawn = crossover(grammar, one, two, np.random.default_rng(seed))
            if drawn != (one, two):
                assert (derive(grammar, drawn[0]), derive(grammar, drawn[1])) in found


def test_places_where_equal_nonterminals_meet():
    grammar = Grammar.parse(GRAMMARS[0], OPERATORS)
    one, two = (parse_derivation(grammar, parse_term(t, grammar.signature)) for t in ("f(x, z)", "g(y)"))
    found = Crossings(grammar, one, two)
    assert found.meetings == (Meeting("S", (0,), (0,)), Meeting("A", (1,), (1,)))
    (only,) = found.children()
    assert (only.nonterminal, only.here, only.there, str(only.first), str(only.second)) == ("A", (1,), (1,), "f(y, z)", "g(x)")
    assert (found.total(), found.total(1), found.total(2)) == (2, 1, 0)
    assert list(found.children(2)) == []
    shuffled = list(found.children(rng=np.random.default_rng(0)))
    assert [(c.first, c.second) for c in shuffled] == [(only.first, only.second)]


def test_a_foreign_derivation_is_refused():
    grammar = Grammar.parse(GRAMMARS[0], OPERATORS)
    with pytest.raises(NasvizError):
        Crossings(grammar, Derivation((), (7,)), Derivation((), (1, 0)))
