"""Graph, pruning and folds keep the function: against a naive reading of the term, edge by edge, in exact numbers."""

from fractions import Fraction
from math import prod

from hypothesis import given
from hypothesis import strategies as st

from nasviz.algebra import Operator, Signature, Sort, interpret, parse_term
from nasviz.errors import BuildError
from nasviz.graph import (
    ADD,
    ALIASES,
    ID,
    MUL,
    STANDARD_TOPOLOGIES,
    WS,
    ZERO,
    Topology,
    build_graph,
    canonical,
    fold,
    topology,
    walk,
)
from nasviz.testing.strategies import terms

F, G = Operator("f"), Operator("g")
FUNCTIONS = {F: lambda x: 2 * x + 1, G: lambda x: x / 3 - 2, ID: lambda x: x, ZERO: lambda x: None}
MERGE = {"sum": sum, "mul": prod, "max": max}
NODES = topology("Nodes", "1>2 1>3 2>4 3>4 2>3", on="nodes")
TERMS = terms(
    leaves=(F, G, ID, ZERO),
    topologies=(*STANDARD_TOPOLOGIES, topology("Mul", "1>2 1>3 2>3", merge="product"), NODES),
    merges=(ADD, MUL),
    max_leaves=12,
)
POINTS = (Fraction(2), Fraction(-5, 7))


def reading(term):
    """The function of a term, read literally: None is zero, which a sum ignores and a product takes over."""

    def algebra(op, args, i):
        if op.result is not Sort.MAP:
            return op
        if not isinstance(op, Topology):
            return FUNCTIONS[op]
        values = [a.value if hasattr(a, "value") else a.name for a in args if isinstance(a, Operator)]
        maps = [a for a in args if not isinstance(a, Operator)]
        return wired(op.edges(values, len(maps)), maps)

    return interpret(term, algebra)


def wired(wiring, maps):
    def function(x):
        arriving = {0: [x]}
        for k in wiring.order:
            u, v = wiring.edges[k]
            before = merged(wiring.merge_at(u), arriving[u])
            through = None if before is None else before if k >= len(maps) else maps[k](before)
            arriving.setdefault(v, []).append(through)
        return merged(wiring.merge, arriving[wiring.n_nodes - 1])

    return function


def merged(name, values):
    if name == "mul" and len(values) > 1 and None in values:
        return None
    living = [v for v in values if v is not None]
    return MERGE[name](living) if living else None


def computed(graph, x, edge=lambda e, x: FUNCTIONS[e.operator](x)):
    return walk(graph, x, lambda e, v: v if e.wire else edge(e, v), lambda _, join, xs: MERGE[join.merge](xs))


@given(TERMS)
def test_a_graph_computes_what_the_term_says(term):
    function = reading(term)
    try:
        graph = build_graph(term)
    except BuildError:
        assert function(POINTS[0]) is None
        return
    for x in POINTS:
        assert computed(graph, x) == function(x)
    assert all(e.operator != ZERO for e in graph.edges)
    assert canonical(graph, (F, G)) == canonical(graph.pruned(), (F, G))


@given(TERMS, st.integers(0, 5))
def test_a_fold_computes_what_the_term_says(term, level):
    """An operation of F_l that stands for a subterm computes that subterm."""
    function = reading(term)
    if function(POINTS[0]) is None:
        return
    folded = fold(term, level)
    parts = {e.index: reading(term.subterm(e.index)) for e in folded.edges if not e.wire}
    depth = term.depth
    for x in POINTS:
        try:
            found = computed(folded, x, lambda e, v: parts[e.index](v))
        except TypeError:  # a folded part gives zero, which only the whole graph sees
            assert any(part(x) is None for part in parts.values())
            continue
        assert found == function(x)
    assert all(depth[e.index] <= level for e in folded.edges)
    assert len(folded.edges) >= 1
    assert fold(term, term.height).edges == build_graph(term).edges


@given(TERMS, TERMS)
def test_equal_forms_are_equal_functions(one, other):
    """Where the laws say that two terms are the same, they are, with every operator taken as one function."""
    try:
        same = canonical(build_graph(one), (F, G)) == canonical(build_graph(other), (F, G))
    except BuildError:
        return
    if same:
        assert [reading(one)(x) for x in POINTS] == [reading(other)(x) for x in POINTS]


def test_multiplicity_counts():
    term = parse_term("Binary(add, id, Binary(add, id, id))", Signature([*STANDARD_TOPOLOGIES, ADD, ID], ALIASES))
    assert reading(term)(Fraction(5)) == computed(build_graph(term), Fraction(5)) == 15


def test_random_wirings():
    text = "WS(2, 0.75, 3, f, g, f, zero, g, f)"
    term = parse_term(text, Signature([*STANDARD_TOPOLOGIES, WS, F, G, ZERO], ALIASES))
    assert [computed(build_graph(term), x) for x in POINTS] == [reading(term)(x) for x in POINTS]
