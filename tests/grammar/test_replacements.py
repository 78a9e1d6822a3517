import itertools
import math

import numpy as np
import pytest

from nasviz.algebra import Operator, Sort, parse_term
from nasviz.errors import NasvizError
from nasviz.grammar import Grammar, derive, enumerate_terms, parse_derivation
from nasviz.grammar.replacements import Replacements, nearest_place, replaced
from nasviz.spaces import hierarchical_nb201, nb201, nested_convnet

MAP = Sort.MAP
OPERATORS = [Operator("f", (MAP, MAP)), Operator("h", (MAP, MAP)), Operator("g", (MAP,)), *map(Operator, ("x", "y", "z"))]
SMALL = "S ::= f(A, B) | g(A)\nA ::= x | y | g(x)\nB ::= A | z"
SHARED = "S ::= f(A, A) | g(A)\nshared A ::= h(C, C) | z\nC ::= x | y"


def of(grammar, text, position, nonterminal=None):
    return Replacements(grammar, parse_derivation(grammar, parse_term(text, grammar.signature)), position, nonterminal)


@pytest.mark.parametrize("text", [SMALL, SMALL + "\nrequire size <= 3", SHARED])
def test_they_are_the_terms_of_the_space_that_differ_only_there(text):
    """Against all terms of the language: those that agree outside of the place."""
    grammar = Grammar.parse(text, OPERATORS)
    terms = list(enumerate_terms(grammar))
    for term in terms:
        derivation = parse_derivation(grammar, term)
        for i in range(len(term)):
            try:
                found = Replacements(grammar, derivation, term.position(i))
            except NasvizError:
                continue
            mine = list(found)
            assert len(mine) == len(set(mine)) == found.count()
            assert set(found.exchanged()) <= set(mine)
            hole = parse_term("x", grammar.signature)
            for other in mine:
                assert other in terms
                assert other != term
                i0 = found.nodes[0]
                old, new = (
                    replaced(t, nodes, hole) for t, nodes in ((term, found.nodes), (other, _moved(found.nodes, term, other)))
                )
                assert old == new, (str(term), str(other), i0)


def _moved(nodes, term, other):
    """The nodes of the other term at which the replaced subterms stand: each before makes the next one move."""
    by = len(other.subterm(nodes[0])) - len(term.subterm(nodes[0]))
    return [node + k * by for k, node in enumerate(nodes)]


def test_an_inner_nonterminal_can_be_asked_for():
    grammar = Grammar.parse(SMALL, OPERATORS)
    outer, inner = of(grammar, "f(x, y)", (1,)), of(grammar, "f(x, y)", (1,), "A")
    assert (outer.nonterminal, outer.count()) == ("B", 3)
    assert (inner.nonterminal, [str(t) for t in inner]) == ("A", ["f(x, x)", "f(x, g(x))"])
    with pytest.raises(NasvizError, match="is derived from B, A, not from S"):
        of(grammar, "f(x, y)", (1,), "S")
    with pytest.raises(NasvizError, match=r"no nonterminal begins at \(0, 0\): x is part of the body of A at \(0,\)"):
        of(grammar, "f(g(x), y)", (0, 0))


def test_the_nearest_place():
    grammar = Grammar.parse(SMALL, OPERATORS)
    derivation = parse_derivation(grammar, parse_term("f(g(x), y)", grammar.signature))
    assert nearest_place(grammar, derivation, (0, 0)) == (0,)
    assert nearest_place(grammar, derivation, (1,)) == (1,)
    with pytest.raises(NasvizError, match="no position"):
        nearest_place(grammar, derivation, (4,))


def test_draws_are_among_them_and_reach_all():
    grammar = Grammar.parse(SMALL, OPERATORS)
    found, rng = of(grammar, "f(x, y)", (1,)), np.random.default_rng(0)
    assert {found.drawn(rng) for _ in range(60)} == set(found)
    single = Grammar.parse("S ::= f(A, A)\nA ::= x", OPERATORS)
    alone = of(single, "f(x, x)", (0,))
    assert (alone.drawn(rng), alone.count(), list(alone)) == (None, 0, [])


def test_endless_ones_come_lower_ones_first():
    space = nested_convnet()
    term = space.parse("Linear(Residual(id, id, id), id)").term
    found = Replacements(space.grammar, parse_derivation(space.grammar, term), (0,))
    assert found.count() == math.inf
    heights = [t.subterm(1).height for t in itertools.islice(found, 400)]
    assert heights == sorted(heights)
    assert heights[-1] > heights[0]


@pytest.mark.parametrize("make", [hierarchical_nb201, lambda: hierarchical_nb201(connected=True), nb201])
def test_each_question_is_quick_on_large_spaces(make, bounded):
    space = make()
    arch = space.sample(seed=1)
    rng = np.random.default_rng(0)
    Replacements(space.grammar, arch.derivation.draws, ()).count()
    for position in ((), (0,), (0, 0)):
        with bounded(0.4):
            found = Replacements(space.grammar, arch.derivation.draws, position)
            found.count()
            some = [*itertools.islice(found, 5), *found.exchanged(), *(found.drawn(rng) for _ in range(3))]
        assert all(term is None or space.contains(term) for term in some)


def test_in_a_shared_draw_all_places_change():
    grammar = Grammar.parse(SHARED, OPERATORS)
    found = of(grammar, "f(h(x, y), h(x, y))", (1, 1))
    assert found.nodes == (3, 6)
    assert [str(t) for t in found] == ["f(h(x, x), h(x, x))"]
    assert str(found.with_subterm(parse_term("x", grammar.signature))) == "f(h(x, x), h(x, x))"
    assert derive(grammar, parse_derivation(grammar, found.term)) == found.term
