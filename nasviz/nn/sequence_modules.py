"""The torch modules behind the operators of sequences, as factories: every call makes new weights.

A sequence is (B, L, C), a vector (B, C), an image (B, C, H, W). Sources: Dosovitskiy et al. 2021 (ViT), Tolstikhin et al. 2021
(MLP-Mixer), Ericsson et al. 2024 (einspace).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import nn

from nasviz.algebra import Operator
from nasviz.errors import BuildError
from nasviz.nn.primitive import IMAGE, SEQUENCE, Meaning, keeping, reading
from nasviz.spaces import sequence_operators as ops

__all__ = ["TORCH", "linear_stem", "mean_pool", "odd", "positive"]

Shape = tuple[int, ...]
WIDTH = 64  # channels behind the stem of sequences and vectors
EPSILON = 1e-6


class Patches(nn.Module):
    """The p×p patches of an image, row by row, each in the order channel, row, column."""

    def __init__(self, p: int) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, C, H, W) -> (B, H/p · W/p, C · p · p)."""
        _, c, h, w = x.shape
        p = self.p
        return x.reshape(-1, c, h // p, p, w // p, p).permute(0, 2, 4, 1, 3, 5).reshape(-1, (h // p) * (w // p), c * p * p)


class Unpatches(nn.Module):
    """A square image of its p×p patches."""

    def __init__(self, p: int) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, h², C · p · p) -> (B, C, h · p, h · p)."""
        _, n, c = x.shape
        p, h = self.p, math.isqrt(n)
        return x.reshape(-1, h, h, c // p**2, p, p).permute(0, 3, 1, 4, 2, 5).reshape(-1, c // p**2, h * p, h * p)


class Im2col(nn.Module):
    """The neighbourhoods of the pixels of an image, each in the order channel, row, column."""

    def __init__(self, k: int, s: int) -> None:
        super().__init__()
        self.k, self.s = k, s

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, C, H, W) -> (B, L, C · k · k)."""
        return F.unfold(x, self.k, padding=self.k // 2, stride=self.s).transpose(1, 2)


class Attention(nn.Module):
    """Multi-head self-attention: queries, keys and values by one affine map, an affine map behind the heads."""

    def __init__(self, c: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(c, 3 * c)
        self.project = nn.Linear(c, c)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, L, C) -> (B, L, C)."""
        _, n, c = x.shape
        q, k, v = self.qkv(x).reshape(-1, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        y = F.scaled_dot_product_attention(q, k, v)
        return self.project(y.transpose(1, 2).reshape(-1, n, c))


class Transpose(nn.Module):
    """Tokens and channels change places."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, L, C) -> (B, C, L)."""
        return x.transpose(1, 2)


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation of the channels of each pixel."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        return super().forward(input.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Position(nn.Module):
    """A learned number for each number of the example, added."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embedding = nn.Parameter(torch.empty(shape))
        nn.init.trunc_normal_(self.embedding, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, …) -> (B, …)."""
        return x + self.embedding


class ClassToken(nn.Module):
    """A learned token before all others."""

    def __init__(self, c_in: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.empty(1, 1, c_in))
        nn.init.trunc_normal_(self.token, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, L, C) -> (B, L + 1, C)."""
        return torch.cat([self.token.expand(x.shape[0], -1, -1), x], dim=1)


class FirstToken(nn.Module):
    """The first token alone."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, L, C) -> (B, C)."""
        return x[:, 0]


class Mean(nn.Module):
    """The mean over some axes."""

    def __init__(self, *axes: int) -> None:
        super().__init__()
        self.axes = axes

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, L, C) -> (B, C) over axis 1, (B, C, H, W) -> (B, C) over axes 2 and 3."""
        return x.mean(self.axes)


def patches(shape: Shape, p: int) -> nn.Module:
    """Patches of an image whose sides p divides."""
    if p < 1 or any(n % p for n in shape[1:]):
        raise BuildError(f"patches of {p}×{p} do not divide an image of {shape[1]}×{shape[2]}")
    return Patches(p)


def unpatches(shape: Shape, p: int) -> nn.Module:
    """A square image of a sequence."""
    if math.isqrt(shape[0]) ** 2 != shape[0]:
        raise BuildError(f"{shape[0]} tokens make no square image")
    if p < 1 or shape[1] % p**2:
        raise BuildError(f"{shape[1]} channels make no patches of {p}×{p}")
    return Unpatches(p)


def im2col(k: int, s: int) -> nn.Module:
    """Neighbourhoods of odd size."""
    return Im2col(odd(k), positive(s, "the stride"))


def linear(shape: Shape, n: int) -> nn.Module:
    """An affine map of the channels; of the pixels of an image it is a 1×1 convolution with bias."""
    positive(n, "the number of channels")
    return nn.Conv2d(shape[0], n, 1) if len(shape) == 3 else nn.Linear(shape[-1], n)


def expand(shape: Shape, c_in: int, k: int) -> nn.Module:
    """An affine map to k times the channels."""
    return linear(shape, c_in * positive(k, "the factor"))


def contract(shape: Shape, c_in: int, k: int) -> nn.Module:
    """An affine map to the k-th part of the channels."""
    if c_in % positive(k, "the divisor"):
        raise BuildError(f"{k} does not divide {c_in} channels")
    return linear(shape, c_in // k)


def mlp(shape: Shape, c_in: int, n: int) -> nn.Module:
    """Two affine maps with GELU between them."""
    hidden = (n, *shape[1:]) if len(shape) == 3 else (*shape[:-1], n)
    return nn.Sequential(linear(shape, n), nn.GELU(), linear(hidden, c_in))


def attention(c_in: int, h: int) -> nn.Module:
    """Multi-head self-attention."""
    if c_in % positive(h, "the number of heads"):
        raise BuildError(f"{h} heads do not divide {c_in} channels")
    return Attention(c_in, h)


def layer_norm(shape: Shape, c_in: int) -> nn.Module:
    """Layer normalisation over the channels."""
    return (ChannelNorm if len(shape) == 3 else nn.LayerNorm)(c_in, eps=EPSILON)


def mean_pool(shape: Shape) -> nn.Module:
    """The mean over tokens or pixels."""
    return Mean(1) if len(shape) == 2 else Mean(2, 3)


def linear_stem(shape: Shape) -> nn.Module:
    """Affine map to 64 channels, layer normalisation."""
    return nn.Sequential(nn.Linear(shape[-1], WIDTH), nn.LayerNorm(WIDTH, eps=EPSILON))


def positive(n: int, what: str) -> int:
    """The number, when it is at least 1."""
    if n < 1:
        raise BuildError(f"{what} is 1 or more, found {n}")
    return n


def odd(k: int) -> int:
    """The size of a kernel, when it is odd."""
    if k < 1 or k % 2 == 0:
        raise BuildError(f"the size of a kernel is odd, found {k}")
    return k


TORCH: Mapping[Operator, Meaning] = {
    ops.patches: reading(patches, IMAGE, numbers=1),
    ops.unpatches: reading(unpatches, SEQUENCE, numbers=1),
    ops.im2col: reading(im2col, IMAGE, numbers=2),
    ops.linear: reading(linear, numbers=1),
    ops.expand: reading(expand, numbers=1),
    ops.contract: reading(contract, numbers=1),
    ops.mlp: keeping(mlp, numbers=1),
    ops.attention: keeping(attention, SEQUENCE, numbers=1),
    ops.transpose: reading(Transpose, SEQUENCE),
    ops.layer_norm: keeping(layer_norm),
    ops.gelu: keeping(nn.GELU),
    ops.position: keeping(Position, SEQUENCE, IMAGE),
    ops.class_token: reading(ClassToken, SEQUENCE),
    ops.first_token: reading(FirstToken, SEQUENCE),
    ops.mean_pool: reading(mean_pool, SEQUENCE, IMAGE),
}
"""What each operator of :mod:`nasviz.spaces.sequence_operators` stands for."""
