"""Warm start: what another study found out is known from the beginning, and does not count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nasviz.errors import NasvizError, said
from nasviz.records import Record, StudyRecord, Trial

if TYPE_CHECKING:
    from nasviz.search.reading import StudyReader
    from nasviz.spaces import SearchSpace

_NAMED = 5


@dataclass(frozen=True)
class Left(Record):
    """A trial that was not taken over: its number in the other study, its term, and why."""

    number: int
    term: str
    reason: str


@dataclass(frozen=True)
class Lessons(Record):
    """What was taken over from another study.

    Parameters
    ----------
    source
        Name of that study.
    trials
        Its trials with a value whose terms this study's grammar derives, by their numbers there.
    left
        Those that it does not derive.
    without_value
        How many of its trials had no value to learn from.
    remark
        What differs between the studies besides, or "".
    """

    source: str
    trials: tuple[Trial, ...] = ()
    left: tuple[Left, ...] = ()
    without_value: int = 0
    remark: str = ""

    def __str__(self) -> str:
        n = len(self.trials)
        known = "trial of the study {!r} is known here and does" if n == 1 else "trials of the study {!r} are known here and do"
        parts = [f"{n} {known.format(self.source)} not count"]
        if self.left:
            named = ", ".join(f"trial {t.number} {t.term:.60}" for t in self.left[:_NAMED])
            more = f" and {len(self.left) - _NAMED} more" if len(self.left) > _NAMED else ""
            verb = "does" if len(self.left) == 1 else "do"
            parts.append(f"{len(self.left)} {verb} not derive from this grammar: {named}{more}")
        if self.without_value:
            parts.append(f"{self.without_value} had no value")
        return "; ".join([*parts, *([self.remark] if self.remark else [])])


def lessons(space: SearchSpace, direction: str, other: StudyReader | StudyRecord, known: Iterable[str] = ()) -> Lessons:
    """Return what a study of `space` can learn from another one.

    Parameters
    ----------
    space, direction
        Of the study that learns.
    other
        A study, or its record.
    known
        Terms that are known already; they are left out.

    Raises
    ------
    NasvizError
        If `other` is no study, or looks for the opposite.
    """
    record = other if isinstance(other, StudyRecord) else _record(other)
    if record.direction != direction:
        raise NasvizError(
            f"the study {record.name!r} looks for what is to {record.direction}, this one {direction}s: "
            "their values mean the opposite, so nothing can be learned from it"
        )
    seen = set(known)
    kept: list[Trial] = []
    left: list[Left] = []
    usable = [trial for trial in record.trials if trial.usable]
    for trial in usable:
        if trial.term in seen:
            continue
        seen.add(trial.term)
        try:
            term = str(space.parse(trial.term))
        except NasvizError as error:
            left.append(Left(trial.number, trial.term, said(error, name=False).splitlines()[0]))
            continue
        where = f"known from the study {record.name!r}, trial {trial.number}"
        kept.append(
            replace(trial, term=term, fingerprint=space.fingerprint, proposed_by=where, curve=(), belief=None, baseline="")
        )
    return Lessons(record.name, tuple(kept), tuple(left), len(record.trials) - len(usable), _remark(space, record))


def _record(other: StudyReader) -> StudyRecord:
    if not hasattr(other, "to_record"):
        raise NasvizError(f"warm_start is {other!r:.60}, expected a study: nv.load_study(storage, name)")
    record = other.to_record()
    return replace(
        record, trials=(*other.known, *(trial for trial in record.trials if trial.fingerprint == other.storage.fingerprint))
    )


def _remark(space: SearchSpace, record: StudyRecord) -> str:
    shape, classes = record.space.get("input_shape"), record.space.get("num_classes")
    if (shape, classes) == (list(space.input_shape), space.num_classes):
        return ""
    return f"that study had input {shape} and {classes} classes, this one {list(space.input_shape)} and {space.num_classes}"
