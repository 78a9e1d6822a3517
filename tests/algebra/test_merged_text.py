"""A merged text holds both terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasviz.algebra import Operator, Signature, Sort, Term, parse_term, tree_edit
from nasviz.algebra.merged_text import marked_text, merged_text

F = Operator("f", (Sort.MAP,), variadic=True)
G = Operator("g", (Sort.MAP,), variadic=True)
X, Y = Operator("x"), Operator("yy")
SIGNATURE = Signature([F, G, X, Y])

terms = st.recursive(
    st.sampled_from([Term.build(X), Term.build(Y)]),
    lambda inner: st.tuples(st.sampled_from([F, G]), st.lists(inner, min_size=1, max_size=3)).map(
        lambda pair: Term.build(pair[0], *pair[1])
    ),
    max_leaves=8,
)


@given(terms, terms)
def test_it_reads_as_either_term(a: Term, b: Term) -> None:
    pieces = merged_text(a, b, tree_edit(a, b))
    assert "".join(text for sign, text in pieces if sign != "+") == a.text
    assert "".join(text for sign, text in pieces if sign != "-") == b.text


@pytest.mark.parametrize(
    ("a", "b", "marked"),
    [
        ("f(x, yy)", "f(x, yy)", "f(x, yy)"),
        ("f(x, yy, x)", "f(x, x, x)", "f(x, [-yy-]{+x+}, x)"),
        ("f(x, yy)", "f(x)", "f(x[-, yy-])"),
        ("f(x)", "g(x)", "[-f-]{+g+}(x)"),
        ("f(x, yy)", "f(g(x, yy))", "f({+g(+}x, yy{+)+})"),
    ],
)
def test_marks(a: str, b: str, marked: str) -> None:
    one, other = parse_term(a, SIGNATURE), parse_term(b, SIGNATURE)
    assert marked_text(merged_text(one, other, tree_edit(one, other))) == marked
