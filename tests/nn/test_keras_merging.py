"""Merges in Keras against those of torch."""

import numpy as np
import pytest
import torch

from nasviz.errors import BuildError, ShapeError
from nasviz.graph import KNOWN_MERGES, merge, topology
from nasviz.nn.keras_merging import BINARY, LAYERS
from nasviz.spaces.image_operators import BINARY_MERGES

pytestmark = pytest.mark.tensorflow

SHAPE = (3, 6, 6)


def difference(arch):
    x = torch.randn(2, *SHAPE, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = arch.to_torch(seed=0).eval()(x).numpy()
    return np.abs(np.asarray(arch.to_keras(seed=0)(x.numpy(), training=False)) - expected).max()


def test_every_merge_has_a_form():
    assert set(LAYERS) | set(BINARY) == {*KNOWN_MERGES, *(op.name for op in BINARY_MERGES)}


@pytest.mark.parametrize("name", ["sum", "mul", "max", "min", "concat"])
def test_merges_in_the_order_of_the_operands(arch_of, name):
    three = topology("Three", "1>2 1>2 1>2", merge=name)
    assert (
        difference(arch_of("Linear(Three(avg_pool, id, conv1x1), Three(Three(id, relu, id), id, relu))", [three], SHAPE)) < 1e-4
    )


@pytest.mark.parametrize("op", BINARY_MERGES, ids=lambda op: op.name)
def test_merges_of_two_inputs(arch_of, op):
    two, three = topology("Two", "1>2 1>2", merge=op), topology("Three", "1>2 1>2 1>2", merge=op)
    text = "Linear(Two(Linear(conv1x1, relu), conv3x3), Three(conv1x1, Linear(conv1x1, relu), id))"
    assert difference(arch_of(text, [two, three], SHAPE)) < 1e-4


def gate():
    @merge
    def gate(a, b):
        return a * torch.sigmoid(b) + b

    return gate


def test_a_merge_of_ones_own(arch_of):
    own = gate()

    @own.keras
    def _(a, b):
        import keras

        return a * keras.ops.sigmoid(b) + b

    assert difference(arch_of("Gate(conv1x1, id, relu)", [topology("Gate", "1>2 1>2 1>2", merge=own)], SHAPE)) < 1e-4


BAD = {
    "none": (None, BuildError, "the merge gate at (1,) has no Keras form; write one: @gate.keras def _(a, b): ..."),
    "fails": (lambda a, b: 1 / 0, BuildError, "the Keras form of the merge gate at (1,) fails: division by zero"),
    "shape": (
        lambda a, b: a[:, 0],
        ShapeError,
        "the Keras form of the merge gate at (1,) makes (None, 6, 16) of inputs of shape (None, 6, 6, 16); a merge keeps the "
        "shape",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_merge_that_does_not_fit(arch_of, case):
    form, error, words = BAD[case]
    own = gate()
    if form is not None:
        own.keras(form)
    with pytest.raises(error) as found:
        arch_of("Linear(id, Gate(id, id))", [topology("Gate", "1>2 1>2", merge=own)], SHAPE).to_keras(seed=0)
    assert str(found.value).startswith(words)
    assert found.value.position == (1,)
