"""A grammar as plain data to draw: how large it is, what each nonterminal adds, and what an edit has changed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from nasviz import numbers
from nasviz.grammar import AtMost, Grammar, count, counts_by_nonterminal, log10_of
from nasviz.view.term import HUES

HEIGHT = 6
"""Height up to which endless spaces are counted."""

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
        The nonterminal.
    hue
        Number of its colour, 0 … 7.
    text
        Its number of terms, written.
    length
        Length of its bar relative to the longest, 0 … 1: by decimal logarithm, 1 for an endless one.
    endless
        Whether it derives endlessly many terms.
    """

    name: str
    hue: int
    text: str
    length: float
    endless: bool


@dataclass(frozen=True)
class GrammarInfo:
    """What a view of a grammar draws.

    Attributes
    ----------
    terms, derivations
        Counts of distinct architectures and of ways to derive them.
    rules
        One entry for each nonterminal, in the order of the grammar.
    change
        The change against another version in words, "" without one.
    """

    terms: CountInfo
    derivations: CountInfo
    rules: tuple[RuleInfo, ...]
    change: str

    def to_json(self) -> dict[str, Any]:
        """Return the data as JSON."""
        return {
            "terms": self.terms.__dict__,
            "derivations": self.derivations.__dict__,
            "rules": [rule.__dict__ for rule in self.rules],
            "change": self.change,
        }


def grammar_info(grammar: Grammar, before: Grammar | None = None, height: int = HEIGHT) -> GrammarInfo:
    """Return what a view of `grammar` draws.

    Parameters
    ----------
    grammar
        The grammar.
    before
        The version to compare with, or None.
    height
        Endless spaces are also counted up to this height; a single operator has height 1.
    """
    sizes = counts_by_nonterminal(grammar)
    logs = {name: log10_of(n) for name, n in sizes.items()}
    longest = max((log for log in logs.values() if log != math.inf), default=0.0) or 1.0
    rules = tuple(
        RuleInfo(
            name=name,
            hue=k % HUES,
            text=_written(n),
            length=1.0 if logs[name] == math.inf else max(0.0, logs[name]) / longest,
            endless=logs[name] == math.inf,
        )
        for k, (name, n) in enumerate(sizes.items())
    )
    return GrammarInfo(
        terms=_info(grammar, "terms", sizes[grammar.start], height),
        derivations=_info(grammar, "derivations", count(grammar, "derivations"), height),
        rules=rules,
        change="" if before is None else change(before, grammar, height),
    )


def change(before: Grammar, after: Grammar, height: int = HEIGHT) -> str:
    """Return the change in the number of architectures in words.

    Parameters
    ----------
    before, after
        Two versions of a grammar.
    height
        Two endless spaces are compared up to this height.
    """
    if before == after:
        return ""
    old, new = count(before), count(after)
    if log10_of(old) == log10_of(new) == math.inf:
        step = _step(count(before, max_height=height), count(after, max_height=height))
        return f"{step} up to height {height}"
    if log10_of(new) == math.inf:
        return f"was {_written(old)}, now endless"
    if log10_of(old) == math.inf:
        return f"was endless, now {_written(new)}"
    return _step(old, new)


def _step(old: int | float | AtMost, new: int | float | AtMost) -> str:
    a, b = log10_of(old), log10_of(new)
    if not isinstance(old, AtMost) and not isinstance(new, AtMost):
        if old == new:
            return "same number of architectures"
        if max(old, new) <= numbers.LARGEST_EXACT:
            sign = "+" if new > old else numbers.MINUS
            return f"{sign}{numbers.grouped(abs(int(new) - int(old)))} architectures"
    return f"{'×' if b >= a else '÷'}{numbers.GAP}10^{abs(b - a):.2f}"


def _written(n: int | float | AtMost) -> str:
    return f"at most {numbers.count(n.n)}" if isinstance(n, AtMost) else numbers.count(n)


def _info(grammar: Grammar, what: Any, n: int | float | AtMost, height: int) -> CountInfo:
    noun = "distinct architectures" if what == "terms" else "derivations: ways to derive an architecture"
    why = f"Number of {noun}. {numbers.CONVENTIONS['count']}"
    if grammar.requires and not isinstance(n, AtMost):
        n = AtMost(n, f"counted without the constraint 'require {grammar.requires[0]}'")
    if isinstance(n, AtMost):
        return CountInfo(_written(n), "", log10_of(n), f"An upper bound: {n.reason}.")
    if n == math.inf:
        finite = count(grammar, what, max_height=height)
        text = f"∞ · {_written(finite)} up to height {height}"
        return CountInfo(text, "", math.inf, f"{why} The height of a single operator is 1.")
    exact = numbers.exact(int(n)) if log10_of(n) < _DIGITS else ""
    return CountInfo(_written(n), exact, log10_of(n), why)
