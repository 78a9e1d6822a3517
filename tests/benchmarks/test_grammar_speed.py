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
    log_probability,
    mutate,
    parse_derivation,
    rank,
    sample,
    sample_term,
    unrank,
)
from nasviz.spaces import digits_cells, hierarchical_nb201, nb201, nested_convnet

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


def table(rows):
    """Print times; a goal in ms and the published engine's ms give the ratios."""
    for name, function, goal, engine in rows:
        took = milliseconds(function, 40)
        ratio = f"{engine / took:9,.0f} times faster than the published engine's {engine:g} ms" if engine else ""
        print(f"{name:44} {took:9.3f} ms   {f'goal {goal:g}' if goal else '':9} {ratio}")


def test_speed(grammar):
    rng = np.random.default_rng(0)
    derivation = sample(grammar, rng)
    term = derive(grammar, derivation)
    print(f"\nhierarchical NAS-Bench-201, a term of {len(term)} symbols and {len(term.text):,} characters")
    table(
        [
            ("sample", lambda: sample(grammar, rng), 0.3, 94),
            ("mutate", lambda: mutate(grammar, derivation, rng), 0.3, 65),
            ("derive", lambda: derive(grammar, derivation), None, None),
            ("parse a term's text", lambda: parse_term(term.text, grammar.signature), 2, None),
            ("first derivation of a term", lambda: parse_derivation(grammar, term), None, None),
            ("derivation tree", lambda: derivation_tree(grammar, derivation), None, None),
        ]
    )


@pytest.mark.parametrize("connected", [False, True])
def test_speed_of_ranking_and_of_the_other_laws(connected):
    grammar = hierarchical_nb201(connected=connected).grammar
    rng = np.random.default_rng(0)
    n = count(grammar) // 3
    term = sample_term(grammar, rng)
    print(f"\nhierarchical NAS-Bench-201{', require connected' * connected}")
    table(
        [
            ("rank", lambda: rank(grammar, term), 20, None),
            ("unrank", lambda: unrank(grammar, n), 20, None),
            ("sample by productions", lambda: sample(grammar, rng), 0.3, 94),
            ("sample, uniform over terms", lambda: sample_term(grammar, rng, "terms"), 2, None),
            ("sample, uniform over sizes", lambda: sample_term(grammar, rng, "size"), None, None),
            ("sample, uniform over heights", lambda: sample_term(grammar, rng, "height"), None, None),
            ("sample by productions, at most 300 operators", lambda: sample(grammar, rng, max_size=300), None, None),
            ("sample, convergent", lambda: sample(grammar, rng, "convergent"), None, None),
            ("log-probability", lambda: log_probability(grammar, sample(grammar, rng)), None, None),
        ]
    )


@pytest.mark.parametrize("constraint", ["", "require connected", "require connected and halvings <= 2"])
def test_speed_after_an_edit(constraint):
    print(f"\nafter an edit: parse, lint, product, both counts {f'({constraint})' if constraint else ''}")
    rows = []
    for space in (hierarchical_nb201(), nb201(), nested_convnet(), digits_cells()):
        text, signature = f"{space.grammar.text}{constraint}\n", space.grammar.signature

        def after_an_edit(text=text, signature=signature):
            assert not [d for d in lint(text, signature) if d.severity == "error"]
            fresh = Grammar.parse(text, signature)
            count(fresh)
            count(fresh, "derivations")
            counts_by_nonterminal(fresh)

        rows.append((space.name, after_an_edit, 50, None))
    table(rows)


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
