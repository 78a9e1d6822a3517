"""The Keras model of an architecture against its torch network."""

import numpy as np
import pytest
import torch

from nasviz.spaces import parse

pytestmark = pytest.mark.tensorflow


def assert_equal_outputs(net, model, shape, batch=3):
    x = torch.randn(batch, *shape, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = net.eval()(x).numpy()
    assert np.abs(np.asarray(model(x.numpy(), training=False)) - expected).max() < 1e-4


def test_the_papers_term():
    arch = parse("Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)")
    model = arch.to_keras(seed=0)
    assert_equal_outputs(arch.to_torch(seed=0), model, (3, 32, 32))
    assert [layer.name for layer in model.layers if layer.name.startswith("p_0")] == ["p_0_0", "p_0_1", "p_0_2"]
