"""The way to a partial derivation: which choices were made, in order, and which nonterminal each node comes from."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from nasviz.algebra import Nonterminal, Position
from nasviz.errors import NasvizError
from nasviz.grammar.derivation import Derivation, derivation_tree, parse_derivation
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.sampling import Law, sample
from nasviz.grammar.stepping import Partial


@dataclass(frozen=True)
class Step:
    """One choice.

    Attributes
    ----------
    position
        The open place, in the term before the choice.
    nonterminal
        What stood there.
    production
        Number of the production that was chosen.
    """

    position: Position
    nonterminal: str
    production: int


def versions(partial: Partial) -> list[Partial]:
    """Return the partial derivations on the way, the first one first, `partial` last."""
    found = [partial]
    while found[-1].before is not None:
        found.append(found[-1].before)
    return found[::-1]


def steps(partial: Partial) -> list[Step]:
    """Return the choices on the way to a partial derivation, in order; those before a derivation was opened are not known.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort
    >>> from nasviz.grammar import Grammar
    >>> f = Operator("f", (Sort.MAP, Sort.MAP))
    >>> g = Grammar.parse("S ::= f(A, A)\\nA ::= x | y", [f, *map(Operator, "xy")])
    >>> steps(Partial.begin(g).expand((), 0).expand((1,), 1))[1]
    Step(position=(1,), nonterminal='A', production=1)
    """
    return [_change(before, after)[2] for before, after in itertools.pairwise(versions(partial))]


def retrace(partial: Partial, choices: Iterable[Step]) -> Partial:
    """Return a partial derivation after some choices.

    Raises
    ------
    NasvizError
        If one of them is not possible.
    """
    for step in choices:
        partial = partial.expand(step.position, step.production)
    return partial


def adapt(partial: Partial, grammar: Grammar) -> Partial:
    """Return the derivation of another grammar by the same choices, up to the first one that it does not have.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort
    >>> f, x, y = Operator("f", (Sort.MAP, Sort.MAP)), Operator("x"), Operator("y")
    >>> old = Grammar.parse("S ::= f(A, A)\\nA ::= x | y", [f, x, y])
    >>> new = Grammar.parse("S ::= x | f(A, A)\\nA ::= y", [f, x, y])
    >>> str(adapt(Partial.begin(old).expand((), 0).expand((1,), 1).expand((0,), 0), new))
    'f(A, y)'
    """
    again = Partial.begin(grammar)
    for step in steps(partial):
        text = partial.grammar.rules[step.nonterminal][step.production].body.text
        try:
            there = again.productions(step.position)
        except NasvizError:
            return again
        number = next((k for k, p in enumerate(there) if p.lhs == step.nonterminal and p.body.text == text), None)
        if number is None:
            return again
        again = again.expand(step.position, number)
    return again


def _change(before: Partial, after: Partial) -> tuple[int, int, Step]:
    """Part and node of a choice, and the choice; kept with the later version, as a cached property is."""
    known: tuple[int, int, Step] | None = after.__dict__.get("_change")
    if known is None:
        pairs = zip((before.macro, *before.draws), (after.macro, *after.draws), strict=True)
        part, (old, new) = next((k - 1, pair) for k, pair in enumerate(pairs) if pair[0] != pair[1])
        node = next(i for i in range(len(old)) if old.operators[i] != new.operators[i])
        name, grown = old.operators[node].name, new.subterm(node)
        number = next(k for k, p in enumerate(before.grammar.rules[name]) if p.body == grown)
        position = before.term.position(before.sources.index((part, node)))
        known = after.__dict__["_change"] = (part, node, Step(position, name, number))
    return known


def labels(partial: Partial) -> list[tuple[str, ...]]:
    """Return for each node of the term the nonterminals that were expanded there, outermost first.

    Where the way does not begin at the start (:meth:`Partial.reopen`) they are those of the first derivation of a completion.
    """
    way = versions(partial)
    parts = _labels_before(way[0])
    for before, after in itertools.pairwise(way):
        part, node, step = _change(before, after)
        body = before.grammar.rules[step.nonterminal][step.production].body
        here = parts[part + 1]
        here[node : node + 1] = [(*here[node], step.nonterminal), *[()] * (len(body) - 1)]
    found: list[tuple[str, ...]] = []
    leaves = _leaf_labels(partial, parts)
    for part, node in partial.sources:
        own = parts[part + 1][node]
        found.append((*leaves.get(part, ()), *own) if node == 0 and part >= 0 else own)
    return found


def _leaf_labels(partial: Partial, parts: list[list[tuple[str, ...]]]) -> dict[int, tuple[str, ...]]:
    """The nonterminals that were expanded at the leaf of a shared draw, where all uses agree."""
    shared = {name: s for s, name in enumerate(partial.grammar.shared)}
    found: dict[int, set[tuple[str, ...]]] = {}
    for term, names in zip((partial.macro, *partial.draws), parts, strict=True):
        for i in term.nonterminals():
            if term.operators[i].name in shared:
                found.setdefault(shared[term.operators[i].name], set()).add(names[i])
    return {s: rows.pop() for s, rows in found.items() if len(rows) == 1}


def _labels_before(first: Partial) -> list[list[tuple[str, ...]]]:
    parts: list[list[tuple[str, ...]]] = [[()] * len(term) for term in (first.macro, *first.draws)]
    if len(first.term) > 1 or not isinstance(first.term.operators[0], Nonterminal):
        with suppress(NasvizError):
            whole = first.complete(np.random.default_rng(0))
            rows = derivation_tree(first.grammar, parse_derivation(first.grammar, whole)).labels
            for i, (part, node) in enumerate(first.sources):
                if not isinstance(first.term.operators[i], Nonterminal):
                    parts[part + 1][node] = tuple(rows[whole.index(first.term.position(i))])
    return parts


def complete(
    partial: Partial,
    rng: np.random.Generator,
    law: Law = "productions",
    *,
    max_height: int | None = None,
    max_size: int | None = None,
    factor: float | None = None,
) -> Partial:
    """Draw all open choices by a law, one after another; see :func:`nasviz.grammar.sample`. The way is kept.

    Raises
    ------
    NasvizError
        As `sample`.
    """
    drawn = sample(partial.completions(), rng, law, max_height=max_height, max_size=max_size, factor=factor)
    waiting = _numbers(partial, drawn)
    while not partial.done:
        i = partial.term.nonterminals()[0]
        partial = partial.expand(partial.term.position(i), next(waiting[partial.sources[i][0] + 1]))
    return partial


def _numbers(partial: Partial, drawn: Derivation) -> list[Iterator[int]]:
    """The production numbers of each part, in preorder, without those that stand for what was chosen before."""
    parts = [drawn.macro[1:]]
    for name, numbers, draw in zip(partial.grammar.shared, drawn.draws, partial.draws, strict=True):
        op = draw.operators[0]
        begun = len(draw) > 1 or not isinstance(op, Nonterminal) or op.name != name
        parts.append(numbers[1:] if begun else numbers)
    return [iter(numbers) for numbers in parts]
