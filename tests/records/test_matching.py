"""Which trial an architecture stands for."""

import pytest

from nasviz.records import Trial, matched

TRIALS = [
    Trial(0, "id", "f", "finished", 0.5),
    Trial(1, "id", "f", "finished", 0.5),
    Trial(2, "conv", "f", "finished", 0.25),
    Trial(3, "conv", "f", "pruned", rank=0.5),
    Trial(4, "relu", "f", "failed"),
    Trial(5, "pool", "f", "finished", float("nan")),
]


def test_term_and_value_first_then_the_pruned_one_each_once() -> None:
    found = matched(["conv", "id", "conv", "id", "id", "relu", "pool"], [0.4, 0.5, 0.25, 0.5, 0.5, 0.1, 0.1], TRIALS)
    assert [trial and trial.number for trial in found] == [3, 0, 2, 1, None, None, None]


def test_the_order_of_trials_does_not_matter() -> None:
    assert matched(["id", "id"], [0.5, 0.5], TRIALS[::-1]) == (TRIALS[0], TRIALS[1])


def test_as_many_values_as_terms() -> None:
    with pytest.raises(ValueError, match="shorter"):
        matched(["id", "id"], [0.5], TRIALS)
