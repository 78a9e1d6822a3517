"""Merges of one's own: named functions of two inputs."""

import operator
import subprocess
import sys
import textwrap

import pytest

from nasviz.algebra import Operator, Sort, Term, parse_term
from nasviz.errors import NasvizError
from nasviz.graph import ALIASES, ID, STANDARD_TOPOLOGIES, Merge, build_graph, merge, topology
from nasviz.graph.merges import named_merge, read_merge
from nasviz.spaces import SearchSpace, signature


@merge
def gate(a, b):
    """The first, opened by the second."""
    return a * b.sigmoid()


def test_a_merge_is_an_operator_named_after_its_function():
    assert (gate.name, gate.result, gate.doc) == ("gate", Sort.MERGE, "The first, opened by the second.")
    assert gate == merge(lambda a, b: a, name="gate", doc=gate.doc)
    assert merge(operator.sub, name="minus").function is operator.sub
    assert isinstance(merge(name="other")(lambda a, b: a), Merge)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: merge(lambda a: a, name="one"), r"a merge takes two inputs, \(a, b\): too many positional arguments"),
        (lambda: merge(3), "a merge is a function of two inputs, found int 3"),
        (lambda: merge(dict), "a merge is a function of two inputs, found type"),
        (lambda: merge(lambda a, b: a), r"'<lambda>' cannot be written in a term; give the merge a name"),
        (lambda: merge(lambda a, b: a, name=3), "3 cannot be written in a term; give the merge a name"),
        (lambda: merge(lambda a, b: a, name="sum"), "sum is a merge that every space knows; give yours another name"),
        (lambda: merge(lambda a, b: a, name="add"), "add is a merge that every space knows"),
        (lambda: read_merge(ID), "id is a map, not a merge"),
        (lambda: read_merge(7), "a merge is a name or a function of two inputs, found an int"),
        (
            lambda: topology("T", "1>2 1>2", merge="foo"),
            r"unknown merge 'foo': known are sum, mul, concat, max, min; a merge of your own is a function",
        ),
        (lambda: topology("T", "1>2 1>2", merge="prodct"), r"\(did you mean product\?\)"),
    ],
)
def test_what_is_no_merge_is_refused_at_declaration(make, message):
    with pytest.raises(NasvizError, match=message):
        make()


def test_two_names_of_one_merge():
    assert named_merge("product") == "mul"
    assert topology("T", "1>2 1>2", merge="product") == topology("T", "1>2 1>2", merge="mul")
    assert topology("T", "1>2 1>2", merge=gate).merge == "gate"
    assert topology("T", "1>2 1>2", merge=lambda_named("pick")).merge == "pick"


def lambda_named(name):
    def pick(a, b):
        return a

    pick.__name__ = name
    return pick


def test_a_join_knows_its_operator_and_is_drawn_by_its_name():
    sig = signature([gate, topology("Gated", "1>2 1>2", merge=gate)])
    for text in ("Binary(gate, conv, relu)", "Gated(conv, relu)", "Linear(id, Gated(conv, Gated(conv, relu)))"):
        graph = build_graph(parse_term(text, sig))
        assert [join.merge for join in graph.joins.values()] == ["gate"] * text.replace("Gated", "gate").count("gate")
        assert all(join.operator is gate for join in graph.joins.values())
        (sign, *_) = [line for line in graph.to_dot().splitlines() if 'label="gate"' in line]
        assert 'shape="ellipse"' in sign or "shape=ellipse" in sign
    plain = build_graph(parse_term("Binary(add, conv, Binary(gate, conv, relu))", sig))
    assert [(j.merge, j.operator is gate) for j in plain.joins.values()] == [("gate", True), ("sum", False)]


def test_a_gate_inside_a_gate_stays_one_of_its_own():
    sig = signature([gate])
    graph = build_graph(parse_term("Binary(gate, Binary(gate, relu, mish), relu)", sig))
    assert sorted(join.position for join in graph.joins.values()) == [(), (1,)]


def test_a_stored_space_asks_for_the_merge():
    gated = topology("Gated", "1>2 1>2", merge=gate)
    space = SearchSpace("S ::= Gated(S, S) | conv | Binary(gate, conv, conv)", [gated, gate])
    stored = space.to_json()
    assert SearchSpace.from_json(stored, [gated, gate]) == space
    with pytest.raises(NasvizError, match="missing operators: Gated"):
        SearchSpace.from_json(stored, [gate])
    looked = SearchSpace.from_json(stored, declared_only=True)
    assert looked.fingerprint == space.fingerprint
    assert looked.parse("Gated(conv, conv)").graph().joins[1].merge == "gate"


def test_a_merge_of_a_notebook_travels_by_value(tmp_path):
    script = tmp_path / "notebook.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys, cloudpickle
            from nasviz.graph import merge, topology
            from nasviz.spaces import SearchSpace

            @merge
            def gate(a, b):
                return a * b.sigmoid()

            space = SearchSpace("S ::= Gated(conv, relu)", [topology("Gated", "1>2 1>2", merge=gate)])
            open(sys.argv[1], "wb").write(cloudpickle.dumps(space.sample(seed=0)))
            """
        )
    )
    file = tmp_path / "arch.bin"
    subprocess.run([sys.executable, str(script), str(file)], check=True, timeout=120)
    import pickle

    arch = pickle.loads(file.read_bytes())
    (join,) = arch.graph().joins.values()
    assert join.operator.function(2.0, Half()) == 1.0


class Half(float):
    def sigmoid(self):
        return 0.5


def test_a_term_names_any_operator_of_sort_merge():
    sub = Operator("sub", result=Sort.MERGE)
    term = Term.build(STANDARD_TOPOLOGIES[-1], Term.build(sub), Term.build(ID), Term.build(ID))
    assert build_graph(term).joins[1].operator is sub
    assert "Residual" in ALIASES
