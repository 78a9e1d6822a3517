"""NAS-Bench-201 (Dong & Yang 2020)."""

from __future__ import annotations

import re
from functools import lru_cache

from nasviz.algebra.arguments import flag
from nasviz.errors import NasvizError, nearest
from nasviz.spaces.architecture import Architecture
from nasviz.spaces.arguments import checked_classes, checked_shape
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
        GRAMMAR + "require connected\n" if flag(connected, "connected") else GRAMMAR,
        (),
        input_shape,
        num_classes,
        head=bn_relu_pool_linear,
        name="NAS-Bench-201",
        source=SOURCE,
        bibtex=BIBTEX,
    )


NAMES: dict[str, str] = {
    "none": "zero",
    "skip_connect": "id",
    "nor_conv_1x1": "conv1x1",
    "nor_conv_3x3": "conv3x3",
    "avg_pool_3x3": "avg_pool",
}
"""The names of the published strings, and those of terms."""

_PUBLISHED = {ours: theirs for theirs, ours in NAMES.items()}
_SOURCES = (0, 0, 1, 0, 1, 2)
_FORM = re.compile(r"\|([^|~]+)~0\|\+\|([^|~]+)~0\|([^|~]+)~1\|\+\|([^|~]+)~0\|([^|~]+)~1\|([^|~]+)~2\|")


def nb201_parse(text: str, input_shape: Shape = (3, 32, 32), num_classes: int = 10) -> Architecture:
    """Return the architecture of a published string: ``|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|…|``.

    Parameters
    ----------
    text
        Six operations, each with the node where it begins, by the node where they end.
    input_shape, num_classes
        The task.

    Raises
    ------
    NasvizError
        If the string has another form, or an operation is unknown; names the nearest one.

    Examples
    --------
    >>> arch = nb201_parse("|nor_conv_3x3~0|+|none~0|avg_pool_3x3~1|+|skip_connect~0|none~1|none~2|")
    >>> str(arch[0, 0, 0])
    'Cell(conv3x3, zero, avg_pool, id, zero, zero)'
    """
    found = _FORM.fullmatch("".join(str(text).split()))
    if found is None:
        raise NasvizError(f"a cell of NAS-Bench-201 is written |op~0|+|op~0|op~1|+|op~0|op~1|op~2|, found {str(text)[:120]!r}")
    for name in found.groups():
        if name not in NAMES:
            near = nearest(name, NAMES)
            meant = f"; did you mean {near}?" if near else f"; known are {', '.join(NAMES)}"
            raise NasvizError(f"NAS-Bench-201 has no operation {name[:60]!r}{meant}")
    cell = f"Cell({', '.join(NAMES[name] for name in found.groups())})"
    pair, keeps = f"Linear({cell}, {cell})", cell
    halves = f"Linear({cell}, down)"
    stages = (f"Linear({pair}, {pair}, {last})" for last in (halves, halves, keeps))
    return _space(checked_shape(input_shape), checked_classes(num_classes)).parse(f"Linear({', '.join(stages)})")


@lru_cache(maxsize=8)
def _space(input_shape: Shape, num_classes: int) -> SearchSpace:
    return nb201(input_shape, num_classes)


def nb201_string(arch: Architecture) -> str:
    """Return the published string of an architecture of NAS-Bench-201: the inverse of :func:`nb201_parse`.

    Raises
    ------
    NasvizError
        If it is none: not one cell fifteen times, or other operations in it.

    Examples
    --------
    >>> text = nb201_string(nb201().unrank(7))
    >>> text, nb201_parse(text) == nb201().unrank(7)
    ('|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|none~1|nor_conv_3x3~2|', True)
    """
    if not isinstance(arch, Architecture) or not nb201().contains(arch):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NasvizError(f"not an architecture of NAS-Bench-201, one cell fifteen times: {str(arch)[:120]}")
    at = next(i for i, op in enumerate(arch.term.operators) if op.name == "Cell")
    names = (_PUBLISHED[op.name] for op in arch.term.operators[at + 1 : at + 7])
    a, b, c, d, e, f = (f"{name}~{source}|" for name, source in zip(names, _SOURCES, strict=True))
    return f"|{a}+|{b}{c}+|{d}{e}{f}"
