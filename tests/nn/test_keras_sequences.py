"""Sequences in Keras, and trained arrays that are tables."""

import numpy as np
import pytest

from nasviz.nn.keras_build import load_keras
from nasviz.nn.keras_primitives import standard_layer
from nasviz.nn.sequence_modules import ClassToken, Im2col, Patches, Position, Unpatches

pytestmark = pytest.mark.tensorflow


def layer_of(module, shape):
    return standard_layer(load_keras(), "", module, shape)


def test_patches_are_put_together_again():
    x = np.random.default_rng(0).normal(size=(2, 6, 6, 5)).astype("float32")
    patches = layer_of(Patches(3), (5, 6, 6))(x)
    assert patches.shape == (2, 4, 45)
    assert np.array_equal(layer_of(Unpatches(3), (4, 45))(patches), x)


def test_neighbourhoods_of_one_pixel_are_the_pixels():
    x = np.random.default_rng(0).normal(size=(2, 4, 3, 5)).astype("float32")
    assert np.array_equal(layer_of(Im2col(1, 1), (5, 4, 3))(x), x.reshape(2, 12, 5))


@pytest.mark.parametrize(
    ("module", "shape"), [(Position((5, 4)), (5, 4)), (Position((4, 3, 2)), (4, 3, 2)), (ClassToken(4), (5, 4))]
)
def test_trained_arrays_are_trained(module, shape):
    keras = load_keras()
    layer = layer_of(module, shape)
    model = keras.Sequential([keras.Input(layer.input_shape[1:]), layer, keras.layers.Flatten()])
    model.compile("sgd", "mse")
    x = np.ones((4, *layer.input_shape[1:]), "float32")
    before = model.get_weights()
    model.fit(x, np.zeros((4, model.output_shape[1]), "float32"), verbose=0)
    assert [w.shape for w in before] == [(module.state_dict()[k].numel() // 4, 4) for k in module.state_dict()]
    assert all((a != b).all() for a, b in zip(before, model.get_weights(), strict=True))
