import math

import pytest

from nasviz.errors import NasvizError, TermError
from nasviz.spaces import SearchSpace, digits_cells, hierarchical_nb201, nb201, nested_convnet, parse
from nasviz.spaces.replacing import LARGEST, LONGEST


@pytest.fixture(scope="module")
def space():
    return SearchSpace("S ::= Linear(B, B, down) | Residual(B, B, B)\nB ::= conv3x3 | avg_pool | C\nC ::= id | Linear(C, relu)")


def said(there, text):
    with pytest.raises(TermError) as caught:
        there.typed(text)
    return str(caught.value)


@pytest.mark.slow
def test_offers_are_legal_and_other(space):
    arch = space.parse("Linear(id, conv3x3, down)")
    there = space.replacements(arch, (0,))
    offers = there.offers(seed=0, seconds=5)
    assert there.nonterminal == "B"
    assert there.count() == math.inf
    assert len({o.arch for o in offers}) == len(offers) > 10
    assert all(o.arch in space and o.arch != arch for o in offers)
    assert [(o.subterm.text, o.how) for o in offers[:2]] == [("conv3x3", "exchange"), ("avg_pool", "exchange")]
    assert {o.how for o in offers} == {"exchange", "listed", "drawn"}
    assert there.offers(seed=1, most=3, seconds=5) == there.offers(seed=1, most=3, seconds=5)


def test_a_search_finds_all_where_they_are_few():
    space = digits_cells()
    there = space.replacements(space.parse("Linear(conv1x1, down, id)"), (0,))
    assert len(there.offers(seconds=5)) == 40
    found = [o.subterm.text for o in there.offers("CONV3X3, conv", seconds=5)]
    assert sorted(found) == [f"Linear({d}conv3x3, {b})" for d in ("", "d") for b in ("conv1x1", "conv3x3")]
    assert there.offers("nothing like it", seconds=5) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "relu",
            ["B is expected at (0,); this is only a part of what a rule derives", "It can be: B ::= conv3x3 | avg_pool | C"],
        ),
        ("Linear(id, fc)", ["no rule derives fc at (1,) of it", "nearest: "]),
        ("Residual(id, id, id)", ["B is expected at (0,); this derives from S"]),
        ("conv3x4", ["unknown operator 'conv3x4'", "did you mean conv3x3?"]),
        ("Linear(id", ["never closed"]),
        ("", ["nothing is typed; B ::= conv3x3 | avg_pool | C is expected"]),
        ("x" * (LONGEST + 1), ["a text of 100,001 characters is no subterm to type"]),
        ("add", ["add is a merge; a map is expected"]),
    ],
)
def test_typed_text_that_does_not_fit_is_explained(space, text, words):
    message = said(space.replacements(space.parse("Linear(id, conv3x3, down)"), (0,)), text)
    for part in words:
        assert part in message


def test_a_constraint_is_named():
    space = SearchSpace("S ::= Linear(B, B)\nB ::= conv3x3 | zero | id\nrequire connected")
    there = space.replacements(space.parse("Linear(id, id)"), (1,))
    message = said(there, "zero")
    assert "B derives this, but then 'require connected' does not hold" in message
    assert [o.subterm.text for o in there.offers()] == ["conv3x3"]


def test_where_no_nonterminal_begins(space):
    there = space.replacements(space.parse("Linear(id, conv3x3, down)"), (2,))
    assert there.nonterminal is None
    assert there.reason == "no nonterminal begins at (2,): down is part of the body of S at the root"
    assert (there.nearest, there.count(), there.offers()) == ((), None, [])
    assert "down is part of the body of S" in said(there, "id")
    swapped = SearchSpace("S ::= Linear(B, down) | Linear(B, relu)\nB ::= id")
    offers = swapped.replacements(swapped.parse("Linear(id, down)"), (1,)).offers()
    assert [str(o.arch) for o in offers] == ["Linear(id, relu)"]


def test_without_a_grammar_any_operator_of_the_sort_may_stand():
    arch = parse("Linear(Residual(conv, id, conv), Binary(add, conv, id))")
    there = arch.space.replacements(arch, (0,))
    texts = [o.subterm.text for o in there.offers(most=100)]
    assert {"Linear(conv, id, conv)", "relu", "Residual3(conv, id, conv, id)", "Binary(add, conv, id)"} <= set(texts)
    assert there.expected == "a map"
    merges = [o.subterm.text for o in arch.space.replacements(arch, (1, 0)).offers()]
    assert {"mul", "concat"} <= set(merges)
    assert "conv" not in merges
    assert str(arch.space.replace(arch, (1, 0), "mul")) == "Linear(Residual2(conv, id, conv), Binary(mul, conv, id))"


def test_a_shared_draw_changes_everywhere():
    space = nb201()
    arch = space.sample(seed=0)
    there = space.replacements(arch, (0, 0, 0, 2))
    assert len(there.nodes) == 15
    assert there.count() == 4
    assert [len(o.arch.term) for o in there.offers()] == [len(arch.term)] * 4
    other = next(o.subterm.text for o in there.offers())
    assert space.replace(arch, (0, 0, 0, 2), other) in space


def test_a_foreign_term_or_position_is_answered_in_words(space):
    arch = space.parse("Linear(id, conv3x3, down)")
    with pytest.raises(NasvizError, match=r"no position \(9,\)"):
        space.replacements(arch, (9,))
    with pytest.raises(NasvizError, match="derived from B, C, not from S"):
        space.replacements(arch, (0,), "S")
    foreign = space.replacements(parse("Linear(fc, fc)"), (0,))
    assert "no rule of the grammar derives" in foreign.reason


@pytest.mark.parametrize("make", [lambda: hierarchical_nb201(connected=True), nested_convnet])
def test_time_and_size_are_bounded(make, bounded):
    space = make()
    arch = space.sample(seed=1)
    for position in ((), (0,)):
        with bounded(0.3):
            offers = space.replacements(arch, position).offers(seconds=0.1)
        assert 0 < len(offers) <= 40
        assert max(len(o.subterm) for o in offers) <= LARGEST
