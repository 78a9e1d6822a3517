import pytest

from nasviz.records import Trial
from nasviz.widgets import clock as module
from nasviz.widgets.clock import Clock


@pytest.fixture
def now(monkeypatch):
    time = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: time[0])
    return time


def trial(number, seconds, state="finished"):
    return Trial(number, "id", "free", state, value=1.0, seconds=seconds)


def test_it_runs_only_while_the_search_does(now):
    clock = Clock([])
    clock.tick(True, 0)
    now[0] += 5
    assert clock.ticking
    assert clock.seconds == 5
    clock.tick(False, 1)
    now[0] += 50
    assert clock.seconds == 5
    clock.tick(True, 1)
    now[0] += 2
    assert clock.seconds == 7


def test_what_was_before_counts(now):
    clock = Clock([trial(0, 3.0), trial(1, 4.0), trial(2, 9.0, "running")])
    assert clock.seconds == 16.0


@pytest.mark.parametrize(("left", "text"), [(0, "nothing"), (-3, "nothing"), (10, "about\u00a020\u00a0s")])
def test_rest_by_what_was_seen(now, left, text):
    clock = Clock([])
    clock.tick(True, 0)
    now[0] += 8
    clock.tick(True, 4)
    assert clock.rest(left) == text


def test_rest_by_trials_from_before(now):
    assert Clock([trial(0, 3.0), trial(1, 5.0)]).rest(10) == "about\u00a040\u00a0s"


def test_rest_of_what_has_just_begun_is_not_known(now):
    assert Clock([]).rest(10) == "…"
