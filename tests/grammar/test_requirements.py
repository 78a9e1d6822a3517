import pytest

from nasviz.algebra import Signature
from nasviz.errors import GrammarError
from nasviz.grammar import Grammar, lint
from nasviz.graph import CONNECTED

BAD = [
    ("require dpth <= 3", "unknown attribute 'dpth' in a constraint", "dpth", "did you mean depth?"),
    (
        "require halvings == 2",
        "unknown attribute 'halvings' in a constraint",
        "halvings",
        "the attributes are connected, depth, size",
    ),
    ("require depth", "depth is a number; a constraint compares it", "depth", "write for example require depth <= 6"),
    (
        "require depth <= 3 and size",
        "size is a number; a constraint compares it",
        "size",
        "write for example require size <= 6",
    ),
    (
        "require depth <= 3 at q",
        "unknown operator 'q' in a constraint",
        "q",
        "a constraint is asked at an operator, or of the whole wi",
    ),
    ("require size <= 1e999", "a number too large to be represented", "size <= 1e999", ""),
]


@pytest.mark.parametrize(("line", "message", "marked", "hint"), BAD)
def test_mistakes_have_places(line, message, marked, hint, small):
    text = f"S ::= a\n{line}\n"
    with pytest.raises(GrammarError) as caught:
        Grammar.parse(text, Signature(small, attributes=[CONNECTED]))
    error = caught.value
    assert (error.message, text[error.start : error.end]) == (message, marked)
    assert error.hint.startswith(hint)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("require depth <=", "the rule ends too early; expected a number"),
        ("require depth <= 3 and", "the rule ends too early; expected a name"),
        ("require depth 3", "unexpected '3'; expected the next line, 'and', 'at' or a comparison such as =="),
    ],
)
def test_syntax(line, message, small):
    found = [d for d in lint(f"S ::= a\n{line}", small) if d.severity == "error"]
    assert [d.message for d in found[:1]] == [message]


def test_fixes_write_the_nearest_name(small):
    text = "S ::= a\nrequire dpth <= 3"
    (found,) = lint(text, small)
    assert found.fix.apply(text) == "S ::= a\nrequire depth <= 3"


def test_requirements_are_data(small):
    text = "S ::= a | s(a)\nrequire connected and depth <= 3 at s\nrequire size != 2.5"
    grammar = Grammar.parse(text, Signature(small, attributes=[CONNECTED]))
    assert grammar.requires == ("connected and depth <= 3 at s", "size != 2.5")
    assert [str(r) for r in grammar.requirements] == ["connected", "depth <= 3 at s", "size != 2.5"]
    assert [text[slice(*r.span)] for r in grammar.requirements] == ["connected", "depth <= 3 at s", "size != 2.5"]
    assert [r.whole for r in grammar.requirements] == [True, False, True]
    assert Grammar.parse(grammar.format(), grammar.signature) == grammar
    assert Grammar.parse(grammar.canonical, grammar.signature) == grammar
