"""Hierarchical NAS-Bench-201 (Schrodi et al. 2023)."""

from __future__ import annotations

from nasviz.algebra.arguments import flag
from nasviz.spaces.operators import bn_relu_pool_linear, plain_conv1x1, plain_conv3x3
from nasviz.spaces.space import SearchSpace, Shape

MACRO = """\
start D2
D2    ::= Linear(D1, D1, D0) | Linear(D0, D1, D1) | Linear(D1, D1, D0, D0)
D1    ::= Linear(C, C, DOWN) | Linear(C, C, C, DOWN) | Residual3(C, C, DOWN, DOWN)
D0    ::= Linear(C, C, CELL) | Linear(C, C, C, CELL) | Residual3(C, C, CELL, CELL)
DOWN  ::= Linear(CELL, down) | Linear(CELL, CELL, down) | Residual2(CELL, down, down)
C     ::= Linear(CELL, CELL) | Linear(CELL, CELL, CELL) | Residual2(CELL, CELL, CELL)
"""

BLOCKS = """\
CELL  ::= Cell(OP, OP, OP, OP, OP, OP)
OP    ::= id | zero | BLOCK | BLOCK | avg_pool
BLOCK ::= Linear(ACT, CONV, NORM)
ACT   ::= relu | hardswish | mish
CONV  ::= conv3x3 | conv1x1 | dconv3x3
NORM  ::= batch | instance | layer
"""

GRAMMAR = f"""\
# Hierarchical NAS-Bench-201 (Schrodi et al. 2023). D2, D1 and D0 halve the resolution 2, 1 and 0 times.
# BLOCK stands twice in OP, as in the released file: it doubles the probability, and counts as derivations only.
{MACRO}{BLOCKS}"""

SOURCE = "Schrodi et al. 2023, Construction of Hierarchical Neural Architecture Search Spaces based on Context-free Grammars"

BIBTEX = """\
@inproceedings{schrodi2023construction,
  title     = {Construction of Hierarchical Neural Architecture Search Spaces based on Context-free Grammars},
  author    = {Schrodi, Simon and Stoll, Danny and Ru, Binxin and Sukthanker, Rhea and Brox, Thomas and Hutter, Frank},
  booktitle = {Advances in Neural Information Processing Systems},
  year      = {2023}
}
"""


def hierarchical_nb201(input_shape: Shape = (3, 32, 32), num_classes: int = 10, *, connected: bool = False) -> SearchSpace:
    """Return hierarchical NAS-Bench-201: 10^375.85 distinct terms, 10^446.09 derivations.

    The convolutions stand alone (activation and normalisation are operators of their own), `dconv3x3` is depthwise only.
    The stem is a 3×3 convolution to 16 channels; the head is normalisation, ReLU, global average and a linear layer.
    A cell may be cut by ``zero``: about one draw in five has no path from input to output and cannot be built.

    Parameters
    ----------
    input_shape, num_classes
        The task.
    connected
        Every cell keeps a path from its input to its output: ``require connected``, as the published search has it. By default
        cut cells count, so that the published 10^446.09 is what is counted; with the constraint 10^446.0925.

    Examples
    --------
    >>> space = hierarchical_nb201(input_shape=(3, 32, 32), num_classes=10)
    >>> len(str(space.count())), len(str(space.count("derivations")))
    (376, 447)
    """
    return SearchSpace(
        GRAMMAR + "require connected\n" if flag(connected, "connected") else GRAMMAR,
        (plain_conv1x1, plain_conv3x3),
        input_shape,
        num_classes,
        head=bn_relu_pool_linear,
        name="hierarchical NAS-Bench-201",
        source=SOURCE,
        bibtex=BIBTEX,
    )
