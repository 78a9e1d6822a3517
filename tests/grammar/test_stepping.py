import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nasviz.errors import NasvizError
from nasviz.grammar import Derivation, Grammar, Partial, count, derivation_tree, derive, lint, parse_derivation


@pytest.fixture(scope="module")
def grammar(small):
    return Grammar.parse("S ::= f(A, T) | a\nT ::= s(A) | B\nshared A ::= a | s(B)\nB ::= b | c", small)


def test_a_derivation_by_hand(grammar):
    partial = Partial.begin(grammar)
    assert (str(partial), partial.frontier, partial.done) == ("S", ((),), False)
    partial = partial.expand((), 0)
    assert (str(partial), partial.frontier) == ("f(A, T)", ((0,), (1,)))
    assert [str(p) for p in partial.productions((1,))] == ["T ::= s(A)", "T ::= B"]
    partial = partial.expand((0,), 1)
    assert str(partial) == "f(s(B), T)"
    partial = partial.expand((1,), 0)
    assert (str(partial), partial.frontier) == ("f(s(B), s(s(B)))", ((0, 0), (1, 0, 0)))
    partial = partial.expand((1, 0, 0), 1)
    assert (str(partial), partial.done) == ("f(s(c), s(s(c)))", True)
    assert partial.remaining() == 1
    parse_derivation(grammar, partial.term)


def test_undo(grammar):
    begin = Partial.begin(grammar)
    assert begin.undo() == begin
    assert begin.expand((), 0).expand((1,), 1).undo().undo() == begin


def test_what_remains(grammar):
    begin = Partial.begin(grammar)
    assert begin.remaining("derivations") == count(grammar, "derivations") == 1 + 3 * (1 + 2)
    assert begin.expand((), 1).remaining("derivations") == 1
    assert begin.expand((), 0).remaining("derivations") == 9
    assert begin.expand((), 0).expand((0,), 1).remaining("derivations") == 2 * 3
    assert begin.expand((), 0).expand((1,), 1).remaining("derivations") == 3 * 2


def test_what_remains_of_a_recursive_grammar(grammars):
    partial = Partial.begin(grammars.nested).expand((), 0)
    assert partial.remaining() == math.inf
    assert partial.remaining(max_height=2) == 16


def test_mistakes(grammar):
    partial = Partial.begin(grammar).expand((), 0)
    with pytest.raises(NasvizError, match=r"f is not open; open places are at \(0,\), \(1,\)"):
        partial.expand((), 0)
    with pytest.raises(NasvizError, match="no production 2 of T; it has 2, counted from 0"):
        partial.expand((1,), 2)
    with pytest.raises(NasvizError, match=r"no position \(5,\)"):
        partial.expand((5,), 0)
    with pytest.raises(NasvizError, match="a is not open; open places are at none"):
        Partial.begin(grammar).expand((), 1).expand((), 0)


def test_completions_keep_what_is_chosen(grammars):
    rng = np.random.default_rng(0)
    partial = Partial.begin(grammars.hierarchical).expand((), 1).expand((1,), 2)
    for _ in range(10):
        term = partial.complete(rng)
        parse_derivation(grammars.hierarchical, term)
        assert [op.name for op in term.operators[:1]] == ["Linear"]
        assert term.operators[term.index((1,))].name == "Residual3"


def test_a_shared_start(small):
    partial = Partial.begin(Grammar.parse("shared S ::= f(A, A) | a\nA ::= b | c", small))
    assert partial.remaining() == 5
    assert str(partial.expand((), 0).expand((1,), 0)) == "f(A, b)"
    assert partial.expand((), 0).expand((1,), 0).remaining() == 2


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_following_a_derivation_ends_at_its_term(data, small, strategies, naive):
    text = data.draw(strategies.grammar_texts())
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    found = naive(grammar, 3)
    assume(found)
    draws, macro, _ = data.draw(st.sampled_from(found))
    derivation = Derivation(draws, macro)
    tree = derivation_tree(grammar, derivation)
    partial = Partial.begin(grammar)
    for node in tree.nodes:
        position = tree.term.position(node.index)
        if partial.term.operators[partial.term.index(position)].name == node.nonterminal:
            partial = partial.expand(position, node.production)
    assert partial.done
    assert partial.term == derive(grammar, derivation)
