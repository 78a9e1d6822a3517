"""The torch meanings of the standard operators, keyed by the operator."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from nasviz.algebra import Operator
from nasviz.graph import ID, ZERO
from nasviz.nn import image_modules, modules, sequence_modules
from nasviz.nn.primitive import IMAGE, SEQUENCE, VECTOR, Factory, Meaning, Primitive, keeping, meaning_of_factory, reading
from nasviz.spaces import operators as ops

__all__ = ["TORCH", "meaning_of"]


def _halving(factory: Factory) -> Meaning:
    return meaning_of_factory(factory, widen=2, halve=1, ranks=(IMAGE,))


TORCH: Mapping[Operator, Meaning] = {
    ID: keeping(nn.Identity),
    ZERO: keeping(modules.Zero),
    ops.conv: keeping(modules.conv3x3, IMAGE),
    ops.conv1x1: keeping(modules.conv1x1, IMAGE),
    ops.conv3x3: keeping(modules.conv3x3, IMAGE),
    ops.plain_conv1x1: keeping(modules.plain_conv1x1, IMAGE),
    ops.plain_conv3x3: keeping(modules.plain_conv3x3, IMAGE),
    ops.dconv3x3: keeping(modules.depthwise3x3, IMAGE),
    ops.avg_pool: keeping(modules.avg_pool, IMAGE),
    ops.max_pool: keeping(modules.max_pool, IMAGE),
    ops.down: _halving(modules.Down),
    ops.relu: keeping(nn.ReLU),
    ops.hardswish: keeping(nn.Hardswish),
    ops.mish: keeping(nn.Mish),
    ops.batch: keeping(modules.batch_norm, VECTOR, IMAGE),
    ops.instance: keeping(modules.instance_norm, IMAGE),
    ops.layer: keeping(modules.layer_norm),
    ops.fc: reading(modules.fc),
    ops.conv2d: reading(modules.conv2d, IMAGE, numbers=3),
    ops.down3x3: _halving(modules.down3x3),
    ops.down1x1: _halving(modules.down1x1),
    **image_modules.TORCH,
    **sequence_modules.TORCH,
    ops.conv_stem: reading(modules.conv_stem, IMAGE),
    ops.linear_stem: reading(sequence_modules.linear_stem, VECTOR, SEQUENCE),
    ops.pool_linear: reading(modules.pool_linear),
    ops.bn_relu_pool_linear: reading(modules.bn_relu_pool_linear, VECTOR, IMAGE),
}
"""What each standard operator stands for; those whose output depends on more than the operator declare no factor."""


def meaning_of(operator: Operator) -> Meaning | None:
    """The torch meaning of an operator: its own for a :class:`Primitive`, else that of the table; None where there is none.

    Examples
    --------
    >>> meaning_of(ID).build((16, 8, 8))
    Identity()
    >>> meaning_of(Operator("unheard_of")) is None
    True
    """
    return operator.meaning if isinstance(operator, Primitive) else TORCH.get(operator)
