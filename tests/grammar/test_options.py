import math

from nasviz.grammar import AtMost, Grammar
from nasviz.grammar.options import make_options


def test_shares_and_probabilities(small):
    productions = Grammar.parse("S ::= a | b | c", small).rules["S"]
    bounds = [(1, 1), (1, math.inf), (math.inf, -math.inf)]
    options = make_options(productions, [1, 3, 0], 4, [0.1, 0.3, 0.0], bounds)
    assert [o.share for o in options] == [0.25, 0.75, 0]
    assert [round(o.probability, 9) for o in options] == [0.25, 0.75, 0]
    assert [(o.least_cost, o.greatest_cost) for o in options] == bounds
    assert [o.number for o in options] == [0, 1, 2]


def test_no_share_of_what_is_endless_or_a_bound(small):
    productions = Grammar.parse("S ::= a | b", small).rules["S"]
    bounds = [(1, 1)] * 2
    assert [o.share for o in make_options(productions, [1, math.inf], math.inf, [1, 1], bounds)] == [None, None]
    assert [o.share for o in make_options(productions, [AtMost(3, "…"), 1], 4, [1, 1], bounds)] == [None, 0.25]
    assert [o.share for o in make_options(productions, [0, 0], 0, [0, 0], bounds)] == [0, 0]
    huge = 10**400
    assert make_options(productions, [huge, 3 * huge], 4 * huge, [1, 1], bounds)[0].share == 0.25
