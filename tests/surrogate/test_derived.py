from collections import Counter

import pytest

from nasviz.grammar import matching
from nasviz.spaces import Architecture, SearchSpace, hierarchical_nb201
from nasviz.surrogate.alphabet import Alphabet
from nasviz.surrogate.derived import Derived, called
from nasviz.surrogate.forest import Forest
from nasviz.surrogate.quantities import production_counts
from nasviz.surrogate.wl import label_hash


def check(archs: list[Architecture]) -> int:
    """Compare names and productions with each architecture's own derivation; return how many nodes have a name."""
    grammar = archs[0].space.grammar
    assert grammar is not None
    forest = Forest([arch.term for arch in archs], Alphabet())
    names = Derived(forest, grammar)
    named = 0
    for depth in range(forest.height - 1, -1, -1):
        at = forest.at(depth)
        for node, found in zip(range(at.start, at.stop), names.labels(depth).tolist(), strict=True):
            arch = archs[int(forest.owner[node])]
            labels = arch.derivation.labels[int(forest.index[node])]
            assert found == label_hash(called(labels, arch.term.operators[int(forest.index[node])].name))
            named += bool(labels)
    counted = [production_counts(arch) if arch.derivation.labels[0] else Counter[str]() for arch in archs]
    assert names.productions() == counted
    return named


def test_names_are_those_of_the_derivation(drawn: list[Architecture]) -> None:
    if drawn[0].space.grammar is not None and not drawn[0].space.grammar.shared:
        assert check(drawn) > len(drawn)


def test_ambiguous_rules_are_read_in_the_order_of_ranking() -> None:
    space = SearchSpace("S ::= Linear(A, A) | Linear(B, A) | B\nA ::= relu | B\nB ::= relu | Linear(B, id) | A")
    assert check(list(dict.fromkeys(space.sample(40, seed=2)))) > 40


def test_nested_bodies_give_names_to_their_leaves_alone() -> None:
    space = SearchSpace("S ::= Linear(Residual(A, id, Linear(A, S)), relu) | A\nA ::= relu | conv3x3")
    assert check(list(dict.fromkeys(space.sample(20, seed=2)))) > 20


def test_what_the_grammar_does_not_derive_has_no_names() -> None:
    space = SearchSpace("S ::= Linear(A, A)\nA ::= relu | conv3x3")
    assert check([space.sample(seed=0)[0]]) == 0


def test_it_outlives_the_memory_of_the_matcher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "_REMEMBERED", 5)
    assert check(hierarchical_nb201().sample(4, seed=1)) > 1000
