"""Ranking: a number for every distinct term and back, so that a number is a permalink.

The order is that of a dictionary: terms are compared symbol by symbol in preorder, operators (with their numbers of operands)
in the order in which they first occur in the grammar. In an endless language lower terms come first. Where draws are shared,
the draws are compared first, those first that others use, an unused one before all others, then the rest of the term.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from nasviz.algebra import Nonterminal, Operator, Term
from nasviz.algebra.arguments import shown, whole
from nasviz.errors import NasvizError, TermError
from nasviz.grammar.automaton import BudgetError
from nasviz.grammar.derivation import assemble, emit_from, parse_derivation
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.language import Block, Language
from nasviz.grammar.lexicon import Context, Lexicon
from nasviz.grammar.numbers import Draws
from nasviz.grammar.tables import Piece
from nasviz.grammar.tallies import BITS, TooLargeError

HIGHEST = 2_000
"""Greatest height of a term that is ranked in an endless language."""

_REMEMBERED = 1_000


class Ranking:
    """The order of the distinct terms of a grammar; made by :func:`ranking`."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.language: Language = grammar.product.exact_terms()
        try:
            self.size = self.language.count()
        except (BudgetError, TooLargeError) as error:
            raise NasvizError(f"the terms of this grammar cannot be numbered: {error}") from error
        self._endless = self.size == math.inf
        self._order = _places(grammar, self.language)
        self._labels = {label: k for k, label in enumerate(self.language.automaton.labels)}
        self._lexicons: dict[Draws, Lexicon] = {}
        self._contexts: dict[tuple[Draws, tuple[bool, ...], int], tuple[int, Context]] = {}
        self._levels = [0]

    def _lexicon(self, used: Draws) -> Lexicon:
        if used not in self._lexicons:
            self._lexicons[used] = Lexicon(self.language.numbers, used, self._order, self._endless)
        return self._lexicons[used]

    def up_to(self, height: int) -> int:
        """Return how many terms have at most this height."""
        while len(self._levels) <= height:
            self._levels.append(int(self.language.count(len(self._levels))))
        return self._levels[height]

    def _blocks(self, height: int) -> list[tuple[int, Block]]:
        """Return the blocks with signs: in an endless language those of height at most `height` less those below it."""
        if not self._endless:
            return [(1, block) for block in self.language.blocks()]
        signs = ((1, height), (-1, height - 1))
        return [(sign, block) for sign, h in signs if h for block in self.language.blocks("height", h)]

    def _draw_context(self, i: int, prefix: Draws, used: list[bool], height: int) -> tuple[int, Context]:
        """Return in how many ways a term goes on without draw `i`, and the context of draw `i`, after the draws before it."""
        key = (prefix, tuple(used), height)
        if key not in self._contexts:
            if len(self._contexts) > _REMEMBERED:
                self._contexts.clear()
            self._contexts[key] = self._new_context(i, prefix, used, height)
        return self._contexts[key]

    def _new_context(self, i: int, prefix: Draws, used: list[bool], height: int) -> tuple[int, Context]:
        language = self.language
        leaf = language.leaves[i]
        unused = 0
        context: dict[tuple[int, int], int] = {}
        for sign, block in self._blocks(height):
            place = len(prefix)
            if block.used[:place] != prefix or [d is not None for d in block.draws[:i]] != used:
                continue
            draw = block.draws[i]
            rest = sign * int(math.prod(block.factors[place + (draw is not None) :])) * int(_number(block))
            if draw is None:
                unused += rest
                continue
            value, grade = draw
            for state in language.states(leaf, value):
                for key, weight in self._exactly(grade, state, rest):
                    context[key] = context.get(key, 0) + weight
        return unused, context

    def _exactly(self, grade: int, state: int, weight: int) -> list[tuple[tuple[int, int], int]]:
        if not self._endless:
            return [((0, state), weight)]
        above = [((grade, state), weight)]
        return above if grade == 1 else [*above, ((grade - 1, state), -weight)]

    def _root_context(self, used: Draws, height: int) -> Context:
        context: dict[tuple[int, int], int] = {}
        for state in self.language.roots(used):
            context.update(self._exactly(height, state, 1))
        return context

    def rank(self, term: Term) -> int:
        """Return the number of a term; see :func:`rank`."""
        height = term.height if self._endless else 0
        if height > HIGHEST:
            raise NasvizError(f"a term of height {height:,}; in an endless language at most {HIGHEST:,} are ranked")
        pieces = self._pieces(term)
        total = self.up_to(height - 1) if self._endless else 0
        prefix: Draws = ()
        flags: list[bool] = []
        for i, leaf in enumerate(self.language.leaves):
            unused, context = self._draw_context(i, prefix, flags, height)
            piece = pieces.get(leaf)
            flags.append(piece is not None)
            if piece is None:
                continue
            smaller, state = self._lexicon(prefix).before(self._numbered(piece), context)
            total += unused + smaller
            value = self.language.automaton.values[state]
            prefix = (*prefix, (leaf, value, self._height(piece, prefix) if self._endless else 0))
        return total + self._lexicon(prefix).before(self._numbered(pieces[-1]), self._root_context(prefix, height))[0]

    def _height(self, piece: Piece, draws: Draws) -> int:
        """The height of a draw in which other draws are leaves."""
        names = {self.language.form.names[leaf]: grade for leaf, _, grade in draws}
        depth = assemble(piece).depth.tolist()
        return max(d + (names[op.name] if isinstance(op, Nonterminal) else 1) for d, op in zip(depth, piece[0], strict=True))

    def _pieces(self, term: Term) -> dict[int, Piece]:
        """Return the macro (under -1) and the used draws, by leaf."""
        grammar = self.grammar
        grammar.constraint.check(term)
        if not grammar.shared:
            return {-1: (list(term.operators), term.arity.tolist())}
        derivation = parse_derivation(grammar, term)
        tables, form = grammar.tables, grammar.normal_form
        leaves: list[Piece] = [([Nonterminal(name)], [0]) for name in grammar.shared]
        pieces = {-1: emit_from(tables, tables.start, derivation.macro, leaves)}
        for s, name in enumerate(grammar.shared):
            if derivation.draws[s]:
                pieces[form.index[name]] = emit_from(tables, tables.shared[s], derivation.draws[s], leaves)
        return pieces

    def _numbered(self, piece: Piece) -> list[int]:
        index = self.grammar.normal_form.index
        known = self._labels
        return [-1 - index[op.name] if isinstance(op, Nonterminal) else known[op, n] for op, n in zip(*piece, strict=True)]

    def unrank(self, n: int) -> Term:
        """Return the term with a number; see :func:`unrank`."""
        height = 0
        if self._endless:
            height = self._level_of(n)
            n -= self.up_to(height - 1)
        language = self.language
        prefix: Draws = ()
        flags: list[bool] = []
        pieces: dict[int, Piece] = {}
        for i, leaf in enumerate(language.leaves):
            unused, context = self._draw_context(i, prefix, flags, height)
            flags.append(n >= unused)
            if n < unused:
                continue
            labels, n, state = self._lexicon(prefix).pick(n - unused, context)
            pieces[leaf] = self._piece(labels)
            grade = self._height(pieces[leaf], prefix) if self._endless else 0
            prefix = (*prefix, (leaf, language.automaton.values[state], grade))
        labels, _, _ = self._lexicon(prefix).pick(n, self._root_context(prefix, height))
        return self._filled(self._piece(labels), pieces)

    def term(self, parts: dict[int, list[int]]) -> Term:
        """Return the term of labels in preorder: those of the used draws, by leaf, and under -1 those of the rest."""
        pieces = {leaf: self._piece(labels) for leaf, labels in parts.items()}
        return self._filled(pieces.pop(-1), pieces)

    def _level_of(self, n: int) -> int:
        height = 1
        while self.up_to(height) <= n:
            height += 1
            if height > HIGHEST:
                raise NasvizError(f"the term is higher than {HIGHEST:,}; higher ones are not ranked")
        return height

    def _piece(self, labels: list[int]) -> Piece:
        known, names = self.language.automaton.labels, self.language.form.names
        operators: list[Operator] = [known[k][0] if k >= 0 else Nonterminal(names[-1 - k]) for k in labels]
        return operators, [known[k][1] if k >= 0 else 0 for k in labels]

    def _filled(self, macro: Piece, draws: dict[int, Piece]) -> Term:
        """Return the term in which every shared leaf is replaced by its draw."""
        done: dict[str, Piece] = {}
        names = self.language.form.names
        for leaf in self.language.leaves:
            if leaf in draws:
                done[names[leaf]] = _replaced(draws[leaf], done)
        return assemble(_replaced(macro, done))


def _replaced(piece: Piece, done: dict[str, Piece]) -> Piece:
    if not done:
        return piece
    operators: list[Operator] = []
    arities: list[int] = []
    for op, n in zip(*piece, strict=True):
        if isinstance(op, Nonterminal):
            operators += done[op.name][0]
            arities += done[op.name][1]
        else:
            operators.append(op)
            arities.append(n)
    return operators, arities


def _number(block: Block) -> int | float:
    assert not isinstance(block.root, list)
    return block.root


def _places(grammar: Grammar, language: Language) -> list[int]:
    """The place of each label: operators with their numbers of operands in the order in which the grammar mentions them."""
    first: dict[tuple[Operator, int], int] = {}
    for productions in grammar.rules.values():
        for production in productions:
            for key in zip(production.body.operators, production.body.arity.tolist(), strict=True):
                first.setdefault(key, len(first))
    ranks = {label: k for k, label in enumerate(sorted(language.automaton.labels, key=first.__getitem__))}
    return [ranks[label] for label in language.automaton.labels]


def rank(grammar: Grammar, term: Term) -> int:
    """Return the number of a term among the distinct terms of a grammar, from 0.

    Raises
    ------
    TermError
        If the grammar does not derive the term, or a constraint forbids it.
    NasvizError
        If the terms cannot be numbered: their automaton is past its budget, or shared languages overlap with others; or in an
        endless language the term is higher than 2,000, or counts up to its height have more than 1,000,000 bits.

    Examples
    --------
    >>> from nasviz.algebra import Sort, parse_term
    >>> f = Operator("f", (Sort.MAP, Sort.MAP))
    >>> g = Grammar.parse("S ::= f(A, A) | A\\nA ::= x | y", [f, Operator("x"), Operator("y")])
    >>> [str(unrank(g, n)) for n in range(6)]
    ['f(x, x)', 'f(x, y)', 'f(y, x)', 'f(y, y)', 'x', 'y']
    >>> rank(g, parse_term("f(y, x)", g.signature))
    2
    """
    try:
        with _in_reach():
            return grammar.ranking.rank(term)
    except KeyError:
        parse_derivation(grammar, term)
        raise TermError("the grammar does not derive this term", text=term.text, start=0, end=len(term.text)) from None


def unrank(grammar: Grammar, n: int) -> Term:
    """Return the term with a number, from 0.

    Raises
    ------
    NasvizError
        If `n` is no whole number, there is no term of this number, or terms cannot be numbered; see :func:`rank`.
    """
    n = _number_of_a_term(n)
    size = grammar.ranking.size
    if not 0 <= n < size:
        last = "" if size == 0 else f"; they are numbered from 0 to {size - 1}" if size < 10**30 else "; there are fewer"
        raise NasvizError(f"no term has the number {n if n < 10**60 else '…'}{last}")
    with _in_reach():
        return grammar.ranking.unrank(n)


@contextmanager
def _in_reach() -> Generator[None]:
    """Say which counts are out of reach."""
    try:
        yield
    except TooLargeError:
        reason = f"counts of up to that height have more than {BITS:,} bits"
        raise NasvizError(f"terms as high as this cannot be numbered: {reason}") from None
    except BudgetError as error:
        raise NasvizError(f"terms as high as this cannot be numbered: {error}") from None


def _number_of_a_term(n: object) -> int:
    try:
        return operator.index(n)  # pyright: ignore[reportArgumentType]
    except TypeError:
        raise NasvizError(f"the number of a term is a whole number from 0, found {shown(n)}") from None


def enumerate_terms(grammar: Grammar, start: int = 0) -> Iterator[Term]:
    """Yield the terms in order from the one with number `start`; endlessly in an endless language.

    Raises
    ------
    NasvizError
        As :func:`unrank`; `start` may be the number of terms.
    """
    n = whole(start, "start", 0)
    while n < grammar.ranking.size:
        with _in_reach():
            term = grammar.ranking.unrank(n)
        yield term
        n += 1
