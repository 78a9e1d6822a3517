import numpy as np
import pytest

from nasviz.algebra import Nonterminal, Operator, Sort
from nasviz.errors import NasvizError
from nasviz.grammar import Derivation, Grammar, Partial, derivation_tree, parse_derivation
from nasviz.grammar.trail import Step, adapt, complete, labels, retrace, steps, versions

F = Operator("f", (Sort.MAP, Sort.MAP))
OPERATORS = [F, *map(Operator, "xyz")]
TEXTS = {
    "plain": "S ::= f(S, A) | A\nA ::= x | y | f(x, B)\nB ::= z | y",
    "shared": "S ::= f(A, T) | A\nT ::= f(B, A)\nshared A ::= x | f(B, y) | B\nshared B ::= y | z",
    "required": "S ::= f(S, S) | A\nA ::= x | y\nrequire depth <= 3",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_way_of_a_random_derivation_leads_there(text):
    grammar = Grammar.parse(text, OPERATORS)
    for seed in range(25):
        rng = np.random.default_rng(seed)
        partial = Partial.begin(grammar)
        for _ in range(int(rng.integers(0, 3))):
            if not partial.done:
                place = partial.frontier[int(rng.integers(len(partial.frontier)))]
                options = [o.number for o in partial.options(place) if o.remaining]
                partial = partial.expand(place, options[int(rng.integers(len(options)))])
        whole = complete(partial, rng)
        assert whole.done
        assert grammar.constraint.holds(whole.term)
        assert parse_derivation(grammar, whole.term)
        assert partial in versions(whole)
        assert retrace(Partial.begin(grammar), steps(whole)) == whole
        assert len(labels(whole)) == len(whole.term)


def test_completing_follows_the_law():
    grammar = Grammar.parse("S ::= f(A, A)\nA ::= x [0.8] | y", OPERATORS)
    partial = Partial.begin(grammar).expand((), 0).expand((1,), 0)
    rng = np.random.default_rng(1)
    share = np.mean([str(complete(partial, rng)) == "f(x, x)" for _ in range(400)])
    assert abs(share - 0.8) < 0.08
    share = np.mean([str(complete(partial, rng, "terms")) == "f(x, x)" for _ in range(400)])
    assert abs(share - 0.5) < 0.1


def test_labels_are_those_of_the_derivation_where_there_is_one():
    grammar = Grammar.parse("S ::= f(A, C)\nC ::= A\nA ::= x | f(B, y)\nB ::= z", OPERATORS)
    for seed in range(10):
        whole = complete(Partial.begin(grammar), np.random.default_rng(seed))
        tree = derivation_tree(grammar, parse_derivation(grammar, whole.term))
        assert labels(whole) == [tuple(row) for row in tree.labels]


def test_labels_of_shared_draws_stand_at_every_use():
    grammar = Grammar.parse("S ::= f(C, A)\nC ::= A\nshared A ::= f(x, B)\nB ::= y", OPERATORS)
    partial = Partial.begin(grammar).expand((), 0).expand((1,), 0)
    assert str(partial) == "f(C, f(x, B))"
    assert labels(partial) == [("S",), (), ("A",), (), ()]


def test_a_reopened_derivation_has_labels_and_no_steps():
    grammar = Grammar.parse(TEXTS["plain"], OPERATORS)
    partial = Partial.reopen(grammar, Derivation(macro=(0, 1, 0, 0)), [(1,)])
    assert str(partial) == "f(x, A)"
    assert steps(partial) == []
    assert labels(partial) == [("S",), ("S", "A"), ()]
    assert steps(partial.expand((1,), 1)) == [Step((1,), "A", 1)]
    assert isinstance(partial.term.operators[2], Nonterminal)


def test_a_step_that_is_not_possible_is_named():
    with pytest.raises(NasvizError, match="no production 9 of S; it has 2"):
        retrace(Partial.begin(Grammar.parse(TEXTS["plain"], OPERATORS)), [Step((), "S", 9)])


def test_a_derivation_is_followed_in_another_grammar_as_far_as_it_goes():
    old = Grammar.parse(TEXTS["shared"], OPERATORS)
    whole = complete(Partial.begin(old), np.random.default_rng(4))
    assert adapt(whole, old) == whole
    assert (
        adapt(whole, Grammar.parse(TEXTS["shared"].replace("T ::= f(B, A)", "T ::= z | f(B, A)"), OPERATORS)).term == whole.term
    )
    assert str(adapt(whole, Grammar.parse("X ::= x", OPERATORS))) == "X"
    renamed = Grammar.parse("S ::= f(B, C)\nB ::= y\nC ::= z", OPERATORS)
    assert str(adapt(Partial.begin(old).expand((), 0), renamed)) == "S"
