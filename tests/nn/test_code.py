"""The generated code, line by line."""

import pytest

from nasviz.errors import ShapeError
from nasviz.nn import forward_code
from nasviz.spaces import digits_cells, parse


def test_every_operation_and_join_has_its_line():
    arch = parse("Linear(Residual(conv, id, conv), Residual(conv, Residual(relu, id, conv), id), fc)")
    lines = forward_code(arch)
    where = [line.where for line in lines]
    graph = arch.graph()
    assert where[0] is None
    assert where[-1] is None
    assert {w for w in where if isinstance(w, tuple)} == {e.position for e in graph.edges} | {
        j.position for j in graph.joins.values()
    }
    assert [line.text.strip() for line in lines if line.where == (0,)] == ["add = _0__1_own + _0__2_own"]
    assert not any("= None" in line.text for line in lines)


def test_it_is_the_code_of_the_network():
    arch = digits_cells().sample(seed=1)
    code = arch.to_torch(seed=0).code
    for line in forward_code(arch):
        assert line.text.strip() in code


def test_what_cannot_be_built_is_an_error():
    with pytest.raises(ShapeError):
        forward_code(parse("Linear(Residual(conv, id, down), conv)"))
