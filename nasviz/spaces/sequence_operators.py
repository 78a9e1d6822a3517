"""Operators of sequences, and those between sequences and images, as data.

A sequence (L, C) is L tokens of C channels. `patches(4)` makes one of an image, `unpatches(4)` an image of it; `transpose` lets
what acts on channels mix tokens. With a convolution written as `Linear(im2col(3, 1), linear(n), unpatches(1))` transformers,
mixers and convolutional networks are terms over one vocabulary, as in einspace (Ericsson et al. 2024).
"""

from __future__ import annotations

from nasviz.algebra import Operator, Sort

_VIT = "Dosovitskiy et al. 2021"
_MIXER = "Tolstikhin et al. 2021"
_EINSPACE = "Ericsson et al. 2024"

patches = Operator(
    "patches",
    (Sort.INT,),
    doc="patches(p): an image as the sequence of its p×p patches, row by row; nothing is learned.",
    source=f"{_VIT}; {_EINSPACE}",
)
"""(C, H, W) -> (H/p · W/p, C · p · p); numbers of a patch in the order channel, row, column; p divides H and W."""
unpatches = Operator(
    "unpatches",
    (Sort.INT,),
    doc="unpatches(p): the inverse of patches(p) for a square image; nothing is learned.",
    source=_EINSPACE,
)
"""(h², C · p · p) -> (C, h · p, h · p); the number of tokens is a square."""
im2col = Operator(
    "im2col",
    (Sort.INT, Sort.INT),
    doc="im2col(k, s): the k×k neighbourhoods at stride s as a sequence, padded with k // 2 zeros; nothing is learned.",
    source=_EINSPACE,
)
"""(C, H, W) -> (ceil(H/s) · ceil(W/s), C · k · k) for odd k: im2col, linear(n), unpatches(1) is a convolution with bias."""
linear = Operator(
    "linear",
    (Sort.INT,),
    doc="linear(n): affine map to n channels, the same at each token or pixel.",
    source=_EINSPACE,
)
"""(L, C) -> (L, n), (C,) -> (n,), (C, H, W) -> (n, H, W)."""
expand = Operator(
    "expand",
    (Sort.INT,),
    doc="expand(k): affine map to k times the channels, the same at each token or pixel.",
    source=_VIT,
)
"""(L, C) -> (L, k · C), and the channels of vectors and images alike."""
contract = Operator(
    "contract",
    (Sort.INT,),
    doc="contract(k): affine map to the k-th part of the channels, the same at each token or pixel.",
    source=_VIT,
)
"""(L, C) -> (L, C / k), and the channels of vectors and images alike; k divides C."""
mlp = Operator(
    "mlp",
    (Sort.INT,),
    doc="mlp(n): linear(n), gelu, and an affine map back to as many channels as before.",
    source=_MIXER,
)
"""Keeps the shape of sequences, vectors and images; n hidden channels at each token or pixel."""
attention = Operator(
    "attention",
    (Sort.INT,),
    doc="attention(h): multi-head self-attention with h heads, biases and output projection.",
    source="Vaswani et al. 2017",
)
"""(L, C) -> (L, C); h divides C; scores are scaled by the root of C / h."""
transpose = Operator("transpose", doc="Tokens as channels and channels as tokens.", source=_MIXER)
"""(L, C) -> (C, L): between two of them, what acts on channels mixes tokens."""
layer_norm = Operator(
    "layer_norm",
    doc="Layer normalisation over the channels, at each token or pixel, epsilon 1e-6; `layer` takes the whole example.",
    source=f"Ba et al. 2016; {_VIT}",
)
"""Keeps the shape of sequences, vectors and images; a scale and a shift for each channel."""
gelu = Operator("gelu", doc="x · Φ(x), Φ the normal distribution function.", source="Hendrycks & Gimpel 2016")
"""Keeps every shape; the exact form, not the one by tanh."""
position = Operator("position", doc="Adds a learned number to each channel of each token or pixel.", source=_VIT)
"""Keeps the shape of sequences and images; as many parameters as the example has numbers."""
class_token = Operator("class_token", doc="Puts one learned token before all others.", source=_VIT)
"""(L, C) -> (L + 1, C)."""
first_token = Operator("first_token", doc="The first token alone.", source=_VIT)
"""(L, C) -> (C,)."""
mean_pool = Operator("mean_pool", doc="The mean over all tokens or pixels.", source=_MIXER)
"""(L, C) -> (C,) and (C, H, W) -> (C,)."""

SEQUENCE: tuple[Operator, ...] = (
    patches,
    unpatches,
    im2col,
    linear,
    expand,
    contract,
    mlp,
    attention,
    transpose,
    layer_norm,
    gelu,
    position,
    class_token,
    first_token,
    mean_pool,
)
"""Primitives of sequences, and those between sequences and images."""

SEQUENCE_STEPS: dict[Operator, tuple[int | None, int | None]] = {
    patches: (None, None),
    unpatches: (None, None),
    im2col: (None, None),
    linear: (0, None),
    expand: (0, None),
    contract: (0, None),
    transpose: (0, None),
}
"""Halvings and factor on the channels of the primitives that do not keep both; None where the operator alone does not tell."""

SEQUENCE_NUMBERS: dict[Operator, tuple[int, ...]] = {
    patches: (2,),
    unpatches: (2,),
    im2col: (3, 1),
    linear: (12,),
    expand: (2,),
    contract: (2,),
    mlp: (10,),
    attention: (2,),
}
"""An example of the numbers of each primitive that takes any."""
