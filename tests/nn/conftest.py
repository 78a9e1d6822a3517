"""Architectures for the tests of the nn layer."""

import pytest

from nasviz.spaces import SearchSpace, hierarchical_nb201, is_connected


@pytest.fixture
def arch_of():
    """The one architecture of a grammar with one production, so that a test may name any operators."""

    def make(text, operators=(), input_shape=(3, 32, 32), num_classes=10, **more):
        space = SearchSpace(f"S ::= {text}", operators, input_shape, num_classes, **more)
        return space.sample(seed=0)

    return make


@pytest.fixture(scope="session")
def hierarchical():
    """Connected draws from hierarchical NAS-Bench-201; about one draw in five is cut by zero."""

    def draws(n, input_shape=(3, 32, 32)):
        space = hierarchical_nb201(input_shape=input_shape)
        found = (space.sample(seed=seed) for seed in range(10 * n))
        return [arch for arch in found if is_connected(arch.term)][:n]

    return draws
