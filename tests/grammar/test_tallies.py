import math

import pytest

from nasviz.grammar import Grammar
from nasviz.grammar.tallies import DerivationTally, TermTally, TooLargeError, endless, plus, times


def test_products_and_sums_with_endless():
    assert times(0, math.inf) == 0
    assert times(2, math.inf) == math.inf
    assert times(3, 4) == 12
    assert plus(10**400, math.inf) == math.inf
    assert plus(1, 2) == 3
    with pytest.raises(TooLargeError):
        times(2**600_000, 2**600_000)


def test_endless_symbols(small):
    form = Grammar.parse("S ::= f(A, B) | a\nA ::= s(A) | a\nB ::= C | b\nC ::= B", small).normal_form
    assert endless(form, units_too=False) == [True, True, False, False]
    assert endless(form, units_too=True) == [True, True, True, True]


@pytest.mark.parametrize("make", [DerivationTally, lambda form: TermTally(form, 1000, 10.0)])
def test_counts_by_height(make, small):
    form = Grammar.parse("S ::= f(A, A) | A\nA ::= a | s(a) | s(B)\nB ::= b | s(b)", small).normal_form
    tally = make(form)
    # A: a | s(a), s(b) | s(s(b))
    assert [tally.up_to(1, {}, h) for h in (1, 2, 3, 4, None)] == [1, 3, 4, 4, 4]
    assert [tally.up_to(0, {}, h) for h in (1, 2, 3, 4, None)] == [1, 1 * 1 + 3, 3 * 3 + 4, 4 * 4 + 4, 4 * 4 + 4]


@pytest.mark.parametrize("make", [DerivationTally, lambda form: TermTally(form, 1000, 10.0)])
def test_shared_leaves_have_the_height_that_is_given(make, small):
    form = Grammar.parse("S ::= f(A, s(A)) | c\nshared A ::= a | b", small).normal_form
    tally = make(form)
    assert [tally.up_to(0, {1: 2}, h) for h in (1, 2, 3, 4, 5)] == [1, 1, 1, 2, 2]
    assert tally.up_to(0, {1: 0}, 9) == 1
    assert tally.up_to(0, {1: 0}, None) == 1
    assert tally.up_to(0, {1: 1}, None) == 2
    assert tally.up_to(2, {}, None) == 2


def test_unit_circles_count_endlessly_many_derivations_at_every_height(small):
    tally = DerivationTally(Grammar.parse("S ::= T | s(S)\nT ::= S | a", small).normal_form)
    assert tally.up_to(0, {}, 1) == math.inf
    assert tally.up_to(0, {}, 3) == math.inf
