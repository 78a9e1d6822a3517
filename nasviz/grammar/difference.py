"""The difference of two grammars, production by production, and what it does to the space."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from nasviz.algebra import Nonterminal, Term
from nasviz.errors import TermError
from nasviz.grammar.checks import Production
from nasviz.grammar.counting import AtMost, Count, What, count, log10_of
from nasviz.grammar.derivation import parse_derivation
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.notation import print_symbols

_ROUNDS = 50
_LINES = 60


class HasTerm(Protocol):
    """Something with a term, such as an architecture."""

    @property
    def term(self) -> Term:
        """The term."""
        ...


@dataclass(frozen=True, repr=False)
class Difference:
    """What changed from one grammar to another.

    Attributes
    ----------
    old, new
        The two grammars.
    renamed
        Nonterminals with other names but equal bodies, as (old name, new name).
    added
        Productions that only the new grammar has; a nonterminal that is new brings all of its own.
    removed
        Productions that only the old grammar has.
    changed
        Productions whose probability changed, as (old, new).
    notes
        Sentences on the start, shared nonterminals and constraints that changed.
    """

    old: Grammar
    new: Grammar
    renamed: tuple[tuple[str, str], ...]
    added: tuple[Production, ...]
    removed: tuple[Production, ...]
    changed: tuple[tuple[Production, Production], ...]
    notes: tuple[str, ...] = ()
    counter: Callable[[Grammar, What], Count] = field(default=count, compare=False)

    @property
    def empty(self) -> bool:
        """Whether nothing changed but names of nonterminals."""
        return not (self.added or self.removed or self.changed or self.notes)

    @cached_property
    def terms(self) -> tuple[Count, Count]:
        """Numbers of distinct terms before and after."""
        return self.counter(self.old, "terms"), self.counter(self.new, "terms")

    @cached_property
    def derivations(self) -> tuple[Count, Count]:
        """Numbers of derivations before and after."""
        return self.counter(self.old, "derivations"), self.counter(self.new, "derivations")

    def still_derives(self, terms: Iterable[Term | HasTerm]) -> list[bool]:
        """Return for each term, or architecture, whether the new grammar derives it."""
        return [_derives(self.new, t if isinstance(t, Term) else t.term) for t in terms]

    def __str__(self) -> str:
        rows = [f"~ {a} is now {b}" for a, b in self.renamed]
        rows += [f"- {production}" for production in self.removed]
        rows += [f"+ {production}" for production in self.added]
        rows += [f"* {b}: probability {a.weight:.4g} -> {b.weight:.4g}" for a, b in self.changed]
        rows += [f"! {note}" for note in self.notes]
        shown = [row if len(row) <= 160 else row[:159] + "…" for row in rows[:_LINES]]
        if len(rows) > _LINES:
            shown.append(f"and {len(rows) - _LINES} more")
        head = "no production differs" if self.empty else _head(self)
        counts = [f"{what}: {count_text(a)} -> {count_text(b)}" for what, (a, b) in self._counts().items()]
        return "\n".join([head, *shown, *counts])

    __repr__ = __str__

    def _counts(self) -> dict[str, tuple[Count, Count]]:
        return {"distinct terms": self.terms, "derivations": self.derivations}

    def to_json(self) -> dict[str, Any]:
        """Return the difference as JSON data; counts are decimal text, "inf", or "at most …"."""
        return {
            "v": 1,
            "kind": "difference",
            "old": self.old.fingerprint,
            "new": self.new.fingerprint,
            "renamed": [list(pair) for pair in self.renamed],
            "added": [_production_json(p) for p in self.added],
            "removed": [_production_json(p) for p in self.removed],
            "changed": [{**_production_json(b), "old_probability": a.weight} for a, b in self.changed],
            "notes": list(self.notes),
            "terms": [count_json(n) for n in self.terms],
            "derivations": [count_json(n) for n in self.derivations],
        }


def difference(old: Grammar, new: Grammar, counter: Callable[[Grammar, What], Count] = count) -> Difference:
    """Return what changed from `old` to `new`.

    Parameters
    ----------
    old, new
        Two grammars.
    counter
        Counts "terms" or "derivations" of a grammar; called only when counts are asked for.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort
    >>> operators = [Operator("f", (Sort.MAP, Sort.MAP)), Operator("x"), Operator("y")]
    >>> old = Grammar.parse("S ::= f(A, A)\\nA ::= x", operators)
    >>> difference(old, Grammar.parse("S ::= f(B, B) | B\\nB ::= x", operators))
    1 production added
    ~ A is now B
    + S ::= B
    * S ::= f(B, B): probability 1 -> 0.5
    distinct terms: 1 -> 2
    derivations: 1 -> 2
    """
    renaming = _renamed(old, new)
    added: list[Production] = []
    removed: list[Production] = []
    changed: list[tuple[Production, Production]] = []
    back = {b: a for a, b in renaming.items()}
    for name, productions in old.rules.items():
        if renaming.get(name, name) not in new.rules:
            removed += productions
    for name, productions in new.rules.items():
        before = back.get(name, name)
        if before not in old.rules:
            added += productions
            continue
        waiting: dict[str, list[Production]] = {}
        for p in old.rules[before]:
            waiting.setdefault(_text(p.body, renaming), []).append(p)
        for p in productions:
            same = waiting.get(p.body.text, [])
            if not same:
                added.append(p)
                continue
            partner = min(same, key=lambda q: abs(q.weight - p.weight))
            same.remove(partner)
            if abs(partner.weight - p.weight) > 1e-9:
                changed.append((partner, p))
        removed += [p for rest in waiting.values() for p in rest]
    notes = (*_notes(old, new, renaming), *_operators(old, new))
    return Difference(old, new, tuple(renaming.items()), tuple(added), tuple(removed), tuple(changed), notes, counter)


def _renamed(old: Grammar, new: Grammar) -> dict[str, str]:
    """Nonterminals that only one grammar has and whose bodies agree, found by refining classes of equal bodies."""
    gone = [name for name in old.rules if name not in new.rules]
    come = [name for name in new.rules if name not in old.rules]
    if not gone or not come:
        return {}
    classes = {(side, name): "?" for side, names in ((0, gone), (1, come)) for name in names}
    found = 1
    for _ in range(_ROUNDS):
        numbers: dict[tuple[str, ...], str] = {}
        following: dict[tuple[int, str], str] = {}
        for side, name in classes:
            grammar = new if side else old
            known = {n: f"?{classes[side, n]}" for n in (come if side else gone)}
            key = tuple(sorted(_text(p.body, known) for p in grammar.rules[name]))
            following[side, name] = numbers.setdefault(key, str(len(numbers)))
        classes = following
        if len(numbers) == found:
            break
        found = len(numbers)
    partners: dict[str, list[str]] = {}
    for name in come:
        partners.setdefault(classes[1, name], []).append(name)
    result: dict[str, str] = {}
    for name in gone:
        same = partners.get(classes[0, name], [])
        if same:
            result[name] = same.pop(0)
    return result


def _text(body: Term, renaming: dict[str, str]) -> str:
    """A body with nonterminals renamed."""
    names = [renaming.get(op.name, op.name) if isinstance(op, Nonterminal) else op.name for op in body.operators]
    return print_symbols(names, body.arity.tolist())


def _notes(old: Grammar, new: Grammar, renaming: dict[str, str]) -> list[str]:
    found: list[str] = []
    if renaming.get(old.start, old.start) != new.start:
        found.append(f"the start was {old.start}, is {new.start}")
    before, after = [renaming.get(name, name) for name in old.shared], list(new.shared)
    found += [f"{name} is shared now" for name in after if name not in before]
    found += [f"{name} is shared no more" for name in before if name not in after and name in new.rules]
    found += [f"require {r} is new" for r in new.requires if r not in old.requires]
    found += [f"require {r} is gone" for r in old.requires if r not in new.requires]
    return found


def _operators(old: Grammar, new: Grammar) -> list[str]:
    before = {op.name: op.declaration() for op in old.operators}
    changed = [op.name for op in new.operators if op.name in before and before[op.name] != op.declaration()]
    return [f"the operator {name} is declared otherwise" for name in changed]


def _head(found: Difference) -> str:
    parts = [(len(found.added), "added"), (len(found.removed), "removed"), (len(found.changed), "")]
    words = [f"{n} production{'s' * (n > 1)} {word}" for n, word in parts if n and word]
    if not words and found.changed:
        words = [f"{len(found.changed)} probabilities changed" if len(found.changed) > 1 else "1 probability changed"]
    return ", ".join(words) or "no production differs, but:"


def _derives(grammar: Grammar, term: Term) -> bool:
    try:
        parse_derivation(grammar, term)
    except TermError:
        return False
    return True


def _production_json(production: Production) -> dict[str, Any]:
    return {"nonterminal": production.lhs, "body": production.body.text, "probability": production.weight}


def count_text(n: Count) -> str:
    """Return a count as people read it: with commas, as a power of ten when long.

    >>> count_text(15625), count_text(10**30), count_text(math.inf)
    ('15,625', '10^30.00', 'endlessly many')
    """
    if isinstance(n, AtMost):
        return str(n)
    if n == math.inf:
        return "endlessly many"
    return f"{n:,}" if n < 10**15 else f"10^{log10_of(n):.2f}"


def count_json(n: Count) -> str:
    """Return a count as text that JSON keeps exactly: digits, "inf" or "at most …"."""
    if isinstance(n, AtMost):
        return str(n)
    return "inf" if n == math.inf else _digits(int(n))


def _digits(n: int) -> str:
    """Decimal digits of an integer of any length; Python itself refuses beyond 4,300."""
    if n < 10**4000:
        return str(n)
    half = int(log10_of(n) / 2)
    high, low = divmod(n, 10**half)
    return _digits(high) + _digits(low).rjust(half, "0")
