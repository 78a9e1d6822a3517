import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import SearchSpace, nb201
from nasviz.view.stepper import cards
from nasviz.widgets.stepper_moves import checked_cost, checked_law, drawn_number, forced_on, later_first, position_of


def test_what_leaves_no_choice_is_taken():
    partial = forced_on(nb201().begin(), None)
    assert {partial.grammar.rules[partial.term.operators[i].name][0].lhs for i in partial.term.nonterminals()} == {"OP"}
    assert forced_on(partial, None) is partial
    required = SearchSpace("S ::= Linear(A, A)\nA ::= down | id\nrequire halvings == 2").begin()
    assert str(forced_on(required, ())) == "Linear(down, down)"


def test_draws_follow_probabilities_or_shares():
    partial = SearchSpace("S ::= Linear(A, A) [0.1] | A [0.9]\nA ::= id | conv | relu").begin()
    shown, _ = cards(partial, ())
    rng = np.random.default_rng(0)
    shares = {law: np.mean([drawn_number(shown, law, rng) == 0 for _ in range(600)]) for law in ("productions", "terms")}
    assert shares["productions"] == pytest.approx(0.1, abs=0.05)
    assert shares["terms"] == pytest.approx(0.75, abs=0.07)


def test_nothing_possible_is_said():
    partial = SearchSpace("S ::= A\nA ::= down | id\nrequire halvings == 1").begin().expand((), 0).expand((), 1)
    assert partial.done
    with pytest.raises(NasvizError, match="no production is possible here; undo a step"):
        drawn_number([], "productions", np.random.default_rng(0))


def test_input_is_checked():
    assert position_of({"position": [0, 2]}) == (0, 2)
    for bad in ({}, {"position": "p"}, {"position": [1.0]}, {"position": [-1]}):
        with pytest.raises(NasvizError, match="a position is a list of child indices"):
            position_of(bad)
    assert checked_law("terms") == "terms"
    with pytest.raises(NasvizError, match="a law is one of"):
        checked_law(["terms"])
    assert checked_cost({"conv": 1}) == {"conv": 1}
    with pytest.raises(NasvizError, match="a cost is one of"):
        checked_cost("time")


def test_places_go_round():
    assert later_first(((0,), (1,)), None) == ((0,), (1,))
    assert later_first(((0,), (1,)), (0, 5)) == ((1,), (0,))
    assert later_first((), (0,)) == ()
