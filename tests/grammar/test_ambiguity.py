import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nasviz.algebra import Operator, parse_term
from nasviz.grammar import Derivation, Grammar, derive
from nasviz.grammar.ambiguity import ambiguities, covers
from nasviz.grammar.checks import duplicates


@given(data=st.data())
def test_it_is_found_exactly_where_listing_finds_it(data, small, strategies, naive):
    grammar = Grammar.parse(data.draw(strategies.grammar_texts(recursive=False, shared=False)), small)
    if any(duplicates(grammar.rules[name]) for name in grammar.reachable):
        return
    listed = naive(grammar, 30)
    if listed is None:
        return
    terms = [text for _, _, text in listed]
    result = ambiguities(grammar)
    assert result.complete
    assert bool(result.found) == (len(set(terms)) < len(terms))
    first: dict[str, set[int]] = {}
    for _, macro, text in listed:
        first.setdefault(text, set()).add(macro[0])
    sizes = [len(parse_term(text, small)) for text, numbers in first.items() if len(numbers) > 1]
    assert [len(found.term) for found in result.found if found.nonterminal == grammar.start] == ([min(sizes)] if sizes else [])


@given(data=st.data())
@example(data=None)
def test_both_derivations_derive_the_term(data, small, strategies):
    text = data.draw(strategies.grammar_texts(shared=False)) if data else "S ::= f(S, S) | v(S, S) | s(A) | A\nA ::= s(A) | b"
    grammar = Grammar.parse(text, small)
    for found in ambiguities(grammar).found:
        alone = Grammar.parse(f"start {found.nonterminal}\n{text}", small)
        assert [d[0] for d in found.derivations] == list(found.productions)
        for numbers in found.derivations:
            assert derive(alone, Derivation((), numbers)) == found.term


@given(data=st.data())
def test_with_shared_draws_every_example_is_one(data, small, strategies, naive):
    grammar = Grammar.parse(data.draw(strategies.grammar_texts(recursive=False)), small)
    listed = naive(grammar, 30)
    if listed is not None and ambiguities(grammar).found:
        terms = [text for _, _, text in listed]
        assert len(set(terms)) < len(terms)


def test_uses_of_a_draw_that_differ_are_no_example(small):
    assert not ambiguities(Grammar.parse("S ::= f(A, A) | f(a, b)\nshared A ::= a | b", small)).found


def test_published_spaces_are_unambiguous(grammars):
    for grammar in vars(grammars).values():
        result = ambiguities(grammar)
        assert result.complete
        assert not result.found


def test_a_search_ends_after_so_many_pairs(small):
    result = ambiguities(Grammar.parse("S ::= f(A, B) | f(B, A)\nA ::= a | s(A)\nB ::= a | s(s(B))", small), pairs=1)
    assert not result.complete


def test_examples_that_are_too_large_are_not_built(small):
    doubling = "\n".join(f"A{i} ::= f(A{i + 1}, A{i + 1})" for i in range(60)) + "\nA60 ::= a"
    result = ambiguities(Grammar.parse(f"S ::= A0 | B\nB ::= A0\n{doubling}", small))
    assert (result.found, result.complete) == ((), True)


COVERS = [
    ("S ::= f(A, b) | f(a, b)\nA ::= a | c", True, False),
    ("S ::= A | f(a, b)\nA ::= f(A, b) | a", True, False),
    ("S ::= A | B\nA ::= B | a\nB ::= b", True, False),
    ("S ::= f(A, B) | f(B, A)\nA ::= a\nB ::= b", False, False),
    ("S ::= s(s(A)) | s(A)\nA ::= s(A) | a", False, True),
    ("S ::= v(A) | v(a)\nA ::= a", True, False),
]


@pytest.mark.parametrize(("text", "forwards", "backwards"), COVERS)
def test_covers(text, forwards, backwards, small):
    grammar = Grammar.parse(text, small)
    assert (covers(grammar, "S", 0, 1), covers(grammar, "S", 1, 0)) == (forwards, backwards)


@pytest.mark.slow
def test_many_alternatives_end_in_bounded_time():
    operators = [Operator(f"x{i}") for i in range(20_000)]
    text = (
        "S ::= A | B\nA ::= "
        + " | ".join(f"x{i}" for i in range(20_000))
        + "\nB ::= "
        + " | ".join(f"x{i}" for i in range(20_000))
    )
    (found,) = ambiguities(Grammar.parse(text, operators)).found
    assert str(found.term) == "x0"
