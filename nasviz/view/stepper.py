"""A derivation that is under way as plain data to draw: the term so far, its open places, the productions as cards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nasviz import numbers
from nasviz.algebra import Nonterminal, Position, Term, position_text
from nasviz.errors import NasvizError
from nasviz.grammar import AtMost, Count, Partial
from nasviz.grammar.costs import Cost
from nasviz.grammar.options import Option

SHOWN = 400
"""Characters of a production that a card shows."""

OPEN = 300
"""Open places that are listed."""

_DIGITS = 2000


@dataclass(frozen=True)
class Card:
    """A production at the chosen open place.

    Attributes
    ----------
    number
        Its number, for ``Partial.expand``.
    pieces
        Its text in pieces (text, number of a nonterminal in the order of colours, or -1).
    remaining
        How many architectures remain, in words; "" where that is not known.
    exact
        The exact number, or what is known of it.
    possible
        Whether any architecture remains.
    share, probability
        In [0, 1], None where they are not known.
    size
        Least and greatest cost of what remains: its operators unless a cost was given.
    """

    number: int
    pieces: tuple[tuple[str, int], ...]
    remaining: str
    exact: str
    possible: bool
    share: float | None
    probability: float | None
    size: str

    def to_json(self) -> dict[str, Any]:
        """Return the data as JSON, with the texts of share and probability."""
        return {
            "number": self.number,
            "pieces": [list(piece) for piece in self.pieces],
            "remaining": self.remaining,
            "exact": self.exact,
            "possible": self.possible,
            "share": self.share,
            "share_text": "" if self.share is None else numbers.share(self.share),
            "probability": self.probability,
            "probability_text": "" if self.probability is None else numbers.share(self.probability),
            "size": self.size,
        }


def cards(partial: Partial, place: Position, cost: Cost | None = None) -> tuple[list[Card], str]:
    """Return the productions at an open place as cards, and why numbers are missing, or "".

    Raises
    ------
    NasvizError
        If the place is not open.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort
    >>> from nasviz.grammar import Grammar
    >>> f = Operator("f", (Sort.MAP, Sort.MAP))
    >>> g = Grammar.parse("S ::= f(A, A) | A\\nA ::= x | y | z", [f, *map(Operator, "xyz")])
    >>> for card in cards(Partial.begin(g), ())[0]:
    ...     print(card.pieces, card.remaining, card.share, card.probability, card.size)
    (('f(', -1), ('A', 1), (', ', -1), ('A', 1), (')', -1)) 9 0.75 0.5 3
    (('A', 1),) 3 0.25 0.5 1
    """
    names = partial.grammar.nonterminals
    productions = partial.productions(place)
    try:
        options = partial.options(place, cost)
    except NasvizError as error:
        plain = [Card(k, pieces(p.body, names), "", "", True, None, None, "") for k, p in enumerate(productions)]
        return plain, f"Numbers are not known here: {error}"
    return [_card(option, names) for option in options], ""


def _card(option: Option, names: Sequence[str]) -> Card:
    return Card(
        number=option.number,
        pieces=pieces(option.production.body, names),
        remaining=written(option.remaining),
        exact=exactly(option.remaining),
        possible=option.remaining != 0,
        share=option.share,
        probability=option.probability,
        size="" if option.least_cost > option.greatest_cost else between(option.least_cost, option.greatest_cost),
    )


def pieces(body: Term, nonterminals: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Return the text of a production in pieces, nonterminals with their number; long ones are cut."""
    hue = {name: k for k, name in enumerate(nonterminals)}
    found: list[tuple[str, int]] = []
    at = 0
    for i in body.nonterminals():
        start, stop = int(body.start[i]), int(body.stop[i])
        if start >= SHOWN:
            break
        found += [(body.text[at:start], -1), (body.text[start:stop], hue.get(body.operators[i].name, 0))]
        at = stop
    rest = body.text[at:]
    found.append((rest if at + len(rest) <= SHOWN + 40 else rest[: max(0, SHOWN - at)] + "…", -1))
    return tuple((text if len(text) <= SHOWN else text[:SHOWN] + "…", k) for text, k in found if text)


def written(n: Count) -> str:
    """Return a count as the views write it: exact, 10^x, ∞, or "at most …"."""
    return f"at most {numbers.count(n.n)}" if isinstance(n, AtMost) else numbers.count(n)


def exactly(n: Count) -> str:
    """Return all digits of a count, or what is known of it.

    >>> exactly(math.inf), exactly(12)
    ('without end', '12')
    """
    if isinstance(n, AtMost):
        return f"at most {written(n)[8:]}: {n.reason}"
    if n == math.inf:
        return "without end"
    digits = numbers.exact(int(n))
    return digits if len(digits) <= _DIGITS else f"{digits[:40]}… ({len(digits)} digits)"


def between(least: float, greatest: float, attained: tuple[bool, bool] = (True, True)) -> str:
    """Return a range of a cost in words; "≥" and "≤" mark bounds that may not be reached.

    >>> between(346, 38202).replace(numbers.GAP, " "), between(5, 5), between(3, math.inf)
    ('346 … 38 k', '5', '3 … ∞')
    """
    low, high = (numbers.prefixed(x) if math.isfinite(x) else "∞" for x in (least, greatest))
    if least == greatest:
        return low
    return f"{'' if attained[0] else f'≥{numbers.GAP}'}{low} … {'' if attained[1] else f'≤{numbers.GAP}'}{high}"


@dataclass(frozen=True)
class Place:
    """An open place: where, its nonterminal, its number in the order of colours, and whether there is only one production."""

    position: Position
    name: str
    hue: int
    forced: bool

    def to_json(self) -> dict[str, Any]:
        """Return the data as JSON."""
        return {"position": list(self.position), "name": self.name, "hue": self.hue, "forced": self.forced}


def places(partial: Partial, most: int = OPEN) -> list[Place]:
    """Return the first open places of a partial derivation, in preorder."""
    term, rules = partial.term, partial.grammar.rules
    hue = {name: k for k, name in enumerate(partial.grammar.nonterminals)}
    nodes = term.nonterminals()[:most]
    names = [term.operators[i].name for i in nodes]
    return [Place(term.position(i), name, hue[name], len(rules[name]) == 1) for i, name in zip(nodes, names, strict=True)]


def with_open(term: Term, labels: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the labels of a partial term with the nonterminal of each open place at its node, so that it has its colour."""
    return [
        [*row, op.name] if isinstance(op, Nonterminal) else list(row) for op, row in zip(term.operators, labels, strict=True)
    ]


def remaining_words(n: Count, done: bool) -> str:
    """Return one line about what remains.

    >>> remaining_words(1, False), remaining_words(5, False), remaining_words(1, True)
    ('1 architecture remains', '5 architectures remain', 'complete')
    """
    if done:
        return "complete" if n != 0 else "complete, but it does not fulfil the constraints"
    return f"{written(n)} architecture{' remains' if n == 1 else 's remain'}"


def spoken(name: str, position: Position) -> str:
    """Return an open place in words: "A at (0, 1)"."""
    return f"{name} at {position_text(position)}"
