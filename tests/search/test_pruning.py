import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import optuna
import pytest

from nasviz import known
from nasviz.errors import NasvizError
from nasviz.records import Curve, Trial
from nasviz.search import BayesOpt, Pruning, RandomSearch, Study, Timing, load_study
from nasviz.search.pruning import Judge, points, pruning_of, ranked
from nasviz.spaces import Architecture, SearchSpace


def rows(*values: float, metric: str = "val_error") -> list[Curve]:
    return [Curve(10 * (k + 1), float(k + 1), {metric: value}) for k, value in enumerate(values)]


def done(number: int, *values: float, state: Any = "finished") -> Trial:
    return Trial(number, "id", "", state, values[-1] if state == "finished" else None, curve=tuple(rows(*values)))


FINISHED = [done(n, 0.1 * n + 0.3, 0.1 * n) for n in range(5)]
"""Five trials: 0.3 … 0.7 at the first epoch, 0.0 … 0.4 at the second; the medians are 0.5 and 0.2."""


def judge(trials: list[Trial], pruning: Pruning | None = None, direction: str = "minimize") -> Judge:
    return Judge(pruning or Pruning(), direction, "val_error", lambda: trials)


@pytest.mark.parametrize(("second", "ends"), [(0.19, False), (0.21, True)])
def test_what_is_worse_than_the_median_ends(second: float, ends: bool) -> None:
    verdict = judge(FINISHED).verdict(7, rows(0.9, second))
    assert (verdict is not None) == ends
    if verdict is not None:
        assert verdict.rank == 0.6
        assert verdict.reason.replace("\u00a0", " ") == (
            "pruned at epoch 2 by its curve: val_error 0.210, worse than 60 % of 5 trials"
        )


def test_epochs_to_warm_up_and_trials_to_start() -> None:
    assert judge(FINISHED).verdict(0, rows(0.9)) is None, "the first epoch is given to all"
    assert judge(FINISHED, Pruning(warmup=0)).verdict(0, rows(0.9)) is not None
    assert judge(FINISHED[:4]).verdict(0, rows(0.9, 0.9)) is None, "four trials are too few"
    assert judge(FINISHED[:4], Pruning(startup=4)).verdict(0, rows(0.9, 0.9)) is not None


def test_a_stricter_percentile_keeps_fewer() -> None:
    curve = rows(0.5, 0.15)
    assert judge(FINISHED).verdict(0, curve) is None
    assert judge(FINISHED, Pruning(percentile=20)).verdict(0, curve) is not None


def test_more_may_be_better() -> None:
    assert judge(FINISHED, direction="maximize").verdict(0, rows(0.9, 0.9)) is None
    found = judge(FINISHED, direction="maximize").verdict(0, rows(0.0, 0.05))
    assert found is not None
    assert found.rank == 0.8


def test_failed_and_running_trials_and_odd_rows_teach_nothing() -> None:
    others = [done(n, 0.0, 0.0, state="failed") for n in range(5, 9)]
    assert judge([*FINISHED, *others]).verdict(0, rows(0.5, 0.19)) is None
    assert judge(FINISHED).verdict(0, rows(0.9, float("nan"))) is None
    assert judge(FINISHED).verdict(0, rows(0.9, 0.9, metric="loss")) is None


def test_any_of_optuna_s_rules() -> None:
    halving = optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=2)
    decide = judge([], Pruning(rule=halving))
    assert decide.verdict(0, rows(0.1)) is None
    found = decide.verdict(1, rows(0.9))
    assert found is not None
    assert found.reason.startswith("pruned at epoch 1 by its curve: val_error 0.900")
    assert str(pruning_of(halving)) == "optuna's SuccessiveHalvingPruner"


def test_a_rule_says_itself_in_words() -> None:
    assert str(Pruning()) == "trials go on while they are among the better half at their epoch, after 5 trials and 1 epoch(s)"
    assert "among the best 25 % at their epoch, after 3 trials" in str(Pruning(percentile=25, startup=3))


def test_points_are_the_last_finite_values_of_epochs() -> None:
    curve = [
        Curve(1, 0.5, {"a": 9.0}),
        Curve(2, 1.0, {"a": 1.0, "b": 2.0}),
        Curve(3, 1.9, {"a": 3.0}),
        Curve(4, 2.0, {"c": 4.0}),
    ]
    assert points(curve, "a") == {0: 9.0, 1: 3.0}
    assert points(curve, "") == {0: 9.0, 1: 3.0, 2: 4.0}
    assert points([Curve(1, 1.0, {"value": 1.0, "other": 2.0})], "") == {1: 1.0}


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_pruned_trial_stands_at_the_value_of_its_rank(sign: float) -> None:
    trials = [Trial(n, "id", "", "finished", sign * n) for n in range(5)]
    pruned, unranked = Trial(5, "relu", "", "pruned", rank=0.75), Trial(6, "relu", "", "pruned")
    found = ranked([*trials, pruned, unranked], sign)
    assert found[:5] == trials
    assert (found[5].state, found[5].value, found[6]) == ("finished", sign * 3.0, unranked)
    assert ranked([pruned]) == [pruned]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"percentile": 0}, "percentile is 0; it must be between 0 and 100"),
        ({"startup": 0}, "startup is 0; it must be a whole number, 1 or more"),
        ({"warmup": -1}, "warmup is -1; it must be a whole number, 0 or more"),
    ],
)
def test_numbers_that_make_no_sense(wrong: Any, words: str) -> None:
    with pytest.raises(NasvizError, match=words):
        Pruning(**wrong)


def test_a_pruner_is_checked_before_anything_is_stored(space: SearchSpace, url: str) -> None:
    with pytest.raises(NasvizError, match=r"pruner is 'median', expected nv\.Pruning\(…\) or one of optuna\.pruners"):
        Study(space, storage=url, pruner="median")  # type: ignore[arg-type]
    with pytest.raises(NasvizError, match="holds no study"):
        load_study(url)


class Curves:
    """An objective with learning curves that are told apart from the first epoch on: long terms are worse."""

    metric = "error"

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause

    def __call__(self, arch: Architecture, report: Any) -> float:
        final = len(str(arch)) / 100
        for epoch in range(1, 6):
            if report(10 * epoch, {"epoch": float(epoch), "val_error": final + 1 / epoch}) == "stop":
                return final + 1 / epoch
            time.sleep(self.pause)
        return final


def check(study: Study, total: int) -> None:
    states = [t.state for t in study.trials]
    assert study.finished == total == len(states)
    assert set(states) == {"finished", "pruned"}
    assert states[:5] == ["finished"] * 5
    cut = [t for t in study.trials if t.state == "pruned"]
    assert all(t.value is None and t.reason.startswith("pruned at epoch 2 by its curve: val_error") for t in cut)
    assert all(t.rank is not None and 0.5 <= t.rank <= 1 and len(t.curve) in (2, 3) for t in cut)
    whole = sorted(len(t.term) for t in study.trials if t.state == "finished")
    assert min(len(t.term) for t in cut) >= whole[len(whole) // 2 - 1]


@pytest.mark.slow
def test_a_study_prunes_and_goes_on(space: SearchSpace, url: str) -> None:
    study = Study(space, Curves(), strategy=RandomSearch(), storage=url, pruner=Pruning())
    study.run(14, "inline")
    check(study, 14)
    assert study.storage.protocol["pruning"] == (
        "trials go on while they are among the better half at their epoch, after 5 trials and 1 epoch(s)"
    )
    assert [t.state for t in load_study(url).trials] == [t.state for t in study.trials]
    assert len(study.surrogate().archs) == 14, "pruned ones teach, too"


def test_pruned_trials_teach_the_strategy_and_are_not_proposed_again(space: SearchSpace) -> None:
    study = Study(space, Curves(), strategy=BayesOpt(n_init=8, candidates=20), pruner=Pruning())
    study.run(10, "inline")
    assert len({t.term for t in study.trials}) == 10
    assert any(t.state == "pruned" for t in study.trials[:8])
    assert study.replay(9).belief == study.trials[9].belief


def test_baselines_are_whole_and_those_of_another_space_prune_nothing(space: SearchSpace) -> None:
    study = Study(space, Curves(), strategy=RandomSearch(), pruner=Pruning(startup=2, warmup=0))
    study.run(4, "inline")
    *_, bad, worst = sorted(space.enumerate(), key=lambda arch: len(str(arch)))
    study.enqueue(worst, baseline="mine")
    study.enqueue(known.resnet20(input_shape=space.input_shape, num_classes=space.num_classes))
    study.enqueue(bad)
    study.run(5, "inline")
    mine, resnet, other = study.trials[-3:]
    assert (mine.baseline, mine.state, resnet.baseline, resnet.state) == ("mine", "finished", "ResNet-20", "finished")
    assert (other.term, other.state) == (str(bad), "pruned"), "what is as bad and no baseline is pruned"


def test_a_trial_of_another_space_is_not_compared_with() -> None:
    class Foreign(Trial):
        foreign = True

    others = [Foreign(n, "id", "", "finished", 0.0, curve=tuple(rows(0.0, 0.0))) for n in range(5, 15)]
    assert judge([*FINISHED, *others]).verdict(0, rows(0.5, 0.19)) is None


@pytest.mark.slow
def test_evaluations_of_other_executors_are_pruned_through_the_storage(space: SearchSpace, url: str) -> None:
    timing = Timing(renew=1.0, write=0.01, poll=0.02, grace=5.0)
    study = Study(space, Curves(0.2), strategy=RandomSearch(), storage=url, timing=timing, pruner=Pruning(startup=2))
    with ThreadPoolExecutor(3) as executor:
        study.run(9, executor)
    states = [t.state for t in study.trials]
    assert "pruned" in states
    assert set(states) <= {"pruned", "finished"}


@pytest.mark.slow
def test_workers_prune(space: SearchSpace) -> None:
    study = Study(space, Curves(0.15), strategy=RandomSearch(), pruner=optuna.pruners.MedianPruner(5, 2))
    study.run(12)
    assert {t.state for t in study.trials} == {"finished", "pruned"}
