"""A job, driven by hand in place of its worker."""

import asyncio
import threading
import time
from pathlib import Path

import pytest
import torch

from nasviz.errors import JobError
from nasviz.jobs.job import GRACE, Job
from nasviz.jobs.planning import Plan
from nasviz.jobs.training import Settings, pack_weights
from nasviz.records import JobState
from nasviz.spaces import Architecture


@pytest.fixture
def job(arch: Architecture) -> Job:
    plan = Plan("cpu", "CPU (1 thread)", 123, 4)
    return Job("20260101-000000-abc", str(arch), plan, Settings(epochs=4), lambda: arch)


def test_a_job_passes_through_its_states(job: Job, arch: Architecture) -> None:
    assert (job.state, job.progress, job.remaining) == ("waiting", 0.0, None)
    job._on_start()
    assert job.state == "starting"
    job._on_row(0, {"estimate": 8.0})
    assert (job.state, job.plan.seconds, job.remaining) == ("running", 8.0, 8.0)
    assert job.history == job.steps == []
    job._on_row(5, {"epoch": 0.5, "seconds": 1.0, "train_loss": 2.0})
    job._on_row(10, {"epoch": 1.0, "seconds": 2.0, "train_loss": 1.5, "val_error": 0.25})
    assert job.progress == 0.25
    assert job.remaining == pytest.approx(6.0, abs=0.5)
    (row,) = job.history
    assert (row.step, row.epoch, row.seconds, row.metrics) == (10, 1.0, 2.0, {"train_loss": 1.5, "val_error": 0.25})
    assert [row.step for row in job.steps] == [5]
    job._settle("done", weights=pack_weights(arch.to_torch(seed=0)), seconds=9.0)
    assert (job.state, job.progress, job.seconds, job.remaining, job.finished) == ("done", 1.0, 9.0, 0.0, True)
    assert repr(job) == ("Job 20260101-000000-abc: done, 100% of 4 epochs, train_loss 1.5, val_error 0.25, CPU (1 thread), 9 s")


def test_what_comes_after_the_end_is_ignored(job: Job) -> None:
    job._settle("failed", error="the reason", traceback="Traceback")
    job._on_row(1, {"epoch": 1.0, "val_error": 0.1})
    job._on_start()
    job._settle("done")
    assert (job.state, job.history, job.error, job.traceback) == ("failed", [], "the reason", "Traceback")
    assert repr(job).endswith("\nthe reason")
    job.stop()


def test_the_model_is_the_trained_one_on_the_cpu(job: Job, arch: Architecture) -> None:
    net = arch.to_torch(seed=9)
    job._settle("done", weights=pack_weights(net))
    model = job.model
    assert model is job.model
    assert not model.training
    assert pack_weights(model) == pack_weights(net)


@pytest.mark.slow
def test_the_exported_file_computes_what_the_model_does(job: Job, arch: Architecture, tmp_path: Path) -> None:
    job._settle("done", weights=pack_weights(arch.to_torch(seed=9)))
    path = job.export(tmp_path / "net.pt2")
    x = torch.rand(5, 1, 4, 4)
    assert torch.allclose(torch.export.load(path).module()(x), job.model(x), atol=1e-6)


def test_without_weights_there_is_no_model(job: Job) -> None:
    with pytest.raises(JobError, match=r"the job is waiting; wait for it with job.wait\(\)"):
        _ = job.model
    job._settle("failed", error="the loss is NaN at epoch 1")
    with pytest.raises(JobError, match="the job failed without a trained network: the loss is NaN at epoch 1"):
        job.export("x.pt2")


def test_waiting_ends_with_the_job_or_in_time(job: Job) -> None:
    with pytest.raises(TimeoutError, match=r"is waiting after 0.01 s; it goes on"):
        job.wait(0.01)
    threading.Timer(0.05, job._settle, ("done",)).start()
    assert job.wait(60) is job

    async def later() -> Job:
        return await job

    assert asyncio.run(later()) is job


def test_a_cancelled_await_leaves_the_job(job: Job) -> None:
    async def impatient() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.ensure_future(wrapped()), 0.01)

    async def wrapped() -> Job:
        return await job

    asyncio.run(impatient())
    job._settle("done")
    assert job.wait(60).state == "done"


def test_the_first_stop_asks_and_the_second_does_not(job: Job) -> None:
    asked: list[float] = []
    job._stopper = asked.append
    job.stop()
    job.stop()
    assert asked == [GRACE, 0.0]
    job._settle("stopped")
    job.stop()
    assert len(asked) == 2


def test_listeners_hear_of_the_end(job: Job) -> None:
    heard: list[str] = []
    ended = threading.Event()

    def listener(changed: Job) -> None:
        heard.append(changed.state)
        if changed.finished:
            ended.set()

    leave = job.on_change(listener)
    for step in range(50):
        job._on_row(step, {"epoch": step / 50, "train_loss": 1.0})
    job._settle("done")
    assert ended.wait(60)
    assert len(heard) <= 4
    leave()


def test_many_steps_are_thinned_evenly(job: Job) -> None:
    for step in range(1, 10_001):
        job._on_row(step, {"epoch": step / 2500, "train_loss": 1.0})
    steps = [row.step for row in job.steps]
    assert 400 < len(steps) <= 1000
    assert steps[-1] == 10_000
    assert steps == sorted(steps)


def test_the_record_is_plain_data(job: Job) -> None:
    job._on_row(1, {"epoch": 1.0, "val_error": 0.5})
    record = job.to_record()
    assert JobState.from_json(record.to_json()) == record
    assert (record.phase, record.progress, record.device, record.parameters) == ("running", 0.25, "CPU (1 thread)", 123)
    assert record.term == "Linear(conv1x1, relu)"


def test_prints_are_kept_but_not_without_end(job: Job) -> None:
    for _ in range(3):
        job._on_log("x" * 60_000)
    assert len(job.log) == 100_000


def test_seconds_run_while_the_job_does(job: Job) -> None:
    assert job.seconds == 0.0
    job._on_row(0, {})
    first = job.seconds
    time.sleep(0.02)
    assert job.seconds > first


def test_jupyter_shows_a_view_or_the_text(job: Job) -> None:
    assert job._repr_mimebundle_()
