"""The published spaces side by side, public as ``nv.spaces.table()``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nasviz import numbers
from nasviz.extension import lower
from nasviz.grammar import Count, log10_of
from nasviz.spaces.activation import activation
from nasviz.spaces.darts import darts
from nasviz.spaces.digits_cells import digits_cells
from nasviz.spaces.hierarchical_nb201 import hierarchical_nb201
from nasviz.spaces.hierarchical_variants import (
    hierarchical_cell_based,
    hierarchical_fixed_macro,
    hierarchical_linear_macro,
    hierarchical_shared_cell,
)
from nasviz.spaces.mobilenet import mobilenet, mobilenet_factorised
from nasviz.spaces.nb201 import nb201
from nasviz.spaces.nested_convnet import nested_convnet
from nasviz.spaces.space import SearchSpace
from nasviz.spaces.three_node_cells import three_node_cells
from nasviz.spaces.transformers import transformers

SPACES: tuple[Callable[..., SearchSpace], ...] = (
    hierarchical_nb201,
    hierarchical_linear_macro,
    hierarchical_fixed_macro,
    hierarchical_shared_cell,
    hierarchical_cell_based,
    nb201,
    darts,
    activation,
    mobilenet,
    mobilenet_factorised,
    transformers,
    nested_convnet,
    digits_cells,
    three_node_cells,
)
"""Functions of the published spaces and those for teaching; each takes `input_shape` and `num_classes`."""


@dataclass(frozen=True)
class Summary:
    """What the table says of a space.

    Attributes
    ----------
    name, function, source
        What it is called, how it is made, and where it is from.
    terms, derivations
        Its two sizes, exact; `math.inf` where they are endless.
    operators
        Names of the operators that its grammar uses, numbers left out.
    input_shape
        Shape of one input.
    """

    name: str
    function: str
    terms: Count
    derivations: Count
    operators: tuple[str, ...]
    input_shape: tuple[int, ...]
    source: str


def summary(make: Callable[..., SearchSpace]) -> Summary:
    """Return what the table says of the space that a function makes.

    >>> summary(nb201).terms, summary(nb201).function
    (15625, 'nv.spaces.nb201()')
    """
    space = make()
    operators = tuple(op.name for op in space.known_grammar("count").operators if op.result in ("map", "merge"))
    function = f"nv.spaces.{make.__name__}()"
    sizes = space.count(), space.count("derivations")
    return Summary(space.name, function, *sizes, operators, space.input_shape, space.source)


def table() -> Any:
    """Return the spaces as a ``pandas.DataFrame``, a row for each, indexed by name.

    Columns: "terms" and "derivations" (exact up to 10^15, then a power of ten; "∞"), "log10 terms" (a float; inf), "operators"
    (their number), "input" (shape), "source", and "function" (as it is called). `SPACES` lists the functions.
    """
    rows: list[dict[str, Any]] = []
    for found in map(summary, SPACES):
        rows.append(
            {
                "name": found.name,
                "terms": _text(found.terms),
                "derivations": _text(found.derivations),
                "log10 terms": log10_of(found.terms),
                "operators": len(found.operators),
                "input": found.input_shape,
                "source": found.source,
                "function": found.function,
            }
        )
    return lower("frame")(rows, "name")


def _text(n: Count) -> str:
    return numbers.count(n) if isinstance(n, int | float) else str(n)
