"""One architecture drawn from one of several spaces that are compared."""

from __future__ import annotations

from dataclasses import dataclass

from nasviz.records.base import Record


@dataclass(frozen=True)
class Drawn(Record):
    """What is known of one draw.

    Parameters
    ----------
    space
        Name of its space in the comparison.
    number
        Of the draw in its space, from 0.
    term
        Text of the term.
    parameters, flops
        Of the whole network, FLOPs 2 per multiply-add; None where it cannot be built.
    depth
        Operations other than ``id`` on the longest path from input to output, stem and head left out; None where it cannot be
        built.
    reason
        Why it cannot be built, or "".
    value
        What the objective says of it, or None.
    failure
        Why there is no value though it was evaluated, or "".
    """

    space: str
    number: int
    term: str
    parameters: int | None = None
    flops: int | None = None
    depth: int | None = None
    reason: str = ""
    value: float | None = None
    failure: str = ""

    @property
    def builds(self) -> bool:
        """Whether the network can be built: its shapes fit."""
        return self.parameters is not None
