"""The torch modules behind the operators of published convolutional networks, as factories: every call makes new weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import nn

from nasviz.algebra import Operator
from nasviz.errors import BuildError
from nasviz.nn.primitive import IMAGE, Meaning, meaning_of_factory
from nasviz.spaces import image_operators as ops

__all__ = ["BINARY", "TORCH"]

SMALL = 1e-4
Tensor = torch.Tensor


def _odd(kernel: int) -> int:
    if kernel < 1 or kernel % 2 == 0:
        raise BuildError(f"the size of the window is odd, 1, 3, 5 …, found {kernel}")
    return kernel


def _positive(what: str, n: int) -> int:
    if n < 1:
        raise BuildError(f"{what} is 1 or more, found {n}")
    return n


def _conv(c_in: int, c_out: int, kernel: int, stride: int = 1, dilation: int = 1, *, each: bool = False) -> nn.Conv2d:
    padding = dilation * (_odd(kernel) // 2)
    stride = _positive("the stride", stride)
    groups = c_in if each else 1
    return nn.Conv2d(c_in, c_out, kernel, stride, padding, dilation, groups=groups, bias=False)


def widen(c_in: int, factor: int) -> nn.Module:
    """1×1 convolution without bias to `factor` times the channels."""
    return _conv(c_in, _positive("the factor on the channels", factor) * c_in, 1)


def narrow(c_in: int, divisor: int, stride: int) -> nn.Module:
    """ReLU, 1×1 convolution without bias, batch normalisation, to ``c_in / divisor`` channels."""
    if c_in % _positive("the divisor of the channels", divisor):
        raise BuildError(f"{c_in} channels cannot be divided by {divisor}")
    return nn.Sequential(nn.ReLU(), _conv(c_in, c_in // divisor, 1, stride), nn.BatchNorm2d(c_in // divisor))


def depthwise(c_in: int, kernel: int, stride: int) -> nn.Module:
    """Convolution of each channel by itself, without bias."""
    return _conv(c_in, c_in, kernel, stride, each=True)


class SqueezeExcite(nn.Module):
    """Scales each channel by a number in (0, 1) that follows from the averages of all channels (Hu et al. 2018)."""

    def __init__(self, c_in: int, divisor: int) -> None:
        super().__init__()
        between = max(1, c_in // _positive("the divisor of the channels", divisor))
        self.reduce = nn.Conv2d(c_in, between, 1)
        self.restore = nn.Conv2d(between, c_in, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        means = F.adaptive_avg_pool2d(x, 1)
        return x * torch.sigmoid(self.restore(F.relu(self.reduce(means))))


def max_pool2d(kernel: int, stride: int) -> nn.Module:
    """Maximum over windows; sizes that the stride does not divide are rounded up."""
    _positive("the size of the window", kernel)
    padding = (kernel - 1) // 2
    return nn.MaxPool2d(kernel, _positive("the stride", stride), padding, ceil_mode=kernel % 2 == 0)


class Subsample(nn.Module):
    """Every `stride`-th pixel, and zeros for new channels, half of them before and half behind (He et al. 2016, option A)."""

    def __init__(self, c_in: int, channels: int, stride: int) -> None:
        super().__init__()
        more = channels - c_in
        if more < 0:
            raise BuildError(f"subsample adds channels: {c_in} enter, {channels} shall leave")
        self.padding = (0, 0, 0, 0, more // 2, more - more // 2)
        self.stride = _positive("the stride", stride)

    def forward(self, x: Tensor) -> Tensor:
        """(B, c_in, H, W) -> (B, channels, ceil(H/stride), ceil(W/stride))."""
        return F.pad(x[:, :, :: self.stride, :: self.stride], self.padding)


def _relu_separable_bn(c_in: int, kernel: int, dilation: int = 1) -> list[nn.Module]:
    each = _conv(c_in, c_in, kernel, dilation=dilation, each=True)
    return [nn.ReLU(), each, _conv(c_in, c_in, 1), nn.BatchNorm2d(c_in)]


def sep_conv3x3(c_in: int) -> nn.Module:
    """Twice ReLU, depthwise 3×3, 1×1 convolution, batch normalisation."""
    return nn.Sequential(*_relu_separable_bn(c_in, 3), *_relu_separable_bn(c_in, 3))


def sep_conv5x5(c_in: int) -> nn.Module:
    """Twice ReLU, depthwise 5×5, 1×1 convolution, batch normalisation."""
    return nn.Sequential(*_relu_separable_bn(c_in, 5), *_relu_separable_bn(c_in, 5))


def dil_conv3x3(c_in: int) -> nn.Module:
    """ReLU, depthwise 3×3 at dilation 2, 1×1 convolution, batch normalisation."""
    return nn.Sequential(*_relu_separable_bn(c_in, 3, dilation=2))


def dil_conv5x5(c_in: int) -> nn.Module:
    """ReLU, depthwise 5×5 at dilation 2, 1×1 convolution, batch normalisation."""
    return nn.Sequential(*_relu_separable_bn(c_in, 5, dilation=2))


class Elementwise(nn.Module):
    """A function of each number by itself."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        """(B, ...) -> (B, ...)."""
        return self.function(x)


class PerChannel(nn.Module):
    """A function of each number and a trained number β of its channel."""

    def __init__(self, shape: tuple[int, ...], function: Callable[[Tensor, Tensor], Tensor], start: float) -> None:
        super().__init__()
        wide = (1, shape[1]) if len(shape) == 2 else (shape[0], *(1 for _ in shape[1:]))
        self.beta = nn.Parameter(torch.full(wide, start))
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        """(B, ...) -> (B, ...)."""
        return self.function(x, self.beta)


_EACH: dict[str, Callable[[Tensor], Tensor]] = {
    "neg": torch.neg,
    "abs": torch.abs,
    "square": lambda x: torch.square(x.clamp(-100, 100)),
    "cube": lambda x: x.clamp(-100, 100) ** 3,
    "sqrt": lambda x: torch.sqrt(F.relu(x) + SMALL),
    "log": lambda x: torch.log(x.abs() + SMALL),
    "exp": lambda x: torch.exp(x.clamp(-10, 10)),
    "sin": torch.sin,
    "cos": torch.cos,
    "sinh": lambda x: torch.sinh(x.clamp(-10, 10)),
    "cosh": lambda x: torch.cosh(x.clamp(-10, 10)),
    "tanh": torch.tanh,
    "asinh": torch.asinh,
    "atanh": lambda x: torch.atanh(x.clamp(-0.999, 0.999)),
    "sinc": torch.sinc,
    "max0": F.relu,
    "min0": lambda x: x.clamp(max=0),
    "sigmoid": torch.sigmoid,
    "logexp": F.softplus,
    "gaussian": lambda x: torch.exp(-torch.square(x)),
    "erf": torch.erf,
}
_PER_CHANNEL: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], float]] = {
    "scale": (torch.mul, 1.0),
    "shift": (torch.add, 0.0),
    "const": (lambda x, beta: torch.zeros_like(x) + beta, 1.0),
}

BINARY: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "sub": torch.sub,
    "div": lambda x, y: x * y / (torch.square(y) + SMALL),
    "sigmoid_gate": lambda x, y: torch.sigmoid(x) * y,
    "gaussian_sq": lambda x, y: torch.exp(-torch.square(x - y)),
    "gaussian_abs": lambda x, y: torch.exp(-torch.abs(x - y)),
    "weighted_average": lambda x, y: (x + y) / 2,
}
"""Torch meaning of the merges of two inputs that are not associative."""


def _elementwise(name: str) -> Meaning:
    if name in _PER_CHANNEL:
        function, start = _PER_CHANNEL[name]

        def per_channel(shape: tuple[int, ...]) -> nn.Module:
            return PerChannel(shape, function, start)

        return meaning_of_factory(per_channel, widen=1, halve=0)
    each = _EACH[name]
    return meaning_of_factory(lambda: Elementwise(each), widen=1, halve=0)


TORCH: Mapping[Operator, Meaning] = {
    ops.widen: meaning_of_factory(widen, numbers=1, halve=0, ranks=(IMAGE,)),
    ops.narrow: meaning_of_factory(narrow, numbers=2, ranks=(IMAGE,)),
    ops.depthwise: meaning_of_factory(depthwise, numbers=2, widen=1, ranks=(IMAGE,)),
    ops.squeeze_excite: meaning_of_factory(SqueezeExcite, numbers=1, widen=1, halve=0, ranks=(IMAGE,)),
    ops.max_pool2d: meaning_of_factory(max_pool2d, numbers=2, widen=1, ranks=(IMAGE,)),
    ops.subsample: meaning_of_factory(Subsample, numbers=2, ranks=(IMAGE,)),
    ops.sep_conv3x3: meaning_of_factory(sep_conv3x3, widen=1, halve=0, ranks=(IMAGE,)),
    ops.sep_conv5x5: meaning_of_factory(sep_conv5x5, widen=1, halve=0, ranks=(IMAGE,)),
    ops.dil_conv3x3: meaning_of_factory(dil_conv3x3, widen=1, halve=0, ranks=(IMAGE,)),
    ops.dil_conv5x5: meaning_of_factory(dil_conv5x5, widen=1, halve=0, ranks=(IMAGE,)),
    ops.relu6: meaning_of_factory(nn.ReLU6, widen=1, halve=0),
    ops.swish: meaning_of_factory(nn.SiLU, widen=1, halve=0),
    **{op: _elementwise(op.name) for op in ops.UNARY},
}
"""What each operator of :mod:`nasviz.spaces.image_operators` stands for."""
