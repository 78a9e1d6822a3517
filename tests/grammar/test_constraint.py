import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nasviz.algebra import Term, parse_term
from nasviz.errors import TermError
from nasviz.grammar import Grammar, derive, lint, sample
from nasviz.grammar.constraint import ILLEGAL
from nasviz.grammar.drawing import TooLargeDrawError

QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck))


def constraint(lines, small):
    return Grammar.parse(f"S ::= f(S, S) | s(S) | a | b\nrequire {lines}", small).constraint


def test_without_requirements_everything_holds(small):
    grammar = Grammar.parse("S ::= a", small)
    assert not grammar.constraint
    assert grammar.constraint.holds(parse_term("f(a, b)", small))
    grammar.constraint.check(parse_term("f(a, b)", small))


def test_numbers_above_the_bounds_are_one_value(small):
    sizes = constraint("size <= 3", small)
    terms = [parse_term(t, small) for t in ("a", "s(a)", "f(a, a)", "f(a, s(a))", "f(f(a, a), f(a, a))")]
    values = [sizes.values(t)[0] for t in terms]
    assert [sizes.accepts(v) for v in values] == [True, True, True, False, False]
    assert values[3] == values[4]
    assert sizes.describe(values[0]) == {"size": 1}


def test_violations_name_the_innermost_place(small):
    shallow = constraint("depth <= 2 at s and size != 5", small)
    with pytest.raises(TermError, match=r"'require depth <= 2 at s' does not hold for s at \(1, 0\)") as caught:
        shallow.check(parse_term("f(a, s(s(s(a))))", small))
    assert caught.value.text[caught.value.start : caught.value.end] == "s(s(a))"
    with pytest.raises(TermError, match="'require size != 5' does not hold for the whole term"):
        shallow.check(parse_term("f(f(a, a), a)", small))
    assert shallow.values(parse_term("f(s(s(a)), a)", small))[:2] == [ILLEGAL, ILLEGAL]


@QUICK
@given(data=st.data())
def test_allowed_values_are_those_that_keep_the_whole_legal(data, small):
    line = data.draw(st.sampled_from(["size <= 6", "depth <= 2 at s and size != 5", "depth <= 3 at f and depth >= 2"]))
    grammar = Grammar.parse(f"S ::= f(S, S) [0.3] | s(S) [0.2] | a | b\nrequire {line}", small)
    free = Grammar.parse("S ::= f(S, S) [0.3] | s(S) [0.2] | a | b", small)
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    try:
        term, other = (derive(free, sample(free, rng, largest=30)) for _ in range(2))
    except TooLargeDrawError:
        assume(False)
    node = data.draw(st.integers(0, len(term) - 1))
    test = grammar.constraint.allowed(term, [node])
    replaced = other if node == 0 else term.replace(node, other)
    assert test(grammar.constraint.values(other)[0]) == grammar.constraint.holds(replaced)


def test_allowed_at_several_places(small):
    sizes = constraint("size == 5", small)
    term = parse_term("f(s(a), s(b))", small)
    both, one = sizes.allowed(term, [2, 4]), sizes.allowed(term, [2])
    value = {t: sizes.values(parse_term(t, small))[0] for t in ("a", "s(a)")}
    assert (both(value["a"]), both(value["s(a)"]), one(value["a"])) == (True, False, True)
    assert not sizes.allowed(term, [0])(value["s(a)"])


def test_a_constraint_that_cannot_hold_is_still_a_grammar(small):
    assert not [d for d in lint("S ::= a\nrequire size == 0", small) if d.severity == "error"]
    assert not constraint("size == 0", small).holds(Term.build(small.resolve("a", 0)))
