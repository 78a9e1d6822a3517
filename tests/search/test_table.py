from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nasviz.errors import NasvizError
from nasviz.search import Confirmation, RandomSearch, Study
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
    found = study.confirm(top=3, seeds=4, data=100.0, executor="inline")
    best = sorted(study.trials, key=lambda t: t.value or 0.0)[:3]
    assert [row.number for row in found] == [t.number for t in best]
    for row, trial in zip(found, best, strict=True):
        assert row.searched == trial.value
        assert len(set(row.seeds)) == len(row.values) == 4
        assert 100 < row.mean - len(trial.term) < 101
        assert row.mean == pytest.approx(np.mean(row.values))
        assert row.sd == pytest.approx(np.std(row.values, ddof=1))
    assert study.confirmations == found


def test_a_table_of_confirmations(study: Study) -> None:
    frame = pd.DataFrame(study.confirm(top=2, seeds=2, executor="inline"))
    assert {"number", "term", "mean", "sd", "searched"} <= set(frame.columns)
    assert len(frame) == 2


def test_confirming_in_an_executor_gives_the_same(study: Study) -> None:
    with ThreadPoolExecutor(2) as executor:
        there = study.confirm(top=2, seeds=2, data=1.0, executor=executor)
    assert there == study.confirm(top=2, seeds=2, data=1.0, executor="inline")


def test_what_fails_is_said(space: SearchSpace) -> None:
    class Fails(Objective):
        def confirm(self, arch: Architecture, seed: int, data: Any) -> float:
            raise MemoryError("too large")

    study = Study(space, Fails(), strategy=RandomSearch())
    study.run(2, "inline")
    (row,) = study.confirm(top=1, seeds=2, data=0, executor="inline")
    assert np.isnan(row.mean)
    assert row.reasons == ("MemoryError: too large",) * 2
    assert np.isnan(Confirmation.from_json(row.to_json()).mean)


def test_an_objective_that_cannot_be_confirmed(space: SearchSpace) -> None:
    study = Study(space, lambda arch: 1.0, strategy=RandomSearch())
    with pytest.raises(NasvizError, match="nothing to confirm"):
        study.confirm(executor="inline")
    study.run(1, "inline")
    with pytest.raises(NasvizError, match=r"function cannot be confirmed on other data: it has no method confirm"):
        study.confirm(data=1, executor="inline")
    assert study.confirm(top=1, seeds=1, executor="inline")[0].mean == 1.0
