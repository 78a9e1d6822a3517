"""What the page asks of an architecture that is edited: each answer is short, and every argument is checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from nasviz import numbers
from nasviz.algebra import Position, Term, position_text
from nasviz.errors import NasvizError, TermError
from nasviz.spaces import Architecture
from nasviz.spaces.replacing import LONGEST, Replacing
from nasviz.view.edits import change_words, clipped, count_words, edit_pieces, exact_words, offer_json, ranges_of
from nasviz.widgets.architecture_body import Costs, measure
from nasviz.widgets.difference import body_of
from nasviz.widgets.editing import Editing, crossed_words, mutated_words, replaced_words

KEPT = 400
"""Offers that can be taken, at most; the oldest are forgotten."""

DRAWS = 8
"""Mutations that are shown at a time."""

BUDGET = 0.08
"""Seconds that one answer may take to look for more."""

CLOSELY = 60_000
"""Cells that are filled at most to tell what stays in the one edit that is looked at."""

_QUERY = 200


class Offered:
    """An edit that was shown and can be taken.

    Attributes
    ----------
    arch
        What comes of it.
    words
        What it does.
    position
        Where the shown term changes, or None where it is not one place.
    old, new
        The subterms that differ.
    """

    def __init__(self, arch: Architecture, words: str, position: Position | None, old: Term, new: Term) -> None:
        self.arch, self.words, self.position, self.old, self.new = arch, words, position, old, new


class EditingCommands(Editing):
    """The commands of the page that edit."""

    def __init__(self, **kwargs: Any) -> None:
        self._offers: dict[str, Offered] = {}
        super().__init__(**kwargs)

    def _offer(self, name: str, how: str, offered: Offered) -> dict[str, Any]:
        place = "any" if offered.position is None else "-".join(map(str, offered.position))
        key = f"{name}:{place}:{offered.arch.key}"
        self._offers.pop(key, None)
        while len(self._offers) >= KEPT:
            self._offers.pop(next(iter(self._offers)))
        self._offers[key] = offered
        return offer_json(key, how, offered.old, offered.new)

    def _offered(self, key: object) -> Offered:
        found = self._offers.get(key) if isinstance(key, str) else None
        if found is None:
            raise NasvizError("this edit is no longer offered: open the list again")
        return found

    # ---- lists

    def do_replacements(self, body: dict[str, Any]) -> dict[str, Any]:
        """What may stand at a position, and what a typed text would give there."""
        arch, position, query = self._shown(), checked_position(body.get("position")), checked_text(body.get("query", ""))
        wanted = body.get("nonterminal")
        there = arch.space.replacements(arch, position, wanted if isinstance(wanted, str) else None)
        offers = there.offers(query[:_QUERY], seconds=BUDGET, seed=checked_seed(body.get("seed")))
        found = [
            self._offer(
                "replace",
                o.how,
                Offered(o.arch, replaced_words(arch, position, o.subterm.text), position, there.subterm, o.subterm),
            )
            for o in offers
        ]
        return {**self._there(there, len(found), query), "offers": found, **self._typed(there, query)}

    def _there(self, there: Replacing, shown: int, query: str) -> dict[str, Any]:
        arch = there.arch
        total = there.count()
        words = count_words(total if not query.strip() else None, shown, "replacement")
        return {
            "ranges": ranges_of(arch.term, there.nodes),
            "nonterminal": self._hued(there.nonterminal),
            "nonterminals": [self._hued(name) for name in arch.derivation.labels[there.nodes[0]]],
            "expected": there.expected,
            "reason": there.reason,
            "nearest": list(there.nearest),
            "count": words + (" with this text" if query.strip() else ""),
            "exact": exact_words(total),
            "shared": len(there.nodes) if len(there.nodes) > 1 else 0,
        }

    def _hued(self, name: str | None) -> list[Any] | None:
        if name is None:
            return None
        names = self._shown().derivation.nonterminals
        return [name, names.index(name) if name in names else 0]

    def _typed(self, there: Replacing, text: str) -> dict[str, Any]:
        if not text.strip():
            return {"typed": None, "fault": None}
        try:
            found = there.typed(text)
        except TermError as error:
            return {"typed": None, "fault": fault_json(error)}
        if found.arch == there.arch:
            return {"typed": None, "fault": {"message": "This is what stands there.", "excerpt": "", "hint": "", "at": 0}}
        words = replaced_words(there.arch, there.position, found.subterm.text)
        return {
            "typed": self._offer("replace", "typed", Offered(found.arch, words, there.position, there.subterm, found.subterm)),
            "fault": None,
        }

    def do_mutations(self, body: dict[str, Any]) -> dict[str, Any]:
        """What a mutation would give, at a position or anywhere: some draws."""
        arch, raw = self._shown(), body.get("position")
        position = None if raw is None else checked_position(raw)
        space, node = arch.space, 0
        if position is not None:
            there = space.replacements(arch, position)
            if there.nonterminal is None:
                return {
                    "offers": [],
                    "ranges": ranges_of(arch.term, there.nodes),
                    "note": there.reason,
                    "nearest": list(there.nearest),
                }
            node = there.nodes[0]
            ranges = ranges_of(arch.term, there.nodes)
        elif space.drawn_grammar is None:
            return {
                "offers": [],
                "ranges": [],
                "note": "The free space has no grammar to draw from: replace a subterm instead.",
                "nearest": [],
            }
        else:
            ranges = ranges_of(arch.term, [0])
        seed = checked_seed(body.get("seed"))
        draws = _drawn(lambda k: space.mutate(arch, None if seed is None else seed * DRAWS + k, position), arch)
        found = [
            self._offer(
                "mutate", "drawn", Offered(a, mutated_words(position), position, arch.term.subterm(node), a.term.subterm(node))
            )
            for a in draws
        ]
        where = "anywhere" if position is None else f"at {position_text(position)}"
        drawn = f"{len(found)} draw{'s' if len(found) > 1 else ''} {where}"
        note = drawn if found else f"A mutation {where} gives the same architecture: there is no choice."
        return {"offers": found, "ranges": ranges, "note": note, "nearest": list(position or ())}

    def do_partners(self, body: dict[str, Any]) -> dict[str, Any]:
        """The architectures that are known to cross over with."""
        return {"partners": [{"key": arch.key, "text": clipped(str(arch)), "from": source} for arch, source in self.partners()]}

    def do_crossings(self, body: dict[str, Any]) -> dict[str, Any]:
        """Where equal nonterminals meet in the shown architecture and another one, and what an exchange gives."""
        arch, raw = self._shown(), body.get("position")
        position = None if raw is None else checked_position(raw)
        try:
            other = self._partner_of(body)
        except TermError as error:
            return {"fault": fault_json(error)}
        crossing = arch.space.crossings(arch, other)
        pairs = crossing.exchanges(position, seconds=BUDGET, seed=checked_seed(body.get("seed")))
        total = crossing.total(position)
        return {
            "fault": None,
            "text": other.term.text,
            "meetings": [
                [self._hued(m.nonterminal), ranges_of(arch.term, m.here), ranges_of(other.term, m.there)]
                for m in crossing.meetings
            ],
            "pairs": [self._pair(arch, other, pair) for pair in pairs],
            "count": _pairs_words(len(pairs), total),
            "reason": "" if pairs else _why_none(crossing.reason, position),
        }

    def _pair(self, arch: Architecture, other: Architecture, pair: Any) -> dict[str, Any]:
        here, there = (a.term.index(p[0]) for a, p in ((arch, pair.here), (other, pair.there)))
        old, new = arch.term.subterm(here), other.term.subterm(there)
        mine, theirs = pair.here[0], pair.there[0]
        words, name = crossed_words(mine, theirs), f"cross {theirs}"
        first = self._offer(name, "first", Offered(pair.first, words, mine, old, pair.first.term.subterm(here)))
        second = self._offer(
            name, "second", Offered(pair.second, f"the other child, {words}", None, new, pair.second.term.subterm(there))
        )
        return {
            "first": first,
            "second": second,
            "nonterminal": self._hued(pair.nonterminal),
            "here": list(mine),
            "there": list(theirs),
            "old": clipped(old.text),
            "new": clipped(new.text),
            "ranges": ranges_of(arch.term, [arch.term.index(p) for p in pair.here]),
            "others": ranges_of(other.term, [other.term.index(p) for p in pair.there]),
        }

    def _partner_of(self, body: dict[str, Any]) -> Architecture:
        key, text = body.get("key"), body.get("text")
        if isinstance(text, str):
            return self.partner(checked_text(text))
        found = next((arch for arch, _ in self.partners() if arch.key == key), None)
        if found is None:
            raise NasvizError("the architecture to cross over with is not known here: paste its term")
        return self.partner(found)

    # ---- one of them

    def do_preview(self, body: dict[str, Any]) -> dict[str, Any]:
        """What goes and comes in an edit that is too long to travel with the list."""
        offered = self._offered(body.get("key"))
        return {"pieces": edit_pieces(offered.old, offered.new, CLOSELY)}

    def do_measure(self, body: dict[str, Any]) -> dict[str, Any]:
        """What some edits cost, as many as there is time for; the page asks for the rest."""
        keys = body.get("keys")
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise NasvizError("the edits to measure are a list of keys")
        base, end, found = self._base(), time.perf_counter() + BUDGET, dict[str, Any]()
        for key in keys[:KEPT]:
            offered = self._offers.get(key)
            found[key] = None if offered is None else _priced(base, measure(offered.arch))
            if time.perf_counter() > end:
                break
        return {"costs": found}

    def _base(self) -> Costs:
        costs: Costs = self._costs
        return costs if costs.rows else measure(self._shown())

    _costs: Costs

    def do_apply(self, body: dict[str, Any]) -> None:
        """Take an edit that was offered."""
        offered = self._offered(body.get("key"))
        self._go(offered.arch, offered.words, offered.position)

    # ---- steps and the pin

    def do_back(self, body: dict[str, Any]) -> None:
        """The button Undo, the key Backspace."""
        self.undo()

    def do_forward(self, body: dict[str, Any]) -> None:
        """The button Redo, Shift and Backspace."""
        self.redo()

    def do_step(self, body: dict[str, Any]) -> None:
        """Go so many steps forward in the history, or back."""
        by = body.get("by")
        if not isinstance(by, int) or isinstance(by, bool) or not -len(self._past) <= by <= len(self._future):
            raise NasvizError("there is no such step in the history")
        for _ in range(abs(by)):
            (self.redo if by > 0 else self.undo)()

    def do_pin(self, body: dict[str, Any]) -> None:
        """Pin what is shown; take the pin away where it is pinned. The key p."""
        self.pinned = None if body.get("off") is True or self.pinned == self._shown() else self._shown()

    def do_difference(self, body: dict[str, Any]) -> dict[str, Any]:
        """What changes from the pinned architecture to the shown one. The key d."""
        found = self.difference
        return {**body_of(found), "summary": list(found.summary)}


def _drawn(draw: Callable[[int], Architecture], arch: Architecture) -> Sequence[Architecture]:
    end, found = time.perf_counter() + BUDGET, dict[str, Architecture]()
    for k in range(4 * DRAWS):
        child = draw(k)
        if child != arch:
            found[child.key] = child
        if len(found) == DRAWS or time.perf_counter() > end:
            break
    return list(found.values())


def _priced(base: Costs, costs: Costs) -> dict[str, Any]:
    """What an edit costs: the change, or why what comes of it cannot be built."""
    if costs.error is not None:
        return {"words": "cannot be built", "fault": costs.error.message, "parameters": None, "flops": None}
    if not costs.rows:
        return {"words": "", "fault": "", "parameters": None, "flops": None}
    parameters, flops = costs.parameters, costs.flops
    if base.error is not None or not base.rows:
        words = f"{numbers.parameters(parameters)} · {numbers.flops(flops)}"
        return {"words": words, "fault": "", "parameters": parameters, "flops": flops}
    words = [change_words(base.parameters, parameters, "parameters"), change_words(base.flops, flops, "FLOPs")]
    same = base.parameters == parameters and base.flops == flops
    return {
        "words": "same cost" if same else " · ".join(words),
        "fault": "",
        "parameters": parameters - base.parameters,
        "flops": flops - base.flops,
    }


def _pairs_words(shown: int, total: int) -> str:
    if not shown:
        return "no exchange"
    noun = f"pair{'' if shown == 1 else 's'} of places"
    return f"{shown} of {numbers.grouped(total)} pairs of places" if total > shown else f"{shown} {noun}"


def _why_none(reason: str, position: Position | None) -> str:
    if position is None or reason:
        return reason or "No exchange was found in the time there is: draw again."
    why = "no nonterminal that begins there occurs in the other, or all is equal"
    return f"Nothing can be exchanged at {position_text(position)}: {why}."


def checked_position(value: object) -> Position:
    """Return a position that the page sent.

    Raises
    ------
    NasvizError
        If it is none.
    """
    if not isinstance(value, list) or not all(isinstance(k, int) and not isinstance(k, bool) and k >= 0 for k in value):
        raise NasvizError("a position is a list of child indices")
    return tuple(value)


def checked_text(value: object) -> str:
    """Return a text that the page sent.

    Raises
    ------
    NasvizError
        If it is none, or longer than 100,000 characters.
    """
    if not isinstance(value, str):
        raise NasvizError("a term is typed as text")
    if len(value) > LONGEST:
        raise NasvizError(f"a text of {len(value):,} characters was sent; at most {LONGEST:,} are read here")
    return value


def checked_seed(value: object) -> int | None:
    """Return a seed that the page sent, None where it sent none.

    Raises
    ------
    NasvizError
        If it is no whole number from 0 to 2^53.
    """
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 2**53:
        raise NasvizError("a seed is a whole number from 0 on")
    return value


def fault_json(error: TermError) -> dict[str, Any]:
    """Return what is wrong with a typed text, for the page."""
    return {"message": error.message, "excerpt": error.excerpt if error.text else "", "hint": error.hint, "at": error.start}
