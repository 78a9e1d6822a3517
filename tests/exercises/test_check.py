"""check and solution: placeholders, other kinds of answers, unknown numbers; nothing a student writes raises."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from nasviz.errors import NasvizError
from nasviz.exercises import EXERCISES, check, solution
from nasviz.exercises.exercise import Exercise, by_id

IDS = sorted(EXERCISES)
STRANGE = [
    object(),
    3,
    -1,
    10**5000,
    0.25,
    float("nan"),
    float("inf"),
    True,
    Fraction(1, 3),
    np.float32(0.3),
    np.array([1, 2]),
    "",
    "S",
    "S ::= ",
    "S ::= S",
    "<script>alert(1)</script>",
    "\x00\ud800",
    "Linear(" * 2000,
    "S ::= Linear(conv3x4, id)",
    "S ::= Linear(S, S) | conv",
    "S ::= " + "Linear(S, " * 400 + "conv" + ")" * 400,
    [],
    (),
    [[]],
    [10**5000],
    [-1],
    [0] * 5000,
    (1, 2),
    (1, 2, 3),
    {"a": 1},
    str,
    lambda: 0,
]


@pytest.mark.parametrize("number", IDS)
def test_a_solution_passes_and_again(number):
    assert check(number, solution(number).answer)
    assert repr(check(number, solution(number).answer)) == repr(check(number, solution(number).answer))
    assert ": right. " in repr(check(number, solution(number).answer))


@pytest.mark.parametrize("placeholder", [..., None])
@pytest.mark.parametrize("number", IDS)
def test_a_placeholder_is_told_what_is_asked(number, placeholder):
    feedback = check(number, placeholder)
    assert not feedback
    assert feedback.state == "open"
    assert repr(feedback).endswith(f"not answered yet: {EXERCISES[number].asks}")
    assert repr(check(number)) == repr(feedback)


@pytest.mark.parametrize("number", IDS)
def test_strange_answers_are_wrong_and_raise_nothing(number):
    for answer in STRANGE:
        feedback = check(number, answer)
        assert feedback.state == "wrong", (number, answer)
        assert feedback.message
        assert "<script" not in feedback._repr_html_()


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("00.1", 3, "Expected a term as text, such as 'Linear(conv, fc)', or an architecture; found an int."),
        ("00.2", 3, "Expected a grammar as text, such as 'S ::= Linear(B, B)', or a SearchSpace; found an int."),
        ("01.3", "18, 32", "Expected two whole numbers, (terms, derivations)."),
        ("01.2", "0 1", "Expected a list of production numbers such as [0, 1], counted from 0, or a partial derivation."),
        ("01.5", "0.4", "Expected a probability, a number such as 0.25; found a str."),
        ("01.5", 1.5, "A probability lies between 0 and 1."),
    ],
)
def test_another_kind_is_told_what_is_expected(number, answer, words):
    assert words in repr(check(number, answer))


def test_an_unreadable_grammar_is_shown_with_its_place():
    feedback = check("01.1", "S ::= Residual(conv3x4, id, conv3x3)")
    assert feedback.message == "This cannot be read:"
    assert "line 1, column 16" in feedback.excerpt
    assert "did you mean conv3x3?" in feedback.excerpt


@pytest.mark.parametrize(
    ("number", "words"),
    [("01.22", "did you mean '01.2'?"), ("", "there are 00.1, "), (1.2, "there are 00.1, "), ("x" * 500, "no exercise 'xxx")],
)
def test_an_unknown_number_names_the_nearest(number, words):
    for function in (check, solution):
        with pytest.raises(NasvizError) as error:
            function(number)
        assert words in str(error.value)
        assert len(str(error.value)) < 200


def test_a_number_stands_once():
    exercise = EXERCISES["01.1"]
    with pytest.raises(NasvizError, match=r"exercise 01\.1 stands twice"):
        by_id([exercise, exercise])
    assert isinstance(exercise, Exercise)


def test_a_solution_is_explained():
    assert repr(solution("01.5")) == f"A solution of 01.5:\n0.4\n\n{EXERCISES['01.5'].why}"


def test_no_torch_is_loaded():
    code = "import sys, nasviz.exercises; print([m for m in ('torch', 'optuna', 'plotly', 'ipywidgets') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_an_editor_is_an_answer():
    from nasviz.widgets import GrammarEditor

    editor = GrammarEditor(solution("01.4").answer)
    assert check("01.4", editor)
    editor.close()
