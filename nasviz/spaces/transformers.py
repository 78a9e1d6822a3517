"""Transformers, mixers and convolutional networks over one vocabulary, after einspace (Ericsson et al. 2024)."""

from __future__ import annotations

from nasviz.algebra.arguments import flag
from nasviz.errors import NasvizError
from nasviz.graph import ID
from nasviz.spaces.architecture import Architecture
from nasviz.spaces.operators import plain_conv1x1, plain_conv3x3
from nasviz.spaces.space import SearchSpace, Shape

GRAMMAR = """\
# Sequences and images, after einspace (Ericsson et al. 2024): ViT, MLP-Mixer and ResNet are terms, and what lies between.
# A TOKENS keeps the shape of a sequence, so residual sums fit; stages of images may halve and widen. MAP is recursive.
start NET
NET     ::= Linear(PATCHES, class_token, position, TOKENS, layer_norm, first_token, fc) [0.25]
          | Linear(PATCHES, TOKENS, layer_norm, fc) [0.15]
          | Linear(PATCHES, position, PYRAMID, layer_norm, fc) [0.25]
          | Linear(STEM, IMAGES, fc) [0.2]
          | Linear(STEM, IMAGES, patches(1), linear(WIDTH), position, PYRAMID, layer_norm, fc) [0.15]
PATCHES ::= Linear(patches(SIZE), linear(WIDTH)) [0.9] | Linear(im2col(3, 2), linear(WIDTH)) [0.1]
SIZE    ::= 2 [0.2] | 4 [0.55] | 8 [0.15] | 16 [0.1]
WIDTH   ::= 64 [0.5] | 128 [0.2] | 192 [0.2] | 256 [0.05] | 512 [0.05]

# sequences
PYRAMID ::= TOKENS [0.6] | Linear(TOKENS, BETWEEN, TOKENS) [0.4]
BETWEEN ::= Linear(unpatches(1), BLOCK, patches(1))
TOKENS  ::= STAGE [0.7] | Linear(STAGE, STAGE) [0.2] | Linear(STAGE, STAGE, STAGE) [0.1]
STAGE   ::= Linear(PAIR, PAIR) | Linear(PAIR, PAIR, PAIR) | Linear(PAIR, PAIR, PAIR, PAIR)
PAIR    ::= Linear(RES, RES)
RES     ::= Residual(layer_norm, id, MAP) [0.7] | Residual(MAP, id, layer_norm) [0.2] | Residual(MAP, MAP, layer_norm) [0.1]
MAP     ::= attention(HEADS) [0.35] | FEED [0.3] | Linear(transpose, FEED, transpose) [0.2]
          | Linear(MAP, ACT, MAP) [0.075] | Binary(MERGE, MAP, MAP) [0.075]
FEED    ::= Linear(expand(2), ACT, contract(2)) [0.3] | Linear(expand(4), ACT, contract(4)) [0.4] | mlp(HIDDEN) [0.3]
HIDDEN  ::= 64 | 128 | 256
HEADS   ::= 1 [0.15] | 2 [0.2] | 3 [0.02] | 4 [0.4] | 8 [0.23]
ACT     ::= gelu [0.6] | relu [0.2] | hardswish [0.2]
MERGE   ::= add | mul

# images
STEM    ::= Linear(conv2d(16, 3, 1), batch, relu) [0.4] | Linear(conv2d(32, 3, 2), batch, relu) [0.4]
          | Linear(conv2d(64, 7, 2), batch, relu, max_pool2d(3, 2)) [0.2]
IMAGES  ::= Linear(LEVEL, LEVEL) | Linear(LEVEL, LEVEL, LEVEL) | Linear(LEVEL, LEVEL, LEVEL, LEVEL)
LEVEL   ::= Linear(BLOCK, SAME) | Linear(BLOCK, SAME, SAME) | Linear(BLOCK, SAME, SAME, SAME)
BLOCK   ::= SAME | DOWN
SAME    ::= Linear(Residual(Linear(CONV, NORM, ACT), id, Linear(CONV, NORM)), ACT)
DOWN    ::= Linear(Residual(Linear(down3x3, NORM, ACT), Linear(down1x1, NORM), Linear(CONV, NORM)), ACT)
CONV    ::= conv3x3 [0.6] | conv1x1 [0.2] | dconv3x3 [0.2]
NORM    ::= batch [0.7] | layer_norm [0.3]
"""

SOURCE = "Ericsson et al. 2024, einspace: Searching for Neural Architectures from Fundamental Operations"

BIBTEX = """\
@inproceedings{ericsson2024einspace,
  title     = {einspace: Searching for Neural Architectures from Fundamental Operations},
  author    = {Ericsson, Linus and Espinosa, Miguel and Yang, Chenhongyi and Antoniou, Antreas and Storkey, Amos
               and Cohen, Shay B. and McDonagh, Steven and Crowley, Elliot J.},
  booktitle = {Advances in Neural Information Processing Systems},
  year      = {2024}
}
"""

VIT = (
    "Dosovitskiy et al. 2021, An Image is Worth 16x16 Words; its size Ti: "
    "Touvron et al. 2021, Training Data-efficient Image Transformers"
)
MIXER = "Tolstikhin et al. 2021, MLP-Mixer: An all-MLP Architecture for Vision"


def transformers(input_shape: Shape = (3, 32, 32), num_classes: int = 10) -> SearchSpace:
    """Return a space in which ViT, MLP-Mixer and ResNet are terms: infinitely many, 10^17.10 up to height 6, 10^87.91 up to 7.

    Each term has one derivation, so both counts are the same. As in einspace, few operators of sequences and images are put
    together by sequences, branches and changes of form between images and sequences. Here the grammar is typed, so that most
    draws can be built: what stands in a residual branch keeps its shape. Refused, with a reason, are a size of patches that
    does not divide the image and 3 heads where the width is no multiple of 3: about one draw in twenty at 32 pixels, one in
    five at 28. Einspace writes attention as a product of branches; here multi-head attention is one operator, as in the
    published transformers.

    Parameters
    ----------
    input_shape, num_classes
        The task: images (C, H, W). The term is the whole network, there is no stem before it.

    Raises
    ------
    NasvizError
        If `input_shape` is no image.

    Examples
    --------
    >>> space = transformers()
    >>> space.count(), vit_tiny((3, 32, 32), 10, patch=4) in space
    (inf, True)
    """
    return _space("transformers", SOURCE, BIBTEX, input_shape, num_classes)


def _space(name: str, source: str, bibtex: str, input_shape: Shape, num_classes: int) -> SearchSpace:
    own = (plain_conv1x1, plain_conv3x3)
    space = SearchSpace(GRAMMAR, own, input_shape, num_classes, stem=ID, name=name, source=source, bibtex=bibtex)
    if len(space.input_shape) != 3:
        raise NasvizError(f"the space of transformers is for images (C, H, W), found the input shape {space.input_shape}")
    return space


def vit_tiny(
    input_shape: Shape = (3, 224, 224), num_classes: int = 1000, *, patch: int = 16, class_token: bool = True
) -> Architecture:
    """Return ViT-Ti: width 192, 12 blocks, 3 heads (Dosovitskiy et al. 2021; Touvron et al. 2021).

    At the defaults it has 5,717,416 parameters, the published 5.7 M. Normalisation stands before attention and before the
    feed-forward part; the classifier reads the class token after a last normalisation.

    Parameters
    ----------
    input_shape, num_classes
        The task: images (C, H, W).
    patch
        Side of a patch: 2, 4, 8 or 16; it divides H and W.
    class_token
        False leaves it out, and the classifier reads the mean of all tokens: 2 · 192 parameters fewer, those of the token and
        of its position.

    Raises
    ------
    NasvizError
        If `patch` is none of these sizes, or `input_shape` no image.

    Examples
    --------
    >>> str(vit_tiny()[0]), str(vit_tiny()[3, 0, 0])
    ('Linear(patches(16), linear(192))', 'Linear(Residual2(layer_norm, id, attention(3)), Residual2(layer_norm, id, \
Linear(expand(4), gelu, contract(4))))')
    """
    _check_patch(patch)
    pair = _pair("attention(3)", "Linear(expand(4), gelu, contract(4))")
    embed, blocks = f"Linear(patches({patch}), linear(192))", _tokens(pair, (4, 4, 4))
    body = (
        f"Linear({embed}, class_token, position, {blocks}, layer_norm, first_token, fc)"
        if flag(class_token, "class_token")
        else f"Linear({embed}, position, {blocks}, layer_norm, fc)"
    )
    return _space("ViT-Ti", VIT, "", input_shape, num_classes).parse(body)


def mlp_mixer(input_shape: Shape = (3, 224, 224), num_classes: int = 1000, *, patch: int = 16) -> Architecture:
    """Return MLP-Mixer S: width 512, 8 blocks, 256 and 2048 hidden channels (Tolstikhin et al. 2021).

    At the defaults it is Mixer-S/16 with 18,528,264 parameters, the published 18 M. The first half of a block mixes tokens,
    the second channels; the classifier reads the mean of all tokens.

    Parameters
    ----------
    input_shape, num_classes
        The task: images (C, H, W).
    patch
        Side of a patch: 2, 4, 8 or 16; it divides H and W.

    Raises
    ------
    NasvizError
        If `patch` is none of these sizes, or `input_shape` no image.

    Examples
    --------
    >>> str(mlp_mixer()[1, 0, 0, 0])
    'Residual2(layer_norm, id, Linear(transpose, mlp(256), transpose))'
    """
    _check_patch(patch)
    pair = _pair("Linear(transpose, mlp(256), transpose)", "Linear(expand(4), gelu, contract(4))")
    blocks = _tokens(pair, (4, 4))
    space = _space("Mixer-S", MIXER, "", input_shape, num_classes)
    return space.parse(f"Linear(Linear(patches({patch}), linear(512)), {blocks}, layer_norm, fc)")


def _check_patch(patch: int) -> None:
    if patch not in (2, 4, 8, 16):
        raise NasvizError(f"a patch has 2, 4, 8 or 16 pixels a side, found {patch!r:.60}")


def _pair(first: str, second: str) -> str:
    return f"Linear(Residual(layer_norm, id, {first}), Residual(layer_norm, id, {second}))"


def _tokens(pair: str, stages: tuple[int, ...]) -> str:
    """So many equal pairs in stages."""
    texts = [f"Linear({', '.join([pair] * n)})" for n in stages]
    return f"Linear({', '.join(texts)})"
