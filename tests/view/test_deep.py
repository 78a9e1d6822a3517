"""Pictures of terms of any size: an answer within a second, folded, with what was folded in words."""

import pytest

from nasviz.algebra import Term
from nasviz.errors import NasvizError
from nasviz.graph import LINEAR, build_graph, graph_to_dot, term_to_dot
from nasviz.spaces import parse
from nasviz.view.folding import SPELLED, Folding, cut_of
from nasviz.view.graph import LARGEST, graph_info
from nasviz.view.tree import tree_info

CONV, RELU = parse("conv").term.operators[0], parse("relu").term.operators[0]


def comb(depth):
    """Linear(conv, Linear(conv, …)), 2 · depth + 1 nodes."""
    return Term.from_preorder([LINEAR, CONV] * depth + [CONV], [2, 0] * depth + [0])


def chain(depth):
    """Linear(Linear(… conv)): one operation."""
    return Term.from_preorder([LINEAR] * depth + [CONV], [1] * depth + [0])


def wide(n):
    """Linear(conv, relu, conv, …) of 2 n operations."""
    return Term.from_preorder([LINEAR, *[CONV, RELU] * n], [2 * n] + [0] * (2 * n))


def full(depth):
    """All 2^depth operations at one depth."""
    arity = [0]
    for _ in range(depth):
        arity = [2, *arity, *arity]
    return Term.from_preorder([LINEAR if k else CONV for k in arity], arity)


SHAPES = {"comb": comb(50_000), "chain": chain(100_000), "wide": wide(50_000), "full": full(16)}


@pytest.mark.parametrize("shape", list(SHAPES))
@pytest.mark.parametrize("info", [graph_info, tree_info])
def test_any_term_is_drawn_small_and_soon(info, shape, bounded):
    with bounded(1):
        found = info(SHAPES[shape])
    assert found.dot.count("[id=") <= LARGEST + 2
    assert len(found.dot) < 1_000_000
    assert found.note


@pytest.mark.slow
@pytest.mark.parametrize("term", [comb(500_000), wide(500_000), full(19)], ids=["comb", "wide", "full"])
def test_a_million_symbols_are_drawn_within_a_second(term, bounded):
    for info in (graph_info, tree_info):
        with bounded(1.5):
            assert info(term).note


def test_notes_say_what_was_folded():
    assert graph_info(wide(300)).note == "600 operations, drawn as one box"
    assert graph_info(comb(50_000)).note == "50001 operations, subterms below depth 398 are one box each"
    assert tree_info(comb(50_000)).note == "99602 of 100001 nodes are folded"


def test_a_deep_term_has_room_for_its_positions_only():
    cut = cut_of(chain(100_000), Folding(), LARGEST, leaves=True)
    assert cut.level == SPELLED
    assert (cut.visible, cut.whole) == (1, 1)


def test_what_is_folded_by_hand_in_a_deep_term():
    term = comb(1000)
    hand = cut_of(term, Folding().with_folded([(1,) * 3]), LARGEST)
    assert hand.nodes == {6}
    assert (hand.visible, hand.whole) == (7, 2001)


@pytest.mark.slow
def test_whole_pictures_of_deep_terms_are_refused_with_what_to_do(bounded):
    for draw in (term_to_dot, lambda term: graph_to_dot(build_graph(term))):
        with bounded(1), pytest.raises(NasvizError, match=r"too deep to be drawn whole\. Fold it first, e\.g\. arch\."):
            draw(comb(50_000))
    assert term_to_dot(comb(50_000), max_depth=20).count("[id=") == 43


def test_repeated_blocks_are_counted_once_where_they_are_drawn_once():
    block = "Residual(conv, id, Linear(relu, conv))"
    wide = parse("Linear(" + ", ".join([block] * 900) + ", fc)").term
    info = graph_info(wide)
    assert info.level == 1
    assert 'label="Residual2 ×900"' in info.dot
    assert info.dot.count("nv-op") == 2
    other = parse("Linear(" + ", ".join([block, block.replace("relu", "mish")] * 450) + ", fc)").term
    assert graph_info(other).level == 0
