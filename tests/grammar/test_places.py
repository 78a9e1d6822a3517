import numpy as np

from nasviz.grammar import Derivation, Grammar, derivation_tree, sample
from nasviz.grammar.places import Places, end_of


def test_ends_of_subtrees(small):
    grammar = Grammar.parse("S ::= f(S, S) | a", small)
    numbers = (0, 0, 1, 1, 0, 1, 1)
    assert [end_of(grammar.tables, 0, numbers, i) for i in range(7)] == [7, 4, 3, 4, 7, 6, 7]


def test_places_stand_where_the_tree_says(grammars):
    rng = np.random.default_rng(0)
    for name in ("hierarchical", "nb201", "activation"):
        grammar = getattr(grammars, name)
        derivation = sample(grammar, rng)
        places, tree = Places(grammar, derivation), derivation_tree(grammar, derivation)
        found = sorted((node, places.name(place)) for place, nodes in places.nodes.items() for node in nodes)
        assert found == sorted(zip(tree.indices, tree.nonterminals, strict=True))


def test_a_place_in_a_draw_stands_several_times(small):
    grammar = Grammar.parse("S ::= f(X, A)\nA ::= s(X)\nshared X ::= s(B)\nB ::= a | b", small)
    places = Places(grammar, Derivation(((0, 1),), (0, 0)))
    assert str(places.term) == "f(s(b), s(s(b)))"
    assert places.nodes == {(0, 0): [0], (0, 1): [3], (1, 0): [1, 4], (1, 1): [2, 5]}
    assert places.at((1, 0)) == (1, 0)
    assert places.all() == [(1, 0), (1, 1)]


def test_opening(small):
    grammar = Grammar.parse("S ::= f(X, A)\nA ::= s(X) | s(B)\nshared X ::= s(B)\nB ::= a | b", small)
    places = Places(grammar, Derivation(((0, 1),), (0, 1, 0)))
    macro, draws = places.opened([(0, 2), (1, 1)])
    assert (str(macro), [str(d) for d in draws]) == ("f(X, s(B))", ["s(B)"])
    macro, draws = places.opened([(0, 0)])
    assert (str(macro), [str(d) for d in draws]) == ("S", ["s(b)"])
    unused = Places(Grammar.parse("S ::= a | X\nshared X ::= b | c", small), Derivation(((),), (0,)))
    assert [str(t) for t in unused.opened([])[1]] == ["X"]


def test_splicing_and_outermost(small):
    grammar = Grammar.parse("S ::= f(S, S) | a", small)
    places = Places(grammar, Derivation((), (0, 0, 1, 1, 0, 1, 1)))
    assert places.outermost([(0, 5), (0, 1), (0, 2)]) == [(0, 1), (0, 5)]
    assert places.spliced([((0, 1), (1,)), ((0, 5), (0, 1, 1))]) == [(0, 1, 0, 0, 1, 1, 1)]
    assert places.slice((0, 4)) == (0, 1, 1)
