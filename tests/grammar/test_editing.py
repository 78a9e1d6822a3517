from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nasviz.errors import NasvizError
from nasviz.grammar import AtMost, Derivation, Grammar, count, derivation_tree, derive, lint, mutate, parse_derivation, sample
from nasviz.grammar.editing import end_of
from nasviz.grammar.drawing import LARGEST


def test_seeds_repeat(grammars):
    parent = sample(grammars.hierarchical, np.random.default_rng(0))
    assert mutate(grammars.hierarchical, parent, np.random.default_rng(1)) == mutate(
        grammars.hierarchical, parent, np.random.default_rng(1)
    )


@pytest.mark.parametrize("name", ["hierarchical", "nb201", "activation", "darts", "nested"])
def test_children_are_other_terms_of_the_language(name, grammars):
    grammar, rng = getattr(grammars, name), np.random.default_rng(0)
    derivation = sample(grammar, rng)
    for _ in range(40):
        child = mutate(grammar, derivation, rng)
        term = derive(grammar, child)
        assert term != derive(grammar, derivation)
        parse_derivation(grammar, term)
        derivation = child


def test_a_shared_cell_changes_everywhere(grammars):
    grammar, rng = grammars.nb201, np.random.default_rng(0)
    parent = sample(grammar, rng)
    child = mutate(grammar, parent, rng)
    assert child.macro == parent.macro
    assert child.draws != parent.draws


def test_every_nb201_cell_one_redraw_away_is_reached(grammars):
    grammar, rng = grammars.nb201, np.random.default_rng(0)
    parent = Derivation(((0, 0, 0, 0, 0, 0, 0),), parse_macro(grammar))
    children = {mutate(grammar, parent, rng).draws[0] for _ in range(3000)}
    one_away = {(0, *(k if i == place else 0 for i in range(6))) for place in range(6) for k in range(1, 5)}
    assert one_away <= children
    assert len(children) > 100  # the whole cell is a unit too


def parse_macro(grammar):
    return sample(grammar, np.random.default_rng(0)).macro


def test_on_average_one_redraw(grammars):
    grammar, rng = grammars.hierarchical, np.random.default_rng(0)
    changed = []
    for _ in range(100):
        parent = sample(grammar, rng)
        child = mutate(grammar, parent, rng)
        one, two = derivation_tree(grammar, parent), derivation_tree(grammar, child)
        changed.append(sum((Counter(one.nonterminals) - Counter(two.nonterminals)).values()))
    assert np.median(changed) < 25  # of several hundred


def test_no_choice_gives_the_parent(small):
    rng = np.random.default_rng(0)
    for text in ("S ::= f(A, A)\nA ::= a", "S ::= A | B\nA ::= a\nB ::= a | a", "S ::= a | b [0]"):
        grammar = Grammar.parse(text, small)
        parent = sample(grammar, rng)
        assert mutate(grammar, parent, rng) == parent


def test_a_rare_choice_is_found(small):
    grammar = Grammar.parse("S ::= a [0.999999] | s(A)\nA ::= b [0.999999] | c", small)
    rng = np.random.default_rng(0)
    assert derive(grammar, mutate(grammar, Derivation((), (0,)), rng)).text in ("s(b)", "s(c)")
    assert derive(grammar, mutate(grammar, Derivation((), (1, 0)), rng)).text in ("a", "s(c)")


def test_a_draw_that_becomes_used_is_made_and_one_that_does_not_is_dropped(small):
    grammar = Grammar.parse("S ::= f(A, A) | c\nshared A ::= a | s(B)\nshared B ::= b | c", small)
    rng = np.random.default_rng(0)
    seen = {mutate(grammar, Derivation(((), ()), (1,)), rng) for _ in range(100)}
    assert seen == {Derivation(((0,), ()), (0,)), Derivation(((1,), (0,)), (0,)), Derivation(((1,), (1,)), (0,))}
    back = {mutate(grammar, Derivation(((1,), (0,)), (0,)), rng) for _ in range(200)}
    assert back == {Derivation(((), ()), (1,)), Derivation(((0,), ()), (0,)), Derivation(((1,), (1,)), (0,))}


def test_supercritical_redraws_are_given_up(small, monkeypatch):
    monkeypatch.setattr("nasviz.grammar.editing.LARGEST", 200)
    assert LARGEST == 1_000_000
    grammar = Grammar.parse("S ::= f(S, S) [0.95] | a | b", small)
    child = mutate(grammar, Derivation((), (1,)), np.random.default_rng(0))
    assert derive(grammar, child).text != "a"
    assert child.size <= 201


def test_wrong_derivations_are_refused(small):
    with pytest.raises(NasvizError, match="ends too early: S is open"):
        mutate(Grammar.parse("S ::= s(S) | a", small), Derivation((), (0,)), np.random.default_rng(0))


def test_ends_of_subtrees(small):
    grammar = Grammar.parse("S ::= f(S, S) | a", small)
    numbers = (0, 0, 1, 1, 0, 1, 1)
    assert [end_of(grammar.tables, 0, numbers, i) for i in range(7)] == [7, 4, 3, 4, 7, 6, 7]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_children_differ_exactly_when_there_is_a_choice(data, small, strategies, naive):
    grammar = Grammar.parse(data.draw(strategies.grammar_texts(recursive=False)), small)
    found = naive(grammar, 20)
    assume(found is not None)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    draws, macro, printed = found[rng.integers(len(found))]
    child = derive(grammar, mutate(grammar, Derivation(draws, macro), rng)).text
    language = {t for _, _, t in found}
    assert child in language
    assert (child != printed) == (len(language) > 1)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_children_stay_in_recursive_languages(data, small, strategies):
    text = data.draw(strategies.grammar_texts())
    assume(all(d.severity == "info" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    parent = sample(grammar, rng)
    term = derive(grammar, mutate(grammar, parent, rng))
    parse_derivation(grammar, term)
    terms = count(grammar, max_height=30)
    assume(not isinstance(terms, AtMost))
    assert (term != derive(grammar, parent)) == (terms != 1)
