"""The Keras forms of merges: what stands in a model where paths meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from nasviz.algebra import position_text
from nasviz.errors import BuildError, ShapeError, said
from nasviz.graph import Join, Merge
from nasviz.nn.image_modules import SMALL

__all__ = ["BINARY", "LAYERS", "merge_layer"]

LAYERS: Mapping[str, str] = {
    "sum": "Add",
    "mul": "Multiply",
    "max": "Maximum",
    "min": "Minimum",
    "concat": "Concatenate",
}
"""The layer of Keras for a merge; Concatenate stands along the last axis, which is that of the channels."""

BINARY: Mapping[str, Callable[[Any, Any, Any], Any]] = {
    "sub": lambda ops, x, y: x - y,
    "div": lambda ops, x, y: x * y / (ops.square(y) + SMALL),
    "sigmoid_gate": lambda ops, x, y: ops.sigmoid(x) * y,
    "gaussian_sq": lambda ops, x, y: ops.exp(-ops.square(x - y)),
    "gaussian_abs": lambda ops, x, y: ops.exp(-ops.absolute(x - y)),
    "weighted_average": lambda ops, x, y: (x + y) / 2.0,
}
"""The merges of two inputs; with three or more they are folded from the left."""


def merge_layer(keras: Any, join: Join, values: list[Any], name: str) -> Any:
    """Merge tensors of Keras in one layer, or in a model with as many inputs.

    Parameters
    ----------
    keras
        The module keras.
    join : Join
    values : list of keras.KerasTensor
        In the order of the operands.
    name : str
        Of the layer.

    Raises
    ------
    BuildError
        When a merge of one's own has no Keras form, or one that fails.
    ShapeError
        When its Keras form changes the shape.
    """
    if join.merge in LAYERS:
        return getattr(keras.layers, LAYERS[join.merge])(name=name)(values)
    parts = [keras.Input(tuple(value.shape[1:])) for value in values]
    return keras.Model(parts, _combined(keras, join, parts), name=name)(values)


def _combined(keras: Any, join: Join, parts: list[Any]) -> Any:
    known = BINARY.get(join.merge)
    if known is not None:
        return reduce(lambda a, b: known(keras.ops, a, b), parts)
    place = position_text(join.position)
    own = join.operator.forms.get("keras") if isinstance(join.operator, Merge) else None
    if own is None:
        raise BuildError(
            f"the merge {join.merge} at {place} has no Keras form; write one: @{join.merge}.keras def _(a, b): ...",
            join.position,
        )
    try:
        made = reduce(own, parts)
    except Exception as reason:  # whatever a user's function raises
        line = " ".join(said(reason, name=False).split())[:300]
        raise BuildError(f"the Keras form of the merge {join.merge} at {place} fails: {line}", join.position) from reason
    shape, expected = getattr(made, "shape", None), parts[0].shape
    if shape != expected:
        raise ShapeError(
            f"the Keras form of the merge {join.merge} at {place} makes {shape} of inputs of shape {expected}; a merge keeps "
            "the shape",
            join.position,
            join.merge,
            (tuple(expected[1:]), tuple(shape[1:]) if shape else ()),
        )
    return made
