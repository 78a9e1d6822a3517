"""Pictures of graphs: golden texts, links by position, hostile names."""

import re
import shutil
import subprocess

import pytest

from nasviz.algebra import Literal, Nonterminal, Operator, Sort, Term
from nasviz.graph import LINEAR, Cluster, build_graph, clusters_of, fault_at, fold, graph_to_dot, topology

GOLDEN = """\
  "in" [id="in", class="nv-io", label="in", shape="plaintext", style="", margin="0.06,0.03"];
  "out" [id="out", class="nv-io", label="out", shape="plaintext", style="", margin="0.06,0.03"];
  "p-0-0" [id="p-0-0", class="nv-op", label="conv", tooltip="conv at (0, 0)"];
  "p-0-1" [id="p-0-1", class="nv-op nv-id", label="id", tooltip="id at (0, 1)"];
  "p-0-2" [id="p-0-2", class="nv-op", label="conv", tooltip="conv at (0, 2)"];
  "p-1" [id="p-1", class="nv-op nv-selected", label="fc", tooltip="fc at (1,)", color="#b3004b", penwidth="2"];
  "j-2-p-0" [id="j-2-p-0", class="nv-join p-0", label="⊕", tooltip="sum at (0,)", shape="circle", style="filled", \
fillcolor="#f3f4f6", margin="0", width="0.24", fixedsize="true"];
  "in" -> "p-0-0";
  "in" -> "p-0-1";
  "p-0-0" -> "p-0-2";
  "j-2-p-0" -> "p-1";
  "p-0-1" -> "j-2-p-0";
  "p-0-2" -> "j-2-p-0" [label="16×8×8"];
  "p-1" -> "out" [label="10"];
}
"""


def body(dot):
    return "".join(line + "\n" for line in dot.splitlines()[4:])


def statements(dot):
    """Identifiers and their attributes, of nodes only."""
    found = re.findall(r'^\s*"([^"]*)" \[(id=.*)\];$', dot, re.M)
    return {name: dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', text)) for name, text in found}


def test_golden(term):
    graph = build_graph(term("Linear(Residual(conv, id, conv), fc)"))
    dot = graph.to_dot(selected=(1,), shapes={(0, 2): "16×8×8", (1,): "10"})
    assert body(dot) == GOLDEN
    assert dot.startswith('digraph "architecture" {\n  graph [rankdir="LR", bgcolor="transparent"')


def test_every_operation_has_its_position(term):
    graph = build_graph(term("Cell(a, b, c, Linear(d, e), zero, f)"))
    nodes = statements(graph.to_dot())
    positions = {"-".join(["p", *map(str, e.position)]) for e in graph.edges}
    assert {k for k, v in nodes.items() if v["class"].startswith("nv-op")} == positions
    assert all(v["id"] == k for k, v in nodes.items())
    joins = {f"j-{n}-" + "-".join(["p", *map(str, j.position)]) for n, j in graph.joins.items()}
    assert {k for k, v in nodes.items() if v["class"].startswith("nv-join")} == joins


def test_merges_are_drawn_by_their_sign(term):
    dot = build_graph(term("Binary(add, a, Binary(mul, b, c))")).to_dot()
    assert sorted(v["label"] for v in statements(dot).values() if "nv-join" in v["class"]) == ["⊕", "⊙"]
    assert '"j-1-p-2" -> "j-2-p";' in dot, "a wire is an arrow without a box"
    assert "‖" in build_graph(term("Concat(a, b)")).to_dot()


def test_equal_neighbours_fold_with_their_number(term):
    graph = build_graph(term("Linear(Linear(conv, conv), conv, conv, Linear(conv, fc))"))
    nodes = statements(graph.to_dot(folded=True))
    assert nodes["p-0-0"]["label"] == "conv ×5"
    assert nodes["p-0-0"]["class"] == "nv-op nv-fold p-0-0 p-0-1 p-1 p-2 p-3-0"
    assert nodes["p-0-0"]["tooltip"] == "5 × conv from (0, 0) to (3, 0)"
    assert set(nodes) == {"in", "out", "p-0-0", "p-3-1"}
    assert "×" not in graph.to_dot()
    chosen = statements(graph.to_dot(folded=True, selected=(2,)))
    assert "nv-selected" in chosen["p-0-0"]["class"]


def test_neighbours_apart_by_a_join_do_not_fold(term):
    graph = build_graph(term("Linear(conv, Residual(conv, conv, conv), conv)"))
    assert "×" not in graph.to_dot(folded=True)
    two = build_graph(term("Linear(conv, conv)"))
    assert "×" not in two.to_dot(folded=True), "two stand beside each other"


def test_clusters_are_nested_and_coloured(term):
    graph = build_graph(term("Linear(Residual(conv, id, conv), fc)"))
    dot = graph.to_dot(clusters={(): Cluster("S", 0), (0,): Cluster("B", 9)})
    assert 'subgraph "cluster_p" {\n    graph [id="c", class="nv-cluster nv-nt-0 p", label="S"' in dot
    assert 'subgraph "cluster_p-0" {\n      graph [id="c-0", class="nv-cluster nv-nt-1 nv-turn-1 p-0", label="B"' in dot
    assert 'style="rounded,dashed", color="#e69f00"' in dot
    assert dot.count("{") == dot.count("}")
    inner = dot[dot.index("cluster_p-0") : dot.index("    }", dot.index("cluster_p-0"))]
    assert '"p-0-1"' in inner
    assert '"j-2-p-0" [' in inner


def test_chains_fold_inside_their_cluster_only(term):
    graph = build_graph(term("Linear(Linear(a, a, a), Linear(a, a, a))"))
    assert statements(graph.to_dot(folded=True))["p-0-0"]["label"] == "a ×6"
    boxed = statements(graph.to_dot(folded=True, clusters={(0,): Cluster("C", 1), (1,): Cluster("C", 1)}))
    assert [boxed[k]["label"] for k in ("p-0-0", "p-1-0")] == ["a ×3", "a ×3"]


def test_clusters_of_a_derivation(term):
    t = term("Linear(Linear(conv, conv), conv)")
    found = clusters_of(t, [("S",), ("C", "D"), (), (), ("OP",)], ["S", "C", "D", "OP"])
    assert found == {(): Cluster("S", 0), (0,): Cluster("C › D", 1)}
    assert clusters_of(t, [("S",), ("C",), (), (), ()], ["S", "C"], max_depth=0) == {(): Cluster("S", 0)}


def test_folded_and_open_subterms_look_different(term):
    assert statements(fold(term("Linear(Residual(a, b, c), d)"), 1).to_dot())["p-0"]["peripheries"] == "2"
    place = Term.build(LINEAR, Term.build(Nonterminal("S")))
    assert statements(fold(place, 1).to_dot())["p-0"]["class"] == "nv-op nv-open"


HOSTILE = [
    '"];} digraph evil {',
    "<b>bold</b>",
    "<script>alert(1)</script>",
    "&lt;img src=x&gt;",
    "\\N\\G\\l",
    "a\nb\r\x00\x1b",
    "javascript:alert(1)",
    "x" * 100_000,
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_text(name):
    evil = Literal(name, result=Sort.MAP)
    t = Term.build(LINEAR, Term.build(evil), Term.build(Operator("conv")), Term.build(evil))
    dot = build_graph(t).to_dot(clusters={(): Cluster(name, 3)}, shapes={(0,): name})
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', '""', dot)
    assert re.fullmatch(r'[\w\s\[\]{}=,;>""-]*', outside), "names stay inside quotes"
    assert "=<" not in dot, "no HTML labels"
    assert "URL" not in dot
    assert "href" not in dot
    assert max(map(len, dot.splitlines())) < 2000
    if shutil.which("dot"):
        drawn = subprocess.run(["dot", "-Tsvg"], input=dot.encode(), capture_output=True, check=True, timeout=60).stdout
        assert b"<script" not in drawn
        assert b"<b>" not in drawn


def test_a_folded_subterm_has_the_colour_of_its_nonterminal(term):
    graph = fold(term("Linear(Residual(a, b, c), d)"), 1)
    nodes = statements(graph.to_dot(clusters={(): Cluster("S", 0), (0,): Cluster("C", 10)}))
    assert nodes["p-0"]["class"] == "nv-op nv-sub nv-nt nv-nt-2 nv-turn-1"
    assert nodes["p-0"]["fillcolor"] == "#009e73;0.058:#b2e2d5"
    assert "cluster_p-0" not in graph.to_dot(clusters={(0,): Cluster("C", 10)})


def test_graphviz_source(term):
    graph = build_graph(term("Linear(a, a, a)"))
    assert "a ×3" in graph.to_graphviz().source


def test_a_fault_is_marked_with_its_two_ways(term):
    graph = build_graph(term("Linear(Residual(conv, id, relu), fc)"))
    shapes = {(0, 0): "16×8×8", (0, 1): "16×8×8", (0, 2): "32×4×4"}
    dot = graph_to_dot(graph, fault=fault_at(graph, (0,), shapes))
    assert '"j-2-p-0" [id="j-2-p-0", class="nv-join p-0 nv-fault", label="✕ sum"' in dot
    assert '"p-0-2" -> "j-2-p-0" [label="32×4×4", class="nv-way-0", penwidth="2", style="solid"];' in dot
    assert '"p-0-1" -> "j-2-p-0" [label="16×8×8", class="nv-way-1", penwidth="2", style="dashed"];' in dot
    assert '"in" -> "p-0-0" [class="nv-way-0", penwidth="2", style="solid"];' in dot


def test_an_operation_that_cannot_be_built_is_crossed(term):
    graph = build_graph(term("Linear(conv, fc)"))
    assert 'class="nv-op nv-fault", label="✕ fc"' in graph_to_dot(graph, fault=fault_at(graph, (1,), {}))


def test_a_chain_can_be_drawn_one_by_one(term):
    graph = build_graph(term("Linear(conv, conv, conv, fc)"))
    assert "conv ×3" in graph_to_dot(graph, folded=True)
    assert graph_to_dot(graph, folded=True, unrolled=[(0,)]) == graph_to_dot(graph)


def test_dense_graphs_are_laid_out_in_haste():
    def full(n):
        pairs = [f"{i}>{j}" for i in range(1, n + 1) for j in range(i + 1, n + 1)]
        ops = [Term.build(Operator(f"op{k}")) for k in range(len(pairs))]
        return build_graph(Term.build(topology("Full", " ".join(pairs)), *ops))

    assert 'mclimit="0.2"' not in full(10).to_dot()
    assert full(20).to_dot().splitlines()[4] == '  graph [splines="polyline", mclimit="0.2", nslimit="2", nslimit1="2"];'
