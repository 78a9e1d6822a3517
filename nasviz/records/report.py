"""What a report of a search is written from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nasviz.records.base import Record
from nasviz.records.study import StudyRecord


@dataclass(frozen=True)
class StudyReport(Record):
    """A search with what is needed to judge, repeat and cite it.

    Parameters
    ----------
    study
        The search.
    confirmations
        JSON forms of what the best gave with other seeds on other data, see ``Study.confirm``.
    lessons
        In words what was known from other studies, one text for each.
    written
        When the report was written, ISO 8601.
    versions
        Names to versions of what wrote it.
    """

    study: StudyRecord
    confirmations: tuple[dict[str, Any], ...] = ()
    lessons: tuple[str, ...] = ()
    written: str = ""
    versions: dict[str, str] = field(default_factory=dict)
