"""Rows of any kind as a table of pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd


def frame(rows: Sequence[Mapping[str, Any]], index: str) -> pd.DataFrame:
    """Return rows as a table, in their order.

    Parameters
    ----------
    rows
        One mapping for each row, all with the same columns in the same order.
    index
        The column by which rows are called.

    Examples
    --------
    >>> table = frame([{"name": "conv", "parameters": 84}, {"name": "id", "parameters": 0}], "name")
    >>> int(table.parameters["conv"])
    84
    """
    columns = list(rows[0]) if rows else [index]
    return pd.DataFrame([[row[column] for column in columns] for row in rows], columns=columns).set_index(index)
