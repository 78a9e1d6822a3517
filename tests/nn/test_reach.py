import math
from itertools import islice

import pytest

from nasviz.errors import BuildError, NasvizError, ShapeError
from nasviz.graph import merge, topology
from nasviz.nn.cost import cost
from nasviz.nn.primitive import primitive
from nasviz.nn.reach import Reach, Span
from nasviz.spaces import SearchSpace, digits_cells, hierarchical_nb201, nb201


def priced(space, archs, quantity):
    found = []
    for arch in archs:
        try:
            found.append(getattr(cost(arch), quantity))
        except (BuildError, ShapeError):
            continue
    return (min(found, default=math.inf), max(found, default=-math.inf))


SPACES = {
    "widths": "S ::= Linear(A, A) | A\nA ::= conv3x3 | down | id | Residual(A2, id, A2)\nA2 ::= conv1x1 | avg_pool",
    "cut": "S ::= Cell(O, O, O, down, O, O) | Linear(O, O, down)\nO ::= id | zero | conv3x3 | down",
    "halved": "S ::= Linear(A, A, A)\nA ::= conv3x3 | down | zero\nrequire halvings == 2",
    "required": "S ::= Residual(A, A, B)\nA ::= conv1x1 | zero\nB ::= id | zero | conv3x3\nrequire connected",
    "ended": "S ::= Linear(A, fc) | A\nA ::= down | conv1x1 | Linear(down, down)",
    "shared": "S ::= Linear(A, down, A, B)\nshared A ::= conv3x3 | id | Residual(id, down, id)\nB ::= A | conv",
}


@pytest.mark.slow
@pytest.mark.parametrize("quantity", ["parameters", "flops"])
@pytest.mark.parametrize("name", SPACES)
def test_it_agrees_with_all_completions_one_by_one(name, quantity):
    space = SearchSpace(SPACES[name], input_shape=(3, 8, 8), num_classes=4)
    reach = Reach(space, quantity)
    partial = space.begin()
    for k in range(4):
        if partial.done:
            break
        place = partial.frontier[k % len(partial.frontier)]
        for number in range(len(partial.productions(place))):
            step = partial.expand(place, number)
            if step.remaining() == 0:
                continue
            least, greatest = priced(space, space.restrict(step).enumerate(), quantity)
            span = reach.attained(step, reach.span(step))
            assert not span.attained[0] or span.least == least
            assert not span.attained[1] or span.greatest == greatest
            assert span.least <= least
            assert greatest <= span.greatest
            if name != "shared":
                assert span.attained == (True, True)
        partial = partial.expand(place, 0)


def test_products_and_concatenations():
    wide = topology("Wide", "1>2 1>2 2>3", merge="concat")
    times = topology("Times", "1>2 1>2", merge="mul")
    text = "S ::= Wide(A, A, B) | Times(A, B)\nA ::= conv3x3 | Wide(id, id, conv1x1)\nB ::= conv1x1 | conv3x3"
    space = SearchSpace(text, [wide, times], input_shape=(1, 8, 8))
    span = Reach(space).span(space.begin())
    assert (span.least, span.greatest) == priced(space, space.enumerate(), "parameters")
    cut = SearchSpace("S ::= Times(A, conv) | conv\nA ::= zero | conv1x1", [times], input_shape=(1, 8, 8))
    assert (Reach(cut).span(cut.begin()).greatest) == priced(cut, cut.enumerate(), "parameters")[1]


@merge
def shrunk(a, b):
    return (a + b)[..., :1]


@merge
def mean(a, b):
    return (a + b) / 2


def test_merges_of_ones_own_and_sequences():
    both = [topology("Shrunk", "1>2 1>2", merge=shrunk), topology("Mean", "1>2 1>2", merge=mean)]
    space = SearchSpace("S ::= Shrunk(A, A) | Mean(A, A) | conv1x1\nA ::= conv3x3 | id", both, input_shape=(1, 8, 8))
    span = Reach(space).span(space.begin())
    assert (span.least, span.greatest) == priced(space, space.enumerate(), "parameters")
    wide = topology("Wide", "1>2 1>2", merge="concat")
    space = SearchSpace("S ::= Wide(A, A) | A\nA ::= id | Wide(id, id)", [wide], input_shape=(6, 4))
    span = Reach(space).span(space.begin())
    assert (span.least, span.greatest) == priced(space, space.enumerate(), "parameters")


def test_topologies_whose_operations_stand_on_nodes():
    nodes = topology("Nodes", "1>2 1>3 2>4 3>4", on="nodes")
    text = "S ::= Nodes(A, A, A, A) | A\nA ::= conv3x3 | id | zero"
    space = SearchSpace(text, [nodes], input_shape=(1, 8, 8))
    span = Reach(space).span(space.begin())
    assert (span.least, span.greatest) == priced(space, space.enumerate(), "parameters")


def test_a_merge_that_may_lose_an_operand_is_out_of_reach():
    wide = topology("Wide", "1>2 1>2", merge="concat")
    space = SearchSpace("S ::= Wide(A, A)\nA ::= zero | id", [wide])
    with pytest.raises(NasvizError, match="out of reach: concat may lose an operand"):
        Reach(space).span(space.begin())


def test_an_endless_space_has_no_largest():
    space = SearchSpace("S ::= Linear(S, A) | A\nA ::= conv1x1 | id", input_shape=(1, 8, 8))
    span = Reach(space).span(space.begin())
    assert span == Span(priced(space, islice(space.enumerate(), 50), "parameters")[0], math.inf)
    idle = SearchSpace("S ::= Linear(S, id) | conv1x1", input_shape=(1, 8, 8))
    span = Reach(idle).span(idle.begin())
    assert span.least == span.greatest == cost(idle.parse("conv1x1")).parameters


def test_where_widths_grow_for_ever_it_says_so():
    space = SearchSpace("S ::= Linear(S, down) | conv1x1", input_shape=(1, 8, 8))
    with pytest.raises(NasvizError, match="out of reach: shapes grow without end"):
        Reach(space).span(space.begin())


def test_the_shared_cell_of_nb201_is_exact():
    space = nb201(input_shape=(3, 32, 32))
    reach = Reach(space)
    partial = space.begin()
    span = reach.span(partial)
    assert span.attained == (False, False)
    span = reach.attained(partial, span)
    assert span.attained == (True, True)
    assert (span.least, span.greatest) == (73306, 1531546)


def test_the_published_space_takes_little_time(bounded):
    space = hierarchical_nb201()
    reach = Reach(space, seconds=5)
    partial = space.begin()
    reach.span(partial)
    with bounded(0.2):
        for k in range(len(partial.productions(()))):
            reach.span(partial.expand((), k))


def test_what_cannot_be_built_has_no_parameters():
    space = SearchSpace("S ::= Residual(down, id, id) | zero")
    assert Reach(space).span(space.begin()).empty


def test_operators_without_meaning_and_drawn_numbers_are_named():
    from nasviz.algebra import Operator

    odd = SearchSpace("S ::= odd | id", [Operator("odd")])
    with pytest.raises(NasvizError, match="odd has no torch meaning"):
        Reach(odd).span(odd.begin())

    @primitive(operands=("int",), widen=None)
    def wide(c_in, n):
        from torch import nn

        return nn.Conv2d(c_in, n, 1)

    drawn = SearchSpace("S ::= wide(N)\nN ::= 4 | 8", [wide])
    with pytest.raises(NasvizError, match="numbers of wide are drawn"):
        Reach(drawn).span(drawn.begin())
    fixed = SearchSpace("S ::= wide(4) | wide(8)", [wide])
    assert Reach(fixed).span(fixed.begin()).greatest == cost(fixed.parse("wide(8)")).parameters


def test_terms_that_are_too_large_are_refused():
    space = SearchSpace("S ::= Linear(S, A) | A\nA ::= id")
    partial = space.begin()
    for _ in range(130):
        partial = partial.expand((0,) * (partial.term.height - 1), 0)
    with pytest.raises(NasvizError, match="the term is too large"):
        Reach(space).span(partial)


@pytest.mark.slow
def test_the_teaching_space():
    space = digits_cells()
    least, greatest = priced(space, space.enumerate(), "parameters")
    assert Reach(space).span(space.begin()) == Span(least, greatest)
