"""Architectures for the tests of the nn layer."""

import pytest

from nasviz.spaces import SearchSpace


@pytest.fixture
def arch_of():
    """The one architecture of a grammar with one production, so that a test may name any operators."""

    def make(text, operators=(), input_shape=(3, 32, 32), num_classes=10, **more):
        space = SearchSpace(f"S ::= {text}", operators, input_shape, num_classes, **more)
        return space.sample(seed=0)

    return make
