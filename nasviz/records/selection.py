"""A selection: the architecture and the position in it that people point at."""

from __future__ import annotations

from dataclasses import dataclass

from nasviz.errors import StorageError
from nasviz.records.base import Record


@dataclass(frozen=True)
class Selection(Record):
    """What is selected.

    Parameters
    ----------
    architecture
        Key of the architecture (``Architecture.key``).
    position
        Child indices from the root of its term; ``()`` selects the whole.

    Raises
    ------
    StorageError
        If a child index is negative.
    """

    architecture: str
    position: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if any(k < 0 for k in self.position):
            raise StorageError(f"a position holds child indices from 0, found {self.position}")
