"""Usual slips in the exercises of 05_inspect_surrogate, and what each is told."""

from __future__ import annotations

import hashlib
import math
import random
import re

import numpy as np
import pytest

from nasviz.exercises import check
from nasviz.exercises.notebook_05 import BEST, BLIND, START, by_hand, checksum, truth
from nasviz.spaces import three_node_cells

CELLS = three_node_cells()


class View:
    """What a view is to a check: it holds an architecture."""

    def __init__(self, text):
        self.arch = CELLS.parse(text)


def own(why):
    return why.table["own"].sum()


def account(why):
    total = sum(credit.own for credit in why.credits)
    return why.base * math.exp(total) if why.log else why.base + total


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("05.1", [CELLS.parse(text) for text in BLIND]),
        ("05.1", ("Residual2(conv3x3, avg_pool, conv1x1)", "Residual2(conv1x1, conv3x3, avg_pool)")),
        ("05.2", 3.94),
        ("05.2", np.float64(-3.9413)),
        ("05.3", account),
        ("05.3", lambda why: why.base * np.exp(why.table.credit.iloc[0]) if why.log else why.base + why.table.credit.iloc[0]),
        ("05.4", np.array(by_hand())),
        ("05.4", [3 / 5, 8 / 5, 1 / 5 - 33 / 125, 2 / 5 - 44 / 125]),
        ("05.5", View(BEST)),
        ("05.5", CELLS.parse(BEST)),
        ("05.6", lambda arch: int(hashlib.md5(str(arch).encode()).hexdigest(), 16) % 100),
        ("05.6", lambda arch: -checksum(arch)),
    ],
)
def test_other_right_answers(number, answer):
    assert check(number, answer), check(number, answer)


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("05.1", BLIND[0], "Expected two cells, such as"),
        ("05.1", (BLIND[0], BLIND[0]), "This is one cell twice."),
        ("05.1", (BLIND[0], "Residual2(relu, id, relu)"), "no rule of the grammar derives"),
        ("05.1", (BLIND[0], "Residual2(conv3x3, id, conv3x3)"), "'conv3x3' occurs once in the first and twice in the second."),
        ("05.1", ("Residual2(conv3x3, zero, id)", "Residual2(id, zero, conv3x3)"), "but neither can h = 1"),
        ("05.2", -13, "the difference itself"),
        ("05.2", -13 / 10.88, "divided by the variance"),
        ("05.2", 3.72, "that of the share that was found"),
        ("05.2", (0.42 - 0.68) / math.sqrt(0.68 * 0.32), "for a single trial"),
        ("05.2", 34, "has 34 of 50 inside"),
        ("05.3", 3, "Expected a function of an explanation"),
        ("05.3", lambda why: why.base, "what credits are counted from"),
        ("05.3", own, "they are counted from why.base"),
        ("05.3", lambda why: math.exp(own(why)), "it multiplies why.base"),
        ("05.3", lambda why: why.base + own(why), "The credits are logarithms here"),
        ("05.3", lambda why: why.base * math.exp(own(why)), "The credits are in the units of the objective here"),
        ("05.3", lambda why: why.base * math.exp(why.table.credit.sum()), "own counts each of them once"),
        ("05.3", lambda why: why.belief.mean, "read off the prediction"),
        ("05.3", lambda why: why.nothing, "Your function raised AttributeError"),
        ("05.3", lambda why: 1.0, "your function gives 1.00, wanted is"),
        ("05.3", lambda why: "0.3", "Expected a function that returns a number."),
        ("05.4", (3, 8, 0, 0), "not divided by the length"),
        ("05.4", (0.2, 0.4, 0, 0), "f occurs 3 times, g 4 times"),
        ("05.4", (1.6, 0.6, 0, 0), "The credits of f and g are exchanged."),
        ("05.4", (1, 1, 0, 0), "shall sum to the mean"),
        ("05.4", (0.6, 1.6, 0.2, 0.4), "it is no constant"),
        ("05.4", (0.6, 1.6, 0.048, -0.064), "the derivatives by f and g are exchanged"),
        ("05.4", (0.6, 1.6, 0.064, -0.048), "look at their signs"),
        ("05.4", (0.6, 1.6, -0.06, 0.05), "three decimal places"),
        ("05.4", (0.6, 1.6, 1, 1), "u' / L"),
        ("05.4", (0.6, 1.6), "Expected four numbers"),
        ("05.5", View(START), "nothing is edited yet"),
        ("05.5", "Residual2(conv3x3, conv3x3, conv1x1)", "2 edits away"),
        ("05.5", "Residual2(conv1x1, zero, conv1x1)", "an edit at this place gives less"),
        ("05.5", "Residual2(avg_pool, conv3x3, conv1x1)", "an edit elsewhere than at (1,) gives less"),
        ("05.5", "Linear(conv3x3, conv1x1)", "no rule of the grammar derives"),
        ("05.6", 3, "Expected a function of an architecture"),
        ("05.6", truth, "The surrogate learns this: Kendall τ is 0.67 for"),
        ("05.6", lambda arch: len(str(arch)), "The surrogate learns this"),
        ("05.6", lambda arch: 1, "All values that the surrogate has seen are equal"),
        ("05.6", lambda arch: float("nan"), "Expected a function that returns a number."),
        ("05.6", lambda arch: random.random(), "that is noise, no function"),
        ("05.6", lambda arch: 1 / 0, "Your function raised ZeroDivisionError: division by zero"),
    ],
)
def test_slips(number, answer, words):
    feedback = check(number, answer)
    assert not feedback
    assert words in repr(feedback)


def test_a_cell_of_the_world_of_the_exercises():
    assert truth(CELLS.parse("Residual2(conv3x3, id, conv1x1)")) == pytest.approx(0.8 * 0.6 * 0.8)


def test_the_cells_of_an_example_are_of_the_space_and_no_solution():
    said = check("05.1", "a")
    first, second = re.findall(r"'(Residual2[^']+)'", str(said))
    assert not check("05.1", (CELLS.parse(first), CELLS.parse(second)))
    assert not {first, second} & set(BLIND)
