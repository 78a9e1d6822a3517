"""SearchSpace: counting, drawing, reading, storing, and what it refuses."""

import json
import math
import pickle
from collections import Counter

import numpy as np
import pytest
from scipy.stats import chisquare

from nasviz.algebra import Operator, Total
from nasviz.errors import GrammarError, NasvizError, StorageError, TermError
from nasviz.grammar import Grammar
from nasviz.graph import topology
from nasviz.spaces import Architecture, SearchSpace, is_connected
from nasviz.spaces import operators as ops

TEXT = "S ::= Linear(B, B) | Residual(B, id, B)\nB ::= conv3x3 [0.5] | avg_pool | id"


@pytest.fixture
def space():
    return SearchSpace(TEXT, input_shape=(1, 8, 8), name="mine", source="me", bibtex="@misc{me}")


def test_counts(space):
    assert space.count() == 18
    assert space.count("derivations") == 18
    assert SearchSpace("S ::= Linear(S, id) | conv").count() == math.inf
    assert SearchSpace("S ::= Linear(S, id) | conv").count(max_height=4) == 4


def test_draws_follow_the_weights(space):
    drawn = space.sample(2000, seed=1)
    first = Counter(arch.term.operators[1].name for arch in drawn)
    assert chisquare([first["conv3x3"], first["avg_pool"], first["id"]], [1000, 500, 500]).pvalue > 1e-3


def test_seeds_and_generators(space):
    assert space.sample(seed=3) == space.sample(seed=3)
    assert space.sample(5, seed=3) == space.sample(5, seed=np.random.default_rng(3))
    assert isinstance(space.sample(1, seed=0), list)
    rng = np.random.default_rng(0)
    assert len({space.sample(seed=rng) for _ in range(50)}) > 5
    with pytest.raises(NasvizError, match="the number of draws is 0 or more, found -1"):
        space.sample(-1)
    with pytest.raises(NasvizError):
        space.sample(seed=0, law="nonsense")


def test_parse_is_membership(space):
    arch = space.parse("Residual(conv3x3,id,avg_pool)")
    assert str(arch) == "Residual2(conv3x3, id, avg_pool)"
    assert arch in space
    assert space.contains(arch.term)
    with pytest.raises(TermError) as caught:
        space.parse("Linear(conv3x3, conv3x4)")
    assert "did you mean conv3x3?" in str(caught.value)
    with pytest.raises(TermError):
        space.parse("Linear(conv3x3, Linear(id, id))")
    assert arch[0] not in space


def test_mutants_are_members_and_others(space):
    arch = space.sample(seed=0)
    mutants = {space.mutate(arch, k) for k in range(200)}
    assert arch not in mutants
    assert all(m in space for m in mutants)
    assert len(mutants) >= 4
    assert space.mutate(arch, 5) == space.mutate(arch, np.random.default_rng(5))
    with pytest.raises(TermError):
        space.mutate(arch[0], 0)


def test_identity_and_task(space):
    same = SearchSpace(TEXT.replace("|", " | "), input_shape=[1, 8, 8])
    assert same == space
    assert hash(same) == hash(space)
    assert same.fingerprint == space.fingerprint
    other_task = SearchSpace(TEXT, input_shape=(3, 8, 8))
    assert other_task != space
    assert other_task.sample(seed=0) == space.sample(seed=0), "an architecture is its term and the grammar"
    assert SearchSpace(TEXT + " | conv1x1", input_shape=(1, 8, 8)).fingerprint != space.fingerprint
    assert (space.stem, space.head, space.num_classes) == (ops.conv_stem, ops.pool_linear, 10)
    assert repr(space) == "SearchSpace(mine: 2 nonterminals, 5 productions, input (1, 8, 8), 10 classes)"
    assert pickle.loads(pickle.dumps(space)) == space


def test_own_operators(space):
    swash = Operator("swash")
    loop = topology("Loop", "1>2 2>3 1>3")
    own = SearchSpace("S ::= Loop(swash, swash, conv3x3) | swash", operators=[swash, loop])
    assert own.count() == 2
    assert len(own.parse("Loop(swash, swash, conv3x3)").graph()) == 3
    stored = json.loads(json.dumps(own.to_json()))
    assert SearchSpace.from_json(stored, [swash]) == own
    with pytest.raises(StorageError, match="missing operators: swash; pass them as operators="):
        SearchSpace.from_json(stored)
    looked = SearchSpace.from_json(stored, declared_only=True)
    assert looked.fingerprint == own.fingerprint
    assert [str(a) for a in looked.sample(9, seed=2)] == [str(a) for a in own.sample(9, seed=2)]
    assert looked.parse("Loop(swash, swash, conv3x3)").graph().to_dot()


def test_json(space):
    stored = json.loads(json.dumps(space.to_json()))
    assert stored["v"] == 1
    back = SearchSpace.from_json(stored)
    assert back == space
    assert (back.name, back.source, back.bibtex) == ("mine", "me", "@misc{me}")
    free = SearchSpace.free((1, 8, 8), 3)
    assert SearchSpace.from_json(json.loads(json.dumps(free.to_json()))) == free


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"v": 2}, "a stored space of version 2; this nasviz reads versions 1 to 1"),
        ({"v": True}, "a stored space of version True"),
        ({"kind": "study"}, "expected a stored space, found 'study'"),
        ({"operators": 1}, "the stored operators are no list"),
        ({"grammar": "S ::= conv"}, "do not give the stored fingerprint"),
        ({"input_shape": None}, "a stored space is incomplete"),
        ({"input_shape": "abc"}, "an input shape is positive whole numbers"),
        ({"stem": None}, "a stored operator is a JSON object"),
    ],
)
def test_bad_json(space, change, message):
    with pytest.raises(NasvizError, match=message):
        SearchSpace.from_json({**space.to_json(), **change})


def test_json_that_is_none():
    with pytest.raises(StorageError, match="a stored space is a JSON object, found list"):
        SearchSpace.from_json([])


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"input_shape": (3, 32, 0)}, r"an input shape is positive whole numbers: .*; found \(3, 32, 0\)"),
        ({"input_shape": 32}, "found 32"),
        ({"input_shape": ()}, "an input shape"),
        ({"num_classes": 1}, "a classification has 2 classes or more, found 1"),
        ({"num_classes": True}, "found True"),
    ],
)
def test_bad_tasks(kwargs, message):
    with pytest.raises(NasvizError, match=message):
        SearchSpace(TEXT, **kwargs)


def test_bad_grammars():
    with pytest.raises(GrammarError) as caught:
        SearchSpace("S ::= conv3x4 | id")
    assert caught.value.column == 7
    assert "did you mean conv3x3?" in str(caught.value)
    with pytest.raises(GrammarError, match="the start S derives a merge; an architecture is a map"):
        SearchSpace("S ::= add | mul")


def test_with_grammar(space):
    wider = space.with_grammar(TEXT + " | conv1x1")
    assert wider.count() == 32
    assert (wider.name, wider.source, wider.input_shape) == ("mine", "", (1, 8, 8))
    assert space.with_grammar(space.grammar.text).source == "me"
    with pytest.raises(GrammarError):
        space.with_grammar("S ::=")


def test_a_grammar_object_is_taken(space):
    grammar = Grammar.parse("S ::= conv | id", ops.signature())
    assert SearchSpace(grammar).count() == 2


def test_the_free_space_has_no_grammar():
    free = SearchSpace.free()
    assert free.grammar is None
    assert free.fingerprint == "free"
    assert repr(free) == "SearchSpace(free, input (3, 32, 32), 10 classes)"
    for act in (free.count, free.sample, lambda: free.mutate(free.parse("conv"), 0)):
        with pytest.raises(NasvizError, match="the free space has no grammar: nothing to"):
            act()
    assert free.parse("Linear(conv, fc)") in free
    assert Architecture(SearchSpace("S ::= q", [Operator("q")]).sample(seed=0).term, free) not in free


def test_connected():
    free = SearchSpace.free()
    assert is_connected(free.parse("Residual(zero, id, conv)").term)
    assert not is_connected(free.parse("Residual(zero, zero, conv)").term)


ZEROS = "S ::= Cell(OP, OP, OP, OP, OP, OP)\nOP ::= zero [0.7] | id"


def test_constraints_hold_everywhere():
    space = SearchSpace(ZEROS + "\nrequire connected")
    drawn = space.sample(400, seed=0)
    assert all(is_connected(a.term) for a in drawn)
    free = SearchSpace(ZEROS).sample(2000, seed=1)
    legal = [a for a in free if is_connected(a.term)]
    zeros = [sum(op.name == "zero" for op in a.term.operators) for a in drawn]
    expected = [sum(op.name == "zero" for op in a.term.operators) for a in legal]
    assert abs(np.mean(zeros) - np.mean(expected)) < 0.2
    assert all(is_connected(space.mutate(drawn[0], k).term) for k in range(50))
    assert all(space.contains(a) == is_connected(a.term) for a in free)
    assert space.count() == sum(is_connected(a.term) for a in SearchSpace(ZEROS).enumerate()) == len(list(space.enumerate()))
    with pytest.raises(TermError, match=r"'require connected' does not hold for the whole term") as caught:
        space.parse("Cell(zero, zero, zero, zero, zero, zero)")
    assert caught.value.column == 1


def test_a_cell_inside_must_keep_a_path():
    space = SearchSpace("S ::= Residual(C, id, C)\nC ::= Linear(OP, OP)\nOP ::= zero | conv\nrequire connected")
    assert space.count() == 1
    cut = "Residual2(Linear(conv, zero), id, Linear(conv, conv))"
    assert is_connected(SearchSpace.free().parse(cut).term)
    with pytest.raises(TermError, match=r"'require connected' does not hold for Linear at \(0,\)"):
        space.parse(cut)


def test_halvings_and_widening():
    text = "S ::= Linear(X, X, X)\nX ::= down | conv | Residual(down, down, conv) | Residual(down, conv, conv)"
    assert SearchSpace(text + "\nrequire halvings == 1").count() == 3 * 2
    assert SearchSpace(text + "\nrequire widening >= 4").count() == 3 * 4 + 8
    assert SearchSpace(text + "\nrequire halvings <= 3 and widening != 8").count() == 27 - 8


def test_own_attributes():
    convs = Total("convs", each=lambda op: int(op.name.startswith("conv")))
    space = SearchSpace("S ::= Linear(B, B, B)\nB ::= conv3x3 | conv1x1 | id\nrequire convs <= 1", attributes=[convs])
    assert space.count() == 1 + 3 * 2
    assert space.with_grammar(space.grammar.text + " and convs >= 1").count() == 6
    stored = json.loads(json.dumps(space.to_json()))
    assert SearchSpace.from_json(stored, attributes=[convs]) == space
    with pytest.raises(GrammarError, match="unknown attribute 'convs' in a constraint"):
        SearchSpace.from_json(stored)


def test_numbers_are_permalinks(space):
    numbers = range(space.count())
    assert [space.rank(space.unrank(n)) for n in numbers] == list(numbers)
    assert list(space.enumerate(5)) == [space.unrank(n) for n in numbers[5:]]


def test_laws(space):
    drawn = space.sample(200, seed=0, law="terms")
    assert set(drawn) == set(space.enumerate())
    assert {len(a.term) for a in space.sample(50, seed=1, law="size")} == {len(a.term) for a in space.enumerate()}
    assert max(len(a.term) for a in space.sample(50, seed=1, max_size=4)) <= 4
    endless = SearchSpace("S ::= Linear(S, S) [0.9] | id")
    assert endless.sample(seed=0, law="convergent", factor=0.2).term.height < 30


def test_a_constraint_that_rejects_everything():
    space = SearchSpace("S ::= zero | Linear(zero, zero)\nrequire connected")
    assert space.count() == 0
    with pytest.raises(NasvizError, match="nothing to draw: no term fulfils 'require connected'"):
        space.sample(seed=0)


ABSURD = [
    (lambda s: SearchSpace(5), "a grammar is a text (str), found int"),
    (lambda s: SearchSpace("S ::= id", stem="conv"), "the stem is an operator, e.g. stem=swish3, found 'conv'"),
    (lambda s: SearchSpace("S ::= id", head=3), "the head is an operator, e.g. head=swish3, found '3'"),
    (lambda s: SearchSpace("S ::= id", 5), "operators are a list, e.g. operators=[swish3], found int"),
    (lambda s: SearchSpace("S ::= id", ["id"]), "operators=[...] holds operators, found 'id'; write @nv.primitive"),
    (lambda s: s.parse(None), "a term is a text (str), found NoneType"),
    (lambda s: s.sample("x"), "the number of draws is a whole number, found 'x'"),
    (lambda s: s.sample(2.5), "the number of draws is a whole number, found '2.5'"),
    (lambda s: s.sample(-1), "the number of draws is 0 or more, found -1"),
    (lambda s: s.sample(seed="x"), "a seed is a whole number, 0 or more, a numpy.random.Generator or None; found 'x'"),
    (lambda s: s.sample(seed=-1), "a seed is a whole number, 0 or more"),
    (lambda s: s.sample(max_height=1.5), "max_height is 1.5; it must be a whole number, 1 or more"),
    (lambda s: s.count(max_height=1.5), "max_height is 1.5; it must be a whole number, 1 or more"),
    (lambda s: s.count(max_size="3"), "max_size is '3'; it must be a whole number, 1 or more"),
    (lambda s: s.mutate(None), "an architecture is expected, e.g. space.parse(text); found 'None'"),
    (lambda s: s.crossover(1, 2), "an architecture is expected, e.g. space.parse(text); found '1'"),
    (
        lambda s: s.replace(s.sample(seed=0), "x", "id"),
        "a position is made of numbers of operands, as in arch[0, 2]; found 'x'",
    ),
    (lambda s: s.replace(s.sample(seed=0), (), None), "a term is a text (str), found NoneType"),
]


@pytest.mark.parametrize(("act", "words"), ABSURD)
def test_absurd_arguments_are_answered_in_words(act, words):
    with pytest.raises(NasvizError) as caught:
        act(SearchSpace("S ::= Linear(B, B)\nB ::= conv3x3 | id"))
    assert words in str(caught.value)


def test_a_byte_order_mark_is_left_out():
    space = SearchSpace("\ufeffS ::= conv3x3 | id")
    assert space.grammar.text == "S ::= conv3x3 | id"
    assert space == SearchSpace("S ::= conv3x3 | id")
    with pytest.raises(GrammarError) as caught:
        SearchSpace("\ufeffS ::= conv3x4")
    assert caught.value.column == 7
