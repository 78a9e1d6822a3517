"""Whether a study that is stored is the one that somebody wants to go on with."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nasviz.algebra.arguments import shown
from nasviz.errors import NasvizError, NasvizWarning, StorageError
from nasviz.search.storage import StudyStorage, Timing

if TYPE_CHECKING:
    from nasviz.spaces import Architecture, SearchSpace

_TASK = ("input_shape", "num_classes", "stem", "head")


def open_study(
    url: str | None, name: str, space: SearchSpace, protocol: Mapping[str, Any], timing: Timing
) -> tuple[StudyStorage, StudyStorage | None]:
    """Make a study or go on with the one of this name; one whose grammar has changed goes on under the next free name.

    Parameters
    ----------
    url, name, timing
        See :class:`nasviz.search.study.Study`.
    space
        Where to search now.
    protocol
        Direction, seed and fingerprint of now, and what else is stored with a new study.

    Returns
    -------
    tuple
        The study, and the one of another grammar that it comes after, or None.

    Raises
    ------
    StorageError
        If direction, seed, task (input shape, classes, stem, head) or a setting of the objective differ; says what to type.

    Warns
    -----
    NasvizWarning
        If the objective's data have another digest.
    """
    before: StudyStorage | None = None
    for number in itertools.count(2):
        kept = StudyStorage.create(
            url, name if before is None else f"{name}-{number - 1}", space=space.to_json(), protocol=protocol, timing=timing
        )
        where = f"the study {kept.name!r} in {kept.where or 'memory'}"
        same = kept.fingerprint == protocol["fingerprint"]
        for key in ("direction", "seed") if same else ("direction",):
            begun, now = _told(kept.protocol, key), _told(protocol, key)
            if begun != now:
                raise StorageError(
                    f"{where} was begun with {key}={begun!r}, now {now!r} is wanted. "
                    f"Type {key}={begun!r} to go on, or take a new name"
                )
        _check_task(kept, space, where)
        _check_values(kept, protocol, where)
        if same:
            return kept, before
        before = kept
    raise AssertionError("names do not end")


def _told(protocol: Mapping[str, Any], key: str) -> Any:
    """What was said of a study: of several directions all."""
    return tuple(protocol["directions"]) if key == "direction" and protocol.get("directions") else protocol[key]


def check_task(arch: Architecture, space: SearchSpace) -> None:
    """Check that an architecture of another space is for the same task.

    Raises
    ------
    NasvizError
        If its input shape or number of classes differs from that of `space`; says what to type.
    """
    there, here = arch.space, space
    if (tuple(there.input_shape), there.num_classes) != (tuple(here.input_shape), here.num_classes):
        raise NasvizError(
            f"{there.name or 'the architecture'} takes input {tuple(there.input_shape)} and gives {there.num_classes} classes, "
            f"the study's space takes {tuple(here.input_shape)} and gives {here.num_classes}. "
            f"Make it for this task, e.g. nv.known.resnet20({tuple(here.input_shape)}, {here.num_classes})"
        )


def _check_task(kept: StudyStorage, space: SearchSpace, where: str) -> None:
    now = space.to_json()
    for key in _TASK:
        before = kept.space.get(key)
        if before != now[key]:
            names = [str(part["name"]) if isinstance(part, Mapping) else str(part) for part in (before, now[key])]
            raise StorageError(
                f"{where} was begun with {key} {names[0]}, now it is {names[1]}: the values would not compare. "
                f"Take a new name, e.g. name={kept.name + '-2'!r}"
            )


def _check_values(kept: StudyStorage, protocol: Mapping[str, Any], where: str) -> None:
    """Check that values will be made as those that are stored; what only one of them says of itself is not compared."""
    other = f"or take a new name, e.g. name={kept.name + '-2'!r}"
    before, now = (dict(told.get("settings") or {}) for told in (kept.protocol, protocol))
    for key in before:
        if key in now and before[key] != now[key]:
            raise StorageError(
                f"{where} was begun with an objective of {key}={shown(before[key])}, now it is {shown(now[key])}: the values "
                f"would not compare. Take {key}={shown(before[key])} to go on, {other}"
            )
    data = [str(told.get("data") or "") for told in (kept.protocol, protocol)]
    if data[0] != data[1] and all("sha256" in text for text in data):
        warnings.warn(
            f"{where} was begun on {data[0]}, the objective now has {data[1]}: values compare only if the examples are the "
            f"same. Go on if you know that they are, {other}",
            NasvizWarning,
            stacklevel=4,
        )
