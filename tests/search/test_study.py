import asyncio
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nasviz.algebra import Operator
from nasviz.errors import NasvizError, NasvizWarning, StorageError
from nasviz.search import BayesOpt, RandomSearch, Study, Timing, load_study
from nasviz.search.runner import AGAIN
from nasviz.spaces import Architecture, SearchSpace

Until = Callable[..., None]


def length(arch: Architecture) -> float:
    return float(len(str(arch)))


def noisy(arch: Architecture, seed: int) -> float:
    return len(str(arch)) + float(np.random.default_rng(seed).random())


def test_run_counts_finished_trials(space: SearchSpace) -> None:
    study = Study(space, length, strategy=RandomSearch())
    seen: list[tuple[int, int]] = []
    study.run(3, "inline", progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    study.run(3, "inline")
    study.run(2, "inline")
    assert len(study.trials) == 3
    study.run(5, "inline")
    assert [t.number for t in study.trials] == list(range(5))


@pytest.mark.slow
def test_no_architecture_is_evaluated_twice(space: SearchSpace) -> None:
    terms: list[str] = []

    def objective(arch: Architecture) -> float:
        terms.append(str(arch))
        return length(arch)

    Study(space, objective, strategy=BayesOpt(n_init=5, candidates=20)).run(14, "inline")
    assert len(set(terms)) == len(terms) == 14


@pytest.mark.slow
def test_equal_seeds_give_equal_studies(space: SearchSpace) -> None:
    def run(seed: int) -> list[tuple[str, float | None]]:
        study = Study(space, noisy, strategy=BayesOpt(n_init=5, candidates=15), seed=seed)
        study.run(9, "inline")
        return [(t.term, t.value) for t in study.trials]

    assert run(1) == run(1)
    assert run(1) != run(2)


@pytest.mark.slow
def test_a_study_goes_on_where_it_was(space: SearchSpace, url: str) -> None:
    strategy = BayesOpt(n_init=4, candidates=15)
    whole = Study(space, noisy, strategy=strategy)
    whole.run(9, "inline")
    for total in (3, 6, 9):
        parts = Study(space, noisy, strategy=strategy, storage=url)
        parts.run(total, "inline")
    assert [(t.term, t.value, t.belief) for t in parts.trials] == [(t.term, t.value, t.belief) for t in whole.trials]


def test_failures_are_trials_too_and_teach_nothing_wrong(space: SearchSpace) -> None:
    def objective(arch: Architecture, seed: int) -> float:
        if seed % 4 == 0:
            raise RuntimeError("no memory left")
        return float("nan") if seed % 4 == 1 else length(arch)

    study = Study(space, objective, strategy=BayesOpt(n_init=4, candidates=10))
    study.run(16, "inline")
    reasons = {t.reason for t in study.trials if t.state == "failed"}
    assert reasons == {"RuntimeError: no memory left", "the objective returned nan"}
    usable = [t for t in study.trials if t.usable]
    assert len(usable) + sum(t.state == "failed" for t in study.trials) == 16
    assert np.isfinite(study.surrogate().predict([t.arch for t in usable])[0]).all()


def test_an_objective_that_always_fails_ends(space: SearchSpace) -> None:
    study = Study(space, lambda arch: 1 / 0, strategy=BayesOpt(n_init=2))
    study.run(5, "inline")
    assert [t.state for t in study.trials] == ["failed"] * 5


def test_an_exhausted_space_ends_the_run() -> None:
    study = Study(SearchSpace("S ::= id | relu | conv3x3", name="three"), length, strategy=RandomSearch())
    with pytest.warns(NasvizWarning, match=r"^the study 'three' ended with 3 of 10 trials: 2000 draws gave no") as heard:
        study.run(10, "inline")
    assert len(study.trials) == 3
    assert [warning.filename for warning in heard] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        study.run(3, "inline")
        study.start(10, "inline")
        study.wait(20)
    assert study.note.startswith("2000 draws gave no architecture that was not evaluated")


def test_start_returns_at_once_and_done_waits(space: SearchSpace) -> None:
    go = threading.Event()

    def objective(arch: Architecture) -> float:
        go.wait(20)
        return length(arch)

    study = Study(space, objective, strategy=RandomSearch())

    async def trip() -> None:
        await study.done()
        study.start(3, "inline")
        assert study.running
        study.start(4, "inline")
        go.set()
        await asyncio.wait_for(study.done(), 20)

    asyncio.run(trip())
    assert not study.running
    assert study.finished == 4
    study.start(4, "inline")
    study.wait(20)
    assert len(study.trials) == 4


def test_done_raises_what_ended_the_run(space: SearchSpace, monkeypatch: pytest.MonkeyPatch) -> None:
    study = Study(space, length, strategy=RandomSearch())

    def full(*args: Any) -> None:
        raise StorageError("the storage is full")

    monkeypatch.setattr(study.storage, "finish", full)
    study.start(3, "inline")
    with pytest.raises(StorageError, match="full"):
        asyncio.run(study.done())
    assert not study.running


def test_cancelling_done_does_not_end_the_run(space: SearchSpace) -> None:
    go = threading.Event()
    study = Study(space, lambda arch: go.wait(20) and 1.0, strategy=RandomSearch())
    study.start(2, "inline")

    async def impatient() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(study.done(), 0.05)

    asyncio.run(impatient())
    assert study.running
    go.set()
    study.wait(20)
    assert study.finished == 2


def test_stop_ends_a_reporting_objective_and_the_next_run_goes_on(space: SearchSpace, url: str, quick: Timing) -> None:
    started, patient = threading.Event(), threading.Event()
    patient.set()

    def objective(arch: Architecture, seed: int, report: Any) -> float:
        started.set()
        for step in range(2000):
            if patient.is_set() and report(step, {"loss": 1.0}) == "stop":
                return -1.0
            if not patient.is_set():
                return noisy(arch, seed)
            time.sleep(0.005)
        raise AssertionError("never told to stop")

    study = Study(space, objective, strategy=RandomSearch(), storage=url, timing=quick)
    study.start(4, "inline")
    assert started.wait(20)
    began = time.monotonic()
    study.stop(wait=True)
    assert time.monotonic() - began < 8
    assert [(t.number, t.state, t.reason) for t in study.trials] == [(0, "waiting", AGAIN)]
    patient.clear()
    study.run(4, "inline")
    plain = Study(space, noisy, strategy=RandomSearch())
    plain.run(4, "inline")
    assert [(t.number, t.term, t.value) for t in study.trials] == [(t.number, t.term, t.value) for t in plain.trials]


def test_pause_and_resume(space: SearchSpace, quick: Timing, until: Until) -> None:
    study = Study(space, length, strategy=RandomSearch(), timing=quick)
    study.pause()
    study.start(3, "inline")
    time.sleep(0.1)
    assert (study.running, study.paused, len(study.trials)) == (True, True, 0)
    study.resume()
    study.wait(20)
    assert study.finished == 3
    study.start(4, "inline")
    study.pause()
    study.stop(wait=True)
    assert not study.running


def test_an_interrupt_queues_the_trial_again(space: SearchSpace) -> None:
    def objective(arch: Architecture) -> float:
        raise KeyboardInterrupt

    study = Study(space, objective, strategy=RandomSearch())
    with pytest.raises(KeyboardInterrupt):
        study.run(2, "inline")
    assert [t.state for t in study.trials] == ["waiting"]
    assert not study.running


def test_missing_parts_are_named(space: SearchSpace) -> None:
    with pytest.raises(NasvizError, match=r"has no objective to evaluate. Type: nv\.Study\(space, objective"):
        Study(space).run(1, "inline")
    with pytest.raises(NasvizError, match="the objective is 3, expected a function of an architecture"):
        Study(space, 3)  # type: ignore[arg-type]
    with pytest.raises(NasvizError, match=r"the space is 'S ::= conv', expected one\. Type: nv\.Study\(nv\.SearchSpace"):
        Study("S ::= conv")  # type: ignore[arg-type]
    with pytest.raises(NasvizError, match=r"the strategy is the class RandomSearch\. Type: strategy=RandomSearch\(\)"):
        Study(space, strategy=RandomSearch)  # type: ignore[arg-type]
    with pytest.raises(NasvizError, match=r"the strategy is 'random', expected one such as nv\.BayesOpt\(\)"):
        Study(space, strategy="random")  # type: ignore[arg-type]
    with pytest.raises(NasvizError, match="an architecture or the text of a term can be queued, found 3"):
        Study(space).enqueue(3)  # type: ignore[arg-type]
    with pytest.raises(NasvizError, match="the executor is 'inlin', expected one, 'inline', or None for a worker process"):
        Study(space, length).run(1, "inlin")  # type: ignore[arg-type]


def test_a_study_says_why_its_run_ended_early(space: SearchSpace) -> None:
    study = Study(space, length, strategy=RandomSearch(), limits={"parameters": 1e-3})
    with pytest.warns(NasvizWarning, match="the study 'digits cells' ended with 0 of 3 trials: 2000 draws gave no"):
        study.run(3, "inline")
    assert "draws gave no architecture within the limits" in repr(study)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"direction": "up"}, "direction is 'up', expected 'minimize' or 'maximize'"),
        ({"seed": -1}, "seed is -1; it must be a whole number, 0 or more"),
        ({"seed": None}, "seed is None; it must be"),
        ({"name": 3}, "the name is 3, expected a text"),
        ({"storage": 3}, "'3' is no address of a storage"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_stored(space: SearchSpace, url: str, wrong: Any, words: str) -> None:
    with pytest.raises(NasvizError, match=words):
        Study(space, length, **{"storage": url, **wrong})
    with pytest.raises(StorageError, match="holds no study"):
        load_study(url)


@pytest.mark.parametrize("total", [-1, 1.5, float("nan"), None, "3"])
def test_a_total_is_a_whole_number(space: SearchSpace, total: Any) -> None:
    study = Study(space, length)
    with pytest.raises(NasvizError, match=r"total is .*; it must be a whole number, 0 or more"):
        study.run(total, "inline")
    for numbers in ({"top": 0}, {"seeds": 0}):
        with pytest.raises(NasvizError, match=r"is 0; it must be a whole number, 1 or more"):
            study.confirm(**numbers)


def test_a_changed_task_is_explained(space: SearchSpace, url: str) -> None:
    Study(space, length, strategy=RandomSearch(), storage=url, name="first").run(1, "inline")
    data = space.to_json()
    for key, value in (("input_shape", [2, 16, 16]), ("num_classes", 7)):
        other = SearchSpace.from_json({**data, key: value})
        with pytest.raises(StorageError, match=rf"was begun with {key} .*, now it is .*'first-2'"):
            Study(other, length, storage=url, name="first")
    renamed = SearchSpace.from_json({**data, "name": "another", "source": "somewhere"})
    assert Study(renamed, length, storage=url, name="first").finished == 1


def test_looking_for_a_study_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"holds no study: there is no file .*missing\.db"):
        load_study(f"sqlite:///{tmp_path / 'missing.db'}")
    assert list(tmp_path.iterdir()) == []


def test_another_direction_or_seed_is_refused(space: SearchSpace, url: str) -> None:
    Study(space, storage=url, seed=3)
    with pytest.raises(StorageError, match=r"begun with seed=3, now 0 is wanted. Type seed=3 to go on, or take a new name"):
        Study(space, storage=url)
    with pytest.raises(StorageError, match="begun with direction='minimize', now 'maximize' is wanted"):
        Study(space, storage=url, seed=3, direction="maximize")


def test_looking_needs_no_objective(space: SearchSpace, url: str) -> None:
    study = Study(space, length, strategy=RandomSearch(), storage=url)
    study.run(3, "inline")
    seen = load_study(url)
    assert seen.trials == study.trials
    assert (seen.best_value, seen.seed, seen.name) == (study.best_value, 0, study.name)
    assert seen.space == space
    assert seen.best_trial.arch == study.best_trial.arch
    with pytest.raises(NasvizError, match="no objective"):
        seen.run(4, "inline")


def test_looking_needs_no_operators_of_one_s_own(url: str) -> None:
    swish = Operator("swish3")
    space = SearchSpace("S ::= Linear(S, swish3) | swish3", [swish], input_shape=(1, 8, 8), name="mine")
    Study(space, length, strategy=RandomSearch(), storage=url).run(3, "inline")
    seen = load_study(url)
    assert [str(t.arch) for t in seen.trials] == [t.term for t in seen.trials]
    assert seen.surrogate().predict([seen.best_trial.arch])[0].shape == (1,)
    assert load_study(url, operators=[swish]).space == space


@pytest.mark.slow
def test_two_objects_of_one_study_share_its_trials(space: SearchSpace, url: str, quick: Timing) -> None:
    one, other = (Study(space, length, strategy=RandomSearch(), storage=url, timing=quick) for _ in range(2))
    one.start(8, "inline")
    other.start(8, "inline")
    one.wait(60)
    other.wait(60)
    assert one.finished == 8
    assert len({t.number for t in one.trials}) == len(one.trials)


def test_importing_the_search_loads_no_torch(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from nasviz.search import Study, RandomSearch; from nasviz.spaces import digits_cells;"
        "Study(digits_cells(), lambda a: 1.0, strategy=RandomSearch()).run(2, 'inline'); print('torch' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert said.stdout.strip() == "False"
