"""Starting jobs, listing them, finding detached ones again."""

from __future__ import annotations

import operator
import secrets
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, cast, overload

from nasviz.algebra.arguments import file_path, shown
from nasviz.errors import JobError, TrainingError, a_or_an, said
from nasviz.jobs.detached import Follower, launch
from nasviz.jobs.executor import LocalExecutor
from nasviz.jobs.folder import JobFolder, data_folder
from nasviz.jobs.job import Job
from nasviz.jobs.payload import Packed, pack
from nasviz.jobs.planning import Plan, plan
from nasviz.jobs.process import fair_threads
from nasviz.jobs.training import Settings, Trained, run_training

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["attach", "list_jobs", "train"]

_lock = threading.Lock()
_queues: dict[str, LocalExecutor] = {}
_jobs: dict[str, Job] = {}


class _Options(TypedDict, total=False):
    batch_size: int
    lr: float | None
    optimizer: str
    keep_best: bool
    estimate: bool
    detach: bool
    folder: str | Path | None


@overload
def train(
    archs: Architecture,
    data: Sequence[Any],
    epochs: int = ...,
    device: str = ...,
    seed: int = ...,
    **options: Unpack[_Options],
) -> Job: ...


@overload
def train(
    archs: Sequence[Architecture],
    data: Sequence[Any],
    epochs: int = ...,
    device: str = ...,
    seed: int = ...,
    **options: Unpack[_Options],
) -> list[Job]: ...


def train(
    archs: Architecture | Sequence[Architecture],
    data: Sequence[Any],
    epochs: int = 20,
    device: str = "auto",
    seed: int = 0,
    *,
    batch_size: int = 64,
    lr: float | None = None,
    optimizer: str = "sgd",
    keep_best: bool = False,
    estimate: bool = True,
    detach: bool = False,
    folder: str | Path | None = None,
) -> Job | list[Job]:
    """Train one or several architectures in a worker process; returns at once.

    Jobs on the same device run one after another. A crash or a loss that is not finite fails the job and nothing else.

    Parameters
    ----------
    archs
        An architecture, or several.
    data
        (train, val) or (train, val, test), the last unused; datasets or arrays (X, y), e.g. ``nv.data.digits()``.
    epochs
        Passes over the training set, ≥ 1.
    device
        "auto" takes the best one present.
    seed
        Of the weights at the start and the order of the examples.
    batch_size
        Examples a step, ≥ 1.
    lr
        Learning rate at the start; None is the optimiser's default.
    optimizer
        "sgd" (Nesterov, cosine) or "adam" (AdamW); the default is that of `nasviz.evaluation.training.fit`.
    keep_best
        Keep the weights of the best epoch on the validation set instead of the last.
    estimate
        Whether the worker times a few steps first, so that `Job.plan` says how long it will take when it begins.
    detach
        Let the job outlive this process; `list_jobs` and `attach` find it again. Detached jobs do not wait for others.
    folder
        For a detached job: its folder, which must not exist yet; the default is one in the user's data folder. Several
        architectures get numbered folders inside.

    Returns
    -------
    Job or list of Job

    Raises
    ------
    DataError
        If the data do not fit the architecture's space.
    ShapeError, BuildError
        If a network cannot be built.
    TrainingError
        If a number makes no sense.
    JobError
        If `archs` is something else, the folder exists, or something cannot be sent to a worker.

    Examples
    --------
    >>> import nasviz as nv                                                       # doctest: +SKIP
    >>> job = nv.train(nv.spaces.digits_cells().sample(seed=0), nv.data.digits()) # doctest: +SKIP
    >>> job.wait().model(torch.zeros(1, 1, 8, 8)).shape                           # doctest: +SKIP
    torch.Size([1, 10])
    """
    from nasviz.evaluation.data import as_parts, check_data
    from nasviz.evaluation.training import check_numbers
    from nasviz.spaces import Architecture

    if folder is not None and not detach:
        raise JobError("folder= belongs to detach=True; other jobs keep their weights in memory, see job.export")
    several = isinstance(archs, Sequence) and not isinstance(archs, str)
    chosen = list(cast("Sequence[Architecture]", archs)) if several else [cast("Architecture", archs)]
    for arch in chosen:
        if not isinstance(arch, Architecture):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise JobError(f"expected an Architecture or several, found {a_or_an(type(arch).__name__)}; see space.parse(text)")
    base = None if folder is None else file_path(folder, "jobs")
    check_numbers(epochs, batch_size, lr, optimizer)
    seed = _seed(seed)
    parts = as_parts(data)
    for arch in chosen:
        check_data(arch.space, parts)
    packed = Packed(parts[:2])
    jobs: list[Job] = []
    for number, arch in enumerate(chosen):
        found = plan(arch, parts, epochs, device, batch_size=batch_size, optimizer=optimizer, estimate=False)
        settings = Settings(epochs, found.device, seed, batch_size, lr, optimizer, keep_best, estimate)
        place = base / str(number) if base is not None and several else base
        jobs.append(_start_detached(arch, packed, found, settings, place) if detach else _start(arch, packed, found, settings))
    return jobs if several else jobs[0]


def _seed(seed: Any) -> int:
    try:
        return operator.index(seed)
    except TypeError:
        raise TrainingError(f"seed must be a whole number, found {shown(seed)}") from None


def list_jobs(folder: str | Path | None = None) -> list[Job]:
    """Return the jobs of this session and the detached ones of earlier sessions, oldest first.

    Parameters
    ----------
    folder
        Where to look for detached jobs; the default is the user's data folder.
    """
    base = data_folder() if folder is None else file_path(folder, "jobs")
    for path in sorted(base.glob("*/job.json")):
        try:
            _attach(path.parent, ())
        except JobError:
            continue
    with _lock:
        return sorted(_jobs.values(), key=lambda job: job.id)


def attach(job: str | Path, operators: Sequence[Any] = ()) -> Job:
    """Find a detached job again, running or finished.

    Parameters
    ----------
    job
        Its id, or its folder.
    operators
        The operators of one's own that its space uses; needed only for `Job.arch`, `Job.model` and `Job.export`.

    Raises
    ------
    JobError
        If there is none.
    """
    if not isinstance(job, str | Path):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise JobError(f"a job is found by its id or its folder, a text, found {shown(job)}; nv.list_jobs() lists them")
    path = Path(job)
    if not (path / "job.json").exists():
        path = data_folder() / str(job)
    return _attach(path, operators)


def _attach(path: Path, operators: Sequence[Any]) -> Job:
    from nasviz.spaces import Architecture

    folder = JobFolder(path)
    found = folder.describe()
    with _lock:
        known = _jobs.get(found["id"])
    if known is not None and not operators:
        return known
    try:
        plan, settings = Plan(**found["plan"]), Settings(**found["settings"])
    except TypeError as error:
        raise JobError(f"{path} describes a job of another version: {error}") from error

    def find_arch() -> Architecture:
        return Architecture.from_json(found["arch"], operators=operators)

    return _follow(Job(found["id"], found["term"], plan, settings, find_arch), folder)


def _follow(job: Job, folder: JobFolder) -> Job:
    job.folder = folder.path
    follower = Follower(job, folder)
    job._stopper = follower.stop
    follower.look()
    if not job.finished:
        follower.start()
    with _lock:
        _jobs[job.id] = job
    return job


def _new_job(arch: Architecture, found: Plan, settings: Settings) -> Job:
    return Job(f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}", str(arch), found, settings, lambda: arch)


def _start_detached(arch: Architecture, packed: Packed, found: Plan, settings: Settings, place: Path | None) -> Job:
    job = _new_job(arch, found, settings)
    folder = JobFolder(data_folder() / job.id if place is None else place)
    blobs = pack((run_training, (arch, packed, settings), {}, True))
    folder.create(job.id, arch, found, settings)
    launch(folder, sys.path, blobs, fair_threads(1))
    return _follow(job, folder)


def _start(arch: Architecture, packed: Packed, found: Plan, settings: Settings) -> Job:
    job = _new_job(arch, found, settings)
    with _lock:
        executor = _queues.get(settings.device)
        if executor is None or executor.closed:
            executor = _queues[settings.device] = LocalExecutor()
        _jobs[job.id] = job
    future = executor.submit_reporting(
        run_training,
        arch,
        packed,
        settings,
        on_report=job._on_row,
        on_log=job._on_log,
        on_start=job._on_start,
    )
    job._stopper = lambda grace: executor.cancel_running(future, grace)
    future.add_done_callback(lambda future: _settle(job, future))
    return job


def _settle(job: Job, future: Future[Trained]) -> None:
    if future.cancelled():
        job._settle("stopped", error="stopped before it began")
        return
    error = future.exception()
    if error is None:
        trained = future.result()
        state, reason = ("stopped", "stopped by command") if trained.stopped else ("done", "")
        job._settle(state, error=reason, weights=trained.weights, seconds=trained.seconds)
    elif job._asked_to_stop:
        job._settle("stopped", error=str(error))
    else:
        cause = error.__cause__
        job._settle("failed", error=said(error, name=False), traceback=str(cause) if cause else "")
