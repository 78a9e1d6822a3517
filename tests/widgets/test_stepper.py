import math
import re
import time

import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.grammar import Partial
from nasviz.nn.cost import cost
from nasviz.search import RandomSearch, Study
from nasviz.spaces import SearchSpace, digits_cells, hierarchical_nb201, nb201
from nasviz.widgets import Stepper
from nasviz.widgets.show import show
from nasviz.widgets.stepper import derive
from nasviz.widgets.stepper_body import python_of
from nasviz.widgets.workspace import WORKSPACE


def body(stepper):
    """The state when nothing is under way any more."""
    until = time.monotonic() + 60
    while True:
        WORKSPACE.flush(60)
        found = stepper.whole_snapshot()["body"]
        if found["costs"] is not None or found["cost"] not in ("parameters", "flops"):
            return found
        assert time.monotonic() < until, "no costs came"
        time.sleep(0.01)


@pytest.fixture
def shown(page, space):
    found = page(derive(space, seed=0))
    body(found.view)
    WORKSPACE.flush()
    return found


@pytest.mark.slow
def test_cards_have_numbers_and_parameters(shown, space):
    state = shown.state
    assert [card["remaining"].replace("\u202f", "") for card in state["cards"]] == ["3025", "55", "55", "3025"]
    assert sum(card["probability"] for card in state["cards"]) == pytest.approx(1)
    costs = [cost(arch).parameters for arch in space.enumerate()]
    assert (min(costs), max(costs)) == (346, 38202)
    assert state["costs"]["whole"].replace("\u00a0", " ") == "346 … 38 k parameters"
    assert set(state["costs"]["cards"]) == {"0", "1", "2", "3"}
    assert state["places"] == [{"position": [], "name": "NET", "hue": 0, "forced": False}]
    assert shown.errors == []


def test_a_derivation_from_the_page(shown):
    shown.command("apply", position=[], production=1)
    assert shown.state["place"] == []
    shown.command("apply", position=[], production=1)
    assert shown.state["term"]["text"] == "Residual2(OP, id, OP)"
    assert shown.state["place"] == [0]
    shown.command("choose", position=[2])
    shown.command("apply", position=[2], production=1)
    assert shown.state["place"] == [0]
    assert not shown.state["done"]
    shown.command("apply", position=[0], production=4)
    assert str(shown.view.arch) == "Residual2(id, id, conv1x1)"
    assert shown.state["done"]
    assert shown.state["key"] == shown.view.arch.key
    assert shown.state["summary"] == "complete"
    assert shown.state["way"][-1] == ["(0,)", "OP", "id"]
    assert shown.view.find_architecture(shown.state["key"]) is shown.view.arch
    assert body(shown.view)["costs"]["whole"].endswith("parameters")


def test_undo_redo_and_start_over(shown):
    view = shown.view
    assert (shown.state["undo"], shown.state["redo"]) == (False, False)
    shown.command("undo")
    view.expand((), 0)
    shown.command("complete")
    done = view.partial
    assert done.done
    shown.command("undo")
    assert str(view.partial) == "Linear(CELL, CELL)"
    assert view.arch is None
    shown.command("undo")
    assert str(view.partial) == "NET"
    shown.command("redo")
    shown.command("redo")
    assert view.partial == done
    shown.command("redo")
    shown.command("begin")
    assert view.partial == view.whole.begin()
    shown.command("undo")
    assert view.partial == done
    assert shown.errors == []


def test_partial_is_set_and_observed(shown, space):
    seen = []
    shown.view.observe(lambda change: seen.append(change["name"]), ["partial", "arch", "place"])
    arch = space.parse("Linear(Residual(id, id, conv1x1), down)")
    shown.view.partial = space.reopen(arch, (0, 2))
    assert shown.view.place == (0, 2)
    assert sorted(seen) == ["partial", "place"]
    assert body(shown.view)["python"].startswith("partial = space.reopen(space.parse('Linear(Residual2(id, id, ")
    shown.view.expand((0, 2), 1)
    assert shown.view.arch == arch
    assert shown.view.undo() is None
    assert shown.view.undo() is None
    assert shown.view.partial == space.begin()
    with pytest.raises(NasvizError, match=r"a partial derivation is expected, e\.g\. space\.begin\(\), found a str"):
        shown.view.partial = "S"
    with pytest.raises(NasvizError, match=r"of another grammar; begin with stepper\.whole\.begin"):
        shown.view.partial = nb201().begin()
    with pytest.raises(NasvizError, match=r"no position \(4,\)"):
        shown.view.place = (4,)


def test_copied_python_makes_the_same(space):
    stepper = Stepper(space, seed=3)
    for _ in range(3):
        stepper.step()
    stepper.complete()
    for partial in (stepper.partial, space.begin(), space.reopen(stepper.arch, ()).expand((), 0)):
        names = {"space": space}
        exec(python_of(partial), names)
        assert names["partial"] == partial
    names = {"space": space}
    exec(body(stepper)["python"], names)
    assert names["arch"] == stepper.arch


def test_the_rest_of_a_search_is_pinned(space):
    stepper = Stepper(space, seed=0)
    assert stepper.space is space
    stepper.expand((), 2)
    assert stepper.space.count() == 55
    assert stepper.space is stepper.space
    study = Study(stepper.space, lambda arch: float(len(arch.term)), strategy=RandomSearch())
    asked = [study.ask().arch for _ in range(5)]
    assert all(str(arch).endswith(", down)") for arch in asked)
    assert all(arch in space and arch.fingerprint == space.fingerprint for arch in asked)


def test_another_space(shown):
    shown.view.expand((), 0)
    other = nb201(connected=True)
    shown.view.space = other
    WORKSPACE.flush(60)
    assert str(shown.view.partial) == "D2"
    assert shown.view.whole is other
    assert (shown.state["title"], shown.state["undo"], shown.state["place"]) == ("NAS-Bench-201", False, [])
    with pytest.raises(NasvizError, match="a search space is expected here, found an int"):
        shown.view.space = 3


def test_a_change_of_the_grammar_keeps_what_is_chosen(shown):
    shown.view.expand((), 0)
    shown.view.expand((0,), 1)
    text = shown.view.whole.grammar.text
    shown.view.space = shown.view.whole.with_grammar(text.replace("| avg_pool", "| max_pool | avg_pool"))
    assert str(shown.view.partial) == "Linear(Residual2(OP, id, OP), CELL)"
    assert len(body(shown.view)["cards"]) == 6
    assert body(shown.view)["undo"]
    shown.command("undo")
    assert str(shown.view.partial) == "Linear(CELL, CELL)"
    shown.view.space = shown.view.whole.with_grammar(text.replace("Linear(CELL, CELL) [0.5]", "Linear(CELL, id, CELL) [0.5]"))
    assert str(shown.view.partial) == "NET"


def test_forced_steps(page):
    shown = page(Stepper(nb201(), forced=True, cost="operators"))
    shown.command("forced", on=True)
    assert str(shown.view.partial).count("Cell(") == 15
    assert {p["name"] for p in shown.state["places"]} == {"OP"}
    shown.command("forced", on=False)
    assert shown.state["forced"] is False
    required = SearchSpace("S ::= Linear(A, A)\nA ::= down | id | conv3x3\nrequire halvings == 2")
    stepper = Stepper(required, forced=True)
    stepper.expand((), 0)
    assert str(stepper.arch) == "Linear(down, down)"


@pytest.mark.slow
def test_the_law_decides_what_is_drawn(space):
    stepper = Stepper(space, seed=1, cost="operators")
    drawn = []
    for law in ("productions", "terms"):
        stepper.do_law({"law": law})
        found = []
        for _ in range(150):
            stepper.begin()
            stepper.step()
            found.append(str(stepper.partial) == "CELL")
        drawn.append(np.mean(found))
    assert abs(drawn[0] - 0.3) < 0.12
    assert drawn[1] < 0.05
    with pytest.raises(NasvizError, match="a law is one of productions, terms, size, height, convergent, found 'x'"):
        stepper.do_law({"law": "x"})


def test_a_production_that_is_not_possible():
    space = SearchSpace("S ::= Linear(A, A) | A\nA ::= down | id\nrequire halvings == 2")
    stepper = Stepper(space)
    state = body(stepper)
    assert [card["possible"] for card in state["cards"]] == [True, False]
    assert "1" not in state["costs"]["cards"]
    with pytest.raises(NasvizError, match="no architecture remains after S ::= A; choose another production"):
        stepper.expand((), 1)
    with pytest.raises(NasvizError, match="no production 7 of S; it has 2, counted from 0"):
        stepper.expand((), 7)
    stepper.partial = stepper.partial.expand((), 1).expand((), 0)
    state = body(stepper)
    assert stepper.arch is None
    assert state["done"]
    assert state["summary"] == "complete, but it does not fulfil the constraints"
    with pytest.raises(NasvizError, match="no architecture of the space completes down"):
        _ = stepper.space


def test_spaces_without_a_choice(page):
    shown = page(Stepper(SearchSpace("S ::= conv3x3")))
    assert [card["remaining"] for card in shown.state["cards"]] == ["1"]
    shown.command("step")
    assert str(shown.view.arch) == "conv3x3"
    shown.command("step")
    shown.command("complete")
    assert shown.errors == []
    assert body(shown.view)["cards"] == []


def test_endless_spaces():
    stepper = Stepper(SearchSpace("S ::= Linear(S, A) | A\nA ::= conv1x1 | id"), seed=0)
    state = body(stepper)
    assert state["summary"] == "∞ architectures remain"
    assert state["exact"] == "without end"
    assert "∞ parameters" in state["costs"]["whole"]
    stepper.expand((), 0)
    assert stepper.space.count() == math.inf
    assert stepper.complete() is not None


def test_shared_draws_are_bounded_exactly():
    stepper = Stepper(nb201(), forced=True)
    stepper.do_forced({"on": True})
    state = body(stepper)
    assert state["open"] == 90
    assert len(state["costs"]["cards"]) == 5
    assert not re.search("[≥≤]", " ".join(state["costs"]["cards"].values()))


def test_where_parameters_are_not_known_it_says_why():
    state = body(Stepper(SearchSpace("S ::= Linear(S, down) | conv1x1")))
    assert state["costs"] == {"note": "parameters are out of reach: shapes grow without end", "whole": "", "cards": {}}
    assert state["cards"][0]["remaining"] == "∞"


def test_other_costs(shown, space):
    shown.command("cost", cost="flops")
    assert body(shown.view)["costs"]["whole"].endswith("FLOPs")
    shown.command("cost", cost="operators")
    assert shown.state["costs"] is None
    assert body(Stepper(space, cost={"conv3x3": 2}))["cards"][1]["size"] == "0 … 4"
    with pytest.raises(NasvizError, match="a cost is one of parameters, flops, operators, a dict by operator"):
        Stepper(space, cost="money")


@pytest.mark.parametrize(
    ("command", "more", "words"),
    [
        ("apply", {"position": [], "production": "0"}, "a production is chosen by its number"),
        ("apply", {"position": [], "production": True}, "a production is chosen by its number"),
        ("apply", {"position": [], "production": -1}, "no production -1 of NET"),
        ("apply", {"position": "p", "production": 0}, "a position is a list of child indices"),
        ("apply", {"position": [9], "production": 0}, "no position (9,)"),
        ("choose", {"position": [-1]}, "a position is a list of child indices"),
        ("law", {"law": None}, "a law is one of"),
        ("cost", {}, "a cost is one of"),
        ("export", {"format": "exe"}, "saved as .svg or .html"),
        ("nothing", {}, "this view has no command 'nothing'"),
    ],
)
def test_what_the_page_may_not_send(shown, command, more, words):
    before = shown.view.partial
    shown.command(command, **more)
    assert words in shown.errors[-1]
    assert shown.view.partial is before


def test_the_film_travels_as_text_and_as_a_file(shown, tmp_path):
    shown.view.expand((), 0)
    answers = [shown.view.do_export({"format": kind}) for kind in ("svg", "html")]
    assert [a["name"] for a in answers] == ["derivation.svg", "derivation.html"]
    assert shown.view.save(tmp_path / "d.html").read_text(encoding="utf-8") == answers[1]["text"]
    assert "NET → Linear(CELL, CELL) at the root" in answers[0]["text"]


def test_what_is_no_space():
    with pytest.raises(NasvizError, match=r"a search space, e\.g\. nv\.spaces\.nb201\(\), or a partial derivation is expected"):
        Stepper(3)
    with pytest.raises(NasvizError, match="the free space has no grammar: nothing to derive"):
        Stepper(SearchSpace.free())


def test_the_last_line_of_a_cell(space):
    partial = space.begin().expand((), 0)
    view = show(partial)
    assert isinstance(view, Stepper)
    assert view.partial == partial
    assert body(view)["cost"] == "operators"
    assert view.fallback().split("\n")[0] == "Linear(CELL, CELL)"
    assert partial._repr_mimebundle_() == {"text/plain": "Linear(CELL, CELL)"}


@pytest.mark.slow
def test_a_step_of_the_published_space_takes_little_time(bounded):
    stepper = Stepper(hierarchical_nb201(connected=True), seed=1)
    WORKSPACE.flush(60)
    for _ in range(25):
        with bounded(0.1):
            stepper.step()
        WORKSPACE.flush(60)
    assert isinstance(stepper.partial, Partial)
    assert digits_cells().count() == 6135
