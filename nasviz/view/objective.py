"""Which objective of a study a figure is about, and what its values are called."""

from __future__ import annotations

from typing import Any

from nasviz.errors import NasvizError, a_or_an

Which = str | int | None
"""An objective by its name, or its place counted from 0; None is the first."""


def aimed(source: Any, objective: Which, value_name: str = "") -> tuple[Any, str]:
    """Return a study as one of its objectives sees it, and what its values are called in the figure.

    Parameters
    ----------
    source
        A study, or what has no objectives to choose from.
    objective
        Which one; None leaves the study as it is.
    value_name
        What the values are called; the objective's name where a study has several, else "value", when "".

    Raises
    ------
    NasvizError
        If the study has no such objective, or `source` is no study.
    """
    if objective is not None:
        if not callable(getattr(source, "seen_by", None)):
            kind = a_or_an(type(source).__name__)
            raise NasvizError(f"objectives are those of a study; {kind} has none to choose from, so leave objective= out")
        source = source.seen_by(objective)
    return source, value_name or getattr(source, "value_name", "") or "value"
