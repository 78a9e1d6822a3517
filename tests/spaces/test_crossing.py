import pytest

from nasviz.errors import NasvizError, TermError
from nasviz.spaces import SearchSpace, hierarchical_nb201, parse


@pytest.fixture(scope="module")
def space():
    return SearchSpace("S ::= Linear(B, B) | Residual(B, C, B)\nB ::= conv3x3 | avg_pool | id\nC ::= id | relu")


def test_exchanges_give_architectures_of_the_space(space):
    a, b = space.parse("Linear(id, id)"), space.parse("Residual(conv3x3, relu, avg_pool)")
    found = space.crossings(a, b)
    assert [(m.nonterminal, m.here, m.there) for m in found.meetings] == [("S", (0,), (0,)), ("B", (1, 2), (1, 3))]
    exchanges = found.exchanges()
    assert (len(exchanges), found.total(), found.total((1,)), found.reason) == (4, 5, 2, "")
    assert {str(x.first) for x in exchanges} == {f"Linear({p}, {q})" for p, q in _one("conv3x3") + _one("avg_pool")}
    assert all(x.first in space and x.second in space for x in exchanges)
    assert {x.here for x in found.exchanges((1,))} == {((1,),)}
    only = found.at((0,), (2,))
    assert (str(only.first), str(only.second)) == ("Linear(avg_pool, id)", "Residual2(conv3x3, relu, id)")


def _one(name):
    return [(name, "id"), ("id", name)]


def test_why_there_is_none(space):
    a, b = space.parse("Linear(id, id)"), space.parse("Residual(id, relu, id)")
    found = space.crossings(a, b)
    assert found.exchanges() == []
    assert found.reason.startswith("There is no crossover: B occur in both, but the subterms are equal")
    with pytest.raises(NasvizError, match="nothing new comes of"):
        found.at((0,), (0,))
    with pytest.raises(NasvizError, match=r"no nonterminal begins both at \(0,\) here and \(1,\) there"):
        found.at((0,), (1,))
    apart = SearchSpace("S ::= A | B\nA ::= Linear(conv3x3, id)\nB ::= relu")
    reason = apart.crossings(apart.parse("relu"), apart.parse("Linear(conv3x3, id)")).reason
    assert reason == "There is no crossover: no nonterminal of one occurs in the other, but for the start."
    with pytest.raises(TermError):
        space.crossings(a, parse("Linear(fc, fc)"))


def test_without_a_grammar_maps_change_places():
    a, b = parse("Linear(conv, id)"), parse("relu")
    found = a.space.crossings(a, b)
    assert [str(x.first) for x in found.exchanges()] == ["Linear(relu, id)", "Linear(conv, relu)"]
    assert [str(x.second) for x in found.exchanges()] == ["conv", "id"]


def test_many_are_drawn_in_bounded_time(bounded):
    space = hierarchical_nb201(connected=True)
    a, b = space.sample(2, seed=3)
    with bounded(0.8):
        found = space.crossings(a, b)
        exchanges = found.exchanges(seconds=0.1, seed=0)
    assert found.total() > 10_000
    assert exchanges
    assert all(x.first in space and x.second in space for x in exchanges[:3])
