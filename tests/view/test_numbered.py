"""Which trial an architecture stands for."""

from nasviz.records import Trial
from nasviz.view.numbered import called, matched, numbers_of

TRIALS = [
    Trial(0, "id", "f", "finished", 0.5),
    Trial(1, "id", "f", "finished", 0.5),
    Trial(2, "conv", "f", "finished", 0.25),
    Trial(3, "conv", "f", "pruned", rank=0.5),
    Trial(4, "relu", "f", "failed"),
]


def test_term_and_value_first_then_the_pruned_one_each_once() -> None:
    found = matched(["conv", "id", "conv", "id", "id", "relu"], [0.4, 0.5, 0.25, 0.5, 0.5, 0.1], TRIALS)
    assert numbers_of(found) == (3, 0, 2, 1, None, None)


def test_the_order_of_trials_does_not_matter() -> None:
    assert matched(["id", "id"], [0.5, 0.5], TRIALS[::-1]) == (TRIALS[0], TRIALS[1])


def test_names() -> None:
    assert called(TRIALS[0]) == "trial 0"
    assert called(TRIALS[3]) == "trial 3 (pruned)"
    assert called(None) == "known from another study"
    assert called(Trial(5, "id", "f", "finished", 0.1, baseline="<b>")) == "&lt;b&gt; (trial 5)"
