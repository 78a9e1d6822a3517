"""Jobs in real workers."""

import math
import os
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from nasviz.errors import DataError, JobError, NasvizError, TrainingError
from nasviz.jobs import Job, attach, list_jobs, train
from nasviz.spaces import Architecture


@pytest.mark.slow
def test_a_training_gives_the_network_back(arch: Architecture, data: Any, tmp_path: Path) -> None:
    job = train(arch, data, epochs=30, device="cpu", seed=1, batch_size=16)
    assert isinstance(job, Job)
    assert job.plan.parameters > 0
    assert job.wait(150).state == "done", job.error
    assert job.plan.seconds is not None
    assert len(job.history) == 30
    assert job.history[-1].metrics["val_error"] < 0.5
    x, y = torch.as_tensor(data[1][0], dtype=torch.float32), torch.as_tensor(data[1][1])
    error = (job.model(x).argmax(1) != y).float().mean().item()
    assert error == pytest.approx(job.history[-1].metrics["val_error"])
    assert job in list_jobs(tmp_path)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights(arch: Architecture, data: Any) -> None:
    first, second = train([arch, arch], data, epochs=2, device="cpu", estimate=False)
    first.wait(150)
    second.wait(150)
    for name, value in first.model.state_dict().items():
        assert torch.equal(value, second.model.state_dict()[name])
    assert first.plan.seconds is None


def test_jobs_on_one_device_wait_for_each_other_and_can_be_stopped(arch: Architecture, data: Any) -> None:
    first, second, third = train([arch] * 3, data, epochs=100_000, device="cpu")
    until(lambda: first.state == "running")
    assert (second.state, third.state) == ("waiting", "waiting")
    third.stop()
    assert (third.wait(60).state, third.error) == ("stopped", "stopped before it began")
    with pytest.raises(JobError, match="stopped without a trained network"):
        _ = third.model
    first.stop()
    assert (first.wait(10).state, first.error) == ("stopped", "stopped by command")
    assert first.model is not None
    assert first.progress < 1
    until(lambda: second.state == "running")
    second.stop()
    second.wait(10)


def test_a_loss_that_is_not_finite_fails_the_job_with_its_place(bad_arch: Any, data: Any) -> None:
    job = train(bad_arch(lambda x: x * math.nan), data, epochs=2, device="cpu", estimate=False)
    assert job.wait(150).state == "failed"
    assert job.error.startswith("the loss is NaN at epoch 1, step 1")
    assert "TrainingError" in job.traceback


@pytest.mark.slow
def test_a_crash_fails_the_job_and_the_next_one_runs(bad_arch: Any, arch: Architecture, data: Any) -> None:
    jobs = [
        train(bad_arch(lambda x: os._exit(7)), data, device="cpu", estimate=False),
        train(bad_arch(lambda x: os.kill(os.getpid(), 9)), data, device="cpu"),
        train(arch, data, epochs=1, device="cpu"),
    ]
    states = [job.wait(150).state for job in jobs]
    assert states == ["failed", "failed", "done"]
    assert jobs[0].error.startswith("the worker process exited with code 7")
    assert "SIGKILL" in jobs[1].error or os.name != "posix"


def test_a_second_stop_ends_a_module_that_hangs(bad_arch: Any, data: Any) -> None:
    job = train(bad_arch(lambda x: time.sleep(100)), data, device="cpu", estimate=False)
    until(lambda: job.state == "running", 60)
    job.stop()
    time.sleep(0.2)
    assert job.state == "running"
    job.stop()
    assert job.wait(30).state == "stopped"
    assert job.error.startswith("stopped: it did not answer in time and was ended")


@pytest.mark.slow
def test_an_exception_in_a_module_fails_the_job_with_its_traceback(bad_arch: Any, data: Any) -> None:
    def fails(x: Any) -> Any:
        raise ValueError("no such thing")

    job = train(bad_arch(fails), data, device="cpu", estimate=False).wait(150)
    assert (job.state, job.error) == ("failed", "no such thing")
    assert "in fails" in job.traceback


@pytest.mark.slow
def test_prints_of_a_module_are_kept(bad_arch: Any, data: Any) -> None:
    def talks(x: Any) -> Any:
        print("shape", tuple(x.shape))  # noqa: T201
        return x

    job = train(bad_arch(talks), data, epochs=1, device="cpu", batch_size=48, estimate=False).wait(150)
    assert job.log == "shape (48, 16, 4, 4)\n"


def test_mistakes_are_said_before_anything_starts(arch: Architecture, data: Any, tmp_path: Path) -> None:
    before = len(list_jobs(tmp_path))
    for error, change in (
        (DataError, {"data": data[:1]}),
        (DataError, {"data": (data[0], (data[1][0][:, :, :2], data[1][1]))}),
        (DataError, {"data": None}),
        (TrainingError, {"epochs": 0}),
        (TrainingError, {"epochs": 1.5}),
        (TrainingError, {"lr": float("nan")}),
        (TrainingError, {"optimizer": "sdg"}),
        (TrainingError, {"seed": "x"}),
        (JobError, {"archs": "conv3x3"}),
        (JobError, {"archs": [None]}),
        (NasvizError, {"device": "tpu"}),
        (JobError, {"folder": tmp_path / "x"}),
    ):
        with pytest.raises(error):
            train(**({"archs": arch, "data": data, "device": "cpu"} | change))
    with pytest.raises(JobError, match="folder= belongs to detach=True"):
        train(arch, data, folder=tmp_path / "x")
    assert len(list_jobs(tmp_path)) == before


def until(condition: Any, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@pytest.mark.parametrize("found", [None, 3, b"x", ["x"]])
def test_jobs_are_found_by_text(found: Any) -> None:
    with pytest.raises(JobError, match=r"^a job is found by its id or its folder, a text, found .*; nv\.list_jobs\(\) "):
        attach(found)
    if found is not None:
        with pytest.raises(NasvizError, match=r"^the name of a file is text or a path, e\.g\. 'jobs', found "):
            list_jobs(found)


def test_the_folder_of_a_detached_job_is_a_path(arch: Architecture, data: Any) -> None:
    with pytest.raises(NasvizError, match=r"^the name of a file is text or a path, e\.g\. 'jobs', found 3$"):
        train(arch, data, detach=True, folder=3)  # type: ignore[arg-type]


@pytest.mark.parametrize("found", [["sgd"], {}, None, 3, "x"])
def test_optimisers_are_named(arch: Architecture, data: Any, found: Any) -> None:
    with pytest.raises(TrainingError, match=r"^optimizer must be one of sgd, adam, found "):
        train(arch, data, optimizer=found)
