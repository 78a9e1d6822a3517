"""The standard operators against the definitions of the literature."""

import pytest
import torch
import torch.nn.functional as F

from nasviz.errors import BuildError
from nasviz.graph import ID, ZERO
from nasviz.nn.primitive import ALL_RANKS, KINDS
from nasviz.nn.primitives import TORCH, meaning_of
from nasviz.spaces import operators as ops

SHAPE = (8, 7, 6)
X = torch.linspace(-2, 2, 3 * 8 * 7 * 6).sin().reshape(3, *SHAPE)
BY_NAME = {op.name: op for op in (*ops.STANDARD, *ops.STEMS, *ops.HEADS)}


def built(name, shape=SHAPE, num_classes=5):
    torch.manual_seed(0)
    return meaning_of(BY_NAME[name]).build(shape, num_classes)


def test_every_standard_primitive_has_a_meaning():
    from nasviz.algebra import Sort
    from nasviz.graph import Topology

    maps = [op for op in ops.STANDARD if op.result is Sort.MAP and not isinstance(op, Topology)]
    everything = (*maps, *ops.VARIANTS, *ops.STEMS, *ops.HEADS)
    assert [op.name for op in everything if meaning_of(op) is None] == []
    assert set(TORCH) == set(everything)


SHAPES = {1: (12,), 2: (9, 8), 3: SHAPE}
CASES = [(op, rank) for op, meaning in TORCH.items() for rank in meaning.ranks]


@pytest.mark.parametrize(("op", "rank"), CASES, ids=lambda case: getattr(case, "name", case))
def test_a_new_module_at_every_call_that_keeps_its_declaration(op, rank):
    meaning = TORCH[op]
    numbers = ops.NUMBERS.get(op, ())
    shape = (8, 6, 4) if op.name == "patches" else SHAPES[rank]
    x = torch.linspace(-2, 2, 3 * torch.Size(shape).numel()).sin().reshape(3, *shape)
    first, second = meaning.build(shape, 5, numbers), meaning.build(shape, 5, numbers)
    assert first is not second
    y = first.eval()(x)
    expected = meaning.expected(shape)
    assert expected is None or all(e in (None, n) for e, n in zip(expected, y.shape[1:], strict=True))
    y.sum().backward() if y.requires_grad else None


@pytest.mark.parametrize("op", [op for op, meaning in TORCH.items() if meaning.ranks != ALL_RANKS], ids=lambda op: op.name)
def test_examples_that_an_operator_does_not_take(op):
    meaning = TORCH[op]
    for rank in set(ALL_RANKS) - set(meaning.ranks):
        with pytest.raises(BuildError, match=f"^it takes an? .*, found an? {KINDS[rank].split()[1]} "):
            meaning.build(SHAPES[rank], 5, ops.NUMBERS.get(op, ()))


@pytest.mark.parametrize(("name", "kernel"), [("conv", 3), ("conv1x1", 1), ("conv3x3", 3)])
def test_conv_is_relu_conv_batchnorm_without_bias(name, kernel):
    net = built(name)
    conv = net[1]
    assert [type(m).__name__ for m in net] == ["ReLU", "Conv2d", "BatchNorm2d"]
    assert conv.kernel_size == (kernel, kernel)
    assert conv.bias is None
    expected = F.batch_norm(F.conv2d(F.relu(X), conv.weight, padding=kernel // 2), None, None, training=True)
    assert torch.allclose(net(X), expected, atol=1e-5)


@pytest.mark.parametrize(("op", "kernel"), [(ops.plain_conv1x1, 1), (ops.plain_conv3x3, 3)])
def test_in_the_hierarchical_space_a_convolution_stands_alone(op, kernel):
    conv = meaning_of(op).build(SHAPE)
    assert torch.equal(conv(X), F.conv2d(X, conv.weight, padding=kernel // 2))
    assert [name for name, _ in conv.named_parameters()] == ["weight"]


def test_the_depthwise_convolution_mixes_no_channels():
    net = built("dconv3x3")
    assert sum(p.numel() for p in net.parameters()) == 8 * 9
    one = torch.zeros_like(X)
    one[:, 3] = X[:, 3]
    touched = net(one).abs().sum((0, 2, 3)) > 0
    assert touched.tolist() == [k == 3 for k in range(8)]


def test_the_average_does_not_count_the_padding():
    assert torch.allclose(built("avg_pool")(torch.ones_like(X)), torch.ones_like(X))
    assert torch.equal(built("max_pool")(X), F.max_pool2d(X, 3, 1, 1))


def test_down_is_the_residual_block_of_the_literature():
    net = built("down").eval()
    y = F.conv2d(F.relu(X), net.a[1].weight, stride=2, padding=1)
    y = F.conv2d(F.relu(net.a[2](y)), net.b[1].weight, padding=1)
    even = X[..., :6, :]
    assert torch.allclose(net(X), net.b[2](y) + F.conv2d(net.pool(X), net.project.weight), atol=1e-5)
    assert torch.allclose(net.pool(even), F.avg_pool2d(even, 2))
    assert sum(p.numel() for p in net.parameters()) == 8 * 16 * 9 + 32 + 16 * 16 * 9 + 32 + 8 * 16
    assert net(X).shape == (3, 16, 4, 3)


def test_normalisations():
    assert torch.allclose(built("layer")(X), F.layer_norm(X, SHAPE), atol=1e-6)
    assert torch.allclose(built("instance")(X), F.instance_norm(X), atol=1e-6)
    assert torch.allclose(built("batch")(X), F.batch_norm(X, None, None, training=True), atol=1e-6)
    sizes = {name: sum(p.numel() for p in built(name).parameters()) for name in ("layer", "instance", "batch")}
    assert sizes == {"layer": 2 * 8 * 7 * 6, "instance": 16, "batch": 16}


@pytest.mark.parametrize(("name", "function"), [("relu", F.relu), ("hardswish", F.hardswish), ("mish", F.mish)])
def test_activations(name, function):
    assert torch.equal(built(name)(X), function(X))


def test_identity_and_zero():
    assert torch.equal(meaning_of(ID).build(SHAPE)(X), X)
    assert torch.equal(meaning_of(ZERO).build(SHAPE)(X), torch.zeros_like(X))


def test_stem_and_heads():
    assert built("conv_stem")(X).shape == (3, 16, 7, 6)
    fc = built("fc")
    assert torch.allclose(fc(X), F.linear(X.mean((2, 3)), fc.linear.weight, fc.linear.bias), atol=1e-6)
    assert built("fc", shape=(8,))(X[..., 0, 0]).shape == (3, 5)
    assert built("pool_linear")(X).shape == (3, 5)
    assert isinstance(built("pool_linear", shape=(5,)), torch.nn.Identity)
    *_, linear = built("bn_relu_pool_linear")
    expected = linear(F.relu(F.batch_norm(X, None, None, training=True)).mean((2, 3)))
    assert torch.allclose(built("bn_relu_pool_linear")(X), expected, atol=1e-5)
