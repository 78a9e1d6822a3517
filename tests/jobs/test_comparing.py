"""compare: bad arguments in words, good ones without a fuss."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from nasviz.errors import NasvizError
from nasviz.jobs import compare
from nasviz.spaces import SearchSpace, parse

A = SearchSpace("S ::= Linear(B, B)\nB ::= conv3x3 | id | relu", input_shape=(1, 8, 8))
B = SearchSpace("S ::= Linear(B, B)\nB ::= conv1x1 | down", input_shape=(1, 8, 8))
ENDLESS = SearchSpace("S ::= Linear(S, S) [0.9] | conv")
ZERO = {"objective": lambda arch: 0.0}


@pytest.mark.parametrize(
    ("spaces", "options", "words"),
    [
        ((A, "S ::= conv"), {}, "space_b is a search space, found str; type: nv.compare(space_a, space_b)"),
        ((parse("conv"), B), {}, "space_a is a search space, found Architecture"),
        ((parse("conv").space, B), {}, "the free space has no grammar: nothing to draw from"),
        ((A, B), {"n": 0}, "n is a whole number of 1 or more, found 0"),
        ((A, B), {"n": 2.5}, "n is a whole number of 1 or more, found 2.5"),
        ((A, B), {"n": True}, "n is a whole number of 1 or more, found True"),
        ((A, B), {"seed": -1}, "seed is a whole number of 0 or more, found -1"),
        ((A, B), {"workers": 0}, "workers is a whole number of 1 or more, found 0"),
        ((A, B), {"executor": 3}, "an executor has a method submit, as nv.LocalExecutor() does; found int"),
        ((A, B), {"law": "fair"}, "fair"),
        ((A, B), {"names": "ab"}, "names are two different texts, e.g. names=('narrow', 'wide'), found 'ab'"),
        ((A, B), {"names": ("x", "x")}, "names are two different texts"),
        ((A, B), {"names": 5}, "names are two different texts, e.g. names=('narrow', 'wide'), found '5'"),
        ((A, B), {"names": (1, 2)}, "names are two different texts"),
        ((A, B), {"objective": 3}, "an objective is a function of an architecture, found int"),
        ((A, ENDLESS), ZERO, "errors of different tasks cannot be compared: input (1, 8, 8), 10 classes and input (3, 32, 32)"),
        ((A, ENDLESS), {}, "draw"),
    ],
)
def test_bad_arguments_are_refused_at_once(spaces, options, words):
    with pytest.raises(NasvizError) as error:
        compare(*spaces, **options)
    assert words in str(error.value)


def test_names():
    assert compare(A, B, n=1).names == ("space a", "space b")
    assert compare(A, A, n=1, names=["x", "y"]).names == ("x", "y")
    named = SearchSpace("S ::= conv", input_shape=(1, 8, 8), name="one")
    assert compare(named, named, n=1).names == ("one (a)", "one (b)")


def test_spaces_of_different_tasks_may_be_compared_by_cost():
    table = compare(A, SearchSpace("S ::= conv", input_shape=(3, 16, 16)), n=2).summary()
    assert table["draws"].tolist() == [2, 2]


def test_as_many_workers_as_asked_for_are_begun(monkeypatch):
    begun = []

    def pool(workers):
        begun.append(workers)
        return ThreadPoolExecutor(workers)

    monkeypatch.setattr("nasviz.jobs.comparing.default_executor", pool)
    compare(A, B, n=2, workers=3, **ZERO).wait()
    assert begun == [3]
