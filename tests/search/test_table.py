import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nasviz.errors import NasvizError
from nasviz.numbers import spread
from nasviz.search import RandomSearch, Study
from nasviz.search.seeds import evaluation_seed
from nasviz.spaces import Architecture, SearchSpace


class Objective:
    """Knows how to be confirmed on other data; the last seed of the longest term fails."""

    def __call__(self, arch: Architecture, seed: int) -> float:
        return len(str(arch)) + seed / 2**32

    def confirm(self, arch: Architecture, seed: int, data: float) -> float:
        return data + len(str(arch)) + seed / 2**32


@pytest.fixture
def study(space: SearchSpace) -> Study:
    study = Study(space, Objective(), strategy=RandomSearch())
    study.run(8, "inline")
    return study


def test_the_best_are_evaluated_with_new_seeds_on_other_data(study: Study) -> None:
    table = study.confirm(top=3, seeds=4, data=100.0, executor="inline")
    best = sorted(study.trials, key=lambda t: t.value or 0.0)[:3]
    assert table["number"].tolist() == [t.number for t in best]
    assert table["searched"].tolist() == [t.value for t in best]
    for row, trial in zip(study.confirmations, best, strict=True):
        assert len(set(row.seeds)) == len(row.values) == 4
        assert 100 < row.mean - len(trial.term) < 101
        assert row.mean == pytest.approx(np.mean(row.values))
        assert row.sd == pytest.approx(np.std(row.values, ddof=1))


def test_the_table_says_mean_and_deviation(study: Study) -> None:
    table = asyncio.run(study.confirm_async(top=2, seeds=2, executor="inline"))
    assert " ".join(table.columns) == "number term searched mean sd result values seeds reasons baseline"
    assert table["result"].tolist() == [spread(m, s) for m, s in zip(table["mean"], table["sd"], strict=True)]
    assert all(" ± 0." in text for text in table["result"])


def test_confirming_in_an_executor_gives_the_same(study: Study) -> None:
    with ThreadPoolExecutor(2) as executor:
        there = study.confirm(top=2, seeds=2, data=1.0, executor=executor)
    pd.testing.assert_frame_equal(there, study.confirm(top=2, seeds=2, data=1.0, executor="inline"))


def test_what_fails_is_said(space: SearchSpace) -> None:
    class Fails(Objective):
        def confirm(self, arch: Architecture, seed: int, data: Any) -> float:
            raise MemoryError("too large")

    study = Study(space, Fails(), strategy=RandomSearch())
    study.run(2, "inline")
    table = study.confirm(top=1, seeds=2, data=0, executor="inline")
    assert np.isnan(table["mean"][0])
    assert table["reasons"][0] == ("MemoryError: too large",) * 2
    assert table["result"][0] == "failed: MemoryError: too large"


def test_an_objective_that_cannot_be_confirmed(space: SearchSpace) -> None:
    study = Study(space, lambda arch: 1.0, strategy=RandomSearch())
    with pytest.raises(NasvizError, match="nothing to confirm"):
        study.confirm(executor="inline")
    study.run(1, "inline")
    with pytest.raises(NasvizError, match=r"function cannot be confirmed on other data: it has no method confirm"):
        study.confirm(data=1, executor="inline")
    assert study.confirm(top=1, seeds=1, executor="inline")["result"][0] == "1.00"


def test_an_objective_that_reports_is_confirmed(space: SearchSpace) -> None:
    def objective(arch: Architecture, seed: int, report: Any) -> float:
        assert report(1, {"loss": 1.0}) is None
        return float(seed % 7)

    study = Study(space, objective, strategy=RandomSearch())
    study.run(2, "inline")
    assert [len(values) for values in study.confirm(2, 2, executor="inline")["values"]] == [2, 2]


def test_seeds_are_not_those_of_the_search_and_of_several_objectives_the_first_is_confirmed(space: SearchSpace) -> None:
    def objective(arch: Architecture, seed: int) -> tuple[float, float]:
        return float(seed % 1000), -1.0

    study = Study(space, objective, direction=("minimize", "maximize"), strategy=RandomSearch(), seed=5)
    study.run(2, "inline")
    for row in study.confirm(2, 3, executor="inline").itertuples():
        assert list(row.seeds) == [evaluation_seed(5, row.number, stream) for stream in (2, 3, 4)]
        assert evaluation_seed(5, row.number) not in row.seeds
        assert list(row.values) == [seed % 1000 for seed in row.seeds]
