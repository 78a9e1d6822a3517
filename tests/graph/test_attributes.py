"""Attributes of paths against the graph itself."""

import pytest
from hypothesis import given

from nasviz.algebra import Operator, Signature, Sort, Term, parse_term
from nasviz.errors import BuildError
from nasviz.graph import (
    ALIASES,
    CONNECTED,
    ID,
    MERGES,
    NO_PATH,
    STANDARD_TOPOLOGIES,
    ZERO,
    Paths,
    build_graph,
    is_connected,
    topology,
)
from nasviz.testing.strategies import terms

DOWN, WIDE, THIN, F = Operator("down"), Operator("wide"), Operator("thin"), Operator("f")
TOPOLOGIES = (
    *STANDARD_TOPOLOGIES,
    topology("Late", "2>3 1>2 1>3"),
    topology("Cat", "1>2 1>3 2>4 3>4 1>4", merge="concat"),
    topology("Times", "1>2 1>3 2>3", merge="mul"),
)
SIGNATURE = Signature([*TOPOLOGIES, *MERGES, ID, ZERO, DOWN, WIDE, THIN, F], ALIASES)
HALVINGS = Paths("halvings", each=lambda op: None if op == THIN else int(op == DOWN))
WIDENING = Paths("widening", each=lambda op: {WIDE: 2, THIN: 0.5}.get(op, 1), along="product")


def buildable(term):
    try:
        build_graph(term)
    except BuildError:
        return False
    return True


@given(terms(leaves=(ZERO, ID, F), topologies=TOPOLOGIES, merges=MERGES))
def test_connected_terms_are_those_with_a_graph(term):
    assert is_connected(term) == buildable(term)
    if not buildable(term):
        assert CONNECTED.number(CONNECTED.of(term)) == 0


@given(terms(leaves=(DOWN, ID, ZERO), topologies=TOPOLOGIES[:-2]))
def test_halvings_are_those_of_every_path(term):
    """Independent: the set of lengths at each node of the pruned graph."""
    number = HALVINGS.number(HALVINGS.of(term))
    try:
        graph = build_graph(term)
    except BuildError:
        assert number is None
        return
    lengths = {graph.source: {0}}
    for edge in graph.edges:
        lengths.setdefault(edge.target, set()).update(n + (edge.operator == DOWN) for n in lengths[edge.source])
    assert all(len(found) == 1 for found in lengths.values()) == (number is not None)
    if number is not None:
        assert lengths[graph.sink] == {number}


@pytest.mark.parametrize(
    ("text", "halvings", "widening"),
    [
        ("down", 1, 1),
        ("Linear(down, wide, down)", 2, 2),
        ("Residual(down, down, id)", 1, 1),
        ("Residual(down, id, id)", None, 1),
        ("Residual(wide, id, f)", 0, None),
        ("Residual(down, zero, down)", 2, 1),
        ("Residual(zero, down, wide)", 1, 1),
        ("Linear(zero, down)", None, None),
        ("Linear(thin, wide)", None, 1),
        ("thin", None, 0.5),
        ("Binary(concat, wide, f)", 0, 3),
        ("Late(down, id, down)", 1, 1),
        ("Cat(f, f, f, f, f)", 0, 3),
        ("DiamondMid(down, id, id, id, zero)", 1, 1),
    ],
)
def test_numbers(text, halvings, widening):
    term = parse_term(text, SIGNATURE)
    assert HALVINGS.number(HALVINGS.of(term)) == halvings
    assert WIDENING.number(WIDENING.of(term)) == widening


def test_zero():
    assert [NO_PATH.number(NO_PATH.of(parse_term(t, SIGNATURE))) for t in ("zero", "f", "Linear(f, zero)")] == [1, 0, 1]


def test_caps():
    capped = HALVINGS.capped(2)
    assert [capped.of(parse_term(f"Linear({', '.join(['down'] * n)})", SIGNATURE)) for n in (1, 2, 3, 4)] == [1, 2, 2, 2]
    wide = WIDENING.capped(4)
    assert wide.of(parse_term("Linear(wide, wide, wide, thin)", SIGNATURE)) == 4
    far = f"Linear({', '.join(['wide'] * 12)}, thin)"
    assert wide.number(wide.of(parse_term(far, SIGNATURE))) is None


@pytest.mark.slow
def test_long_chains_are_read_in_linear_time():
    chain = STANDARD_TOPOLOGIES[0]
    n = 50_000
    term = Term.from_preorder([chain, *[DOWN] * n], [n, *[0] * n])
    assert HALVINGS.capped(10).of(term) == 10


def test_an_operator_that_is_no_topology_has_no_graph():
    assert not is_connected(Term.build(Operator("g", (Sort.MAP,)), Term.build(F)))


def test_a_generator_whose_code_has_changed_is_read_anew() -> None:
    """Both are equal, since equality compares the declaration; a cell that is run again must not find the old wiring."""
    first = topology("Turned", lambda n: "1>2 2>3 1>3", maps=3)
    second = topology("Turned", lambda n: "1>2 1>3 2>3", maps=3)
    assert first == second
    text = "Turned(f, zero, f)"
    before, after = (parse_term(text, Signature([op, ZERO, F])) for op in (first, second))
    assert (is_connected(before), is_connected(after)) == (True, True)
    before, after = (parse_term("Turned(zero, f, zero)", Signature([op, ZERO, F])) for op in (first, second))
    assert (is_connected(before), is_connected(after)) == (False, True)
    before, after = (parse_term("Turned(zero, zero, f)", Signature([op, ZERO, F])) for op in (first, second))
    assert (is_connected(before), is_connected(after)) == (True, False)
