"""A signature of standard topologies and leaves, and terms read from text."""

import pytest

from nasviz.algebra import Operator, Signature, parse_term
from nasviz.graph import ALIASES, ID, MERGES, STANDARD_TOPOLOGIES, ZERO, topology

SUB = topology("Mul", "1>2 1>2", merge="mul")
OTHER = topology("Concat", "1>2 1>2", merge="concat")
LEAVES = tuple(Operator(name) for name in ["a", "b", "c", "d", "e", "f", "conv", "fc", "down", "relu"])
SIGNATURE = Signature((*STANDARD_TOPOLOGIES, *MERGES, ID, ZERO, SUB, OTHER, *LEAVES), ALIASES)


@pytest.fixture
def term():
    """Reads a term over the standard topologies, Mul, Concat and the leaves a … f, conv, fc, down, relu."""
    return lambda text: parse_term(text, SIGNATURE)
