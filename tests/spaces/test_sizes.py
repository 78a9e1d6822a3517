"""Sizes of well-known spaces agree with what the spaces here count."""

import math

import pytest

from nasviz.grammar import log10_of
from nasviz.spaces import KNOWN_SIZES, hierarchical_nb201, nb201


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
    space = hierarchical_nb201()
    name = "Hierarchical NAS-Bench-201"
    assert size(name, "distinct") == pytest.approx(log10_of(space.count()), abs=1e-4)
    assert size(name, "derivations") == pytest.approx(log10_of(space.count("derivations")), abs=1e-4)
