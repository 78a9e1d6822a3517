"""A detached job outlives the process that started it and is found again."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from nasviz.errors import JobError, StorageError
from nasviz.jobs import Job, attach, list_jobs, train
from nasviz.jobs.detached import Follower
from nasviz.jobs.folder import JobFolder
from nasviz.jobs.planning import Plan
from nasviz.jobs.process import environment
from nasviz.jobs.protocol import Frame, pack_rows
from nasviz.jobs.training import Settings
from nasviz.spaces import Architecture

PARENT = """
import sys, time
import numpy as np
from nasviz.jobs import train
from nasviz.spaces import parse
arch = parse("Linear(conv1x1, relu)", input_shape=(1, 4, 4), num_classes=3)
y = np.arange(48) % 3
part = (np.zeros((48, 1, 4, 4)) + y[:, None, None, None], y)
job = train(arch, (part, part), epochs=40, device="cpu", batch_size=4, detach=True, folder=sys.argv[1], estimate=False)
print(job.id, flush=True)
time.sleep(100)
"""


@pytest.fixture
def job(arch: Architecture) -> Job:
    return Job("id-1", str(arch), Plan("cpu", "CPU", 5, 2), Settings(epochs=2), lambda: arch)


@pytest.fixture
def folder(arch: Architecture, tmp_path: Path) -> JobFolder:
    made = JobFolder(tmp_path / "job")
    made.create("id-1", arch, Plan("cpu", "CPU", 5, 2), Settings(epochs=2))
    return made


def test_a_follower_tells_the_job_what_the_worker_wrote(job: Job, folder: JobFolder) -> None:
    follower = Follower(job, folder)
    folder.append(Frame("ready", 0, {"pid": os.getpid(), "born": psutil.Process().create_time()}))
    folder.append(Frame("started", 1, {"pid": os.getpid()}))
    follower.look()
    assert job.state == "starting"
    rows = pack_rows([(0, {}), (4, {"epoch": 1.0, "seconds": 0.5, "val_error": float("nan")})])
    folder.append(Frame("report", 1, {"rows": rows}))
    follower.look()
    assert (job.state, job.progress, len(job.history)) == ("running", 0.5, 1)
    folder.write_weights(b"w")
    folder.append(Frame("result", 1, {"stopped": True, "seconds": 0.7}))
    follower.look()
    assert (job.state, job.seconds, job.error) == ("stopped", 0.7, "stopped by command")


def test_a_worker_that_died_fails_its_job_with_its_last_words(job: Job, folder: JobFolder) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    born = psutil.Process(dead.pid).create_time()
    dead.wait()
    folder.output.write_text("Killed\n", encoding="utf-8")
    folder.append(Frame("ready", 0, {"pid": dead.pid, "born": born}))
    Follower(job, folder).look()
    assert job.state == "failed"
    assert job.error.startswith("the worker process ended without a result")
    assert job.error.endswith("its last words:\n    Killed")


def test_a_worker_that_ends_while_it_is_looked_at_does_not_end_the_follower(job: Job, folder: JobFolder) -> None:
    class Leaving(psutil.Process):
        def status(self) -> Any:
            raise psutil.NoSuchProcess(self.pid)

    folder.append(Frame("started", 1, {"pid": os.getpid()}))
    follower = Follower(job, folder)
    follower._process = Leaving()
    follower.start()
    assert job.wait(60).state == "failed"


def test_another_process_with_the_same_number_is_not_the_worker(job: Job, folder: JobFolder) -> None:
    folder.append(Frame("ready", 0, {"pid": os.getpid(), "born": 1.0}))
    follower = Follower(job, folder)
    follower.look()
    assert job.state == "failed"
    follower.stop(0.0)
    assert psutil.pid_exists(os.getpid())


@pytest.mark.skipif(os.name != "posix", reason="sleep")
def test_what_does_not_answer_is_ended_with_its_children(job: Job, folder: JobFolder) -> None:
    text = "import subprocess; print(subprocess.Popen(['sleep', '100']).pid, flush=True); input()"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", text], stdin=pipe, stdout=pipe, text=True) as worker:
        assert worker.stdout is not None
        child = psutil.Process(int(worker.stdout.readline()))
        folder.append(Frame("ready", 0, {"pid": worker.pid, "born": psutil.Process(worker.pid).create_time()}))
        follower = Follower(job, folder)
        follower.look()
        follower.stop(0.0)
        assert job.wait(10).error == "stopped: it did not answer in time and was ended"
    deadline = time.monotonic() + 60
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the child lives on"
        time.sleep(0.01)


def test_an_error_is_told_with_its_traceback(job: Job, folder: JobFolder) -> None:
    folder.append(Frame("error", 1, {"type": "ValueError", "message": "no", "traceback": "in f"}))
    Follower(job, folder).look()
    assert (job.state, job.error, job.traceback) == ("failed", "no", "in f")


def test_a_folder_with_nonsense_fails_the_job(job: Job, folder: JobFolder) -> None:
    (folder.path / "state.jsonl").write_text("nonsense\n", encoding="utf-8")
    Follower(job, folder).look()
    assert job.error.startswith("the job's folder cannot be read: a worker's message is not JSON")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_the_job_outlives_its_parent_and_is_found_again(home: Path) -> None:
    home.mkdir()
    command = [sys.executable, "-c", PARENT, str(home / "one")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(1)) as parent:
        assert parent.stdout is not None
        identity = parent.stdout.readline().strip()
        parent.kill()
    (job,) = [job for job in list_jobs() if job.id == identity]
    assert not job.finished
    assert job.folder == home / "one"
    assert job.wait(150).state == "done", job.error
    assert len(job.history) == 40
    assert job.model is not None
    assert attach(home / "one") is job
    names = {path.name for path in (home / "one").iterdir()}
    assert names == {"job.json", "state.jsonl", "weights.safetensors", "output.txt"}
    assert b"cloudpickle" not in b"".join(path.read_bytes() for path in (home / "one").iterdir())


@pytest.mark.slow
def test_a_detached_job_is_stopped_by_command(arch: Architecture, data: Any, home: Path) -> None:
    job = train(arch, data, epochs=100_000, device="cpu", detach=True, estimate=False)
    assert job.folder == home / job.id
    deadline = time.monotonic() + 60
    while job.state != "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    job.stop()
    assert (job.wait(30).state, job.error) == ("stopped", "stopped by command")
    assert job.model is not None


@pytest.mark.slow
def test_several_get_numbered_folders_and_own_operators_are_asked_for(bad_arch: Any, data: Any, tmp_path: Path) -> None:
    arch = bad_arch(lambda x: x)
    jobs = train([arch], data, epochs=1, device="cpu", detach=True, folder=tmp_path / "many", estimate=False)
    assert jobs[0].folder == tmp_path / "many" / "0"
    assert jobs[0].wait(150).state == "done", jobs[0].error
    from nasviz.jobs import start

    start._jobs.pop(jobs[0].id)
    found = attach(tmp_path / "many" / "0")
    assert (found.state, len(found.history)) == ("done", 1)
    with pytest.raises(StorageError, match="bad"):
        _ = found.model
    own = [operator for operator in arch.term.operators if operator.name == "bad"]
    assert attach(tmp_path / "many" / "0", operators=own).model is not None


def test_what_does_not_start_is_said(arch: Architecture, data: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from nasviz.jobs import process

    monkeypatch.setattr(process.sys, "executable", "/nowhere/python")
    with pytest.raises(JobError, match="could not be started"):
        train(arch, data, detach=True, device="cpu", folder=tmp_path / "x")


def test_no_job_is_found_where_there_is_none(home: Path) -> None:
    with pytest.raises(JobError, match=r"is not the folder of a job: it has no job\.json"):
        attach("20260101-000000-nothing")
