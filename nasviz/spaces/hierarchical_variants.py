"""Spaces derived from hierarchical NAS-Bench-201: the macro architecture fixed or linear, the cells shared, or both (Schrodi
et al. 2023)."""

from __future__ import annotations

from nasviz.algebra.arguments import flag
from nasviz.spaces.hierarchical_nb201 import BIBTEX, BLOCKS, MACRO, SOURCE
from nasviz.spaces.operators import bn_relu_pool_linear, plain_conv1x1, plain_conv3x3
from nasviz.spaces.space import SearchSpace, Shape

FIXED = """\
start D2
D2    ::= Linear(D1, D1, D0)
D1    ::= Linear(C, C, DOWN)
D0    ::= Linear(C, C, CELL)
DOWN  ::= Linear(CELL, down)
C     ::= Linear(CELL, CELL)
"""

LINEAR = """\
start D2
D2    ::= Linear(D1, D1, D0) | Linear(D0, D1, D1) | Linear(D1, D1, D0, D0)
D1    ::= Linear(C, C, DOWN) | Linear(C, C, C, DOWN)
D0    ::= Linear(C, C, CELL) | Linear(C, C, C, CELL)
DOWN  ::= Linear(CELL, down) | Linear(CELL, CELL, down)
C     ::= Linear(CELL, CELL) | Linear(CELL, CELL, CELL)
"""

PLAIN = """\
CELL  ::= Cell(OP, OP, OP, OP, OP, OP)
OP    ::= id | zero | conv3x3 | conv1x1 | avg_pool
"""


def hierarchical_fixed_macro(
    input_shape: Shape = (3, 32, 32), num_classes: int = 10, *, plain: bool = False, connected: bool = False
) -> SearchSpace:
    """Return the space with the macro architecture of NAS-Bench-201, in which each of the 15 cells is drawn by itself.

    30^90 = 10^132.941 terms, 57^90 = 10^158.029 derivations, since BLOCK stands twice; with `plain` operations 5^90 = 10^62.907
    of both.

    Parameters
    ----------
    input_shape, num_classes
        The task.
    plain
        The five operations of NAS-Bench-201 in the cells, where a convolution is ReLU-Conv-BN, instead of the 30.
    connected
        Every cell keeps a path from its input to its output: ``require connected``.

    Examples
    --------
    >>> hierarchical_fixed_macro(plain=True).count() == 5**90
    True
    """
    return _derived("fixed macro", FIXED, (input_shape, num_classes), plain, connected)


def hierarchical_linear_macro(
    input_shape: Shape = (3, 32, 32), num_classes: int = 10, *, plain: bool = False, connected: bool = False
) -> SearchSpace:
    """Return the space without residual topologies in the macro architecture: cells stand in a line, each drawn by itself.

    10^372.235 terms, 10^442.480 derivations.

    Parameters
    ----------
    input_shape, num_classes, plain, connected
        As in :func:`hierarchical_fixed_macro`.

    Examples
    --------
    >>> len(str(hierarchical_linear_macro().count()))
    373
    """
    return _derived("linear macro", LINEAR, (input_shape, num_classes), plain, connected)


def hierarchical_shared_cell(
    input_shape: Shape = (3, 32, 32), num_classes: int = 10, *, plain: bool = False, connected: bool = False
) -> SearchSpace:
    """Return the space whose macro architecture is drawn, with one cell that stands in all places (structure, not weights).

    75,549,915 macro architectures times 30^6 cells: 10^16.741 terms; 57^6 derivations of a cell: 10^18.414.

    Parameters
    ----------
    input_shape, num_classes, plain, connected
        As in :func:`hierarchical_fixed_macro`.

    Examples
    --------
    >>> hierarchical_shared_cell().count() == 75_549_915 * 30**6
    True
    """
    return _derived("shared cell", MACRO, (input_shape, num_classes), plain, connected, shared=True)


def hierarchical_cell_based(input_shape: Shape = (3, 32, 32), num_classes: int = 10, *, connected: bool = False) -> SearchSpace:
    """Return the cell-based space: the macro architecture of NAS-Bench-201 and one cell in all places, of the 30 operations.

    30^6 = 729,000,000 terms, 57^6 = 10^10.535 derivations. With the five operations it is :func:`nasviz.spaces.nb201`.

    Parameters
    ----------
    input_shape, num_classes, connected
        As in :func:`hierarchical_fixed_macro`.

    Examples
    --------
    >>> hierarchical_cell_based().count(), hierarchical_cell_based(connected=True).count()
    (729000000, 728919959)
    """
    return _derived("cell-based", FIXED, (input_shape, num_classes), False, connected, shared=True)


def _derived(
    name: str, macro: str, task: tuple[Shape, int], plain: bool, connected: bool, *, shared: bool = False
) -> SearchSpace:
    plain, connected = flag(plain, "plain"), flag(connected, "connected")
    title = f"hierarchical NAS-Bench-201, {name}" + (", plain operations" if plain else "")
    cells = PLAIN if plain else BLOCKS
    text = f"# {title[0].upper()}{title[1:]} (Schrodi et al. 2023).\n{macro}{'shared ' if shared else ''}{cells}"
    return SearchSpace(
        text + "require connected\n" if connected else text,
        () if plain else (plain_conv1x1, plain_conv3x3),
        *task,
        head=bn_relu_pool_linear,
        name=title,
        source=SOURCE,
        bibtex=BIBTEX,
    )
