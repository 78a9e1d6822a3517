import pickle
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from nasviz.records import Curve
from nasviz.search.evaluate import ROWS, Recorder, accepted, evaluate, evaluate_elsewhere, outcome_of, thinned
from nasviz.spaces import parse

ARCH = parse("Linear(conv3x3, relu)")


def test_plain_functions_get_the_architecture_only() -> None:
    outcome = evaluate(lambda arch: len(str(arch)), ARCH, seed=3)
    assert (outcome.value, outcome.reason, outcome.stopped) == (21.0, "", False)
    assert outcome.seconds >= 0


def test_nothing_gets_out_whatever_an_objective_returns_or_raises() -> None:
    class Silent(Exception):
        def __str__(self) -> str:
            raise ZeroDivisionError

    class Refuses:
        def __float__(self) -> float:
            raise RuntimeError

        def __str__(self) -> str:
            raise RuntimeError

    def raises(error: Exception) -> float:
        raise error

    assert evaluate(lambda arch: raises(Silent()), ARCH, 0).reason == "Silent"
    long = evaluate(lambda arch: raises(ValueError("x" * 10**6)), ARCH, 0)
    assert long.reason.startswith("ValueError: xxx")
    assert len(long.reason) < 3000
    assert len(long.traceback) <= 20_000
    assert evaluate(lambda arch: Refuses(), ARCH, 0).reason == "the objective returned '?' of type Refuses, not a number"
    assert evaluate(lambda arch: 10**400, ARCH, 0).reason.endswith("of type int, not a number")
    assert evaluate(lambda arch: 10**5000, ARCH, 0).reason == "the objective returned '?' of type int, not a number"


def test_seed_and_report_are_given_to_those_who_take_them() -> None:
    rows: list[tuple[int, Any]] = []

    def objective(arch: Any, seed: int, *, report: Any) -> float:
        report(1, {"error": 0.5})
        return float(seed)

    assert evaluate(objective, ARCH, 3, lambda step, metrics: rows.append((step, metrics))).value == 3.0
    assert rows == [(1, {"error": 0.5})]


def test_what_a_callable_accepts() -> None:
    class Callable:
        def __call__(self, arch: Any, seed: int = 0) -> float:
            return 0.0

    assert accepted(Callable(), seed=1, report=2) == {"seed": 1}
    assert accepted(lambda arch, **rest: 0.0, seed=1) == {"seed": 1}
    assert accepted(lambda arch, seed, /: 0.0, seed=1) == {}
    assert accepted(len, seed=1) == {}


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (float("nan"), "the objective returned nan"),
        (float("-inf"), "the objective returned -inf"),
        (None, "the objective returned 'None' of type NoneType, not a number"),
        ("high", "the objective returned 'high' of type str, not a number"),
    ],
)
def test_what_is_no_finite_number_has_a_reason(result: Any, reason: str) -> None:
    outcome = evaluate(lambda arch: result, ARCH, 0)
    assert (outcome.value, outcome.reason) == (None, reason)


def test_numbers_of_every_kind_are_values() -> None:
    assert evaluate(lambda arch: np.float32(0.5), ARCH, 0).value == 0.5
    assert evaluate(lambda arch: True, ARCH, 0).value == 1.0


@pytest.mark.parametrize("row", [[0.5], (0.5,), np.array([0.5]), {"value": [0.5]}])
def test_a_sequence_of_one_is_its_item(row: Any) -> None:
    assert outcome_of(row).value == 0.5


def test_a_sequence_that_holds_itself_is_no_number() -> None:
    row: list[Any] = []
    row.append(row)
    assert "of type list, not a number" in outcome_of(row).reason


def test_an_exception_is_a_reason_with_a_traceback() -> None:
    outcome = evaluate(lambda arch: 1 / 0, ARCH, 0)
    assert outcome.value is None
    assert outcome.reason == "ZeroDivisionError: division by zero"
    assert "test_evaluate.py" in outcome.traceback


def test_an_interrupt_gets_out() -> None:
    def objective(arch: Any) -> float:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(objective, ARCH, 0)


def test_an_objective_that_was_told_to_stop_is_marked() -> None:
    def objective(arch: Any, report: Any) -> float:
        return 1.0 if report(1, {}) == "stop" else 2.0

    assert evaluate(objective, ARCH, 0, lambda step, metrics: "stop").stopped
    assert not evaluate(objective, ARCH, 0, lambda step, metrics: None).stopped


def test_outcomes_can_be_pickled() -> None:
    outcome = evaluate(lambda arch: 1 / 0, ARCH, 0)
    assert pickle.loads(pickle.dumps(outcome)) == outcome


def test_a_recorder_writes_at_most_so_often_and_passes_commands_on() -> None:
    written: list[Sequence[Curve]] = []

    def write(rows: Sequence[Curve]) -> str | None:
        written.append(rows)
        return "stop"

    recorder = Recorder(write, every=3600)
    assert [recorder.report(i, {"epoch": i / 2, "error": 0.1}) for i in range(5)] == [None] * 5
    assert written == []
    assert recorder.rows[3].epoch == 1.5
    assert recorder.rows[3].metrics == {"error": 0.1}
    eager = Recorder(write, every=0)
    assert eager.report(1, {}) == "stop"
    assert len(written) == 1


def test_seconds_count_from_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 10.0, 12.5])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    recorder = Recorder(every=3600)
    recorder.begin()
    recorder.report(1, {})
    assert recorder.rows[0].seconds == 2.5


def test_a_recorder_can_be_told_to_stop() -> None:
    recorder = Recorder()
    assert recorder.report(1, {}) is None
    recorder.stop()
    assert recorder.report(2, {}) == "stop"


def test_long_curves_are_thinned_but_keep_ends_of_epochs() -> None:
    recorder = Recorder()
    for step in range(20_000):
        recorder.report(step, {"loss": 1.0, "val_error": 0.5} if step % 1000 == 999 else {"loss": 1.0})
    steps = [row.step for row in recorder.rows]
    assert len(steps) <= ROWS
    assert steps == sorted(steps)
    assert {step for step in range(20_000) if step % 1000 == 999} <= set(steps)


def test_thinning_to_few_rows() -> None:
    rows = [Curve(i, i, {"a": 1.0, "b": 1.0} if i in (2, 5) else {"a": 1.0}) for i in range(8)]
    assert [r.step for r in thinned(rows, 2)] == [2, 5]
    assert [r.step for r in thinned(rows, 1)] == [5]
    assert thinned(rows, 8) == rows


def test_reports_elsewhere_come_back_with_the_outcome() -> None:
    def objective(arch: Any, report: Any) -> float:
        report(1, {"error": 0.5})
        return 0.5

    outcome = evaluate_elsewhere(objective, ARCH, 0, None, 0.5)
    assert [row.metrics for row in outcome.curve] == [{"error": 0.5}]
