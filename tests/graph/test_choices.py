"""The cells of DARTS: numbers choose the edges, nodes sum, the output is side by side."""

from itertools import combinations, product

import pytest

from nasviz.algebra import Operator, Signature, Term, literal
from nasviz.errors import BuildError, NasvizError
from nasviz.grammar import Grammar, count, enumerate_terms
from nasviz.graph import CHOICES, LINEAR, NORMAL_CELL, ORDERED_INPUTS, REDUCTION_CELL, build_graph, walk

F = Operator("f")
INPUTS = [0, 1, 0, 2, 2, 3, 0, 4]
GRAMMAR = """
start CELL
CELL ::= NormalCell(f, f, f, 0, f, 1, f, A, f, A, f, B, f, B, f, C, f, C)
A ::= 0 | 1 | 2
B ::= 0 | 1 | 2 | 3
C ::= 0 | 1 | 2 | 3 | 4
"""


def cell(inputs=INPUTS, op=NORMAL_CELL):
    pairs = [leaf for n in inputs for leaf in (Term.build(F), Term.build(literal(n)))]
    return Term.build(op, Term.build(F), Term.build(F), *pairs)


def test_wiring_against_a_direct_evaluation():
    graph = build_graph(cell())
    assert [j.merge for _, j in sorted(graph.joins.items())] == ["sum"] * 4 + ["concat"]
    expected = walk(graph, "x", lambda e, x: x if e.wire else f"f{e.index}({x})", lambda _, j, xs: f"{j.merge}[{' '.join(xs)}]")
    nodes = ["f1(x)", "f2(x)"]
    for k, (a, b) in enumerate(zip(INPUTS[::2], INPUTS[1::2], strict=True)):
        nodes.append(f"sum[f{3 + 4 * k}({nodes[a]}) f{5 + 4 * k}({nodes[b]})]")
    assert expected == f"concat[{' '.join(nodes[2:])}]"


def test_an_input_that_nobody_takes_is_pruned():
    used = {e.index for e in build_graph(cell([0, 1, 0, 2, 2, 3, 3, 4])).edges}
    assert {1, 2} <= used
    unused = {e.index for e in build_graph(cell([0, 0, 0, 2, 2, 3, 3, 4])).edges}
    assert 1 in unused
    assert 2 not in unused


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ([0, 1, 0, 3, 2, 3, 0, 4], "operations into node 3 begin at nodes 0 to 2, found 3"),
        ([0, 1, 0, -1, 2, 3, 0, 4], "found -1"),
    ],
)
def test_a_node_that_is_not_earlier(inputs, words):
    with pytest.raises(BuildError, match=words) as error:
        build_graph(Term.build(LINEAR, Term.build(F), cell(inputs)))
    assert error.value.position == (1,)


def test_number_of_numbers():
    with pytest.raises(NasvizError, match="a cell of DARTS takes 8 numbers of inputs, found 2"):
        NORMAL_CELL.edges([0, 1])


def test_ordered_inputs_is_one_way_of_writing_each_choice():
    signature = Signature([F, *CHOICES], {}, [ORDERED_INPUTS])
    every = Grammar.parse(GRAMMAR, signature)
    assert count(every) == 9 * 16 * 25
    ordered = Grammar.parse(GRAMMAR + "require ordered_inputs\n", signature)
    assert count(ordered) == 180
    found = set()
    for term in enumerate_terms(ordered):
        numbers = [op.value for op in term.operators if op.result == "int"]
        pairs = [*zip(numbers[2::2], numbers[3::2], strict=True)]
        found.add(tuple(pairs))
    choices = (combinations(range(n), 2) for n in (3, 4, 5))
    assert found == set(product(*choices))


def test_ordered_inputs_is_asked_of_cells_inside():
    nested = Term.build(LINEAR, cell(), cell([0, 1, 2, 0, 2, 3, 0, 4], REDUCTION_CELL))
    assert ORDERED_INPUTS.number(ORDERED_INPUTS.of(nested)) == 0
    assert ORDERED_INPUTS.number(ORDERED_INPUTS.of(Term.build(LINEAR, cell(), cell()))) == 1
