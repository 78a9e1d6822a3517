import time

import pytest

import nasviz.widgets.stepper_costs as stepper_costs
from nasviz.errors import NasvizError
from nasviz.spaces import digits_cells, nb201
from nasviz.widgets import Stepper
from nasviz.widgets.workspace import WORKSPACE


def wait(condition):
    until = time.monotonic() + 30
    while not condition():
        WORKSPACE.flush(30)
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture
def slow(monkeypatch):
    """Measuring takes a while; the list says for what it was begun."""
    begun = []
    real = stepper_costs.lower

    def lower(name):
        def make(space, cost):
            begun.append((space.name, cost))
            time.sleep(0.3)
            return real(name)(space, cost)

        return make

    monkeypatch.setattr(stepper_costs, "lower", lower)
    return begun


def test_steps_go_on_while_it_is_measured(page, slow):
    shown = page(Stepper(digits_cells()))
    shown.command("apply", position=[], production=2)
    assert shown.state["term"]["text"] == "Linear(CELL, down)"
    assert shown.state["costs"] is None
    wait(lambda: shown.state["costs"])
    assert set(shown.state["costs"]["cards"]) == {"0", "1", "2"}
    assert slow == [("digits cells", "parameters")]


def test_another_space_is_measured_anew(page, slow):
    shown = page(Stepper(digits_cells()))
    shown.view.space = nb201()
    wait(lambda: shown.state["costs"] and shown.state["title"] == "NAS-Bench-201")
    assert shown.state["costs"]["whole"].replace("\u00a0", " ").endswith("1.5 M parameters")
    assert [name for name, _ in slow] == ["digits cells", "NAS-Bench-201"]


def test_without_torch_it_says_so(page, monkeypatch):
    def never(name):
        raise NasvizError("reach needs the package 'torch', which is not installed here. Type: pip install torch")

    monkeypatch.setattr(stepper_costs, "lower", never)
    shown = page(Stepper(digits_cells()))
    wait(lambda: shown.state["costs"])
    assert "pip install torch" in shown.state["costs"]["note"]
