import math

import pytest

from nasviz.grammar import Grammar
from nasviz.numbers import GAP, MINUS, THIN
from nasviz.spaces import hierarchical_nb201, signature
from nasviz.view.grammar import change, grammar_info

SMALL = "S ::= Linear(B, B) | Linear(B, B)\nB ::= conv3x3 | id"
ENDLESS = "S ::= Linear(B, S) | B\nB ::= conv3x3 | id"


def read(text):
    return Grammar.parse(text, signature())


def test_terms_and_derivations_are_counted_apart():
    info = grammar_info(read(SMALL))
    assert (info.terms.text, info.derivations.text) == ("4", "8")
    assert info.terms.exact == "4"
    assert [(r.name, r.hue, r.text, r.length) for r in info.rules] == [("S", 0, "4", 1.0), ("B", 1, "2", 0.5)]


def test_the_published_space():
    info = grammar_info(hierarchical_nb201().grammar)
    assert (info.terms.text, info.derivations.text) == ("10^375.85", "10^446.09")
    assert len(info.terms.exact) == 376
    assert info.rules[0].length == 1.0
    assert info.rules[5].text == f"729{THIN}000{THIN}000"


def test_an_endless_space_says_up_to_where_it_is_counted():
    info = grammar_info(read(ENDLESS), height=3)
    assert info.terms.text == "∞ · 14 up to height 3"
    assert info.terms.log10 == math.inf
    assert info.terms.exact == ""
    assert [r.endless for r in info.rules] == [True, False]
    assert "height of a single operator is 1" in info.terms.why


def test_a_constraint_is_counted_and_named():
    info = grammar_info(read("S ::= Linear(S, S) | conv3x3\nrequire size <= 3"))
    assert info.terms.text == "2"
    assert info.terms.why.endswith("Only what fulfils require size <= 3 counts.")


def test_rules_say_what_they_derive_and_who_uses_them():
    first, second = grammar_info(read(SMALL)).rules
    assert (first.rule, first.users, first.sort) == ("Linear(B, B) | Linear(B, B)", (), "map")
    assert (second.users, second.derivations, second.log10) == (("S",), "2", pytest.approx(math.log10(2)))


def test_a_ninth_nonterminal_has_the_first_colour_with_a_pattern():
    text = "\n".join(["S ::= Linear(" + ", ".join(f"N{k}" for k in range(9)) + ")", *(f"N{k} ::= id" for k in range(9))])
    assert [(r.hue, r.turn) for r in grammar_info(read(text)).rules][7:] == [(7, 0), (0, 1), (1, 1)]


def test_bars_remember_the_accepted_version():
    rules = grammar_info(read(SMALL), read(SMALL + " | relu")).rules
    assert [r.before for r in rules] == [1.0, pytest.approx(0.5)]
    assert grammar_info(read(SMALL), read(SMALL)).rules[0].before is None


def test_edits_are_listed_and_cut():
    info = grammar_info(read(SMALL + " | relu"), read(SMALL))
    assert info.edits == ("+ B ::= relu",)
    assert grammar_info(read(SMALL.replace("id", "id [0.9]")), read(SMALL)).edits == (
        "B ::= conv3x3: probability 0.5 → 0.1",
        "B ::= id: probability 0.5 → 0.9",
    )
    assert info.change_derivations == "+10 derivations"
    many = SMALL + "".join(f" | Linear({', '.join(['id'] * k)})" for k in range(1, 20))
    assert grammar_info(read(many), read(SMALL)).edits[-1].startswith("and ")


def test_a_long_name_is_cut():
    name = "x" * 200
    info = grammar_info(read(f"S ::= {name}\n{name} ::= id"))
    assert len(info.rules[1].name) == len(info.rules[0].rule) == 120


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (SMALL, SMALL, ""),
        (SMALL, SMALL + " | relu", "+5 architectures"),
        (SMALL + " | relu", SMALL, f"{MINUS}5 architectures"),
        (SMALL, SMALL + " # more", ""),
        (SMALL, "S ::= Linear(B, B)\nB ::= conv3x3 | relu", "same number of architectures"),
        (SMALL, ENDLESS, "was 4, now endless"),
        (ENDLESS, SMALL, "was endless, now 4"),
        (ENDLESS, ENDLESS + " | relu", "+966 architectures up to height 6"),
    ],
)
def test_change(before, after, words):
    assert change(read(before), read(after)) == words


def test_the_change_of_a_large_space_is_a_factor():
    text = hierarchical_nb201().grammar.text
    signature_of = hierarchical_nb201().signature
    smaller = Grammar.parse(text.replace("| avg_pool", ""), signature_of)
    words = change(hierarchical_nb201().grammar, smaller)
    assert words.startswith(f"÷{GAP}10^")
    assert change(smaller, hierarchical_nb201().grammar) == words.replace("÷", "×")


def test_a_grammar_of_one_term_has_a_bar():
    info = grammar_info(read("S ::= conv3x3"))
    assert [(r.text, r.length) for r in info.rules] == [("1", 0.0)]
