"""Pictures of derivation trees."""

import re

from nasviz.algebra import Nonterminal, Term
from nasviz.graph import LINEAR, term_to_dot, tree_to_dot

GOLDEN = """\
  "p" [id="p", class="nv-nt nv-nt-0", fillcolor="#b2d5e8", color="#0072b2", label="S\\nLinear", tooltip="Linear at the root"];
  "p-0" [id="p-0", class="nv-nt nv-nt-1", fillcolor="#f8e2b2", color="#e69f00", label="A › B\\nconv", tooltip="conv at (0,)"];
  "p" -> "p-0";
  "p-1" [id="p-1", class="nv-t nv-selected", label="fc", tooltip="fc at (1,)", color="#b3004b", penwidth="2"];
  "p" -> "p-1";
}
"""


class Tree:
    labels = (("S",), ("A", "B"), ())


def test_golden(term):
    dot = tree_to_dot(Tree(), term("Linear(conv, fc)"), ["S", "A", "B"], selected=(1,))
    assert "".join(line + "\n" for line in dot.splitlines()[4:]) == GOLDEN
    assert 'rankdir="TB"' in dot


def test_each_node_once(term):
    t = term("Linear(Cell(a, b, c, d, e, f), Residual(a, id, Linear(b, c)))")
    ids = re.findall(r' \[id="(p[-\d]*)"', term_to_dot(t))
    assert len(ids) == len(set(ids)) == len(t)
    assert len(re.findall("->", term_to_dot(t))) == len(t) - 1


def test_deep_parts_are_hidden_with_their_number(term):
    dot = term_to_dot(term("Linear(Cell(a, b, c, d, e, Linear(f, f)), fc)"), max_depth=1)
    assert dot.count('label="+1"') == 5
    assert 'id="m-0-5", class="nv-more", label="+3", tooltip="3 nodes"' in dot


def test_open_places_are_dashed():
    t = Term.build(LINEAR, Term.build(Nonterminal("B")))
    dot = term_to_dot(t, None, ["S", "B"])
    assert 'class="nv-nt nv-nt-1 nv-open"' in dot
    assert 'style="rounded,filled,dashed"' in dot


def test_the_ninth_nonterminal_has_the_first_hue_with_a_pattern(term):
    names = [f"N{k}" for k in range(9)]
    first, ninth = (term_to_dot(term("conv"), [(name,)], names) for name in ("N0", "N8"))
    assert 'class="nv-nt nv-nt-0", fillcolor="#b2d5e8", color="#0072b2", label="N0\\nconv"' in first
    assert 'class="nv-nt nv-nt-0 nv-turn-1", fillcolor="#0072b2;0.106:#b2d5e8", color="#0072b2", style="striped"' in ninth


def test_folded_nodes_say_what_is_below(term):
    t = term("Linear(Residual(conv, id, conv), fc)")
    dot = term_to_dot(t, folded={1})
    assert 'class="nv-t nv-sub", label="Residual2 +3", tooltip="Residual2 at (0,): 3 subterms are folded"' in dot
    assert re.findall(r' \[id="(p[-\d]*)"', dot) == ["p", "p-0", "p-1"]
