"""Bayesian optimisation against random search on all 15,625 cells of NAS-Bench-201; printed, skipped without the table."""

import csv
from pathlib import Path

import numpy as np
import pytest

from nasviz.search import BayesOpt, RandomSearch, Study
from nasviz.search.strategy import Strategy
from nasviz.spaces import Architecture, SearchSpace

TABLE = Path(__file__).parents[3] / "shared" / "data" / "nb201_cifar10.csv"
OPERATIONS = {"0": "zero", "1": "id", "2": "conv1x1", "3": "conv3x3", "4": "avg_pool"}
GRAMMAR = "CELL ::= Cell(OP, OP, OP, OP, OP, OP)\nOP ::= zero | id | conv1x1 | conv3x3 | avg_pool"
BUDGET, SEEDS, UNREACHED = 100, 5, 150

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not TABLE.exists(), reason="the table of NAS-Bench-201 is not here"),
]


def table() -> dict[str, float]:
    """Validation error in [0, 1] of each cell, by its term."""
    with TABLE.open() as file:
        rows = csv.DictReader(file)
        return {f"Cell({', '.join(OPERATIONS[d] for d in row['cell'])})": 1 - float(row["c10_val"]) / 100 for row in rows}


def incumbents(strategy: Strategy, errors: dict[str, float], seed: int) -> np.ndarray:
    def objective(arch: Architecture) -> float:
        return errors[str(arch)]

    study = Study(SearchSpace(GRAMMAR, name="cell"), objective, strategy=strategy, seed=seed)
    study.run(BUDGET, "inline")
    return np.minimum.accumulate([t.value for t in study.trials if t.value is not None])


def test_bayesian_optimisation_beats_random_search() -> None:
    errors = table()
    optimum = min(errors.values())
    medians = {}
    for name, strategy in (("flat WL", BayesOpt()), ("random", RandomSearch())):
        runs = np.array([incumbents(strategy, errors, seed) for seed in range(SEEDS)])
        reached = [int(np.argmax(run <= optimum)) + 1 if run[-1] <= optimum else UNREACHED for run in runs]
        medians[name] = np.median(runs, axis=0)
        regret = ", ".join(f"{100 * (medians[name][n - 1] - optimum):.2f} at {n}" for n in (25, 50, 100))
        print(f"\n{name}: optimum after {sorted(reached)} evaluations, median {np.median(reached):.0f}; regret in % {regret}")
    assert medians["flat WL"][49] < medians["random"][49]
