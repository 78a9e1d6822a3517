import pytest
from torch import nn

import nasviz
from nasviz.errors import NasvizError
from nasviz.spaces import SearchSpace, diff, parse
from nasviz.widgets.difference import DifferenceView, python_of
from nasviz.widgets.show import show
from nasviz.widgets.workspace import WORKSPACE

A, B = parse("Linear(Residual(conv, id, conv), fc)"), parse("Linear(Residual(conv, relu, conv), fc)")


def test_it_shows_text_graph_steps_and_cost(page):
    shown = page(show(diff(A, B)))
    WORKSPACE.flush()
    state = shown.state
    assert state["pieces"] == [[" ", "Linear(Residual2(conv, "], ["-", "id"], ["+", "relu"], [" ", ", conv), fc)"]]
    (place,) = state["places"]
    assert (place["sign"], place["old"], place["new"], place["before"], place["after"]) == ("±", "id", "relu", [0, 1], [0, 1])
    assert place["parameters"] == [0, 0]
    assert place["flops"] == [0, 0]
    assert "nv-removed" in state["dot"]
    assert state["summary"][0] == "1 edit"
    assert "in both" in state["summary"][1]


def test_the_second_architecture_is_selected(page):
    shown = page(DifferenceView(A, B))
    shown.view.set_state({"selected": {"v": 1, "architecture": B.key, "position": [0, 1]}})
    assert shown.view.selection == (B, (0, 1))
    assert shown.view.fallback().startswith("Linear(Residual2(conv, [-id-]{+relu+}")


def test_the_first_architecture_is_selected_too(page):
    shown = page(DifferenceView(A, B))
    assert shown.state["old_key"] == A.key
    shown.view.set_state({"selected": {"v": 1, "architecture": A.key, "position": [0, 1]}})
    assert shown.view.selection == (A, (0, 1))


def test_a_large_difference_is_folded_and_says_so(page):
    one, other = (
        parse("Linear(" + ", ".join(f"Residual(Linear({', '.join([op] * 6)}), id, conv)" for _ in range(80)) + ", fc)")
        for op in ("relu", "mish")
    )
    state = page(DifferenceView(one, other)).state
    assert state["dot"].count("nv-op") <= 400
    assert state["note"] == "80 subterms with changes inside are one box (±)"
    assert state["more"] == 280


def test_python_that_makes_it_again(page):
    shown = page(DifferenceView(A, B))
    assert eval(shown.state["python"], {"nv": nasviz}) == diff(A, B)  # the very line that is copied
    small = parse("conv", input_shape=(1, 8, 8))
    assert python_of(diff(small, small)).count("nv.parse('conv', input_shape=(1, 8, 8), num_classes=10)") == 2


def test_python_names_operators_of_ones_own():
    gate = nasviz.primitive(nn.Identity, name="gate")
    space = SearchSpace("S ::= Linear(gate, S) | gate", operators=[gate], input_shape=(1, 8, 8))
    free = SearchSpace.free(operators=[gate])
    for a, b in ((space.parse("gate"), space.parse("Linear(gate, gate)")), (free.parse("gate"), space.parse("gate"))):
        code = python_of(diff(a, b))
        assert code.startswith("# define first, under these names: gate (your own operators)\n")
        found = {"nv": nasviz, "gate": gate}
        *made, last = code.rsplit("\n", 1)
        exec("\n".join(made), found)
        assert eval(last, found) == diff(a, b)


def test_without_a_graph_it_says_why(page):
    shown = page(DifferenceView(A, parse("Linear(conv, zero)")))
    assert shown.state["dot"] == ""
    assert shown.state["problem"].startswith("No common graph: ")


def test_other_things_are_refused():
    with pytest.raises(NasvizError, match=r"shows what nv\.diff\(a, b\) returns, found Architecture"):
        DifferenceView(A)
