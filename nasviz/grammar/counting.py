"""Exact counts: derivations and distinct terms, in all or up to a height.

A *derivation* is a sequence of choices of productions; a *term* is what it derives. A production that stands twice, or two ways
to the same term, make more derivations than terms: 10^446.09 against 10^375.85 in hierarchical NAS-Bench-201. Derivations are
sums of products over the rules; terms are counted through a deterministic tree automaton, in which each term has one run.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError
from nasviz.grammar.automaton import SECONDS, STATES, BudgetError
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.normal import NormalForm, within
from nasviz.grammar.product import Product
from nasviz.grammar.sharing import avoidable, draws_of, overlap
from nasviz.grammar.tallies import BITS, DerivationTally, Tally, TermTally, TooLargeError, endless, plus, times

What = Literal["terms", "derivations"]

SHARED = 200
"""Greatest number of shared nonterminals for which counts are exact."""

HIGHEST = 100_000
"""Greatest height up to which terms are counted, and greatest size."""

KEPT = 2_000
"""Greatest height under constraints."""


@dataclass(frozen=True)
class AtMost:
    """An upper bound where the exact number is out of reach, and why.

    >>> print(AtMost(6, "shared languages overlap"))
    at most 6 (shared languages overlap)
    """

    n: int | float
    reason: str

    def __str__(self) -> str:
        n = self.n
        shown = f"10^{log10_of(n):.2f}" if isinstance(n, int) and n.bit_length() > 200 else f"{n}"
        return f"at most {shown} ({self.reason})"


Count = int | float | AtMost
"""An exact int, ``math.inf`` for an endless language, or a bound."""


def log10_of(n: Count) -> float:
    """Return the decimal logarithm of a count of any magnitude; that of the bound for :class:`AtMost`.

    >>> log10_of(10**400), log10_of(math.inf), log10_of(0)
    (400.0, inf, -inf)
    """
    value = n.n if isinstance(n, AtMost) else n
    if value == 0:
        return -math.inf
    return math.inf if value == math.inf else math.log10(value)


def count(
    grammar: Grammar,
    what: What = "terms",
    max_height: int | None = None,
    max_size: int | None = None,
    *,
    states: int = STATES,
    seconds: float = SECONDS,
) -> Count:
    """Count what a grammar derives.

    Parameters
    ----------
    grammar
        The grammar.
    what
        "terms" (distinct) or "derivations" (duplicates included; one factor for each shared draw that is used).
    max_height
        Only terms up to this height; a single operator has height 1.
    max_size
        Only terms of at most so many operators.
    states, seconds
        Budget of the automaton that counts terms, and whatever is counted under constraints or by size.

    Returns
    -------
    int, math.inf or AtMost
        Exact; ``math.inf`` for an endless language; a bound with its reason where the automaton outgrows its budget or the
        languages of shared nonterminals may overlap with others. Only what fulfils the constraints of the grammar counts.

    Raises
    ------
    NasvizError
        If `what` is neither, `max_height` is not in 1 … 100,000 (1 … 2,000 under constraints), `max_size` is not in
        1 … 100,000, or both are given.

    Examples
    --------
    >>> from nasviz.algebra import Operator, Sort
    >>> f = Operator("f", (Sort.MAP, Sort.MAP))
    >>> g = Grammar.parse("S ::= f(A, A)\\nA ::= x | x | y", [f, Operator("x"), Operator("y")])
    >>> count(g), count(g, "derivations")
    (4, 9)
    """
    return Counter(grammar, states, seconds).count(grammar.start, what, max_height, max_size)


def counts_by_nonterminal(grammar: Grammar, what: What = "terms", max_height: int | None = None) -> dict[str, Count]:
    """Return for each nonterminal what `count` would return if it were the start.

    Constraints on the whole term are asked of the start only; those at operators everywhere.

    Raises
    ------
    NasvizError
        As `count`.
    """
    counter = Counter(grammar)
    return {name: counter.count(name, what, max_height) for name in grammar.rules}


Draws = list[tuple[int, bool]]
"""Shared leaves in the order in which they are drawn, and whether a term may do without."""


class Counter:
    """Counts of one grammar that share their work; `count` and `counts_by_nonterminal` use it.

    Parameters
    ----------
    grammar, states, seconds
        As for :func:`count`.
    form
        The part of the normal form on which unconstrained counts work; None for all of it.
    """

    def __init__(
        self, grammar: Grammar, states: int = STATES, seconds: float = SECONDS, form: NormalForm | None = None
    ) -> None:
        self.form = form or grammar.normal_form
        self._grammar = grammar
        self._states = states
        self._seconds = seconds

    def count(self, name: str, what: What = "terms", max_height: int | None = None, max_size: int | None = None) -> Count:
        """Count what the nonterminal `name` derives; see :func:`count`."""
        self._check(what, max_height, max_size)
        if self._grammar.requirements or max_size is not None:
            return self._legal(name, what, max_height, max_size)
        return self._unconstrained(name, what, max_height)

    def _check(self, what: str, max_height: int | None, max_size: int | None) -> None:
        if what not in ("terms", "derivations"):
            raise NasvizError(f"cannot count {what!r}; choose 'terms' or 'derivations'")
        for name, limit in (("max_height", max_height), ("max_size", max_size)):
            if limit is not None and not isinstance(limit, int):  # pyright: ignore[reportUnnecessaryIsInstance]
                whole(limit, name, 1)
        highest = KEPT if self._grammar.requirements else HIGHEST
        if max_height is not None and not 1 <= max_height <= highest:
            raise NasvizError(f"max_height is {max_height}; choose a height from 1 to {highest:,}")
        if max_size is not None and not 1 <= max_size <= HIGHEST:
            raise NasvizError(f"max_size is {max_size}; choose a size from 1 to {HIGHEST:,}")
        if max_height is not None and max_size is not None:
            raise NasvizError("choose max_height or max_size, not both")

    @cached_property
    def _product(self) -> Product:
        if (self._states, self._seconds) == (STATES, SECONDS):
            return self._grammar.product
        return Product(self._grammar, self._states, self._seconds)

    def _legal(self, name: str, what: What, max_height: int | None, max_size: int | None) -> Count:
        """Count through the product with the attributes; the number without constraints bounds what is past its budget."""
        try:
            language = self._product.language(what, name, name == self._grammar.start)
            if max_size is None:
                total = language.count(max_height)
            else:
                total = int(sum(language.sizes(max_size)))
        except BudgetError as error:
            bound = self._unconstrained(name, what, max_height)
            return _bounded(bound.n if isinstance(bound, AtMost) else bound, f"counted without limits: {error}")
        except TooLargeError:
            return _too_large()
        root = self.form.index[name]
        reason = overlap(self.form, root, language.leaves) if what == "terms" else ""
        return _bounded(total, reason) if reason else total

    def _unconstrained(self, name: str, what: What, max_height: int | None) -> Count:
        root = self.form.index[name]
        leaves = draws_of(self.form, root)
        draws = [(d, len(leaves) > SHARED or avoidable(self.form, root, d)) for d in leaves]
        flags = self._repeating if what == "derivations" else self._endless
        if max_height is None and (flags[root] or any(flags[self.form.inner[d]] for d, _ in draws)):
            return math.inf
        try:
            if what == "derivations":
                return self._sum(self._derivations, root, draws, max_height)
            return self._term_count(root, draws, max_height)
        except TooLargeError:
            form = within(self.form, root)  # what it does not reach may have grown too large
            if form is self.form:
                return _too_large()
            return Counter(self._grammar, self._states, self._seconds, form)._unconstrained(name, what, max_height)

    def _term_count(self, root: int, draws: Draws, max_height: int | None) -> Count:
        tally = self._terms
        if isinstance(tally, str):
            repeats = max_height is None and any(self._repeating[s] for s in (root, *(self.form.inner[d] for d, _ in draws)))
            return _bounded(math.inf if repeats else self._sum(self._distinct_rules, root, draws, max_height), tally)
        total = self._sum(tally, root, draws, max_height)
        reason = overlap(self.form, root, [d for d, _ in draws])
        return _bounded(total, reason) if reason else total

    def _sum(self, tally: Tally, root: int, draws: Draws, limit: int | None) -> Count:
        deadline = time.thread_time() + self._seconds
        try:
            return _sum(tally, self.form, root, draws, {}, limit, deadline)
        except BudgetError as error:
            used = {leaf: 1 for leaf, _ in draws}
            total = tally.up_to(root, used, limit)
            for leaf in used:
                total = times(total, tally.up_to(self.form.inner[leaf], used, limit))
            return AtMost(total, str(error))

    @cached_property
    def _derivations(self) -> DerivationTally:
        return DerivationTally(self.form)

    @cached_property
    def _distinct_rules(self) -> DerivationTally:
        """Derivations with every rule once: a bound on the number of terms."""
        form = self.form
        rules = {(r.lhs, r.operator, r.children, r.unit): r for r in form.rules}
        return DerivationTally(NormalForm(form.names, form.operators, list(rules.values()), form.inner, form.index))

    @cached_property
    def _terms(self) -> TermTally | str:
        try:
            return TermTally(self.form, self._states, self._seconds)
        except BudgetError as error:
            return str(error)

    @cached_property
    def _endless(self) -> list[bool]:
        return endless(self.form, units_too=False)

    @cached_property
    def _repeating(self) -> list[bool]:
        return endless(self.form, units_too=True)


def _too_large() -> AtMost:
    return AtMost(math.inf, f"the number has more than {int(BITS * math.log10(2)):,} digits")


def _bounded(total: Count, reason: str) -> Count:
    """Return a total as a bound, unless it says all by itself."""
    return total if isinstance(total, AtMost) or total <= 1 else AtMost(total, reason)


def _sum(
    tally: Tally, form: NormalForm, root: int, draws: Draws, heights: dict[int, int], limit: int | None, deadline: float
) -> int | float:
    """Sum over the values of the shared draws: over their heights, or at once where no height is asked for.

    `heights` holds the height of each draw made so far; 0 stands for a draw that is not used, which counts once.
    """
    if not draws:
        return tally.up_to(root, heights, limit)
    if len(draws) > SHARED or time.thread_time() > deadline:
        raise BudgetError("its shared nonterminals may be used in too many combinations")
    (leaf, may_be_unused), rest = draws[0], draws[1:]
    unused = _sum(tally, form, root, rest, {**heights, leaf: 0}, limit, deadline) if may_be_unused else 0
    total = unused
    below: int | float = 0
    for height in range(1, 1 + (limit or 1)):
        here = tally.up_to(form.inner[leaf], heights, limit and height)
        if here != below:
            used = _sum(tally, form, root, rest, {**heights, leaf: height}, limit, deadline)
            if used == math.inf:
                return math.inf
            total = plus(total, times(here - below if here != math.inf else math.inf, used - unused))
        below = here
    return total
