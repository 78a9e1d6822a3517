"""Weights from torch into Keras, leaf by leaf."""

import numpy as np
import pytest
import torch
from torch import nn

from nasviz.errors import BuildError
from nasviz.nn.keras_build import load_keras
from nasviz.nn.keras_weights import carry, keras_name, keras_position, transfer

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize("where", [(), (0,), (0, 2, 1), (12, 3), "stem", "head"])
def test_a_name_says_where(where):
    assert keras_position(keras_name(where)) == where


@pytest.mark.parametrize("name", ["x", "channels_last", "j1_p_0", "p_x", "q_1", "network"])
def test_other_layers_stand_nowhere(name):
    assert keras_position(name) is None


def test_a_trained_network_is_carried_into_a_model_that_stands(arch_of):
    arch = arch_of("Linear(conv3x3, down)", input_shape=(1, 6, 6))
    model, net = arch.to_keras(seed=0), arch.to_torch(seed=1)
    transfer(net, model)
    x = torch.randn(2, 1, 6, 6)
    with torch.no_grad():
        assert np.abs(np.asarray(model(x.numpy(), training=False)) - net.eval()(x).numpy()).max() < 1e-5


def test_a_network_of_another_architecture(arch_of):
    model = arch_of("Linear(conv3x3, conv1x1)", input_shape=(1, 6, 6)).to_keras(seed=0)
    with pytest.raises(
        BuildError, match=r"^the network has no module at \(1,\): it is none of this architecture; build it with"
    ):
        transfer(arch_of("Linear(conv3x3)", input_shape=(1, 6, 6)).to_torch(seed=0), model)
    with pytest.raises(
        BuildError, match=r"^at \(1,\) the Keras form has the weights .*, the torch module none; write both with "
    ):
        transfer(arch_of("Linear(conv3x3, relu)", input_shape=(1, 6, 6)).to_torch(seed=0), model)


def test_statistics_epsilon_and_momentum():
    norm = nn.BatchNorm2d(4, eps=0.01, momentum=0.25)
    norm(torch.randn(3, 4, 5, 5) + 2)
    layer = load_keras().layers.BatchNormalization()
    layer.build((None, 5, 5, 4))
    carry(norm, layer, ())
    assert (layer.epsilon, layer.momentum) == (0.01, 0.75)
    assert np.array_equal(np.asarray(layer.moving_mean), norm.running_mean.numpy())
    assert np.array_equal(np.asarray(layer.moving_variance), norm.running_var.numpy())
    cumulative = nn.BatchNorm2d(4, momentum=None)
    carry(cumulative, layer, ())
    assert layer.momentum == 0.75


def test_parts_are_paired_by_name_where_the_names_agree():
    k, module = load_keras(), nn.ModuleDict({"b": nn.Linear(3, 3), "a": nn.Linear(3, 3)})
    x = k.Input((3,))
    layer = k.Model(x, k.layers.Dense(3, name="b")(k.layers.Dense(3, name="a")(x)))
    carry(module, layer, ())
    assert np.array_equal(layer.get_layer("a").get_weights()[0], module["a"].weight.detach().numpy().T)
    other = k.Sequential([k.Input((3,)), k.layers.Dense(3), k.layers.Dense(3)])
    carry(module, other, ())
    assert np.array_equal(other.layers[0].get_weights()[0], module["b"].weight.detach().numpy().T)


@pytest.mark.parametrize(
    ("module", "make", "shape"),
    [
        (nn.PReLU(4), lambda k: k.layers.PReLU(shared_axes=[1, 2]), (5, 5, 4)),
        (nn.Embedding(7, 4), lambda k: k.layers.Embedding(7, 4), None),
        (nn.Conv1d(4, 6, 3), lambda k: k.layers.Conv1D(6, 3), (9, 4)),
        (nn.Conv2d(4, 8, 3, groups=2), lambda k: k.layers.Conv2D(8, 3, groups=2), (5, 5, 4)),
        (nn.Conv2d(4, 8, 1), lambda k: k.layers.Dense(8), (5, 5, 4)),
    ],
    ids=lambda m: type(m).__name__ if isinstance(m, nn.Module) else "",
)
def test_layers_that_users_write(module, make, shape):
    layer = make(load_keras())
    x = torch.arange(6).reshape(2, 3) if shape is None else torch.randn(2, shape[-1], *shape[:-1])
    given = x.numpy() if shape is None else np.moveaxis(x.numpy(), 1, -1)
    layer(given)
    carry(module, layer, ())
    expected = module(x).detach().numpy()
    assert np.abs(np.asarray(layer(given)) - (expected if shape is None else np.moveaxis(expected, 1, -1))).max() < 1e-5


def test_other_numbers_of_weights():
    layer = load_keras().layers.Dense(3)
    layer.build((None, 3))
    with pytest.raises(BuildError) as error:
        carry(nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3)), layer, (2,))
    assert str(error.value) == (
        "at (2,) the Keras form has the weights (3, 3), (3,), the torch module (3, 3), (3,), (3, 3), (3,); write both with the "
        "same layers in the same order (a kernel (out, in, h, w) of torch is (h, w, in, out) in Keras)"
    )
    assert error.value.position == (2,)
