import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from nasviz.grammar import Grammar
from nasviz.grammar.normal import Flat, close, components, reachable, unit_users


def test_nested_subterms_become_symbols_once(small):
    form = Grammar.parse("S ::= f(s(a), s(a)) | s(a) | A\nA ::= a", small).normal_form
    assert form.names == ["S", "A", "", ""]
    a, s, f = (form.operators[small.resolve(name, n)] for name, n in (("a", 0), ("s", 1), ("f", 2)))
    assert form.rules == [
        Flat(2, a),
        Flat(3, s, (2,)),
        Flat(0, f, (3, 3), production=0),
        Flat(0, s, (2,), production=1),
        Flat(0, unit=1, production=2),
        Flat(1, a, production=0),
    ]


def test_shared_nonterminals_are_a_leaf_and_an_inner_symbol(small):
    form = Grammar.parse("S ::= f(A, A)\nshared A ::= a | b", small).normal_form
    assert form.names == ["S", "A", "A"]
    assert form.inner == {1: 2}
    assert (form.defining("S"), form.defining("A")) == (0, 2)
    assert [len(rules) for rules in form.by_lhs()] == [1, 0, 2]
    assert reachable(form, 0) == {0, 1}
    assert reachable(form, 0, through_shared=True) == {0, 1, 2}


def test_closing_under_units(small):
    form = Grammar.parse("S ::= A | a\nA ::= B | s(S)\nB ::= b | A", small).normal_form
    users = unit_users(form)
    assert users == {1: [0, 2], 2: [1]}
    assert close({0}, users) == {0}
    assert close({2}, users) == {0, 1, 2}


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2), max_size=20)))
)
def test_components_are_those_of_networkx(case):
    n, edges = case
    component, order = components(n, edges)
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(range(n))
    found = {frozenset(v for v in range(n) if component[v] == c) for c in component}
    assert found == {frozenset(c) for c in nx.strongly_connected_components(graph)}
    assert sorted(order) == list(range(n))
    assert all(component[a] >= component[b] for a, b in edges)
    assert [component[v] for v in order] == sorted(component)


def test_components_of_a_long_path():
    component, _ = components(50_000, [(i, i + 1) for i in range(49_999)])
    assert component[0] == 49_999
