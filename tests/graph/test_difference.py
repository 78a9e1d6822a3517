"""Two graphs as one picture."""

import re

from nasviz.algebra import Operator, Term, TreeEdit, tree_edit
from nasviz.graph import LINEAR, build_graph
from nasviz.graph.difference import difference_to_dot, unchanged


def dot(term, a, b, **options):
    one, other = term(a), term(b)
    return difference_to_dot(one, other, tree_edit(one, other), **options)


def ops(text, sign):
    return re.findall(rf'\[id="([pr][-\d]*)", class="nv-op nv-{sign}"', text)


def test_equal_terms_give_the_plain_graph(term):
    text = dot(term, "Linear(Residual(conv, id, conv), fc)", "Linear(Residual(conv, id, conv), fc)")
    assert ops(text, "same") == ["p-0-0", "p-0-1", "p-0-2", "p-1"]
    assert ops(text, "removed") == ops(text, "added") == []
    graph = build_graph(term("Linear(Residual(conv, id, conv), fc)"))
    assert text.count("->") == graph.to_dot().count("->")


def test_a_replaced_operation_goes_and_comes(term):
    text = dot(term, "Linear(Residual(conv, id, conv), fc)", "Linear(Residual(conv, relu, conv), fc)")
    assert ops(text, "removed") == ["r-0-1"]
    assert ops(text, "added") == ["p-0-1"]
    assert 'label="− id", tooltip="id at (0, 1) goes"' in text
    assert '"in" -> "r-0-1" [class="nv-removed", style="dashed"' in text
    assert '"p-0-1" -> "j-1-0" [class="nv-added", penwidth="2.4"' in text
    assert text.count("nv-join nv-same") == 1


def test_a_subterm_that_goes_takes_its_join_along(term):
    text = dot(term, "Linear(Residual(conv, id, conv), fc)", "Linear(conv, fc)")
    assert len(ops(text, "removed")) == 2
    assert text.count("nv-join nv-removed") == 1
    assert '"k-1-0" -> "p-1" [class="nv-removed"' in text


def test_what_stays_is_folded_in_large_graphs(term):
    part = "Linear(conv, relu, relu, conv)"
    a = f"Linear({part}, {part}, id, {part})"
    text = dot(term, a, a.replace("id", "relu"), readable=5)
    assert ops(text, "same") == ["p-0", "p-1", "p-3"]
    one, other = term(a), term(a.replace("id", "relu"))
    assert len(unchanged(one, other, tree_edit(one, other))) == 3


def blocks(n, inner):
    return "Linear(" + ", ".join(f"Residual(Linear({inner(k)}), id, conv)" for k in range(n)) + ")"


def test_what_changes_is_folded_where_all_of_it_has_no_room(term):
    a = blocks(60, lambda k: "conv, relu, conv, relu, conv, relu")
    b = blocks(60, lambda k: "conv, down, conv, down, conv, down, conv")
    text = dot(term, a, b)
    assert len(ops(text, "changed")) == 60
    assert len(ops(text, "same")) == 120
    assert ops(text, "removed") == ops(text, "added") == []
    assert 'label="± Linear", tooltip="Linear at (3, 0) changes inside"' in text
    assert 'class="nv-op nv-changed", peripheries="2"' in text


def test_what_has_no_partner_is_folded_too(term):
    a = blocks(2, lambda k: ", ".join(["relu"] * 10))
    b = a[:-1] + ", Linear(" + ", ".join(["Linear(down, down)"] * 30) + "))"
    text = dot(term, a, b, readable=5, largest=8)
    assert ops(text, "added") == ["p-2"]
    assert '"p-2" [id="p-2", class="nv-op nv-added", penwidth="2.4"' in text


def test_one_box_is_left_where_nothing_else_has_room(term):
    a = "Linear(" + ", ".join(["conv"] * 50) + ")"
    text = dot(term, a, a.replace("conv", "relu"), readable=5, largest=8)
    assert ops(text, "changed") == ["p"]


def test_deep_terms_give_a_small_picture_soon(bounded):
    conv, relu = Term.build(Operator("conv")), Operator("relu")
    n = 3000
    a = Term.from_preorder([LINEAR, conv.operators[0]] * n + [relu], [2, 0] * n + [0])
    b = Term.from_preorder([LINEAR, relu] * n + [relu], [2, 0] * n + [0])
    edit = TreeEdit(tuple((i, i) for i in range(2 * n + 1)), n, exact=True)
    with bounded(2):
        text = difference_to_dot(a, b, edit)
    assert len(text) < 2_000_000
    assert len(ops(text, "changed")) == 1
