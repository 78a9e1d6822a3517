"""Two graphs as one picture."""

import re

from nasviz.algebra import tree_edit
from nasviz.graph import build_graph
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
