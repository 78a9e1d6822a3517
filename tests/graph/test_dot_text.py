"""DOT text: every label is data."""

import pytest

from nasviz.graph.dot_text import label, position_id, quote, source, statement


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("conv", '"conv"'),
        ('"', '"\\""'),
        ("\\", '"\\\\"'),
        ("\\N \\G", '"\\\\N \\\\G"'),
        ("a\nb", '"a\\nb"'),
        ("<b>x</b>", '"<b>x</b>"'),
        ("&lt;script&gt;", '"&amp;lt;script&amp;gt;"'),
        ("\x00\x1b\u202e", '"���"'),
        ("x" * 500, '"' + "x" * 399 + '…"'),
    ],
)
def test_quote(text, quoted):
    assert quote(text) == quoted


def test_identifiers_and_classes_are_never_cut():
    assert len(statement("a", {"class": "p-1 " * 300, "label": "x" * 900})) > 1600
    assert statement('"a"', {}) == '"a";'
    assert label("x" * 61) == "x" * 59 + "…"
    assert position_id((10, 2)) == "p-10-2"


def test_source_is_graphviz():
    assert source("digraph {}").source.startswith("digraph {}")
