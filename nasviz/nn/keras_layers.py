"""Keras layers for plain torch modules, with the same settings; weights come later.

Maps are (B, H, W, C) in Keras. A layer bears the path of its module ("a.1") as its name, so weights find their place. Padding
"same" is torch's symmetric one only at stride 1; at larger strides TensorFlow pads the end first, so the padding is a layer of
its own there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from torch import nn

from nasviz.errors import NasvizError

__all__ = ["PLAIN", "inner", "plain"]

LOWEST = -3.4028235e38  # float32; -inf is no JSON


def inner(path: str, name: str) -> str:
    """The path of a part inside a module.

    >>> inner("", "a"), inner("a", "1")
    ('a', 'a.1')
    """
    return f"{path}.{name}" if path else name


def plain(keras: Any, module: nn.Module, x: Any, path: str = "") -> list[Any]:
    """The layers that together do to `x` what a plain module does; the one with weights bears the path as its name.

    Raises
    ------
    NasvizError
        When the module, or a setting of it, is not known here.
    """
    make = PLAIN.get(type(module))
    found = make(keras, module, x, path or None) if make else None
    if found is None:
        raise NasvizError(f"Keras has nothing for the module {' '.join(str(module).split())[:100]}")
    return found


def _pair(value: Any) -> tuple[int, int]:
    return (int(value), int(value)) if isinstance(value, int) else (int(value[0]), int(value[1]))


def _biased(module: nn.Module) -> bool:
    return module._parameters["bias"] is not None


def _weights_law(keras: Any) -> Any:
    """Torch's law for convolutions and linear layers: uniform up to 1/sqrt(fan_in)."""
    return keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")


def _conv(keras: Any, module: nn.Module, x: Any, name: str | None) -> list[Any] | None:
    m = cast("nn.Conv2d", module)
    kernel, stride, dilation, padding = (_pair(v) for v in (m.kernel_size, m.stride, m.dilation, m.padding))
    same = stride == (1, 1) and all(2 * p == d * (k - 1) for p, d, k in zip(padding, dilation, kernel, strict=True))
    before = [] if same or padding == (0, 0) else [keras.layers.ZeroPadding2D(padding)]
    settings: dict[str, Any] = {
        "strides": stride,
        "padding": "same" if same else "valid",
        "dilation_rate": dilation,
        "use_bias": _biased(m),
        "name": name,
    }
    if m.groups == m.in_channels > 1:
        law = {"depthwise_initializer": _weights_law(keras), "depth_multiplier": m.out_channels // m.in_channels}
        return [*before, keras.layers.DepthwiseConv2D(kernel, **settings, **law)]
    return [
        *before,
        keras.layers.Conv2D(m.out_channels, kernel, groups=m.groups, kernel_initializer=_weights_law(keras), **settings),
    ]


def _linear(keras: Any, module: nn.Module, x: Any, name: str | None) -> list[Any]:
    m = cast("nn.Linear", module)
    return [keras.layers.Dense(m.out_features, use_bias=_biased(m), kernel_initializer=_weights_law(keras), name=name)]


def _batch_norm(keras: Any, module: nn.Module, x: Any, name: str | None) -> list[Any]:
    m = cast("nn.BatchNorm2d", module)
    return [keras.layers.BatchNormalization(epsilon=m.eps, center=m.affine, scale=m.affine, name=name)]


def _instance_norm(keras: Any, module: nn.Module, x: Any, name: str | None) -> list[Any]:
    m = cast("nn.InstanceNorm2d", module)
    return [keras.layers.GroupNormalization(groups=-1, epsilon=m.eps, center=m.affine, scale=m.affine, name=name)]


def _layer_norm(keras: Any, module: nn.Module, x: Any, name: str | None) -> list[Any]:
    m = cast("nn.LayerNorm", module)
    axes = list(range(len(x.shape) - len(m.normalized_shape), len(x.shape)))
    return [keras.layers.LayerNormalization(axis=axes, epsilon=m.eps, name=name)]


def _max_pool(keras: Any, module: nn.Module, x: Any, name: str | None) -> list[Any] | None:
    m = cast("nn.MaxPool2d", module)
    if _pair(m.dilation) != (1, 1):
        return None
    kernel, stride, padding = (_pair(v) for v in (m.kernel_size, m.stride, m.padding))
    room = [_room(n, k, s, p, m.ceil_mode) for n, k, s, p in zip(x.shape[1:3], kernel, stride, padding, strict=True)]
    pool = keras.layers.MaxPooling2D(kernel, stride, name=name)
    if room == [(0, 0), (0, 0)]:
        return [pool]
    if all(r == _same(n, k, s) for r, n, k, s in zip(room, x.shape[1:3], kernel, stride, strict=True)):
        return [keras.layers.MaxPooling2D(kernel, stride, padding="same", name=name)]
    return [partial(keras.ops.pad, pad_width=[(0, 0), *room, (0, 0)], constant_values=LOWEST), pool]


def _avg_pool(keras: Any, module: nn.Module, x: Any, name: str | None) -> list[Any] | None:
    m = cast("nn.AvgPool2d", module)
    kernel, stride, padding = (_pair(v) for v in (m.kernel_size, m.stride, m.padding))
    room = [_room(n, k, s, p, m.ceil_mode) for n, k, s, p in zip(x.shape[1:3], kernel, stride, padding, strict=True)]
    if room == [(0, 0), (0, 0)]:
        return [keras.layers.AveragePooling2D(kernel, stride, name=name)]
    same = [_same(n, k, s) for n, k, s in zip(x.shape[1:3], kernel, stride, strict=True)]
    if m.divisor_override is not None or room != same or (m.count_include_pad and padding != (0, 0)):
        return None
    return [keras.layers.AveragePooling2D(kernel, stride, padding="same", name=name)]


def _room(n: int, kernel: int, stride: int, padding: int, ceil: bool) -> tuple[int, int]:
    """What torch's pooling adds before and behind n numbers; with `ceil` the last window may begin inside and end outside."""
    whole, rest = divmod(n + 2 * padding - kernel, stride)
    windows = whole + 1 + (ceil and rest > 0 and (whole + 1) * stride < n + padding)
    return padding, max(0, (windows - 1) * stride + kernel - n - padding)


def _same(n: int, kernel: int, stride: int) -> tuple[int, int]:
    """What TensorFlow's "same" adds before and behind n numbers."""
    total = max(0, (-(-n // stride) - 1) * stride + kernel - n)
    return total // 2, total - total // 2


def _global_average(keras: Any, module: nn.Module, x: Any, name: str | None) -> list[Any] | None:
    size = cast("nn.AdaptiveAvgPool2d", module).output_size
    return [keras.layers.GlobalAveragePooling2D(keepdims=True, name=name)] if size in (1, (1, 1)) else None


def _flatten(keras: Any, module: nn.Module, x: Any, name: str | None) -> list[Any]:
    """Numbers in torch's order: channel, row, column."""
    before = [keras.layers.Permute((3, 1, 2))] if len(x.shape) == 4 and x.shape[1:3] != (1, 1) else []
    return [*before, keras.layers.Flatten(name=name)]


def _activation(function: str) -> Callable[..., list[Any]]:
    def make(keras: Any, module: nn.Module, x: Any, name: str | None) -> list[Any]:
        return [keras.layers.Activation(function, name=name)]

    return make


def _gelu(keras: Any, module: nn.Module, x: Any, name: str | None) -> list[Any] | None:
    return [keras.layers.Activation("gelu", name=name)] if cast("nn.GELU", module).approximate == "none" else None


PLAIN: dict[type[nn.Module], Callable[[Any, nn.Module, Any, str | None], list[Any] | None]] = {
    nn.Identity: lambda keras, module, x, name: [keras.layers.Identity(name=name)],
    nn.Conv2d: _conv,
    nn.Linear: _linear,
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    nn.InstanceNorm2d: _instance_norm,
    nn.LayerNorm: _layer_norm,
    nn.MaxPool2d: _max_pool,
    nn.AvgPool2d: _avg_pool,
    nn.AdaptiveAvgPool2d: _global_average,
    nn.Flatten: _flatten,
    nn.ReLU: _activation("relu"),
    nn.ReLU6: _activation("relu6"),
    nn.SiLU: _activation("silu"),
    nn.GELU: _gelu,
    nn.Mish: _activation("mish"),
    nn.Hardswish: _activation("hard_silu"),
    nn.Sigmoid: _activation("sigmoid"),
    nn.Tanh: _activation("tanh"),
}
"""``make(keras, module, x, name)`` by the module's class: its layers, or None for settings that Keras does not have."""
