"""What each operation of an architecture costs, as a table."""

from collections.abc import Sequence

import pandas as pd

from nasviz import numbers
from nasviz.records import CostRow

COLUMNS = ("position", "operator", "part", "input", "output", "parameters", "share", "FLOPs", "memory")


def cost_table(rows: Sequence[CostRow]) -> pd.DataFrame:
    """A table with one row for each operation, in the order of the forward pass.

    Parameters
    ----------
    rows
        Cost of each operation.

    Returns
    -------
        Columns "position" (tuple; empty for stem and head), "operator", "part", "input" and "output" (shapes without
        the batch), "parameters", "share" (of all parameters, 0 … 1), "FLOPs" (2 per multiply-add, one input) and "memory"
        (bytes of activations in float32, one input).

    Examples
    --------
    >>> table = cost_table([CostRow((0,), "conv", (3, 8, 8), (3, 8, 8), 84, 10368)])
    >>> int(table.parameters.sum()), table.share[0]
    (84, np.float64(1.0))
    """
    total = sum(row.parameters for row in rows)
    return pd.DataFrame(
        {
            "position": [row.position for row in rows],
            "operator": [row.operator for row in rows],
            "part": [row.part for row in rows],
            "input": [row.shape_in for row in rows],
            "output": [row.shape_out for row in rows],
            "parameters": [row.parameters for row in rows],
            "share": [row.parameters / total if total else 0.0 for row in rows],
            "FLOPs": [row.flops for row in rows],
            "memory": [row.memory for row in rows],
        },
        columns=list(COLUMNS),
    )


def cost_summary(rows: Sequence[CostRow]) -> str:
    """Totals in one line: "78 k parameters · 12 M FLOPs"."""
    parameters, flops = sum(row.parameters for row in rows), sum(row.flops for row in rows)
    return f"{numbers.parameters(parameters)} · {numbers.flops(flops)}"


def cost_cells(rows: Sequence[CostRow]) -> list[list[str]]:
    """The table as text for people, in the order of `COLUMNS`; (n, 9)."""
    total = sum(row.parameters for row in rows)
    return [
        [
            ".".join(map(str, row.position)),
            row.operator,
            row.part,
            numbers.shape(row.shape_in),
            numbers.shape(row.shape_out),
            numbers.prefixed(row.parameters),
            numbers.share(row.parameters / total if total else 0.0),
            numbers.prefixed(row.flops),
            numbers.prefixed(row.memory),
        ]
        for row in rows
    ]
