"""The strategies draw closed terms that build."""

from hypothesis import given, settings

from nasviz.algebra import Operator, parse_term
from nasviz.graph import ALIASES, STANDARD_TOPOLOGIES, build_graph
from nasviz.spaces import signature
from nasviz.testing.strategies import PLAIN, terms


@settings(max_examples=40, deadline=None)
@given(terms())
def test_terms_are_closed_maps(term):
    assert term.operators[0].result == "map"
    assert term.nonterminals() == []
    assert parse_term(term.text, signature(PLAIN)) == term
    assert len(build_graph(term)) >= 1


@settings(max_examples=20, deadline=None)
@given(terms(leaves=(Operator("only"),), topologies=STANDARD_TOPOLOGIES[:1]))
def test_leaves_and_topologies_can_be_chosen(term):
    assert {op.name for op in term.operators} <= {"only", "Linear"}
    assert "Residual" in ALIASES
