import math

import pytest

from nasviz.algebra import Operator, Sort
from nasviz.grammar import Grammar
from nasviz.grammar.automaton import BudgetError
from nasviz.grammar.numbers import EndlessError


def test_the_probability_of_ending(small):
    grammar = Grammar.parse("S ::= f(S, S) [0.6] | a", small)
    assert grammar.product.language("weights").count() == pytest.approx(0.4 / 0.6, rel=1e-9)
    critical = Grammar.parse("S ::= f(S, S) [0.5] | a", small)
    assert critical.product.language("weights").count() == pytest.approx(1, abs=1e-6)


def test_probabilities_of_heights_and_sizes(small):
    grammar = Grammar.parse("S ::= s(S) [0.75] | a", small)
    weights = grammar.product.language("weights")
    assert [weights.count(h) for h in (1, 2, 3)] == pytest.approx([0.25, 0.4375, 0.578125])
    assert weights.sizes(3) == pytest.approx([0, 0.25, 0.1875, 0.140625])


def test_unit_circles(small):
    grammar = Grammar.parse("S ::= T [0.5] | a\nT ::= S [0.5] | b", small)
    weights = grammar.product.language("weights")
    assert weights.count() == pytest.approx(1)
    assert weights.count(1) == pytest.approx(1)
    assert grammar.product.language("derivations").count() == math.inf
    assert grammar.product.language("derivations").count(1) == math.inf
    with pytest.raises(BudgetError, match="units go in a circle"):
        grammar.product.language("derivations").sizes(3)


def test_endless_sizes(small):
    with pytest.raises(EndlessError):
        Grammar.parse("S ::= s(S) | a", small).product.language("terms").sizes()


def test_large_circles_are_solved_by_repeating():
    n = 1_600
    text = "\n".join(f"A{i} ::= s(A{(i + 1) % n}) [0.5] | a" for i in range(n))
    grammar = Grammar.parse(text, [Operator("s", (Sort.MAP,)), Operator("a")])
    assert grammar.product.language("weights").count() == pytest.approx(1, abs=1e-9)
