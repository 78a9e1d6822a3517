"""Known architectures as terms, public as ``nv.known``: each is the one architecture of a grammar with its published form.

Save for the cells of NAS-Bench-201 they have no stem: the term is the whole network, from the first convolution to the class
scores. ``arch.space`` says where a network is from; its grammar names the stages and blocks, so that folds and derivation trees
show them. Convolutions are written without bias, since a normalisation follows; dropout is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

from nasviz.algebra.arguments import flag, shown
from nasviz.errors import NasvizError
from nasviz.extension import lower
from nasviz.graph import ID
from nasviz.spaces.architecture import Architecture
from nasviz.spaces.nb201 import nb201_parse
from nasviz.spaces.space import SearchSpace, Shape
from nasviz.spaces.transformers import mlp_mixer, vit_tiny

__all__ = [
    "KNOWN",
    "mlp_mixer",
    "mobilenet_v2",
    "nb201_best",
    "nb201_resnet",
    "resnet18",
    "resnet20",
    "table",
    "vgg",
    "vit_tiny",
    "wide_resnet",
]

_HE = "He et al. 2016, Deep Residual Learning for Image Recognition"
_ZAGORUYKO = "Zagoruyko & Komodakis 2016, Wide Residual Networks"
_SIMONYAN = "Simonyan & Zisserman 2015, Very Deep Convolutional Networks for Large-Scale Image Recognition"
_SANDLER = "Sandler et al. 2018, MobileNetV2: Inverted Residuals and Linear Bottlenecks"


def _whole(name: str, grammar: str, task: tuple[Shape, int], source: str) -> Architecture:
    """Return the one architecture of a grammar, without a stem before it."""
    return SearchSpace(grammar, (), *task, stem=ID, name=name, source=source).sample(seed=0)


def _conv_bn(channels: int, kernel: int, stride: int = 1) -> str:
    return f"conv2d({channels}, {kernel}, {stride}), batch"


def _basic_block(channels: int, stride: int, shortcut: str) -> str:
    """The block of ResNet-18 and ResNet-20: two 3×3 convolutions and a shortcut, ReLU after the sum."""
    first, second = _conv_bn(channels, 3, stride), _conv_bn(channels, 3)
    return f"Linear(Residual2(Linear({first}, relu), {shortcut}, Linear({second})), relu)"


def _stage(number: int, rest: int, first: str, same: str) -> str:
    """The rule of a stage: its first block and so many equal ones."""
    blocks = ", ".join([f"FIRST{number}"] + [f"SAME{number}"] * rest)
    rules = f"STAGE{number} ::= Linear({blocks})\nFIRST{number} ::= {first}\n" if rest else f"STAGE{number} ::= {first}\n"
    return rules + (f"SAME{number} ::= {same}\n" if rest else "")


def _resnet(stem: str, widths: Sequence[int], blocks: int, shortcut: Callable[[int], str]) -> str:
    rules = [f"S ::= Linear({stem}, {', '.join(f'STAGE{k}' for k in range(1, len(widths) + 1))}, fc)\n"]
    for k, width in enumerate(widths, start=1):
        same = _basic_block(width, 1, "id")
        first = same if k == 1 else _basic_block(width, 2, shortcut(width))
        rules.append(_stage(k, blocks - 1, first, same))
    return "".join(rules)


def _projection(width: int) -> str:
    return f"Linear({_conv_bn(width, 1, 2)})"


def resnet20_grammar(shortcut: str = "projection", activation: str = "relu") -> str:
    """Return the grammar of :func:`resnet20`, with another activation function: a term or the name of a rule to add.

    Raises
    ------
    NasvizError
        If there is no such shortcut.
    """
    shortcuts: dict[str, Callable[[int], str]] = {"projection": _projection, "padding": lambda width: f"subsample({width}, 2)"}
    if shortcut not in tuple(shortcuts):
        raise NasvizError(f"a shortcut of ResNet-20 is projection or padding, found {shortcut!r}")
    return _resnet(f"{_conv_bn(16, 3)}, relu", (16, 32, 64), 3, shortcuts[shortcut]).replace("relu", activation)


def resnet20(input_shape: Shape = (3, 32, 32), num_classes: int = 10, *, shortcut: str = "projection") -> Architecture:
    """Return ResNet-20 for small images (He et al. 2016): three stages of three blocks, 16, 32 and 64 channels.

    Parameters
    ----------
    input_shape, num_classes
        The task.
    shortcut
        Where a stage begins: "projection", a 1×1 convolution (272,474 parameters), or "padding", every second pixel and
        channels of zeros, as published (269,722).

    Raises
    ------
    NasvizError
        If there is no such shortcut.

    Examples
    --------
    >>> resnet20().space.name, len(resnet20().graph())
    ('ResNet-20', 69)
    """
    return _whole("ResNet-20", resnet20_grammar(shortcut), (input_shape, num_classes), _HE)


def resnet18(input_shape: Shape = (3, 32, 32), num_classes: int = 10, *, imagenet: bool = False) -> Architecture:
    """Return ResNet-18 (He et al. 2016): four stages of two blocks, 64 to 512 channels.

    Parameters
    ----------
    input_shape, num_classes
        The task.
    imagenet
        The published stem, for images of 224×224: a 7×7 convolution at stride 2 and a pooling (11,689,512 parameters with 1,000
        classes). By default a 3×3 convolution, as is usual for 32×32 (11,173,962 with 10 classes).

    Examples
    --------
    >>> str(resnet18()[0])
    'conv2d(64, 3, 1)'
    """
    stem = f"{_conv_bn(64, 7, 2)}, relu, max_pool2d(3, 2)" if flag(imagenet, "imagenet") else f"{_conv_bn(64, 3)}, relu"
    grammar = _resnet(stem, (64, 128, 256, 512), 2, _projection)
    return _whole("ResNet-18", grammar, (input_shape, num_classes), _HE)


def wide_resnet(input_shape: Shape = (3, 32, 32), num_classes: int = 10, *, depth: int = 16, factor: int = 4) -> Architecture:
    """Return a wide residual network WRN-depth-factor (Zagoruyko & Komodakis 2016), WRN-16-4 by default.

    Normalisation and ReLU stand before the convolutions. WRN-16-4 has 2,748,890 parameters with 10 classes.

    Parameters
    ----------
    input_shape, num_classes
        The task.
    depth
        Number of convolutions, 6 n + 4 for n blocks a stage.
    factor
        How many times as many channels as 16, 32 and 64.

    Raises
    ------
    NasvizError
        If `depth` is not 10, 16, 22, … or `factor` not 1 or more.

    Examples
    --------
    >>> wide_resnet(depth=28, factor=10).space.name
    'WRN-28-10'
    """
    if not isinstance(depth, Integral) or not 10 <= depth <= 10_000 or (depth - 4) % 6:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NasvizError(f"the depth of a wide residual network is 6 n + 4, 10, 16, 22 … 9,994, found {shown(depth)}")
    if not isinstance(factor, Integral) or factor < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NasvizError(f"the factor of a wide residual network is a whole number, 1 or more, found {shown(factor)}")
    rules = ["S ::= Linear(conv2d(16, 3, 1), STAGE1, STAGE2, STAGE3, batch, relu, fc)\n"]
    before = 16
    for k, width in enumerate((16 * factor, 32 * factor, 64 * factor), start=1):
        stride = 1 if k == 1 else 2
        conv, second = f"conv2d({width}, 3, {stride})", f"Linear(batch, relu, conv2d({width}, 3, 1))"
        same = f"Residual2({second}, id, {second})"
        first = f"Linear(batch, relu, Residual2({conv}, conv2d({width}, 1, {stride}), {second}))"
        rules.append(_stage(k, (depth - 4) // 6 - 1, same if before == width else first, same))
        before = width
    return _whole(f"WRN-{depth}-{factor}", "".join(rules), (input_shape, num_classes), _ZAGORUYKO)


VGG_STAGES: dict[int, tuple[int, ...]] = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
"""Convolutions in each of the five stages, by the number of layers with weights of the published networks."""


def vgg(input_shape: Shape = (3, 32, 32), num_classes: int = 10, *, depth: int = 16) -> Architecture:
    """Return a network like VGG (Simonyan & Zisserman 2015) for small images: normalised, with one linear layer at the end.

    VGG-16 so has 14,724,042 parameters with 10 classes.

    Parameters
    ----------
    input_shape, num_classes
        The task.
    depth
        11, 13, 16 or 19.

    Raises
    ------
    NasvizError
        If there is no such depth.

    Examples
    --------
    >>> [op.name for op in vgg(depth=11).term.operators].count("max_pool2d")
    5
    """
    if depth not in tuple(VGG_STAGES):
        raise NasvizError(f"VGG has 11, 13, 16 or 19 layers, found {depth}")
    rules = ["S ::= Linear(STAGE1, STAGE2, STAGE3, STAGE4, STAGE5, fc)\n"]
    for k, (n, width) in enumerate(zip(VGG_STAGES[depth], (64, 128, 256, 512, 512), strict=True), start=1):
        layers = ", ".join([f"{_conv_bn(width, 3)}, relu"] * n)
        rules.append(f"STAGE{k} ::= Linear({layers}, max_pool2d(2, 2))\n")
    return _whole(f"VGG-{depth}", "".join(rules), (input_shape, num_classes), _SIMONYAN)


INVERTED_RESIDUALS: tuple[tuple[int, int, int, int], ...] = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Stages of MobileNetV2: expansion, channels, number of blocks, stride of the first (Sandler et al. 2018, Table 2)."""


def mobilenet_v2(input_shape: Shape = (3, 32, 32), num_classes: int = 10, *, imagenet: bool = False) -> Architecture:
    """Return MobileNetV2 (Sandler et al. 2018): 17 inverted residuals with depthwise convolutions.

    Parameters
    ----------
    input_shape, num_classes
        The task.
    imagenet
        The published strides, for images of 224×224 (3,504,872 parameters with 1,000 classes). By default the first convolution
        and the second stage keep the resolution, as is usual for 32×32 (2,236,682 with 10 classes).

    Examples
    --------
    >>> [op.name for op in mobilenet_v2().term.operators].count("depthwise")
    17
    """
    names = [f"STAGE{k}" for k in range(1, len(INVERTED_RESIDUALS) + 1)]
    first = f"{_conv_bn(32, 3, 2 if imagenet else 1)}, relu6"
    rules = [f"S ::= Linear({first}, {', '.join(names)}, {_conv_bn(1280, 1)}, relu6, fc)\n"]
    for k, (expansion, channels, n, stride) in enumerate(INVERTED_RESIDUALS, start=1):
        stride = stride if imagenet or k != 2 else 1
        widened = "" if expansion == 1 else f"widen({expansion}), batch, relu6"
        begin = f"{widened}, {_inverted(channels, stride)}" if widened else _inverted(channels, stride)
        same = f"Residual2(Linear({widened}), id, Linear({_inverted(channels, 1)}))"
        rules.append(_stage(k, n - 1, f"Linear({begin})", same))
    return _whole("MobileNetV2", "".join(rules), (input_shape, num_classes), _SANDLER)


def _inverted(channels: int, stride: int) -> str:
    """What follows the widening in an inverted residual: no activation at its narrow end."""
    return f"depthwise(3, {stride}), batch, relu6, {_conv_bn(channels, 1)}"


def nb201_best(input_shape: Shape = (3, 32, 32), num_classes: int = 10) -> Architecture:
    """Return the cell of NAS-Bench-201 with the best accuracy on CIFAR-10: 91.61 % validation, 94.37 % test (Dong & Yang 2020).

    Both are means over seeds after 200 epochs; 1,073,466 parameters on CIFAR-10.

    Examples
    --------
    >>> str(nb201_best()[0, 0, 0])
    'Cell(conv3x3, conv3x3, conv3x3, id, conv3x3, conv1x1)'
    """
    text = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|"
    return nb201_parse(text, input_shape, num_classes)


def nb201_resnet(input_shape: Shape = (3, 32, 32), num_classes: int = 10) -> Architecture:
    """Return the cell of NAS-Bench-201 that is a residual block: two 3×3 convolutions beside the identity (Dong & Yang 2020).

    Examples
    --------
    >>> str(nb201_resnet()[0, 0, 0])
    'Cell(conv3x3, zero, conv3x3, id, zero, id)'
    """
    text = "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|skip_connect~2|"
    return nb201_parse(text, input_shape, num_classes)


KNOWN: dict[str, Callable[[], Architecture]] = {
    "ResNet-20": resnet20,
    "ResNet-18": resnet18,
    "WRN-16-4": wide_resnet,
    "VGG-16": vgg,
    "MobileNetV2": mobilenet_v2,
    "ViT-Ti/16": vit_tiny,
    "Mixer-S/16": mlp_mixer,
    "NAS-Bench-201, best cell": nb201_best,
    "NAS-Bench-201, residual cell": nb201_resnet,
}
"""The known architectures by name, each as a function that returns its usual form."""


def table() -> Any:
    """Return the known architectures as a ``pandas.DataFrame``, a row for each, indexed by name.

    Columns: "parameters", "FLOPs" (2 per multiply-add, one image), "input" (shape), "operators" (of the term), "source" and
    "function" (as called in ``nv.known``).
    """
    rows: list[dict[str, Any]] = []
    for name, make in KNOWN.items():
        arch = make()
        cost = arch.cost()
        rows.append(
            {
                "name": name,
                "parameters": cost.parameters,
                "FLOPs": cost.flops,
                "input": arch.space.input_shape,
                "operators": len(arch.term),
                "source": arch.space.source,
                "function": f"nv.known.{make.__name__}()",
            }
        )
    return lower("frame")(rows, "name")


def __dir__() -> list[str]:
    return __all__
