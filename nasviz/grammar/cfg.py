"""The ``.cfg`` notation of the published code (that of NLTK): read and written.

There a rule is ``D1 -> "Linear3" C C DOWN | "Linear4" C C C DOWN``: terminals stand in quotes, operands follow their operator
without parentheses, and the number of operands of a chain is part of its name. What differs here: ``Linear3`` is ``Linear``
with three operands; a nonterminal that is drawn once is a terminal there (``"SharedCell"``) that the code maps to a
nonterminal; constraints live in the code. Written out, ``shared`` and ``require`` become comments that :func:`read_cfg` reads
and NLTK skips.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from nasviz.algebra import Literal, Nonterminal, Operator, Signature
from nasviz.algebra.operator import NAME
from nasviz.errors import GrammarError, nearest
from nasviz.grammar.diagnostics import quoted
from nasviz.grammar.notation import LIMIT, print_symbols

if TYPE_CHECKING:
    from nasviz.grammar.checks import Production
    from nasviz.grammar.grammar import Grammar

_TOKEN = re.compile(
    r"""[ \t\r]*(?:(?P<arrow>->)|(?P<terminal>"[^"\n]*"|'[^'\n]*')|(?P<weight>\[[^\]\n]*\])|(?P<bar>\|)"""
    r"""|(?P<name>[\w/](?:(?!->)[\w/^<>-])*)|(?P<bad>\S))"""
)
_CONTINUED = re.compile(r"\\[ \t\r]*\n")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_WEIGHT = re.compile(r"\[\s*(\d+\.?\d*|\.\d+)\s*\]")
_OURS = re.compile(r"#[ \t]*nasviz:[ \t]*(shared|require)[ \t]+([^\n]*\S)")
_RESERVED = {"start", "shared", "require"}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


@dataclass
class _Reader:
    """Reads the text into rules of our notation, and notes what differs."""

    text: str
    signature: Signature
    names: Mapping[str, str | Operator]
    shared: Mapping[str, str]
    rules: dict[str, list[list[_Token]]] = field(default_factory=dict)
    start: _Token | None = None
    drawn_once: dict[str, None] = field(default_factory=dict)
    requires: list[str] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    ours: dict[str, str] = field(default_factory=dict)

    def fail(self, message: str, start: int, end: int, hint: str = "") -> NoReturn:
        raise GrammarError(message, text=self.text, start=start, end=end, hint=hint)

    def read(self) -> str:
        if len(self.text) > LIMIT:
            self.fail(f"a grammar of {len(self.text):,} characters; at most {LIMIT:,} are read", LIMIT, LIMIT)
        at = 0
        for line in _CONTINUED.sub(lambda m: " " * len(m.group()), self.text).split("\n"):
            self.line(line, at)
            at += len(line) + 1
        if not self.rules:
            self.fail('no rule; one is written NAME -> "operator" NAME | NAME', 0, 0)
        return self.write()

    def line(self, line: str, at: int) -> None:
        bare = line.strip()
        if bare.startswith("#"):
            ours = _OURS.fullmatch(bare)
            if ours and ours.group(1) == "shared":
                self.drawn_once[ours.group(2)] = None
            elif ours:
                self.requires.append(ours.group(2))
        elif bare.startswith("%"):
            words = bare.split()
            begin = at + line.index("%")
            if len(words) != 2 or words[0] != "%start":
                self.fail(f"unknown directive {quoted(bare)}; known: %start NAME", begin, begin + len(bare))
            self.start = _Token("name", words[1], begin, begin + len(bare))
        elif bare:
            self.rule(self.tokens(line, at))

    def tokens(self, line: str, at: int) -> list[_Token]:
        found: list[_Token] = []
        for match in _TOKEN.finditer(line):
            kind = match.lastgroup or "bad"
            start, end = match.span(kind)
            if kind == "bad":
                self.fail(f"unexpected character {quoted(match.group(kind))}", at + start, at + end)
            found.append(_Token(kind, match.group(kind), at + start, at + end))
        return found

    def rule(self, tokens: list[_Token]) -> None:
        if tokens[0].kind != "name" or len(tokens) < 2 or tokens[1].kind != "arrow":
            hint = 'a rule is written NAME -> "operator" NAME | NAME'
            self.fail("expected a nonterminal and '->'", tokens[0].start, tokens[-1].end, hint)
        alternatives = self.rules.setdefault(tokens[0].text, [])
        current: list[_Token] = []
        for token in [*tokens[2:], _Token("bar", "|", tokens[-1].end, tokens[-1].end)]:
            if token.kind == "arrow":
                self.fail("a second '->' on one line", token.start, token.end, "begin each rule on a line of its own")
            if token.kind != "bar":
                current.append(token)
                continue
            if not any(t.kind != "weight" for t in current):
                self.fail("an empty alternative; a term has at least one symbol", token.start, token.end)
            alternatives.append(current)
            current = []

    def write(self) -> str:
        for name in (self.start.text if self.start else next(iter(self.rules)), *self.rules):
            self.ours[name] = self.nonterminal(name)
        if self.start and self.start.text not in self.rules:
            self.fail(f"no rule defines the start {quoted(self.start.text)}", self.start.start, self.start.end)
        lines: list[str] = []
        shared = {self.ours.get(name, name) for name in (*self.drawn_once, *self.shared.values())}
        for name, alternatives in self.rules.items():
            mark = "shared " if self.ours[name] in shared else ""
            lines.append(f"{mark}{self.ours[name]} ::= " + " | ".join(self.alternative(a) for a in alternatives))
        start = self.start.text if self.start else next(iter(self.rules))
        notes = [f"# {note}" for note in self.notes]
        return "\n".join([*notes, f"start {self.ours[start]}", *(f"require {r}" for r in self.requires), *lines, ""])

    def nonterminal(self, name: str) -> str:
        """The name of a nonterminal here: characters that have no place in a name become underscores."""
        if name in self.ours:
            return self.ours[name]
        ours = re.sub(r"\W", "_", name, flags=re.ASCII)
        ours = ours if NAME.fullmatch(ours) else f"N{ours}"
        taken = set(self.ours.values())
        while ours in taken or ours in self.signature or ours in _RESERVED or (ours != name and ours in self.rules):
            ours += "_"
        if ours != name:
            self.notes[f"the nonterminal {name} is {ours} here"] = None
        return ours

    def alternative(self, tokens: list[_Token]) -> str:
        weight = ""
        if tokens[-1].kind == "weight":
            last = tokens[-1]
            if not _WEIGHT.fullmatch(last.text):
                self.fail(f"a probability is a number in brackets, found {quoted(last.text)}", last.start, last.end)
            weight, tokens = f" [{last.text[1:-1].strip()}]", tokens[:-1]
        names: list[str] = []
        arities: list[int] = []
        open_: list[int] = [1]  # operands still to come, innermost last; the whole is one term
        for k, token in enumerate(tokens):
            while open_ and open_[-1] == 0:
                open_.pop()
            if not open_:
                hint = "operands follow their operator; names={...} maps a terminal to an operator"
                self.fail(f"{quoted(token.text)} is one symbol too many", token.start, tokens[-1].end, hint)
            open_[-1] -= 1
            name, n = self.symbol(token, len(tokens) - k - 1, k == 0)
            names.append(name)
            arities.append(n)
            open_.append(n)
        missing = sum(open_)
        if missing:
            last = tokens[-1]
            self.fail(
                f"the alternative ends where {missing} more operand{'s' * (missing > 1)} must follow", last.start, last.end
            )
        return print_symbols(names, arities) + weight

    def symbol(self, token: _Token, following: int, first: bool) -> tuple[str, int]:
        """The name of a symbol here and its number of operands."""
        if token.kind == "weight":
            self.fail("a probability stands at the end of an alternative", token.start, token.end)
        if token.kind == "name":
            if token.text not in self.rules:
                near = nearest(token.text, list(self.rules)[:2000])
                hint = f"did you mean {near}?" if near else 'terminals stand in quotes: "' + token.text[:60] + '"'
                self.fail(f"no rule defines the nonterminal {quoted(token.text)}", token.start, token.end, hint)
            return self.ours[token.text], 0
        text = token.text[1:-1].strip()
        if text in self.shared:
            target = self.shared[text]
            if target not in self.rules:
                self.fail(
                    f"{quoted(text)} stands for the nonterminal {target[:60]}, which no rule defines", token.start, token.end
                )
            self.notes[f"{text} is the shared nonterminal {self.ours[target]} here"] = None
            return self.ours[target], 0
        if _NUMBER.fullmatch(text):
            return text, 0
        return self.operator(token, text, following, first)

    def operator(self, token: _Token, text: str, following: int, first: bool) -> tuple[str, int]:
        given = self.names.get(text, text)
        name = given.name if isinstance(given, Operator) else given
        digits = re.search(r"\d+$", text)
        if name not in self.signature and digits and text not in self.names:
            name = text[: digits.start()]
        found = self.signature.candidates(name)
        if not found:
            near = nearest(text, self.signature.names())
            hint = f"did you mean {near}? " if near else ""
            hint += f"pass an operator of this name, or say which it is: names={{{text[:60]!r}: ...}}"
            self.fail(f"unknown terminal {quoted(text)}: no operator has this name", token.start, token.end, hint)
        if name != text:
            self.notes[f"{text} is {name} here"] = None
        fixed = {op.arity for op in found if not op.variadic}
        if not any(op.variadic for op in found) and len(fixed) == 1:
            return name, fixed.pop()
        if digits and any(op.accepts(int(digits.group()[:6])) for op in found):
            return name, int(digits.group()[:6])
        if first:
            return name, following
        message = f"how many operands has {quoted(text)}? Inside an alternative its name must end in their number"
        self.fail(message, token.start, token.end, f"write {name}2 for two operands")


def read_cfg(
    text: str, signature: Signature, names: Mapping[str, str | Operator] | None = None, shared: Mapping[str, str] | None = None
) -> str:
    """Return a grammar of the published code as text in our notation; what differs stands in comments at its top.

    Parameters
    ----------
    text
        Rules in NLTK's notation; several files are joined by "\\n".
    signature
        The operators.
    names
        For terminals with other names here: the name or the operator, e.g. ``{"resBlock": "down"}``.
    shared
        For terminals that stand for a nonterminal drawn once: its name, e.g. ``{"SharedCell": "CELL"}``.

    Raises
    ------
    GrammarError
        At the place of a mistake: an unknown terminal or nonterminal, operands that are missing or too many, a line that is
        no rule.

    Examples
    --------
    >>> from nasviz.algebra import Sort
    >>> chain, f, x = Operator("Linear", (Sort.MAP,), variadic=True), Operator("f", (Sort.MAP,)), Operator("x")
    >>> print(read_cfg('S -> "Linear2" S "f" "x" | "x"', Signature([chain, f, x])), end="")
    # Linear2 is Linear here
    start S
    S ::= Linear(S, f(x)) | x
    """
    operators = [op for op in (names or {}).values() if isinstance(op, Operator)]
    return _Reader(text, signature.with_(operators), names or {}, shared or {}).read()


def write_cfg(grammar: Grammar, probabilities: bool | None = None) -> str:
    """Return a grammar in NLTK's notation.

    Probabilities are written, at every alternative as NLTK's PCFG needs them, where they are not equal. NLTK has no shared
    nonterminals and no constraints: they are comments that :func:`read_cfg` understands.

    Parameters
    ----------
    grammar
        The grammar.
    probabilities
        Whether to write them; None: where they are not all equal within their nonterminal.
    """
    if probabilities is None:
        spread = (max(p.weight for p in ps) - min(p.weight for p in ps) for ps in grammar.rules.values())
        probabilities = any(s > 1e-12 for s in spread)
    lines = [f"# nasviz: shared {name}" for name in grammar.shared]
    lines += [f"# nasviz: require {predicate}" for predicate in grammar.requires]
    if grammar.start != next(iter(grammar.rules)):
        lines.append(f"%start {grammar.start}")
    for name, productions in grammar.rules.items():
        lines.append(f"{name} -> " + " | ".join(_alternative(p, probabilities) for p in productions))
    return "\n".join([*lines, ""])


def _alternative(production: Production, probabilities: bool) -> str:
    words: list[str] = []
    for op, n in zip(production.body.operators, production.body.arity.tolist(), strict=True):
        if isinstance(op, Nonterminal):
            words.append(op.name)
        else:
            words.append(f'"{op.name}{n}"' if op.variadic and not isinstance(op, Literal) else f'"{op.name}"')
    if probabilities:
        text = repr(production.weight)
        words.append(f"[{text if 'e' not in text else f'{production.weight:.17f}'}]")
    return " ".join(words)
