"""Usual slips in the exercises of 00_first_look, and what each is told."""

from __future__ import annotations

import pytest

from nasviz.exercises import check
from nasviz.spaces import SearchSpace, parse


@pytest.mark.parametrize(
    "answer",
    [
        "Linear(conv, Residual2(conv3x3, avg_pool, conv1x1), fc)",
        "Linear(Linear(conv, Residual(conv3x3, avg_pool, conv1x1)), fc)",
        "Sequential(conv, Linear(Residual(conv3x3, avg_pool, conv1x1)), fc)",
        parse("Linear(conv, Residual(conv3x3, avg_pool, conv1x1), fc)"),
        parse("Linear(conv, Residual(conv3x3, avg_pool, conv1x1), fc)").term,
    ],
)
def test_shortcut_is_right(answer):
    assert check("00.1", answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("Linear(conv, conv3x3, conv1x1, fc)", "There is no Residual with three operands"),
        (
            "Linear(conv, Residual(conv3x3, conv1x1, avg_pool), fc)",
            "In your Residual conv1x1 is the shortcut, and the main path is conv3x3 then avg_pool.",
        ),
        (
            "Linear(conv, Residual(conv1x1, avg_pool, conv3x3), fc)",
            "In your Residual avg_pool is the shortcut, and the main path is conv1x1 then conv3x3.",
        ),
        ("Linear(conv3x3, Residual(conv3x3, avg_pool, conv1x1), fc)", "Look at conv3x3 at (0,)"),
        ("Linear(conv, Residual(conv3x3, id, conv1x1), fc)", "Look at id at (1, 1)"),
        ("Residual(conv3x3, avg_pool, conv1x1)", "Look at Residual2 at the root"),
        ("Linear(conv, Residual(conv3x3, avg_pool, conv1x1))", "Linear at the root has 2 operands; the description has 3."),
        ("Linear(conv, Residual(conv3x3, avg_pool, conv1x1), fc", "This cannot be read:"),
    ],
)
def test_shortcut_is_not_yet_right(answer, words):
    feedback = check("00.1", answer)
    assert not feedback
    assert words in feedback.message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            "S ::= Linear(B, B, B) | Residual2(B, id, B)\nB ::= conv3x3 | conv1x1 | avg_pool | id",
            "80 architectures, 20 too few.",
        ),
        ("S ::= Linear(B, B, B)\nB ::= conv3x3 | conv1x1 | avg_pool | id | relu", "125 architectures, 25 too many."),
        ("S ::= Linear(S, B) | B\nB ::= conv3x3 | id", "endlessly many architectures: a nonterminal reaches itself"),
        ("S ::= Linear(B, B)\nB ::= conv3x3 | conv3x3", "derives 1 architectures, 99 too few"),
    ],
)
def test_hundred_is_not_yet_right(answer, words):
    feedback = check("00.2", answer)
    assert not feedback
    assert words in feedback.message


def test_hundred_says_when_there_are_more_derivations():
    text = (
        "S ::= Linear(A, A, B) | Linear(A, A, B)\nA ::= conv3x3 | conv1x1 | avg_pool | id | relu\nB ::= id | relu | mish | fc"
    )
    feedback = check("00.2", SearchSpace(text))
    assert feedback
    assert "It has 200 derivations" in feedback.message
