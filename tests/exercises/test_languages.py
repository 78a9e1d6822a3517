"""The difference of two languages: exact, smallest, also where both are endless; against enumeration on random grammars."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nasviz.algebra import Operator, Sort
from nasviz.exercises.exercise import UnreadableError
from nasviz.exercises.languages import beyond, compare
from nasviz.grammar import Grammar, parse_derivation

F = Operator("f", (Sort.MAP,))
G = Operator("g", (Sort.MAP, Sort.MAP))
OPERATORS = (F, G, Operator("x"), Operator("y"))


def grammar(text):
    return Grammar.parse(text, OPERATORS)


@pytest.mark.parametrize(
    ("found", "wanted", "extra", "missing"),
    [
        ("S ::= x | y", "S ::= y | x | x", None, None),
        ("S ::= A | f(A)\nA ::= x | y", "S ::= x | y | f(x) | f(y)", None, None),
        ("S ::= f(S) | x", "S ::= A\nA ::= f(f(A)) | f(x) | x", None, None),
        ("S ::= f(S) | x", "S ::= f(f(S)) | x", "f(x)", None),
        ("S ::= g(A, A)\nA ::= x | y", "S ::= g(x, y) | g(y, x)", "g(x, x)", None),
        ("S ::= g(x, S) | x", "S ::= g(S, S) | x", None, "g(g(x, x), x)"),
        ("S ::= x", "S ::= y", "x", "y"),
        ("S ::= f(f(f(f(S)))) | x", "S ::= f(f(S)) | x", None, "f(f(x))"),
    ],
)
def test_smallest_difference(found, wanted, extra, missing):
    result = compare(grammar(found), grammar(wanted))
    assert (result.extra and str(result.extra), result.missing and str(result.missing)) == (extra, missing)
    assert result.equal is (extra is None and missing is None)


def language(g, size):
    """All terms up to a size, by trying every term over the operators."""
    by_size = {1: ["x", "y"]}
    for n in range(2, size + 1):
        by_size[n] = [f"f({a})" for a in by_size[n - 1]]
        by_size[n] += [f"g({a}, {b})" for k in range(1, n - 1) for a in by_size[k] for b in by_size[n - 1 - k]]
    return [[t for t in by_size[n] if derives(g, t)] for n in by_size]


def derives(g, text):
    from nasviz.algebra import parse_term
    from nasviz.errors import TermError

    try:
        parse_derivation(g, parse_term(text, g.signature))
    except TermError:
        return False
    return True


def random_text(rng):
    bodies = ["x", "y", "f(A)", "f(S)", "g(A, S)", "g(S, A)", "g(A, A)", "f(f(A))", "A", "g(x, A)"]
    pick = lambda first: " | ".join([first, *rng.choice(bodies, size=rng.integers(1, 4))])  # noqa: E731
    return f"S ::= {pick('x')}\nA ::= {pick(str(rng.choice(['x', 'y', 'f(y)'])))}"


@pytest.mark.parametrize("seed", range(25))
def test_against_all_terms_up_to_a_size(seed):
    rng = np.random.default_rng(seed)
    first, second = grammar(random_text(rng)), grammar(random_text(rng))
    found = beyond(first, second)
    smaller = itertools.chain(*language(first, 5))
    only = next((t for t in smaller if not derives(second, t)), None)
    if found is None:
        assert only is None
    else:
        assert derives(first, str(found))
        assert not derives(second, str(found))
        if only is not None:
            assert len(found) == len(grammar(f"S ::= {only}").rules["S"][0].body)
        else:
            assert len(found) > 5


@pytest.mark.parametrize("text", ["S ::= g(A, A)\nshared A ::= x | y"])
def test_shared_is_declined(text):
    with pytest.raises(UnreadableError, match="plain rules: please write it without shared and require"):
        compare(grammar(text), grammar("S ::= x"))


def test_too_large_is_declined(monkeypatch):
    monkeypatch.setattr("nasviz.exercises.languages.STEPS", 3)
    with pytest.raises(UnreadableError, match="too large to compare"):
        compare(grammar("S ::= g(A, A)\nA ::= x | y | f(x)"), grammar("S ::= g(A, A)\nA ::= f(x) | x | y"))
