"""The Keras layers behind the standard operators: every call makes a new layer.

Layers take maps as (B, H, W, C). Inner layers bear the names of their torch counterparts where those have any, and stand in
the same order, so that weights are carried over leaf by leaf. At stride 1 "same" padding is torch's symmetric one; at stride 2
it is not (TensorFlow pads the end alone), so there the padding is a layer of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nasviz.algebra import Operator
from nasviz.graph import ID, ZERO
from nasviz.nn.modules import WIDTH
from nasviz.nn.primitive import Shape, channels
from nasviz.nn.shapes import Site
from nasviz.spaces import operators as ops

__all__ = ["KERAS", "Form"]

Form = Callable[[Any, Site], Any]
"""``form(keras, site)`` gives a new layer for what stands at a site."""

EPSILON = 1e-5
"""Of torch's normalisations; that of Keras is 1e-3."""


def weights_law(keras: Any) -> Any:
    """Torch's law of the weights of convolutions and linear layers: uniform up to 1/sqrt(fan_in)."""
    return keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")


def convolution(keras: Any, c_out: int, kernel: int, stride: int = 1) -> Any:
    """A convolution without bias whose map is not padded at stride 2."""
    return keras.layers.Conv2D(
        c_out,
        kernel,
        stride,
        padding="same" if stride == 1 else "valid",
        use_bias=False,
        kernel_initializer=weights_law(keras),
        name="conv",
    )


def batch_norm(keras: Any, site: Site | None = None) -> Any:
    """Batch normalisation with torch's momentum, which counts the new statistics where Keras counts the old."""
    return keras.layers.BatchNormalization(momentum=0.9, epsilon=EPSILON, name="norm")


def relu_conv_bn(keras: Any, c_out: int, kernel: int, stride: int = 1, name: str | None = None) -> Any:
    """ReLU, convolution without bias, batch normalisation."""
    before = [keras.layers.ZeroPadding2D(kernel // 2, name="pad")] if stride > 1 else []
    relu = keras.layers.Activation("relu", name="relu")
    return keras.Sequential([relu, *before, convolution(keras, c_out, kernel, stride), batch_norm(keras)], name=name)


def down(keras: Any, site: Site) -> Any:
    """The residual block that halves the resolution; "same" average pooling leaves the padding out, as ceil_mode does."""
    c_in, height, width = site.shape_in
    c_out = site.shape_out[0]
    x = keras.Input((height, width, c_in), name="x")
    main = relu_conv_bn(keras, c_out, 3, name="b")(relu_conv_bn(keras, c_out, 3, stride=2, name="a")(x))
    pooled = keras.layers.AveragePooling2D(2, padding="same", name="pool")(x)
    project = keras.layers.Conv2D(c_out, 1, use_bias=False, kernel_initializer=weights_law(keras), name="project")
    return keras.Model(x, keras.layers.Add(name="add")([main, project(pooled)]))


def depthwise(keras: Any, site: Site) -> Any:
    """Depthwise 3x3 without bias."""
    law = keras.initializers.RandomUniform(-1 / 3, 1 / 3)
    return keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False, depthwise_initializer=law)


def layer_norm(keras: Any, site: Site) -> Any:
    """Layer normalisation over the whole example."""
    return keras.layers.LayerNormalization(axis=list(range(1, len(site.shape_in) + 1)), epsilon=EPSILON)


def linear(keras: Any, site: Site) -> Any:
    """The fully connected layer to the classes."""
    fan_in = 1 / channels(site.shape_in) ** 0.5
    bias = keras.initializers.RandomUniform(-fan_in, fan_in)
    return keras.layers.Dense(site.shape_out[0], kernel_initializer=weights_law(keras), bias_initializer=bias, name="linear")


def pooled(keras: Any, shape: Shape) -> list[Any]:
    """The global average of a map, nothing for a vector."""
    return [keras.layers.GlobalAveragePooling2D(name="pool")] if len(shape) == 3 else []


def fc(keras: Any, site: Site) -> Any:
    """Global average and linear layer."""
    return keras.Sequential([*pooled(keras, site.shape_in), linear(keras, site)])


def pool_linear(keras: Any, site: Site) -> Any:
    """Global average and linear layer; what already is a vector of the classes passes unchanged."""
    return keras.layers.Identity() if site.shape_in == site.shape_out else fc(keras, site)


def bn_relu_pool_linear(keras: Any, site: Site) -> Any:
    """Batch normalisation, ReLU, global average and linear layer."""
    relu = keras.layers.Activation("relu", name="relu")
    return keras.Sequential([batch_norm(keras), relu, *pooled(keras, site.shape_in), linear(keras, site)])


KERAS: Mapping[Operator, Form] = {
    ID: lambda keras, site: keras.layers.Identity(),
    ZERO: lambda keras, site: keras.layers.Rescaling(0.0),
    ops.conv: lambda keras, site: relu_conv_bn(keras, site.shape_out[0], 3),
    ops.conv1x1: lambda keras, site: relu_conv_bn(keras, site.shape_out[0], 1),
    ops.conv3x3: lambda keras, site: relu_conv_bn(keras, site.shape_out[0], 3),
    ops.plain_conv1x1: lambda keras, site: convolution(keras, site.shape_out[0], 1),
    ops.plain_conv3x3: lambda keras, site: convolution(keras, site.shape_out[0], 3),
    ops.dconv3x3: depthwise,
    ops.avg_pool: lambda keras, site: keras.layers.AveragePooling2D(3, 1, padding="same"),
    ops.max_pool: lambda keras, site: keras.layers.MaxPooling2D(3, 1, padding="same"),
    ops.down: down,
    ops.relu: lambda keras, site: keras.layers.Activation("relu"),
    ops.hardswish: lambda keras, site: keras.layers.Activation("hard_silu"),
    ops.mish: lambda keras, site: keras.layers.Activation("mish"),
    ops.batch: batch_norm,
    ops.instance: lambda keras, site: keras.layers.GroupNormalization(groups=-1, epsilon=EPSILON),
    ops.layer: layer_norm,
    ops.fc: fc,
    ops.conv_stem: lambda keras, site: keras.Sequential([convolution(keras, WIDTH, 3), batch_norm(keras)]),
    ops.pool_linear: pool_linear,
    ops.bn_relu_pool_linear: bn_relu_pool_linear,
}
"""What each standard operator stands for in Keras."""
