"""Which objective of a study a figure is about, and what its values are called."""

from __future__ import annotations

from typing import Any

from nasviz.records import Which, seen_by


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
    source = seen_by(source, objective)
    return source, value_name or getattr(source, "value_name", "") or "value"
