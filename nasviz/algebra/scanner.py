"""Term text to term: one regular expression and an explicit stack."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from nasviz.algebra.operator import Operator, literal
from nasviz.algebra.signature import Signature
from nasviz.algebra.term import Term, subterm_sizes
from nasviz.errors import NasvizError, SortError, StorageError, TermError, nearest

LIMIT = 50_000_000
"""Longest term text that is read, in characters."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[+-]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<mark>[(),])|(?P<bad>\S))",
    re.ASCII,
)


def parse_term(text: str, signature: Signature) -> Term:
    """Read a term such as ``Linear(Residual2(conv3x3, id, conv3x3), fc)``.

    Parameters
    ----------
    text
        Names, numbers, parentheses and commas; white space is free.
    signature
        The operators that may occur; an alias stands for the operator that accepts its number of operands.

    Raises
    ------
    TermError
        If it is no str; at the place of a name that is unknown, a number or sort of operands that does not fit, or a
        misplaced mark.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort
    >>> sig = Signature([Operator("f", (Sort.MAP,), variadic=True), Operator("x")])
    >>> str(parse_term("f(x,f( x ),x)", sig))
    'f(x, f(x), x)'
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TermError(f"a term is a text (str), found {type(text).__name__}")
    if len(text) > LIMIT:
        raise TermError(f"a term of {len(text):,} characters is too long, at most {LIMIT:,} are read")
    reader = _Reader(text, signature)
    for kind, value, start, end in _tokens(text):
        reader.take(kind, value, start, end)
    return reader.finish()


def term_from_json(data: object, signature: Signature) -> Term:
    """Return the term that :meth:`Term.to_json` wrote.

    Raises
    ------
    StorageError
        If `data` is no stored term or of a newer version.
    TermError
        If its text is no term over `signature`.
    """
    if not isinstance(data, dict) or data.get("kind") != "term" or not isinstance(data.get("term"), str):
        raise StorageError("no stored term: expected an object with kind 'term' and its text")
    if data.get("v") != 1:
        raise StorageError(f"a term of version {data.get('v')!r}; this nasviz reads version 1")
    return parse_term(data["term"], signature)


def _tokens(text: str) -> Iterator[tuple[str, str, int, int]]:
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "bad"
        yield kind, match.group(kind), match.start(kind), match.end(kind)


class _Reader:
    """Collects symbols in preorder; `open` holds the nodes whose operands are being read."""

    def __init__(self, text: str, signature: Signature) -> None:
        self.text = text
        self.signature = signature
        self.names: list[str] = []
        self.spans: list[tuple[int, int]] = []
        self.numbers: dict[int, int | float] = {}
        self.arity: list[int] = []
        self.open: list[int] = []
        self.expect_term = True

    def error(self, message: str, start: int, end: int, hint: str = "") -> TermError:
        return TermError(message, text=self.text, start=start, end=end, hint=hint)

    def take(self, kind: str, value: str, start: int, end: int) -> None:
        if kind == "bad":
            raise self.error(f"unexpected character {value!r}", start, end)
        if kind == "mark":
            self.mark(value, start, end)
            return
        if not self.expect_term:
            wanted = "',' or ')'" if self.open else "the end"
            raise self.error(f"expected {wanted}, found {value[:60]!r}", start, end)
        if self.open:
            self.arity[self.open[-1]] += 1
        if kind == "number":
            self.numbers[len(self.names)] = _number(value)
        self.names.append(value)
        self.spans.append((start, end))
        self.arity.append(0)
        self.expect_term = False

    def mark(self, value: str, start: int, end: int) -> None:
        if value == "(":
            last = len(self.names) - 1
            follows_name = not self.expect_term and last >= 0 and last not in self.numbers
            if not follows_name or not self._adjacent(last, start):
                raise self.error("'(' must follow the name of an operator", start, end)
            self.open.append(last)
            self.expect_term = True
        elif self.expect_term:
            raise self.error(f"expected an operator, found {value!r}", start, end)
        elif not self.open:
            raise self.error(f"{value!r} without an open '('", start, end)
        elif value == ",":
            self.expect_term = True
        else:
            self.open.pop()

    def _adjacent(self, last: int, start: int) -> bool:
        return not self.text[self.spans[last][1] : start].strip()

    def finish(self) -> Term:
        end = len(self.text.rstrip())
        if not self.names:
            raise TermError("an empty term; type an operator, for example conv3x3")
        if self.expect_term:
            raise self.error("the term ends where an operator is expected", end - 1, end)
        if self.open:
            start, stop = self.spans[self.open[-1]]
            raise self.error(f"the '(' of {self.names[self.open[-1]][:60]} is never closed", start, stop, "type ) at the end")
        try:
            return Term.from_preorder(self._operators(), np.array(self.arity, dtype=np.int32))
        except SortError as error:
            start, stop = self.spans[self._node(error.position)]
            raise self.error(str(error), start, stop) from None

    def _operators(self) -> list[Operator]:
        known: dict[tuple[str, int], Operator] = {}
        operators: list[Operator] = []
        for i, (name, n) in enumerate(zip(self.names, self.arity, strict=True)):
            if i in self.numbers:
                operators.append(literal(self.numbers[i]))
                continue
            op = known.get((name, n))
            if op is None:
                op = known[name, n] = self._resolve(name, n, i)
            operators.append(op)
        return operators

    def _resolve(self, name: str, n: int, i: int) -> Operator:
        start, end = self.spans[i]
        if name not in self.signature:
            near = nearest(name, self.signature.names())
            hint = f"did you mean {near}?" if near else "known: " + ", ".join(self.signature.names()[:12])
            raise self.error(f"unknown operator {name[:60]!r}", start, end, hint)
        try:
            return self.signature.resolve(name, n)
        except NasvizError as error:
            raise self.error(str(error), start, end) from None

    def _node(self, position: tuple[int, ...]) -> int:
        plain = Term((Operator("x"),) * len(self.names), np.array(self.arity, dtype=np.int32), subterm_sizes(self.arity))
        return plain.index(position)


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)
