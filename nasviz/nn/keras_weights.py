"""Weights from a torch network into its Keras model, position by position and, inside a layer, leaf by leaf."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from torch import nn

from nasviz.algebra import position_text
from nasviz.errors import BuildError
from nasviz.nn.primitive import Shape
from nasviz.nn.shapes import Where
from nasviz.nn.torch_build import module_path

__all__ = ["keras_name", "keras_position", "transfer"]

Arrays = list[np.ndarray]


def keras_name(where: Where) -> str:
    """The name of a layer inside the model: "p" and the position, as in the pictures; "stem" and "head".

    A name may not begin with "_": TensorFlow could not export the model.

    Examples
    --------
    >>> keras_name((0, 2, 1)), keras_name(()), keras_name("stem")
    ('p_0_2_1', 'p', 'stem')
    """
    return where if isinstance(where, str) else "_".join(["p", *(str(k) for k in where)])


def keras_position(name: str) -> Where | None:
    """The position of a layer's name, None for layers that stand at none (the input, merges).

    Examples
    --------
    >>> keras_position("p_0_2_1"), keras_position("p"), keras_position("head"), keras_position("x")
    ((0, 2, 1), (), 'head', None)
    """
    if name in ("stem", "head"):
        return name
    first, *rest = name.split("_")
    return tuple(int(k) for k in rest) if first == "p" and all(k.isdecimal() for k in rest) else None


def transfer(net: nn.Module, model: Any) -> None:
    """Copy weights and batch statistics from a torch network into the Keras model of the same architecture.

    Epsilon and momentum of normalisations become those of torch. Inside a layer, leaves with weights are paired by name where
    all names agree, else in order.

    Parameters
    ----------
    net : nn.Module
        As made by :func:`nasviz.nn.to_torch`; it is left as it is.
    model : keras.Model
        As made by :func:`nasviz.nn.to_keras`.

    Raises
    ------
    BuildError
        When `net` is a network of another architecture, or a layer has other weights than its module; names the position.
    """
    modules = dict(net.named_modules(remove_duplicate=False))
    for layer in model.layers:
        where = keras_position(layer.name)
        if where is None:
            continue
        module = modules.get(module_path(where))
        if module is None:
            raise BuildError(
                f"the network has no module at {_text(where)}: it is none of this architecture; build it with arch.to_torch()",
                () if isinstance(where, str) else where,
            )
        carry(module, layer, where)


def carry(module: nn.Module, layer: Any, where: Where) -> None:
    """Give the Keras `layer` at `where` the weights and settings of torch's `module`, leaf by leaf.

    Raises
    ------
    BuildError
        If their weights are not of the same shapes in the same order; names the position and both lists of shapes.
    """
    sources, targets = dict(_torch_leaves(module)), dict(_keras_leaves(layer))
    if set(sources) == set(targets):
        sources = {path: sources[path] for path in targets}
    shapes = {path: [tuple(w.shape) for w in leaf.weights] for path, leaf in targets.items()}
    found = {path: _converted(source, leaf) for (path, source), leaf in zip(sources.items(), targets.values(), strict=False)}
    if len(sources) != len(targets) or [[a.shape for a in arrays] for arrays in found.values()] != list(shapes.values()):
        said = {path: [tuple(a.shape) for a in _arrays(source)] for path, source in sources.items()}
        raise BuildError(
            f"at {_text(where)} the Keras form has the weights {_listed(shapes)}, the torch module {_listed(said)}; write both "
            "with the same layers in the same order (a kernel (out, in, h, w) of torch is (h, w, in, out) in Keras)",
            () if isinstance(where, str) else where,
        )
    for source, leaf, arrays in zip(sources.values(), targets.values(), found.values(), strict=True):
        leaf.set_weights(arrays)
        for ours, theirs, value in SETTINGS:
            if hasattr(leaf, theirs) and getattr(source, ours, None) is not None:
                setattr(leaf, theirs, value(getattr(source, ours)))


def _torch_leaves(module: nn.Module, path: str = "") -> Iterator[tuple[str, nn.Module]]:
    if _arrays(module):
        yield path, module
    for name, child in module.named_children():
        yield from _torch_leaves(child, f"{path}.{name}" if path else name)


def _keras_leaves(layer: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if hasattr(layer, "layers"):
        for child in layer.layers:
            yield from _keras_leaves(child, f"{path}.{child.name}" if path else child.name)
    elif layer.weights:
        yield path, layer


def _arrays(module: nn.Module) -> Arrays:
    """A leaf's own weights and statistics, in the order in which Keras has them."""
    named = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
    return [tensor.detach().cpu().numpy() for name, tensor in named if name != "num_batches_tracked"]


def _converted(module: nn.Module, leaf: Any) -> Arrays:
    """A leaf's arrays in the form of a layer; what does not fit stays as it is, and is found by its shape."""
    convert = CONVERT.get(type(leaf).__name__, _other)
    arrays, weights = _arrays(module), leaf.weights
    if [a.size for a in arrays] != [math.prod(w.shape) for w in weights]:
        return arrays
    return [convert(array, tuple(weight.shape)) for array, weight in zip(arrays, weights, strict=True)]


def _kernel(a: np.ndarray, shape: Shape) -> np.ndarray:
    return np.moveaxis(a, (1, 0), (-2, -1)) if a.ndim > 2 else a


def _depthwise(a: np.ndarray, shape: Shape) -> np.ndarray:
    return np.moveaxis(a, (1, 0), (-2, -1)).reshape(shape) if a.ndim > 2 else a


def _dense(a: np.ndarray, shape: Shape) -> np.ndarray:
    return a.reshape(len(a), -1).T if a.ndim > 1 else a


def _layer_norm(a: np.ndarray, shape: Shape) -> np.ndarray:
    return np.moveaxis(a, 0, -1) if a.ndim == 3 else a


def _table(a: np.ndarray, shape: Shape) -> np.ndarray:
    return (np.moveaxis(a, 0, -1) if a.ndim == 3 and len(a) == shape[-1] else a).reshape(shape)


def _other(a: np.ndarray, shape: Shape) -> np.ndarray:
    if a.ndim == 1:
        return a.reshape(shape)
    return a if a.shape == shape else _layer_norm(a, shape)


CONVERT: dict[str, Callable[[np.ndarray, Shape], np.ndarray]] = {
    "Conv1D": _kernel,
    "Conv2D": _kernel,
    "DepthwiseConv2D": _depthwise,
    "Dense": _dense,
    "LayerNormalization": _layer_norm,
    "Embedding": _table,
}
"""How the arrays of a torch leaf become those of a Keras layer, by its class; others are equal, or have the channels last."""


SETTINGS: tuple[tuple[str, str, Callable[[float], float]], ...] = (
    ("eps", "epsilon", lambda eps: eps),
    ("momentum", "momentum", lambda new: 1 - new),
)
"""Settings of normalisations: momentum is the weight of the new statistics in torch, of the old ones in Keras."""


def _listed(shapes: dict[str, list[tuple[int, ...]]]) -> str:
    return ", ".join(str(shape) for found in shapes.values() for shape in found) or "none"


def _text(where: Where) -> str:
    return where if isinstance(where, str) else position_text(where)
