"""The Keras layer of a standard operator, made from its torch module, so that no setting is written down twice."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

from torch import nn

from nasviz.nn import image_modules, modules
from nasviz.nn.image_modules import SMALL
from nasviz.nn.keras_layers import PLAIN, inner, plain
from nasviz.nn.keras_sequences import SEQUENCE, beta
from nasviz.nn.primitive import Shape

__all__ = ["channels_last", "standard_layer"]


def channels_last(shape: Shape) -> Shape:
    """The shape of one example as TensorFlow has it.

    Examples
    --------
    >>> channels_last((16, 8, 9)), channels_last((50, 32)), channels_last((10,))
    ((8, 9, 16), (50, 32), (10,))
    """
    return (*shape[1:], shape[0]) if len(shape) == 3 else shape


def standard_layer(keras: Any, name: str, module: nn.Module, shape: Shape) -> Any:
    """A new layer without a name for the module of the standard operator `name`, for examples of a shape (C, H, W).

    It is one layer of Keras where there is one, else a model made of such layers and operations.

    Raises
    ------
    NasvizError
        When Keras has nothing for it.
    """
    if type(module) in PLAIN:
        first, *more = plain(keras, module, keras.KerasTensor((None, *channels_last(shape))))
        if not more and isinstance(first, keras.layers.Layer):
            return first
    x = keras.Input(channels_last(shape), name="x")
    return keras.Model(x, apply(keras, module, x, "", name))


def apply(keras: Any, module: nn.Module, x: Any, path: str = "", name: str = "") -> Any:
    """What a module does to a tensor of Keras whose channels are last.

    Parameters
    ----------
    keras
        The module keras.
    module : nn.Module
    x : keras.KerasTensor
        (B, H, W, C), (B, L, C) or (B, C).
    path : str
        Where the module stands in the whole.
    name : str
        Of the operator, by which functions of single numbers are found.
    """
    if isinstance(module, nn.Sequential):
        for key, child in module.named_children():
            x = apply(keras, child, x, inner(path, key))
        return x
    if isinstance(module, image_modules.Elementwise):
        return EACH[name](keras.ops, x)
    if isinstance(module, image_modules.PerChannel):
        return PER_CHANNEL[name](keras.ops, x, beta(keras, x, path or "beta"))
    structured = STRUCTURED.get(type(module))
    if structured is not None:
        return structured(keras, module, x, path)
    for layer in plain(keras, module, x, path):
        x = layer(x)
    return x


def _down(keras: Any, module: nn.Module, x: Any, path: str) -> Any:
    m = cast("modules.Down", module)
    main = apply(keras, m.b, apply(keras, m.a, x, inner(path, "a")), inner(path, "b"))
    pooled = apply(keras, m.pool, x, inner(path, "pool"))
    return apply(keras, m.project, pooled, inner(path, "project")) + main


def _zero(keras: Any, module: nn.Module, x: Any, path: str) -> Any:
    return keras.ops.zeros_like(x)


def _squeeze_excite(keras: Any, module: nn.Module, x: Any, path: str) -> Any:
    m, ops = cast("image_modules.SqueezeExcite", module), keras.ops
    means = ops.mean(x, axis=(1, 2), keepdims=True)
    between = ops.relu(apply(keras, m.reduce, means, inner(path, "reduce")))
    return x * ops.sigmoid(apply(keras, m.restore, between, inner(path, "restore")))


def _subsample(keras: Any, module: nn.Module, x: Any, path: str) -> Any:
    m = cast("image_modules.Subsample", module)
    fewer = keras.layers.AveragePooling2D(1, m.stride)(x) if m.stride > 1 else x
    return keras.ops.pad(fewer, [(0, 0), (0, 0), (0, 0), m.padding[-2:]])


STRUCTURED: Mapping[type[nn.Module], Callable[[Any, nn.Module, Any, str], Any]] = {
    modules.Down: _down,
    modules.Zero: _zero,
    image_modules.SqueezeExcite: _squeeze_excite,
    image_modules.Subsample: _subsample,
    **SEQUENCE,
}
"""``structured(keras, module, x, path)`` by the module's class."""


def _sinc(ops: Any, x: Any) -> Any:
    zero = ops.equal(x, 0.0)
    angle = math.pi * ops.where(zero, 1.0, x)
    return ops.where(zero, 1.0, ops.sin(angle) / angle)


EACH: Mapping[str, Callable[[Any, Any], Any]] = {
    "neg": lambda ops, x: -x,
    "abs": lambda ops, x: ops.absolute(x),
    "square": lambda ops, x: ops.square(ops.clip(x, -100.0, 100.0)),
    "cube": lambda ops, x: ops.power(ops.clip(x, -100.0, 100.0), 3.0),
    "sqrt": lambda ops, x: ops.sqrt(ops.relu(x) + SMALL),
    "log": lambda ops, x: ops.log(ops.absolute(x) + SMALL),
    "exp": lambda ops, x: ops.exp(ops.clip(x, -10.0, 10.0)),
    "sin": lambda ops, x: ops.sin(x),
    "cos": lambda ops, x: ops.cos(x),
    "sinh": lambda ops, x: ops.sinh(ops.clip(x, -10.0, 10.0)),
    "cosh": lambda ops, x: ops.cosh(ops.clip(x, -10.0, 10.0)),
    "tanh": lambda ops, x: ops.tanh(x),
    "asinh": lambda ops, x: ops.arcsinh(x),
    "atanh": lambda ops, x: ops.arctanh(ops.clip(x, -0.999, 0.999)),
    "sinc": _sinc,
    "max0": lambda ops, x: ops.relu(x),
    "min0": lambda ops, x: ops.minimum(x, 0.0),
    "sigmoid": lambda ops, x: ops.sigmoid(x),
    "logexp": lambda ops, x: ops.softplus(x),
    "gaussian": lambda ops, x: ops.exp(-ops.square(x)),
    "erf": lambda ops, x: ops.erf(x),
}
"""The functions of single numbers, as in :mod:`nasviz.nn.image_modules`."""

PER_CHANNEL: Mapping[str, Callable[[Any, Any, Any], Any]] = {
    "scale": lambda ops, x, b: x * b,
    "shift": lambda ops, x, b: x + b,
    "const": lambda ops, x, b: b,
}
"""The functions of a number and a trained number of its channel."""
