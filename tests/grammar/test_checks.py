import pytest

from nasviz.algebra import Operator, Signature, Sort
from nasviz.errors import GrammarError
from nasviz.grammar import Grammar, lint
from nasviz.grammar.checks import duplicates, resolve
from nasviz.grammar.notation import read

# text, message, the marked characters, hint
BAD = [
    (
        "B ::= conv3x4 | id",
        "undefined name 'conv3x4': no rule defines it and it is no operator",
        "conv3x4",
        "did you mean conv3x3?",
    ),
    (
        "S ::= Linear(SKELETN)\nSKELETON ::= id",
        "undefined name 'SKELETN': no rule defines it and it is no operator",
        "SKELETN",
        "did you mean SKELETON?",
    ),
    ("S ::= Q", "undefined name 'Q': no rule defines it and it is no operator", "Q", "add a rule: Q ::= …"),
    ("S ::= id\nS ::= zero", "the nonterminal 'S' is defined twice; the first rule is on line 1", "S", "join the two with '|'"),
    (
        "S ::= Linear(S)",
        "the nonterminal 'S' derives no finite term: every alternative needs 'S'",
        "S",
        "add an alternative of S that ends",
    ),
    (
        "S ::= id | A\nA ::= Linear(B) | Unary(A)\nB ::= A",
        "the nonterminal 'A' derives no finite term: every alternative needs 'B' or another that never ends",
        "A",
        "add an alternative of A that ends",
    ),
    ("S ::= A\n" + "A" * 201 + " ::= id\nA ::= id", "a name of 201 characters; at most 200 are read", "A" * 201, ""),
    ("S ::= Cell(id, id)", "Cell takes 6 operands, found 2", "Cell", ""),
    ("S ::= Linear", "Linear takes 1 or more operands, found none", "Linear", ""),
    ("S ::= Residual(id, id)", "Residual takes 3 operands or 4 operands, found 2", "Residual", ""),
    ("S ::= id(zero)", "id takes no operands, found 1", "id", ""),
    ("S ::= A(id)\nA ::= id", "the nonterminal 'A' takes no operands, found 1", "A", ""),
    ("S ::= Unary(4)", "operand 1 of Unary must be a map, found 4, an int", "4", ""),
    ("S ::= Binary(id, id, id)", "operand 1 of Binary must be a merge, found id, a map", "id", ""),
    ("S ::= Unary(N)\nN ::= 1 | 2", "operand 1 of Unary must be a map, found N, an int", "N", ""),
    ("S ::= Scaled(id, add)", "operand 2 of Scaled must be a float, found add, a merge", "add", ""),
    (
        "S ::= id | 4",
        "the alternatives of 'S' are of different sorts: an int and a map",
        "S",
        "use one nonterminal for each sort",
    ),
    ("S ::= Scaled(id, 1e999)", "a number too large to be represented", "1e999", ""),
    ("S ::= id [0.7] | zero [0.6]", "the probabilities of S sum to 1.3, more than 1", "0.6", ""),
    ("S ::= id [3] | zero [0]", "a probability is between 0 and 1, found 3", "3", "weights are divided by their sum, 3"),
    ("S ::= Residual2(id, id)", "Residual2 takes 3 operands, found 2", "Residual2", ""),
    ("S ::= Residual2(id, id, id, id)", "Residual2 takes 3 operands, found 4", "Residual2", "Residual3 takes 4 operands"),
    ("S ::= id [1.5] | zero", "a probability is between 0 and 1, found 1.5", "1.5", ""),
    ("S ::= id [-0.1] | zero", "a probability is between 0 and 1, found -0.1", "-0.1", ""),
    (
        "S ::= id [0.5] | zero [0.4]",
        "the probabilities of S sum to 0.9, not to 1",
        "0.4",
        "leave one alternative unmarked: it gets what is left",
    ),
    (
        "S ::= A\nshared A ::= Linear(B) | id\nB ::= Unary(A)",
        "the shared nonterminal 'A' reaches itself (A -> B -> A); one draw cannot contain itself",
        "A",
        "take 'shared' away, or the way back",
    ),
    ("start T\nS ::= id", "no rule defines the start 'T'", "T", "the nonterminals are S"),
    ("start CEL\nCELL ::= id", "no rule defines the start 'CEL'", "CEL", "did you mean CELL?"),
    ("start S\nstart T\nS ::= id\nT ::= id", "a second start; a grammar has one", "T", "remove this line"),
    (
        "S ::= id\nrequire halvings == 2",
        "unknown attribute 'halvings' in a constraint",
        "halvings",
        "the attributes are depth, size",
    ),
    ("# nothing", "an empty grammar: no rule, so no start", "", "type a rule, for example S ::= conv3x3 | id"),
    ("", "an empty grammar: no rule, so no start", "", "type a rule, for example S ::= conv3x3 | id"),
]


@pytest.mark.parametrize(("text", "message", "marked", "hint"), BAD)
def test_mistakes(text, message, marked, hint, signature):
    with pytest.raises(GrammarError) as caught:
        Grammar.parse(text, signature)
    error = caught.value
    assert (error.message, text[error.start : error.end], error.hint) == (message, marked, hint)


def test_an_error_prints_line_column_and_caret(signature):
    with pytest.raises(GrammarError) as caught:
        Grammar.parse("S ::= Linear(B)\nB ::= id | conv3x4\n", signature)
    assert str(caught.value) == (
        "line 2, column 12: undefined name 'conv3x4': no rule defines it and it is no operator\n"
        "    B ::= id | conv3x4\n"
        "               ^^^^^^^\n"
        "did you mean conv3x3?"
    )


def test_all_mistakes_are_found(signature):
    text = "S ::= Linear(con3x3, Cell(id)) | Q [2]\nS ::= id\nB := zero"
    codes = [f.code for f in sorted(resolve(read(text), signature).findings, key=lambda f: f.start)]
    assert codes == ["undefined", "arity", "undefined", "probability", "duplicate-nonterminal", "syntax"]


def test_a_rule_that_cannot_be_read_is_not_undefined(signature):
    assert [f.code for f in resolve(read("S ::= Linear(B)\nB := zero"), signature).findings] == ["syntax"]


# text, code, the text after the fix
FIXES = [
    ("S ::= id | con3x3", "undefined", "S ::= id | conv3x3"),
    ("S ::= id [0.5] | zero [0.4]", "probability", "S ::= id [0.5] | zero"),
    ("S ::= id [0.7] | zero [0.6]", "probability", "S ::= id [0.7] | zero [0.3]"),
    ("S ::= id [3] | zero [1]", "probability", "S ::= id [0.75] | zero [0.25]"),
    ("start SS\nS ::= id", "start", "start S\nS ::= id"),
    ("start QUX  # wrong\nS ::= id", "start", "S ::= id"),
    ("start S\nstart T\nS ::= id | T\nT ::= zero", "start", "start S\nS ::= id | T\nT ::= zero"),
    (
        "S ::= id # 1\n# between\nshared S ::= zero|\n relu # 2\n",
        "duplicate-nonterminal",
        "S ::= id | zero|\n relu # 1\n# between # 2\n",
    ),
    ("S ::= A(id, Unary( zero ))  # x\nA ::= id", "arity", "S ::= A  # x\nA ::= id"),
    ("S ::= id(zero) | relu", "arity", "S ::= id | relu"),
    ("S ::= Residual2(id, id, id, id)", "arity", "S ::= Residual3(id, id, id, id)"),
    (
        "S ::= A\nshared  A ::= Linear(B) | id\nB ::= Unary(A)",
        "shared-cycle",
        "S ::= A\nA ::= Linear(B) | id\nB ::= Unary(A)",
    ),
]


@pytest.mark.parametrize(("text", "code", "fixed"), FIXES)
def test_fixes_repair(text, code, fixed, signature):
    (finding,) = [f for f in resolve(read(text), signature).findings if f.code == code][:1]
    assert finding.fix is not None
    assert finding.fix.apply(text) == fixed
    assert not resolve(read(fixed), signature).failed


def test_unmarked_alternatives_share_what_is_left(signature):
    grammar = Grammar.parse("S ::= id [0.5] | zero | relu", signature)
    assert [p.weight for p in grammar.rules["S"]] == [0.5, 0.25, 0.25]
    assert [p.marked for p in grammar.rules["S"]] == [True, False, False]


def test_thirds_are_close_enough_to_one(signature):
    assert Grammar.parse("S ::= id [0.3333333] | zero [0.3333333] | relu [0.3333334]", signature)


def test_sorts_are_inferred(signature):
    text = "S ::= Binary(OP, T, T) | Scaled(S, X)\nT ::= S | id\nOP ::= ADD\nADD ::= add | mul\nX ::= 1 | 0.5\nI ::= 1 | 2"
    sorts = Grammar.parse(text, signature).sorts
    assert sorts == {"S": Sort.MAP, "T": Sort.MAP, "OP": Sort.MERGE, "ADD": Sort.MERGE, "X": Sort.FLOAT, "I": Sort.INT}


def test_names_resolve_by_number_of_operands(signature):
    bodies = [p.body.text for p in Grammar.parse("S ::= Residual(S, id, S) | Sequential(id, id) | id", signature).rules["S"]]
    assert bodies == ["Residual2(S, id, S)", "Linear(id, id)", "id"]


def test_a_rule_hides_an_operator_of_its_name():
    grammar = Grammar.parse("S ::= x\nx ::= y", [Operator("x"), Operator("y")])
    assert grammar.rules["S"][0].nonterminals == ("x",)


def test_duplicates_are_found_not_removed(signature):
    productions = Grammar.parse("S ::= id | relu | id | id", signature).rules["S"]
    assert len(productions) == 4
    assert duplicates(productions) == {2: 0, 3: 0}


def test_a_production_prints():
    (production,) = Grammar.parse("S ::= x", [Operator("x")]).rules["S"]
    assert str(production) == "S ::= x"


HARD = {
    "many productions": lambda n: "S ::= " + " | ".join(["f(x, y)"] * n),
    "many undefined names": lambda n: "S ::= " + " | ".join(f"undefined{i}" for i in range(n)),
    "a long chain": lambda n: "\n".join(f"A{i} ::= s(A{i + 1})" for i in range(n)) + f"\nA{n} ::= x",
    "a long chain of units": lambda n: "\n".join(f"A{i} ::= A{i + 1}" for i in range(n)) + f"\nA{n} ::= x",
    "a long shared circle": lambda n: "\n".join(f"shared A{i} ::= A{(i + 1) % (n // 50)}" for i in range(n // 50)),
    "many rules of one name": lambda n: "A ::= x\n" * n,
    "many shared": lambda n: "\n".join(f"shared A{i} ::= A{i + 1}" for i in range(n)) + f"\nA{n} ::= x",
    "deep nesting": lambda n: "S ::= " + "s(" * 2 * n + "x" + ")" * 2 * n,
    "deep nesting never closed": lambda n: "S ::= " + "s(" * 3 * n,
    "a long name": lambda n: "S ::= " + "x" * 10 * n,
    "a long line without sense": lambda n: "<" * 15 * n,
    "many blank lines": lambda n: "\n" * 15 * n,
    "many comments": lambda n: "#\n" * 7 * n,
}


def read_hard_text(text):
    operators = Signature([Operator("x"), Operator("y"), Operator("s", (Sort.MAP,)), Operator("f", (Sort.MAP, Sort.MAP))])
    errors = [d for d in lint(text, operators) if d.severity == "error"]
    assert all(len(str(d.error(text))) < 1500 for d in errors)


@pytest.mark.slow
@pytest.mark.parametrize("name", HARD)
def test_hard_texts(name):
    read_hard_text(HARD[name](3_000))


@pytest.mark.slow
@pytest.mark.parametrize("name", HARD)
def test_hard_texts_of_a_megabyte_end_in_bounded_time(name, bounded):
    with bounded(20):
        read_hard_text(HARD[name](50_000))
