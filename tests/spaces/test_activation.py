"""Activation functions on a ResNet-20: both levels, one function everywhere, finite and trainable."""

import pytest
import torch

from nasviz.grammar import Grammar, count
from nasviz.nn.primitives import meaning_of
from nasviz.spaces import activation
from nasviz.spaces import operators as ops
from nasviz.spaces.image_operators import UNARY
from nasviz.testing import check_space

PLACES = 19


def test_contract():
    check_space(activation(), n=4)
    assert "2017" in activation().source
    assert "2023" in activation().source


def test_sizes_of_both_levels():
    space = activation()
    assert space.count() == space.count("derivations") == 393_762_525
    rules = space.grammar.text[space.grammar.text.index("L1     ::=") :]
    assert count(Grammar.parse("start L1\n" + rules, ops.signature())) == 6_275


def test_modulo_commutativity():
    """Six merges do not tell their inputs apart (weighted_average trains a weight in the publication)."""
    one = 6 * (25 * 26 // 2) + 4 * 25**2 + 25
    assert one < 6_275
    symmetric = {"add", "mul", "max", "min", "gaussian_sq", "gaussian_abs"}
    assert 6 * (6_275 * 6_276 // 2) + 4 * 6_275**2 + 6_275 > 140_197_275
    assert 6 * (one * (one + 1) // 2) + 4 * one**2 + one == 140_197_275
    assert symmetric < {op.name for op in activation().grammar.operators}


def test_one_function_in_all_places():
    for arch in activation().sample(5, seed=0):
        found = {str(arch[where]) for where in [(2,), (3, 0, 1), (4, 0, 0, 0, 2), (5, 2, 1)]}
        assert len(found) == 1
        assert str(arch).count(found.pop()) >= PLACES


@pytest.mark.parametrize("op", UNARY, ids=lambda op: op.name)
def test_functions_stay_finite_and_have_a_gradient(op):
    x = torch.tensor([-1e4, -100.0, -2.0, -1.0, 0.0, 1e-6, 0.5, 1.0, 3.0, 1e4]).reshape(1, 2, 5, 1).requires_grad_()
    module = meaning_of(op).build((2, 5, 1))
    y = module(x)
    assert torch.isfinite(y).all()
    y.sum().backward()
    assert x.grad is not None or op.name == "const"
    assert x.grad is None or torch.isfinite(x.grad).all()


VALUES = {
    "neg": lambda x: -x,
    "square": lambda x: x * x,
    "cube": lambda x: x * x * x,
    "sqrt": lambda x: (x.clamp(min=0) + 1e-4) ** 0.5,
    "sinh": lambda x: (x.exp() - (-x).exp()) / 2,
    "cosh": lambda x: (x.exp() + (-x).exp()) / 2,
    "asinh": lambda x: (x + (x * x + 1) ** 0.5).log(),
    "atanh": lambda x: ((1 + x) / (1 - x)).log() / 2,
    "sinc": lambda x: (torch.pi * x).sin() / (torch.pi * x),
    "min0": lambda x: (x - x.abs()) / 2,
    "max0": lambda x: (x + x.abs()) / 2,
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
    "logexp": lambda x: (1 + x.exp()).log(),
    "gaussian": lambda x: (-x * x).exp(),
    "scale": lambda x: x,
    "shift": lambda x: x,
    "const": torch.ones_like,
}


@pytest.mark.parametrize("name", VALUES)
def test_values(name):
    x = torch.linspace(-0.95, 0.9, 24).reshape(1, 2, 3, 4)
    op = next(op for op in UNARY if op.name == name)
    assert torch.allclose(meaning_of(op).build((2, 3, 4))(x), VALUES[name](x), atol=1e-5)


MERGED = {
    "sub": lambda x, y: x - y,
    "div": lambda x, y: x / y,
    "max": torch.maximum,
    "min": torch.minimum,
    "sigmoid_gate": lambda x, y: x.sigmoid() * y,
    "gaussian_sq": lambda x, y: (-((x - y) ** 2)).exp(),
    "gaussian_abs": lambda x, y: (-(x - y).abs()).exp(),
    "weighted_average": lambda x, y: 0.5 * x + 0.5 * y,
}


@pytest.mark.parametrize("name", MERGED)
def test_merges(name):
    from nasviz.spaces import SearchSpace

    arch = SearchSpace(f"S ::= Linear(Binary({name}, sin, exp), fc)", stem=ops.ID, input_shape=(2, 4, 4)).sample(seed=0)
    net = arch.to_torch(seed=0)
    x = torch.linspace(-1, 2, 64).reshape(2, 2, 4, 4)
    merged = MERGED[name](x.sin(), x.exp())
    linear = list(net.parameters())
    assert torch.allclose(net(x), merged.mean((2, 3)) @ linear[0].T + linear[1], atol=1e-3)
