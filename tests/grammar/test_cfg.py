import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasviz.algebra import Operator, Sort
from nasviz.errors import GrammarError
from nasviz.grammar import Grammar, count, log10_of
from nasviz.grammar.cfg import read_cfg, write_cfg
from nasviz.grammar.notation import LIMIT

M = Sort.MAP

# the hierarchical space in the notation of the published files: prefix form, the arity in the name of a chain
HIERARCHICAL = """
D2 -> "Linear3" D1 D1 D0 | "Linear3" D0 D1 D1 | "Linear4" D1 D1 D0 D0
D1 -> "Linear3" C C DOWN | "Linear4" C C C DOWN | "Residual3" C C DOWN DOWN
D0 -> "Linear3" C C CELL | "Linear4" C C C CELL | "Residual3" C C CELL CELL
DOWN -> "Linear2" CELL "resBlock" | "Linear3" CELL CELL "resBlock" | "Residual2" CELL "resBlock" "resBlock"
C -> "Linear2" CELL CELL | "Linear3" CELL CELL CELL | "Residual2" CELL CELL CELL
CELL -> "Cell" OP OP OP OP OP OP
OP -> "id" | "zero" | "Linear1" BLOCK | "Linear1" BLOCK | "avg_pool"
BLOCK -> "Linear3" ACT CONV NORM
ACT -> "relu" | "hardswish" | "mish"
CONV -> "conv3x3" | 'conv1x1' | "dconv3x3"
NORM -> "batch" | "instance" | "layer"
"""


def test_the_published_space(signature):
    grammar = Grammar.from_cfg(HIERARCHICAL, signature, names={"resBlock": "down"})
    assert str(count(grammar, "derivations"))[:10] == "1238293455"
    assert str(count(grammar))[:10] == "7029365796"
    assert log10_of(count(grammar)) == pytest.approx(375.8469, abs=1e-4)
    assert "# resBlock is down here\n" in grammar.text
    assert "# Linear3 is Linear here\n" in grammar.text
    assert grammar.rules["DOWN"][2].body.text == "Residual2(CELL, down, down)"


def test_a_cell_that_is_drawn_once(signature, grammars):
    text = """
        D2 -> "Linear3" D1 D1 D0
        D1 -> "Linear3" C C DOWN
        D0 -> "Linear3" C C "SharedCell"
        DOWN -> "Linear2" "SharedCell" "down"
        C -> "Linear2" "SharedCell" "SharedCell"
        CELL -> "Cell" OP OP OP OP OP OP
        OP -> "id" | "zero" | "conv3x3" \\
            | "conv1x1" | "avg_pool"
    """
    grammar = Grammar.from_cfg(text, signature, shared={"SharedCell": "CELL"})
    assert grammar == grammars.nb201
    assert "# SharedCell is the shared nonterminal CELL here" in grammar.text
    assert count(grammar) == 15_625


def test_numbers_and_merges(signature):
    text = 'S -> "Binary" OP X X | "Scaled" X "0.5"\nOP -> "plus" | "mul"\nX -> "id" | "neg"'
    grammar = Grammar.from_cfg(text, signature, names={"plus": "add"})
    assert [p.body.text for p in grammar.rules["S"]] == ["Binary(OP, X, X)", "Scaled(X, 0.5)"]
    assert grammar.sorts["OP"] == "merge"


def test_an_operator_may_be_given_for_a_terminal(signature):
    topology = Operator("BinaryTopo", (Sort.MERGE, M, M, M, M))
    grammar = Grammar.from_cfg('S -> "BT" "add" "id" "id" "id" "id"', signature, names={"BT": topology})
    assert grammar.rules["S"][0].body.text == "BinaryTopo(add, id, id, id, id)"


def test_nested_operators_and_an_alias(signature):
    text = 'S -> "Linear2" "Residual2" "id" "id" S "Linear1" "relu" | "Residual" S "id" "relu" | "relu"'
    bodies = [p.body.text for p in Grammar.from_cfg(text, signature).rules["S"]]
    assert bodies == ["Linear(Residual2(id, id, S), Linear(relu))", "Residual2(S, id, relu)", "relu"]


def test_names_that_have_no_place_here(signature):
    text = '%start A/B\nA-B -> "id"\nA/B -> A-B | id | shared | 3x\nid -> "zero"\nshared -> "relu"\n3x -> "mish"\n# comment'
    grammar = Grammar.from_cfg(text, signature)
    assert grammar.start == "A_B"
    assert [p.body.text for p in grammar.rules["A_B"]] == ["A_B_", "id_", "shared_", "N3x"]
    assert "# the nonterminal A-B is A_B_ here" in grammar.text


def test_rules_of_one_nonterminal_are_joined(signature):
    grammar = Grammar.from_cfg('S -> "id" [0.25]\nS -> "relu" [0.75]\n', signature)
    assert [(p.body.text, p.weight) for p in grammar.rules["S"]] == [("id", 0.25), ("relu", 0.75)]


# text, message, the marked characters, hint
BAD = [
    (
        'S -> "idd"',
        "unknown terminal 'idd': no operator has this name",
        '"idd"',
        "did you mean id? pass an operator of this name, or say which it is: names={'idd': ...}",
    ),
    ("S -> X", "no rule defines the nonterminal 'X'", "X", 'terminals stand in quotes: "X"'),
    ('START -> STRAT\nSTART -> "id"', "no rule defines the nonterminal 'STRAT'", "STRAT", "did you mean START?"),
    ('S -> "Linear3" S "id"', "the alternative ends where 1 more operand must follow", '"id"', ""),
    ('S -> "Residual2"', "the alternative ends where 3 more operands must follow", '"Residual2"', ""),
    (
        'S -> "id" "id"',
        "'\"id\"' is one symbol too many",
        '"id"',
        "operands follow their operator; names={...} maps a terminal to an operator",
    ),
    (
        'S -> "Residual2" "Linear" S S S "id"',
        "how many operands has 'Linear'? Inside an alternative its name must end in their number",
        '"Linear"',
        "write Linear2 for two operands",
    ),
    ('S -> "id" |', "an empty alternative; a term has at least one symbol", "", ""),
    ("S ->", "an empty alternative; a term has at least one symbol", "", ""),
    ("S id", "expected a nonterminal and '->'", "S id", 'a rule is written NAME -> "operator" NAME | NAME'),
    ('"S" -> id', "expected a nonterminal and '->'", '"S" -> id', 'a rule is written NAME -> "operator" NAME | NAME'),
    ('S -> "id" -> "id"', "a second '->' on one line", "->", "begin each rule on a line of its own"),
    ('S -> "id" [x]', "a probability is a number in brackets, found '[x]'", "[x]", ""),
    ('S -> "Linear2" [0.5] "id"', "a probability stands at the end of an alternative", "[0.5]", ""),
    ('S -> "id', "unexpected character '\"'", '"', ""),
    ("%stop S", "unknown directive '%stop S'; known: %start NAME", "%stop S", ""),
    ('%start T\nS -> "id"', "no rule defines the start 'T'", "%start T", ""),
    ("# nothing", 'no rule; one is written NAME -> "operator" NAME | NAME', "", ""),
    ("\x00S", "unexpected character '\\x00'", "\x00", ""),
]


@pytest.mark.parametrize(("text", "message", "marked", "hint"), BAD)
def test_mistakes(text, message, marked, hint, signature):
    with pytest.raises(GrammarError) as caught:
        Grammar.from_cfg(text, signature)
    error = caught.value
    assert (error.message, text[error.start : error.end], error.hint) == (message, marked, hint)


def test_a_shared_terminal_needs_a_rule(signature):
    with pytest.raises(GrammarError) as caught:
        Grammar.from_cfg('S -> "SharedCell"', signature, shared={"SharedCell": "CELL"})
    assert caught.value.message == "'SharedCell' stands for the nonterminal CELL, which no rule defines"


def test_a_text_that_is_too_long(signature):
    with pytest.raises(GrammarError, match="at most 1,000,000 are read"):
        read_cfg("#" * (LIMIT + 1), signature)


def test_every_grammar_comes_back(grammars, signature):
    for grammar in vars(grammars).values():
        assert Grammar.from_cfg(grammar.to_cfg(), signature) == grammar


def test_probabilities_are_written_where_they_differ(grammars):
    assert write_cfg(grammars.nested).splitlines()[1] == (
        'B -> "conv3x3" [0.25] | "conv1x1" [0.25] | "avg_pool" [0.25] | "id" [0.25]'
    )
    assert "[" not in write_cfg(grammars.nb201)
    assert '"id" [0.2]' in write_cfg(grammars.nb201, probabilities=True)
    assert write_cfg(grammars.nb201).startswith("# nasviz: shared CELL\nD2 -> ")


@given(data=st.data())
def test_round_trip(data, small, strategies):
    recursive = data.draw(st.booleans())
    texts = strategies.grammar_texts(recursive=recursive, shared=not recursive, weights=True)
    grammar = Grammar.parse(data.draw(texts), small)
    again = Grammar.from_cfg(grammar.to_cfg(), small)
    assert again.fingerprint == grammar.fingerprint


@given(text=st.text(alphabet="SAab->|\"'[]0.5#%\\\n \t", max_size=50) | st.text(max_size=40))
def test_any_text_is_read_or_explained(text, small):
    with contextlib.suppress(GrammarError):
        assert Grammar.from_cfg(text, small).rules
