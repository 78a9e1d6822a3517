"""What a position of an architecture costs."""

from __future__ import annotations

from dataclasses import dataclass

from nasviz.records.base import Record


@dataclass(frozen=True)
class CostRow(Record):
    """Cost of the operation at one position, for one input.

    Parameters
    ----------
    position
        Child indices from the root of the term; stem and head have none and are named by `part`.
    operator
        Name of the operator.
    shape_in, shape_out
        Shapes without the batch, e.g. (16, 32, 32).
    parameters
        Number of trainable parameters.
    flops
        Floating-point operations of one forward pass, 2 for a multiply-add.
    part
        "stem", "body" or "head".
    memory
        Bytes of what its layers give out, float32, for one input.
    """

    position: tuple[int, ...]
    operator: str
    shape_in: tuple[int, ...]
    shape_out: tuple[int, ...]
    parameters: int
    flops: int
    part: str = "body"
    memory: int = 0
