"""What a training will be like, before it starts."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nasviz.errors import JobError, TrainingError
from nasviz.jobs.executor import LocalExecutor
from nasviz.jobs.payload import Packed
from nasviz.jobs.process import fair_threads, limited
from nasviz.jobs.training import Settings, time_training

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

__all__ = ["Plan", "plan"]

_planners: list[LocalExecutor] = []
_lock = threading.Lock()


@dataclass(frozen=True)
class Plan:
    """Where a training will run, how large the network is and how long it will take.

    Parameters
    ----------
    device
        Name that torch understands, e.g. "cpu", "cuda:0".
    device_name
        The device in words.
    parameters
        Number of trainable parameters.
    epochs
        Passes over the training set.
    seconds
        Expected wall time of the whole training on an otherwise idle machine, from a few timed steps; None if not asked for.
    """

    device: str
    device_name: str
    parameters: int
    epochs: int
    seconds: float | None = None

    def __str__(self) -> str:
        """Return the plan in one line.

        >>> str(Plan("cpu", "CPU (2 threads)", 12345, 20, 7.7))
        'CPU (2 threads) · 12,345 parameters · 20 epochs · about 8 s'
        """
        parts = [self.device_name, f"{self.parameters:,} parameters", f"{self.epochs} epoch{'s' * (self.epochs != 1)}"]
        if self.seconds is not None:
            parts.append(f"about {duration(self.seconds)}")
        return " · ".join(parts)


def duration(seconds: float) -> str:
    """Return a duration in words, to two digits or so.

    >>> duration(0.4), duration(75), duration(3 * 3600 + 120)
    ('0.4 s', '1 min 15 s', '3 h 2 min')
    """
    if seconds < 0.95:
        return f"{max(seconds, 0.1):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def plan(
    arch: Architecture,
    data: Sequence[Any],
    epochs: int = 20,
    device: str = "auto",
    *,
    batch_size: int = 64,
    optimizer: str = "sgd",
    estimate: bool = True,
) -> Plan:
    """Say what training `arch` will be like.

    Parameters
    ----------
    arch
        The architecture.
    data
        (train, val) or (train, val, test); datasets or arrays (X, y).
    epochs
        Passes over the training set, ≥ 1.
    device
        "auto" takes the best one present.
    batch_size
        Examples a step, ≥ 1.
    optimizer
        "sgd" (Nesterov, cosine) or "adam" (AdamW); the default is that of `nasviz.evaluation.training.fit`.
    estimate
        Whether to time a few steps of training, in a worker process of their own: some tenths of a second for a small
        network, some seconds for the first. Where the network does not survive them, `Plan.seconds` is None.

    Raises
    ------
    DataError
        If the data do not fit the architecture's space.
    ShapeError
        If the network cannot be built for the input's shape.
    TrainingError
        If a number makes no sense.
    """
    from nasviz.evaluation.data import check_data
    from nasviz.evaluation.device import describe, pick_device
    from nasviz.evaluation.training import check_numbers
    from nasviz.nn.cost import cost
    from nasviz.spaces.edited import expect_architecture

    expect_architecture(arch)
    check_numbers(epochs, batch_size, None, optimizer)
    parts = check_data(arch.space, data)
    place = pick_device(device)
    threads = limited(fair_threads(1))
    name = f"CPU ({threads} thread{'s' * (threads != 1)})" if place.type == "cpu" else describe(place)
    settings = Settings(epochs, str(place), batch_size=batch_size, optimizer=optimizer)
    seconds = _time(arch, Packed(parts[:2]), settings) if estimate else None
    return Plan(str(place), name, cost(arch).parameters, epochs, seconds)


def _time(arch: Architecture, data: Packed, settings: Settings) -> float | None:
    """Time some steps where a crash or a blocked core harms nobody."""
    with _lock:
        if not _planners or _planners[-1].closed:
            _planners[:] = [LocalExecutor()]
        planner = _planners[-1]
    try:
        return planner.submit(time_training, arch, data, settings).result()
    except (JobError, TrainingError):
        return None
