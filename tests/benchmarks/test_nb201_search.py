"""Bayesian optimisation against random search on all 15,625 cells of NAS-Bench-201; printed, skipped without the table."""

from pathlib import Path

import numpy as np
import pytest

from nasviz.evaluation.benchmarks import NASBench201
from nasviz.search import BayesOpt, RandomSearch, Study
from nasviz.search.strategy import Strategy
from nasviz.spaces import SearchSpace

TABLE = Path(__file__).parents[3] / "shared" / "data" / "nb201_cifar10.csv"
GRAMMAR = "CELL ::= Cell(OP, OP, OP, OP, OP, OP)\nOP ::= zero | id | conv1x1 | conv3x3 | avg_pool"
BUDGET, SEEDS, UNREACHED = 100, 5, 150

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not TABLE.exists(), reason="the table of NAS-Bench-201 is not here"),
]


def incumbents(strategy: Strategy, bench: NASBench201, seed: int) -> np.ndarray:
    study = Study(SearchSpace(GRAMMAR, name="cell"), bench, strategy=strategy, seed=seed)
    study.run(BUDGET, "inline")
    return np.minimum.accumulate([t.value for t in study.trials if t.value is not None])


def test_bayesian_optimisation_beats_random_search() -> None:
    bench = NASBench201(TABLE)
    optimum = bench.best()[1]
    medians = {}
    for name, strategy in (("flat WL", BayesOpt()), ("random", RandomSearch())):
        runs = np.array([incumbents(strategy, bench, seed) for seed in range(SEEDS)])
        reached = [int(np.argmax(run <= optimum)) + 1 if run[-1] <= optimum else UNREACHED for run in runs]
        medians[name] = np.median(runs, axis=0)
        regret = ", ".join(f"{100 * (medians[name][n - 1] - optimum):.2f} at {n}" for n in (25, 50, 100))
        print(f"\n{name}: optimum after {sorted(reached)} evaluations, median {np.median(reached):.0f}; regret in % {regret}")
    assert medians["flat WL"][49] < medians["random"][49]
