"""A signature finds operators by name and number of operands, and names the nearest."""

from __future__ import annotations

import pytest

from nasviz.algebra import Operator, Signature, Sort
from nasviz.errors import NasvizError


def test_signature_errors_name_the_nearest_operator() -> None:
    signature = Signature([Operator("conv3x3")])
    with pytest.raises(NasvizError, match=r"unknown operator 'conv3x4'; did you mean conv3x3\?"):
        signature.resolve("conv3x4", 0)
    with pytest.raises(NasvizError, match="the alias R names the unknown operator Residual9"):
        Signature([], {"R": ("Residual9",)})


def test_with_replaces_an_operator_of_the_same_name() -> None:
    signature = Signature([Operator("f")]).with_([Operator("f", (Sort.MAP,)), Operator("g")])
    assert signature.names() == ("f", "g")
    assert signature.resolve("f", 1).arity == 1
