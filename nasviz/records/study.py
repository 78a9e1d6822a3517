"""A whole study as one record: to archive it, to cite it, to draw it where its storage is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nasviz.records.base import Record
from nasviz.records.trial import Trial


@dataclass(frozen=True)
class StudyRecord(Record):
    """What is known of a study.

    Parameters
    ----------
    name
        Its name in the storage.
    direction
        "minimize" or "maximize".
    space
        JSON form of its search space, see ``SearchSpace.to_json``.
    protocol
        How it was done: seed, strategy, objective, when it began.
    trials
        Its trials in the order of their numbers.
    """

    name: str
    direction: str
    space: dict[str, Any]
    protocol: dict[str, Any] = field(default_factory=dict)
    trials: tuple[Trial, ...] = ()
