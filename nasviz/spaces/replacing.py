"""What may stand at a position of an architecture: counted, offered, and typed text that is taken or explained."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import islice
from typing import Literal

from nasviz.algebra import Literal as Number
from nasviz.algebra import Operator, Position, Term, literal, parse_term, position_text
from nasviz.algebra.arguments import place
from nasviz.errors import NasvizError, SortError, TermError, a_or_an
from nasviz.grammar import Count, Derivation, Grammar, parse_derivation
from nasviz.grammar.replacements import Replacements, nearest_place, replaced
from nasviz.spaces.architecture import Architecture
from nasviz.spaces.arguments import Seed, generator

LONGEST = 100_000
"""Characters of a typed subterm at most."""

LARGEST = 2_000
"""Operators of a drawn subterm that is offered, at most."""

SEARCHED = 5_000
"""Replacements up to which all are searched for a text."""

SMALL = 12
"""Operators of the smallest subterms up to which some are offered though there are many; larger ones look all alike."""

LISTED = 40
"""Replacements up to which all are offered; of more, some are drawn."""

_NEAR = 60
_SHOWN = 300

How = Literal["exchange", "listed", "drawn", "typed"]


@dataclass(frozen=True)
class Replacement:
    """One architecture that differs in a subterm.

    Attributes
    ----------
    arch
        The whole architecture.
    subterm
        What stands there now.
    how
        "exchange": another operator or production that keeps the operands that fit; "listed": among the smallest of all;
        "drawn": by the law of the productions; "typed".
    """

    arch: Architecture
    subterm: Term
    how: How


class Replacing:
    """What may stand at a position of an architecture instead of what stands there.

    Parameters
    ----------
    arch
        The architecture.
    position
        Where the subterm begins.
    nonterminal
        Which of the nonterminals whose expansion begins there; default the outermost.

    Attributes
    ----------
    subterm : Term
        What stands there.
    nodes : tuple of int
        Nodes of the term at which it stands: one, or several in a shared draw, which all change together.
    nonterminal : str or None
        The nonterminal it derives from; None in the free space, and where none begins.
    reason : str
        Why there is no nonterminal, "" when there is one.

    Raises
    ------
    NasvizError
        If there is no such position, or `nonterminal` does not begin there.

    Examples
    --------
    >>> from nasviz.spaces import SearchSpace
    >>> space = SearchSpace("S ::= Linear(B, B)\\nB ::= conv3x3 | avg_pool | id")
    >>> there = space.replacements(space.parse("Linear(id, id)"), (1,))
    >>> there.expected, there.count(), [str(offer.subterm) for offer in there.offers()]
    ('B ::= conv3x3 | avg_pool | id', 2, ['conv3x3', 'avg_pool'])
    """

    def __init__(self, arch: Architecture, position: Position, nonterminal: str | None = None) -> None:
        self.arch, self.position, self.reason = arch, place(position), ""
        node = arch.term.index(self.position)
        self.subterm = arch.term.subterm(node)
        self.nodes: tuple[int, ...] = (node,)
        self._found: Replacements | None = None
        grammar = arch.space.drawn_grammar
        if grammar is None:
            self.reason = f"The free space has no grammar: any {self._sort} may stand here."
        else:
            self._begin(grammar, nonterminal)
        self.nonterminal = self._found.nonterminal if self._found else None

    def _begin(self, grammar: Grammar, nonterminal: str | None) -> None:
        try:
            self._found = Replacements(grammar, self._derivation(grammar), self.position, nonterminal)
            self.nodes = self._found.nodes
        except NasvizError as error:
            if nonterminal is not None:
                raise
            self.reason = error.message if isinstance(error, TermError) else str(error)

    def _derivation(self, grammar: Grammar) -> Derivation:
        known = grammar is self.arch.space.grammar
        return self.arch.derivation.draws if known else parse_derivation(grammar, self.arch.term)

    @property
    def _sort(self) -> str:
        return str(self.subterm.operators[0].result)

    @property
    def nearest(self) -> Position:
        """The position, or the nearest around it at which a nonterminal begins; its own where nothing is derived."""
        grammar = self.arch.space.drawn_grammar
        if self._found is not None or grammar is None:
            return self.position
        try:
            return nearest_place(grammar, self._derivation(grammar), self.position)
        except TermError:
            return self.position

    @property
    def expected(self) -> str:
        """What may stand there: the rule of the nonterminal, or its sort."""
        grammar = self.arch.space.drawn_grammar
        if self.nonterminal is None or grammar is None:
            return a_or_an(self._sort)
        bodies = dict.fromkeys(p.body.text for p in grammar.rules[self.nonterminal])
        text = f"{self.nonterminal} ::= {' | '.join(bodies)}"
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

    def count(self) -> Count | None:
        """Return how many other subterms are legal there; None where no nonterminal begins.

        Raises
        ------
        NasvizError
            As :func:`nasviz.grammar.count`.
        """
        return self._found.count() if self._found else None

    # ---- offers

    def offers(self, query: str = "", most: int = LISTED, seconds: float = 0.12, seed: Seed = None) -> list[Replacement]:
        """Return replacements: exchanges first, then all of them where they are few, else some of the smallest and draws.

        Parameters
        ----------
        query
            Only those whose subterm contains this text, upper and lower case alike.
        most
            How many at most.
        seconds
            Time after which no other is looked for.
        seed
            Seed or generator of the draws.
        """
        end = time.perf_counter() + seconds
        wanted = query.strip().lower()
        found: dict[Term, Replacement] = {}
        for term, how in self._candidates(SEARCHED if wanted else most, most, end, seed):
            if time.perf_counter() > end and found:
                break
            if term is not None and term not in found and term != self.arch.term:
                sub = term.subterm(self.nodes[0])
                if len(sub) <= LARGEST and wanted in sub.text.lower():
                    found[term] = Replacement(Architecture(term, self.arch.space), sub, how)
                    if len(found) >= most:
                        break
        return list(found.values())

    def _candidates(self, listed: int, most: int, end: float, seed: Seed) -> Iterator[tuple[Term | None, How]]:
        grammar = self.arch.space.drawn_grammar
        if self._found is None:
            for sub in self._swaps():
                term = replaced(self.arch.term, self.nodes, sub)
                yield (term if grammar is None or self.arch.space.contains(term) else None), "exchange"
            return
        for term in self._found.exchanged():
            yield term, "exchange"
        total = self.count()
        few = isinstance(total, int) and total <= listed
        with suppress(NasvizError):
            for term in islice(self._found, None if few else max(1, most // 4)):
                if not few and int(term.size[self.nodes[0]]) > SMALL:
                    break
                yield term, "listed"
        if few:
            return
        rng = generator(seed)
        while time.perf_counter() < end:
            yield self._found.drawn(rng), "drawn"

    def _swaps(self) -> Iterator[Term]:
        """Yield the subterm under each other operator of its sort, operands kept where they fit, others as small as can be."""
        old = self.subterm.operators[0]
        operands = [self.subterm.subterm(i) for i in self.subterm.children(0)]
        if isinstance(old, Number):
            near = (
                (old.value - 1, old.value + 1, old.value * 2) if isinstance(old.value, int) else (old.value / 2, old.value * 2)
            )
            yield from (Term.build(literal(x)) for x in near)
            return
        same = [op for op in self._operators if op.result == old.result and op != old]
        for op in sorted(same, key=lambda op: not op.accepts(len(operands))):
            with suppress(SortError):
                yield Term.build(op, *self._operands(op, operands or [self.subterm]))

    @cached_property
    def _operators(self) -> tuple[Operator, ...]:
        grammar = self.arch.space.drawn_grammar
        return tuple(self.arch.space.signature if grammar is None else grammar.operators)

    def _operands(self, op: Operator, kept: list[Term]) -> list[Term]:
        left = list(kept) if op.arity else []
        n = max(op.arity, len(left)) if op.variadic else op.arity
        chosen: list[Term] = []
        for k in range(n):
            sort = op.sort_of(k)
            fitting = next((t for t in left if t.operators[0].result == sort), None)
            if fitting is None:
                leaves = [o for o in self._operators if o.result == sort and o.arity == 0]
                first = next((o for o in leaves if o.name == "id"), leaves[0] if leaves else literal(1))
                chosen.append(Term.build(first))
            else:
                chosen.append(fitting)
                left = [t for t in left if t is not fitting]
        return chosen

    # ---- typed text

    def typed(self, text: str) -> Replacement:
        """Return the architecture with a typed subterm at the position.

        Raises
        ------
        TermError
            If the text is no term, or may not stand there: which nonterminal was expected, what it can be, the nearest.
        """
        if isinstance(text, str) and len(text) > LONGEST:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TermError(f"a text of {len(text):,} characters is no subterm to type; at most {LONGEST:,} are read")
        if isinstance(text, str) and not text.strip():  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TermError(f"nothing is typed; {self.expected} is expected")
        space = self.arch.space
        sub = parse_term(text, space.signature)
        if sub.operators[0].result != self.subterm.operators[0].result:
            raise self._fault(
                sub, f"{sub.operators[0].name} is {a_or_an(sub.operators[0].result)}; {a_or_an(self._sort)} is expected"
            )
        term = replaced(self.arch.term, self.nodes, sub)
        grammar = space.drawn_grammar
        if grammar is not None:
            try:
                parse_derivation(grammar, term)
                grammar.constraint.check(term)
            except TermError as error:
                raise self._explained(grammar, sub, error) from None
        return Replacement(Architecture(term, space), sub, "typed")

    def _explained(self, grammar: Grammar, sub: Term, error: TermError) -> TermError:
        """What is wrong with a subterm that makes the whole illegal."""
        where = position_text(self.position)
        if self.nonterminal is None:
            return self._fault(sub, error.message, hint=self.reason)
        match = grammar.matcher.match(sub)
        derived = grammar.matcher.symbols(match.states[0])
        names = [name for name in grammar.rules if grammar.normal_form.index[name] in derived]
        if self.nonterminal in names:
            return self._fault(sub, f"{self.nonterminal} derives this, but then {error.message}", near=False)
        lost = [i for i, state in enumerate(match.states) if not grammar.matcher.symbols(state)]
        if lost:
            i = max(lost, key=lambda i: (int(sub.depth[i]), -i))
            inside = "" if i == 0 else f" at {position_text(sub.position(i))} of it"
            return self._fault(
                sub, f"{self.nonterminal} is expected at {where}; no rule derives {sub.operators[i].name}{inside}", i
            )
        kinds = f"derives from {', '.join(names)}" if names else "is only a part of what a rule derives"
        return self._fault(sub, f"{self.nonterminal} is expected at {where}; this {kinds}")

    def _fault(self, sub: Term, message: str, node: int = 0, hint: str = "", near: bool = True) -> TermError:
        lines = [hint] if hint else []
        if self.nonterminal is not None:
            lines.append(f"It can be: {self.expected}")
        nearest = self._nearest(sub.text) if near else ""
        if nearest:
            lines.append(f"nearest: {nearest}")
        start, end = int(sub.start[node]), int(sub.stop[node])
        return TermError(message, text=sub.text, start=start, end=end, hint="\n".join(lines))

    def _nearest(self, text: str) -> str:
        """The offered subterm whose text is most like a text."""
        offers = self.offers(most=_NEAR, seconds=0.04, seed=0)
        texts = [offer.subterm.text for offer in offers if len(offer.subterm.text) <= _SHOWN]
        return max(texts, key=lambda t: SequenceMatcher(None, text[:_SHOWN], t).ratio(), default="")
