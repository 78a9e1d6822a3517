"""Which objective of a study is looked at."""

from __future__ import annotations

from typing import Any

from nasviz.errors import NasvizError, a_or_an

Which = str | int | None
"""An objective of a study by its name, or its place counted from 0; None is the first."""


def seen_by(source: Any, objective: Which) -> Any:
    """Return a study as one of its objectives sees it.

    Parameters
    ----------
    source
        A study, or what has no objectives to choose from.
    objective
        Which one; None leaves `source` as it is.

    Raises
    ------
    NasvizError
        If the study has no such objective, or `source` is no study.
    """
    if objective is None:
        return source
    if not callable(getattr(source, "seen_by", None)):
        kind = a_or_an(type(source).__name__)
        raise NasvizError(f"objectives are those of a study; {kind} has none to choose from, so leave objective= out")
    return source.seen_by(objective)
