"""Transformers, mixers and residual networks as terms of one space, against torch networks written by hand."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from nasviz.errors import BuildError, NasvizError, ShapeError
from nasviz.grammar import log10_of
from nasviz.spaces.transformers import mlp_mixer, transformers, vit_tiny
from nasviz.testing import check_space


def copy(ours, theirs):
    """Copy our weights to the parameters of another network, in order."""
    with torch.no_grad():
        for a, b in zip(ours.parameters(), theirs, strict=True):
            assert a.shape == b.shape
            b.copy_(a)


def operations(net, x):
    """The operations of the exported program, in order; the free size of the batch is no operation."""
    program = torch.export.export(net.eval(), (x,), dynamic_shapes=({0: torch.export.Dim("batch", min=1)},))
    called = (str(node.target) for node in program.graph.nodes if node.op == "call_function")
    return [name for name in called if "sym_size" not in name]


class HandAttention(nn.Module):
    def __init__(self, c, heads):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(c, 3 * c), nn.Linear(c, c)

    def forward(self, x):
        _, n, c = x.shape
        qkv = self.qkv(x).reshape(-1, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        return self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(-1, n, c))


def hand_mlp(c, hidden):
    return nn.Sequential(nn.Linear(c, hidden), nn.GELU(), nn.Linear(hidden, c))


class HandBlock(nn.Module):
    def __init__(self, c, mix, hidden):
        super().__init__()
        self.norm1, self.mix = nn.LayerNorm(c, eps=1e-6), mix
        self.norm2, self.mlp = nn.LayerNorm(c, eps=1e-6), hand_mlp(c, hidden)

    def forward(self, x):
        x = x + self.mix(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class TokenMix(nn.Module):
    def __init__(self, tokens, hidden):
        super().__init__()
        self.mlp = hand_mlp(tokens, hidden)

    def forward(self, x):
        return self.mlp(x.transpose(1, 2)).transpose(1, 2)


def split(x, p):
    _, c, h, w = x.shape
    return x.reshape(-1, c, h // p, p, w // p, p).permute(0, 2, 4, 1, 3, 5).reshape(-1, (h // p) * (w // p), c * p * p)


class HandViT(nn.Module):
    def __init__(self, shape, classes, p, c=192, depth=12, heads=3, class_token=True):
        super().__init__()
        tokens = (shape[1] // p) * (shape[2] // p)
        self.p, self.embed = p, nn.Linear(shape[0] * p * p, c)
        self.token = nn.Parameter(torch.zeros(1, 1, c)) if class_token else None
        self.position = nn.Parameter(torch.zeros(tokens + class_token, c))
        self.blocks = nn.Sequential(*(HandBlock(c, HandAttention(c, heads), 4 * c) for _ in range(depth)))
        self.norm, self.head = nn.LayerNorm(c, eps=1e-6), nn.Linear(c, classes)

    def in_order(self):
        own = [self.position] if self.token is None else [self.token, self.position]
        parts = (self.blocks, self.norm, self.head)
        return [*self.embed.parameters(), *own, *(p for part in parts for p in part.parameters())]

    def forward(self, x):
        x = self.embed(split(x, self.p))
        if self.token is not None:
            x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], dim=1)
        x = self.norm(self.blocks(x + self.position))
        return self.head(x.mean((1,)) if self.token is None else x[:, 0])


class HandMixer(nn.Module):
    def __init__(self, shape, classes, p, c=512, depth=8, hidden=256):
        super().__init__()
        tokens = (shape[1] // p) * (shape[2] // p)
        self.p, self.embed = p, nn.Linear(shape[0] * p * p, c)
        self.blocks = nn.Sequential(*(HandBlock(c, TokenMix(tokens, hidden), 4 * c) for _ in range(depth)))
        self.norm, self.head = nn.LayerNorm(c, eps=1e-6), nn.Linear(c, classes)

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.embed(split(x, self.p)))).mean((1,)))


SMALL = (3, 32, 32)
KNOWN = {
    "ViT": (lambda: vit_tiny(SMALL, 10, patch=8), lambda: HandViT(SMALL, 10, 8)),
    "ViT, mean": (lambda: vit_tiny(SMALL, 10, patch=8, class_token=False), lambda: HandViT(SMALL, 10, 8, class_token=False)),
    "Mixer": (lambda: mlp_mixer(SMALL, 10, patch=8), lambda: HandMixer(SMALL, 10, 8)),
}


@pytest.mark.parametrize("name", KNOWN)
def test_equal_to_the_network_written_by_hand(name):
    make, hand = KNOWN[name]
    ours, theirs = make().to_torch(seed=0), hand()
    copy(ours, theirs.in_order() if hasattr(theirs, "in_order") else theirs.parameters())
    x = torch.randn(2, *SMALL, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(ours(x), theirs(x), atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", KNOWN)
def test_the_operations_are_those_written_by_hand(name):
    make, hand = KNOWN[name]
    x = torch.zeros(2, *SMALL)
    ours = operations(make().to_torch(seed=0), x)
    assert ours == operations(hand(), x)
    assert sum("linear" in target for target in ours) > 30


def test_vit_at_its_published_size_is_what_torch_builds_of_its_own_layers():
    """With a convolution for the patches and torch's encoder layers, at 224 pixels."""
    net = vit_tiny().to_torch(seed=0)
    encoder = [nn.TransformerEncoderLayer(192, 3, 768, 0.0, F.gelu, 1e-6, True, True) for _ in range(12)]
    weights = list(net.parameters())
    x = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        y = F.conv2d(x, weights[0].reshape(192, 3, 16, 16), weights[1], stride=16).flatten(2).transpose(1, 2)
        y = torch.cat([weights[2], y], dim=1) + weights[3]
        for k, layer in enumerate(encoder):
            norm1, (qkv, out), norm2, (up, down) = _layer(weights[4 + 12 * k : 16 + 12 * k])
            names = ("norm1", "self_attn.in_proj_", "self_attn.out_proj", "norm2", "linear1", "linear2")
            state = {}
            for name, (weight, bias) in zip(names, (norm1, qkv, out, norm2, up, down), strict=True):
                dot = "" if name.endswith("_") else "."
                state |= {f"{name}{dot}weight": weight, f"{name}{dot}bias": bias}
            layer.load_state_dict(state)
            y = layer(y)
        y = F.linear(F.layer_norm(y, (192,), *weights[-4:-2], 1e-6)[:, 0], *weights[-2:])
        assert torch.allclose(net(x), y, atol=1e-4)


def _layer(weights):
    pairs = [tuple(weights[i : i + 2]) for i in range(0, 12, 2)]
    return pairs[0], (pairs[1], pairs[2]), pairs[3], (pairs[4], pairs[5])


@pytest.mark.parametrize(
    ("arch", "parameters"),
    [
        (lambda: vit_tiny(), 5_717_416),
        (lambda: vit_tiny(class_token=False), 5_717_416 - 2 * 192),
        (lambda: mlp_mixer(), 18_528_264),
    ],
)
def test_published_numbers_of_parameters(arch, parameters):
    assert arch().cost().parameters == parameters


def test_flops_of_vit_by_hand():
    tokens, c = 197, 192
    block = tokens * (3 * c * c + c * c + 2 * 4 * c * c) + 2 * tokens * tokens * c
    assert vit_tiny().cost().flops == 2 * (196 * 768 * c + 12 * block + c * 1000)


class HandBasic(nn.Module):
    def __init__(self, c_in, c, stride):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(c_in, c, 3, stride, 1, bias=False), nn.BatchNorm2d(c)
        skip = () if stride == 1 else (nn.Conv2d(c_in, c, 1, stride, bias=False), nn.BatchNorm2d(c))
        self.skip = nn.Sequential(*skip)
        self.conv2, self.norm2 = nn.Conv2d(c, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c)

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)))
        skip = self.skip(x)
        return F.relu(skip + self.norm2(self.conv2(y)))


def resnet20_text():
    same = "Linear(Residual(Linear(conv3x3, batch, relu), id, Linear(conv3x3, batch)), relu)"
    down = "Linear(Residual(Linear(down3x3, batch, relu), Linear(down1x1, batch), Linear(conv3x3, batch)), relu)"
    levels = [f"Linear({first}, {same}, {same})" for first in (same, down, down)]
    return f"Linear(Linear(conv2d(16, 3, 1), batch, relu), Linear({', '.join(levels)}), fc)"


def hand_resnet20():
    widths = [(16, 16, 1), (16, 32, 2), (32, 64, 2)]
    blocks = [HandBasic(*w) if k == 0 else HandBasic(w[1], w[1], 1) for w in widths for k in range(3)]
    stem = (nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def test_resnet_is_a_term():
    arch, theirs = transformers().parse(resnet20_text()), hand_resnet20()
    ours = arch.to_torch(seed=0)
    copy(ours, theirs.parameters())
    x = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(ours(x), theirs(x), atol=1e-4)
    assert arch.cost().parameters == 272_474


@pytest.mark.slow
def test_the_operations_of_resnet_are_those_written_by_hand():
    x = torch.zeros(2, 3, 32, 32)
    ours = operations(transformers().parse(resnet20_text()).to_torch(seed=0), x)
    assert ours == operations(hand_resnet20(), x)


def test_the_contract():
    check_space(transformers(), n=6)
    other = transformers((1, 16, 16), 4)
    assert (other.input_shape, other.num_classes, other.fingerprint) == ((1, 16, 16), 4, transformers().fingerprint)


def test_both_sizes():
    space = transformers()
    assert space.count() == space.count("derivations") == float("inf")
    for height, log10 in [(6, 17.0998), (7, 87.9119)]:
        assert space.count(max_height=height) == space.count("derivations", max_height=height)
        assert log10_of(space.count(max_height=height)) == pytest.approx(log10, abs=1e-4)
    assert space.count(max_height=5) == 0


def test_vit_mixer_and_resnet_are_members():
    space = transformers()
    assert all(arch in space for arch in (vit_tiny(), vit_tiny(class_token=False), mlp_mixer()))
    assert resnet20_text().replace("Residual(", "Residual2(") == str(space.parse(resnet20_text()))


def refusals(size, n):
    """How many of n draws have shapes, and why the others have none."""
    reasons = []
    for arch in transformers((3, size, size)).sample(n, seed=0):
        try:
            assert arch.output_shape() == (10,)
        except (BuildError, ShapeError) as error:
            reasons.append(str(error))
    return reasons


@pytest.mark.slow
@pytest.mark.parametrize(("size", "n"), [(16, 30), (28, 30)])
def test_draws_have_shapes_or_a_reason(size, n):
    reasons = refusals(size, n)
    assert len(reasons) <= n // 2
    assert all("do not divide" in reason for reason in reasons)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "share"), [(16, 0.9), (28, 0.75), (32, 0.9), (64, 0.9)])
def test_two_hundred_draws_have_shapes_or_a_reason(size, share):
    reasons = refusals(size, 200)
    assert 1 - len(reasons) / 200 >= share
    assert all("do not divide" in reason for reason in reasons)


def runs(size, n, flops):
    """Train each of n draws of limited cost for one step."""
    ran = 0
    for arch in transformers((3, size, size)).sample(20 * n, seed=3):
        try:
            if arch.cost().flops > flops:
                continue
        except BuildError:
            continue
        net = arch.to_torch(seed=0)
        F.cross_entropy(net(torch.randn(2, 3, size, size)), torch.tensor([1, 2])).backward()
        assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())
        ran += 1
        if ran == n:
            return ran
    return ran


def test_draws_run_forward_and_backward():
    assert runs(16, 3, 2e7) == 3


@pytest.mark.slow
@pytest.mark.parametrize("size", [16, 28, 32, 64])
def test_ten_draws_run_forward_and_backward(size):
    assert runs(size, 10, 5e8) == 10


def test_what_is_no_image_or_no_patch():
    with pytest.raises(NasvizError, match=r"is for images \(C, H, W\), found the input shape \(50, 8\)"):
        transformers((50, 8))
    for make, patch in ((vit_tiny, 5), (mlp_mixer, "16), linear(3"), (vit_tiny, None)):
        with pytest.raises(NasvizError, match="a patch has 2, 4, 8 or 16 pixels a side, found "):
            make(patch=patch)
    with pytest.raises(BuildError, match=r"patches at \(0, 0\) .*: patches of 16×16 do not divide an image of 28×28"):
        vit_tiny((1, 28, 28)).cost()
