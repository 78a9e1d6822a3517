"""What a training job is doing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nasviz.errors import StorageError
from nasviz.records.base import Record

JobPhase = Literal["waiting", "starting", "running", "done", "failed", "stopped"]


@dataclass(frozen=True)
class JobState(Record):
    """State of a job at one moment.

    Parameters
    ----------
    id
        Identity of the job.
    term
        Text of the architecture's term.
    phase
        waiting, starting, running, done, failed or stopped.
    progress
        Share done, in [0, 1].
    device
        Where it trains, e.g. "cpu", "cuda:0 (NVIDIA H100)".
    parameters
        Number of trainable parameters.
    estimate
        Expected seconds of the whole training, or None while unknown.
    seconds
        Wall time so far.
    reason
        Why it failed or was stopped, or "".
    traceback
        Traceback of the failure as text, or "".
    """

    id: str
    term: str
    phase: JobPhase
    progress: float = 0.0
    device: str = ""
    parameters: int = 0
    estimate: float | None = None
    seconds: float = 0.0
    reason: str = ""
    traceback: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.progress <= 1:
            raise StorageError(f"progress lies in [0, 1], found {self.progress}")
