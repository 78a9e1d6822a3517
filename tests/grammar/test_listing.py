from nasviz.grammar import Derivation, Grammar
from nasviz.grammar.listing import Listing
from nasviz.grammar.places import Places
from nasviz.grammar.smallest import lowest


def listing(text, derivation, small):
    grammar = Grammar.parse(text, small)
    low = lowest(grammar.normal_form)
    return Listing(Places(grammar, derivation), [low[grammar.normal_form.defining(name)] for name in grammar.rules])


def test_replacements_up_to_a_height(small):
    found = listing("S ::= s(S) | A | a\nA ::= S | b", Derivation((), (2,)), small)
    texts = [str(t) for t in found.replacements((0, 0))]
    assert set(texts) == {"a", "b", "s(a)", "s(b)"}
    assert found.bound((0, 0)) >= len(set(texts))


def test_a_shared_draw_counts_with_its_height(small):
    text = "S ::= X | f(X, a) | a\nshared X ::= s(s(b)) | b"
    assert {str(t) for t in listing(text, Derivation(((0,),), (0,)), small).replacements((0, 0))} == {"a"}
    assert {str(t) for t in listing(text, Derivation(((1,),), (0,)), small).replacements((0, 0))} == {"b", "f(b, a)", "a"}
    assert {str(t) for t in listing(text, Derivation(((),), (2,)), small).replacements((0, 0))} == {"b", "f(b, a)", "a"}


def test_equal_productions_are_listed_once(small):
    found = listing("S ::= f(A, A)\nA ::= a | a | b", Derivation((), (0, 0, 0)), small)
    assert len(list(found.replacements((0, 0)))) == 4
