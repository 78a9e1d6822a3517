from typing import Any

import pytest
from optuna.trial import FrozenTrial, TrialState, create_trial

from nasviz.errors import NasvizError, StorageError
from nasviz.records import Belief, Curve
from nasviz.search.trial import CURVE, DRAW, END, RETRY, TERM, StudyTrial, living, read_trial
from nasviz.spaces import SearchSpace


def frozen(number: int, state: TrialState = TrialState.COMPLETE, **attrs: Any) -> FrozenTrial:
    trial = create_trial(state=state, value=0.5 if state is TrialState.COMPLETE else None, user_attrs=attrs)
    trial.number = number
    return trial


def test_everything_stored_is_read() -> None:
    belief, row = Belief(0.1, 0.2, -3.0), Curve(10, 1.0, {"val_error": 0.3}, 2.0)
    trial = frozen(
        4,
        **{
            TERM: "id",
            DRAW: {"number": 3, "seed": 1, "proposed_by": "random", "belief": belief.to_json()},
            CURVE: [row.to_json()],
            END: {"reason": "", "seconds": 1.5, "worker": "here:1", "device": "CPU", "metrics": {"latency_ms": 3.0}},
        },
    )
    assert trial.datetime_start is not None
    assert trial.datetime_complete is not None
    began, ended, metrics = trial.datetime_start.timestamp(), trial.datetime_complete.timestamp(), {"latency_ms": 3.0}
    ours = StudyTrial(
        3, "id", "f", "finished", 0.5, "", "random", belief, (row,), 1.5, "", began, "here:1", "CPU", None, metrics, ended
    )
    assert read_trial(trial, 9, "f") == ours


def test_a_pruned_trial_is_told_from_a_stopped_one() -> None:
    trial = read_trial(frozen(0, TrialState.PRUNED, **{TERM: "id", END: {"pruned": True, "rank": 0.75}}), 0, "f")
    assert (trial.state, trial.rank, trial.usable) == ("pruned", 0.75, False)


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (TrialState.WAITING, "waiting"),
        (TrialState.RUNNING, "running"),
        (TrialState.COMPLETE, "finished"),
        (TrialState.PRUNED, "stopped"),
        (TrialState.FAIL, "failed"),
    ],
)
def test_states(state: TrialState, name: str) -> None:
    assert read_trial(frozen(0, state, **{TERM: "id"}), 7, "f").state == name
    assert read_trial(frozen(0, state, **{TERM: "id"}), 7, "f").number == 7


def test_what_is_stored_is_checked() -> None:
    with pytest.raises(StorageError, match="version"):
        read_trial(frozen(0, **{TERM: "id", DRAW: {"belief": {"v": 99, "mean": 0.0, "sd": 0.0}}}), 0, "f")


def test_a_successor_stands_at_the_place_of_the_first() -> None:
    trials = [
        frozen(0, **{TERM: "a"}),
        frozen(1, TrialState.FAIL, **{TERM: "b"}),
        frozen(2, **{TERM: "c"}),
        frozen(3, TrialState.FAIL, **{TERM: "b", RETRY: 1}),
        frozen(4, **{TERM: "b", RETRY: 3}),
        frozen(5, TrialState.FAIL),
        frozen(6, TrialState.RUNNING),
    ]
    assert [t.number for t in living(trials)] == [0, 4, 2, 6]


def test_of_two_successors_the_first_counts() -> None:
    trials = [frozen(0, TrialState.FAIL, **{TERM: "a"}), frozen(1, **{TERM: "a", RETRY: 0}), frozen(2, **{TERM: "a", RETRY: 0})]
    assert [t.number for t in living(trials)] == [1]


def test_a_trial_knows_its_architecture(space: SearchSpace) -> None:
    trial = read_trial(frozen(0, **{TERM: "conv3x3"}), 0, space.fingerprint)
    assert trial.of(space).arch == space.parse("conv3x3")
    with pytest.raises(NasvizError, match=r"opened without its operators.*load_study"):
        _ = trial.of(None).arch
    assert StudyTrial.from_json(trial.to_json()) == trial
