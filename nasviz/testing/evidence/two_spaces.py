"""The hierarchical against the cell-based space: the same search, data and number of evaluations."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nasviz.search import BayesOpt, Study
from nasviz.surrogate import HierarchicalWL
from nasviz.testing.evidence.kept import Kept
from nasviz.testing.evidence.small_task import (
    FEW,
    WIDTH,
    cell_based_space,
    hierarchical_space,
    number_of_sums,
    small_objective,
    sums_of_digits,
)

if TYPE_CHECKING:
    import pandas as pd

TOTAL = 20
EPOCHS = 4
LARGEST = 2
"""Largest digit: with all ten, networks of seconds stay at chance."""
CONFIRMED = 2
"""Trainings with other seeds that give the test error."""


@dataclass(frozen=True)
class Search:
    """One search in one space.

    Parameters
    ----------
    space, seed
        Which.
    values
        Validation error of each evaluation, in [0, 1], ``(n,)``; NaN where it failed.
    validation
        The least of them.
    test
        Mean test error of that architecture, trained anew with other seeds.
    parameters
        Its number of parameters.
    seconds
        Computing time.
    """

    space: str
    seed: int
    values: tuple[float, ...]
    validation: float
    test: float
    parameters: int
    seconds: float


def search(space_name: str, seed: int, total: int = TOTAL, epochs: int = EPOCHS) -> dict[str, Any]:
    """Search one space on sums of three digits; return values, the best and what it is worth on test data, as JSON data."""
    space = {"hierarchical": hierarchical_space, "cell-based": cell_based_space}[space_name](3, number_of_sums(LARGEST))
    data = sums_of_digits(LARGEST)
    objective = small_objective(data, epochs)
    began = time.process_time()
    study = Study(space, objective, strategy=BayesOpt(kernel=HierarchicalWL()), seed=seed)
    study.run(total, "inline")
    row = study.confirm(top=1, seeds=CONFIRMED, data=data.test, executor="inline").iloc[0]
    best = study.best_trial.arch
    return {
        "values": [trial.value for trial in study.trials],
        "validation": study.best_value,
        "test": float(row["mean"]),
        "parameters": best.cost().parameters,
        "term": str(best),
        "seconds": time.process_time() - began,
    }


def compare_spaces(
    seeds: Iterable[int],
    kept: Kept,
    *,
    total: int = TOTAL,
    epochs: int = EPOCHS,
    say: Callable[[str], None] = lambda _: None,
) -> list[Search]:
    """Search both spaces with every seed.

    Parameters
    ----------
    seeds
        Of the studies.
    kept
        Where results are kept.
    total
        Evaluations of a search.
    epochs
        Epochs of a training.
    say
        Told each result in words.
    """
    found: list[Search] = []
    settings = {"total": total, "epochs": epochs, "largest": LARGEST, "examples": FEW, "width": WIDTH, "confirmed": CONFIRMED}
    for seed in seeds:
        for name in ("hierarchical", "cell-based"):
            file = f"spaces/{name}-{seed}"
            made = kept.get(file, settings, lambda name=name, seed=seed: search(name, seed, total, epochs))
            values = tuple(np.nan if v is None else float(v) for v in made["values"])
            one = Search(name, seed, values, made["validation"], made["test"], made["parameters"], made["seconds"])
            say(f"{name}, seed {seed}: validation error {one.validation:.3f}, test error {one.test:.3f}, {one.seconds:.0f} s")
            found.append(one)
    return found


def spaces_summary(found: Iterable[Search]) -> pd.DataFrame:
    """Return a row a space: mean and standard deviation over the seeds, and the number of searches.

    Returns
    -------
    DataFrame
        By space: ``validation``, ``validation sd``, ``test``, ``test sd`` (errors in %), ``parameters``, ``parameters sd``,
        ``searches``, ``seconds``.
    """
    import pandas as pd

    searches = list(found)
    rows: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys(one.space for one in searches):
        mine = [one for one in searches if one.space == name]
        columns = {
            "validation": [100 * one.validation for one in mine],
            "test": [100 * one.test for one in mine],
            "parameters": [float(one.parameters) for one in mine],
        }
        row: dict[str, float] = {}
        for column, values in columns.items():
            row |= {column: float(np.mean(values)), f"{column} sd": float(np.std(values, ddof=1)) if len(mine) > 1 else np.nan}
        rows[name] = {**row, "searches": len(mine), "seconds": float(np.mean([one.seconds for one in mine]))}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("space")
