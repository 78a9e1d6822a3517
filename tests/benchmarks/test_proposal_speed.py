"""Times of a proposal on the hierarchical NAS-Bench-201 space, one thread; printed with the budget, never failed on."""

import time

import numpy as np
import pytest

from nasviz.records import Trial
from nasviz.search import BayesOpt
from nasviz.spaces import hierarchical_nb201
from nasviz.surrogate import GP, HierarchicalWL

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]

CASES = ((2000, (49, 50), 2.5), (10_000, (49, 50), 8.0), (2000, (1000, 1001, 1010), 20.0))
"""Candidates, numbers of trials one after the other, and the budget in seconds (5 s where nothing is refitted)."""


def test_proposals() -> None:
    space = hierarchical_nb201()
    archs = space.sample(1010, seed=0)
    values = 0.1 * np.exp(0.1 * np.random.default_rng(0).normal(size=len(archs)))
    trials = [
        Trial(i, str(a), space.fingerprint, "finished", float(v)) for i, (a, v) in enumerate(zip(archs, values, strict=True))
    ]
    GP(HierarchicalWL()).fit(archs[:5], values[:5])  # the first fit in a process imports
    for candidates, numbers, budget in CASES:
        strategy = BayesOpt(kernel=HierarchicalWL(), candidates=candidates)
        for n in numbers:
            wall, cpu = time.perf_counter(), time.process_time()
            proposal = strategy.propose(space, trials[:n], np.random.default_rng(n))
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            most = 5.0 if n > 1000 and n % 10 else budget
            print(f"\nn = {n}, {proposal.reason}: {wall:.1f} s (processor {cpu:.1f} s), budget {most:g} s", end="")
            assert f"over {candidates} candidates" in proposal.reason
