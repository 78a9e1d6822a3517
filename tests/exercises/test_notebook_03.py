"""Usual slips in the exercises of 03_architectures, and what each is told."""

from __future__ import annotations

import numpy as np
import pytest

from nasviz.exercises import check
from nasviz.exercises.notebook_03 import GAIN, LONG, SHORTEST, UNFIT
from nasviz.spaces import nb201, parse


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("03.2", parse(SHORTEST)),
        ("03.2", "Sequential(conv3x3, relu, conv1x1, fc)"),
        ("03.1", "5>1 5>2 1>2 1>3 2>3"),
        ("03.1", "7>1 7>4 1>4 1>9 4>9"),
        ("03.3", np.int64(9)),
        ("03.4", "Linear(conv, Residual(down, Linear(avg_pool, down), conv3x3), fc)"),
        ("03.4", "Linear(conv, Residual(down, Residual(down, down, relu), conv3x3), fc)"),
        ("03.5", 243040.0),
    ],
)
def test_other_right_answers(number, answer):
    assert check(number, answer)


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("03.2", LONG, "The same function, with 11 operators; 5 are enough."),
        ("03.2", "Linear(conv3x3, conv1x1, relu, fc)", "what a value passes in it is conv3x3, conv1x1, relu, fc."),
        ("03.2", "Linear(conv3x3, zero, fc)", "what a value passes in it is nothing."),
        ("03.1", "1>2 2>3", "A wiring of five operands has five edges; yours has 2."),
        ("03.1", "1>2 1>3 2>4 2>3 3>4", "a value can pass a then c, a then d then e, b then e; wanted are a then c then e"),
        ("03.1", "1>2 3>3", "closes a cycle"),
        ("03.1", 5, "Expected edges as text"),
        ("03.3", 27, "27 is the number of terms"),
        ("03.3", 8, "One is missing: the terms with no way through"),
        ("03.3", 12, "12 are too many. Collect arch.canonical_key"),
        ("03.3", "9", "Expected a whole number"),
        ("03.4", UNFIT, "meet in Residual2 at (1,)"),
        ("03.4", "Linear(conv, Residual(down, zero, conv3x3), fc)", "nothing goes through this shortcut"),
        ("03.4", "Linear(conv, Residual(id, id, conv3x3), fc)", "Only the shortcut may change"),
        ("03.4", "conv", "Only the shortcut may change"),
        ("03.5", 243600, "no bias: the normalisation has a shift"),
        ("03.5", 241920, "each is followed by a normalisation"),
        ("03.5", 48608, "These are three cells"),
        ("03.5", 2336, "This is one cell with 16 channels"),
        ("03.5", 300000, "300\u202f000 is too many"),
        ("03.5", 1, "1 is too few"),
    ],
)
def test_slips(number, answer, words):
    feedback = check(number, answer)
    assert not feedback
    assert words in repr(feedback)


def test_the_gain_is_what_the_cost_table_says():
    space = nb201(input_shape=(3, 8, 8))
    assert _parameters(space, "conv3x3") - _parameters(space, "id") == GAIN


def _parameters(space, op):
    text = str(space.sample(seed=0))
    cell = text[text.index("Cell(") : text.index(")") + 1]
    return space.parse(text.replace(cell, f"Cell(id, id, id, id, id, {op})")).cost().parameters
