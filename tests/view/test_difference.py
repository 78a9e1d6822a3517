"""Differences of cost, place by place: they add up to the whole."""

import pytest

from nasviz.algebra import tree_edit
from nasviz.spaces import diff, digits_cells, parse
from nasviz.view.difference import PlaceChange, place_changes


def changes(a, b):
    return place_changes(a.term, b.term, tree_edit(a.term, b.term), a.cost().rows, b.cost().rows)


@pytest.mark.slow
def test_a_replaced_operation_says_its_cost_before_and_after():
    a, b = parse("Linear(Residual(conv, id, conv), fc)"), parse("Linear(Residual(conv, id, conv3x3), fc)")
    (change,) = changes(a, b)
    assert (change.sign, change.before, change.after, change.old, change.new) == ("±", (0, 2), (0, 2), "conv", "conv3x3")
    assert change.parameters is not None
    assert change.parameters[1] - change.parameters[0] == b.cost().parameters - a.cost().parameters


def test_what_stays_and_costs_something_else_is_told():
    a, b = parse("Linear(conv, conv, fc)"), parse("Linear(down, conv, fc)")
    found = {change.after: change for change in changes(a, b)}
    assert found[(1,)].sign == "="
    assert (found[(1,)].old, found[(1,)].new) == ("conv", "conv")
    assert found[(1,)].parameters[0] < found[(1,)].parameters[1]


@pytest.mark.parametrize("seed", range(4))
def test_places_add_up_to_the_whole(seed):
    a, b = digits_cells().sample(2, seed=seed)
    found = changes(a, b)
    for name in ("parameters", "flops"):
        pairs = [getattr(change, name) for change in found if getattr(change, name) is not None]
        assert sum(new - old for old, new in pairs) == getattr(b.cost(), name) - getattr(a.cost(), name)


def test_without_costs_the_edits_are_left():
    a, b = parse("Linear(conv, relu, fc)"), parse("Linear(conv, fc)")
    assert place_changes(a.term, b.term, tree_edit(a.term, b.term)) == [PlaceChange("−", (1,), None, "relu", "")]
    assert len(place_changes(a.term, b.term, tree_edit(a.term, b.term))) == len(diff(a, b).edits)


def test_its_json_form_is_plain():
    assert PlaceChange("+", None, (0, 1), "", "conv", (0, 3), (0, 4)).to_json() == {
        "sign": "+", "before": None, "after": [0, 1], "old": "", "new": "conv", "parameters": [0, 3], "flops": [0, 4],
    }  # fmt: skip
