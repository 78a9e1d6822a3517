import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nasviz.algebra import Nonterminal, Term, parse_term
from nasviz.errors import NasvizError, TermError
from nasviz.grammar import Derivation, Grammar, derivation_tree, derive, lint, parse_derivation, sample

QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck))


def test_derive_by_hand(grammars):
    derivation = Derivation(draws=((0, 0, 1, 2, 3, 4, 0),), macro=(0, *(0, 0, 0, 0), *(0, 0, 0, 0), *(0, 0, 0)))
    term = derive(grammars.nb201, derivation)
    cell = "Cell(id, zero, conv3x3, conv1x1, avg_pool, id)"
    c = f"Linear({cell}, {cell})"
    d1 = f"Linear({c}, {c}, Linear({cell}, down))"
    assert str(term) == f"Linear({d1}, {d1}, Linear({c}, {c}, {cell}))"
    assert parse_derivation(grammars.nb201, term) == derivation
    assert derivation.size == 19


def test_the_first_of_two_derivations_is_taken(texts, signature):
    grammar = Grammar.parse(texts.hierarchical.replace("start D2", "start OP"), signature)
    term = parse_term("Linear(relu, conv3x3, layer)", signature)
    assert derive(grammar, Derivation((), (3, 0, 0, 0, 2))) == term
    assert parse_derivation(grammar, term) == Derivation((), (2, 0, 0, 0, 2))


WRONG = [
    (Derivation((), (0,)), "a derivation of 1 productions that ends too early: S is open"),
    (Derivation((), ()), "a derivation of 0 productions that ends too early: S is open"),
    (Derivation((), (1, 0)), "a derivation of 2 productions of which only 1 are used"),
    (Derivation((), (7,)), "no production 7 of S at place 0 of a derivation; it has 3"),
    (Derivation((), (0, -1, 1)), "no production -1 of S at place 1 of a derivation; it has 3"),
    (Derivation(((),), (1,)), "the grammar has 0 shared nonterminals, the derivation 1 draws"),
]


@pytest.mark.parametrize(("derivation", "message"), WRONG)
def test_what_is_no_derivation(derivation, message, small):
    grammar = Grammar.parse("S ::= f(S, S) | a | b", small)
    with pytest.raises(NasvizError) as caught:
        derive(grammar, derivation)
    assert str(caught.value) == message


def test_a_used_draw_must_be_there(small):
    grammar = Grammar.parse("S ::= f(A, A)\nshared A ::= a | b", small)
    with pytest.raises(NasvizError, match="the draw of A is used but empty"):
        derive(grammar, Derivation(((),), (0,)))


NOT_DERIVED = [
    ("f(a, s(c))", "no rule of the grammar derives the subterm c at (1, 0)", "c"),
    ("f(a, a)", "the grammar does not derive this term from its start S", "f(a, a)"),
    ("f(a, f(a, a))", "no rule of the grammar derives the subterm f at the root", "f(a, f(a, a))"),
    ("v(a)", "no rule of the grammar derives the subterm v at the root", "v(a)"),
]


@pytest.mark.parametrize(("text", "message", "marked"), NOT_DERIVED)
def test_terms_that_are_not_derived(text, message, marked, small):
    grammar = Grammar.parse("S ::= f(a, s(B))\nB ::= a | b\nT ::= f(a, B)", small)
    with pytest.raises(TermError) as caught:
        parse_derivation(grammar, parse_term(text, small))
    error = caught.value
    assert (error.message, error.text[error.start : error.end]) == (message, marked)


def test_an_open_place_is_not_derived(small):
    grammar = Grammar.parse("S ::= s(B)\nB ::= a | b", small)
    open_term = Term.build(small.resolve("s", 1), Term.build(Nonterminal("B")))
    with pytest.raises(TermError, match=r"B at \(0,\) is an open place"):
        parse_derivation(grammar, open_term)


def test_shared_nonterminals_that_the_start_does_not_reach_are_not_looked_for(small):
    """Their draws were tried at every subterm, in pairs: deep terms were said not to be derived."""
    grammar = Grammar.parse("S ::= f(S, a) | S | S | a\nshared A ::= S | a\nB ::= v(B, C) | a\nshared C ::= S | a", small)
    term = parse_term("f(" * 40 + "a" + ", a)" * 40, small)
    assert parse_derivation(grammar, term) == Derivation(((), ()), (0,) * 40 + (3,))


def test_two_draws_of_one_shared_nonterminal_are_not_derived(small):
    grammar = Grammar.parse("S ::= f(A, A)\nshared A ::= a | b", small)
    with pytest.raises(TermError, match="no single draw of the shared nonterminals derives this term"):
        parse_derivation(grammar, parse_term("f(a, b)", small))
    assert parse_derivation(grammar, parse_term("f(b, b)", small)) == Derivation(((1,),), (0,))


def test_a_shared_start(small):
    grammar = Grammar.parse("shared S ::= f(A, A) | a\nA ::= a | b", small)
    derivation = Derivation(((0, 0, 1),), ())
    assert str(derive(grammar, derivation)) == "f(a, b)"
    assert parse_derivation(grammar, parse_term("f(a, b)", small)) == derivation


def test_an_ambiguous_shared_term_takes_the_first(small):
    grammar = Grammar.parse("S ::= f(A, A) | f(B, B)\nshared A ::= a | b\nB ::= a | b", small)
    assert parse_derivation(grammar, parse_term("f(b, b)", small)) == Derivation(((),), (1, 1, 1))
    assert parse_derivation(grammar, parse_term("f(a, b)", small)) == Derivation(((),), (1, 0, 1))


def test_unit_cycles_end(small):
    grammar = Grammar.parse("S ::= T | S\nT ::= S | s(S) | a", small)
    assert parse_derivation(grammar, parse_term("s(a)", small)) == Derivation((), (0, 1, 0, 2))


def test_tree(small):
    grammar = Grammar.parse("S ::= f(T, s(A)) | a\nT ::= A\nshared A ::= f(B, a)\nB ::= b | c", small)
    derivation = Derivation(((0, 1),), (0, 0))
    tree = derivation_tree(grammar, derivation)
    assert str(tree.term) == "f(f(c, a), s(f(c, a)))"
    assert [(n.nonterminal, n.production, n.operator.name, n.index, n.parent) for n in tree.nodes] == [
        ("S", 0, "f", 0, -1),
        ("T", 0, "f", 1, 0),
        ("A", 0, "f", 1, 1),
        ("B", 1, "c", 2, 2),
        ("A", 0, "f", 5, 0),
        ("B", 1, "c", 6, 4),
    ]
    assert tree.labels == [("S",), ("T", "A"), ("B",), (), (), ("A",), ("B",), ()]
    assert len(tree) == 6


@pytest.mark.parametrize("name", ["hierarchical", "nb201", "activation", "darts", "nested"])
def test_every_draw_comes_back(name, grammars):
    grammar, rng = getattr(grammars, name), np.random.default_rng(0)
    for _ in range(30):
        derivation = sample(grammar, rng)
        term = derive(grammar, derivation)
        found = parse_derivation(grammar, term)
        assert derive(grammar, found) == term
        assert (found.draws, found.macro) <= (derivation.draws, derivation.macro)
        assert Term.from_preorder(term.operators, term.arity) == term  # sizes, sorts
        assert derivation_tree(grammar, derivation).labels[0][0] == grammar.start


@QUICK
@given(data=st.data())
def test_parsing_gives_the_least_of_all_derivations(data, small, strategies, naive):
    text = data.draw(strategies.grammar_texts(recursive=data.draw(st.booleans())))
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    found = naive(grammar, 3)
    assume(found is not None and len(found) > 0)
    least = {}
    for draws, macro, printed in found:
        assert str(derive(grammar, Derivation(draws, macro))) == printed
        least[printed] = min(least.get(printed, (draws, macro)), (draws, macro))
    for printed in data.draw(st.lists(st.sampled_from(sorted(least)), max_size=20)):
        parsed = parse_derivation(grammar, parse_term(printed, small))
        assert (parsed.draws, parsed.macro) == least[printed]


@QUICK
@given(data=st.data())
def test_membership_equals_enumeration(data, small, strategies, naive):
    text = data.draw(strategies.grammar_texts())
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    found = naive(grammar, 3)
    assume(found is not None)
    language = {printed for _, _, printed in found}
    everything = naive(Grammar.parse("S ::= a | b | c | s(S) | f(a, S) | f(S, b) | v(S)", small), 3)
    for printed in data.draw(st.lists(st.sampled_from(sorted({t for _, _, t in everything})), max_size=20)):
        try:
            parse_derivation(grammar, parse_term(printed, small))
        except TermError:
            assert printed not in language
        else:
            assert printed in language


def test_a_deep_term_is_no_recursion(small):
    grammar = Grammar.parse("S ::= s(S) | a", small)
    depth = 50_000
    derivation = Derivation((), (0,) * depth + (1,))
    term = derive(grammar, derivation)
    assert len(term) == depth + 1
    assert parse_derivation(grammar, term) == derivation
    assert len(derivation_tree(grammar, derivation)) == depth + 1
