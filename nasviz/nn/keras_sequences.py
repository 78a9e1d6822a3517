"""Keras forms of the modules of sequences, and trained numbers that belong to no layer of Keras.

A trained array is the table of an ``Embedding``, looked up by the number of the token: a class of our own would have to be
installed wherever a saved model is loaded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

from torch import nn

from nasviz.nn import sequence_modules
from nasviz.nn.keras_layers import inner, plain

__all__ = ["SEQUENCE", "beta"]


def beta(keras: Any, x: Any, path: str) -> Any:
    """One trained number for each channel, at each token or pixel: (B, …, C) -> (B, …, C)."""
    return keras.layers.Embedding(1, x.shape[-1], name=path)(_zeros(keras, x))


def _zeros(keras: Any, x: Any) -> Any:
    """An integer 0 for each token or pixel: (B, …, C) -> (B, …)."""
    return keras.ops.zeros_like(keras.ops.take(x, 0, axis=-1), dtype="int32")


def _position(keras: Any, module: nn.Module, x: Any, path: str) -> Any:
    tokens = keras.ops.reshape(x, (-1, math.prod(x.shape[1:-1]), x.shape[-1]))
    number = keras.ops.cumsum(_zeros(keras, tokens) + 1, axis=1) - 1
    added = tokens + keras.layers.Embedding(tokens.shape[1], x.shape[-1], name=path or "embedding")(number)
    return keras.ops.reshape(added, (-1, *x.shape[1:]))


def _class_token(keras: Any, module: nn.Module, x: Any, path: str) -> Any:
    token = beta(keras, keras.ops.take(x, [0], axis=1), path or "token")
    return keras.ops.concatenate([token, x], axis=1)


def _patches(keras: Any, module: nn.Module, x: Any, path: str) -> Any:
    _, h, w, c = x.shape
    p, ops = cast("sequence_modules.Patches", module).p, keras.ops
    rows = ops.transpose(ops.reshape(x, (-1, h // p, p, w // p, p, c)), (0, 1, 3, 5, 2, 4))
    return ops.reshape(rows, (-1, (h // p) * (w // p), c * p * p))


def _unpatches(keras: Any, module: nn.Module, x: Any, path: str) -> Any:
    _, n, c = x.shape
    p, h, ops = cast("sequence_modules.Unpatches", module).p, math.isqrt(n), keras.ops
    rows = ops.transpose(ops.reshape(x, (-1, h, h, c // p**2, p, p)), (0, 1, 4, 2, 5, 3))
    return ops.reshape(rows, (-1, h * p, h * p, c // p**2))


def _im2col(keras: Any, module: nn.Module, x: Any, path: str) -> Any:
    m, ops, c = cast("sequence_modules.Im2col", module), keras.ops, x.shape[-1]
    around = (m.k // 2, m.k // 2)
    windows = ops.image.extract_patches(ops.pad(x, [(0, 0), around, around, (0, 0)]), m.k, m.s, padding="valid")
    n = windows.shape[1] * windows.shape[2]
    by_channel = ops.transpose(ops.reshape(windows, (-1, n, m.k * m.k, c)), (0, 1, 3, 2))
    return ops.reshape(by_channel, (-1, n, c * m.k * m.k))


def _attention(keras: Any, module: nn.Module, x: Any, path: str) -> Any:
    m, ops = cast("sequence_modules.Attention", module), keras.ops
    _, n, c = x.shape
    (qkv,) = plain(keras, m.qkv, x, inner(path, "qkv"))
    parts = ops.transpose(ops.reshape(qkv(x), (-1, n, 3, m.heads, c // m.heads)), (2, 0, 3, 1, 4))
    q, k, v = (ops.take(parts, i, axis=0) for i in range(3))
    weights = ops.softmax(ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))) / math.sqrt(c // m.heads), axis=-1)
    y = ops.reshape(ops.transpose(ops.matmul(weights, v), (0, 2, 1, 3)), (-1, n, c))
    (project,) = plain(keras, m.project, y, inner(path, "project"))
    return project(y)


def _channel_norm(keras: Any, module: nn.Module, x: Any, path: str) -> Any:
    m = cast("sequence_modules.ChannelNorm", module)
    return keras.layers.LayerNormalization(axis=-1, epsilon=m.eps, name=path or None)(x)


def _mean(keras: Any, module: nn.Module, x: Any, path: str) -> Any:
    return keras.ops.mean(x, axis=tuple(range(1, len(x.shape) - 1)))


SEQUENCE: Mapping[type[nn.Module], Callable[[Any, nn.Module, Any, str], Any]] = {
    sequence_modules.Patches: _patches,
    sequence_modules.Unpatches: _unpatches,
    sequence_modules.Im2col: _im2col,
    sequence_modules.Attention: _attention,
    sequence_modules.Transpose: lambda keras, module, x, path: keras.ops.transpose(x, (0, 2, 1)),
    sequence_modules.ChannelNorm: _channel_norm,
    sequence_modules.Position: _position,
    sequence_modules.ClassToken: _class_token,
    sequence_modules.FirstToken: lambda keras, module, x, path: keras.ops.take(x, 0, axis=1),
    sequence_modules.Mean: _mean,
}
"""``structured(keras, module, x, path)`` by the module's class."""
