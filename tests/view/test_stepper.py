import math

import pytest

from nasviz import numbers
from nasviz.algebra import Operator, Sort
from nasviz.errors import NasvizError
from nasviz.grammar import AtMost, Grammar, Partial
from nasviz.view.stepper import SHOWN, between, cards, exactly, pieces, places, remaining_words, spoken, with_open, written

F = Operator("f", (Sort.MAP, Sort.MAP))
OPERATORS = [F, *map(Operator, "xyz")]
BASE = "S ::= f(A, A) [0.2] | A\nA ::= x | y | z"


def begun(text=BASE):
    return Partial.begin(Grammar.parse(text, OPERATORS))


def test_cards_say_what_each_production_leaves():
    found, note = cards(begun(), ())
    assert note == ""
    assert [(c.number, c.remaining, c.exact, c.possible, c.share, c.probability, c.size) for c in found] == [
        (0, "9", "9", True, 0.75, pytest.approx(0.2), "3"),
        (1, "3", "3", True, 0.25, pytest.approx(0.8), "1"),
    ]
    assert found[0].pieces == (("f(", -1), ("A", 1), (", ", -1), ("A", 1), (")", -1))
    assert found[0].to_json()["share_text"].replace(numbers.GAP, " ") == "75 %"


def test_a_cost_of_ones_own():
    assert [c.size for c in cards(begun(), (), {"x": 1, "z": 5})[0]] == ["0 … 10", "0 … 5"]


def test_endless_languages_have_no_share():
    card = cards(begun("S ::= f(S, A) | A\nA ::= x | y"), ())[0][0].to_json()
    assert (card["remaining"], card["exact"], card["share"], card["share_text"]) == ("∞", "without end", None, "")
    assert card["size"] == "3 … ∞"
    assert card["probability"] == 0.5


def test_what_a_constraint_forbids_is_not_possible():
    found, _ = cards(begun("S ::= f(A, A) | A\nA ::= x\nrequire size == 1"), ())
    assert [(c.possible, c.remaining, c.probability, c.size) for c in found] == [(False, "0", 0.0, ""), (True, "1", 1.0, "1")]


def test_numbers_out_of_reach_leave_the_productions(monkeypatch):
    def never(*_):
        raise NasvizError("too many states")

    monkeypatch.setattr(Partial, "options", never)
    found, note = cards(begun(), ())
    assert note == "Numbers are not known here: too many states"
    assert [(c.remaining, c.possible, c.share) for c in found] == [("", True, None)] * 2


def test_a_place_that_is_not_open():
    with pytest.raises(NasvizError, match="f is not open"):
        cards(begun().expand((), 0), ())


def test_long_productions_are_cut():
    grammar = Grammar.parse("S ::= " + "f(x, " * 300 + "A" + ")" * 300 + "\nA ::= x", OPERATORS)
    found = pieces(grammar.rules["S"][0].body, grammar.nonterminals)
    assert sum(len(text) for text, _ in found) <= SHOWN + 1
    assert found[-1][0].endswith("…")
    long = "A" * 200
    grammar = Grammar.parse(f"S ::= f({long}, {long})\n{long} ::= x", OPERATORS)
    assert all(len(text) <= SHOWN + 1 for text, _ in pieces(grammar.rules["S"][0].body, grammar.nonterminals))


def test_places_in_reading_order():
    partial = begun("S ::= f(A, f(B, A))\nA ::= x | y\nB ::= z").expand((), 0)
    assert [(p.position, p.name, p.hue, p.forced) for p in places(partial)] == [
        ((0,), "A", 1, False),
        ((1, 0), "B", 2, True),
        ((1, 1), "A", 1, False),
    ]
    assert len(places(partial, most=2)) == 2
    assert places(partial)[1].to_json() == {"position": [1, 0], "name": "B", "hue": 2, "forced": True}
    assert with_open(partial.term, [["S"], [], [], [], []]) == [["S"], ["A"], [], ["B"], ["A"]]
    assert spoken("A", (0, 1)) == "A at (0, 1)"


def test_counts_and_ranges_in_words():
    bound = AtMost(10**20, "shared languages overlap")
    assert (written(10**375), written(math.inf), written(bound)) == ("10^375.00", "∞", "at most 10^20.00")
    assert exactly(bound) == "at most 10^20.00: shared languages overlap"
    assert exactly(10**3000).endswith("(3001 digits)")
    assert remaining_words(0, True) == "complete, but it does not fulfil the constraints"
    assert remaining_words(math.inf, False) == "∞ architectures remain"
    assert between(1500, 1500).replace(numbers.GAP, " ") == "1.5 k"
    assert between(10, 2000, (False, False)).replace(numbers.GAP, " ") == "≥ 10 … ≤ 2.0 k"
