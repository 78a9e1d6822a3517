"""Architectures: identity, positions, pictures, storage, capabilities."""

import json
import pickle

import pytest

from nasviz.errors import BuildError, NasvizError, StorageError
from nasviz.spaces import Architecture, SearchSpace, architecture, parse

PAPER = "Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)"


@pytest.fixture
def arch():
    return parse(PAPER)


def test_identity(arch):
    assert arch == parse(PAPER.replace(" ", ""))
    assert hash(arch) == hash(parse(PAPER))
    assert arch.key == parse(PAPER).key
    assert len(arch.key) == 16
    assert arch.fingerprint == "free"
    other = SearchSpace(f"S ::= {PAPER}").sample(seed=0)
    assert other.term == arch.term
    assert other != arch
    assert other.key != arch.key
    assert arch != "text"
    assert pickle.loads(pickle.dumps(arch)) == arch
    with pytest.raises(AttributeError):
        arch.term = None


def test_the_key_is_equal_in_every_process():
    assert parse("Linear(conv, fc)").key == "edd182c33aeb80f4"


def test_text(arch):
    assert str(arch) == "Linear(Residual2(conv, id, conv), Residual2(conv, id, conv), fc)"
    assert repr(arch) == f"Architecture({arch})"
    assert len(repr(parse(f"Linear({', '.join(['conv'] * 500)})"))) < 150


def test_positions(arch):
    assert arch[()] == arch
    assert str(arch[0]) == str(arch[(0,)]) == "Residual2(conv, id, conv)"
    assert str(arch[0, 2]) == "conv"
    assert arch[0, 2].space is arch.space
    with pytest.raises(NasvizError, match=r"no position \(0, 3\): Residual2 at \(0,\) has 3 operands"):
        arch[0, 3]
    with pytest.raises(NasvizError, match=r"add at \(0,\) is a merge, not an architecture"):
        parse("Binary(add, conv, id)")[0]
    for wrong in ("a", slice(0, 1), None, 1.0, (0, "b")):
        with pytest.raises(NasvizError, match=r"a position is made of numbers of operands, as in arch\[0, 2\]; found"):
            arch[wrong]
    with pytest.raises(TypeError, match="not iterable"):
        list(arch)


def test_graph_and_folds(arch):
    assert len(arch.graph()) == 7
    assert [e.label for e in arch.graph(fold=1).edges] == ["Residual2", "Residual2", "fc"]
    space = SearchSpace("S ::= Linear(C, C)\nC ::= Residual(B, id, B)\nB ::= conv | id")
    assert [e.label for e in space.sample(seed=0).graph(fold=1).edges] == ["C: Residual2", "C: Residual2"]
    with pytest.raises(BuildError, match=r"no path leads from the input to the output: zero at \(0,\)"):
        parse("Linear(zero, conv)").graph()


def test_json(arch):
    stored = json.loads(json.dumps(arch.to_json()))
    assert stored["v"] == 1
    assert Architecture.from_json(stored) == arch
    part = SearchSpace("S ::= Linear(B, conv)\nB ::= id | conv").sample(seed=0)[0]
    assert Architecture.from_json(part.to_json()) == part
    with pytest.raises(StorageError, match="the text of its term under 'term'"):
        Architecture.from_json({**stored, "term": None})
    with pytest.raises(StorageError, match="expected a stored architecture, found 'space'"):
        Architecture.from_json(stored["space"])
    with pytest.raises(StorageError, match="version 9"):
        Architecture.from_json({**stored, "v": 9})


def test_capabilities_of_lower_layers(arch, monkeypatch):
    asked = []

    def lower(name):
        asked.append(name)
        return lambda *args, **kwargs: type("Shapes", (), {"output": (10,)})

    monkeypatch.setattr(architecture, "lower", lower)
    arch.to_torch(seed=1)
    arch.cost()
    assert arch.output_shape() == (10,)
    assert asked == ["to_torch", "cost", "infer_shapes"]
