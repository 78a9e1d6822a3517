import pytest

from nasviz.grammar import Grammar
from nasviz.grammar.automaton import BudgetError, determinise


def states(grammar):
    automaton = determinise(grammar.normal_form)
    names = grammar.normal_form.names
    return {frozenset(names[s] for s in symbols) for symbols in automaton.symbols if symbols}


def test_states_are_the_sets_of_nonterminals_that_derive_one_term(small):
    grammar = Grammar.parse("S ::= f(A, B)\nA ::= a | b\nB ::= b | c", small)
    assert states(grammar) == {frozenset(x) for x in ("S", "A", "B", "AB")} - {frozenset("AB")} | {frozenset(("A", "B"))}


def test_operands_are_read_one_by_one(grammars):
    automaton = determinise(grammars.hierarchical.normal_form)
    assert len(automaton.symbols) < 60
    assert len(automaton.edges) < 60


def test_rules_that_no_longer_fit_are_dropped(small):
    grammar = Grammar.parse("S ::= f(a, b) | f(b, a)", small)
    automaton = determinise(grammar.normal_form)
    assert sum(1 for symbols in automaton.symbols if not symbols) == 3  # nothing read, a read, b read


def test_edges_come_in_the_order_of_reading(grammars):
    automaton = determinise(grammars.darts.normal_form)
    places = [automaton.read[a] for a, _, _ in automaton.edges]
    assert places == sorted(places)


def test_units_are_closed(small):
    assert states(Grammar.parse("S ::= A | s(S)\nA ::= B\nB ::= a", small)) == {frozenset("S"), frozenset("SAB")}


def test_shared_leaves_are_read(small):
    form = Grammar.parse("S ::= f(A, A)\nshared A ::= a", small).normal_form
    automaton = determinise(form)
    assert automaton.symbols[automaton.leaf_states[1, 0]] == {1}


def test_budgets(small):
    form = Grammar.parse("S ::= f(A, A)\nA ::= a | b", small).normal_form
    with pytest.raises(BudgetError, match="its tree automaton has more than 2 states"):
        determinise(form, states=2)
    with pytest.raises(BudgetError, match="its tree automaton takes too long to build"):
        determinise(form, seconds=-1)
