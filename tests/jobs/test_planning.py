"""What is said before a training begins."""

import os
from typing import Any

import pytest

from nasviz.errors import DataError, NasvizError, TrainingError
from nasviz.jobs.planning import Plan, duration, plan
from nasviz.spaces import Architecture


@pytest.mark.slow
def test_a_plan_counts_and_times(arch: Architecture, data: Any) -> None:
    found = plan(arch, data, 20, "cpu")
    assert found.device == "cpu"
    assert found.device_name.startswith("CPU (")
    assert found.parameters == sum(p.numel() for p in arch.to_torch(seed=0).parameters())
    assert found.seconds is not None
    assert 0 < found.seconds < 600
    assert f"{found.parameters:,} parameters · 20 epochs · about" in str(found)


@pytest.mark.slow
def test_a_module_that_crashes_leaves_the_time_open_and_this_process_alive(bad_arch: Any, data: Any) -> None:
    found = plan(bad_arch(lambda x: os._exit(3)), data, 1, "cpu")
    assert found.seconds is None
    assert str(found) == f"{found.device_name} · {found.parameters:,} parameters · 1 epoch"


def test_what_cannot_be_trained_is_said_at_once(arch: Architecture, data: Any) -> None:
    with pytest.raises(DataError):
        plan(arch, data[:1])
    with pytest.raises(DataError, match="val: expected a torch Dataset or a pair"):
        plan(arch, (data[0], None))
    with pytest.raises(TrainingError, match="epochs must be a whole number, found '3'"):
        plan(arch, data, epochs="3")  # type: ignore[arg-type]
    with pytest.raises(NasvizError, match="tpu"):
        plan(arch, data, device="tpu")


def test_durations_read_well() -> None:
    assert [duration(s) for s in (0.0, 0.94, 1.2, 59.4, 59.6, 3599.6, 7260)] == [
        "0.1 s",
        "0.9 s",
        "1 s",
        "59 s",
        "1 min 0 s",
        "1 h 0 min",
        "2 h 1 min",
    ]
    assert str(Plan("cuda:0", "GPU (X)", 1000, 1, 100)) == "GPU (X) · 1,000 parameters · 1 epoch · about 1 min 40 s"


@pytest.mark.parametrize("found", [None, "conv", 3, []])
def test_a_plan_is_of_an_architecture(found: Any, data: Any) -> None:
    with pytest.raises(NasvizError, match=r"^an architecture is expected, e\.g\. space\.parse\(text\); found "):
        plan(found, data)
