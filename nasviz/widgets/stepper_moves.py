"""What a stepper does without a person: which place comes next, which steps are forced, what is drawn; and checks of input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast, get_args

import numpy as np

from nasviz.algebra import Position
from nasviz.errors import NasvizError
from nasviz.grammar import Partial
from nasviz.grammar.costs import Cost
from nasviz.grammar.sampling import Law
from nasviz.view.stepper import Card, cards

QUANTITIES = ("parameters", "flops", "operators")
"""What a card says of the smallest and the largest architecture that remains."""

_FORCED = 500


def forced_on(partial: Partial, place: Position | None) -> Partial:
    """Return a partial derivation after the steps that leave no choice: one production, or one that is possible at all."""
    for _ in range(_FORCED):
        term, rules = partial.term, partial.grammar.rules
        single = next((i for i in term.nonterminals() if len(rules[term.operators[i].name]) == 1), None)
        if single is not None:
            partial = partial.expand(term.position(single), 0)
            continue
        here = next(iter(later_first(partial.frontier, place)), None)
        if here is None or not partial.grammar.constraint:
            return partial
        possible = [card.number for card in cards(partial, here)[0] if card.possible]
        if len(possible) != 1:
            return partial
        partial = partial.expand(here, possible[0])
    return partial


def drawn_number(shown: Sequence[Card], law: Law, rng: np.random.Generator) -> int:
    """Return the number of a production drawn by its probability; by its share for the law "terms", where shares are known.

    Raises
    ------
    NasvizError
        If none is possible.
    """
    possible = [card for card in shown if card.possible]
    if not possible:
        raise NasvizError("no production is possible here; undo a step")
    uniform = law == "terms" and all(card.share is not None for card in possible)
    weights = np.array([(card.share if uniform else card.probability) or 0.0 for card in possible])
    if not weights.any():
        weights = np.ones(len(possible))
    return possible[int(rng.choice(len(possible), p=weights / weights.sum()))].number


def later_first(frontier: tuple[Position, ...], place: Position | None) -> tuple[Position, ...]:
    """Return the open places from a place on in reading order, then those before it.

    >>> later_first(((0,), (1,), (2, 0)), (1,))
    ((1,), (2, 0), (0,))
    """
    if place is None:
        return frontier
    later = tuple(position for position in frontier if position >= place)
    return later + frontier[: len(frontier) - len(later)]


def position_of(body: Mapping[str, Any]) -> Position:
    """Return the position that a command names.

    Raises
    ------
    NasvizError
        If it is no list of child indices.
    """
    found = body.get("position")
    if not isinstance(found, list) or not all(isinstance(k, int) and k >= 0 for k in cast("list[Any]", found)):
        raise NasvizError("a position is a list of child indices")
    return tuple(cast("list[int]", found))


def checked_law(law: object) -> Law:
    """Return a law; raises NasvizError if it is none."""
    if law not in get_args(Law):
        raise NasvizError(f"a law is one of {', '.join(get_args(Law))}, found {str(law)[:40]!r}")
    return cast("Law", law)


def checked_cost(cost: str | Cost) -> str | Cost:
    """Return a cost; raises NasvizError if it is a word for none."""
    if isinstance(cost, str) and cost not in QUANTITIES:
        raise NasvizError(f"a cost is one of {', '.join(QUANTITIES)}, a dict by operator, or a function; found {cost[:40]!r}")
    return cost
