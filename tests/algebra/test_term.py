"""Laws of terms: text and arrays describe one thing, positions address it."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasviz.algebra import Nonterminal, Operator, Signature, Sort, Term, interpret, parse_term, position_text
from nasviz.algebra.term import subterm_sizes
from nasviz.errors import NasvizError, SortError

F = Operator("f", (Sort.MAP,), variadic=True)
G = Operator("g", (Sort.MAP, Sort.MAP))
X, Y = Operator("x"), Operator("yy")
SIGNATURE = Signature([F, G, X, Y])

leaves = st.sampled_from([Term.build(X), Term.build(Y)])
terms = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(lambda ts: Term.build(F, *ts)),
        st.tuples(inner, inner).map(lambda ts: Term.build(G, *ts)),
    ),
    max_leaves=30,
)


@given(terms)
def test_printing_and_parsing_round_trip(term: Term) -> None:
    again = parse_term(term.text, SIGNATURE)
    assert again == term
    assert hash(again) == hash(term)
    assert again.digest == term.digest


@given(terms)
def test_every_node_has_one_position_and_one_range_of_characters(term: Term) -> None:
    positions = [term.position(i) for i in range(len(term))]
    assert len(set(positions)) == len(term)
    assert [term.index(p) for p in positions] == list(range(len(term)))
    for i in range(len(term)):
        assert term.text[term.start[i] : term.stop[i]] == term.subterm(i).text


@given(terms)
def test_parents_children_sizes_and_depths_agree(term: Term) -> None:
    for i in range(len(term)):
        children = term.children(i)
        assert all(term.parent[c] == i and term.depth[c] == term.depth[i] + 1 for c in children)
        assert term.size[i] == 1 + sum(int(term.size[c]) for c in children)
    assert term.height == interpret(term, lambda _op, args, _i: 1 + max(args, default=0))


@given(terms, terms, st.data())
def test_replace_puts_a_subterm_in_place(term: Term, other: Term, data: st.DataObject) -> None:
    i = data.draw(st.integers(0, len(term) - 1))
    new = term.replace(i, other)
    assert new.subterm(i) == other
    assert new.text == term.text[: term.start[i]] + other.text + term.text[term.stop[i] :]
    assert new.replace(i, term.subterm(i)) == term


@given(terms)
def test_interpret_gives_the_text(term: Term) -> None:
    text = interpret(term, lambda op, args, _i: f"{op.name}({', '.join(args)})" if args else op.name)
    assert text == term.text


def test_pickle_keeps_equality() -> None:
    term = parse_term("f(x, g(x, yy))", SIGNATURE)
    assert pickle.loads(pickle.dumps(term)) == term


@pytest.mark.slow
def test_deep_and_long_terms_need_no_recursion(bounded) -> None:
    with bounded(6):
        deep = parse_term("f(" * 100_000 + "x" + ")" * 100_000, SIGNATURE)
        assert deep.height == 100_001
        assert len(deep.position(100_000)) == 100_000
        wide = parse_term("f(" + ", ".join(["g(x, yy)"] * 100_000) + ")", SIGNATURE)
        assert len(wide) == 300_001


@pytest.mark.parametrize(
    ("operators", "arities", "words"),
    [
        ([], [], "0 symbols and 0 arities"),
        ([X, X], [0, 0], "one term expected, found 2 side by side"),
        ([G, X], [2, 0], "wants 2 operands"),
        ([X], [0, 0], "1 symbols and 2 arities"),
        ([X], [-1], "wants -1 operands"),
    ],
)
def test_arrays_that_are_no_term(operators: list[Operator], arities: list[int], words: str) -> None:
    with pytest.raises(NasvizError, match=words):
        Term.from_preorder(operators, arities)


def test_sorts_are_checked_with_their_position() -> None:
    add = Operator("add", (), Sort.MERGE)
    binary = Operator("Binary", (Sort.MERGE, Sort.MAP, Sort.MAP))
    good = Term.build(binary, Term.build(add), Term.build(X), Term.build(X))
    assert good.text == "Binary(add, x, x)"
    with pytest.raises(SortError, match=r"operand 1 of Binary at \(0,\) must be a merge, found x, a map") as caught:
        Term.build(binary, Term.build(X), Term.build(X), Term.build(X))
    assert caught.value.position == (0,)
    with pytest.raises(SortError, match=r"g at the root takes 2 operands, found 1"):
        Term.build(G, Term.build(X))


def test_open_places_and_missing_positions() -> None:
    term = Term.build(G, Term.build(Nonterminal("S")), Term.build(X))
    assert term.nonterminals() == [1]
    with pytest.raises(NasvizError, match=r"no position \(0, 3\): S at \(0,\) has 0 operands"):
        term.index((0, 3))
    assert position_text((0, 3)) == "(0, 3)"


def test_arrays_are_read_only() -> None:
    term = parse_term("f(x)", SIGNATURE)
    for array in (term.arity, term.size, term.parent, term.depth, term.start, term.stop):
        assert isinstance(array, np.ndarray)
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7


@pytest.mark.parametrize("seed", range(5))
def test_sizes_of_large_terms_are_those_of_walking_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    arity: list[int] = []
    wanted = 1
    while wanted:
        arity.append(int(rng.integers(1, 4)) if len(arity) < 400 else 0)
        wanted += arity[-1] - 1
    ends: list[int] = []
    for i in range(len(arity)):
        open_, j = 1, i
        while open_:
            open_, j = open_ + arity[j] - 1, j + 1
        ends.append(j - i)
    found = subterm_sizes(arity)
    assert (found.dtype, found.tolist()) == (np.int32, ends)
    with pytest.raises(NasvizError, match=r"symbol \d+ wants \d operands, but the term ends before they do"):
        subterm_sizes(arity[:-1])
    with pytest.raises(NasvizError, match="one term expected, found 3 side by side"):
        subterm_sizes([*arity, 0, 0])
