"""Strategies compared on a table of all architectures: how soon the optimum is found, and what the incumbent is worth."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nasviz.errors import NasvizError
from nasviz.evaluation.benchmarks import NASBench201
from nasviz.evaluation.proxies import naswot
from nasviz.search import AREA, TPE, BayesOpt, LocalSearch, RandomSearch, RegularisedEvolution, Strategy, Study
from nasviz.spaces import SearchSpace
from nasviz.surrogate import FlatWL, HierarchicalWL, ProductionCounts
from nasviz.testing.evidence.kept import Kept

if TYPE_CHECKING:
    import pandas as pd

    from nasviz.spaces import Architecture

CELL = """
CELL ::= Cell(OP, OP, OP, OP, OP, OP)
OP ::= zero | id | conv1x1 | conv3x3 | avg_pool
"""
"""One cell of NAS-Bench-201: what the table's architectures differ in."""

TOTAL = 150
AT = (25, 50, 100)
"""After how many evaluations the regret is told."""


def cell_space() -> SearchSpace:
    """Return the 15,625 cells of NAS-Bench-201, each alone; as networks they take images of 16 by 16 pixels."""
    return SearchSpace(CELL, input_shape=(3, 16, 16), name="cells of NAS-Bench-201")


def untrained(arch: Architecture) -> float:
    """Return the zero-cost score `naswot` of one cell with stem and head on noise; −inf where there is no way through.

    >>> untrained(cell_space().parse("Cell(zero, zero, zero, zero, zero, zero)"))
    -inf
    """
    try:
        return naswot(arch)
    except NasvizError:
        return -np.inf


def strategies() -> dict[str, Strategy]:
    """Return the strategies that are compared, each with its defaults, by name."""
    return {
        "random, by productions": RandomSearch(),
        "random, by terms": RandomSearch("terms"),
        "random, by size": RandomSearch("size"),
        "regularised evolution": RegularisedEvolution(),
        "local search": LocalSearch(),
        "AREA": AREA(score=untrained),
        "TPE": TPE(),
        "production counts": BayesOpt(kernel=ProductionCounts()),
        "flat WL": BayesOpt(kernel=FlatWL()),
        "hierarchical WL": BayesOpt(kernel=HierarchicalWL()),
    }


@dataclass(frozen=True)
class Run:
    """One search.

    Parameters
    ----------
    strategy, seed
        Which.
    val, test
        Validation and test error of each evaluation, in [0, 1], ``(n,)``; a search that has the optimum may end there.
    forms
        How many canonical forms were evaluated; less than n means that one was evaluated twice.
    seconds
        Computing time of the search, one thread.
    """

    strategy: str
    seed: int
    val: tuple[float, ...]
    test: tuple[float, ...]
    forms: int
    seconds: float

    def reached(self, optimum: float) -> int | None:
        """Return after how many evaluations a validation error of `optimum` or less was seen, 1 … n; None if never.

        >>> Run("", 0, (0.3, 0.1, 0.2), (0.3, 0.1, 0.2), 3, 0.0).reached(0.1)
        2
        """
        found = np.flatnonzero(np.array(self.val) <= optimum + 1e-9)
        return int(found[0]) + 1 if len(found) else None

    def incumbent(self, total: int) -> np.ndarray:
        """Return the test error of the best by validation after 1 … `total` evaluations; of equal ones the first, ``(total,)``.

        After the end of the search the incumbent stays.

        >>> Run("", 0, (0.3, 0.1, 0.2), (0.4, 0.5, 0.1), 3, 0.0).incumbent(4).tolist()
        [0.4, 0.5, 0.5, 0.5]
        """
        val = np.array(self.val)
        better = val < np.concatenate([[np.inf], np.minimum.accumulate(val)[:-1]])
        found = np.array(self.test)[np.maximum.accumulate(np.where(better, np.arange(len(val)), 0))]
        return found[np.minimum(np.arange(total), len(found) - 1)]


def search(bench: NASBench201, strategy: Strategy, seed: int, total: int = TOTAL) -> dict[str, Any]:
    """Search the table once; return validation and test errors by evaluation, canonical forms and seconds, as JSON data.

    A search ends with the batch of ten in which it evaluates the optimum: its incumbent cannot change any more.
    """
    study = Study(cell_space(), bench, strategy=strategy, seed=seed)
    optimum = bench.best()[1]
    began = time.process_time()
    while study.finished < total and not (study.finished and study.best_value <= optimum):
        study.run(min(total, study.finished + 10), "inline")
    seconds = time.process_time() - began
    archs = [trial.arch for trial in study.trials]
    test = bench.at(split="test")
    return {
        "val": [trial.value for trial in study.trials],
        "test": [test(arch) for arch in archs],
        "forms": len({arch.canonical_key for arch in archs}),
        "seconds": seconds,
    }


def compare_strategies(
    bench: NASBench201,
    seeds: Iterable[int],
    kept: Kept,
    *,
    total: int = TOTAL,
    names: Sequence[str] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Run]:
    """Search the table with every strategy and seed, seed by seed; what `kept` has is not searched again.

    Parameters
    ----------
    bench
        The table; validation error is minimised.
    seeds
        Of the studies.
    kept
        Where results are kept.
    total
        Evaluations of a search.
    names
        Which strategies; all when None.
    say
        Told each result in words.
    """
    all_of = strategies()
    runs: list[Run] = []
    for seed in seeds:
        for name in names or all_of:
            settings = {"total": total, "strategy": re.sub(r" at 0x\w+", "", repr(all_of[name])), "bench": repr(bench)}
            file = f"nb201/{name.replace(', ', '-').replace(' ', '-')}-{seed}"
            made = kept.get(file, settings, lambda name=name, seed=seed: search(bench, all_of[name], seed, total))
            run = Run(name, seed, tuple(made["val"]), tuple(made["test"]), made["forms"], made["seconds"])
            say(f"{name}, seed {seed}: optimum after {run.reached(bench.best()[1])} evaluations, {run.seconds:.0f} s")
            runs.append(run)
    return runs


def summary(
    runs: Sequence[Run], optimum: float, best_test: float, *, total: int = TOTAL, at: Sequence[int] = AT
) -> pd.DataFrame:
    """Return a row a strategy: when it found the optimum, the test regret of its incumbent, and how it kept to one a form.

    Parameters
    ----------
    runs
        Searches.
    optimum
        The least validation error of the table.
    best_test
        The least test error of the table.
    total
        Evaluations that a search had; unreached counts as this.
    at
        After how many evaluations the regret is told.

    Returns
    -------
    DataFrame
        By strategy: ``median``, ``lower``, ``upper`` (quartiles of evaluations until the optimum), ``found`` (how many searches
        did), ``searches``, ``regret 25`` … (median test regret in percentage points), ``twice`` (evaluations of a canonical
        form that was evaluated before), ``seconds`` (mean computing time of an evaluation).
    """
    import pandas as pd

    rows: dict[str, Mapping[str, float]] = {}
    for name in dict.fromkeys(run.strategy for run in runs):
        mine = [run for run in runs if run.strategy == name]
        until = [run.reached(optimum) or total for run in mine]
        lower, median, upper = np.quantile(until, [0.25, 0.5, 0.75])
        regret = 100 * (np.median([run.incumbent(total) for run in mine], axis=0) - best_test)
        rows[name] = {
            "median": float(median),
            "lower": float(lower),
            "upper": float(upper),
            "found": sum(run.reached(optimum) is not None for run in mine),
            "searches": len(mine),
            **{f"regret {n}": float(regret[n - 1]) for n in at},
            "twice": sum(len(run.val) - run.forms for run in mine),
            "seconds": sum(run.seconds for run in mine) / sum(len(run.val) for run in mine),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("strategy")
