"""Two terms as one text: what stays, what goes and what comes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from nasviz.algebra.term import Term
from nasviz.algebra.tree_edit import TreeEdit

Sign = Literal[" ", "-", "+"]
"""What stays, goes and comes."""


class Piece(NamedTuple):
    """A piece of a merged text."""

    sign: Sign
    text: str


class _Token(NamedTuple):
    text: str
    node: int
    kind: str


def merged_text(a: Term, b: Term, edit: TreeEdit) -> tuple[Piece, ...]:
    """Return both terms as one text. Without what comes it reads as `a`, without what goes as `b`.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort, Term, tree_edit
    >>> f, x, y = Operator("f", (Sort.MAP, Sort.MAP)), Operator("x"), Operator("y")
    >>> a, b = Term.build(f, Term.build(x), Term.build(x)), Term.build(f, Term.build(x), Term.build(y))
    >>> marked_text(merged_text(a, b, tree_edit(a, b)))
    'f(x, [-x-]{+y+})'
    """
    old, new = _tokens(a), _tokens(b)
    partner = dict(edit.pairs)
    where = {(t.node, t.kind): k for k, t in enumerate(new) if t.kind != ","}
    pieces: list[Piece] = []
    x = y = 0
    for k, token in enumerate(old):
        j = partner.get(token.node)
        at = None if j is None or token.kind == "," else where.get((j, token.kind))
        if at is None or token.text != new[at].text:
            continue
        _gap(old[x:k], new[y:at], pieces)
        pieces.append(Piece(" ", token.text))
        x, y = k + 1, at + 1
    _gap(old[x:], new[y:], pieces)
    return tuple(_joined(pieces))


def marked_text(pieces: Iterable[Piece]) -> str:
    """Return a merged text with [-what goes-] and {+what comes+}."""
    marks = {" ": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}
    return "".join(marks[sign].format(text) for sign, text in pieces)


def _gap(old: list[_Token], new: list[_Token], pieces: list[Piece]) -> None:
    """What stands between two tokens that stay; commas that both have stay too."""
    low = _commas(old, new)
    high = _commas(old[low:][::-1], new[low:][::-1])
    pieces += [Piece(" ", t.text) for t in old[:low]]
    pieces += [Piece("-", t.text) for t in old[low : len(old) - high]]
    pieces += [Piece("+", t.text) for t in new[low : len(new) - high]]
    pieces += [Piece(" ", t.text) for t in old[len(old) - high :]]


def _commas(old: list[_Token], new: list[_Token]) -> int:
    k = 0
    while k < min(len(old), len(new)) and old[k].kind == new[k].kind == ",":
        k += 1
    return k


def _joined(pieces: Iterable[Piece]) -> Iterable[Piece]:
    sign: Sign = " "
    texts: list[str] = []
    for piece in pieces:
        if texts and piece.sign != sign:
            yield Piece(sign, "".join(texts))
            texts = []
        sign = piece.sign
        texts.append(piece.text)
    if texts:
        yield Piece(sign, "".join(texts))


def _tokens(term: Term) -> list[_Token]:
    """The text of a term as tokens; a name, an opening or closing bracket belongs to a node, a comma separates."""
    arity: list[int] = term.arity.tolist()
    found: list[_Token] = []
    open_: list[list[int]] = []
    for i, op in enumerate(term.operators):
        found.append(_Token(op.name, i, "name"))
        if arity[i]:
            found.append(_Token("(", i, "("))
            open_.append([i, arity[i]])
            continue
        while open_:
            open_[-1][1] -= 1
            if open_[-1][1]:
                found.append(_Token(", ", open_[-1][0], ","))
                break
            found.append(_Token(")", open_.pop()[0], ")"))
    return found
