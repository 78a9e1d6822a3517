"""The standard operators as data: names, sorts and one sentence each; what they compute is in the layers of meaning.

Every primitive of sort map keeps channels and resolution, except `down`, which doubles the channels and halves the resolution
(odd sizes rounded up), and `fc`, which ends in a vector of class scores.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from nasviz.algebra import Attribute, Operator, Signature
from nasviz.graph import ALIASES, CONNECTED, ID, MERGES, NO_PATH, STANDARD_TOPOLOGIES, ZERO, Paths

_NB201 = "Dong & Yang 2020"
_SCHRODI = "Schrodi et al. 2023"


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
)
"""The primitives that every space knows."""

STANDARD: tuple[Operator, ...] = (*STANDARD_TOPOLOGIES, *MERGES, *PRIMITIVES)
"""All operators that every space knows: topologies, merges and primitives."""

VARIANTS: tuple[Operator, ...] = (plain_conv1x1, plain_conv3x3)
"""Operators that a space takes instead of the standard ones of the same name."""

conv_stem = Operator("conv_stem", doc="3×3 convolution to 16 channels without bias, batch normalisation.", source=_NB201)
pool_linear = Operator(
    "pool_linear", doc="Global average and linear layer; nothing after a term that ends in class scores itself."
)
bn_relu_pool_linear = Operator(
    "bn_relu_pool_linear", doc="Batch normalisation, ReLU, global average and linear layer.", source=_NB201
)

STEMS: tuple[Operator, ...] = (conv_stem,)
"""What may stand before a term."""

HEADS: tuple[Operator, ...] = (pool_linear, bn_relu_pool_linear)
"""What may stand behind a term."""


STEPS: dict[Operator, tuple[int, int]] = {down: (1, 2)}
"""Halvings of the resolution and factor on the channels of the standard primitives that have any."""


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

ATTRIBUTES: tuple[Attribute, ...] = (CONNECTED, NO_PATH, HALVINGS, WIDENING)
"""What every space may require, beside `depth` and `size`."""


def signature(operators: Iterable[Operator] = (), attributes: Iterable[Attribute] = ()) -> Signature:
    """Return the signature of the standard operators and `operators`; of equal names the given ones count.

    The attributes `connected`, `zero`, `halvings` and `widening`, and those given, may stand in constraints.

    >>> signature().resolve("Residual", 3).name
    'Residual2'
    """
    return Signature(STANDARD, ALIASES, ATTRIBUTES).with_(operators, attributes)
