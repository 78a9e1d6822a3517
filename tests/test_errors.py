"""Errors say what was found, where, and what to type."""

from __future__ import annotations

import pickle

import pytest

from nasviz.errors import GrammarError, ShapeError, TermError, a_or_an, nearest, said

TEXT = "S ::= Linear(B)\nB ::= conv3x4 | id\n"


def test_text_error_shows_line_column_caret_and_hint() -> None:
    start = TEXT.index("conv3x4")
    error = GrammarError("unknown operator 'conv3x4'", text=TEXT, start=start, end=start + 7, hint="did you mean conv3x3?")
    assert (error.line, error.column) == (2, 7)
    assert str(error) == (
        "line 2, column 7: unknown operator 'conv3x4'\n    B ::= conv3x4 | id\n          ^^^^^^^\ndid you mean conv3x3?"
    )


@pytest.mark.parametrize(("start", "end"), [(0, 0), (-5, 3), (len(TEXT), len(TEXT) + 9), (15, 15), (3, 1)])
def test_any_range_prints(start: int, end: int) -> None:
    assert "^" in str(GrammarError("x", text=TEXT, start=start, end=end))


def test_long_lines_are_cut_around_the_place_and_control_characters_are_replaced() -> None:
    text = "a" * 10_000 + "\x1b[2Jb" + "c" * 10_000
    error = TermError("unexpected", text=text, start=10_000, end=10_001)
    assert len(str(error)) < 500
    assert "\x1b" not in str(error)


def test_errors_survive_pickling() -> None:
    error = pickle.loads(pickle.dumps(GrammarError("m", text=TEXT, start=3, end=5, hint="h")))
    assert (error.message, error.start, error.end, error.hint) == ("m", 3, 5, "h")
    shape = pickle.loads(pickle.dumps(ShapeError("no", (0, 1), "conv", ((1, 2), (3, 4)))))
    assert (str(shape), shape.position, shape.shapes) == ("no", (0, 1), ((1, 2), (3, 4)))


@pytest.mark.parametrize(("name", "near"), [("conv3x4", "conv3x3"), ("CONV3X3", "conv3x3"), ("zzz", None), ("", None)])
def test_nearest(name: str, near: str | None) -> None:
    assert nearest(name, ["conv3x3", "id", "avg_pool"]) == near


def test_what_an_exception_says_is_short_and_always_something() -> None:
    class Silent(Exception):
        def __str__(self) -> str:
            raise ZeroDivisionError

    assert said(Silent()) == said(Silent(), name=False) == "Silent"
    assert said(ValueError("no")) == "ValueError: no"
    assert said(ValueError("no"), name=False) == "no"
    assert len(said(ValueError("x" * 10_000))) < 2100


@pytest.mark.parametrize(
    ("noun", "said_so"), [("int", "an int"), ("map", "a map"), ("Architecture", "an Architecture"), ("", "a ")]
)
def test_nouns_have_the_article_that_is_read_aloud(noun: str, said_so: str) -> None:
    assert a_or_an(noun) == said_so
