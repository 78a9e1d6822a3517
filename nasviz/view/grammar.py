"""A grammar as plain data to draw: how large it is, what each nonterminal adds, and what an edit has changed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nasviz import numbers
from nasviz.grammar import AtMost, Count, Grammar, count, counts_by_nonterminal, log10_of
from nasviz.grammar.difference import Difference, difference
from nasviz.view.term import HUES

HEIGHT = 6
"""Height up to which endless spaces are counted."""

SHOWN = 120
"""Longest name or rule that is sent to be drawn, in characters; longer ones are cut."""

EDITS = 8
"""Edited productions that are listed."""

_DIGITS = 6000


@dataclass(frozen=True)
class CountInfo:
    """A number of things, written.

    Attributes
    ----------
    text
        "2 401", "10^375.85", "∞ · 1 234 up to height 6", "at most 10^4.20".
    exact
        All digits, to copy; "" where there are none, or more than 6,000.
    log10
        Decimal logarithm; infinite for an endless space.
    why
        One sentence: what the number counts.
    """

    text: str
    exact: str
    log10: float
    why: str


@dataclass(frozen=True)
class RuleInfo:
    """What one nonterminal derives.

    Attributes
    ----------
    name
        The nonterminal; cut when it is longer than 120 characters.
    hue
        Number of its colour, 0 … 7.
    turn
        How often the cycle of colours has been gone through before: 0 plain, from 1 on with a pattern.
    text, derivations
        Its numbers of terms and of derivations, written.
    log10
        Decimal logarithm of its number of terms; None for an endless one or none at all.
    length
        Length of its bar relative to the longest, 0 … 1: by decimal logarithm, 1 for an endless one.
    before
        Length of the bar in the version that it is compared with, at most 1; None where it is not known or the same.
    endless
        Whether it derives endlessly many terms.
    sort
        What it derives: "map", "merge", "int" or "float".
    rule
        Its alternatives; cut.
    users
        The nonterminals whose rules use it.
    """

    name: str
    hue: int
    turn: int
    text: str
    derivations: str
    log10: float | None
    length: float
    before: float | None
    endless: bool
    sort: str
    rule: str
    users: tuple[str, ...]


@dataclass(frozen=True)
class GrammarInfo:
    """What a view of a grammar draws.

    Attributes
    ----------
    terms, derivations
        Counts of distinct architectures and of ways to derive them.
    rules
        One entry for each nonterminal, in the order of the grammar.
    change, change_derivations
        The changes against another version in words, "" without one.
    edits
        The productions that were added ("+ …"), removed ("− …") or given another probability by themselves; at most 8 and one
        that counts the rest.
    """

    terms: CountInfo
    derivations: CountInfo
    rules: tuple[RuleInfo, ...]
    change: str
    change_derivations: str
    edits: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the data as JSON."""
        return {
            "terms": self.terms.__dict__,
            "derivations": self.derivations.__dict__,
            "rules": [rule.__dict__ for rule in self.rules],
            "change": self.change,
            "change_derivations": self.change_derivations,
            "edits": list(self.edits),
        }


@dataclass(frozen=True)
class Sizes:
    """How many terms and derivations each nonterminal of a grammar has; to be counted once for each version.

    Attributes
    ----------
    grammar
        The grammar.
    terms, derivations
        Counts by nonterminal.
    """

    grammar: Grammar
    terms: Mapping[str, Count]
    derivations: Mapping[str, Count]

    @classmethod
    def of(cls, grammar: Grammar) -> Sizes:
        """Count."""
        return cls(grammar, counts_by_nonterminal(grammar), counts_by_nonterminal(grammar, "derivations"))


def grammar_info(grammar: Grammar | Sizes, before: Grammar | Sizes | None = None, height: int = HEIGHT) -> GrammarInfo:
    """Return what a view of `grammar` draws.

    Parameters
    ----------
    grammar
        The grammar, or its sizes when they were counted before.
    before
        The version to compare with, or None.
    height
        Endless spaces are also counted up to this height; a single operator has height 1.
    """
    now = grammar if isinstance(grammar, Sizes) else Sizes.of(grammar)
    old = Sizes.of(before) if isinstance(before, Grammar) else before
    start = now.grammar.start
    return GrammarInfo(
        terms=_info(now.grammar, "terms", now.terms[start], height),
        derivations=_info(now.grammar, "derivations", now.derivations[start], height),
        rules=_rules(now, old),
        change="" if old is None else change(old, now, height),
        change_derivations="" if old is None else change(old, now, height, "derivations"),
        edits=() if old is None else _edits(difference(old.grammar, now.grammar)),
    )


def _rules(now: Sizes, old: Sizes | None) -> tuple[RuleInfo, ...]:
    logs = {name: log10_of(n) for name, n in now.terms.items()}
    past = {} if old is None else {name: log10_of(n) for name, n in old.terms.items()}
    longest = max((log for log in [*logs.values(), *past.values()] if log != math.inf), default=0.0) or 1.0
    users: dict[str, dict[str, None]] = {name: {} for name in logs}
    for name, productions in now.grammar.rules.items():
        for used in {u: None for p in productions for u in p.nonterminals}:
            users[used][name] = None
    return tuple(
        RuleInfo(
            name=cut(name),
            hue=k % HUES,
            turn=k // HUES,
            text=_written(now.terms[name]),
            derivations=_written(now.derivations[name]),
            log10=log if math.isfinite(log) else None,
            length=_length(log, longest),
            before=_length(past[name], longest) if name in past and past[name] != log else None,
            endless=log == math.inf,
            sort=str(now.grammar.sorts[name]),
            rule=_rule(now.grammar, name),
            users=tuple(cut(user, 40) for user in list(users[name])[:EDITS]),
        )
        for k, (name, log) in enumerate(logs.items())
    )


def _length(log: float, longest: float) -> float:
    return 1.0 if log == math.inf else min(1.0, max(0.0, log) / longest)


def _rule(grammar: Grammar, name: str) -> str:
    text = ""
    for production in grammar.rules[name]:
        text += f"{' | ' if text else ''}{cut(production.body.text)}"
        if len(text) > SHOWN:
            return cut(text)
    return text


def _edits(found: Difference) -> tuple[str, ...]:
    rows = [f"{cut(a, 40)} is now {cut(b, 40)}" for a, b in found.renamed]
    rows += [f"+ {cut(str(p))}" for p in found.added] + [f"{numbers.MINUS} {cut(str(p))}" for p in found.removed]
    busy = {p.lhs for p in (*found.added, *found.removed)}
    rows += [f"{cut(str(b))}: probability {a.weight:.3g} → {b.weight:.3g}" for a, b in found.changed if b.lhs not in busy]
    rows += [cut(note) for note in found.notes]
    more = len(rows) - EDITS
    return tuple(rows) if more <= 1 else (*rows[:EDITS], f"and {more} more")


def cut(text: str, length: int = SHOWN) -> str:
    """Return a text as it is drawn: its beginning and … when it is longer than `length` characters.

    >>> cut("Linear", 4)
    'Lin…'
    """
    return text if len(text) <= length else text[: length - 1] + "…"


def change(before: Grammar | Sizes, after: Grammar | Sizes, height: int = HEIGHT, what: Any = "terms") -> str:
    """Return the change in the number of architectures, or of derivations, in words; "" for equal grammars.

    Parameters
    ----------
    before, after
        Two versions of a grammar.
    height
        Two endless spaces are compared up to this height.
    what
        "terms" or "derivations".
    """
    first = before.grammar if isinstance(before, Sizes) else before
    second = after.grammar if isinstance(after, Sizes) else after
    if first == second:
        return ""
    old, new = (_total(version, what) for version in (before, after))
    noun = "architectures" if what == "terms" else "derivations"
    if log10_of(old) == log10_of(new) == math.inf:
        step = _step(count(first, what, max_height=height), count(second, what, max_height=height), noun)
        return f"{step} up to height {height}"
    if log10_of(new) == math.inf:
        return f"was {_written(old)}, now endless"
    if log10_of(old) == math.inf:
        return f"was endless, now {_written(new)}"
    return _step(old, new, noun)


def _total(version: Grammar | Sizes, what: Any) -> Count:
    if isinstance(version, Grammar):
        return count(version, what)
    sizes = version.terms if what == "terms" else version.derivations
    return sizes[version.grammar.start]


def _step(old: Count, new: Count, noun: str) -> str:
    a, b = log10_of(old), log10_of(new)
    if not isinstance(old, AtMost) and not isinstance(new, AtMost):
        if old == new:
            return f"same number of {noun}"
        if max(old, new) <= numbers.LARGEST_EXACT:
            sign = "+" if new > old else numbers.MINUS
            return f"{sign}{numbers.grouped(abs(int(new) - int(old)))} {noun}"
    return f"{'×' if b >= a else '÷'}{numbers.GAP}10^{abs(b - a):.2f}"


def _written(n: Count) -> str:
    return f"at most {numbers.count(n.n)}" if isinstance(n, AtMost) else numbers.count(n)


def _info(grammar: Grammar, what: Any, n: Count, height: int) -> CountInfo:
    noun = "distinct architectures" if what == "terms" else "derivations: ways to derive an architecture"
    why = f"Number of {noun}. {numbers.CONVENTIONS['count']}"
    if grammar.requires:
        why += f" Only what fulfils {' and '.join(f'require {cut(r, 60)}' for r in grammar.requires[:3])} counts."
    if isinstance(n, AtMost):
        return CountInfo(_written(n), "", log10_of(n), f"An upper bound: {n.reason}.")
    if n == math.inf:
        finite = count(grammar, what, max_height=height)
        text = f"∞ · {_written(finite)} up to height {height}"
        return CountInfo(text, "", math.inf, f"{why} The height of a single operator is 1.")
    exact = numbers.exact(int(n)) if log10_of(n) < _DIGITS else ""
    return CountInfo(_written(n), exact, log10_of(n), why)
