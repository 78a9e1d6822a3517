import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nasviz.grammar.notation import LIMIT, print_symbols, read, write


def problem(text):
    (found,) = read(text).problems
    return found


# text, message, the marked characters, hint
BAD = [
    ("A ::= f(", "the rule ends too early; expected a name or a number", "", ""),
    ("A ::= f(a", "the rule ends too early; expected ',' or ')'", "", "close the parenthesis"),
    ("A := a", "unexpected character ':'; expected '::='", ":", "a rule is written NAME ::= alternative | alternative"),
    ("A -> a", "unexpected character '-'; expected '::='", "-", "a rule is written NAME ::= alternative | alternative"),
    ("A ::= a |", "the rule ends too early; expected a name or a number", "", ""),
    ("A ::= a B ::= b", "unexpected 'B'; expected the next line, '(', '[' or '|'", "B", "begin each rule on a line of its own"),
    ("A ::= a b", "unexpected 'b'; expected the next line, '(', '[' or '|'", "b", ""),
    ("A ::= f()", "unexpected ')'; expected a name or a number", ")", ""),
    ("<b>A</b> ::= a", "unexpected '<'; expected a name, 'require', 'shared' or 'start'", "<", ""),
    ("A ::= <script>", "unexpected '<'; expected a name or a number", "<", ""),
    ("A ::= 'a'", 'unexpected character "\'"; expected a name or a number', "'", ""),
    ("A ::= a [0.5", "the rule ends too early; expected ']'", "", ""),
    ("A ::= a [x]", "unexpected 'x'; expected a number", "x", ""),
    ("A ::= 4(a)", "unexpected '('; expected the next line, '[' or '|'", "(", ""),
    (
        "start ::= a",
        "unexpected '::='; expected a name",
        "::=",
        "start is a word of the notation and cannot name a nonterminal",
    ),
    ("require x ==", "the rule ends too early; expected a number", "", ""),
    ("A ::= \u00e9", "unexpected character 'é'; expected a name or a number", "é", ""),
    ("A ::= a\x07", "control character U+0007 in a grammar", "\x07", "remove it"),
]


@pytest.mark.parametrize(("text", "message", "marked", "hint"), BAD)
def test_syntax_errors(text, message, marked, hint):
    found = problem(text)
    assert (found.message, text[found.start : found.end], found.hint) == (message, marked, hint)


@pytest.mark.parametrize("text", ["A := a", "A -> a", "A ::= f(a", "A ::= a B ::= b"])
def test_fixes_repair(text):
    fix = problem(text).fix
    assert fix is not None
    assert not read(fix.apply(text)).problems


def test_one_mistake_hides_no_other():
    document = read("A ::= f(\nB ::= b\nC := c\nD ::= d | e [0.5]")
    assert [p.start for p in document.problems] == [8, 19]
    assert [r.name for r in document.rules] == ["B", "D"]
    assert document.broken == {"A", "C"}


def test_a_text_that_is_too_long():
    found = problem("#" * (LIMIT + 1))
    assert found.message == "a grammar of 1,000,001 characters; at most 1,000,000 are read"


def test_statements_and_places():
    text = "start B\nshared A ::= f(x, 0.50) [1e-1] | -3\nB ::= A\n  | f(A,\n    A)\nrequire halvings == 2\nrequire connected\n"
    document = read(text)
    assert [s.kind for s in document.statements] == ["start", "rule", "rule", "require", "require"]
    a, b = document.rules
    assert (a.shared, b.shared) == (True, False)
    assert [(s.name, s.arity, s.value) for s in a.alternatives[0].symbols] == [("f", 2, None), ("x", 0, None), ("0.5", 0, 0.5)]
    assert (a.alternatives[0].weight, a.alternatives[1].weight) == (0.1, None)
    assert a.alternatives[1].symbols[0].value == -3
    assert [a.text for a in b.alternatives] == ["A", "f(A, A)"]
    for rule in document.rules:
        assert text[rule.start : rule.end] == rule.name
        for symbol in (s for alternative in rule.alternatives for s in alternative.symbols if s.value is None):
            assert text[symbol.start : symbol.end] == symbol.name
    assert [s.predicate for s in document.statements if s.kind == "require"] == ["halvings == 2", "connected"]


def test_words_of_the_notation_may_name_operators():
    document = read("A ::= f(start,\n require) | shared")
    assert not document.problems
    assert [s.name for a in document.rules[0].alternatives for s in a.symbols] == ["f", "start", "require", "shared"]


def test_windows_line_ends():
    assert [r.name for r in read("A ::= a\r\n  | b\r\nB ::= c\r\n").rules] == ["A", "B"]


def test_formatting_keeps_comments():
    text = "# first\n\nS::=a|b # beside\n# above B\n# and more\nB ::= f( a,b ) [0.50]|c\n# last"
    assert write(read(text)) == "# first\nS ::= a | b  # beside\n# above B\n# and more\nB ::= f(a, b) [0.5] | c\n# last\n"


def test_formatting_breaks_long_rules():
    text = "S ::= " + " | ".join(f"operator{i}" for i in range(30))
    lines = write(read(text)).splitlines()
    assert all(len(line) <= 120 for line in lines)
    assert lines[1].startswith("    | operator")
    assert len(read("\n".join(lines)).rules[0].alternatives) == 30


def test_deep_nesting_is_read():
    depth = 3_000
    document = read("A ::= " + "s(" * depth + "a" + ")" * depth)
    assert len(document.rules[0].alternatives[0].symbols) == depth + 1
    assert not read(write(document)).problems


names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True).filter(lambda n: n not in ("start", "shared", "require"))
numbers = st.one_of(st.integers(-(10**6), 10**6), st.floats(allow_nan=False, allow_infinity=False)).map(repr)
terms = st.recursive(
    names | numbers,
    lambda inner: st.tuples(names, st.lists(inner, min_size=1, max_size=3)).map(lambda x: f"{x[0]}({' , '.join(x[1])})"),
    max_leaves=8,
)
weights = st.floats(0, 1).map(lambda w: f" [{w!r}]") | st.just("")
alternatives = st.tuples(terms, weights).map("".join)
comments = st.from_regex(r"#[ -~]{0,10}", fullmatch=True)
rules = st.tuples(st.sampled_from(["", "shared "]), names, st.lists(alternatives, min_size=1, max_size=4)).map(
    lambda x: f"{x[0]}{x[1]}::={'| '.join(x[2])}"
)
others = names.map("start {}".format) | names.map("require {}".format) | names.map("require {} == 2".format)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(rules | others | comments, min_size=1, max_size=6))
def test_round_trip(lines):
    document = read("\n".join(lines))
    assert not document.problems
    once = write(document)
    again = read(once)
    assert write(again) == once

    def meaning(d):
        return [
            (s.kind, s.name, s.shared, s.predicate, [(a.text, a.weight) for a in s.alternatives], s.above, s.beside)
            for s in d.statements
        ]

    assert meaning(again) == meaning(document)


@given(st.text(alphabet="AB:= ()|[]#,\n.0a<>startshared\x00é-", max_size=60) | st.text(max_size=60))
def test_any_text_is_read_or_explained(text):
    for found in read(text).problems:
        assert 0 <= found.start <= found.end <= len(text)
        assert found.severity == "error"


def test_print_symbols_of_one_name():
    assert print_symbols(["x"], [0]) == "x"
