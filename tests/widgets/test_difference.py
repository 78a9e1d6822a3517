import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import diff, parse
from nasviz.widgets.difference import DifferenceView
from nasviz.widgets.show import show
from nasviz.widgets.workspace import WORKSPACE

A, B = parse("Linear(Residual(conv, id, conv), fc)"), parse("Linear(Residual(conv, relu, conv), fc)")


def test_it_shows_text_graph_steps_and_cost(page):
    shown = page(show(diff(A, B)))
    WORKSPACE.flush()
    state = shown.state
    assert state["pieces"] == [[" ", "Linear(Residual2(conv, "], ["-", "id"], ["+", "relu"], [" ", ", conv), fc)"]]
    assert state["edits"] == [["replace", "id", "relu", [0, 1], [0, 1], "replace id at (0, 1) by relu"]]
    assert "nv-removed" in state["dot"]
    assert state["summary"][0] == "1 edit"
    assert "in both" in state["summary"][1]


def test_the_second_architecture_is_selected(page):
    shown = page(DifferenceView(A, B))
    shown.view.set_state({"selected": {"v": 1, "architecture": B.key, "position": [0, 1]}})
    assert shown.view.selection == (B, (0, 1))
    assert shown.view.fallback().startswith("Linear(Residual2(conv, [-id-]{+relu+}")


def test_without_a_graph_it_says_why(page):
    shown = page(DifferenceView(A, parse("Linear(conv, zero)")))
    assert shown.state["dot"] == ""
    assert shown.state["problem"].startswith("No common graph: ")


def test_other_things_are_refused():
    with pytest.raises(NasvizError, match=r"shows what nv\.diff\(a, b\) returns, found Architecture"):
        DifferenceView(A)
