"""A small finite space for the digits of scikit-learn."""

from __future__ import annotations

from nasviz.spaces.space import SearchSpace, Shape

GRAMMAR = """\
# A small finite space for 8×8 digits: one cell, or a cell before and a cell behind the halving of the resolution.
start NET
NET  ::= Linear(CELL, down, CELL) | Linear(down, CELL) | Linear(CELL, CELL) | CELL
CELL ::= Linear(OP, OP) | Residual(OP, id, OP) | OP
OP   ::= conv3x3 | conv1x1 | dconv3x3 | avg_pool | id
"""


def digits_cells(input_shape: Shape = (1, 8, 8), num_classes: int = 10) -> SearchSpace:
    """Return a finite space of tiny networks whose accuracy on 8×8 digits differs visibly after a few epochs."""
    return SearchSpace(GRAMMAR, (), input_shape, num_classes, name="digits cells", source="nasviz, for teaching")
