"""The table of spaces, and what every space in it must do."""

import math

import pytest

import nasviz as nv
from nasviz.errors import BuildError
from nasviz.spaces import SPACES
from nasviz.spaces.table import summary


def test_a_row_for_each_space():
    table = nv.spaces.table()
    assert len(table) == len(SPACES) == len(set(table.index))
    assert list(table.columns) == ["terms", "derivations", "log10 terms", "operators", "input", "source", "function"]
    assert table.terms["NAS-Bench-201"].replace("\u202f", "") == "15625"
    assert table.derivations["hierarchical NAS-Bench-201"] == "10^446.09"
    assert table.terms["nested convnet"] == "∞"
    assert table["log10 terms"]["nested convnet"] == math.inf
    assert table["log10 terms"]["DARTS"] == pytest.approx(18.0321, abs=1e-4)
    assert table.input["digits cells"] == (1, 8, 8)
    assert table.function["DARTS"] == "nv.spaces.darts()"


@pytest.mark.parametrize("make", SPACES, ids=lambda make: make.__name__)
def test_every_space_says_what_it_is(make):
    found = summary(make)
    assert found.source
    assert found.name
    assert make.__doc__
    assert getattr(nv.spaces, make.__name__) is make
    assert isinstance(found.terms, int | float), "the number of terms is exact"
    assert found.terms <= found.derivations
    space = make()
    assert space.card() is not None
    assert all(op.doc for op in space.grammar.operators if op.result != "int")


@pytest.mark.parametrize("make", SPACES, ids=lambda make: make.__name__)
def test_a_draw_of_every_space_is_a_picture(make):
    space = make()
    assert "SearchSpace(" in repr(space)
    for seed in range(20):
        arch = space.sample(seed=seed)
        try:
            graph = arch.graph()
        except BuildError:
            continue
        break
    assert "nv-op" in graph.to_dot(folded=True)
    assert "digraph" in arch.derivation.to_dot()
    assert str(arch) in repr(arch) or len(str(arch)) > 120
