import json
import sqlite3
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import optuna
import pytest

from nasviz.errors import StorageError
from nasviz.records import Curve
from nasviz.search import RandomSearch, Study, Timing
from nasviz.search.evaluate import Outcome
from nasviz.search.storage import StudyStorage
from nasviz.search.trial import LEASE, TERM
from nasviz.spaces import Architecture, SearchSpace, known

PROTOCOL = {"direction": "minimize", "seed": 0, "fingerprint": "f"}


def opened(url: str | None, timing: Timing | None = None, **protocol: Any) -> StudyStorage:
    data: Mapping[str, Any] = {**PROTOCOL, **protocol}
    return StudyStorage.create(url, "first", space={"grammar": "S ::= id"}, protocol=data, timing=timing or Timing())


@pytest.fixture(params=["memory", "sqlite"])
def storage(request: pytest.FixtureRequest, url: str, quick: Timing) -> StudyStorage:
    return opened(None if request.param == "memory" else url, quick)


def ask(storage: StudyStorage, term: str) -> int:
    slot, number, queued = storage.begin()
    assert not queued
    storage.draw(slot, term, {"number": number, "seed": 5, "proposed_by": "test"})
    return slot


def lose(storage: StudyStorage, slot: int) -> None:
    """Make a running trial look as if its process had died."""
    lease = {"place": "elsewhere", "pid": 1, "born": "1", "renewed": time.time() - 3600}
    storage._set(slot, LEASE, lease)


def test_a_trial_from_begin_to_end(storage: StudyStorage) -> None:
    slot = ask(storage, "a")
    (running,) = storage.trials()
    assert (running.number, running.term, running.state, running.proposed_by) == (0, "a", "running", "test")
    assert storage.curve(slot, [Curve(1, 1.0, {"error": 0.5})])
    assert storage.finish(slot, Outcome(0.25, seconds=2.0))
    (done,) = storage.trials()
    assert (done.state, done.value, done.seconds, len(done.curve)) == ("finished", 0.25, 2.0, 1)


def test_failed_and_stopped_trials_keep_their_reason(storage: StudyStorage) -> None:
    first, second = ask(storage, "a"), ask(storage, "b")
    storage.finish(first, Outcome(None, "ValueError: no"))
    storage.finish(second, Outcome(None, "stopped by hand", stopped=True))
    assert [(t.state, t.reason, t.value) for t in storage.trials()] == [
        ("failed", "ValueError: no", None),
        ("stopped", "stopped by hand", None),
    ]


def test_an_ended_trial_is_not_ended_again(storage: StudyStorage) -> None:
    slot = ask(storage, "a")
    assert storage.finish(slot, Outcome(0.25))
    assert not storage.finish(slot, Outcome(0.5))
    assert not storage.curve(slot, [])
    assert storage.trials()[0].value == 0.25


def test_queued_terms_come_first(storage: StudyStorage) -> None:
    storage.enqueue("a", {"proposed_by": "enqueued"})
    storage.enqueue("b", {"proposed_by": "enqueued"})
    assert [t.state for t in storage.trials()] == ["waiting", "waiting"]
    slot, number, queued = storage.begin()
    assert (number, queued, storage.attrs(slot)[TERM]) == (0, True, "a")
    assert storage.begin()[1:] == (1, True)
    assert storage.begin()[1:] == (2, False)


def test_a_discarded_trial_leaves_no_trace(storage: StudyStorage) -> None:
    slot, _, _ = storage.begin()
    storage.discard(slot)
    assert storage.trials() == []
    assert storage.begin()[1] == 0


def test_a_lost_trial_is_queued_again_at_its_place(storage: StudyStorage) -> None:
    first, second = ask(storage, "a"), ask(storage, "b")
    lose(storage, first)
    storage.finish(second, Outcome(0.5))
    assert storage.reclaim() == 1
    assert storage.reclaim() == 0
    assert [(t.number, t.term, t.state) for t in storage.trials()] == [(0, "a", "waiting"), (1, "b", "finished")]
    assert "queued again" in storage.trials()[0].reason
    slot, number, queued = storage.begin()
    assert (number, queued) == (0, True)
    assert storage.attrs(slot)["nasviz/1/draw"]["seed"] == 5
    assert not storage.finish(first, Outcome(0.1)), "the lost process came too late"
    storage.finish(slot, Outcome(0.2))
    assert [t.value for t in storage.trials()] == [0.2, 0.5]
    assert ask(storage, "c") > slot
    assert [t.number for t in storage.trials()] == [0, 1, 2]


def test_a_trial_lost_before_it_had_a_term_leaves_no_trace(storage: StudyStorage) -> None:
    ask(storage, "a")
    slot, number, _ = storage.begin()
    lose(storage, slot)
    assert storage.reclaim() == 1
    assert len(storage.trials()) == 1
    assert storage.begin()[1] == number == 1


def test_a_live_lease_is_left_alone(storage: StudyStorage) -> None:
    slot = ask(storage, "a")
    assert storage.reclaim() == 0
    lose(storage, slot)
    storage.renew({slot})
    assert storage.reclaim() == 0


def test_a_trial_queued_again_by_two_processes_runs_once(url: str, quick: Timing) -> None:
    one, other = opened(url, quick), opened(url, quick)
    slot = ask(one, "a")
    lose(one, slot)
    one.enqueue("a", {"number": 0, "seed": 5}, retry_of=slot)
    other.enqueue("a", {"number": 0, "seed": 5}, retry_of=slot)
    one.finish(slot, Outcome(None, "lost"))
    assert one.begin() == (slot + 1, 0, True)
    assert other.begin()[2] is False
    assert [(t.term, t.state) for t in one.trials()] == [("a", "running")]


def test_commands_have_a_key_each(storage: StudyStorage) -> None:
    storage.command("stop")
    storage.command("stop", slot=3)
    bodies = list(storage.commands().values())
    assert [body["kind"] for body in bodies] == ["stop", "stop"]
    assert {body.get("slot") for body in bodies} == {None, 3}


def test_notes(storage: StudyStorage) -> None:
    assert storage.noted("confirmations") is None
    storage.note("confirmations", [1])
    assert storage.noted("confirmations") == [1]


def test_another_process_sees_everything(url: str) -> None:
    ask(opened(url), "a")
    assert StudyStorage.load(url, "first", Timing()).trials() == opened(url).trials()
    assert StudyStorage.load(url, None, Timing()).protocol == PROTOCOL


def test_long_terms_are_stored_whole(url: str) -> None:
    term = f"Linear({', '.join(['conv3x3'] * 20_000)})"
    ask(opened(url), term)
    assert opened(url).trials()[0].term == term


def test_threads_share_a_storage(url: str) -> None:
    storage = opened(url)

    def work(k: int) -> None:
        for i in range(4):
            slot = ask(storage, f"t{k}{i}")
            storage.finish(slot, Outcome(float(k)))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    trials = storage.trials()
    assert len(trials) == 12
    assert {t.state for t in trials} == {"finished"}
    assert len({t.number for t in trials}) == 12


def test_unknown_studies_are_named(url: str) -> None:
    opened(url)
    with pytest.raises(StorageError, match=r"holds no study 'second'; it has: 'first'"):
        StudyStorage.load(url, "second", Timing())


def test_a_study_that_is_not_ours(url: str) -> None:
    optuna.create_study(storage=url, study_name="first").set_user_attr("mine", 1)
    with pytest.raises(StorageError, match=r"the study 'first' in sqlite.* was not made by nasviz"):
        opened(url)


def test_a_newer_schema_is_refused(url: str) -> None:
    opened(url)._study.set_user_attr("nasviz/schema", 99)
    with pytest.raises(StorageError, match="has the schema version 99; this nasviz reads versions 1 to 1"):
        opened(url)


def test_a_study_half_made_is_completed(url: str) -> None:
    optuna.create_study(storage=url, study_name="first").set_user_attr("nasviz/1/space", {})
    assert opened(url).space == {"grammar": "S ::= id"}


def test_bad_addresses() -> None:
    with pytest.raises(StorageError, match=r"'nas\.db' is no address of a storage. Type: storage=\"sqlite:///nas\.db\""):
        opened("nas.db")
    with pytest.raises(StorageError, match=r"the storage sqlite:////no/such/folder/nas\.db cannot be used: unable to open"):
        opened("sqlite:////no/such/folder/nas.db")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "nas.db").write_text("not a database at all, but a text that is long enough to be looked at" * 20)
    with pytest.raises(StorageError, match="file is not a database"):
        opened(f"sqlite:///{tmp_path}/nas.db")


def test_a_full_storage_says_so(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = opened(url)
    with sqlite3.connect(tmp_path / "nas.db") as database:
        database.execute("CREATE TRIGGER full BEFORE INSERT ON trials BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(StorageError, match=r"the storage sqlite.* cannot be used: disk is full"):
        storage.begin()


def test_making_a_study_prints_nothing(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    opened(url)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_plain_optuna_and_its_dashboard_read_a_study(space: SearchSpace, url: str) -> None:
    def objective(arch: Architecture, seed: int, report: Any) -> float:
        report(1, {"epoch": 1.0, "val_error": float("nan")})
        if seed % 3 == 0:
            raise RuntimeError("no")
        return len(str(arch)) / 100

    study = Study(space, objective, strategy=RandomSearch(), storage=url, name="shown")
    study.enqueue(known.resnet20((1, 8, 8), 10))
    study.run(6, "inline")
    study.confirm(1, 1, executor="inline")
    study.ask()
    plain = optuna.load_study(study_name="shown", storage=url)
    assert plain.best_value == min(t.value for t in study.trials if t.value is not None)
    assert [t.value for t in plain.trials] == [t.value for t in study.trials]
    states = {"finished": "COMPLETE", "failed": "FAIL", "running": "RUNNING"}
    assert [t.state.name for t in plain.trials] == [states[t.state] for t in study.trials]
    assert [t.user_attrs["nasviz/1/term"] for t in plain.trials] == [t.term for t in study.trials]
    (summary,) = optuna.get_all_study_summaries(url)
    assert summary.n_trials == len(study.trials)
    for attrs in (plain.user_attrs, *(t.user_attrs for t in plain.trials)):
        assert json.loads(json.dumps(attrs, allow_nan=False)) == attrs, "a browser reads it, too"
    assert "value" in plain.trials_dataframe().columns


def test_curves_are_intermediate_values_of_optuna(space: SearchSpace, url: str) -> None:
    def objective(arch: Architecture, report: Any) -> float:
        for step in range(1, 7):
            report(step, {"epoch": step / 2, "value": 1.0 / step, "loss": 9.0})
        report(7, {"epoch": 4.0, "value": float("nan")})
        return 0.1

    study = Study(space, objective, strategy=RandomSearch(), storage=url, timing=Timing(write=0.0))
    study.run(2, "inline")
    native = optuna.load_study(study_name=study.name, storage=url)
    assert [t.intermediate_values for t in native.trials] == [{0: 1.0, 1: 1 / 3, 2: 1 / 5, 3: 1 / 6}] * 2
    running = native.ask()
    running.report(0.9, 3)
    pruner = optuna.pruners.MedianPruner(n_startup_trials=1)
    assert pruner.prune(native, native.trials[running.number])


def test_curves_of_several_objectives_stay_with_the_trial(space: SearchSpace, url: str) -> None:
    def objective(arch: Architecture, report: Any) -> tuple[float, float]:
        report(1, {"epoch": 1, "value": 0.5})
        return 0.1, 0.2

    study = Study(space, objective, direction=("minimize", "minimize"), strategy=RandomSearch(), storage=url)
    study.run(1, "inline")
    assert optuna.load_study(study_name=study.name, storage=url).trials[0].intermediate_values == {}
    assert [row.epoch for row in study.trials[0].curve] == [1.0]
