"""Topologies as functions of numbers: random wirings and one's own."""

import subprocess
import sys

import networkx as nx
import pytest

from nasviz.algebra import Sort, parse_term
from nasviz.errors import BuildError, NasvizError
from nasviz.graph import BA, ER, GENERATORS, WS, build_graph, is_connected, topology
from nasviz.spaces import SearchSpace, parse, signature

WATTS = "WS(2, 0.75, 1, conv, relu, conv, avg_pool)"
CHOICES = """
S ::= WS(2, P, SEED, B, B, B, B)
P ::= 0.0 | 0.75
SEED ::= 1 | 2 | 3
B ::= conv | relu | zero
require connected
"""


def arrows(wiring):
    return wiring.edges[: wiring.n_maps]


def test_the_numbers_decide_the_graph():
    assert WS.edges((4, 0.75, 1), 8) == WS.edges((4, 0.75, 1), 8)
    assert WS.edges((4, 0.75, 1), 8) != WS.edges((4, 0.75, 2), 8)
    assert {g.name: tuple(map(str, g.operands)) for g in GENERATORS} == {
        "ER": ("float", "int", "map"),
        "BA": ("int", "int", "map"),
        "WS": ("int", "float", "int", "map"),
    }


def test_the_same_graph_in_every_process():
    code = "from nasviz.graph import WS, ER, BA; print(WS.edges((4, .75, 1), 9), ER.edges((.4, 3), 6), BA.edges((2, 0), 6))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120).stdout
    assert told.strip() == f"{WS.edges((4, 0.75, 1), 9)} {ER.edges((0.4, 3), 6)} {BA.edges((2, 0), 6)}"


def test_a_watts_strogatz_graph_is_the_one_of_networkx_directed_forward():
    drawn = nx.watts_strogatz_graph(12, 4, 0.75, seed=5)
    reference = nx.DiGraph(sorted((min(e) + 1, max(e) + 1) for e in drawn.edges))
    notation = " ".join(f"{u}>{v}" for u, v in sorted(reference.edges))
    assert WS.edges((4, 0.75, 5), 12) == topology("W", notation, on="nodes").edges()


def test_no_rewiring_is_a_ring():
    wiring = WS.edges((2, 0.0, 1), 4)
    assert arrows(wiring) == ((0, 1), (1, 2), (2, 3), (3, 4))
    assert wiring.edges[4:] == ((1, 3),)


@pytest.mark.parametrize(
    "text", ["WS(2, 0.75, 1, conv, relu, conv, avg_pool)", "ER(0.5, 3, conv, conv, id)", "BA(1, 0, conv, conv)"]
)
def test_terms_with_numbers_parse_print_draw_and_count(text):
    arch = parse(text)
    assert str(parse(str(arch))) == str(arch)
    assert is_connected(arch.term)
    graph = arch.graph()
    maps = sum(op.result is Sort.MAP for op in arch.term.operators) - 1
    assert sum(not e.wire for e in graph.edges) == maps
    assert graph.to_dot().count('class="nv-op') == maps
    assert f'"{arch.term.operators[1].name}"' in arch.derivation.to_dot()
    space = SearchSpace(f"S ::= Linear({text}, B)\nB ::= relu | conv")
    assert space.count() == 2


def test_numbers_are_choices_of_a_grammar():
    space = SearchSpace(
        "S ::= WS(2, P, SEED, B, B, B, B)\nP ::= 0.0 | 0.75\nSEED ::= 1 | 2 | 3\nB ::= conv | relu | zero\nrequire connected"
    )
    assert space.count() < 2 * 3 * 81
    for arch in space.sample(20, seed=0):
        assert is_connected(arch.term)
        assert space.contains(arch)
        assert space.parse(str(arch)) == arch
    assert len({space.unrank(k) for k in range(space.count())}) == space.count()


def test_what_has_no_graph_says_where():
    with pytest.raises(
        BuildError, match=r"WS at \(0,\) has no wiring: WS has no graph for n=3, k=9, p=0.5, seed=1: .*k>n"
    ) as caught:
        parse("Linear(WS(9, 0.5, 1, conv, conv, conv), relu)").graph()
    assert caught.value.position == (0,)


def test_a_generator_of_ones_own():
    def ladder(n, step: int):
        """Each node reads the one before and the one `step` before."""
        return [(i, i + 1) for i in range(1, n)] + [(i, i + step) for i in range(1, n + 1 - step)]

    made = topology("Ladder", ladder, on="nodes")
    assert (made.doc, made.operands) == ("Each node reads the one before and the one `step` before.", (Sort.INT, Sort.MAP))
    graph = build_graph(parse_term("Ladder(2, conv, conv, conv, conv)", signature([made])))
    assert len([e for e in graph.edges if not e.wire]) == 4

    def choice(first: int, second: int) -> str:
        return f"1>2 2>3 {first}>4 {second}>4"

    chosen = topology("Choice", choice, maps=4)
    assert not chosen.variadic
    space = SearchSpace("S ::= Choice(I, 3, conv, conv, conv, relu)\nI ::= 1 | 2", [chosen])
    assert space.count() == 2
    assert [e.source for e in space.parse("Choice(2, 3, conv, conv, conv, relu)").graph().edges] == [0, 1, 1, 2]
    stored = SearchSpace.from_json(space.to_json(), [chosen])
    assert stored == space
    with pytest.raises(NasvizError, match="missing operators: Choice"):
        SearchSpace.from_json(space.to_json())


@pytest.mark.parametrize(
    ("function", "values", "n", "message"),
    [
        (lambda n: [(1, 2)] * (n + 1), (), 2, r"G\(\) has 3 edges, so it needs as many operands of sort map, found 2"),
        (lambda n: 1 / 0, (), 2, "G has no graph for n=2: ZeroDivisionError: division by zero"),
        (lambda n: nx.path_graph(3), (), 2, r"G has no graph for n=2|the graph has no directions"),
        (lambda n: "1>2 2>1", (), 2, "the edge 2>1 closes a cycle"),
    ],
)
def test_a_function_that_gives_no_wiring(function, values, n, message):
    with pytest.raises(NasvizError, match=message):
        topology("G", function).edges(values, n)


def test_a_number_needs_a_sort():
    with pytest.raises(NasvizError, match=r"A: the parameter k needs a sort; write k: int or k: float"):
        topology("A", lambda n, k: [])
    with pytest.raises(NasvizError, match='operands stand on="edges" or on="nodes", found \'x\''):
        topology("A", "1>2", on="x")
    with pytest.raises(NasvizError, match="the graph has no directions"):
        topology("A", nx.path_graph(3))


@pytest.mark.parametrize(
    ("generator", "values"), [(WS, (2, 1.5, 1)), (WS, (2, -0.5, 1)), (WS, (2, float("inf"), 1)), (ER, (2.0, 1))]
)
def test_a_probability_is_between_0_and_1(generator, values):
    with pytest.raises(NasvizError, match="the probability p is between 0 and 1, found"):
        generator.edges(values, 4)


def test_nobody_knows_a_negative_number_of_nodes():
    with pytest.raises(NasvizError, match="a node knows k = 0 or more nearest ones, found k = -1"):
        WS.edges((-1, 0.5, 1), 4)
