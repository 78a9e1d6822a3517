"""The sorts of operands: what may stand where in a term."""

from __future__ import annotations

from enum import StrEnum


class Sort(StrEnum):
    """What a term denotes: a map between tensors, a merge of several tensors, a whole number or a real one."""

    MAP = "map"
    MERGE = "merge"
    INT = "int"
    FLOAT = "float"
