"""The bookkeeping of searches on a table: until the optimum, the incumbent's regret, one evaluation a form."""

import json

import numpy as np
import pytest

from nasviz.evaluation.benchmarks import NASBench201
from nasviz.evaluation.nb201_table import CELLS, Table
from nasviz.search import AREA, Proposal, RandomSearch
from nasviz.testing.evidence import table_search
from nasviz.testing.evidence.kept import Kept
from nasviz.testing.evidence.table_search import (
    Run,
    cell_space,
    compare_strategies,
    search,
    strategies,
    summary,
    untrained,
)


@pytest.fixture(scope="module")
def bench() -> NASBench201:
    """A made-up table: the more conv3x3, the better; test and validation differ."""
    codes = np.arange(CELLS)
    convolutions = sum((codes // 5**k % 5 == 3).astype(float) for k in range(6))
    values = np.stack([50 + 5 * convolutions + codes * 1e-5, 40 + 5 * convolutions], axis=1)
    return NASBench201(table=Table(("c10_val", "c10_test"), values))


def run(*val: float, test: tuple[float, ...] = (), name: str = "a", forms: int | None = None) -> Run:
    return Run(name, 0, val, test or val, len(val) if forms is None else forms, 1.0)


@pytest.mark.parametrize(
    ("val", "until"), [((0.3, 0.2, 0.1), 3), ((0.1, 0.1), 1), ((0.3, 0.2), None), ((0.1 + 1e-12,), 1), ((), None)]
)
def test_until_the_optimum(val, until):
    assert run(*val).reached(0.1) == until


def test_the_incumbent_is_chosen_by_validation_and_stays():
    one = run(0.4, 0.2, 0.3, 0.2, test=(0.5, 0.6, 0.1, 0.2))
    assert one.incumbent(6).tolist() == [0.5, 0.6, 0.6, 0.6, 0.6, 0.6]
    assert one.incumbent(1).tolist() == [0.5]


def test_the_incumbent_agrees_with_a_loop():
    rng = np.random.default_rng(0)
    for _ in range(20):
        val, test = rng.integers(4, size=8) / 10, rng.random(8)
        best, naive = 0, []
        for i in range(8):
            best = i if val[i] < val[best] else best
            naive.append(test[best])
        assert run(*val.tolist(), test=tuple(test)).incumbent(8).tolist() == naive


def test_summary():
    searches = [
        run(0.3, 0.1, test=(0.4, 0.2)),
        run(0.3, 0.2, 0.3, 0.3, test=(0.5, 0.3, 0.1, 0.1)),
        run(0.1, test=(0.2,)),
        run(0.2, 0.2, name="b", forms=1),
    ]
    table = summary(searches, 0.1, 0.2, total=4, at=(1, 4))
    a, b = table.loc["a"], table.loc["b"]
    assert (a["median"], a["lower"], a["upper"]) == (2, 1.5, 3)
    assert (a["found"], a["searches"], a["twice"]) == (2, 3, 0)
    assert a["regret 1"] == pytest.approx(20)
    assert a["regret 4"] == pytest.approx(0)
    assert (b["median"], b["found"], b["twice"]) == (4, 0, 1)


BEST = "Cell(conv3x3, conv3x3, conv3x3, conv3x3, conv3x3, conv3x3)"


class Lucky:
    """Random, but the fourth is the best."""

    def propose(self, space, trials, rng):
        return Proposal(BEST if len(trials) == 3 else str(space.sample(seed=rng)))


def test_a_search_evaluates_each_form_once(bench):
    found = search(bench, RandomSearch(), seed=0, total=25)
    assert len(found["val"]) == len(found["test"]) == found["forms"] == 25
    assert bench(cell_space().parse(BEST)) == bench.best()[1] < min(found["val"])


def test_a_search_ends_with_the_batch_that_has_the_optimum(bench):
    assert len(search(bench, Lucky(), seed=0, total=25)["val"]) == 10


def test_results_are_kept_and_read(bench, tmp_path):
    names, said = ["random, by size", "random, by terms"], []
    first = compare_strategies(bench, range(2), Kept(tmp_path), total=5, names=names, say=said.append)
    assert [(one.strategy, one.seed, len(one.val)) for one in first] == [(n, s, 5) for s in range(2) for n in names]
    assert said[0].startswith("random, by size, seed 0: optimum after None evaluations")
    again = compare_strategies(bench, range(2), Kept(tmp_path), total=5, names=names)
    assert again == first
    assert first[0].val != first[2].val


def test_all_settings_of_a_strategy_are_kept_but_no_address(bench, tmp_path, monkeypatch):
    area = AREA(score=lambda arch: 0.0, pool=2)
    monkeypatch.setattr(table_search, "strategies", lambda: {"AREA": area})
    compare_strategies(bench, [0], Kept(tmp_path), total=2)
    (path,) = tmp_path.rglob("*.json")
    kept = json.loads(path.read_text())["settings"]["strategy"]
    assert kept.startswith("AREA(population=30, sample=10, score=<function ")
    assert kept.endswith("<lambda>>, pool=2)")


@pytest.mark.slow
def test_every_strategy_proposes(bench):
    for name, strategy in strategies().items():
        found = search(bench, strategy, seed=0, total=12 if "WL" in name or "counts" in name else 3)
        assert found["forms"] == len(found["val"]), name


def test_laws_of_random_search_are_one_law_here():
    space = cell_space()
    assert space.count() == space.count("derivations") == 15625
    assert len({len(arch.term) for arch in space.sample(50, seed=0)}) == 1


def test_the_zero_cost_score_takes_cells_without_a_way_through():
    space = cell_space()
    assert untrained(space.parse("Cell(zero, zero, zero, zero, zero, conv3x3)")) == -np.inf
    assert np.isfinite(untrained(space.parse("Cell(zero, zero, zero, conv3x3, zero, zero)")))
