"""The product of a grammar and its attributes: built once, it serves counting, ranking and drawing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from nasviz.errors import NasvizError
from nasviz.grammar.automaton import SECONDS, STATES, Automaton, BudgetError, derivations, determinise
from nasviz.grammar.constraint import Constraint
from nasviz.grammar.language import Grading, Language
from nasviz.grammar.normal import NormalForm, within
from nasviz.grammar.numbers import Numbers
from nasviz.grammar.sharing import avoidable, draws_of, overlap

if TYPE_CHECKING:
    from nasviz.grammar.grammar import Grammar
    from nasviz.grammar.sampler import Sampler

_PAIRS = 2_000


class Product:
    """The automata of a grammar whose states carry the values of the attributes that its constraints speak of.

    Parameters
    ----------
    grammar
        The grammar.
    states, seconds
        Budget of each automaton.

    Attributes
    ----------
    constraint
        The constraint; where shared draws may be left out, values also say which are used.
    """

    def __init__(self, grammar: Grammar, states: int = STATES, seconds: float = SECONDS) -> None:
        self.grammar = grammar
        self.form = grammar.normal_form
        self._budget = (states, seconds)
        self.constraint = Constraint(grammar.requirements, uses=self._optional())
        self._languages: dict[tuple[str, int, bool], Language] = {}
        self.samplers: dict[tuple[str, Grading, int | None], Sampler] = {}

    def _optional(self) -> bool:
        """Whether a shared draw may be left out by a nonterminal that reaches it."""
        form = self.form
        roots = [form.index[name] for name in self.grammar.rules] if form.inner else []
        pairs = [(root, leaf) for root in roots for leaf in draws_of(form, root) if root != leaf]
        return len(pairs) > _PAIRS or any(avoidable(form, root, leaf) for root, leaf in pairs)

    def _built(self, build: Callable[[], Automaton]) -> Automaton | str:
        try:
            return build()
        except BudgetError as error:
            return str(error)

    @cached_property
    def _terms(self) -> Automaton | str:
        return self._built(lambda: determinise(self.form, *self._budget, self.constraint))

    @cached_property
    def _reached(self) -> NormalForm:
        return within(self.form, self.form.index[self.grammar.start])

    @cached_property
    def _reached_terms(self) -> Automaton | str:
        return self._built(lambda: determinise(self._reached, *self._budget, self.constraint))

    @cached_property
    def _derivations(self) -> Automaton | str:
        return self._built(lambda: derivations(self.form, self.constraint, *self._budget))

    @cached_property
    def _numbers(self) -> dict[str, Numbers]:
        return {}

    def numbers(self, what: str) -> Numbers:
        """Return the tables of "terms", of "reached" terms, of "derivations", or of the "weights" of derivations.

        The reached ones are those of the start and of what it reaches: what it does not reach may outgrow every limit.

        Raises
        ------
        BudgetError
            If the automaton is past its budget.
        """
        if what not in self._numbers:
            match what:
                case "terms":
                    automaton = self._terms
                case "reached":
                    automaton = self._reached_terms
                case _:
                    automaton = self._derivations
            if isinstance(automaton, str):
                raise BudgetError(automaton)
            self._numbers[what] = Numbers(automaton, self.weights if what == "weights" else None)
        return self._numbers[what]

    @cached_property
    def weights(self) -> list[float]:
        """The probability of each rule of the normal form; 1 for nested subterms."""
        rules, names = self.grammar.rules, self.form.names
        return [1.0 if r.production < 0 else rules[names[r.lhs]][r.production].weight for r in self.form.rules]

    def language(self, what: str, nonterminal: str | None = None, whole: bool = True) -> Language:
        """Return the terms, derivations or weights of what a nonterminal derives (the start when None).

        Parameters
        ----------
        what
            "terms", "derivations" or "weights".
        nonterminal
            The nonterminal.
        whole
            Whether the requirements of the whole term are asked.

        Raises
        ------
        BudgetError
            If the automaton is past its budget.
        """
        key = (what, self.form.index[nonterminal or self.grammar.start], whole)
        if key not in self._languages:
            alone = what == "terms" and nonterminal in (None, self.grammar.start) and self._reached is not self.form
            numbers = self.numbers("reached" if alone else what)
            self._languages[key] = Language(self.form, self.constraint, numbers, key[1], whole)
        return self._languages[key]

    @cached_property
    def overlap(self) -> str:
        """Why terms of the start may not give their shared draws away; "" when they do."""
        root = self.form.index[self.grammar.start]
        return overlap(self.form, root, draws_of(self.form, root))

    def exact_terms(self) -> Language:
        """Return the distinct terms of the start.

        Raises
        ------
        NasvizError
            If they are out of reach: past the budget, or the languages of shared nonterminals overlap with others.
        """
        if self.overlap:
            raise NasvizError(f"distinct terms cannot be told apart: {self.overlap}")
        try:
            return self.language("terms")
        except BudgetError as error:
            raise NasvizError(f"distinct terms are out of reach: {error}") from error
