"""The torch modules behind the standard operators of images, as factories: every call makes new weights.

Sources: Dong & Yang 2020 (NAS-Bench-201) and Schrodi et al. 2023 with their released code.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn

from nasviz.nn.sequence_modules import mean_pool, odd, positive

Shape = tuple[int, ...]
WIDTH = 16  # channels behind the stem


def relu_conv_bn(c_in: int, c_out: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """ReLU, convolution without bias, batch normalisation: (B, c_in, H, W) -> (B, c_out, ceil(H/stride), ceil(W/stride))."""
    return nn.Sequential(nn.ReLU(), nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(c_out))


class Down(nn.Module):
    """A residual block that halves the resolution, rounded up, and widens: two ReLU-Conv3x3-BN beside AvgPool2x2-Conv1x1."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.a = relu_conv_bn(c_in, c_out, 3, stride=2)
        self.b = relu_conv_bn(c_out, c_out, 3)
        self.pool = nn.AvgPool2d(2, ceil_mode=True)
        self.project = nn.Conv2d(c_in, c_out, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, c_in, H, W) -> (B, c_out, ceil(H/2), ceil(W/2))."""
        return self.project(self.pool(x)) + self.b(self.a(x))


class Zero(nn.Module):
    """Zeros of the input's shape."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, C, H, W) -> (B, C, H, W), all zero."""
        return torch.zeros_like(x)


def conv1x1(c_in: int) -> nn.Module:
    """ReLU-Conv1x1-BN."""
    return relu_conv_bn(c_in, c_in, 1)


def conv3x3(c_in: int) -> nn.Module:
    """ReLU-Conv3x3-BN."""
    return relu_conv_bn(c_in, c_in, 3)


def plain_conv1x1(c_in: int) -> nn.Module:
    """Conv1x1 without bias."""
    return nn.Conv2d(c_in, c_in, 1, bias=False)


def plain_conv3x3(c_in: int) -> nn.Module:
    """Conv3x3 without bias."""
    return nn.Conv2d(c_in, c_in, 3, padding=1, bias=False)


def depthwise3x3(c_in: int) -> nn.Module:
    """Depthwise Conv3x3 without bias, and nothing else."""
    return nn.Conv2d(c_in, c_in, 3, padding=1, groups=c_in, bias=False)


def conv2d(c_in: int, n: int, k: int, s: int) -> nn.Module:
    """Convolution without bias to n channels."""
    return nn.Conv2d(c_in, positive(n, "the number of channels"), odd(k), positive(s, "the stride"), k // 2, bias=False)


def down3x3(c_in: int, c_out: int) -> nn.Module:
    """Conv3x3 without bias at stride 2."""
    return nn.Conv2d(c_in, c_out, 3, 2, 1, bias=False)


def down1x1(c_in: int, c_out: int) -> nn.Module:
    """Conv1x1 without bias at stride 2."""
    return nn.Conv2d(c_in, c_out, 1, 2, bias=False)


def avg_pool() -> nn.Module:
    """Average of 3x3 at stride 1; the padding is not counted."""
    return nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)


def max_pool() -> nn.Module:
    """Maximum of 3x3 at stride 1."""
    return nn.MaxPool2d(3, stride=1, padding=1)


def batch_norm(shape: Shape, c_in: int) -> nn.Module:
    """Batch normalisation."""
    return nn.BatchNorm2d(c_in) if len(shape) == 3 else nn.BatchNorm1d(c_in)


def instance_norm(c_in: int) -> nn.Module:
    """Instance normalisation with a scale and a shift for each channel."""
    return nn.InstanceNorm2d(c_in, affine=True)


def layer_norm(shape: Shape) -> nn.Module:
    """Layer normalisation over the whole example: channels, height and width together."""
    return nn.LayerNorm(list(shape))


def conv_stem(c_in: int) -> nn.Module:
    """Conv3x3 to 16 channels without bias, batch normalisation."""
    return nn.Sequential(nn.Conv2d(c_in, WIDTH, 3, padding=1, bias=False), nn.BatchNorm2d(WIDTH))


def fc(shape: Shape, c_in: int, num_classes: int) -> nn.Module:
    """The fully connected layer to the classes, after a mean over pixels or tokens: (B, …) -> (B, num_classes)."""
    return nn.Sequential(OrderedDict(_pooled(shape) | {"linear": nn.Linear(c_in, num_classes)}))


def pool_linear(shape: Shape, c_in: int, num_classes: int) -> nn.Module:
    """Global average and linear layer; what already is a vector of num_classes passes unchanged."""
    return nn.Identity() if shape == (num_classes,) else fc(shape, c_in, num_classes)


def bn_relu_pool_linear(shape: Shape, c_in: int, num_classes: int) -> nn.Module:
    """Batch normalisation, ReLU, global average and linear layer, of images and vectors."""
    return nn.Sequential(batch_norm(shape, c_in), nn.ReLU(), *fc(shape, c_in, num_classes).children())


def _pooled(shape: Shape) -> dict[str, nn.Module]:
    if len(shape) == 2:
        return {"pool": mean_pool(shape)}
    return {"pool": nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten()} if len(shape) == 3 else {}
