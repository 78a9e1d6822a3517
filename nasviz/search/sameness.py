"""Whether a study that is stored is the one that somebody wants to go on with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nasviz.errors import NasvizError, StorageError

if TYPE_CHECKING:
    from nasviz.search.storage import StudyStorage
    from nasviz.spaces import SearchSpace

_TASK = ("input_shape", "num_classes", "stem", "head")


def check_same(kept: StudyStorage, space: SearchSpace, protocol: Mapping[str, Any]) -> None:
    """Compare a stored study with what is wanted now.

    Parameters
    ----------
    kept
        The study.
    space
        Where to search now.
    protocol
        Direction, seed and fingerprint of now.

    Raises
    ------
    StorageError
        If direction, seed, grammar or task (input shape, classes, stem, head) differ; says what to type.
    """
    where = f"the study {kept.name!r} in {kept.where or 'memory'}"
    for key in ("direction", "seed"):
        if kept.protocol[key] != protocol[key]:
            raise StorageError(
                f"{where} was begun with {key}={kept.protocol[key]!r}, now {protocol[key]!r} is wanted. "
                f"Type {key}={kept.protocol[key]!r} to go on, or take a new name"
            )
    if kept.fingerprint == protocol["fingerprint"]:
        _check_task(kept, space, where)
        return
    trials = kept.trials()
    still = sum(1 for trial in trials if _derives(space, trial.term))
    raise StorageError(
        f"{where} was begun with another grammar. Its {len(trials)} trials are kept, and {still} of them belong to the new "
        f"grammar too. Take a new name for the new grammar, e.g. name={kept.name + '-2'!r}, "
        f"or look at the old one with nv.load_study({kept.where!r}, {kept.name!r})"
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


def _derives(space: SearchSpace, term: str) -> bool:
    try:
        space.parse(term)
    except NasvizError:
        return False
    return True
