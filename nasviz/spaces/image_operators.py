"""Operators of convolutional networks that take numbers, and those of activation functions, as data.

`depthwise(5, 2)` is a depthwise convolution alone: a 5×5 window, stride 2. With such operators networks are written as they
were published. Sizes that a stride does not divide are rounded up.
"""

from __future__ import annotations

from nasviz.algebra import Operator, Sort
from nasviz.graph import topology

Number = int | float

_INT = Sort.INT
_LIU = "Liu et al. 2019"
_SANDLER = "Sandler et al. 2018"
_RAMACHANDRAN = "Ramachandran et al. 2017"

widen = Operator("widen", (_INT,), doc="1×1 convolution without bias to that many times the channels.", source=_SANDLER)
narrow = Operator(
    "narrow",
    (_INT, _INT),
    doc="ReLU, 1×1 convolution without bias, batch normalisation: divides the channels by the first number, stride the second.",
    source=_LIU,
)
depthwise = Operator(
    "depthwise",
    (_INT, _INT),
    doc="Convolution of each channel by itself, without bias: odd size of the window, stride.",
    source=_SANDLER,
)
squeeze_excite = Operator(
    "squeeze_excite",
    (_INT,),
    doc="Scales each channel by a sigmoid of two 1×1 convolutions of the averages; the number divides the channels.",
    source="Hu et al. 2018",
)
max_pool2d = Operator("max_pool2d", (_INT, _INT), doc="Maximum: size of the window, stride.", source="LeCun et al. 1998")
subsample = Operator(
    "subsample",
    (_INT, _INT),
    doc="subsample(n, s): every s-th pixel, and channels of zeros up to n: the shortcut without weights.",
    source="He et al. 2016",
)
sep_conv3x3 = Operator("sep_conv3x3", doc="Twice ReLU, depthwise 3×3, 1×1 convolution, batch normalisation.", source=_LIU)
sep_conv5x5 = Operator("sep_conv5x5", doc="Twice ReLU, depthwise 5×5, 1×1 convolution, batch normalisation.", source=_LIU)
dil_conv3x3 = Operator("dil_conv3x3", doc="ReLU, depthwise 3×3 with gaps of one, 1×1 convolution, BN.", source=_LIU)
dil_conv5x5 = Operator("dil_conv5x5", doc="ReLU, depthwise 5×5 with gaps of one, 1×1 convolution, BN.", source=_LIU)
relu6 = Operator("relu6", doc="min(max(x, 0), 6).", source=_SANDLER)
swish = Operator("swish", doc="x · sigmoid(x).", source=_RAMACHANDRAN)

IMAGE: tuple[Operator, ...] = (
    widen,
    narrow,
    depthwise,
    squeeze_excite,
    max_pool2d,
    subsample,
    sep_conv3x3,
    sep_conv5x5,
    dil_conv3x3,
    dil_conv5x5,
    relu6,
    swish,
)
"""Primitives of published convolutional networks."""

IMAGE_STEPS: dict[Operator, tuple[int | None, int | None]] = {
    widen: (0, None),
    narrow: (None, None),
    depthwise: (None, 1),
    squeeze_excite: (0, 1),
    max_pool2d: (None, 1),
    subsample: (None, None),
}
"""Halvings and factor on the channels of the primitives whose numbers decide; None where they do."""

IMAGE_NUMBERS: dict[Operator, tuple[Number, ...]] = {
    widen: (3,),
    narrow: (2, 1),
    depthwise: (3, 1),
    squeeze_excite: (4,),
    max_pool2d: (3, 2),
    subsample: (16, 2),
}
"""An example of the numbers of each primitive that takes any."""


def _unary(name: str, doc: str) -> Operator:
    return Operator(name, doc=doc, source=_RAMACHANDRAN)


UNARY: tuple[Operator, ...] = (
    _unary("neg", "−x."),
    _unary("abs", "|x|."),
    _unary("square", "x², of x limited to ±100."),
    _unary("cube", "x³, of x limited to ±100."),
    _unary("sqrt", "√(max(x, 0) + 0.0001)."),
    _unary("scale", "β · x with a trained β for each channel, at first 1."),
    _unary("shift", "x + β with a trained β for each channel, at first 0."),
    _unary("log", "log(|x| + 0.0001)."),
    _unary("exp", "exp(x), of x limited to ±10."),
    _unary("sin", "sin x."),
    _unary("cos", "cos x."),
    _unary("sinh", "sinh x, of x limited to ±10."),
    _unary("cosh", "cosh x, of x limited to ±10."),
    _unary("tanh", "tanh x."),
    _unary("asinh", "Inverse of sinh."),
    _unary("atanh", "Inverse of tanh, of x limited to ±0.999."),
    _unary("sinc", "sin(πx) / (πx), 1 at 0."),
    _unary("max0", "max(x, 0)."),
    _unary("min0", "min(x, 0)."),
    _unary("sigmoid", "1 / (1 + exp(−x))."),
    _unary("logexp", "log(1 + exp(x))."),
    _unary("gaussian", "exp(−x²)."),
    _unary("erf", "The error function."),
    _unary("const", "A trained number for each channel, at first 1."),
)
"""The unary functions of which activation functions are made; `id` is the 25th. Limits keep them finite."""

APPLY = topology("Unary", "1>2", doc="Its operand: a function by itself, where `Binary` merges two.", source=_RAMACHANDRAN)
"""``Unary(sin)`` is ``sin``; the published grammar of activation functions tells levels apart by it."""


def _merge(name: str, doc: str) -> Operator:
    return Operator(name, result=Sort.MERGE, doc=doc, source=_RAMACHANDRAN)


BINARY_MERGES: tuple[Operator, ...] = (
    _merge("sub", "The first input minus the second."),
    _merge("div", "x · y / (y² + 0.0001): the quotient, finite at 0."),
    _merge("max", "The greater input."),
    _merge("min", "The smaller input."),
    _merge("sigmoid_gate", "sigmoid(x) · y."),
    _merge("gaussian_sq", "exp(−(x − y)²)."),
    _merge("gaussian_abs", "exp(−|x − y|)."),
    _merge("weighted_average", "(x + y) / 2."),
)
"""The merges of two inputs of which activation functions are made, beside `add` and `mul`; they have no weights."""
