"""A recursive space for teaching."""

from __future__ import annotations

from nasviz.spaces.space import SearchSpace, Shape

GRAMMAR = """\
# A recursive space for teaching: infinitely many architectures, finite expected size.
start S
S ::= Linear(S, B) [0.3] | Residual2(S, id, B) [0.3] | Diamond2(B, B, S, S) [0.15] | B [0.25]
B ::= conv3x3 | conv1x1 | avg_pool | id
"""


def nested_convnet(input_shape: Shape = (3, 32, 32), num_classes: int = 10) -> SearchSpace:
    """Return a recursive space: S stands in its own productions, so it holds infinitely many architectures.

    An S makes 0.3 + 0.3 + 2 · 0.15 = 0.9 new ones on average: below 1, so a draw ends with a finite expected size.

    Examples
    --------
    >>> space = nested_convnet()
    >>> space.count(), space.count(max_height=2)
    (inf, 292)
    """
    return SearchSpace(GRAMMAR, (), input_shape, num_classes, name="nested convnet", source="nasviz, for teaching")
