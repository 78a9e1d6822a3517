import math

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nasviz.algebra import Operator, Sort
from nasviz.errors import NasvizError
from nasviz.grammar import AtMost, Grammar, count, counts_by_nonterminal, lint, log10_of

QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck))


def digits(n):
    """All digits of an int of any size."""
    parts = []
    while n:
        n, low = divmod(n, 10**1000)
        parts.append(f"{low:01000d}")
    return "".join(reversed(parts)).lstrip("0")


# space, what is counted, first digits or the number, log10
TABLE = [
    ("hierarchical", "derivations", "1238293455", 446.0928),
    ("hierarchical", "terms", "7029365796", 375.8469),
    ("macro", "terms", "75549915", 7.878),
    ("one cell", "terms", "729000000", 8.863),
    ("one cell", "derivations", str(57**6), 10.5352),
    ("five plain operations", "terms", None, 179.7531),
    ("one shared cell", "terms", None, 16.741),
    ("fixed macro, 5 operations", "terms", str(5**90), 62.907),
    ("fixed macro, 30 operations", "terms", str(30**90), 132.941),
    ("nb201", "terms", "15625", 4.194),
    ("nb201", "derivations", "15625", 4.194),
    ("activation L1", "terms", "6275", 3.798),
    ("activation", "terms", "393762525", 8.595),
    ("darts", "terms", str(7**8 * (2 * 3 * 4 * 5) ** 2), 10.919),
]


@pytest.fixture(scope="module")
def spaces(signature, texts):
    hierarchical = texts.hierarchical
    head, tail = hierarchical.split("CELL  ::=")
    plain = "CELL ::= Cell(OP, OP, OP, OP, OP, OP)\nOP ::= id | zero | conv3x3 | conv1x1 | avg_pool"
    fixed = texts.nb201.replace("shared ", "")
    thirty = hierarchical[hierarchical.index("CELL  ::=") :]
    all_texts = {
        "hierarchical": hierarchical,
        "macro": head + "CELL ::= id",
        "one cell": hierarchical.replace("start D2", "start CELL"),
        "five plain operations": head + plain,
        "one shared cell": head + "shared CELL  ::=" + tail,
        "fixed macro, 5 operations": fixed,
        "fixed macro, 30 operations": fixed.split("CELL ::=")[0] + thirty,
        "nb201": texts.nb201,
        "activation L1": texts.activation + "\nstart L1",
        "activation": texts.activation,
        "darts": texts.darts,
    }
    return {name: Grammar.parse(text, signature) for name, text in all_texts.items()}


@pytest.mark.parametrize(("space", "what", "number", "logarithm"), TABLE)
def test_published_sizes(spaces, space, what, number, logarithm):
    n = count(spaces[space], what)
    assert isinstance(n, int)
    assert log10_of(n) == pytest.approx(logarithm, abs=6e-4)
    if number:
        assert digits(n).startswith(number)
        assert len(digits(n)) == math.floor(logarithm) + 1


def test_number_of_digits_of_the_hierarchical_space(spaces):
    assert len(digits(count(spaces["hierarchical"], "derivations"))) == 447
    assert len(digits(count(spaces["hierarchical"]))) == 376


def test_macro_counts_by_nonterminal(spaces):
    counts = counts_by_nonterminal(spaces["macro"])
    assert {name: counts[name] for name in ("C", "DOWN", "D1", "D0")} == {"C": 3, "DOWN": 3, "D1": 189, "D0": 45}


def test_counts_by_nonterminal_with_a_shared_one(spaces):
    counts = counts_by_nonterminal(spaces["nb201"])
    assert counts == {"D2": 15625, "D1": 15625, "D0": 15625, "DOWN": 15625, "C": 15625, "CELL": 15625, "OP": 5}


def test_recursive_grammars_are_endless_and_counted_by_height(grammars):
    nested = grammars.nested
    assert count(nested) == math.inf
    assert count(nested, "derivations") == math.inf
    assert counts_by_nonterminal(nested) == {"S": math.inf, "B": 4}
    assert count(nested, max_height=1) == 4
    # height 2: a leaf; Linear(leaf, B); Residual2(leaf, id, B); Diamond2(B, B, leaf, leaf)
    assert count(nested, max_height=2) == 4 + 16 + 16 + 256


def test_height_counts_of_binary_trees(small):
    grammar = Grammar.parse("S ::= f(S, S) | a", small)
    expected = 0
    for height in range(1, 9):
        expected = expected**2 + 1
        assert count(grammar, max_height=height) == expected


def test_a_finite_language_is_complete_at_its_height(spaces):
    hierarchical = spaces["hierarchical"]
    assert count(hierarchical, max_height=4) == 0
    assert count(hierarchical, max_height=6) == count(hierarchical) == count(hierarchical, max_height=100)


def test_unit_cycles_repeat_derivations_not_terms(small):
    grammar = Grammar.parse("S ::= S | A\nA ::= a | b", small)
    assert count(grammar) == 2
    assert count(grammar, "derivations") == math.inf
    assert count(grammar, "derivations", max_height=3) == math.inf


def test_shared_language_that_overlaps_is_a_bound(small):
    grammar = Grammar.parse("S ::= f(A, A) | f(B, B)\nshared A ::= a | b\nB ::= a | b", small)
    assert count(grammar, "derivations") == 6
    bound = count(grammar)
    assert isinstance(bound, AtMost)
    assert str(bound) == "at most 6 (terms of the shared nonterminal A may also be derived without it)"


def test_unused_draws_are_not_counted(small):
    grammar = Grammar.parse("S ::= f(A, A) | c\nshared A ::= s(B) | a\nshared B ::= b | v(c)", small)
    assert count(grammar) == count(grammar, "derivations") == 1 + 2 + 1


def test_an_automaton_past_its_budget_gives_a_bound(small):
    grammar = Grammar.parse("S ::= f(A, A)\nA ::= a | b | c | a", small)
    bound = count(grammar, states=3)
    assert bound == AtMost(9, "its tree automaton has more than 3 states")
    bound = count(grammar, seconds=0.0)
    assert bound == AtMost(9, "its tree automaton takes too long to build")


def test_determinising_that_explodes_ends_in_time(bounded):
    n = 16
    operators = [Operator("f", (Sort.MAP,)), Operator("g", (Sort.MAP,)), Operator("x")]
    lines = ["S ::= f(S) | g(S) | g(Q1)"] + [f"Q{i} ::= f(Q{i + 1}) | g(Q{i + 1})" for i in range(1, n)]
    grammar = Grammar.parse("\n".join([*lines, f"Q{n} ::= x"]).replace("S ::=", "S ::= x |"), operators)
    with bounded(2):
        counted = count(grammar, max_height=12)
    assert counted == 2**12 - 1 or isinstance(counted, AtMost)


@pytest.mark.slow
def test_many_shared_nonterminals_that_may_be_unused_give_a_bound(small):
    n = 40
    bodies = " | ".join(f"A{i}" for i in range(n))
    text = "\n".join([f"S ::= f(T, T)\nT ::= {bodies}", *(f"shared A{i} ::= a | b" for i in range(n))])
    bound = count(Grammar.parse(text, small), "derivations")
    assert bound == AtMost(n * n * 2**n, "its shared nonterminals may be used in too many combinations")


@pytest.mark.slow
def test_very_many_shared_nonterminals_give_a_bound(small):
    n = 2_000
    text = "\n".join([f"S ::= v({', '.join(f'A{i}' for i in range(n))})", *(f"shared A{i} ::= a | b" for i in range(n))])
    assert count(Grammar.parse(text, small), "derivations").n == 2**n


@pytest.mark.slow
def test_large_grammars_end_in_time(small, bounded):
    n = 1_000
    text = "\n".join([*(f"A{i} ::= A{i + 1} | s(A{i + 1})" for i in range(n)), f"A{n} ::= a"])
    grammar = Grammar.parse(text, small)
    with bounded(3):
        assert count(grammar, "derivations") == 2**n
        count(grammar)
        counts_by_nonterminal(grammar)


def test_great_heights(small):
    grammar = Grammar.parse("S ::= s(S) | v(S) | a", small)
    assert count(grammar, max_height=5_000) == 2**5_000 - 1


def test_numbers_too_long_to_compute_are_said_so(small):
    grammar = Grammar.parse("S ::= f(S, S) | a", small)
    bound = count(grammar, max_height=60)
    assert isinstance(bound, AtMost)
    assert "more than 301,029 digits" in str(bound)


@pytest.mark.slow
def test_numbers_too_long_elsewhere_are_not_in_the_way(small):
    grammar = Grammar.parse("S ::= s(S) | a\nB ::= f(B, B) | s(S)", small)
    for what in ("terms", "derivations"):
        assert count(grammar, what, max_height=60) == 60
        found = counts_by_nonterminal(grammar, what, max_height=60)
        assert found["S"] == 60
        assert "more than 301,029 digits" in str(found["B"])


def test_wrong_arguments(small):
    grammar = Grammar.parse("S ::= a", small)
    with pytest.raises(NasvizError, match="cannot count 'words'; choose 'terms' or 'derivations'"):
        count(grammar, "words")
    with pytest.raises(NasvizError, match="max_height is 0; choose a height from 1 to 100,000"):
        count(grammar, max_height=0)


def test_log10_of_any_magnitude():
    assert log10_of(10**5000) == 5000
    assert log10_of(AtMost(1000, "")) == 3
    assert log10_of(math.inf) == math.inf
    assert str(AtMost(10**5000, "why")) == "at most 10^5000.00 (why)"


@QUICK
@given(data=st.data())
def test_counts_equal_enumeration(data, small, strategies, naive):
    text = data.draw(strategies.grammar_texts(recursive=data.draw(st.booleans())))
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    height = data.draw(st.integers(1, 4))
    found = naive(grammar, height)
    assume(found is not None)
    assert count(grammar, "derivations", height) == len(found)
    terms = count(grammar, "terms", height)
    distinct = len({t for _, _, t in found})
    assert terms == distinct or (isinstance(terms, AtMost) and terms.n >= distinct)


@QUICK
@given(data=st.data())
def test_totals_of_finite_grammars_equal_enumeration(data, small, strategies, naive):
    grammar = Grammar.parse(data.draw(strategies.grammar_texts(recursive=False)), small)
    found = naive(grammar, 20)
    assume(found is not None)
    assert count(grammar, "derivations") == len(found)
    terms = count(grammar)
    distinct = len({t for _, _, t in found})
    assert terms == distinct or (isinstance(terms, AtMost) and terms.n >= distinct)


@QUICK
@given(data=st.data())
def test_distinct_terms_without_sharing_are_always_exact(data, small, strategies, naive):
    text = data.draw(strategies.grammar_texts(shared=False))
    assume(all(d.severity != "error" for d in lint(text, small)))
    grammar = Grammar.parse(text, small)
    found = naive(grammar, 3)
    assume(found is not None)
    assert count(grammar, max_height=3) == len({t for _, _, t in found})
