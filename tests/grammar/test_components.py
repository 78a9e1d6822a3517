import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from nasviz.grammar.components import components


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
