"""Folds: the term seen from afar."""

import pytest

from nasviz.algebra import Nonterminal, Term
from nasviz.errors import NasvizError
from nasviz.graph import LINEAR, build_graph, fold, fold_at

PAPER = "Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)"


def labels(graph):
    return [(e.source, e.target, e.label) for e in graph.edges]


def test_the_papers_term_level_by_level(term):
    t = term(PAPER)
    assert labels(fold(t, 0)) == [(0, 1, "Linear")]
    assert labels(fold(t, 1)) == [(0, 1, "Residual2"), (1, 2, "Residual2"), (2, 3, "fc")]
    assert fold(t, 2).edges == fold(t, 9).edges == build_graph(t).edges


def test_nonterminals_are_in_the_label(term):
    t = term("Linear(Residual(conv, id, conv), fc)")
    names = [("S",), ("A", "B"), (), (), (), ("HEAD",)]
    assert [e.label for e in fold(t, 1, names).edges] == ["A/B: Residual2", "fc"]
    assert [e.position for e in fold(t, 1, names).edges] == [(0,), (1,)]
    assert [e.label for e in fold(t, 0, names).edges] == ["S: Linear"]


def test_open_places_are_operations():
    t = Term.build(LINEAR, Term.build(Nonterminal("S")), Term.build(Nonterminal("B")))
    assert labels(fold(t, 1)) == [(0, 1, "S"), (1, 2, "B")]


def test_zero_is_removed_where_it_is_seen(term):
    t = term("Residual(conv, zero, Linear(conv, conv))")
    assert labels(fold(t, 1)) == [(0, 1, "conv"), (1, 2, "Linear")]


def test_a_negative_level_is_refused(term):
    with pytest.raises(NasvizError, match="a fold has a level of 0 or more, found -1"):
        fold(term("conv"), -1)
    with pytest.raises(NasvizError, match="a fold has a level of 0 or more, found whole"):
        fold(term("conv"), "whole")


def test_single_subterms_are_folded(term):
    t = term("Linear(Residual(conv, id, conv), Residual(conv, id, Linear(conv, conv)), fc)")
    graph = fold_at(t, {t.index((1,)), t.index((1, 2)), t.index((2,))})
    assert [e.label for e in graph.edges] == ["conv", "id", "conv", "Residual2", "fc"]
    assert [e.position for e in graph.edges if e.label == "Residual2"] == [(1,)]
    assert fold_at(t, set()).edges == build_graph(t).edges
