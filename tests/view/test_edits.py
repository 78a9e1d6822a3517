import math

import pytest

from nasviz.grammar import AtMost
from nasviz.numbers import GAP, THIN
from nasviz.spaces import hierarchical_nb201, parse
from nasviz.view.edits import (
    LONGEST,
    change_words,
    clipped,
    count_words,
    edit_pieces,
    exact_words,
    offer_json,
    outline,
    ranges_of,
)


def terms(*texts):
    return [parse(text).term for text in texts]


def without(pieces, sign):
    return "".join(text for mark, text in pieces if mark != sign)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("conv", "Linear(conv, id)"),
        ("Linear(conv, id)", "Linear(conv, relu, id)"),
        ("Residual(conv, id, conv)", "Linear(conv, conv)"),
        ("Linear(Linear(conv, id), fc)", "fc"),
    ],
)
def test_pieces_read_as_both_terms(a, b):
    old, new = terms(a, b)
    for work in (0, 100_000):
        pieces = edit_pieces(old, new, work)
        assert (without(pieces, "+"), without(pieces, "-")) == (old.text, new.text)


def test_pieces_of_large_terms_read_as_both_and_show_what_stays():
    space = hierarchical_nb201()
    a, b = (space.sample(seed=k).term for k in (1, 2))
    pieces = edit_pieces(a, b)
    assert (without(pieces, "+"), without(pieces, "-")) == (a.text, b.text)
    assert sum(len(text) for sign, text in pieces if sign == " ") > 200
    huge = parse("Linear(" + ", ".join(["conv"] * 4000) + ")").term
    cut = edit_pieces(huge, a)
    assert [sign for sign, _ in cut] == ["-", "+"]
    assert sum(len(text) for _, text in cut) <= LONGEST


def test_outlines_show_the_upper_levels():
    (term,) = terms("Linear(Residual(Linear(conv, relu), id, Linear(conv, batch)), Linear(conv, conv), fc)")
    assert outline(term, 300) == term.text
    assert outline(term, 70) == "Linear(Residual2(Linear(…), id, Linear(…)), Linear(conv, conv), fc)"
    assert outline(term, 40) == "Linear(Residual2(…), Linear(…), fc)"
    assert outline(term, 12) == "Linear(…)"
    wide = parse("Linear(" + ", ".join(["Linear(conv, id)"] * 4000) + ")").term
    assert outline(wide, 50) == "Linear(…)"


def test_numbers_in_words():
    assert count_words(10**400, 40, "replacement") == "40 of 10^400.00 replacements"
    assert count_words(54, 40, "replacement") == "40 of 54 replacements"
    assert count_words(1, 1, "replacement") == "1 replacement"
    assert count_words(None, 0, "replacement") == "no replacement"
    assert count_words(None, 3, "replacement") == "3 replacements"
    assert count_words(AtMost(6, "why"), 2, "replacement") == "2 of at most 6 replacements"
    assert count_words(AtMost(math.inf, "why"), 2, "replacement") == "2 of an unknown number of replacements"
    assert exact_words(54) == exact_words(math.inf) == exact_words(None) == ""
    assert exact_words(12345) == f"12{THIN}345"
    assert len(exact_words(10**5000)) == 700
    assert change_words(5, 5, "FLOPs") == "same FLOPs"
    assert change_words(20_000, 5_000, "FLOPs") == f"−15{GAP}k{GAP}FLOPs"
    assert clipped("abc", 3) == "abc"


def test_an_offer_carries_its_pieces_while_they_are_short():
    old, new = terms("conv", "Linear(conv, id)")
    offer = offer_json("k", "drawn", old, new)
    assert offer == {
        "key": "k",
        "how": "drawn",
        "text": "Linear(conv, id)",
        "pieces": [["-", "conv"], ["+", "Linear(conv, id)"]],
    }
    long = parse("Linear(" + ", ".join(["conv"] * 200) + ")").term
    assert offer_json("k", "drawn", old, long)["pieces"] is None
    assert ranges_of(new, [0, 1]) == [[0, 16], [7, 11]]
