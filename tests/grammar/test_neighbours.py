from itertools import islice

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nasviz.algebra import parse_term
from nasviz.errors import NasvizError, TermError
from nasviz.grammar import AtMost, Derivation, Grammar, derive, lint, parse_derivation, sample
from nasviz.grammar.neighbours import Neighbourhood, count_neighbours, neighbours
from nasviz.grammar.places import Places, end_of


def replaced(grammar, derivation, everything, small):
    """Texts of all legal terms in which one subterm is another of height at most 1 + the least possible, by listing."""
    places = Places(grammar, derivation)
    old = [derivation.macro, *derivation.draws]
    least = {}
    found = set()
    for start in grammar.rules:
        here = Grammar.parse(f"start {start}\n" + grammar.canonical.split("\n", 1)[1], small)
        here.requirements = ()
        low = next(h for h in range(1, 30) if everything(here, h))
        least[start] = low
    terms = [(d, m, t, parse_term(t, small)) for d, m, t in everything(grammar, 12)]
    for part, i in places.all(choice=False):
        tail = old[part][places.stop((part, i)) :]
        a = places.paths[part][i]
        node = places.nodes[part, i][0]
        for draws, macro, printed, term in terms:
            rows = [macro, *draws]
            row, stop = rows[part], len(rows[part]) - len(tail)
            same = stop > i and row[:i] == old[part][:i] and row[stop:] == tail and end_of(grammar.tables, a, row, i) == stop
            if not same or any(old[q] and rows[q] and old[q] != rows[q] for q in range(len(rows)) if q != part):
                continue
            low = term.subterm(node).height <= 1 + least[grammar.tables.names[a]]
            if low and term != places.term and grammar.constraint.holds(term):
                found.add(printed)
    return found


def texts(grammar, of):
    found = [str(t) for t in neighbours(grammar, of)]
    assert len(set(found)) == len(found)
    assert count_neighbours(grammar, of) == len(found)
    return set(found)


def test_replacements_and_exchanges_by_hand(small):
    grammar = Grammar.parse("S ::= f(A, A) | v(A, A, A) | s(S)\nA ::= a | b | s(A)", small)
    low = {f"f({x}, {y})" for x in ("a", "b", "s(a)", "s(b)") for y in ("a", "b", "s(a)", "s(b)")}
    whole = {t for t in low if t.count("s") < 3}  # height at most 3
    triples = {
        f"v({x}, {y}, {z})"
        for x in ("a", "b", "s(a)", "s(b)")
        for y in ("a", "b", "s(a)", "s(b)")
        for z in ("a", "b", "s(a)", "s(b)")
    }
    wrapped = {
        f"s({t})"
        for t in ["f(a, a)", "f(a, b)", "f(b, a)", "f(b, b)", *(f"v({x}, {y}, {z})" for x in "ab" for y in "ab" for z in "ab")]
    }
    assert texts(grammar, parse_term("f(a, b)", small)) == (whole | triples | wrapped) - {"f(a, b)"}
    high = parse_term("f(s(s(s(a))), b)", small)
    found = texts(grammar, high)
    assert "v(s(s(s(a))), b, a)" in found  # the operands that fit are kept, the third is a smallest term
    assert "f(s(s(s(b))), b)" in found
    assert "f(s(s(s(a))), s(a))" in found
    assert "f(s(s(s(s(a)))), b)" in found  # the innermost a becomes s(a)
    assert "f(s(s(s(s(b)))), b)" in found
    assert "s(f(s(s(s(a))), b))" not in found


def test_operands_move_to_where_they_fit(small):
    grammar = Grammar.parse("S ::= f(A, B) | v(B, A, B) | s(A)\nA ::= s(A) | a\nB ::= s(s(B)) | s(b)", small)
    found = {str(t) for t in Neighbourhood(grammar, parse_term("f(s(s(s(s(a)))), s(s(s(b))))", small)).exchanges}
    assert "v(s(s(s(b))), s(s(s(s(a)))), s(b))" in found
    assert "s(s(s(s(s(a)))))" in found
    assert "f(a, s(s(s(b))))" not in found  # that is a replacement


@pytest.mark.slow
def test_the_nb201_cell(grammars):
    grammar = grammars.nb201
    parent = sample(grammar, np.random.default_rng(0))
    assert count_neighbours(grammar, parent) == 15625 - 1
    assert all(t != derive(grammar, parent) for t in islice(neighbours(grammar, parent), 100))


def test_hierarchical_counts_without_listing(grammars):
    grammar = grammars.hierarchical
    parent = sample(grammar, np.random.default_rng(0))
    number = count_neighbours(grammar, parent)
    assert number > 10**100
    first = list(islice(neighbours(grammar, parent), 300))
    assert len(set(first)) == 300
    for term in first[::30]:
        parse_derivation(grammar, term)


def test_constraints(small):
    grammar = Grammar.parse("require size <= 4\nS ::= f(A, A)\nA ::= a | b | s(A) | f(A, A)", small)
    found = texts(grammar, parse_term("f(a, a)", small))
    assert "f(s(a), a)" in found
    assert "f(s(a), s(a))" not in found
    assert all(len(parse_term(t, small)) <= 4 for t in found)
    assert texts(Grammar.parse("require size == 1\nS ::= a | b | s(S)", small), parse_term("a", small)) == {"b"}


def test_no_neighbours(small):
    assert texts(Grammar.parse("S ::= f(A, A)\nA ::= a", small), Derivation(macro=(0, 0, 0))) == set()


def test_a_draw_that_comes_into_use_takes_every_low_value(small):
    grammar = Grammar.parse("S ::= c | f(X, X)\nshared X ::= a | b | s(X2)\nX2 ::= a | s(a)", small)
    assert texts(grammar, Derivation(((),), (0,))) == {"f(a, a)", "f(b, b)"}
    assert texts(grammar, Derivation(((0,),), (1,))) == {"c", "f(b, b)", "f(s(a), s(a))"}


def test_past_what_is_listed(small):
    grammar = Grammar.parse("S ::= f(X, A)\nshared X ::= a | b\nA ::= v(B, B, B, B, B) | c\nB ::= a | b | c", small)
    parent = Derivation(((0,),), (0, 0, 0, 0, 0, 0, 0))
    exact = count_neighbours(grammar, parent)
    bound = count_neighbours(grammar, parent, most=10)
    assert isinstance(bound, AtMost)
    assert bound.n >= exact > 10
    assert "more than 10, which are not listed to be counted" in str(bound)


def test_past_the_budget_they_are_listed(small):
    grammar = Grammar.parse("S ::= f(A, A)\nA ::= a | b", small)
    whole = texts(grammar, Derivation(macro=(0, 0, 0)))
    again = Grammar.parse("S ::= f(A, A)\nA ::= a | b", small)
    again.product._budget = (1, 1.0)
    assert texts(again, Derivation(macro=(0, 0, 0))) == whole == {"f(b, a)", "f(a, b)", "f(b, b)"}


@pytest.mark.slow
def test_mistakes(small):
    grammar = Grammar.parse("S ::= f(A, A)\nA ::= a | b", small)
    with pytest.raises(TermError, match="no rule of the grammar derives"):
        list(neighbours(grammar, parse_term("c", small)))
    with pytest.raises(NasvizError, match="no production 4"):
        list(neighbours(grammar, Derivation(macro=(4,))))
    rules = "\n".join(f"A{i} ::= s(A{i + 1})" for i in range(200))
    deep = Grammar.parse(f"S ::= f(X, A0)\nshared X ::= a | b\n{rules}\nA200 ::= a | b", small)
    with pytest.raises(NasvizError, match="neighbours of height 203 are not listed; at most 150"):
        count_neighbours(deep, Derivation(((0,),), (0,) * 202))


@pytest.mark.slow
def test_of_a_deep_term(small):
    grammar = Grammar.parse("S ::= s(S) | a | b", small)
    # s(…s(a)…) and s(…s(b)…) with 0 to 3,001 times s, without itself
    assert count_neighbours(grammar, Derivation((), (0,) * 3000 + (1,))) == 2 * 3002 - 1


LIMITS = ["", "", "require size <= 5\n", "require size != 3\n", "require depth <= 3\n"]


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_neighbours_are_those_of_listing(data, small, strategies, naive):
    text = data.draw(st.sampled_from(LIMITS)) + data.draw(strategies.grammar_texts(recursive=False))
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    found = naive(grammar, 12)
    assume(found and len(found) < 500)
    draws, macro, _ = data.draw(st.sampled_from(found))
    derivation = Derivation(draws, macro)
    assume(grammar.constraint.holds(derive(grammar, derivation)))
    mine = texts(grammar, derivation)
    expected = replaced(grammar, derivation, naive, small)
    hood = Neighbourhood(grammar, derivation)
    assert expected <= mine
    assert mine - expected <= {str(t) for t in hood.exchanges}
    if hood.exact:
        assert mine - expected == {str(t) for t in hood.exchanges}
    language = {t for _, _, t in found}
    assert all(t in language and grammar.constraint.holds(parse_term(t, small)) for t in mine)
