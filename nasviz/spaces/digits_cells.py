"""A small finite space for the digits of scikit-learn."""

from __future__ import annotations

from nasviz.spaces.space import SearchSpace, Shape

GRAMMAR = """\
# A small finite space for 8×8 digits: one cell or two, and in one draw of five the halving of the resolution.
start NET
NET  ::= Linear(CELL, CELL) [0.5] | CELL [0.3] | Linear(CELL, down) [0.1] | Linear(CELL, down, CELL) [0.1]
CELL ::= Linear(OP, OP) | Residual(OP, id, OP) | OP
OP   ::= conv3x3 | conv1x1 | dconv3x3 | avg_pool | id
"""


def digits_cells(input_shape: Shape = (1, 8, 8), num_classes: int = 10) -> SearchSpace:
    """Return a finite space of tiny networks (at most 40,000 parameters) whose accuracies differ visibly.

    What an architecture can learn varies by three things: how far it sees (no 3×3 operation up to five), what it can compute
    (`avg_pool` and `id` learn nothing; a convolution mixes channels) and whether `down` doubles the width. `down` is rare
    on purpose: one draw in five has it, so a search has something to find. There is no ``zero``, every term can be built.

    On scikit-learn's digits, after 4 epochs, validation errors run from 0.01 to 0.66, and two seeds rank 30 random
    architectures alike (Kendall's τ about 0.85): the objective has a spread that is worth searching on. After one epoch it
    has not.

    Examples
    --------
    >>> digits_cells().count()
    6135
    """
    return SearchSpace(GRAMMAR, (), input_shape, num_classes, name="digits cells", source="nasviz, for teaching")
