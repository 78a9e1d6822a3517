"""The torch meanings of the standard operators, keyed by the operator."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from nasviz.algebra import Operator
from nasviz.graph import ID, ZERO
from nasviz.nn import modules
from nasviz.nn.primitive import Factory, Meaning, Primitive, meaning_of_factory
from nasviz.spaces import operators as ops

__all__ = ["TORCH", "meaning_of"]


def _keeps(factory: Factory) -> Meaning:
    return meaning_of_factory(factory, widen=1, halve=0)


TORCH: Mapping[Operator, Meaning] = {
    ID: _keeps(nn.Identity),
    ZERO: _keeps(modules.Zero),
    ops.conv: _keeps(modules.conv3x3),
    ops.conv1x1: _keeps(modules.conv1x1),
    ops.conv3x3: _keeps(modules.conv3x3),
    ops.plain_conv1x1: _keeps(modules.plain_conv1x1),
    ops.plain_conv3x3: _keeps(modules.plain_conv3x3),
    ops.dconv3x3: _keeps(modules.depthwise3x3),
    ops.avg_pool: _keeps(modules.avg_pool),
    ops.max_pool: _keeps(modules.max_pool),
    ops.down: meaning_of_factory(modules.Down, widen=2, halve=1),
    ops.relu: _keeps(nn.ReLU),
    ops.hardswish: _keeps(nn.Hardswish),
    ops.mish: _keeps(nn.Mish),
    ops.batch: _keeps(modules.batch_norm),
    ops.instance: _keeps(modules.instance_norm),
    ops.layer: _keeps(modules.layer_norm),
    ops.fc: meaning_of_factory(modules.fc),
    ops.conv_stem: meaning_of_factory(modules.conv_stem),
    ops.pool_linear: meaning_of_factory(modules.pool_linear),
    ops.bn_relu_pool_linear: meaning_of_factory(modules.bn_relu_pool_linear),
}
"""What each standard operator stands for; the heads, the stem and fc declare no factor, their output is read."""


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
