import math
from collections import Counter

import numpy as np
import pytest
import scipy.stats
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nasviz.algebra import Signature, Total, parse_term
from nasviz.errors import NasvizError
from nasviz.grammar import AtMost, Derivation, Grammar, count, derivation_tree, derive, lint, mutate, parse_derivation, sample
from nasviz.grammar.derivation import visited
from nasviz.grammar.drawing import LARGEST, Uniforms
from nasviz.grammar.editing import Editor, Same, redraw
from nasviz.grammar.places import Places, end_of


def one_redraw_away(grammar, derivation, place, everything):
    """Children by listing: {derivation: probability}, the user's law conditioned on legal and different."""
    tables = grammar.tables
    places = Places(grammar, derivation)
    old = [derivation.macro, *derivation.draws]
    part, i = place
    tail = old[part][places.stop(place) :]
    law = {}
    for draws, macro, printed in everything:
        rows = [macro, *draws]
        row, stop = rows[part], len(rows[part]) - len(tail)
        if stop <= i or row[:i] != old[part][:i] or row[stop:] != tail:
            continue
        a = places.paths[part][i]
        if end_of(tables, a, row, i) != stop or printed == str(places.term):
            continue
        if any(old[q] and rows[q] and old[q] != rows[q] for q in range(len(rows)) if q != part):
            continue
        child = Derivation(draws, macro)
        if not grammar.constraint.holds(derive(grammar, child)):
            continue
        fresh = [(a, row[i:stop])]
        fresh += [(tables.shared[q - 1], rows[q]) for q in range(1, len(rows)) if q != part and rows[q] and not old[q]]
        law[child] = math.prod(weight(grammar, a, numbers) for a, numbers in fresh)
    total = math.fsum(law.values())
    return {child: w / total for child, w in law.items() if w > 0}


def weight(grammar, a, numbers):
    rules = list(grammar.rules.values())
    return math.prod(rules[b][k].weight for b, k in zip(visited(grammar.tables, a, numbers), numbers, strict=True))


def fits(law, drawn):
    """Whether draws fit a law, by chi-square at one in a thousand."""
    expected = np.array(list(law.values())) * len(drawn)
    counts = Counter(drawn)
    assert set(counts) <= set(law)
    observed = np.array([counts[child] for child in law])
    return len(law) == 1 or scipy.stats.chisquare(observed, expected).pvalue > 1e-3


LAWS = {
    "plain": ("S ::= f(A, B)\nA ::= a [0.6] | s(B) | f(B, B)\nB ::= a [0.7] | b | c", (0, 0, 0)),
    "rarely different": ("S ::= f(A, B)\nA ::= a [0.999] | b [0.0007] | s(B)\nB ::= a | b", (0, 0, 0)),
    "twice": ("S ::= f(A, A)\nA ::= B | B | c\nB ::= a | a | b", (0, 0, 0, 0, 0)),
    "size": ("require size <= 4\nS ::= f(A, A)\nA ::= a | b | s(A) [0.8] | f(A, A) [0.1]", (0, 0, 2, 0)),
    "rarely legal": ("require size == 5\nS ::= f(A, A)\nA ::= a [0.9] | s(A) [0.05] | f(A, A)", (0, 1, 1, 0, 0)),
    "at an operator": ("require depth <= 2 at s\nS ::= f(A, A)\nA ::= a | s(B)\nB ::= a | b | s(B) [0.9]", (0, 0, 1, 0)),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", LAWS)
def test_redraws_follow_the_law_conditioned_on_legal_and_different(case, small, naive):
    text, macro = LAWS[case]
    grammar, parent = Grammar.parse(text, small), Derivation((), macro)
    everything = naive(grammar, 4 if grammar.requires else 8)
    editor, uniforms = Editor(grammar, parent), Uniforms(np.random.default_rng(0))
    n = 200 if case.startswith("rarely") else 1500
    for place in editor.places.all():
        law = one_redraw_away(grammar, parent, place, everything)
        if law:
            assert fits(law, [editor.redraw([place], uniforms) for _ in range(n)]), (case, place)
        else:
            assert editor.redraw([place], uniforms) is None


SHARED = {
    "draws": (
        "S ::= f(A, X) | c\nA ::= X | a [0.6] | s(Y)\nshared X ::= a | s(B) [0.7]\nshared Y ::= a | b [0.9]\nB ::= b | c [0.8]"
    ),
    "legal draws": (
        "require size <= 6\nS ::= f(A, X) | c\nA ::= X | a [0.6] | s(Y)\nshared X ::= a | s(B) [0.7]\n"
        "shared Y ::= a | f(B, B) [0.9]\nB ::= b | s(B) [0.6]"
    ),
}


@pytest.mark.parametrize("case", SHARED)
def test_redraws_with_shared_draws(case, small, naive):
    grammar = Grammar.parse(SHARED[case], small)
    everything = naive(grammar, 6)
    parent = Derivation(((1, 0), ()), (0, 0))  # f(s(b), s(b))
    editor, uniforms = Editor(grammar, parent), Uniforms(np.random.default_rng(0))
    for place in editor.places.all(choice=False):
        law = one_redraw_away(grammar, parent, place, everything)
        if law:
            assert fits(law, [editor.redraw([place], uniforms) for _ in range(1000)]), place
        else:
            assert editor.redraw([place], uniforms) is None


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_legal_term_one_redraw_away_is_reachable(data, small, strategies, naive):
    limit = data.draw(st.sampled_from(["", "", "require size <= 5\n", "require size != 3\n", "require depth == 2\n"]))
    grammar = Grammar.parse(limit + data.draw(strategies.grammar_texts(recursive=False)), small)
    found = naive(grammar, 12)
    assume(found)
    legal = [Derivation(d, m) for d, m, _ in found if grammar.constraint.holds(derive(grammar, Derivation(d, m)))]
    assume(legal)
    parent = data.draw(st.sampled_from(legal))
    editor = Editor(grammar, parent)
    place = data.draw(st.sampled_from(editor.places.all(choice=False) or [(0, 0)]))
    if not editor.places.all(choice=False):
        return
    law = one_redraw_away(grammar, parent, place, found)
    uniforms = Uniforms(np.random.default_rng(0))
    if not law:
        assert editor.redraw([place], uniforms) is None
    rarest = min(law.values(), default=1)
    assume(rarest >= 0.04)
    draws = {
        editor.redraw([place], uniforms)
        for _ in range(1 + int(math.log(1e-7) / math.log1p(-rarest)) if law and rarest < 1 else 1)
    }
    assert draws == (set(law) or {None})


def test_redraw_at_a_position(grammars):
    grammar, rng = grammars.hierarchical, np.random.default_rng(0)
    parent = sample(grammar, rng)
    term = derive(grammar, parent)
    tree = derivation_tree(grammar, parent)
    for node in list(tree.nodes)[:: len(tree) // 20]:
        position = term.position(node.index)
        child = derive(grammar, redraw(grammar, parent, position, rng))
        assert child != term
        i = term.index(position)
        assert child.operators[:i] == term.operators[:i]
        tail = len(term) - i - int(term.size[i])
        assert child.operators[len(child) - tail :] == term.operators[len(term) - tail :]


def test_redraw_of_one_of_several_nonterminals(small):
    grammar = Grammar.parse("S ::= A | c\nA ::= a | b", small)
    parent, rng = Derivation(macro=(0, 0)), np.random.default_rng(0)
    assert {str(derive(grammar, redraw(grammar, parent, (), rng))) for _ in range(50)} == {"b", "c"}
    assert {str(derive(grammar, redraw(grammar, parent, (), rng, "A"))) for _ in range(50)} == {"b"}
    with pytest.raises(NasvizError, match="a at the root is derived from S, A, not from B"):
        redraw(grammar, parent, (), rng, "B")


def test_where_nothing_can_be_redrawn(small):
    grammar = Grammar.parse("S ::= f(s(a), A)\nA ::= a | b", small)
    parent, rng = Derivation(macro=(0, 0)), np.random.default_rng(0)
    with pytest.raises(NasvizError, match=r"no nonterminal begins at \(0, 0\): a is part of the body of S at the root"):
        redraw(grammar, parent, (0, 0), rng)
    with pytest.raises(NasvizError, match=r"no position \(4,\)"):
        redraw(grammar, parent, (4,), rng)
    only = Grammar.parse("require size == 1\nS ::= A | s(A)\nA ::= a", small)
    assert redraw(only, Derivation(macro=(0, 0)), (), rng) == Derivation(macro=(0, 0))
    assert mutate(only, Derivation(macro=(0, 0)), rng) == Derivation(macro=(0, 0))


def test_a_shared_draw_is_redrawn_everywhere(grammars):
    grammar, rng = grammars.nb201, np.random.default_rng(0)
    parent = sample(grammar, rng)
    child = redraw(grammar, parent, (0, 0, 1), rng)
    cells = {str(t) for t in (derive(grammar, child).subterm(i) for i in Places(grammar, child).nodes[1, 0])}
    assert len(cells) == 1
    assert child.macro == parent.macro


def test_what_only_several_redraws_reach_is_found_at_last(small):
    rng = np.random.default_rng(0)
    grammar = Grammar.parse("require size == 4\nS ::= f(X, Y)\nshared X ::= a | s(a)\nshared Y ::= s(a) | a", small)
    parent = Derivation(((0,), (0,)), (0,))  # f(a, s(a))
    assert grammar.constraint.holds(derive(grammar, parent))
    assert str(derive(grammar, mutate(grammar, parent, rng))) == "f(s(a), a)"


def test_the_rate(grammars):
    grammar, rng = grammars.darts, np.random.default_rng(0)
    parent = sample(grammar, rng)
    changed = [
        sum(x != y for x, y in zip(parent.macro, mutate(grammar, parent, rng, 0.5).macro, strict=True)) for _ in range(50)
    ]
    few = [sum(x != y for x, y in zip(parent.macro, mutate(grammar, parent, rng).macro, strict=True)) for _ in range(50)]
    assert np.median(few) <= 3 < np.median(changed)
    for rate in (0, 1.5, float("nan")):
        with pytest.raises(NasvizError, match="a mutation rate is a probability above 0, found"):
            mutate(grammar, parent, rng, rate)


def test_mutation_sets_follow_their_law(small):
    grammar = Grammar.parse("S ::= f(A, A)\nA ::= a | b", small)
    parent, rng = Derivation(macro=(0, 0, 0)), np.random.default_rng(0)
    # three places (S, A, A) at rate 1/3; the whole is redrawn with S: three others, equally likely; A alone: the other letter
    none = (2 / 3) ** 3
    whole, left, both = 1 / 3 + none / 3, (2 / 3) * (2 / 9) + none / 3, (2 / 3) / 9
    law = {"f(b, a)": whole / 3 + left + both / 3, "f(a, b)": whole / 3 + left + both / 3, "f(b, b)": whole / 3 + both / 3}
    assert math.isclose(sum(law.values()), 1)
    assert fits(law, [str(derive(grammar, mutate(grammar, parent, rng))) for _ in range(4000)])


def test_an_illegal_parent_gives_legal_children(small):
    grammar = Grammar.parse("require size <= 3\nS ::= f(A, A)\nA ::= a | b | s(A)", small)
    parent, rng = Derivation(macro=(0, 2, 2, 0, 0)), np.random.default_rng(0)
    for _ in range(30):
        assert grammar.constraint.holds(derive(grammar, mutate(grammar, parent, rng)))


def test_same(small):
    term, other = (parse_term(t, small) for t in ("f(s(a), f(s(a), b))", "f(s(a), f(s(b), b))"))
    same = Same.make(term)
    assert [same.number(same.of(t)) for t in (term, other, term.subterm(1))] == [1, 0, 0]


def test_seeds_repeat(grammars):
    parent = sample(grammars.hierarchical, np.random.default_rng(0))
    assert mutate(grammars.hierarchical, parent, np.random.default_rng(1)) == mutate(
        grammars.hierarchical, parent, np.random.default_rng(1)
    )


@pytest.mark.parametrize("name", ["hierarchical", "nb201", "activation", "darts", "nested"])
def test_children_are_other_terms_of_the_language(name, grammars):
    grammar, rng = getattr(grammars, name), np.random.default_rng(0)
    derivation = sample(grammar, rng)
    for _ in range(40):
        child = mutate(grammar, derivation, rng)
        term = derive(grammar, child)
        assert term != derive(grammar, derivation)
        parse_derivation(grammar, term)
        derivation = child


def test_a_shared_cell_changes_everywhere(grammars):
    grammar, rng = grammars.nb201, np.random.default_rng(0)
    parent = sample(grammar, rng)
    child = mutate(grammar, parent, rng)
    assert child.macro == parent.macro
    assert child.draws != parent.draws


def test_every_nb201_cell_one_redraw_away_is_reached(grammars):
    grammar, rng = grammars.nb201, np.random.default_rng(0)
    parent = Derivation(((0, 0, 0, 0, 0, 0, 0),), parse_macro(grammar))
    children = {mutate(grammar, parent, rng).draws[0] for _ in range(3000)}
    one_away = {(0, *(k if i == place else 0 for i in range(6))) for place in range(6) for k in range(1, 5)}
    assert one_away <= children
    assert len(children) > 100  # the whole cell is a unit too


def parse_macro(grammar):
    return sample(grammar, np.random.default_rng(0)).macro


def test_on_average_one_redraw(grammars):
    grammar, rng = grammars.hierarchical, np.random.default_rng(0)
    changed = []
    for _ in range(100):
        parent = sample(grammar, rng)
        child = mutate(grammar, parent, rng)
        one, two = derivation_tree(grammar, parent), derivation_tree(grammar, child)
        changed.append(sum((Counter(one.nonterminals) - Counter(two.nonterminals)).values()))
    assert np.median(changed) < 25  # of several hundred


def test_no_choice_gives_the_parent(small):
    rng = np.random.default_rng(0)
    for text in ("S ::= f(A, A)\nA ::= a", "S ::= A | B\nA ::= a\nB ::= a | a", "S ::= a | b [0]"):
        grammar = Grammar.parse(text, small)
        parent = sample(grammar, rng)
        assert mutate(grammar, parent, rng) == parent


def test_a_rare_choice_is_found(small):
    grammar = Grammar.parse("S ::= a [0.999999] | s(A)\nA ::= b [0.999999] | c", small)
    rng = np.random.default_rng(0)
    assert derive(grammar, mutate(grammar, Derivation((), (0,)), rng)).text in ("s(b)", "s(c)")
    assert derive(grammar, mutate(grammar, Derivation((), (1, 0)), rng)).text in ("a", "s(c)")


def test_a_draw_that_becomes_used_is_made_and_one_that_does_not_is_dropped(small):
    grammar = Grammar.parse("S ::= f(A, A) | c\nshared A ::= a | s(B)\nshared B ::= b | c", small)
    rng = np.random.default_rng(0)
    seen = {mutate(grammar, Derivation(((), ()), (1,)), rng) for _ in range(100)}
    assert seen == {Derivation(((0,), ()), (0,)), Derivation(((1,), (0,)), (0,)), Derivation(((1,), (1,)), (0,))}
    back = {mutate(grammar, Derivation(((1,), (0,)), (0,)), rng) for _ in range(200)}
    assert back == {Derivation(((), ()), (1,)), Derivation(((0,), ()), (0,)), Derivation(((1,), (1,)), (0,))}


def test_supercritical_redraws_are_given_up(small, monkeypatch):
    monkeypatch.setattr("nasviz.grammar.editing.LARGEST", 200)
    assert LARGEST == 1_000_000
    grammar = Grammar.parse("S ::= f(S, S) [0.95] | a | b", small)
    child = mutate(grammar, Derivation((), (1,)), np.random.default_rng(0))
    assert derive(grammar, child).text != "a"
    assert child.size <= 201


def test_wrong_derivations_are_refused(small):
    with pytest.raises(NasvizError, match="ends too early: S is open"):
        mutate(Grammar.parse("S ::= s(S) | a", small), Derivation((), (0,)), np.random.default_rng(0))


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_children_differ_exactly_when_there_is_a_choice(data, small, strategies, naive):
    grammar = Grammar.parse(data.draw(strategies.grammar_texts(recursive=False)), small)
    found = naive(grammar, 20)
    assume(found is not None)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    draws, macro, printed = found[rng.integers(len(found))]
    child = derive(grammar, mutate(grammar, Derivation(draws, macro), rng)).text
    language = {t for _, _, t in found}
    assert child in language
    assert (child != printed) == (len(language) > 1)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_children_stay_in_recursive_languages(data, small, strategies):
    text = data.draw(strategies.grammar_texts())
    assume(all(d.severity == "info" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    parent = sample(grammar, rng)
    term = derive(grammar, mutate(grammar, parent, rng))
    parse_derivation(grammar, term)
    terms = count(grammar, max_height=30)
    assume(not isinstance(terms, AtMost))
    assert (term != derive(grammar, parent)) == (terms != 1)


def test_equal_grammars_with_other_attributes_keep_their_own_law(small):
    """Editors were kept by equality, and grammars that differ in an attribute alone are equal: children were illegal."""
    for heavy in "bc":
        costs = Total("cost", most=5, each=lambda op, heavy=heavy: 2 * (op.name == heavy))
        grammar = Grammar.parse("S ::= f(A, A)\nA ::= a | b | c\nrequire cost <= 2", Signature(small, attributes=[costs]))
        parent, rng = parse_derivation(grammar, parse_term("f(a, a)", small)), np.random.default_rng(0)
        children = {str(derive(grammar, mutate(grammar, parent, rng, rate=1.0))) for _ in range(60)}
        assert f"f({heavy}, {heavy})" not in children
        assert len(children) == 7
