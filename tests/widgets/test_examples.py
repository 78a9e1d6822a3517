import pytest

from nasviz.errors import NasvizError
from nasviz.spaces import SearchSpace
from nasviz.widgets.examples import LONGEST, MOST, checked_examples, judge

SPACE = SearchSpace("S ::= Linear(B, B)\nB ::= conv3x3 | id")


@pytest.mark.parametrize(
    ("example", "state", "why"),
    [
        (("Linear(id, id)", True), "kept", "derived"),
        (("Linear(id, id)", False), "broken", "the grammar derives it"),
        (("Linear(id, relu)", True), "broken", "column 12: no rule of the grammar derives the subterm relu at (1,)"),
        (
            ("Linear(id, relu)", False),
            "kept",
            "not derived: column 12: no rule of the grammar derives the subterm relu at (1,)",
        ),
        (("Linear(id, conv3x4)", True), "unread", "column 12: unknown operator 'conv3x4'; did you mean conv3x3?"),
        (("Linear(id", False), "unread", "column 1: the '(' of Linear is never closed; type ) at the end"),
        (("<script>", True), "unread", "column 1: unexpected character '<'"),
    ],
)
def test_verdicts(example, state, why):
    verdict = judge(SPACE, example)
    assert (verdict.state, verdict.why) == (state, why)
    assert verdict.to_json()["must"] is example[1]


def test_without_a_grammar_an_example_is_open():
    assert judge(None, ("id", True)).state == "open"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("id", r'examples are a list of pairs such as \("Linear\(id, id\)", True\), found str'),
        (["id"], "an example is a pair such as .*, found 'id'"),
        ([("id", 1)], r"an example is a pair such as .*, found \('id', 1\)"),
        ([(" ", True)], "an example is the text of a term, found an empty text"),
        ([("x" * (LONGEST + 1), True)], "an example of 10,001 characters; at most 10,000 are read"),
        ([(f"x{k}", True) for k in range(MOST + 1)], "51 examples; at most 50 are kept"),
    ],
)
def test_what_is_no_example(value, message):
    with pytest.raises(NasvizError, match=message):
        checked_examples(value)


def test_white_space_and_repetitions_go():
    assert checked_examples([("f(  a,\n b)", True), ["f( a, b)", True]]) == [("f( a, b)", True)]
