import numpy as np

from nasviz.spaces import Architecture, parse
from nasviz.surrogate.alphabet import Alphabet
from nasviz.surrogate.forest import Forest


def test_arrays_say_what_the_terms_say(drawn: list[Architecture]) -> None:
    terms = [arch.term for arch in drawn]
    forest = Forest(terms, Alphabet())
    assert len(forest) == sum(map(len, terms))
    seen = set()
    for node in range(len(forest)):
        term, i = terms[int(forest.owner[node])], int(forest.index[node])
        seen.add((int(forest.owner[node]), i))
        assert forest.alphabet.operators[int(forest.operator[node])] == term.operators[i]
        assert forest.arity[node] == term.arity[i]
        depth = int(term.depth[i])
        assert forest.bounds[depth] <= node < forest.bounds[depth + 1]
        first = int(forest.first[node])
        assert [int(forest.index[first + k]) for k in range(int(forest.arity[node]))] == term.children(i)
        for k in range(int(forest.arity[node])):
            assert (forest.parent[first + k], forest.rank[first + k]) == (node, k)
    assert len(seen) == len(forest)


def test_roots_come_first_and_have_no_parent() -> None:
    forest = Forest([parse("relu").term, parse("Linear(relu, id)").term], Alphabet())
    assert forest.height == 2
    assert forest.at(0) == slice(0, 2)
    assert forest.parent.tolist() == [-1, -1, 1, 1]
    assert forest.rank.tolist() == [0, 0, 0, 1]


def test_a_forest_may_be_empty_or_deep() -> None:
    assert len(Forest([], Alphabet())) == 0
    text = "relu"
    for _ in range(500):
        text = f"Linear({text})"
    forest = Forest([parse(text).term], Alphabet())
    assert forest.height == 501
    assert np.array_equal(forest.index, np.arange(501))
