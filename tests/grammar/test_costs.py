import math

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nasviz.algebra import parse_term
from nasviz.errors import NasvizError
from nasviz.grammar import Grammar, lint
from nasviz.grammar.costs import cost_bounds, cost_function, one_each, solve, term_cost


def test_hierarchical_sizes(grammars):
    assert cost_bounds(grammars.hierarchical, one_each) == (119, 1071)
    cells = cost_bounds(grammars.hierarchical, {"Cell": 1})
    assert cells == (15, 42)  # 15 to 42 cells, as published


def test_endless_and_negative(small):
    grammar = Grammar.parse("S ::= f(S, A) | A\nA ::= a | b", small)
    assert cost_bounds(grammar, one_each) == (1, math.inf)
    assert cost_bounds(grammar, {"a": -3, "b": -1}) == (-math.inf, -1)
    assert cost_bounds(grammar, {"f": 2, "a": -2, "b": -3}) == (-math.inf, -2)
    assert cost_bounds(grammar, {"f": 2, "a": -2, "b": -2}) == (-2, -2)
    assert cost_bounds(grammar, {}) == (0, 0)
    assert cost_bounds(grammar, one_each, "A") == (1, 1)


def test_a_circle_that_no_finite_term_leaves_does_not_count(small):
    grammar = Grammar.parse("S ::= A | a\nA ::= S | s(B)\nB ::= b", small)
    assert cost_bounds(grammar, one_each) == (1, 2)
    narrow = Grammar.parse("require size <= 4\nS ::= f(S, S) | s(S) | a", small)
    assert cost_bounds(narrow, one_each) == (1, 4)
    assert cost_bounds(narrow, {"s": -2, "a": 1}) == (-5, 2)


def test_shared_draws_count_as_often_as_they_occur(small):
    grammar = Grammar.parse("S ::= f(X, f(X, Y)) | s(X)\nshared X ::= a | s(a)\nshared Y ::= b | f(X, X)", small)
    assert cost_bounds(grammar, {"a": 5, "s": 1, "f": 1, "b": 1}) == (6, 2 * 6 + 2 + 1 + 2 * 6)
    narrow = Grammar.parse(
        "require size == 7\nS ::= f(X, f(X, Y)) | s(X)\nshared X ::= a | s(a)\nshared Y ::= b | f(X, X)", small
    )
    assert cost_bounds(narrow, {"a": 5, "b": 1}) == (11, 20)  # f(s(a), f(s(a), b)) and f(a, f(a, f(a, a)))


def test_no_term_at_all(small):
    assert cost_bounds(Grammar.parse("require size == 2\nS ::= f(a, b)", small), one_each) == (math.inf, -math.inf)


def test_costs_by_operator_name_or_function(small):
    grammar = Grammar.parse("S ::= f(a, a) | s(b)", small)
    (a,) = [op for op in grammar.operators if op.name == "a"]
    assert cost_bounds(grammar, {a: 3}) == (0, 6)
    assert cost_bounds(grammar, lambda op: len(op.operands)) == (1, 2)
    assert cost_bounds(grammar, {"a": 0.5}) == (0, 1.0)
    with pytest.raises(NasvizError, match="a cost for the unknown operator 'conv'"):
        cost_bounds(grammar, {"conv": 3})
    with pytest.raises(NasvizError, match="the cost of a must be a finite number, found nan"):
        cost_bounds(grammar, {"a": math.nan})


def test_a_misspelt_operator_is_named(grammars):
    with pytest.raises(NasvizError, match="unknown operator 'conv3x4'; did you mean conv3x3"):
        cost_function(grammars.hierarchical, {"conv3x4": 1})


def test_past_the_budget(small):
    rules = "\n".join(f"A{i} ::= f(A{i + 1}, A{i + 1})" for i in range(40))
    assert cost_bounds(Grammar.parse(f"S ::= f(A0, A0) | a\n{rules}\nA40 ::= a | s(a)", small), {"s": 1}) == (0, 2**41)
    grammar = Grammar.parse(f"require size != {10**9}\nS ::= f(A0, A0) | a\n{rules}\nA40 ::= a | s(a)", small)
    grammar.product._budget = (30, 1.0)
    with pytest.raises(NasvizError, match="costs are out of reach: its tree automaton has more than 30 states"):
        cost_bounds(grammar, one_each)


def test_solve_circles_of_several():
    edges = [(0, 1, (1,)), (1, 1, (0,)), (1, 5, ()), (2, 0, (0, 0)), (3, 1, (3,))]
    assert solve(4, edges, True) == [6, 5, 12, math.inf]
    assert solve(4, edges, False) == [math.inf, math.inf, math.inf, -math.inf]
    assert solve(2, [(0, -1, (0,)), (0, 4, ()), (1, 0, (0,))], True) == [-math.inf, -math.inf]


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_bounds_are_those_of_all_terms(data, small, strategies, naive):
    limit = data.draw(st.sampled_from(["", "require size <= 5\n", "require size != 2\n", "require depth == 3\n"]))
    text = limit + data.draw(strategies.grammar_texts(recursive=False))
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    found = naive(grammar, 12)
    assume(found is not None)
    cost = data.draw(st.dictionaries(st.sampled_from([*"abcsfv"]), st.integers(-3, 3)))
    price = cost_function(grammar, cost)
    terms = [parse_term(t, small) for t in {t for _, _, t in found}]
    costs = [term_cost(t.operators, price) for t in terms if grammar.constraint.holds(t)]
    assert cost_bounds(grammar, cost) == (min(costs, default=math.inf), max(costs, default=-math.inf))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_bounds_of_recursive_grammars_hold_for_low_terms(data, small, strategies, naive):
    text = data.draw(strategies.grammar_texts())
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    found = naive(grammar, 4)
    assume(found)
    cost = data.draw(st.dictionaries(st.sampled_from([*"abcsfv"]), st.integers(-2, 2)))
    price = cost_function(grammar, cost)
    least, greatest = cost_bounds(grammar, cost)
    costs = [term_cost(parse_term(t, small).operators, price) for t in {t for _, _, t in found}]
    assert least <= min(costs) <= max(costs) <= greatest
