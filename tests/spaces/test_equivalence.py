"""Architectures of equal meaning."""

import pytest

from nasviz.algebra import Nonterminal, Operator, Sort, Term
from nasviz.errors import BuildError, NasvizError
from nasviz.nn import primitive
from nasviz.nn.primitives import meaning_of
from nasviz.spaces import Architecture, SearchSpace, canonical_key, nb201, parse, same_function
from nasviz.spaces.equivalence import STATELESS
from nasviz.spaces.operators import STANDARD


def test_the_laws_on_architectures():
    a, b = parse("Residual(conv, id, relu)"), parse("Residual(id, Linear(id, conv, relu), id)")
    assert a != b
    assert same_function(a, b)
    assert a.canonical_key == b.canonical_key == canonical_key(a)
    assert len(a.canonical_key) == 16
    assert not same_function(a, parse("Residual(conv, relu, conv)"))


def test_the_task_belongs_to_it():
    a = parse("Linear(conv, relu)")
    assert not same_function(a, parse("Linear(conv, relu)", input_shape=(1, 8, 8)))
    assert parse("Linear(conv, relu)", num_classes=20).canonical_key != a.canonical_key


def test_disconnected_architectures_are_one():
    assert same_function(parse("Linear(conv, zero)"), parse("Linear(zero, relu)"))
    assert not same_function(parse("Linear(conv, zero)"), parse("conv"))
    space = nb201()
    keys = {space.unrank(k).canonical_key for k in range(0, space.count(), 97)}
    assert 100 < len(keys) < 162


def test_an_open_place_has_no_form():
    partial = Architecture(Term.build(Nonterminal("S")), parse("conv").space)
    with pytest.raises(BuildError, match="the nonterminal S at the root is still open"):
        canonical_key(partial)


def test_ones_own_operator_is_stateless_when_said_so():
    twice = primitive(lambda: None, name="twice")
    space = SearchSpace("S ::= Residual(twice, twice, id) | Linear(twice, Residual(id, id, id))", [twice])
    a, b = space.unrank(0), space.unrank(1)
    assert not same_function(a, b)
    assert same_function(a, b, stateless=[twice])
    assert canonical_key(a, [twice]) == canonical_key(b, [twice])


SHAPES = ((16, 8, 8), (16, 16), (16,))


def weights(op):
    """Parameters and statistics of an operator, on the first shape that it takes."""
    values = tuple(2 if sort is Sort.INT else 0.5 for sort in op.operands)
    for shape in SHAPES:
        try:
            module = meaning_of(op).build(shape, 10, values)
        except Exception:
            continue
        return len(list(module.parameters())) + len(list(module.buffers()))
    return None


def test_stateless_operators_have_no_weights():
    primitives = [op for op in STANDARD if op.result is Sort.MAP and meaning_of(op) is not None]
    found = {op.name: weights(op) for op in primitives}
    assert {op.name for op in STATELESS} <= set(found)
    assert [name for name, n in found.items() if n and name in {op.name for op in STATELESS}] == []
    assert Operator("conv") not in STATELESS


def test_other_objects_are_refused():
    with pytest.raises(NasvizError, match="same_function compares two architectures, found int"):
        same_function(parse("conv"), 3)
    with pytest.raises(NasvizError, match="a canonical form is that of an architecture, found str"):
        canonical_key("conv")


@pytest.mark.parametrize("stateless", ["conv", ["conv"], Operator("conv"), 3])
def test_stateless_lists_operators(stateless):
    with pytest.raises(NasvizError, match=r"stateless lists operators, as in stateless=.*found "):
        same_function(parse("conv"), parse("conv"), stateless)
