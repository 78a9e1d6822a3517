from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nasviz.errors import NasvizError
from nasviz.grammar import Derivation, Grammar, derive, lint, parse_derivation, sample
from nasviz.grammar.crossover import crossover, self_crossover
from nasviz.grammar.places import Places

NAMES = ["hierarchical", "nb201", "activation", "darts", "nested"]


def swaps(one, two):
    """All pairs of children by listing, shared draws apart: from every pair of places of one nonterminal."""
    for i in one.all(choice=False):
        for j in two.all(choice=False):
            if one.name(i) == two.name(j):
                yield one.spliced([(i, two.slice(j))]), two.spliced([(j, one.slice(i))])


def trees(places):
    """Multiset of (nonterminal, production) of macro and draws."""
    return Counter(
        (a, k) for (_, row), path in zip(places.parts, places.paths, strict=True) for a, k in zip(path, row, strict=True)
    )


@pytest.mark.parametrize("name", NAMES)
def test_children_exchange_exactly_the_swapped_parts(name, grammars):
    grammar, rng = getattr(grammars, name), np.random.default_rng(0)
    for _ in range(15):
        a, b = sample(grammar, rng), sample(grammar, rng)
        if derive(grammar, a) == derive(grammar, b):
            continue
        c, d = crossover(grammar, a, b, rng)
        for child in (c, d):
            parse_derivation(grammar, derive(grammar, child))
        if name == "nb201":
            assert (c.macro, d.macro) == (a.macro, b.macro)
        before, after = (Places(grammar, x) for x in (a, b)), (Places(grammar, x) for x in (c, d))
        assert sum(map(trees, before), Counter()) == sum(map(trees, after), Counter())
        rows = [[*x.draws, x.macro] for x in (a, b, c, d)]
        assert sum(p != q for p, q in zip(rows[0], rows[2], strict=True)) <= 1  # one part of each parent
        assert sum(p != q for p, q in zip(rows[1], rows[3], strict=True)) <= 1


def test_a_swap_is_one_of_all_swaps_and_each_is_reached(small):
    grammar, rng = Grammar.parse("S ::= f(A, A) | s(A)\nA ::= a | b | s(A)", small), np.random.default_rng(0)
    a, b = Derivation(macro=(0, 0, 2, 1)), Derivation(macro=(1, 2, 0))
    one, two = Places(grammar, a), Places(grammar, b)
    possible = {(c[0], d[0]) for c, d in swaps(one, two)} - {(a.macro, b.macro), (b.macro, a.macro)}
    seen = {tuple(x.macro for x in crossover(grammar, a, b, rng)) for _ in range(600)}
    assert seen == possible


def test_only_legal_children(small):
    grammar = Grammar.parse("require size <= 6\nS ::= f(A, A)\nA ::= a | s(A) | f(A, A)", small)
    rng = np.random.default_rng(0)
    for _ in range(40):
        a, b = sample(grammar, rng), sample(grammar, rng)
        for child in (*crossover(grammar, a, b, rng), self_crossover(grammar, a, rng)):
            assert grammar.constraint.holds(derive(grammar, child))
    small_one, large = Derivation(macro=(0, 0, 0)), Derivation(macro=(0, 1, 1, 0, 1, 0))  # f(a, a), f(s(s(a)), s(a))
    seen = {tuple(str(derive(grammar, x)) for x in crossover(grammar, small_one, large, rng)) for _ in range(300)}
    one, two = Places(grammar, small_one), Places(grammar, large)
    legal = set()
    for c, d in swaps(one, two):
        terms = [derive(grammar, Derivation((), x[0])) for x in (c, d)]
        if all(map(grammar.constraint.holds, terms)):
            legal.add(tuple(map(str, terms)))
    texts = (str(one.term), str(two.term))
    assert seen == legal - {texts, texts[::-1]}


def test_a_shared_draw_is_swapped_as_a_unit(small):
    grammar = Grammar.parse("S ::= f(X, X) | s(X)\nshared X ::= f(B, B) | a\nB ::= b | c", small)
    rng = np.random.default_rng(0)
    a, b = Derivation(((0, 0, 0),), (0,)), Derivation(((0, 1, 1),), (1,))  # f(f(b,b), f(b,b)), s(f(c,c))
    seen = {tuple(str(derive(grammar, x)) for x in crossover(grammar, a, b, rng)) for _ in range(300)}
    assert ("f(f(c, c), f(c, c))", "s(f(b, b))") in seen
    assert ("f(f(b, c), f(b, c))", "s(f(b, c))") in seen


def test_a_draw_comes_along_where_it_is_missing(small):
    grammar = Grammar.parse("S ::= f(A, A)\nA ::= a | X | s(b)\nshared X ::= s(B)\nB ::= b | c", small)
    rng = np.random.default_rng(0)
    a, b = Derivation(((),), (0, 0, 0)), Derivation(((0, 1),), (0, 1, 2))
    seen = {tuple(str(derive(grammar, x)) for x in crossover(grammar, a, b, rng)) for _ in range(100)}
    assert ("f(s(c), a)", "f(a, s(b))") in seen
    for c, d in (crossover(grammar, a, b, rng) for _ in range(20)):
        for child in (c, d):
            assert bool(child.draws[0]) == (1 in child.macro[1:])


def test_within_one_term(small):
    grammar = Grammar.parse("S ::= f(A, A)\nA ::= a | b | s(A) | f(A, A)", small)
    rng = np.random.default_rng(0)
    parent = Derivation(macro=(0, 2, 2, 1, 0))  # f(s(s(b)), a)
    seen = {str(derive(grammar, self_crossover(grammar, parent, rng))) for _ in range(200)}
    assert seen == {"f(a, s(s(b)))", "f(s(a), s(b))", "f(s(s(a)), b)"}


@pytest.mark.parametrize("name", NAMES)
def test_self_crossover_keeps_the_operators(name, grammars):
    grammar, rng = getattr(grammars, name), np.random.default_rng(1)
    for _ in range(15):
        a = sample(grammar, rng)
        child = self_crossover(grammar, a, rng)
        term, parent = derive(grammar, child), derive(grammar, a)
        parse_derivation(grammar, term)
        assert trees(Places(grammar, child)) == trees(Places(grammar, a))
        if name != "nb201":
            assert Counter(term.operators) == Counter(parent.operators)


def test_never_nested_through_a_shared_draw(small):
    with pytest.raises(NasvizError):  # X would reach itself
        grammar = Grammar.parse("S ::= f(A, X)\nA ::= a | s(X)\nshared X ::= f(A, b)", small)
    grammar = Grammar.parse("S ::= f(A, X)\nA ::= s(X) | B\nshared X ::= s(B)\nB ::= a | b | s(B)", small)
    rng = np.random.default_rng(0)
    parent = Derivation(((0, 2, 0),), (0, 0))  # f(s(s(s(a))), s(s(a)))
    assert self_crossover(grammar, parent, rng) == parent
    other = Derivation(((0, 2, 0),), (0, 1, 1))  # f(b, s(s(a)))
    seen = {str(derive(grammar, self_crossover(grammar, other, rng))) for _ in range(100)}
    assert seen == {"f(a, s(s(b)))", "f(s(a), s(b))"}


def test_no_partner_gives_the_parents(small):
    rng = np.random.default_rng(0)
    grammar = Grammar.parse("S ::= a | b", small)
    a, b = Derivation(macro=(0,)), Derivation(macro=(1,))
    assert crossover(grammar, a, b, rng) == (a, b)
    assert self_crossover(grammar, a, rng) == a
    with pytest.raises(NasvizError, match="no production 7 of S"):
        crossover(grammar, a, Derivation(macro=(7,)), rng)


def test_a_rare_pair_is_found(small):
    grammar = Grammar.parse("S ::= v(" + ", ".join(["A"] * 60) + ", B, B)\nA ::= a | b\nB ::= a | b", small)
    rng = np.random.default_rng(0)
    parent = Derivation(macro=(0, *[0] * 60, 0, 1))
    for _ in range(20):
        assert self_crossover(grammar, parent, rng).macro == (0, *[0] * 60, 1, 0)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_children_stay_in_small_languages(data, small, strategies, naive):
    text = data.draw(strategies.grammar_texts())
    limit = data.draw(st.sampled_from(["", "require size <= 5\n", "require depth <= 3\n"]))
    assume(all(d.severity != "error" for d in lint(limit + text, small)))
    grammar = Grammar.parse(limit + text, small)
    found = naive(grammar, 4)
    assume(found)
    legal = [Derivation(d, m) for d, m, _ in found if grammar.constraint.holds(derive(grammar, Derivation(d, m)))]
    assume(legal)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    a, b = (legal[rng.integers(len(legal))] for _ in range(2))
    for child in (*crossover(grammar, a, b, rng), self_crossover(grammar, a, rng)):
        term = derive(grammar, child)
        parse_derivation(grammar, term)
        assert grammar.constraint.holds(term)
