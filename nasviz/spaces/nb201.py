"""NAS-Bench-201 (Dong & Yang 2020)."""

from __future__ import annotations

from nasviz.spaces.operators import bn_relu_pool_linear
from nasviz.spaces.space import SearchSpace, Shape

GRAMMAR = """\
# NAS-Bench-201 (Dong & Yang 2020): a fixed macro architecture of 15 equal cells. A convolution is ReLU-Conv-BN.
start D2
D2   ::= Linear(D1, D1, D0)
D1   ::= Linear(C, C, DOWN)
D0   ::= Linear(C, C, CELL)
DOWN ::= Linear(CELL, down)
C    ::= Linear(CELL, CELL)
shared CELL ::= Cell(OP, OP, OP, OP, OP, OP)
OP   ::= id | zero | conv3x3 | conv1x1 | avg_pool
"""

SOURCE = "Dong & Yang 2020, NAS-Bench-201: Extending the Scope of Reproducible Neural Architecture Search"

BIBTEX = """\
@inproceedings{dong2020nasbench201,
  title     = {{NAS-Bench-201}: Extending the Scope of Reproducible Neural Architecture Search},
  author    = {Dong, Xuanyi and Yang, Yi},
  booktitle = {International Conference on Learning Representations},
  year      = {2020}
}
"""


def nb201(input_shape: Shape = (3, 32, 32), num_classes: int = 10, *, connected: bool = False) -> SearchSpace:
    """Return NAS-Bench-201: 15,625 cells, one cell drawn per architecture and used 15 times.

    Here the cell repeats 5 times before each halving of the resolution and 5 times at the end; structure is shared, weights
    are not. 341 of the cells are cut by ``zero``: they are in the published table, too.

    Parameters
    ----------
    input_shape, num_classes
        The task.
    connected
        Leave these cells out: ``require connected``. By default they count, as in the published 15,625.

    Examples
    --------
    >>> nb201().count(), nb201(connected=True).count()
    (15625, 15284)
    """
    return SearchSpace(
        GRAMMAR + "require connected\n" if connected else GRAMMAR,
        (),
        input_shape,
        num_classes,
        head=bn_relu_pool_linear,
        name="NAS-Bench-201",
        source=SOURCE,
        bibtex=BIBTEX,
    )
