"""Sizes of well-known spaces agree with what the spaces here count, with and without constraints."""

import math

import pytest

from nasviz.grammar import log10_of
from nasviz.spaces import (
    KNOWN_SIZES,
    SearchSpace,
    activation,
    darts,
    hierarchical_cell_based,
    hierarchical_fixed_macro,
    hierarchical_linear_macro,
    hierarchical_nb201,
    hierarchical_shared_cell,
    mobilenet,
    mobilenet_factorised,
    nb201,
)
from nasviz.spaces.hierarchical_nb201 import GRAMMAR as HIERARCHICAL
from nasviz.spaces.nb201 import GRAMMAR as NB201

HEAD, TAIL = HIERARCHICAL.split("CELL  ::=")
FIXED = NB201.split("shared CELL")[0]
FIVE = "CELL ::= Cell(OP, OP, OP, OP, OP, OP)\nOP ::= id | zero | conv3x3 | conv1x1 | avg_pool\n"
THIRTY = "CELL  ::=" + TAIL
MERGED = """
start D2
D2   ::= Linear(D, D, D) | Linear(D, D, D, D)
D    ::= Linear(C, C, X) | Linear(C, C, C, X) | Residual3(C, C, X, X)
X    ::= CELL | Linear(CELL, down) | Linear(CELL, CELL, down) | Residual2(CELL, down, down)
C    ::= Linear(CELL, CELL) | Linear(CELL, CELL, CELL) | Residual2(CELL, CELL, CELL)
CELL ::= conv3x3
require halvings == 2
"""
CONNECTED = "require connected\n"

# space, what is counted, first digits or the number, log10
TABLE = {
    "hierarchical, derivations of the released grammar (BLOCK twice)": (HIERARCHICAL, "derivations", "1238293455", 446.0928),
    "… with every cell input–output connected": (HIERARCHICAL + CONNECTED, "derivations", "1237456330", 446.0925),
    "hierarchical, DISTINCT terms": (HIERARCHICAL, "terms", "7029365796", 375.8469),
    "… connected": (HIERARCHICAL + CONNECTED, "terms", "", 375.8449),
    "with the five plain ops in each cell": (HEAD + FIVE, "terms", "", 179.7531),
    "… connected ": (HEAD + FIVE + CONNECTED, "terms", "", 179.3506),
    "macro skeletons alone (cell = 1)": (HEAD + "CELL ::= conv3x3\n", "terms", "75549915", 7.878),
    "… and the halvings are two by construction": (
        HEAD + "CELL ::= conv3x3\nrequire halvings == 2",
        "terms",
        "75549915",
        7.878,
    ),
    "variable macro, one shared cell, 30 ops": (HEAD + "shared " + THIRTY, "terms", "", 16.741),
    "fixed macro, 15 independent cells, 5 ops": (FIXED + FIVE, "terms", str(5**90), 62.907),
    "fixed macro, 15 independent cells, 30 ops": (FIXED + THIRTY, "terms", str(30**90), 132.941),
    "one CELL, 30 ops": ("start CELL\n" + THIRTY, "terms", "729000000", 8.863),
    "one CELL, 30 ops, connected": ("start CELL\n" + THIRTY + CONNECTED, "terms", "728919959", 8.863),
    "NAS-Bench-201 cells": (NB201, "terms", "15625", 4.194),
    "NAS-Bench-201 cells, connected": (NB201 + CONNECTED, "terms", "15284", 4.184),
    "D1 and D0, DOWN and CELL merged under require halvings == 2": (MERGED, "terms", "438832485", 8.642),
}


@pytest.mark.parametrize(("text", "what", "number", "logarithm"), TABLE.values(), ids=TABLE)
def test_published_sizes(text, what, number, logarithm):
    n = SearchSpace(text).count(what)
    assert isinstance(n, int)
    assert log10_of(n) == pytest.approx(logarithm, abs=6e-4)
    assert str(n).startswith(number)
    assert len(str(n)) == math.floor(logarithm) + 1


def size(name, convention):
    return next(s.log10 for s in KNOWN_SIZES if s.name == name and s.convention.startswith(convention))


def test_every_size_says_what_is_counted_and_where_from():
    assert all(s.convention and s.source and s.log10 > 0 for s in KNOWN_SIZES)
    assert [s.log10 for s in KNOWN_SIZES] == sorted(s.log10 for s in KNOWN_SIZES)


def test_numbers_in_words_agree():
    for s in KNOWN_SIZES:
        digits = "".join(c for c in s.convention.partition("(")[2] if c.isdigit())
        if digits:
            assert math.log10(int(digits)) == pytest.approx(s.log10, abs=1e-3)


def test_agreement_with_the_spaces():
    assert size("NAS-Bench-201", "cells (") == pytest.approx(log10_of(nb201().count()), abs=1e-3)
    assert size("NAS-Bench-201", "cells with") == pytest.approx(log10_of(nb201(connected=True).count()), abs=1e-3)
    space = hierarchical_nb201()
    name = "Hierarchical NAS-Bench-201"
    assert size(name, "distinct") == pytest.approx(log10_of(space.count()), abs=1e-4)
    assert size(name, "derivations") == pytest.approx(log10_of(space.count("derivations")), abs=1e-4)


@pytest.mark.parametrize(
    ("name", "space"),
    [
        ("MobileNet stages, factorised", mobilenet_factorised()),
        ("Activation functions, two levels", activation()),
        ("Hierarchical NAS-Bench-201, cell-based", hierarchical_cell_based()),
        ("Hierarchical NAS-Bench-201, one shared cell", hierarchical_shared_cell()),
        ("DARTS", darts()),
        ("MobileNet stages", mobilenet()),
        ("NAS-Bench-201 with 15 independent cells", hierarchical_fixed_macro(plain=True)),
        ("Fixed macro with 15 independent cells", hierarchical_fixed_macro()),
        ("Hierarchical NAS-Bench-201, linear macro", hierarchical_linear_macro()),
    ],
)
def test_every_other_size_is_that_of_a_space(name, space):
    assert size(name, "") == pytest.approx(log10_of(space.count()), abs=6e-4)
