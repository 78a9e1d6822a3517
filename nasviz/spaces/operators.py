"""The standard operators as data: names, sorts and one sentence each; what they compute is in the layers of meaning.

An example is an image (C, H, W), a sequence (L, C) of L tokens, or a vector (C,). Most primitives keep its shape. Others say in
their sentence what they make of it: `down`, `down3x3` and `down1x1` double the channels and halve the resolution (odd sizes
rounded up), `conv2d` and `linear` set the channels, `patches` makes a sequence of an image and `unpatches` an image of a
sequence, `mean_pool` and `first_token` end in a vector, `fc` in class scores.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from nasviz.algebra import Attribute, Operator, Signature, Sort
from nasviz.graph import (
    ALIASES,
    CHOICES,
    CONNECTED,
    GENERATORS,
    ID,
    MERGES,
    NO_PATH,
    ORDERED_INPUTS,
    STANDARD_TOPOLOGIES,
    ZERO,
    Paths,
)
from nasviz.spaces.arguments import checked_attributes, checked_operators
from nasviz.spaces.image_operators import APPLY, BINARY_MERGES, IMAGE, IMAGE_NUMBERS, IMAGE_STEPS, UNARY
from nasviz.spaces.sequence_operators import SEQUENCE, SEQUENCE_NUMBERS, SEQUENCE_STEPS

_NB201 = "Dong & Yang 2020"
_SCHRODI = "Schrodi et al. 2023"
_HE = "He et al. 2016"


@dataclass(frozen=True)
class Variant(Operator):
    """A standard operator that shares its name with another one.

    In NAS-Bench-201 ``conv3x3`` is ReLU, convolution and batch normalisation; in the hierarchical space it is the convolution
    alone, because activation and normalisation are operators of their own there.

    Attributes
    ----------
    variant
        Which of the operators with this name.
    """

    variant: str = ""

    def declaration(self) -> dict[str, Any]:
        """Return what identifies the operator, as JSON data."""
        return {**super().declaration(), "variant": self.variant}


conv = Operator("conv", doc="ReLU, 3×3 convolution without bias, batch normalisation.", source=_SCHRODI)
"""The paper's plain name for what NAS-Bench-201 calls a 3×3 convolution: ReLU-Conv3x3-BN."""
conv1x1 = Operator("conv1x1", doc="ReLU, 1×1 convolution without bias, batch normalisation.", source=_NB201)
conv3x3 = Operator("conv3x3", doc="ReLU, 3×3 convolution without bias, batch normalisation.", source=_NB201)
plain_conv1x1 = Variant("conv1x1", doc="1×1 convolution without bias, alone.", source=_SCHRODI, variant="plain")
plain_conv3x3 = Variant("conv3x3", doc="3×3 convolution without bias, alone.", source=_SCHRODI, variant="plain")
dconv3x3 = Operator("dconv3x3", doc="3×3 depthwise convolution without bias, alone.", source=_SCHRODI)
avg_pool = Operator("avg_pool", doc="3×3 average at stride 1; padding is not counted.", source=_NB201)
max_pool = Operator("max_pool", doc="3×3 maximum at stride 1.", source="Liu et al. 2019")
down = Operator(
    "down",
    doc="Residual block that halves the resolution and doubles the channels: two ReLU-Conv3x3-BN beside AvgPool2x2-Conv1x1.",
    source=_NB201,
)
relu = Operator("relu", doc="max(x, 0).", source=_SCHRODI)
hardswish = Operator("hardswish", doc="x · min(max(x + 3, 0), 6) / 6.", source=_SCHRODI)
mish = Operator("mish", doc="x · tanh(log(1 + exp(x))).", source=_SCHRODI)
batch = Operator("batch", doc="Batch normalisation.", source=_SCHRODI)
instance = Operator("instance", doc="Instance normalisation.", source=_SCHRODI)
layer = Operator("layer", doc="Layer normalisation over channels, height and width.", source=_SCHRODI)
fc = Operator(
    "fc",
    doc="Fully connected layer to the class scores, after a global average: the term brings its own head.",
    source=_SCHRODI,
)

conv2d = Operator(
    "conv2d",
    (Sort.INT,) * 3,
    doc="conv2d(n, k, s): k×k convolution to n channels at stride s, padding k // 2, no bias, alone.",
    source=_HE,
)
"""(C, H, W) -> (n, ceil(H / s), ceil(W / s)) for odd k."""
down3x3 = Operator("down3x3", doc="3×3 convolution at stride 2 to twice the channels, without bias, alone.", source=_HE)
"""(C, H, W) -> (2 C, ceil(H / 2), ceil(W / 2)), as on the main path of a ResNet's first block of a stage."""
down1x1 = Operator("down1x1", doc="1×1 convolution at stride 2 to twice the channels, without bias, alone.", source=_HE)
"""(C, H, W) -> (2 C, ceil(H / 2), ceil(W / 2)), as on a ResNet's shortcut."""

PRIMITIVES: tuple[Operator, ...] = (
    conv,
    conv1x1,
    conv3x3,
    dconv3x3,
    avg_pool,
    max_pool,
    down,
    relu,
    hardswish,
    mish,
    batch,
    instance,
    layer,
    fc,
    ID,
    ZERO,
    conv2d,
    down3x3,
    down1x1,
    *IMAGE,
    *SEQUENCE,
    *UNARY,
)
"""The primitives that every space knows."""

STANDARD: tuple[Operator, ...] = (*STANDARD_TOPOLOGIES, *GENERATORS, *CHOICES, APPLY, *MERGES, *BINARY_MERGES, *PRIMITIVES)
"""All operators that every space knows: topologies, merges and primitives."""

VARIANTS: tuple[Operator, ...] = (plain_conv1x1, plain_conv3x3)
"""Operators that a space takes instead of the standard ones of the same name."""

conv_stem = Operator("conv_stem", doc="3×3 convolution to 16 channels without bias, batch normalisation.", source=_NB201)
linear_stem = Operator("linear_stem", doc="Affine map of each token, or of a vector, to 64 channels, layer normalisation.")
pool_linear = Operator(
    "pool_linear", doc="Global average and linear layer; nothing after a term that ends in class scores itself."
)
bn_relu_pool_linear = Operator(
    "bn_relu_pool_linear", doc="Batch normalisation, ReLU, global average and linear layer.", source=_NB201
)

STEMS: tuple[Operator, ...] = (conv_stem, linear_stem)
"""What may stand before a term."""

HEADS: tuple[Operator, ...] = (pool_linear, bn_relu_pool_linear)
"""What may stand behind a term."""


def default_stem(input_shape: tuple[int, ...]) -> Operator:
    """Return the stem of a space that names none: `conv_stem` for images, `linear_stem` for sequences and vectors.

    >>> default_stem((3, 32, 32)).name, default_stem((50, 8)).name, default_stem((64,)).name
    ('conv_stem', 'linear_stem', 'linear_stem')
    """
    return conv_stem if len(input_shape) == 3 else linear_stem


STEPS: dict[Operator, tuple[int | None, int | None]] = {
    down: (1, 2),
    down3x3: (1, 2),
    down1x1: (1, 2),
    conv2d: (None, None),
    **IMAGE_STEPS,
    **SEQUENCE_STEPS,
}
"""Halvings of the resolution and factor on the channels of the standard primitives that have any; None where numbers decide."""

NUMBERS: dict[Operator, tuple[int | float, ...]] = {conv2d: (16, 3, 1), **IMAGE_NUMBERS, **SEQUENCE_NUMBERS}
"""An example of the numbers of each standard primitive that takes any."""


def _halvings(op: Operator) -> int | None:
    declared = op.declaration()
    return declared["halve"] if "halve" in declared else STEPS.get(op, (0, 1))[0]


def _widening(op: Operator) -> int | float | None:
    declared = op.declaration()
    if "widen" not in declared:
        return STEPS.get(op, (0, 1))[1]
    if declared["widen"] is None:
        return None
    factor = Fraction(declared["widen"])
    return int(factor) if factor.denominator == 1 else float(factor)


HALVINGS = Paths("halvings", each=_halvings)
"""How often a term halves the resolution; no number where paths that join differ."""

WIDENING = Paths("widening", each=_widening, along="product")
"""How many times as many channels a term gives as it takes; no number where paths that join differ."""

ATTRIBUTES: tuple[Attribute, ...] = (CONNECTED, NO_PATH, HALVINGS, WIDENING, ORDERED_INPUTS)
"""What every space may require, beside `depth` and `size`."""


def signature(operators: Iterable[Operator] = (), attributes: Iterable[Attribute] = ()) -> Signature:
    """Return the signature of the standard operators and `operators`; of equal names the given ones count.

    The attributes `connected`, `zero`, `halvings` and `widening`, and those given, may stand in constraints.

    >>> signature().resolve("Residual", 3).name
    'Residual2'
    """
    return Signature(STANDARD, ALIASES, ATTRIBUTES).with_(checked_operators(operators), checked_attributes(attributes))
