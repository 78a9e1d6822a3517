"""Graphs against the formulas of their operators, with positive linear maps: nothing cancels, zero means disconnected."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from nasviz.algebra import Nonterminal, Operator, Sort, Term, interpret, literal
from nasviz.errors import BuildError, NasvizError
from nasviz.graph import ID, LINEAR, ZERO, build_graph, canonical_form, is_connected, topology, walk
from nasviz.graph.prune import disconnecting
from nasviz.testing.strategies import PLAIN, terms

N = 2
FORMULAS = {
    "Residual2": lambda a, b, c: c @ a + b,
    "Residual3": lambda a, b, c, d: d @ b @ a + c,
    "Diamond2": lambda a, b, c, d: c @ a + d @ b,
    "Diamond3": lambda a, b, c, d, e, f: e @ c @ a + f @ d @ b,
    "DiamondMid": lambda a, b, c, d, e: d @ a + e @ (b + c @ a),
    "Cell": lambda a, b, c, d, e, f: d + e @ a + f @ (b + c @ a),
    "Binary": lambda merge, f, g: f + g,
}


def matrices(term):
    rng = np.random.default_rng(len(term))
    drawn = rng.uniform(0.5, 1.5, size=(len(term), N, N))
    for i, op in enumerate(term.operators):
        if op == ID:
            drawn[i] = np.eye(N)
        elif op == ZERO:
            drawn[i] = 0
    return drawn


def by_formulas(term, maps):
    def algebra(op, args, i):
        if op.name == "Linear":
            return np.linalg.multi_dot([*reversed(args), np.eye(N)])
        return FORMULAS[op.name](*args) if args else maps[i]

    return interpret(term, algebra)


def by_walk(graph, maps):
    return walk(graph, np.eye(N), lambda e, x: maps[e.index] @ x, lambda node, join, xs: sum(xs))


@given(terms(leaves=(*PLAIN, ZERO)))
def test_a_graph_computes_what_the_formulas_say(term):
    maps = matrices(term)
    expected = by_formulas(term, maps)
    np.testing.assert_allclose(by_walk(build_graph(term, prune=False), maps), expected, rtol=1e-9)
    if not expected.any():
        with pytest.raises(BuildError):
            build_graph(term)
        return
    graph = build_graph(term)
    np.testing.assert_allclose(by_walk(graph, maps), expected, rtol=1e-9)
    assert all(e.operator != ZERO for e in graph.edges)
    assert graph.edges == build_graph(term, prune=False).pruned().edges


@given(terms(leaves=(*PLAIN, ZERO)))
def test_edges_and_joins_have_their_positions(term):
    graph = build_graph(term, prune=False)
    leaves = [i for i, op in enumerate(term.operators) if op.result is Sort.MAP and not term.arity[i]]
    assert [e.index for e in graph.edges] == leaves, "each operation once, in preorder"
    done = {graph.source}
    for k, e in enumerate(graph.edges):
        assert e.source in done
        if all(later.target != e.target for later in graph.edges[k + 1 :]):
            done.add(e.target)
    for node in range(graph.n_nodes):
        entering = [e.position for e in graph.edges if e.target == node]
        assert (len(entering) > 1) == (node in graph.joins)
        if len(entering) > 1:
            paths = list(zip(*entering, strict=False))
            common = 0
            while common < len(paths) and len(set(paths[common])) == 1:
                common += 1
            assert graph.joins[node].position == entering[0][:common]


@given(terms(leaves=(*PLAIN, ZERO)))
def test_a_pruned_graph_has_no_dead_parts(term):
    if not by_formulas(term, matrices(term)).any():
        with pytest.raises(BuildError) as caught:
            build_graph(term)
        assert caught.value.position == disconnecting(term)[0]
        return
    graph = build_graph(term)
    plain = nx.DiGraph(graph.to_networkx())
    assert nx.is_directed_acyclic_graph(plain)
    assert nx.descendants(plain, graph.source) == set(range(1, graph.n_nodes))
    assert nx.ancestors(plain, graph.sink) == set(range(graph.n_nodes - 1))


def test_the_papers_term(term):
    graph = build_graph(term("Linear(Residual(conv, id, conv), Residual(conv, id, conv), fc)"))
    assert [(e.source, e.target, e.label) for e in graph.edges] == [
        (0, 1, "conv"),
        (0, 2, "id"),
        (1, 2, "conv"),
        (2, 3, "conv"),
        (2, 4, "id"),
        (3, 4, "conv"),
        (4, 5, "fc"),
    ]
    assert {node: (j.merge, j.position) for node, j in graph.joins.items()} == {2: ("sum", (0,)), 4: ("sum", (1,))}
    assert (graph.source, graph.sink) == (0, 5)
    assert repr(graph) == "Graph(7 operations, 6 nodes, 2 joins)"


def test_single_operators_and_single_operands(term):
    for text in ("conv", "Linear(conv)", "Linear(Linear(conv))"):
        graph = build_graph(term(text))
        assert [(e.source, e.target) for e in graph.edges] == [(0, 1)]
        assert graph.joins == {}


def test_multiplicity_is_kept(term):
    graph = build_graph(term("Binary(add, id, id)"))
    assert [(e.source, e.target, e.position) for e in graph.edges] == [(0, 1, (1,)), (0, 1, (2,))]
    assert walk(graph, 3, lambda e, x: x, lambda node, join, xs: sum(xs)) == 6


def test_operands_of_a_join_keep_their_order():
    tail_first = topology("TailFirst", "2>3 1>2 1>3", merge="concat")
    a, b, c = (Term.build(Operator(name)) for name in "abc")
    graph = build_graph(Term.build(tail_first, a, b, c))
    assert [e.label for e in graph.edges] == ["b", "c", "a"], "topological order"
    value = walk(graph, "x", lambda e, x: f"{e.label}({x})", lambda node, join, xs: "|".join(xs))
    assert value == "a(b(x))|c(x)", "operand order"


def test_open_terms_and_strange_terms_are_refused(term):
    place = Term.build(Nonterminal("S"))
    with pytest.raises(BuildError, match=r"the nonterminal S at \(1,\) is still open") as caught:
        build_graph(Term.build(LINEAR, term("conv"), place))
    assert caught.value.position == (1,)
    with pytest.raises(BuildError, match="add is a merge, not a map: it has no graph"):
        build_graph(term("add"))
    wrap = Operator("wrap", (Sort.MAP,))
    with pytest.raises(BuildError, match="wrap at the root has map operands but is no topology"):
        build_graph(Term.build(wrap, term("conv")))


def test_an_operation_with_values_is_called_by_them():
    sized = Operator("conv", (Sort.INT,))
    graph = build_graph(Term.build(LINEAR, Term.build(sized, Term.build(literal(5)))))
    assert [(e.label, e.position) for e in graph.edges] == [("conv(5)", (0,))]


def test_networkx_has_everything(term):
    graph = build_graph(term("Residual(conv, id, conv)")).to_networkx()
    assert sorted(graph.edges(keys=True)) == [(0, 1, (0,)), (0, 2, (1,)), (1, 2, (2,))]
    assert graph.nodes[2] == {"merge": "sum", "position": ()}
    assert graph.edges[1, 2, (2,)]["label"] == "conv"


@pytest.mark.parametrize("found", [None, "conv", 3])
@pytest.mark.parametrize("ask", [build_graph, is_connected, canonical_form])
def test_what_is_no_term(ask, found):
    with pytest.raises(NasvizError, match=r"^a term is expected, e\.g\. arch\.term, found "):
        ask(found)
