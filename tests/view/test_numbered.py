"""What trials are called in labels."""

from nasviz.records import Trial
from nasviz.view.numbered import called, numbers_of

TRIALS = [Trial(0, "id", "f", "finished", 0.5), Trial(3, "conv", "f", "pruned", rank=0.5)]


def test_names() -> None:
    assert called(TRIALS[0]) == "trial 0"
    assert called(TRIALS[1]) == "trial 3 (pruned)"
    assert called(None) == "known from another study"
    assert called(Trial(5, "id", "f", "finished", 0.1, baseline="<b>")) == "&lt;b&gt; (trial 5)"


def test_numbers() -> None:
    assert numbers_of([TRIALS[1], None, TRIALS[0]]) == (3, None, 0)
