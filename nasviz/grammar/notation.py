"""The notation of grammars: text to statements with places, and back.

A statement begins at a line such as ``NAME ::= …``, ``shared NAME ::= …``, ``start NAME`` or ``require PREDICATE``; every other
line continues it. Each statement is parsed on its own, so one mistake hides no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from nasviz.grammar.diagnostics import Diagnostic, Fix, quoted

BYTE_ORDER_MARK = "\ufeff"
"""What some editors write at the beginning of a file; it is no part of a grammar."""

LIMIT = 1_000_000
"""Longest grammar text that is read, in characters."""

_GRAMMAR = r"""
statement: SHARED? NAME DEFINES _alternatives   -> rule
         | START NAME                           -> start
         | REQUIRE condition (AND condition)* -> require
condition: NAME (COMPARE NUMBER)? (AT NAME)?
_alternatives: alternative ("|" alternative)*
alternative: _term weight?
weight: "[" NUMBER RSQB
_term: leaf | call
leaf: NAME | NUMBER
call: NAME "(" _term ("," _term)* RPAR

SHARED: "shared"
START: "start"
REQUIRE: "require"
DEFINES: "::="
RPAR: ")"
RSQB: "]"
AND: "and"
AT: "at"
COMPARE: /==|!=|<=|>=|<|>/
NAME: /[A-Za-z_][A-Za-z0-9_]*/
NUMBER: /[+-]?(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d+)?/
%ignore /\s+/
%ignore /#[^\n]*/
"""

_HEADER = re.compile(
    r"^[ \t]*(?:(?:shared[ \t]+)?[A-Za-z_]\w*[ \t]*(?:::=|:=|::|:|=|->|→)|(?:start|require)[ \t]+[A-Za-z_])",
    re.MULTILINE | re.ASCII,
)
_NAMED = re.compile(r"[ \t]*(?:shared[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_COMMENT = re.compile(r"#[^\n]*")
_WORDS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "DEFINES": "'::='",
    "VBAR": "'|'",
    "LPAR": "'('",
    "RPAR": "')'",
    "COMMA": "','",
    "LSQB": "'['",
    "RSQB": "']'",
    "COMPARE": "a comparison such as ==",
    "SHARED": "'shared'",
    "START": "'start'",
    "REQUIRE": "'require'",
    "AND": "'and'",
    "AT": "'at'",
    "$END": "the next line",
}


@dataclass(frozen=True)
class Symbol:
    """One name or number in an alternative: its place and number of operands; `value` is that of a number."""

    name: str
    start: int
    end: int
    arity: int = 0
    value: int | float | None = None


@dataclass(frozen=True)
class Alternative:
    """One alternative: its symbols in preorder and its probability as written (None when unmarked)."""

    symbols: tuple[Symbol, ...]
    start: int
    end: int
    weight: float | None = None
    weight_span: tuple[int, int] = (0, 0)

    @property
    def text(self) -> str:
        """The alternative as it is printed, without the probability."""
        return print_symbols([s.name for s in self.symbols], [s.arity for s in self.symbols])


@dataclass(frozen=True)
class Condition:
    """A condition of a constraint: attribute, comparison with a number, operator at which it holds; "" where there is none."""

    name: str
    start: int
    end: int
    compare: str = ""
    bound: int | float = 0
    at: str = ""
    at_span: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Statement:
    """A statement: kind "rule", "start" or "require", its name and place, and the comments around it."""

    kind: str
    name: str
    start: int
    end: int
    shared: bool = False
    alternatives: tuple[Alternative, ...] = ()
    predicate: str = ""
    conditions: tuple[Condition, ...] = ()
    above: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """A grammar text as statements, with what could not be read; `broken` are the names that unreadable rules define."""

    text: str
    statements: tuple[Statement, ...]
    problems: tuple[Diagnostic, ...]
    below: tuple[str, ...] = ()
    broken: frozenset[str] = frozenset()
    rules: tuple[Statement, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", tuple(s for s in self.statements if s.kind == "rule"))


_Parsed = tuple[Token, list[Any], Token]
"""A term while it is parsed: its name or number, its operands of the same form, and the token that closes it."""


class _Build(Transformer[Token, Any]):
    """Makes statements while the parser reduces; a term is a nested pair until its alternative is complete."""

    def leaf(self, children: list[Token]) -> _Parsed:
        return (children[0], [], children[0])

    def call(self, children: list[Any]) -> _Parsed:
        return (children[0], children[1:-1], children[-1])

    def weight(self, children: list[Token]) -> list[Token]:
        return children

    def alternative(self, children: list[Any]) -> tuple[Any, list[Token] | None]:
        return (children[0], children[1] if len(children) > 1 else None)

    def rule(self, children: list[Any]) -> tuple[str, list[Any]]:
        return ("rule", children)

    def start(self, children: list[Any]) -> tuple[str, list[Any]]:
        return ("start", children)

    def condition(self, children: list[Token]) -> list[Token]:
        return children

    def require(self, children: list[Any]) -> tuple[str, list[Any]]:
        return ("require", children)


_PARSER = Lark(_GRAMMAR, start="statement", parser="lalr", lexer="contextual", transformer=_Build(), maybe_placeholders=False)


def read(text: str) -> Document:
    """Split a grammar text into statements; never raises.

    >>> [s.name for s in read("S ::= f(A) | id  # first\\nA ::= id").rules]
    ['S', 'A']
    """
    if len(text) > LIMIT:
        message = f"a grammar of {len(text):,} characters; at most {LIMIT:,} are read"
        return Document(text, (), (Diagnostic("too-long", "error", message, LIMIT, LIMIT),))
    control = _CONTROL.search(text)
    if control:
        at = control.start()
        message = f"control character U+{ord(control.group()):04X} in a grammar"
        fix = Fix(at, at + 1, " ", "put a space instead")
        return Document(text, (), (Diagnostic("control", "error", message, at, at + 1, "remove it", fix),))
    statements: list[Statement] = []
    problems: list[Diagnostic] = []
    broken: set[str] = set()
    above: tuple[str, ...] = ()
    for begin, stop in _ranges(text):
        below, last = _trailing_comments(text, begin, stop)
        found = _statement(text, begin, last, above)
        if isinstance(found, Diagnostic):
            problems.append(found)
            broken.update(m.group(1) for m in [_NAMED.match(text, begin, last)] if m)
        elif found is not None:
            statements.append(found)
        above = below
    return Document(text, tuple(statements), tuple(problems), above, frozenset(broken))


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    starts = [m.start() for m in _HEADER.finditer(text)]
    if not starts or starts[0] > 0:
        starts.insert(0, 0)
    yield from zip(starts, [*starts[1:], len(text)], strict=True)


def _trailing_comments(text: str, begin: int, stop: int) -> tuple[tuple[str, ...], int]:
    """Comments that fill the last lines of a range belong to the next statement; returns them and where they begin."""
    comments: list[str] = []
    while stop > begin:
        line_start = text.rfind("\n", begin, stop - 1) + 1
        if line_start <= begin:
            line_start = begin
        line = text[line_start:stop].strip()
        if line and not line.startswith("#"):
            break
        if line:
            comments.append(line)
        stop = line_start
    return tuple(reversed(comments)), stop


def _statement(text: str, begin: int, stop: int, above: tuple[str, ...]) -> Statement | Diagnostic | None:
    source = text[begin:stop]
    if not _COMMENT.sub("", source).strip():
        return None
    try:
        kind, children = cast("tuple[str, list[Any]]", _PARSER.parse(source))
    except UnexpectedInput as error:
        return _syntax_error(text, begin, stop, error)
    beside = tuple(m.group().rstrip() for m in _COMMENT.finditer(source))
    if kind == "require":
        conditions = tuple(_condition(tokens, begin) for tokens in children[1::2])
        predicate = " ".join(str(t) for tokens in children[1:] for t in (tokens if isinstance(tokens, list) else [tokens]))
        first, last = conditions[0], conditions[-1]
        return Statement(
            kind, first.name, first.start, last.end, predicate=predicate, conditions=conditions, above=above, beside=beside
        )
    shared = children[0].type == "SHARED"
    name = children[0] if kind == "rule" and not shared else children[1]
    start, end = _span(name, begin)
    if kind == "rule":
        alternatives = tuple(_alternative(term, weight, begin) for term, weight in children[children.index("::=") + 1 :])
        return Statement(kind, str(name), start, end, shared, alternatives, above=above, beside=beside)
    return Statement(kind, str(name), start, end, above=above, beside=beside)


def _condition(tokens: list[Token], offset: int) -> Condition:
    start, _ = _span(tokens[0], offset)
    _, end = _span(tokens[-1], offset)
    compare = tokens[1] if len(tokens) > 2 and tokens[1].type == "COMPARE" else None
    at = tokens[-1] if len(tokens) > 2 and tokens[-2].type == "AT" else None
    return Condition(
        str(tokens[0]),
        start,
        end,
        str(compare or ""),
        _number(tokens[2]) if compare else 0,
        str(at or ""),
        _span(at, offset) if at else (0, 0),
    )


def _number(token: Token) -> int | float:
    return int(token) if re.fullmatch(r"[+-]?\d{1,4000}", token) else float(token)


def _span(token: Token, offset: int) -> tuple[int, int]:
    return cast(int, token.start_pos) + offset, cast(int, token.end_pos) + offset


def _alternative(term: _Parsed, weight: list[Token] | None, offset: int) -> Alternative:
    symbols: list[Symbol] = []
    stack = [term]
    while stack:
        token, operands, _ = stack.pop()
        start, end = _span(token, offset)
        if token.type == "NUMBER":
            value = _number(token)
            symbols.append(Symbol(repr(value), start, end, 0, value))
        else:
            symbols.append(Symbol(str(token), start, end, len(operands)))
        stack.extend(reversed(operands))
    if weight is None:
        return Alternative(tuple(symbols), symbols[0].start, _span(term[2], offset)[1])
    end = _span(weight[-1], offset)[1]
    return Alternative(tuple(symbols), symbols[0].start, end, float(weight[0]), _span(weight[0], offset))


def _syntax_error(text: str, begin: int, stop: int, error: UnexpectedInput) -> Diagnostic:
    at = begin + max(0, error.pos_in_stream or 0)
    if isinstance(error, UnexpectedCharacters):
        expected = sorted(error.allowed or ())
        found, end = f"unexpected character {quoted(text[at : at + 1])}", at + 1
    else:
        token = cast(UnexpectedToken, error).token
        expected = sorted(cast(UnexpectedToken, error).accepts or cast(UnexpectedToken, error).expected)
        if token.type == "$END":
            at = begin + len(text[begin:stop].rstrip())
            found, end = "the rule ends too early", at
        else:
            found, end = f"unexpected {quoted(str(token))}", at + len(token)
    words = [_WORDS[name] for name in expected if name in _WORDS]
    wanted = f"; expected {' or '.join([', '.join(words[:-1]), words[-1]] if len(words) > 1 else words)}" if words else ""
    hint, fix = _syntax_hint(text, at, expected)
    return Diagnostic("syntax", "error", found + wanted, at, end, hint, fix)


def _syntax_hint(text: str, at: int, expected: Sequence[str]) -> tuple[str, Fix | None]:
    rest = text[at : at + 20]
    wrong = re.match(r":=|::|:|=|->|→", rest)
    if "DEFINES" in expected and wrong:
        end = at + wrong.end()
        return "a rule is written NAME ::= alternative | alternative", Fix(at, end, "::=", "write ::=")
    reserved = re.match(r"(start|shared|require)\s*::=", text[text.rfind("\n", 0, at) + 1 :].lstrip()[:20])
    if reserved:
        return f"{reserved.group(1)} is a word of the notation and cannot name a nonterminal", None
    if re.match(r"[A-Za-z_]\w*\s*::=", rest):
        return "begin each rule on a line of its own", Fix(at, at, "\n", "break the line")
    if "RPAR" in expected and at >= len(text.rstrip()):
        return "close the parenthesis", Fix(at, at, ")", "add )")
    return "", None


def print_symbols(names: Sequence[str], arities: Sequence[int]) -> str:
    """Return preorder symbols as a term text.

    >>> print_symbols(["f", "g", "x", "y"], [2, 1, 0, 0])
    'f(g(x), y)'
    """
    parts: list[str] = []
    open_places: list[int] = []
    for name, n in zip(names, arities, strict=True):
        parts.append(name)
        if n:
            parts.append("(")
            open_places.append(n)
            continue
        while open_places:
            open_places[-1] -= 1
            if open_places[-1]:
                parts.append(", ")
                break
            parts.append(")")
            open_places.pop()
    return "".join(parts)


def write(document: Document, width: int = 120) -> str:
    """Return the text of a document, one statement a line, definitions aligned, comments kept.

    >>> print(write(read("S::=f( A )|id # first\\nlonger ::= id [.5] | zero")), end="")
    S      ::= f(A) | id  # first
    longer ::= id [0.5] | zero
    """
    heads = {i: ("shared " if s.shared else "") + s.name for i, s in enumerate(document.statements) if s.kind == "rule"}
    column = max((len(h) for h in heads.values() if len(h) <= 24), default=0)
    lines: list[str] = []
    for i, statement in enumerate(document.statements):
        lines.extend(statement.above)
        if statement.kind == "rule":
            body = _rule_lines(heads[i].ljust(column), statement.alternatives, width)
        else:
            body = [f"{statement.kind} {statement.predicate or statement.name}"]
        lines.extend(body[:-1])
        lines.append("  ".join([body[-1], *statement.beside[:1]]))
        lines.extend(statement.beside[1:])
    return "\n".join([*lines, *document.below, ""])


def _rule_lines(head: str, alternatives: Sequence[Alternative], width: int) -> list[str]:
    lines = [f"{head} ::="]
    for k, alternative in enumerate(alternatives):
        mark = "" if alternative.weight is None else f" [{alternative.weight!r}]"
        item = f" {alternative.text}{mark}" if k == 0 else f" | {alternative.text}{mark}"
        if k and len(lines[-1]) + len(item) > width:
            lines.append(" " * (len(head) + 2))
        lines[-1] += item
    return lines
