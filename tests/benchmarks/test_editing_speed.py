"""Times of editing and stepping on hierarchical NAS-Bench-201, one thread; in brackets the published engine on two cores."""

import time
from itertools import islice
from statistics import median

import numpy as np
import pytest

from nasviz.grammar import (
    Grammar,
    Partial,
    cost_bounds,
    count_neighbours,
    crossover,
    mutate,
    neighbours,
    redraw,
    sample,
    self_crossover,
)
from nasviz.spaces import hierarchical_nb201

pytestmark = pytest.mark.benchmark

COST = {"conv3x3": 9, "conv1x1": 1, "dconv3x3": 3}


def milliseconds(function, repeats=200):
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return median(times) * 1e3


@pytest.mark.parametrize("constrained", [False, True])
def test_speed(constrained):
    rng = np.random.default_rng(0)
    grammar = hierarchical_nb201().grammar
    if constrained:
        grammar = Grammar.parse(f"require connected\n{grammar.text}", grammar.signature)
    a, b = sample(grammar, rng), sample(grammar, rng)
    partial = Partial.begin(grammar).expand((), 2)
    for _ in range(6):
        for position in partial.frontier[::-1][:3]:
            partial = partial.expand(position, 0)
    partial.frontier_options(COST)

    def first_options():
        fresh = Grammar.parse(grammar.text, grammar.signature)
        return Partial.begin(fresh).options((), COST)

    def all_options():
        return Partial(partial.grammar, partial.macro, partial.draws, None, partial.memory).frontier_options(COST)

    rows = [
        ("mutate", lambda: mutate(grammar, a, rng), "0.3 [65]", 200),
        ("redraw at a position", lambda: redraw(grammar, a, (1, 0), rng), "", 100),
        ("crossover", lambda: crossover(grammar, a, b, rng), "0.6 [135]", 200),
        ("self-crossover", lambda: self_crossover(grammar, a, rng), "", 200),
        ("options at the start, fresh grammar", first_options, "50", 10),
        (f"options at {len(partial.frontier)} open places", all_options, "50", 20),
        ("least and greatest cost", lambda: cost_bounds(grammar, COST), "", 20),
        ("1,000 neighbours", lambda: list(islice(neighbours(grammar, a), 1000)), "", 1),
        ("number of neighbours", lambda: count_neighbours(grammar, a), "", 3),
    ]
    print(f"\nhierarchical NAS-Bench-201{', require connected' if constrained else ''}, {a.size} productions")
    for name, function, goal, repeats in rows:
        print(f"{name:38} {milliseconds(function, repeats):9.3f} ms   {goal}")
