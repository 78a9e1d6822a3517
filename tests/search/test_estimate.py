import math
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from nasviz.errors import NasvizError
from nasviz.records import Trial
from nasviz.search import RandomSearch, Study
from nasviz.search.estimate import Estimate, estimate, probe
from nasviz.spaces import Architecture, SearchSpace


class Timed:
    """An objective that knows how long it takes."""

    def __init__(self, seconds: float = 30.0) -> None:
        self.seconds = seconds
        self.asked = 0

    def __call__(self, arch: Architecture) -> float:
        return 1.0

    def estimate(self, arch: Architecture) -> float:
        self.asked += 1
        if self.seconds < 0:
            raise RuntimeError("no GPU")
        return self.seconds

    def device_name(self) -> str:
        return "GPU (a good one)"


def said(found: Estimate) -> str:
    return str(found).replace("\u00a0", " ")


def trial(number: int, seconds: float, state: Any = "finished") -> Trial:
    return Trial(number, "id", "", state, 1.0, seconds=seconds, device="CPU (1 thread)")


def test_before_the_first_trial_a_few_steps_are_timed(space: SearchSpace) -> None:
    objective = Timed()
    found = Study(space, objective, strategy=RandomSearch()).estimate(50, "inline")
    assert (found.trials, found.per_trial, found.seconds, objective.asked) == (50, 30.0, 1500.0, 4)
    assert said(found) == (
        "50 more evaluations on GPU (a good one): about 25 min, about 30 s each "
        "(from a few timed steps of 3 random architectures)"
    )


def test_measured_trials_are_better_than_timed_steps(space: SearchSpace) -> None:
    objective = Timed()
    measured = [trial(0, 10.0), trial(1, 20.0), trial(2, 30.0, "pruned"), trial(3, 900.0, "failed"), trial(4, 0.0)]
    found = estimate(measured, 7, objective, [space.sample(seed=0)], None, 2, 1.0)
    assert (found.per_trial, found.sd, found.device, objective.asked) == (20.0, 10.0, "CPU (1 thread)", 0)
    assert found.seconds == 4 * 20.0 + 7 * 1.0
    assert said(found).startswith("7 more evaluations, 2 at once on CPU (1 thread): about 85 s, about 20 s each (from 3")


def test_few_measured_trials_stand_where_no_step_can_be_timed(space: SearchSpace) -> None:
    class Gone:
        def submit(self, *args: object) -> None:
            raise RuntimeError("no worker")

    found = estimate([trial(0, 10.0)], 3, Timed(), [space.sample(seed=0)], Gone(), 1, 0.0)  # type: ignore[arg-type]
    assert (found.per_trial, found.device, found.basis) == (10.0, "CPU (1 thread)", "from 1 measured trial")
    assert math.isnan(found.sd)


def test_nothing_left_takes_no_time(space: SearchSpace) -> None:
    objective = Timed()
    study = Study(space, objective, strategy=RandomSearch())
    study.run(2, "inline")
    found = study.estimate(2, "inline")
    assert (found.trials, found.seconds, objective.asked, str(found)) == (0, 0.0, 0, "nothing is left to evaluate")


def test_an_unknown_time_says_what_to_type(space: SearchSpace) -> None:
    found = Study(space, lambda arch: 1.0, strategy=RandomSearch()).estimate(1, "inline")
    assert math.isnan(found.seconds)
    assert said(found) == "1 more evaluation: time unknown, no trial was measured yet; type study.run(total=1) and ask again"
    broken = Study(space, Timed(-1), strategy=RandomSearch()).estimate(5, "inline")
    assert said(broken) == ("5 more evaluations on GPU (a good one): time unknown, a timed step failed: RuntimeError: no GPU")


def test_steps_are_timed_where_they_will_run(space: SearchSpace) -> None:
    class Elsewhere(Executor):
        workers = 3

        def __init__(self) -> None:
            self.calls: list[str] = []

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            self.calls.append(fn.__name__)
            future: Future[Any] = Future()
            future.set_result(fn(*args, **kwargs))
            return future

    place = Elsewhere()
    found = Study(space, Timed(), strategy=RandomSearch()).estimate(6, place)
    assert (place.calls, found.workers, found.seconds) == (["probe"], 3, 60.0)


def test_the_first_architecture_warms_up_and_does_not_count(space: SearchSpace) -> None:
    class Warming(Timed):
        def estimate(self, arch: Architecture) -> float:
            self.asked += 1
            return 100.0 if self.asked == 1 else 2.0

    assert probe(Warming(), [space.sample(seed=k) for k in range(2)])[0] == [2.0, 2.0]


def test_a_total_is_a_whole_number(space: SearchSpace) -> None:
    with pytest.raises(NasvizError, match=r"total is -1; it must be a whole number, 0 or more"):
        Study(space, Timed(), strategy=RandomSearch()).estimate(-1)


@pytest.mark.slow
def test_a_training_is_estimated_within_a_factor(space: SearchSpace) -> None:
    from nasviz.evaluation import TrainingObjective, digits

    study = Study(space, TrainingObjective(digits(), epochs=2, device="cpu"), strategy=RandomSearch())
    before = study.estimate(4)
    study.run(4)
    took = sum(t.seconds for t in study.trials)
    assert took / 5 < before.seconds < 5 * took
    assert before.device.startswith("CPU (")
    assert {t.device for t in study.trials} == {before.device}
