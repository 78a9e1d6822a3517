"""Every standard operator in Keras against its torch module."""

import numpy as np
import pytest
import torch
from torch import nn

from nasviz.errors import BuildError, NasvizError
from nasviz.nn.keras_build import load_keras
from nasviz.nn.keras_primitives import channels_last, standard_layer
from nasviz.nn.keras_weights import carry
from nasviz.nn.primitives import TORCH
from nasviz.spaces import operators as ops
from nasviz.spaces.image_operators import UNARY

pytestmark = pytest.mark.tensorflow

IMAGES = [(16, 8, 8), (6, 9, 7), (4, 4, 4)]
SHAPES = [*IMAGES, (9, 8), (4, 4), (6,)]


def turned(x):
    return np.moveaxis(x, 1, -1) if x.ndim == 4 else x


def differences(op, wide=1.0):
    """The greatest difference for each shape of an example that the operator takes, relative where outputs are large."""
    keras, found = load_keras(), {}
    for shape in SHAPES:
        torch.manual_seed(1)
        x = wide * torch.randn(3, *shape)
        try:
            module = TORCH[op].build(shape, 5, ops.NUMBERS.get(op, ()))
        except BuildError:
            continue
        with torch.no_grad():
            module.train()(x)  # statistics are no longer 0 and 1, nor scales and shifts
            for p in module.parameters():
                p += 0.2 * torch.randn_like(p)
            expected = turned(module.eval()(x).numpy())
        layer = standard_layer(keras, op.name, module, shape)
        layer(turned(x.numpy()))
        carry(module, layer, ())
        y = np.asarray(layer(turned(x.numpy()), training=False))
        found[shape] = float((np.abs(y - expected) / np.maximum(1, np.abs(expected) / 100)).max())
    return found


@pytest.mark.parametrize("op", list(TORCH), ids=lambda op: op.name)
def test_a_standard_operator_computes_the_same(op):
    found = differences(op)
    assert {len(shape) for shape in found} == set(TORCH[op].ranks)
    assert max(found.values()) < 1e-4, found


@pytest.mark.parametrize("op", [*UNARY, ops.hardswish, ops.mish], ids=lambda op: op.name)
def test_the_limits_of_a_function_are_the_same(op):
    assert max(differences(op, wide=60.0).values()) < 1e-3


@pytest.mark.parametrize("size", [7, 8, 9])
@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(3, 1, 1), (3, 2, 1), (2, 2, 0), (3, 2, 0), (5, 3, 2), (2, 1, 0)])
def test_maximum_over_windows_at_the_border(kernel, stride, padding, ceil, size):
    module, keras = nn.MaxPool2d(kernel, stride, padding, ceil_mode=ceil), load_keras()
    x = torch.randn(2, 3, size, size + 1) - 9
    y = np.asarray(standard_layer(keras, "", module, (3, size, size + 1))(turned(x.numpy())))
    assert np.array_equal(y, turned(module(x).numpy()))


@pytest.mark.parametrize("size", [7, 8])
@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (1, 2), (5, 3), (3, 1)])
def test_a_convolution_pads_both_sides_alike(kernel, stride, size):
    module, keras = nn.Conv2d(3, 4, kernel, stride, kernel // 2), load_keras()
    x = torch.randn(2, 3, size, size)
    layer = standard_layer(keras, "", module, (3, size, size))
    layer(turned(x.numpy()))
    carry(module, layer, ())
    assert np.abs(np.asarray(layer(turned(x.numpy()))) - turned(module(x).detach().numpy())).max() < 1e-5


@pytest.mark.parametrize(
    "module",
    [nn.AvgPool2d(3, 2, 1), nn.MaxPool2d(3, dilation=2), nn.AdaptiveAvgPool2d(2), nn.GELU("tanh"), nn.LPPool2d(2, 2)],
    ids=lambda m: type(m).__name__,
)
def test_a_setting_that_keras_does_not_have(module):
    with pytest.raises(NasvizError, match=rf"^the module {type(module).__name__}\(.*\) has no Keras form$"):
        standard_layer(load_keras(), "", module, (4, 8, 8))


def test_flattened_numbers_stand_in_the_order_of_torch():
    x = torch.randn(2, 3, 4, 5)
    layer = standard_layer(load_keras(), "", nn.Flatten(), (3, 4, 5))
    assert np.array_equal(np.asarray(layer(turned(x.numpy()))), x.flatten(1).numpy())


def test_the_channels_stand_last():
    assert channels_last((3, 8, 9)) == (8, 9, 3)
