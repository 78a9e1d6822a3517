from nasviz.algebra import parse_term
from nasviz.grammar import Grammar, matching


def symbols(grammar, text, operators, allowed=None):
    match = grammar.matcher.match(parse_term(text, operators), allowed)
    names = grammar.normal_form.names
    return [{names[s] for s in grammar.matcher.symbols(state)} - {""} for state in match.states]


def test_each_node_has_the_nonterminals_that_derive_it(small):
    grammar = Grammar.parse("S ::= f(A, S) | A\nA ::= a | b\nB ::= b | s(A)", small)
    assert symbols(grammar, "f(a, b)", small) == [{"S"}, {"S", "A"}, {"S", "A", "B"}]
    assert symbols(grammar, "f(c, b)", small) == [set(), set(), {"S", "A", "B"}]
    assert symbols(grammar, "v(b)", small) == [set(), {"S", "A", "B"}]


def test_shared_leaves_stand_only_where_allowed(small):
    grammar = Grammar.parse("S ::= f(A, A)\nshared A ::= a | b", small)
    leaf = grammar.normal_form.index["A"]
    assert symbols(grammar, "f(a, b)", small)[0] == {"S"}
    none, here = frozenset(), frozenset([leaf])
    assert symbols(grammar, "f(a, b)", small, [none, here, none])[0] == set()
    assert symbols(grammar, "f(a, a)", small, [none, here, here])[0] == {"S"}


def test_the_least_production_is_chosen(small):
    grammar = Grammar.parse("S ::= s(B) | s(A) | s(a)\nA ::= a\nB ::= b | a", small)
    match = grammar.matcher.match(parse_term("s(a)", small))
    assert grammar.matcher.production(0, match.keys[0]) == 0
    match = grammar.matcher.match(parse_term("s(b)", small))
    assert grammar.matcher.production(1, match.keys[0]) == -1


def test_memory_is_bounded(small, monkeypatch):
    monkeypatch.setattr(matching, "_REMEMBERED", 3)
    grammar = Grammar.parse("S ::= v(S, S) | v(S) | a", small)
    for text in ("v(a)", "v(a, a)", "v(v(a), a)", "v(v(a), v(a))"):
        assert symbols(grammar, text, small)[0] == {"S"}
    assert len(grammar.matcher._keys) <= 6


def test_keys_are_those_of_a_match(small):
    grammar = Grammar.parse("S ::= f(A, S) | A\nA ::= a | b", small)
    term = parse_term("f(a, f(b, a))", small)
    match = grammar.matcher.match(term)
    for i, op in enumerate(term.operators):
        args = tuple(match.states[child] for child in term.children(i))
        key = grammar.matcher.key(grammar.normal_form.operators[op], args)
        assert (key, grammar.matcher.state(key)) == (match.keys[i], match.states[i])


def test_settling_forgets_what_is_too_much(small, monkeypatch):
    monkeypatch.setattr(matching, "_REMEMBERED", 1)
    grammar = Grammar.parse("S ::= f(A, S) | A\nA ::= a | b", small)
    grammar.matcher.match(parse_term("f(a, f(b, a))", small))
    assert len(grammar.matcher._keys) == 4
    grammar.matcher.settle()
    assert grammar.matcher._keys == []
    assert symbols(grammar, "f(a, b)", small)[0] == {"S"}
