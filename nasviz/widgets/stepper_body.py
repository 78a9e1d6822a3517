"""What the page draws of a derivation that is under way, as JSON data; see ``StepperBody`` in the front end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

import numpy as np

from nasviz.algebra import Position, position_text
from nasviz.errors import NasvizError
from nasviz.grammar import Count, Partial, parse_derivation
from nasviz.grammar.trail import Step, labels, steps, versions
from nasviz.numbers import CONVENTIONS
from nasviz.spaces import Architecture, SearchSpace
from nasviz.view.stepper import SHOWN, Card, between, exactly, places, remaining_words, with_open
from nasviz.view.term import term_info
from nasviz.view.tree import tree_info

LISTED = 400
"""Choices that the table lists: the last ones."""


class Ranged(Protocol):
    """A least and a greatest cost, and whether they are attained."""

    @property
    def least(self) -> float: ...
    @property
    def greatest(self) -> float: ...
    @property
    def attained(self) -> tuple[bool, bool]: ...
    @property
    def empty(self) -> bool: ...


def body_of(
    space: SearchSpace,
    partial: Partial,
    place: Position | None,
    shown: Sequence[Card],
    note: str,
    arch: Architecture | None,
) -> dict[str, Any]:
    """Return the state of a stepper, without its options and without costs."""
    names = partial.grammar.nonterminals
    rows = labels(partial)
    tree = tree_info(partial.term, rows, names)
    count: Count | None = None
    with suppress(NasvizError):
        count = partial.remaining()
    way = steps(partial)
    return {
        "key": arch.key if arch is not None else None,
        "title": space.name or "Derivation",
        "term": term_info(partial.term, with_open(partial.term, rows), names).to_json(),
        "tree": {"dot": tree.dot, "note": tree.note},
        "places": [p.to_json() for p in places(partial)],
        "open": len(partial.frontier),
        "place": None if place is None else list(place),
        "cards": [card.to_json() for card in shown],
        "note": note,
        "done": partial.done,
        "summary": "" if count is None else remaining_words(count, partial.done),
        "exact": "" if count is None else exactly(count),
        "steps": len(way),
        "way": [_told(partial, step) for step in way[-LISTED:]],
        "python": python_of(partial, arch),
    }


def _told(partial: Partial, step: Step) -> list[str]:
    body = partial.grammar.rules[step.nonterminal][step.production].body.text
    return [position_text(step.position), step.nonterminal, body if len(body) <= SHOWN else body[:SHOWN] + "…"]


def python_of(partial: Partial, arch: Architecture | None = None) -> str:
    """Return lines of Python that make this partial derivation in ``space``."""
    first, way = versions(partial)[0], steps(partial)
    lines = [_beginning(first)]
    if way:
        chosen = ", ".join(f"({step.position!r}, {step.production})" for step in way)
        lines += [f"for place, number in [{chosen}]:", "    partial = partial.expand(place, number)"]
    if arch is not None:
        lines.append(f"arch = space.parse({str(arch)!r})")
    return "\n".join(lines)


def _beginning(first: Partial) -> str:
    if first == Partial.begin(first.grammar):
        return "partial = space.begin()"
    whole = completed(first)
    if whole is not None:
        at = "".join(f", {position!r}" for position in first.frontier)
        return f"partial = space.reopen(space.parse({whole!r}){at})"
    return f"partial = space.begin()  # it began at {str(first)!r}, which no steps are known for"


def completed(first: Partial) -> str | None:
    """Return the text of an architecture that, opened at the open places, gives this partial derivation; None if unknown."""
    with suppress(NasvizError):
        whole = first.complete(np.random.default_rng(0))
        again = Partial.reopen(first.grammar, parse_derivation(first.grammar, whole), first.frontier)
        if again == first:
            return str(whole)
    return None


def costs_of(spans: Mapping[int, Ranged], quantity: str) -> dict[str, Any]:
    """Return the fewest and most parameters (or FLOPs) of each card and of the whole (number -1), in words."""
    noun = {"parameters": "parameters", "flops": "FLOPs"}[quantity]

    def words(span: Ranged) -> str:
        return "cannot be built" if span.empty else f"{between(span.least, span.greatest, span.attained)} {noun}"

    loose = any(not all(span.attained) for span in spans.values() if not span.empty)
    tip = f"Fewest and most {noun} of what remains, exact. {CONVENTIONS[quantity]}"
    if loose:
        tip += " ≥ and ≤ mark bounds that no known architecture reaches: a shared nonterminal stands at several places."
    return {
        "note": "",
        "tip": tip,
        "whole": words(spans[-1]) if -1 in spans else "",
        "cards": {str(k): words(span) for k, span in spans.items() if k >= 0},
    }
