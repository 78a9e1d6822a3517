from nasviz import numbers
from nasviz.nn.reach import Span
from nasviz.spaces import SearchSpace, digits_cells
from nasviz.view.stepper import cards
from nasviz.widgets.stepper_body import body_of, completed, costs_of, python_of


def test_the_state_of_a_derivation():
    space = digits_cells()
    partial = space.begin().expand((), 2)
    shown, note = cards(partial, (0,))
    body = body_of(space, partial, (0,), shown, note, None)
    assert (body["title"], body["summary"], body["open"], body["steps"], body["done"]) == (
        "digits cells",
        "55 architectures remain",
        1,
        1,
        False,
    )
    assert body["way"] == [["the root", "NET", "Linear(CELL, down)"]]
    assert body["term"]["labels"] == [[["NET", 0]], [["CELL", 1]], []]
    assert "nv-open" in body["tree"]["dot"]


def test_python_lines_begin_where_the_derivation_did():
    space = SearchSpace("S ::= Linear(A, A)\nA ::= conv3x3 | id")
    assert python_of(space.begin()) == "partial = space.begin()"
    opened = space.reopen(space.parse("Linear(id, id)"), (1,))
    assert python_of(opened).startswith("partial = space.reopen(space.parse('Linear(id, ")
    assert python_of(opened).endswith(", (1,))")
    assert completed(opened) is not None


def test_costs_in_words():
    told = costs_of({-1: Span(10, 2000), 0: Span(10, 10), 1: Span(float("inf"), float("-inf"))}, "parameters")
    assert told["whole"].replace(numbers.GAP, " ") == "10 … 2.0 k parameters"
    assert told["cards"] == {"0": "10 parameters", "1": "cannot be built"}
    assert "≥" not in told["tip"]
    loose = costs_of({0: Span(10, 20, (False, True))}, "flops")
    assert loose["cards"]["0"].replace(numbers.GAP, " ") == "≥ 10 … 20 FLOPs"
    assert "a shared nonterminal stands at several places" in loose["tip"]
