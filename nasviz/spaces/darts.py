"""DARTS (Liu et al. 2019): a normal and a reduction cell whose inputs are chosen."""

from __future__ import annotations

from nasviz.graph import ID
from nasviz.spaces.space import SearchSpace, Shape

NET = """\
# DARTS (Liu et al. 2019): a normal cell in six places, a reduction cell in two. Numbers say where an operation begins:
# 0 and 1 are the two projections of the cell's input, 2 to 4 the nodes before.
start NET
NET ::= Linear(conv2d(64, 3, 1), batch, NORMAL, NORMAL, REDUCE, NORMAL, NORMAL, REDUCE, NORMAL, NORMAL, fc)
"""

CELLS = """\
shared NORMAL ::= NormalCell(narrow(4, 1), narrow(4, 1), OP, 0, OP, 1, OP, IN3, OP, IN3, OP, IN4, OP, IN4, OP, IN5, OP, IN5)
shared REDUCE ::= ReductionCell(narrow(2, 2), narrow(2, 2), OP, 0, OP, 1, OP, IN3, OP, IN3, OP, IN4, OP, IN4, OP, IN5, OP, IN5)
IN3 ::= 0 | 1 | 2
IN4 ::= 0 | 1 | 2 | 3
IN5 ::= 0 | 1 | 2 | 3 | 4
OP  ::= sep_conv3x3 | sep_conv5x5 | dil_conv3x3 | dil_conv5x5 | max_pool | avg_pool | id
require ordered_inputs
"""

SOURCE = "Liu et al. 2019, DARTS: Differentiable Architecture Search"

BIBTEX = """\
@inproceedings{liu2019darts,
  title     = {{DARTS}: Differentiable Architecture Search},
  author    = {Liu, Hanxiao and Simonyan, Karen and Yang, Yiming},
  booktitle = {International Conference on Learning Representations},
  year      = {2019}
}
"""


def darts(input_shape: Shape = (3, 32, 32), num_classes: int = 10) -> SearchSpace:
    """Return the space of DARTS: (180 · 7⁸)² = 10^18.032 pairs of cells, terms and derivations alike.

    Each of four nodes in a cell sums two operations that begin at two different earlier nodes: (2 over 2) · (3 over 2) ·
    (4 over 2) · (5 over 2) = 180 choices of inputs, and one of seven operations for each: 1,037,664,180 cells. ``require
    ordered_inputs`` writes each pair of inputs in one way.

    As in the search of the publication there are eight cells, of which the third and the sixth halve the resolution and double
    the channels. Two things are simpler: both inputs of a cell are projections of the output of the cell before it, where the
    publication takes the second from the cell before that; and a reduction cell halves in these projections.

    Parameters
    ----------
    input_shape, num_classes
        The task; the term is the whole network, there is no stem before it.

    Examples
    --------
    >>> darts().count() == (180 * 7**8) ** 2
    True
    """
    return SearchSpace(NET + CELLS, (), input_shape, num_classes, stem=ID, name="DARTS", source=SOURCE, bibtex=BIBTEX)
