"""Operators of published convolutional networks against their definitions, and what they say of a wrong number."""

import pytest
import torch
import torch.nn.functional as F

import nasviz as nv
from nasviz.errors import BuildError
from nasviz.nn.primitives import meaning_of
from nasviz.spaces import image_operators as ops

X = torch.linspace(-2, 2, 3 * 8 * 7 * 6).sin().reshape(3, 8, 7, 6)


def built(op, *numbers):
    torch.manual_seed(0)
    return meaning_of(op).build((8, 7, 6), 5, numbers).eval()


def parameters(module):
    return sum(p.numel() for p in module.parameters())


def test_widen_and_depthwise_are_convolutions_alone():
    net = built(ops.widen, 3)
    assert torch.equal(net(X), F.conv2d(X, net.weight))
    assert (net(X).shape, parameters(net)) == ((3, 24, 7, 6), 8 * 24)
    net = built(ops.depthwise, 5, 2)
    assert torch.equal(net(X), F.conv2d(X, net.weight, stride=2, padding=2, groups=8))
    assert (net(X).shape, parameters(net)) == ((3, 8, 4, 3), 8 * 25)


def test_narrow_is_relu_conv_bn():
    net = built(ops.narrow, 4, 2)
    y = F.batch_norm(F.conv2d(F.relu(X), net[1].weight, stride=2), net[2].running_mean, net[2].running_var)
    assert torch.allclose(net(X), y, atol=1e-6)
    assert net(X).shape == (3, 2, 4, 3)


def test_squeeze_excite_scales_channels_by_their_averages():
    net = built(ops.squeeze_excite, 4)
    means = X.mean((2, 3), keepdim=True)
    gate = torch.sigmoid(
        F.conv2d(F.relu(F.conv2d(means, net.reduce.weight, net.reduce.bias)), net.restore.weight, net.restore.bias)
    )
    assert torch.allclose(net(X), X * gate, atol=1e-6)
    assert parameters(net) == 8 * 2 + 2 + 2 * 8 + 8
    assert built(ops.squeeze_excite, 99)(X).shape == X.shape


@pytest.mark.parametrize(("kernel", "stride", "size"), [(3, 2, (4, 3)), (2, 2, (4, 3)), (3, 1, (7, 6)), (1, 1, (7, 6))])
def test_max_pool_rounds_up(kernel, stride, size):
    y = built(ops.max_pool2d, kernel, stride)(X)
    assert y.shape[2:] == size
    assert y[0, 0, 0, 0] == X[0, 0, : (kernel + 2) // 2, : (kernel + 2) // 2].max()


def test_the_shortcut_without_weights():
    net = built(ops.subsample, 13, 2)
    y = net(X)
    assert y.shape == (3, 13, 4, 3)
    assert torch.equal(y[:, 2:10], X[:, :, ::2, ::2])
    assert not y[:, :2].any()
    assert not y[:, 10:].any()
    assert parameters(net) == 0


def test_separable_and_dilated_convolutions():
    for op, kernel in ((ops.sep_conv3x3, 3), (ops.sep_conv5x5, 5)):
        net = built(op)
        y = X
        for at in (0, 4):
            y = F.conv2d(F.relu(y), net[at + 1].weight, padding=kernel // 2, groups=8)
            y = net[at + 3](F.conv2d(y, net[at + 2].weight))
        assert torch.allclose(net(X), y, atol=1e-6)
    for op, kernel in ((ops.dil_conv3x3, 3), (ops.dil_conv5x5, 5)):
        net = built(op)
        y = F.conv2d(F.relu(X), net[1].weight, padding=kernel - 1, dilation=2, groups=8)
        assert torch.allclose(net(X), net[3](F.conv2d(y, net[2].weight)), atol=1e-6)


def test_activations():
    assert torch.equal(built(ops.relu6)(4 * X), F.relu6(4 * X))
    assert torch.allclose(built(ops.swish)(X), X * torch.sigmoid(X), atol=1e-6)


def test_weights_for_each_channel_also_of_sequences_and_vectors():
    scale = next(op for op in ops.UNARY if op.name == "scale")
    for shape in ((8, 7, 6), (5, 8), (8,)):
        module = meaning_of(scale).build(shape)
        assert parameters(module) == 8
        assert module(torch.ones(2, *shape)).shape == (2, *shape)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("depthwise(4, 1)", "depthwise.*the size of the window is odd, 1, 3, 5 …, found 4"),
        ("depthwise(3, 0)", "the stride is 1 or more, found 0"),
        ("widen(0)", "the factor on the channels is 1 or more, found 0"),
        ("narrow(5, 1)", "16 channels cannot be divided by 5"),
        ("squeeze_excite(-1)", "the divisor of the channels is 1 or more, found -1"),
        ("max_pool2d(0, 1)", "the size of the window is 1 or more, found 0"),
        ("subsample(8, 2)", "subsample adds channels: 16 enter, 8 shall leave"),
    ],
)
def test_wrong_numbers_are_told_with_their_place(text, words):
    arch = nv.parse(f"Linear(relu, {text}, fc)", (3, 8, 8))
    with pytest.raises(BuildError, match=words) as error:
        arch.cost()
    assert error.value.position == (1,)
