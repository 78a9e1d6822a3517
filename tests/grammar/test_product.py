"""Counts under constraints: the published table, and brute force over random grammars with random attributes."""

import math
from dataclasses import dataclass

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nasviz.algebra import Attribute, Signature, Total, interpret, parse_term
from nasviz.grammar import AtMost, Grammar, count, counts_by_nonterminal, enumerate_terms, lint, rank

QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck))


@dataclass(frozen=True)
class Hashed(Attribute):
    """A random finite algebra: the number of the operator and the values of its operands, mixed modulo m."""

    modulus: int = 3
    seed: int = 1
    everywhere_at: str = ""

    def start(self, op, n):
        return (self.seed * (ord(op.name[0]) % 97) + n) % self.modulus

    def step(self, state, value, place):
        return (self.seed * state + (place + 1) * value + 1) % self.modulus

    def finish(self, state):
        return (state * state + 1) % self.modulus


def hashed(term, attribute, wanted, everywhere):
    """The same, written once more: value of the whole, and whether no operator named `everywhere` has another value."""
    legal = True

    def algebra(op, args, i):
        nonlocal legal
        m, k = attribute.modulus, attribute.seed
        state = (k * (ord(op.name[0]) % 97) + len(args)) % m
        for place, value in enumerate(args):
            state = (k * state + (place + 1) * value + 1) % m
        state = (state * state + 1) % m
        if op.name == everywhere and state == wanted:
            legal = False
        return state

    value = interpret(term, algebra)
    return legal and (everywhere != "" or value == wanted)


def random_constraint(data, signature):
    attribute = Hashed("random", modulus=data.draw(st.integers(2, 4)), seed=data.draw(st.integers(1, 5)))
    wanted = data.draw(st.integers(0, attribute.modulus - 1))
    at = data.draw(st.sampled_from(["", "", "s", "f", "a"]))
    line = f"\nrequire random != {wanted} at {at}" if at else f"\nrequire random == {wanted}"
    return Signature(signature, attributes=[attribute]), line, lambda t: hashed(t, attribute, wanted, at)


@QUICK
@given(data=st.data())
def test_counts_under_random_constraints_equal_enumeration(data, small, strategies, naive):
    finite = data.draw(st.booleans())
    text = data.draw(strategies.grammar_texts(recursive=not finite))
    signature, line, legal = random_constraint(data, small)
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text + line, signature)
    height = 20 if finite else data.draw(st.integers(1, 4))
    found = naive(Grammar.parse(text, small), height)
    assume(found is not None)
    kept = [t for _, _, t in found if legal(parse_term(t, small))]
    for limits in [{"max_height": height}, {}] if finite else [{"max_height": height}]:
        assert count(grammar, "derivations", **limits) == len(kept)
        terms = count(grammar, "terms", **limits)
        assert terms == len(set(kept)) or (isinstance(terms, AtMost) and terms.n >= len(set(kept)))
    assert all(grammar.constraint.holds(parse_term(t, small)) == legal(parse_term(t, small)) for _, _, t in found[:50])


@QUICK
@given(data=st.data())
def test_counts_by_size_equal_enumeration(data, small, strategies, naive):
    text = data.draw(strategies.grammar_texts(recursive=False))
    signature, line, legal = random_constraint(data, small)
    line = data.draw(st.sampled_from(["", line]))
    grammar = Grammar.parse(text + line, signature)
    found = naive(Grammar.parse(text, small), 20)
    assume(found is not None)
    kept = [t for _, _, t in found if not line or legal(parse_term(t, small))]
    size = data.draw(st.integers(1, 12))
    sizes = {t: len(parse_term(t, small)) for t in kept}
    assert count(grammar, "derivations", max_size=size) == sum(sizes[t] <= size for t in kept)
    terms = count(grammar, max_size=size)
    distinct = sum(sizes[t] <= size for t in set(kept))
    assert terms == distinct or (isinstance(terms, AtMost) and terms.n >= distinct)


@QUICK
@given(data=st.data())
def test_ranking_under_random_constraints(data, small, strategies, naive):
    text = data.draw(strategies.grammar_texts(recursive=False))
    signature, line, legal = random_constraint(data, small)
    grammar = Grammar.parse(text + line, signature)
    size = count(grammar)
    assume(not isinstance(size, AtMost) and size <= 300 and not grammar.product.overlap)
    terms = list(enumerate_terms(grammar))
    assert len(set(terms)) == len(terms) == size
    assert all(legal(t) for t in terms)
    assert [rank(grammar, t) for t in terms] == list(range(size))


def test_sizes_of_recursive_languages_are_catalan_numbers(small):
    grammar = Grammar.parse("S ::= f(S, S) | a", small)
    assert [count(grammar, max_size=n) for n in (1, 2, 3, 5, 7)] == [1, 1, 2, 4, 9]
    catalan = sum(math.comb(2 * n, n) // (n + 1) for n in range(60))
    assert count(grammar, max_size=119) == count(grammar, "derivations", max_size=119) == catalan


def test_a_constraint_makes_an_endless_language_finite(small):
    grammar = Grammar.parse("S ::= f(S, S) | a\nrequire depth <= 4", small)
    assert count(grammar) == 26
    assert count(Grammar.parse("S ::= f(S, S) | a\nrequire size <= 119", small)) == count(
        Grammar.parse("S ::= f(S, S) | a", small), max_size=119
    )
    assert count(Grammar.parse("S ::= f(S, S) | a\nrequire size >= 5", small)) == math.inf


def test_constraints_at_an_operator_are_asked_of_the_start_only_as_a_whole(small):
    grammar = Grammar.parse("S ::= f(A, A)\nA ::= a | s(a) | s(s(a))\nrequire size <= 4 and depth <= 2 at s", small)
    assert counts_by_nonterminal(grammar) == {"S": 3, "A": 2}
    assert [str(t) for t in enumerate_terms(grammar)] == ["f(a, a)", "f(a, s(a))", "f(s(a), a)"]


def test_values_of_shared_draws_are_split(small):
    only_b = Total("bs", each=lambda op: op.name == "b")
    signature = Signature(small, attributes=[only_b])
    grammar = Grammar.parse("S ::= f(A, A) | f(A, c) | f(c, c)\nshared A ::= a | b | s(b)\nrequire bs == 2", signature)
    assert [str(t) for t in enumerate_terms(grammar)] == ["f(b, b)", "f(s(b), s(b))"]
    assert count(grammar) == count(grammar, "derivations") == 2


def test_a_budget_gives_a_bound_with_its_reason(small):
    grammar = Grammar.parse("S ::= f(S, S) | a | b\nrequire size <= 30000", small)
    assert count(grammar, states=50) == AtMost(math.inf, "counted without limits: its tree automaton has more than 50 states")
    finite = Grammar.parse("S ::= f(A, A)\nA ::= a | b\nrequire depth <= 2", small)
    assert count(finite, states=3) == AtMost(4, "counted without limits: its tree automaton has more than 3 states")
