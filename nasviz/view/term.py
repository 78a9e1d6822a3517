"""A term as plain data to draw: its text, and for each node a range of characters and the nonterminals it derives from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nasviz.algebra import Position, Term

HUES = 8
"""Hues of nonterminals; from then on they come again with a pattern."""


@dataclass(frozen=True)
class TermInfo:
    """What a view of a term draws; all lists have one entry for each of the n nodes, in preorder.

    Attributes
    ----------
    text
        The term as written.
    operators
        Names of the operators.
    arity
        Numbers of operands.
    start, stop
        Characters ``[start, stop)`` of each subterm in `text`.
    labels
        For each node the nonterminals whose expansion starts there, as pairs (name, its number in the order of colours).
    """

    text: str
    operators: tuple[str, ...]
    arity: tuple[int, ...]
    start: tuple[int, ...]
    stop: tuple[int, ...]
    labels: tuple[tuple[tuple[str, int], ...], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the data as JSON."""
        return {
            "text": self.text,
            "operators": list(self.operators),
            "arity": list(self.arity),
            "start": list(self.start),
            "stop": list(self.stop),
            "labels": [[list(pair) for pair in row] for row in self.labels],
        }


def term_info(term: Term, labels: Sequence[Sequence[str]] = (), nonterminals: Sequence[str] = ()) -> TermInfo:
    """Return what a view of `term` draws.

    Parameters
    ----------
    term
        A term of n nodes.
    labels
        For each node the nonterminals whose expansion starts there, outermost first (length n), or empty.
    nonterminals
        Names in the order of the grammar; it decides their colours.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort, Term
    >>> f, x = Operator("f", (Sort.MAP,)), Operator("x")
    >>> term_info(Term.build(f, Term.build(x)), [["S"], []], ["S"]).labels
    ((('S', 0),), ())
    """
    hue = {name: k for k, name in enumerate(nonterminals)}
    rows = labels or [()] * len(term)
    return TermInfo(
        text=term.text,
        operators=tuple(op.name for op in term.operators),
        arity=tuple(term.arity.tolist()),
        start=tuple(term.start.tolist()),
        stop=tuple(term.stop.tolist()),
        labels=tuple(tuple((name, hue.get(name, 0)) for name in row) for row in rows),
    )


def marked(term: Term, position: Position, width: int = 120) -> str:
    """Return the text of `term` with the subterm at `position` in ⟦ ⟧, cut to about `width` characters around it.

    Raises
    ------
    NasvizError
        If the term has no such position.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort, Term
    >>> f, x = Operator("f", (Sort.MAP, Sort.MAP)), Operator("x")
    >>> marked(Term.build(f, Term.build(x), Term.build(x)), (1,))
    'f(x, ⟦x⟧)'
    """
    i = term.index(position)
    start, stop = int(term.start[i]), int(term.stop[i])
    room = max(0, (width - (stop - start)) // 2)
    left, right = max(0, start - room), min(len(term.text), stop + room)
    before = ("…" if left else "") + term.text[left:start]
    after = term.text[stop:right] + ("…" if right < len(term.text) else "")
    inside = term.text[start:stop]
    if len(inside) > width:
        inside = inside[: width // 2] + "…" + inside[-width // 2 :]
    return f"{before}⟦{inside}⟧{after}"
