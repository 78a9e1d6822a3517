"""Plain torch modules and their Keras layers: padding, windows, order."""

import numpy as np
import pytest
import torch
from torch import nn

from nasviz.errors import NasvizError
from nasviz.nn.keras_build import load_keras
from nasviz.nn.keras_layers import PLAIN
from nasviz.nn.keras_primitives import standard_layer
from nasviz.nn.keras_weights import carry

pytestmark = pytest.mark.tensorflow


def turned(x):
    return np.moveaxis(x, 1, -1) if x.ndim == 4 else x


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
    with pytest.raises(NasvizError, match=rf"^Keras has nothing for the module {type(module).__name__}\(.*\)$"):
        standard_layer(load_keras(), "", module, (4, 8, 8))


def test_flattened_numbers_stand_in_the_order_of_torch():
    x = torch.randn(2, 3, 4, 5)
    layer = standard_layer(load_keras(), "", nn.Flatten(), (3, 4, 5))
    assert np.array_equal(np.asarray(layer(turned(x.numpy()))), x.flatten(1).numpy())


def test_every_plain_module_is_tried_with_weights():
    modules = {
        nn.BatchNorm1d: (nn.BatchNorm1d(6), (6,)),
        nn.BatchNorm2d: (nn.BatchNorm2d(6, affine=False), (6, 4, 4)),
        nn.InstanceNorm2d: (nn.InstanceNorm2d(6), (6, 4, 4)),
        nn.LayerNorm: (nn.LayerNorm((5, 6)), (5, 6)),
        nn.Linear: (nn.Linear(6, 6, bias=False), (5, 6)),
        nn.Conv2d: (nn.Conv2d(6, 12, (3, 1), padding=(1, 0), groups=6), (6, 5, 4)),
        nn.AdaptiveAvgPool2d: (nn.AdaptiveAvgPool2d(1), (6, 4, 4)),
        nn.AvgPool2d: (nn.AvgPool2d(2), (6, 4, 4)),
        nn.MaxPool2d: (nn.MaxPool2d(2), (6, 4, 4)),
    }
    for kind in PLAIN:
        module, shape = modules.get(kind, (None, (6, 4, 4)))
        module = kind().eval() if module is None else module.eval()
        x = torch.randn(2, *shape)
        layer = standard_layer(load_keras(), "", module, shape)
        layer(turned(x.numpy()))
        carry(module, layer, ())
        y = np.asarray(layer(turned(x.numpy()), training=False))
        assert np.abs(y - turned(module(x).detach().numpy())).max() < 1e-5, kind
