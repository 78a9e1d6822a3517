"""How long an architecture takes on a device."""

from __future__ import annotations

from dataclasses import dataclass

from nasviz.records.base import Record


@dataclass(frozen=True)
class Latency(Record):
    """Time of one forward pass in evaluation mode, measured.

    Parameters
    ----------
    device
        In words, e.g. "CPU (1 thread)", "GPU (NVIDIA H100)".
    batch
        Number of examples in one pass.
    repeats
        How many passes were timed.
    median, lower, upper
        Median and quartiles of the times, seconds.
    """

    device: str
    batch: int
    repeats: int
    median: float
    lower: float
    upper: float

    def __str__(self) -> str:
        """Return the record for people: "2.1 ms (2.0 … 2.3) on CPU (1 thread), batch 1, 30 passes"."""
        lower, median, upper = (f"{1e3 * x:.3g}" for x in (self.lower, self.median, self.upper))
        return f"{median} ms ({lower} … {upper}) on {self.device}, batch {self.batch}, {self.repeats} passes"
