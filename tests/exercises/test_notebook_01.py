"""Usual slips in the exercises of 01_grammars, and what each is told."""

from __future__ import annotations

import numpy as np
import pytest

from nasviz.exercises import check
from nasviz.exercises.answers import grammar
from nasviz.exercises.notebook_01 import AMBIGUOUS, BLOCKS, TARGET, TWICE
from nasviz.grammar import Partial, count, parse_derivation
from nasviz.spaces import SearchSpace, parse


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("01.1", "S ::= Residual(conv3x3, id, T) | Residual(S, id, T)\nT ::= S | conv3x3"),
        ("01.1", SearchSpace("BLOCK ::= Residual2(X, id, X)\nX ::= BLOCK [0.2] | conv3x3")),
        ("01.3", [18, 32]),
        ("01.3", (np.int64(18), 32.0)),
        ("01.2", (1, 0, 0, 1, 0, 0, 0)),
        ("01.4", "S ::= Linear(conv3x3, A) | Linear(conv1x1, E) | Linear(avg_pool, B)\n"
                 "A ::= conv3x3 | conv1x1\nB ::= conv1x1 | avg_pool\nE ::= A | avg_pool"),
        ("01.5", 2 / 5),
        ("01.5", 0.40001),
    ],
)  # fmt: skip
def test_other_right_answers(number, answer):
    assert check(number, answer)


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("01.1", "S ::= Residual(S, id, S) | conv3x3", "Your grammar also derives conv3x3."),
        (
            "01.1",
            "S ::= Residual(conv3x3, id, conv3x3)",
            "Your grammar does not derive Residual2(conv3x3, id, Residual2(conv3x3, id, conv3x3)).",
        ),
        ("01.1", "S ::= Residual(T, T, T)\nT ::= conv3x3 | id | S", "Your grammar also derives Residual2(conv3x3, conv3x3, "),
        ("01.1", "S ::= Residual(T, id, T)\nshared T ::= conv3x3", "please write it without shared and require"),
        ("01.3", (32, 18), "The other way round"),
        ("01.3", (18, 18), "The terms are right; 18 derivations are not"),
        ("01.3", (32, 32), "The derivations are right; 32 terms are not"),
        ("01.3", (9, 9), "Neither 9 nor 9: begin with B"),
        ("01.2", [1], "You are at Linear(S, B): something is still open."),
        ("01.2", [0, 0, 0], "You have derived Linear(conv3x3, conv3x3)."),
        ("01.2", [0, 0, 0, 0], "After 3 choices nothing is open: Linear(conv3x3, conv3x3) is derived, and 1 are left."),
        ("01.2", [1, 2], "After 1 choices, at Linear(S, B): no production 2 of S; it has 2, counted from 0."),
        ("01.4", AMBIGUOUS, "The terms are right, but Linear(conv1x1, conv1x1) can still be derived in two ways."),
        ("01.4", "S ::= Linear(A, A)\nA ::= conv3x3 | conv1x1", "Your grammar does not derive Linear("),
        (
            "01.4",
            "S ::= Linear(A, A)\nA ::= conv3x3 | conv1x1 | avg_pool",
            "Your grammar also derives Linear(",
        ),
        (
            "01.4",
            "S ::= Linear(A, A) | Linear(conv1x1, avg_pool) | Linear(avg_pool, B)\nA ::= conv3x3 | conv1x1 | conv1x1\n"
            "B ::= conv1x1 | avg_pool",
            "The terms are right, but there are 12 derivations of 7 terms.",
        ),
        ("01.5", 0.3, "With p = 0.3 a draw has 2.5 operators on average."),
        ("01.5", 0.5, "With p = 0.5 each S makes 1 new ones on average: drawing need not end."),
        ("01.5", 0, "With p = 0 a draw has 1 operators on average."),
    ],
)
def test_usual_slips(number, answer, words):
    feedback = check(number, answer)
    assert not feedback
    assert words in feedback.message


def test_a_partial_derivation_is_an_answer():
    partial = Partial.begin(grammar(BLOCKS))
    assert "You are at S: something is still open." in repr(check("01.2", partial))
    for k in parse_derivation(grammar(BLOCKS), parse(TARGET).term).macro:
        partial = partial.expand(partial.frontier[0], k)
    assert check("01.2", partial)


def test_what_the_exercises_say_is_so():
    assert (count(grammar(TWICE)), count(grammar(TWICE), "derivations")) == (18, 32)
    assert (count(grammar(AMBIGUOUS)), count(grammar(AMBIGUOUS), "derivations")) == (7, 8)
