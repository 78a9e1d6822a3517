"""Times of the grammar layer on hierarchical NAS-Bench-201, one thread; in brackets the published engine on two cores."""

import time
from statistics import median

import numpy as np
import pytest

from nasviz.algebra import Operator, Sort, parse_term
from nasviz.grammar import (
    Derivation,
    Grammar,
    count,
    counts_by_nonterminal,
    derivation_tree,
    derive,
    lint,
    mutate,
    parse_derivation,
    sample,
)
from nasviz.spaces import hierarchical_nb201

pytestmark = pytest.mark.benchmark


def milliseconds(function, repeats=100):
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return median(times) * 1e3


@pytest.fixture(scope="module")
def grammar():
    return hierarchical_nb201().grammar


def test_speed(grammar):
    rng = np.random.default_rng(0)
    derivation = sample(grammar, rng)
    term = derive(grammar, derivation)

    def after_an_edit():
        assert not [d for d in lint(grammar.text, grammar.signature) if d.severity == "error"]
        fresh = Grammar.parse(grammar.text, grammar.signature)
        count(fresh)
        count(fresh, "derivations")
        counts_by_nonterminal(fresh)

    rows = [
        ("sample", lambda: sample(grammar, rng), "0.3 [94]"),
        ("mutate", lambda: mutate(grammar, derivation, rng), "0.3 [65]"),
        ("derive", lambda: derive(grammar, derivation), ""),
        ("parse a term's text", lambda: parse_term(term.text, grammar.signature), "2"),
        ("first derivation of a term", lambda: parse_derivation(grammar, term), ""),
        ("derivation tree", lambda: derivation_tree(grammar, derivation), ""),
        ("lint, parse, count after an edit", after_an_edit, "50"),
    ]
    print(f"\nhierarchical NAS-Bench-201, a term of {len(term)} symbols and {len(term.text):,} characters")
    for name, function, goal in rows:
        print(f"{name:34} {milliseconds(function):8.3f} ms   {goal}")


def test_a_million_symbols():
    grammar = Grammar.parse(
        "S ::= f(S, S) | s(S) | a", [Operator("f", (Sort.MAP,) * 2), Operator("s", (Sort.MAP,)), Operator("a")]
    )
    for name, derivation in {
        "depth 100,000": Derivation((), (1,) * 100_000 + (2,)),
        "1,000,001 symbols": Derivation((), (0, 2) * 500_000 + (2,)),
    }.items():
        began = time.perf_counter()
        term = derive(grammar, derivation)
        made = time.perf_counter() - began
        assert parse_derivation(grammar, term) == derivation
        print(f"\n{name}: derived in {made:.2f} s, recognised in {time.perf_counter() - began - made:.2f} s")
