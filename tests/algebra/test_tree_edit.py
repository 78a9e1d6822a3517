"""The edit of two terms against a naive oracle, and what it may pair."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from nasviz.algebra import Operator, Sort, Term, tree_edit

F = Operator("f", (Sort.MAP,), variadic=True)
G = Operator("g", (Sort.MAP,), variadic=True)
X, Y, Z = (Operator(name) for name in "xyz")

terms = st.recursive(
    st.sampled_from([Term.build(X), Term.build(Y), Term.build(Z)]),
    lambda inner: st.tuples(st.sampled_from([F, G]), st.lists(inner, min_size=1, max_size=3)).map(
        lambda pair: Term.build(pair[0], *pair[1])
    ),
    max_leaves=6,
)


def oracle(a: Term, b: Term) -> int:
    """The definition: forests, the last tree of each removed, added, or matched."""

    def tree(term: Term, i: int = 0) -> tuple:
        return (term.operators[i], tuple(tree(term, k) for k in term.children(i)))

    @cache
    def weight(forest: tuple) -> int:
        return sum(1 + weight(kids) for _, kids in forest)

    @cache
    def distance(f: tuple, g: tuple) -> int:
        if not f or not g:
            return weight(f) + weight(g)
        (p, below), (q, under) = f[-1], g[-1]
        return min(
            distance(f[:-1] + below, g) + 1,
            distance(f, g[:-1] + under) + 1,
            distance(f[:-1], g[:-1]) + distance(below, under) + (p != q),
        )

    return distance((tree(a),), (tree(b),))


@given(terms, terms)
def test_the_distance_is_that_of_the_definition(a: Term, b: Term) -> None:
    edit = tree_edit(a, b)
    assert edit.exact
    assert edit.distance == oracle(a, b)


@given(terms, terms)
def test_pairs_keep_order_and_descent(a: Term, b: Term) -> None:
    for work in (10**6, 0):
        pairs = tree_edit(a, b, work).pairs
        assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
        for i, j in pairs:
            for k, m in pairs:
                assert (i < k) == (j < m)
                assert (i <= k < i + a.size[i]) == (j <= m < j + b.size[j])


@given(terms, terms)
def test_without_work_it_is_an_upper_bound(a: Term, b: Term) -> None:
    quick = tree_edit(a, b, work=0)
    assert quick.distance >= tree_edit(a, b).distance
    assert quick.distance <= len(a) + len(b)


@given(terms)
def test_equal_terms_have_the_distance_zero(term: Term) -> None:
    edit = tree_edit(term, term)
    assert (edit.distance, edit.exact) == (0, True)
    assert edit.pairs == tuple((i, i) for i in range(len(term)))


def test_one_change_in_a_large_term_is_found_at_once(bounded) -> None:
    def full(depth: int) -> Term:
        return Term.build(X) if depth == 0 else Term.build(F, full(depth - 1), full(depth - 1))

    a = full(11)
    b = a.replace(a.index((0, 1, 0, 1, 1, 0, 1, 0, 1, 0)), Term.build(G, Term.build(Y)))
    with bounded(1):
        edit = tree_edit(a, b)
    assert (edit.distance, edit.exact) == (3, True)


def test_a_deep_term_is_no_problem() -> None:
    n = 20_000
    a = Term.from_preorder([F] * n + [X], [1] * n + [0])
    b = Term.from_preorder([F] * n + [Y], [1] * n + [0])
    assert tree_edit(a, b).distance == 1
