import pytest

from nasviz.grammar.edits import (
    beginning,
    join_rules,
    merge_alternatives,
    percent,
    remove_alternative,
    remove_operands,
    remove_statement,
    unshare,
    write_weights,
)
from nasviz.grammar.notation import read


@pytest.mark.parametrize(
    ("text", "k", "expected"),
    [
        ("S ::= a | b | c", 0, "S ::= b | c"),
        ("S ::= a | b | c", 1, "S ::= a | c"),
        ("S ::= a | b [0.5]", 1, "S ::= a"),
        ("S ::= a [0.25] | b", 1, "S ::= a"),
        ("S ::= a [0.25] | b | c [0.5]", 1, "S ::= a [0.333333333333] | c [0.666666666667]"),
        ("S ::= a # 1 | 2\n | b # 3\n | c", 1, "S ::= a # 1 | 2\n # 3\n | c"),
        ("S ::= a | # 1\n b | c", 1, "S ::= a # 1\n | c"),
        ("S ::= a # 1\n | b", 0, "S ::=  # 1\n  b"),
        ("S ::= f(a,\n b) | b", 0, "S ::= b"),
    ],
)
def test_an_alternative_goes_with_one_bar(text, k, expected):
    (rule,) = read(text).rules
    assert remove_alternative(text, rule, k).apply(text) == expected
    (after,) = read(expected).rules
    assert [a.text for a in after.alternatives] == [a.text for i, a in enumerate(rule.alternatives) if i != k]


def test_the_only_alternative_stays():
    text = "S ::= a [0.25] # why\n | b"
    assert remove_alternative(text, read(text).rules[0], 1) is None
    text = "S ::= a [0] | b"
    assert remove_alternative(text, read(text).rules[0], 1) is None
    assert remove_alternative("S ::= a", read("S ::= a").rules[0], 0) is None


def test_alternatives_are_merged():
    text = "S ::= f( a ) | b # note\n | f(a) [0.25] | c"
    fixed = merge_alternatives(text, read(text).rules[0], 0, 2, 0.5).apply(text)
    assert fixed == "S ::= f(a) [0.5] | b # note\n | c"


def test_weights_are_written_where_no_comment_is_lost():
    text = "S ::= a | b"
    assert write_weights(text, read(text).rules[0], [0.25, 0.75], "x").apply(text) == "S ::= a [0.25] | b [0.75]"
    text = "S ::= a # 1\n | b"
    assert write_weights(text, read(text).rules[0], [0.25, 0.75], "x") is None


def test_a_statement_goes_with_its_line():
    text = "start S\nshared S ::= a\n  | b # beside\nT ::= c"
    document = read(text)
    assert remove_statement(text, document.rules[0], "x").apply(text) == "start S\nT ::= c"
    assert remove_statement(text, document.statements[0], "x").apply(text).startswith("shared S")
    assert text[beginning(text, document.rules[0]) :].startswith("shared S")
    assert beginning(text, document.rules[1]) == text.index("T")


def test_rules_are_joined_and_shared_is_taken_away():
    text = "S ::= a\nT ::= b\nshared S ::= c"
    rules = read(text).rules
    assert join_rules(text, rules[0], rules[2]).apply(text) == "S ::= a | c\nT ::= b"
    assert unshare(text, rules[2]).apply(text).endswith("\nS ::= c")
    assert unshare(text, rules[0]) is None


def test_operands_are_removed_to_the_parenthesis_that_closes():
    text = "S ::= f(g(a), # )\n b) | c"
    assert remove_operands(text, 7).apply(text) == "S ::= f | c"
    assert remove_operands("S ::= f(g(a)", 7) is None


def test_probabilities_are_short():
    assert [percent(x) for x in (0.4, 2 / 3, 0.1 + 0.2)] == ["0.4", "0.666666666667", "0.3"]
