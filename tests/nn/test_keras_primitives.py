"""Every standard operator in Keras against its torch module."""

import numpy as np
import pytest
import torch

from nasviz.errors import BuildError
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


def test_the_channels_stand_last():
    assert channels_last((3, 8, 9)) == (8, 9, 3)
