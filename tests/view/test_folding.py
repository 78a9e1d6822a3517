"""What a person folds, and what is folded for lack of room."""

import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import parse
from nasviz.view.folding import Folding, cut_of, derived_from, nearest_foldable


def full(depth):
    text = "conv"
    for _ in range(depth):
        text = f"Linear({text}, {text})"
    return parse(text).term


def test_nothing_is_folded_where_there_is_room():
    assert cut_of(full(4), Folding(), 31).nodes == frozenset()
    assert cut_of(full(4), Folding(), 31).level is None


@pytest.mark.parametrize("largest", [1, 2, 7, 30])
def test_the_deepest_level_that_fits_is_drawn(largest):
    term = full(4)
    cut = cut_of(term, Folding(), largest)
    assert cut.visible <= largest
    assert cut.level is not None
    assert {int(term.depth[i]) for i in cut.nodes} == {cut.level}
    assert 2 ** (cut.level + 2) - 1 > largest


def test_leaves_are_counted_for_graphs():
    assert cut_of(full(4), Folding(), 16, leaves=True).level is None
    assert cut_of(full(4), Folding(), 15, leaves=True).visible == 8


def test_a_person_folds_and_opens():
    term = full(3)
    folding = Folding().with_folded([(0,), (1, 0)])
    assert cut_of(term, folding, 100).nodes == {term.index((0,)), term.index((1, 0))}
    assert cut_of(term, folding.with_folded([(0,)], False), 100).nodes == {term.index((1, 0))}
    large = Folding().with_folded([(0,)], False)
    assert {term.position(i) for i in cut_of(term, large, 3).nodes} == {(0, 0), (0, 1), (1,)}


def test_folding_forgets_unrolled_chains_inside():
    folding = Folding().with_unrolled((0, 1)).with_unrolled((1, 1))
    assert folding.with_folded([(0,)]).unrolled == {(1, 1)}


def test_positions_of_another_term_change_nothing():
    assert cut_of(full(1), Folding().with_folded([(5, 5)]), 10).nodes == frozenset()


def test_the_nearest_place_to_fold():
    term = parse("Linear(Residual(conv, id, conv), fc)").term
    assert nearest_foldable(term, term.index((0, 2))) == term.index((0,))
    with pytest.raises(NasvizError, match="the term is a single operation"):
        nearest_foldable(parse("conv").term, 0)


def test_expansions_of_a_nonterminal():
    assert derived_from([["S"], ["A", "B"], [], ["B"]], "B") == [1, 3]
