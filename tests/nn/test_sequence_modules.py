"""Operators of sequences against their definitions."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from nasviz.nn.primitives import meaning_of
from nasviz.spaces import operators as standard
from nasviz.spaces import sequence_operators as ops

IMAGE, SEQUENCE, VECTOR = (3, 12, 8), (9, 8), (8,)


def numbers(*shape):
    return torch.linspace(-2, 2, 2 * math.prod(shape)).mul(7).sin().reshape(2, *shape)


def built(op, shape, *values):
    torch.manual_seed(0)
    return meaning_of(op).build(shape, 5, values)


@pytest.mark.parametrize("p", [1, 2, 4])
def test_patches_are_unfolded_images(p):
    x = numbers(*IMAGE)
    assert torch.equal(built(ops.patches, IMAGE, p)(x), F.unfold(x, p, stride=p).transpose(1, 2))


@pytest.mark.parametrize(("p", "shape"), [(1, (9, 8)), (2, (9, 8)), (2, (1, 4))])
def test_unpatches_folds_them_back(p, shape):
    x = numbers(*shape)
    side = math.isqrt(shape[0]) * p
    image = built(ops.unpatches, shape, p)(x)
    assert torch.equal(image, F.fold(x.transpose(1, 2), (side, side), p, stride=p))
    assert torch.equal(built(ops.patches, image.shape[1:], p)(image), x)


def test_patches_and_linear_are_a_convolution():
    x = numbers(*IMAGE)
    linear = built(ops.linear, (6, 48), 5)
    y = F.conv2d(x, linear.weight.reshape(5, 3, 4, 4), linear.bias, stride=4).flatten(2).transpose(1, 2)
    assert torch.allclose(linear(built(ops.patches, IMAGE, 4)(x)), y, atol=1e-5)


@pytest.mark.parametrize("s", [1, 2])
def test_im2col_linear_unpatches_is_a_convolution(s):
    x = numbers(3, 8, 8)
    linear = built(ops.linear, (64 // s**2, 27), 5)
    tokens = linear(built(ops.im2col, (3, 8, 8), 3, s)(x))
    image = built(ops.unpatches, tokens.shape[1:], 1)(tokens)
    assert torch.allclose(image, F.conv2d(x, linear.weight.reshape(5, 3, 3, 3), linear.bias, s, 1), atol=1e-5)


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_attention_is_that_of_torch(heads):
    ours = built(ops.attention, SEQUENCE, heads)
    theirs = nn.MultiheadAttention(8, heads, batch_first=True)
    with torch.no_grad():
        for a, b in zip(theirs.parameters(), ours.parameters(), strict=True):
            a.copy_(b)
    x = numbers(*SEQUENCE)
    assert torch.allclose(ours(x), theirs(x, x, x)[0], atol=1e-5)


def test_attention_by_its_formula():
    ours, x = built(ops.attention, SEQUENCE, 2), numbers(*SEQUENCE)
    q, k, v = ours.qkv(x).chunk(3, dim=-1)
    heads = [
        torch.softmax(q[..., h] @ k[..., h].transpose(1, 2) / math.sqrt(4), dim=-1) @ v[..., h]
        for h in (slice(0, 4), slice(4, 8))
    ]
    assert torch.allclose(ours(x), ours.project(torch.cat(heads, dim=-1)), atol=1e-5)


@pytest.mark.parametrize(
    ("op", "value", "shape", "behind"),
    [
        (op, value, (*shape[:-1], 8) if len(shape) < 3 else (8, 3, 2), wide)
        for op, value, wide in [(ops.linear, 5, 5), (ops.expand, 3, 24), (ops.contract, 4, 2), (ops.mlp, 20, 8)]
        for shape in (VECTOR, SEQUENCE, IMAGE)
    ],
)
def test_affine_maps_act_on_each_token_and_pixel_alike(op, value, shape, behind):
    net, x = built(op, shape, value), numbers(*shape)
    places = x if len(shape) < 3 else x.permute(0, 2, 3, 1)
    with torch.no_grad():
        y = places
        layers = net if isinstance(net, nn.Sequential) else [net]
        for layer in layers:
            y = F.gelu(y) if isinstance(layer, nn.GELU) else F.linear(y, layer.weight.flatten(1), layer.bias)
    assert y.shape[-1] == behind
    assert torch.allclose(net(x), y if len(shape) < 3 else y.permute(0, 3, 1, 2), atol=1e-5)


@pytest.mark.parametrize("shape", [VECTOR, SEQUENCE, (8, 3, 2)])
def test_layer_norm_is_over_the_channels_alone(shape):
    net, x = built(ops.layer_norm, shape), numbers(*shape)
    axis = 1 if len(shape) == 3 else -1
    mean, variance = x.mean(axis, keepdim=True), x.var(axis, keepdim=True, unbiased=False)
    assert torch.allclose(net(x), (x - mean) / (variance + 1e-6).sqrt(), atol=1e-5)
    assert [p.shape for p in net.parameters()] == [(8,), (8,)]


def test_gelu_is_exact():
    x = numbers(*SEQUENCE)
    assert torch.allclose(built(ops.gelu, SEQUENCE)(x), x * (1 + torch.erf(x / math.sqrt(2))) / 2, atol=1e-6)


def test_tokens():
    x = numbers(*SEQUENCE)
    assert torch.equal(built(ops.transpose, SEQUENCE)(x), x.transpose(1, 2))
    assert torch.equal(built(ops.first_token, SEQUENCE)(x), x[:, 0])
    assert torch.equal(built(ops.mean_pool, SEQUENCE)(x), x.mean(1))
    assert torch.allclose(built(ops.mean_pool, IMAGE)(numbers(*IMAGE)), numbers(*IMAGE).mean((2, 3)))
    token = built(ops.class_token, SEQUENCE)
    y = token(x)
    assert torch.equal(y[:, 1:], x)
    assert torch.equal(y[0, 0], token.token[0, 0])
    assert torch.equal(y[1, 0], token.token[0, 0])


@pytest.mark.parametrize("shape", [SEQUENCE, IMAGE])
def test_positions_are_added(shape):
    net, x = built(ops.position, shape), numbers(*shape)
    assert net.embedding.shape == shape
    assert 0.005 < net.embedding.std() < 0.04
    assert torch.equal(net(x), x + net.embedding)


@pytest.mark.parametrize("shape", [SEQUENCE, VECTOR])
def test_the_stem_and_the_heads_of_sequences_and_vectors(shape):
    x = numbers(*shape)
    assert built(standard.linear_stem, shape)(x).shape == (2, *shape[:-1], 64)
    fc = built(standard.fc, shape)
    assert torch.allclose(fc(x), fc.linear(x.mean(1) if len(shape) == 2 else x), atol=1e-6)
    assert built(standard.pool_linear, shape)(x).shape == (2, 5)


@pytest.mark.parametrize(
    ("op", "value", "shape", "weight"),
    [
        (standard.conv2d, (5, 3, 2), (5, 4, 4), (5, 3, 3, 3)),
        (standard.conv2d, (7, 1, 1), (7, 7, 7), (7, 3, 1, 1)),
        (standard.down3x3, (), (6, 4, 4), (6, 3, 3, 3)),
        (standard.down1x1, (), (6, 4, 4), (6, 3, 1, 1)),
    ],
)
def test_plain_convolutions(op, value, shape, weight):
    net, x = built(op, (3, 7, 7), *value), numbers(3, 7, 7)
    assert [p.shape for p in net.parameters()] == [weight]
    stride = 1 if shape[1] == 7 else 2
    assert torch.equal(net(x), F.conv2d(x, net.weight, None, stride, weight[2] // 2))
    assert net(x).shape == (2, *shape)
