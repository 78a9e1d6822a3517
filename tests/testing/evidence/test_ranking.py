"""Kernels compared on the same resamples: who is learned from, who is predicted, and paired differences."""

import numpy as np
import pytest
from scipy.stats import ttest_rel

from nasviz.errors import NasvizError, TrainingError
from nasviz.evaluation.data import digits
from nasviz.spaces import SearchSpace, digits_cells, three_node_cells
from nasviz.surrogate import FlatWL, ProductionCounts
from nasviz.testing.evidence import ranking
from nasviz.testing.evidence.kept import Kept
from nasviz.testing.evidence.ranking import Score, compare_kernels, distinct, errors, paired, ranking_summary
from nasviz.testing.evidence.small_task import small_objective


@pytest.fixture(scope="module")
def archs():
    return distinct(digits_cells(), 40, seed=1)


def test_a_space_with_too_few_forms_is_refused(monkeypatch):
    monkeypatch.setattr(ranking, "PATIENCE", 200)
    space = SearchSpace("S ::= Linear(B, B)\nB ::= relu | id")
    assert len(distinct(space, 3)) == 3
    with pytest.raises(NasvizError, match="4 forms were asked for; after 3, 200 draws brought no other one"):
        distinct(space, 4)


def test_draws_are_distinct_and_repeatable(archs):
    assert len({arch.canonical_key for arch in archs}) == 40
    assert distinct(digits_cells(), 10, seed=1) == archs[:10]
    assert distinct(digits_cells(), 10, seed=2) != archs[:10]


def test_a_kernel_that_counts_what_decides_ranks_perfectly(archs):
    y = np.array([0.1 + 0.01 * str(arch).count("conv3x3") for arch in archs])
    y[3] = np.nan
    kernels = {"flat": FlatWL(), "counts": ProductionCounts()}
    scores = compare_kernels(archs, y, resamples=2, sizes=(10, 20), held_out=15, kernels=kernels)
    assert [(s.resample, s.n, s.kernel) for s in scores] == [
        (r, n, k) for r in range(2) for n in (10, 20) for k in ("flat", "counts")
    ]
    assert all(s.tau > 0.7 for s in scores if s.n == 20)
    again = compare_kernels(archs, y, resamples=1, sizes=(20,), held_out=15, kernels={"counts": ProductionCounts()})
    assert again == [s for s in scores if (s.resample, s.n, s.kernel) == (0, 20, "counts")]


def test_too_few_architectures(archs):
    with pytest.raises(ValueError, match="30 to learn from and 15 held out are more than the 39 with a value"):
        compare_kernels(archs, np.r_[np.nan, np.ones(39)], sizes=(10, 30), held_out=15)


def scores(a, b, n=50):
    return [Score(r, n, k, x, -x) for k, values in (("a", a), ("b", b)) for r, x in enumerate(values)]


def test_paired_difference_is_that_of_a_paired_t_test():
    a, b = [0.5, 0.6, 0.4, 0.7], [0.3, 0.5, 0.35, 0.5]
    row = paired(scores(a, b), "a", "b").loc[50]
    interval = ttest_rel(a, b).confidence_interval(0.95)
    assert (row["difference"], row["low"], row["high"]) == pytest.approx((0.1375, interval.low, interval.high))
    assert row["p"] == pytest.approx(0.125)
    assert paired(scores(a, b), "a", "b", "nll").loc[50, "difference"] == pytest.approx(-0.1375)


def test_equal_kernels_differ_by_nothing():
    row = paired(scores([0.5, 0.6], [0.5, 0.6]), "a", "b").loc[50]
    assert (row["difference"], row["low"], row["high"], row["p"], row["resamples"]) == (0, 0, 0, 1, 2)


def test_summary_of_scores():
    table = ranking_summary([*scores([0.5, 0.7], [0.1, 0.1]), *scores([0.9], [0.2], n=100)])
    assert table.loc[("a", 50), "tau"] == pytest.approx(0.6)
    assert table.loc[("a", 50), "tau sd"] == pytest.approx(0.1 * 2**0.5)
    assert np.isnan(table.loc[("b", 100), "nll sd"])


class Objective:
    """Counts its trainings; one architecture cannot be trained."""

    def __init__(self, bad):
        self.bad, self.calls = bad, 0

    def protocol(self):
        return {"epochs": 2}

    def __call__(self, arch, seed=0):
        self.calls += 1
        if arch == self.bad:
            raise TrainingError("the loss is NaN at epoch 1")
        return len(str(arch)) / 1000 + seed


def test_errors_are_kept_each_by_itself(tmp_path):
    archs, said = three_node_cells().sample(3, seed=0), []
    objective = Objective(archs[1])
    values = errors(archs, objective, Kept(tmp_path), say=said.append)
    assert values[0] == len(str(archs[0])) / 1000
    assert np.isnan(values[1])
    assert said[2].startswith("training 3 of 3: error ")
    more = errors([*archs, *archs[:1]], objective, Kept(tmp_path))
    assert np.array_equal(more[:3], values, equal_nan=True)
    assert objective.calls == 3
    assert errors(archs[:1], objective, Kept(tmp_path), seed=1)[0] == values[0] + 1
    assert objective.calls == 4


def test_the_protocol_of_a_training_is_a_setting():
    assert {"epochs", "batch_size", "optimizer", "lr"} <= small_objective(digits()).protocol().keys()
