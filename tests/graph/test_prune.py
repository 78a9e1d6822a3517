"""What zero removes, and where a term is cut."""

import pytest

from nasviz.errors import BuildError
from nasviz.graph import build_graph


def test_zero_in_products_and_concatenations(term):
    with pytest.raises(BuildError, match=r"no path leads from the input to the output: zero at \(0,\) lets nothing through"):
        build_graph(term("Mul(zero, a)"))
    kept = build_graph(term("Concat(Linear(a, zero), b)"))
    assert [e.label for e in kept.edges] == ["a", "zero", "b"]
    with pytest.raises(BuildError, match=r"zero leaves a at \(0, 1\) without input, but concat needs every operand"):
        build_graph(term("Concat(Linear(zero, a), b)"))
    lone = build_graph(term("Binary(add, a, Mul(Linear(b, zero), c))"))
    assert [(e.label, e.wire) for e in lone.edges] == [("a", False)]
    unwired = build_graph(term("Binary(add, zero, Mul(a, b))"))
    assert [(e.label, e.wire) for e in unwired.edges] == [("a", False), ("b", False)]
    assert [(j.merge, j.position) for j in unwired.joins.values()] == [("mul", (2,))]


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("zero", (), "zero at the root"),
        ("Linear(conv, Linear(zero, conv), fc)", (1, 0), "zero at (1, 0)"),
        ("Linear(conv, Residual(conv, zero, zero))", (1,), "Residual2 at (1,)"),
        ("Linear(Cell(a, b, c, zero, zero, zero), fc)", (0,), "Cell at (0,)"),
        ("Linear(Mul(a, Linear(b, zero)), fc)", (0, 1, 1), "zero at (0, 1, 1)"),
    ],
)
def test_a_disconnected_term_says_where(term, text, position, words):
    with pytest.raises(BuildError) as caught:
        build_graph(term(text))
    assert str(caught.value) == f"no path leads from the input to the output: {words} lets nothing through"
    assert caught.value.position == position
