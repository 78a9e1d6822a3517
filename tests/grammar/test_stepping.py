import math
import pickle

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nasviz.algebra import parse_term
from nasviz.errors import NasvizError
from nasviz.grammar import AtMost, Derivation, Grammar, Partial, count, derivation_tree, derive, lint, parse_derivation, sample
from nasviz.grammar.costs import cost_function, term_cost
from nasviz.grammar.derivation import visited


@pytest.fixture(scope="module")
def grammar(small):
    return Grammar.parse("S ::= f(A, T) | a\nT ::= s(A) | B\nshared A ::= a | s(B)\nB ::= b | c", small)


def test_a_derivation_by_hand(grammar):
    partial = Partial.begin(grammar)
    assert (str(partial), partial.frontier, partial.done) == ("S", ((),), False)
    partial = partial.expand((), 0)
    assert (str(partial), partial.frontier) == ("f(A, T)", ((0,), (1,)))
    assert [str(p) for p in partial.productions((1,))] == ["T ::= s(A)", "T ::= B"]
    partial = partial.expand((0,), 1)
    assert str(partial) == "f(s(B), T)"
    partial = partial.expand((1,), 0)
    assert (str(partial), partial.frontier) == ("f(s(B), s(s(B)))", ((0, 0), (1, 0, 0)))
    partial = partial.expand((1, 0, 0), 1)
    assert (str(partial), partial.done) == ("f(s(c), s(s(c)))", True)
    assert partial.remaining() == 1
    parse_derivation(grammar, partial.term)


def test_undo(grammar):
    begin = Partial.begin(grammar)
    assert begin.undo() == begin
    assert begin.expand((), 0).expand((1,), 1).undo().undo() == begin


def test_what_remains(grammar):
    begin = Partial.begin(grammar)
    assert begin.remaining("derivations") == count(grammar, "derivations") == 1 + 3 * (1 + 2)
    assert begin.expand((), 1).remaining("derivations") == 1
    assert begin.expand((), 0).remaining("derivations") == 9
    assert begin.expand((), 0).expand((0,), 1).remaining("derivations") == 2 * 3
    assert begin.expand((), 0).expand((1,), 1).remaining("derivations") == 3 * 2


def test_what_remains_of_a_recursive_grammar(grammars):
    partial = Partial.begin(grammars.nested).expand((), 0)
    assert partial.remaining() == math.inf
    assert partial.remaining(max_height=2) == 16


def test_mistakes(grammar):
    partial = Partial.begin(grammar).expand((), 0)
    with pytest.raises(NasvizError, match=r"f is not open; open places are at \(0,\), \(1,\)"):
        partial.expand((), 0)
    with pytest.raises(NasvizError, match="no production 2 of T; it has 2, counted from 0"):
        partial.expand((1,), 2)
    with pytest.raises(NasvizError, match=r"no position \(5,\)"):
        partial.expand((5,), 0)
    with pytest.raises(NasvizError, match="a is not open; open places are at none"):
        Partial.begin(grammar).expand((), 1).expand((), 0)


def test_completions_keep_what_is_chosen(grammars):
    rng = np.random.default_rng(0)
    partial = Partial.begin(grammars.hierarchical).expand((), 1).expand((1,), 2)
    for _ in range(10):
        term = partial.complete(rng)
        parse_derivation(grammars.hierarchical, term)
        assert [op.name for op in term.operators[:1]] == ["Linear"]
        assert term.operators[term.index((1,))].name == "Residual3"


def test_a_shared_start(small):
    partial = Partial.begin(Grammar.parse("shared S ::= f(A, A) | a\nA ::= b | c", small))
    assert partial.remaining() == 5
    assert str(partial.expand((), 0).expand((1,), 0)) == "f(A, b)"
    assert partial.expand((), 0).expand((1,), 0).remaining() == 2


def test_history_is_no_part_of_a_partial(grammar):
    one = Partial.begin(grammar).expand((), 0).expand((0,), 1).expand((1,), 0)
    two = Partial.begin(grammar).expand((), 0).expand((1,), 0).expand((0,), 1)
    assert one == two
    assert hash(one) == hash(two)
    assert one.undo() != two.undo()
    assert "before" not in repr(one)


def test_thousands_of_steps_compare_undo_and_travel(small):
    grammar = Grammar.parse("S ::= s(S) | a", small)
    partial = Partial.begin(grammar)
    for depth in range(400):
        partial = partial.expand((0,) * depth, 0)
    again = pickle.loads(pickle.dumps(partial))
    assert again == partial
    assert again.undo() == partial.undo()
    for _ in range(400):
        again = again.undo()
    assert again == Partial.begin(grammar)


def test_options(grammars):
    partial = Partial.begin(grammars.hierarchical)
    options = partial.options((), {"Cell": 1})
    assert [str(o.production) for o in options] == [str(p) for p in grammars.hierarchical.rules["D2"]]
    assert sum(o.remaining for o in options) == partial.remaining() == count(grammars.hierarchical)
    assert math.isclose(sum(o.share for o in options), 1)
    assert [o.probability for o in options] == [1 / 3] * 3
    assert (
        (min(o.least_cost for o in options), max(o.greatest_cost for o in options)) == (15, 42) == partial.bounds({"Cell": 1})
    )
    assert [o.number for o in options] == [0, 1, 2]


def test_options_of_an_endless_space(grammars):
    options = Partial.begin(grammars.nested).options(())
    assert [(o.remaining, o.share, o.probability) for o in options] == [
        (math.inf, None, 0.3),
        (math.inf, None, 0.3),
        (math.inf, None, 0.15),
        (4, None, 0.25),
    ]
    assert [(o.least_cost, o.greatest_cost) for o in options] == [(3, math.inf), (4, math.inf), (5, math.inf), (1, 1)]


def test_options_that_constraints_close(small):
    grammar = Grammar.parse("require size == 4\nS ::= f(A, A)\nA ::= a | b | s(A) | f(A, A)", small)
    partial = Partial.begin(grammar).expand((), 0).expand((0,), 2)
    rows = [(str(o.production), o.remaining, o.least_cost, o.greatest_cost) for o in partial.options((0, 0))]
    assert rows[:2] == [("A ::= a", 2, 4, 4), ("A ::= b", 2, 4, 4)]
    assert rows[2:] == [("A ::= s(A)", 0, math.inf, -math.inf), ("A ::= f(A, A)", 0, math.inf, -math.inf)]
    assert [o.probability for o in partial.options((0, 0))] == [0.5, 0.5, 0, 0]
    assert partial.remaining() == 4
    closed = partial.expand((0, 0), 2)
    assert (closed.remaining(), closed.legality()) == (0, 0)
    assert [o.probability for o in closed.options((1,))] == [0, 0, 0, 0]


def test_options_inside_a_shared_draw(small):
    grammar = Grammar.parse("S ::= f(X, f(X, A))\nshared X ::= s(B) | B\nB ::= b | c\nA ::= a | b", small)
    partial = Partial.begin(grammar).expand((), 0).expand((0,), 0)
    assert str(partial) == "f(s(B), f(s(B), A))"
    assert [(o.remaining, o.least_cost) for o in partial.options((1, 0, 0), {"b": 10, "a": 1})] == [(2, 21), (2, 1)]
    assert partial.remaining() == 4
    assert partial.bounds({"b": 10, "a": 1}) == (1, 30)


def test_exact_where_counting_the_completions_gives_bounds(small):
    grammar = Grammar.parse("S ::= f(A, A) | f(B, B)\nshared A ::= a | b\nB ::= a | b", small)
    assert isinstance(count(grammar), AtMost)
    assert [o.remaining for o in Partial.begin(grammar).options(())] == [2, 4]


def test_the_whole_frontier(grammars):
    partial = Partial.begin(grammars.hierarchical).expand((), 0).expand((0,), 2)
    everything = partial.frontier_options()
    assert list(everything) == list(partial.frontier)
    assert everything[(1,)] == partial.options((1,))


def test_reopening(grammars):
    grammar, rng = grammars.nb201, np.random.default_rng(0)
    derivation = sample(grammar, rng)
    partial = Partial.reopen(grammar, derivation, [(0, 0, 0, 2)])
    assert partial.remaining() == 5
    assert {o.remaining for o in partial.options(partial.frontier[3])} == {1}
    assert len(partial.frontier) == 15
    rest = {str(partial.complete(rng)) for _ in range(100)}
    assert len(rest) == 5
    assert str(derive(grammar, derivation)) in rest


def test_completing_by_other_laws(grammars):
    partial = Partial.begin(grammars.nested).expand((), 0)
    rng = np.random.default_rng(0)
    low = {str(partial.complete(rng, "terms", max_height=2)) for _ in range(400)}
    assert len(low) == 16 == partial.remaining(max_height=2)


def test_past_the_budget(small):
    grammar = Grammar.parse("require size != 7\nS ::= f(S, S) | s(S) | a", small)
    grammar.product._budget = (3, 1.0)
    partial = Partial.begin(grammar)
    with pytest.raises(NasvizError, match=r"out of reach: its tree automaton has more than 3 states"):
        partial.options(())
    with pytest.raises(NasvizError, match=r"probabilities are out of reach: its tree automaton has more than 3 states"):
        partial.legality()


LIMITS = ["", "", "require size <= 5\n", "require size != 3\n", "require depth == 3\n"]


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_options_say_what_listing_says(data, small, strategies, naive):
    text = data.draw(st.sampled_from(LIMITS)) + data.draw(strategies.grammar_texts(recursive=False, weights=True))
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    partial = Partial.begin(grammar)
    for _ in range(data.draw(st.integers(0, 3))):
        if partial.done:
            break
        position = data.draw(st.sampled_from(partial.frontier))
        partial = partial.expand(position, data.draw(st.integers(0, len(partial.productions(position)) - 1)))
    assume(not partial.done)
    position = data.draw(st.sampled_from(partial.frontier))
    costs = {"a": 1, "b": -2, "f": 3}
    price = cost_function(grammar, costs)
    legal = []
    for option in partial.options(position, costs):
        found = naive(partial.expand(position, option.number).completions(), 12)
        assume(found is not None)
        terms = {t for t in (parse_term(t, small) for _, _, t in found) if grammar.constraint.holds(t)}
        bound = isinstance(option.remaining, AtMost)
        assert (option.remaining.n >= len(terms)) if bound else (option.remaining == len(terms))
        prices = [term_cost(t.operators, price) for t in terms]
        assert (option.least_cost, option.greatest_cost) == (min(prices, default=math.inf), max(prices, default=-math.inf))
        legal.append(option.production.weight * chance(partial.expand(position, option.number).completions(), found, small))
    total = math.fsum(legal)
    probabilities = [o.probability for o in partial.options(position)]
    assert probabilities == pytest.approx([x / total if total else 0 for x in legal])


def chance(grammar, found, small):
    """The probability of the legal among all derivations, by listing."""
    tables, rules = grammar.tables, list(grammar.rules.values())
    chances = []
    for draws, macro, text in found:
        if grammar.constraint.holds(parse_term(text, small)):
            parts = [(tables.start, macro), *zip(tables.shared, draws, strict=True)]
            steps = [x for a, row in parts if row for x in zip(visited(tables, a, row), row, strict=True)]
            chances.append(math.prod(rules[a][k].weight for a, k in steps))
    return math.fsum(chances)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_following_a_derivation_ends_at_its_term(data, small, strategies, naive):
    text = data.draw(strategies.grammar_texts())
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    found = naive(grammar, 3)
    assume(found)
    draws, macro, _ = data.draw(st.sampled_from(found))
    derivation = Derivation(draws, macro)
    tree = derivation_tree(grammar, derivation)
    partial = Partial.begin(grammar)
    for node in tree.nodes:
        position = tree.term.position(node.index)
        if partial.term.operators[partial.term.index(position)].name == node.nonterminal:
            partial = partial.expand(position, node.production)
    assert partial.done
    assert partial.term == derive(grammar, derivation)
