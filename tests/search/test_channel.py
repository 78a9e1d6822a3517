import pickle

from nasviz.records import Curve
from nasviz.search import RandomSearch, Study, Timing
from nasviz.search.channel import StorageChannel, stops
from nasviz.search.evaluate import Outcome
from nasviz.spaces import SearchSpace

ROWS = [Curve(1, 1.0, {"error": 0.5})]


def test_curves_go_to_the_storage_and_commands_come_back(space: SearchSpace, url: str, quick: Timing) -> None:
    study = Study(space, strategy=RandomSearch(), storage=url, timing=quick)
    slot = study.take().slot
    channel = pickle.loads(pickle.dumps(StorageChannel(url, study.name, slot, frozenset(study.storage.commands()))))
    assert channel.write(ROWS) is None
    assert list(study.trials[0].curve) == ROWS
    study.storage.command("stop", slot=slot + 1)
    assert channel.write(ROWS) is None
    study.storage.command("stop", slot=slot)
    assert channel.write(ROWS) == "stop"


def test_an_ended_trial_stops_its_evaluation(space: SearchSpace, url: str, quick: Timing) -> None:
    study = Study(space, strategy=RandomSearch(), storage=url, timing=quick)
    slot = study.take().slot
    study.storage.finish(slot, Outcome(None, "lost"))
    assert StorageChannel(url, study.name, slot, frozenset()).write(ROWS) == "stop"


def test_a_storage_that_cannot_be_reached_disturbs_nobody() -> None:
    assert StorageChannel("sqlite:////no/such/folder/nas.db", "first", 0, frozenset()).write(ROWS) is None


def test_commands_from_before_do_not_count() -> None:
    commands = {"cmd/1": {"kind": "stop"}, "cmd/2": {"kind": "stop", "slot": 3}, "cmd/3": {"kind": "other"}}
    assert stops(commands, frozenset())
    assert not stops(commands, frozenset({"cmd/1"}))
    assert stops(commands, frozenset({"cmd/1"}), slot=3)
    assert not stops(commands, frozenset({"cmd/1", "cmd/2"}), slot=3)
