"""Sampling laws: by the user's probabilities, uniform over terms, over sizes or over heights, or convergent.

Uniform over terms is nearly useless in wide spaces: there are so many more large terms than small ones that almost every draw
is of nearly the greatest size. So the law is named with every draw.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from nasviz.algebra import Term
from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError
from nasviz.grammar.automaton import BudgetError
from nasviz.grammar.convergent import Convergent
from nasviz.grammar.derivation import Derivation, derive, emit, parse_derivation, visited
from nasviz.grammar.drawing import LARGEST, TooLargeDrawError, Uniforms, advice, draw
from nasviz.grammar.grammar import Grammar
from nasviz.grammar.language import Grading
from nasviz.grammar.numbers import EndlessError
from nasviz.grammar.sampler import Sampler
from nasviz.grammar.tallies import TooLargeError

Law = Literal["productions", "terms", "size", "height", "convergent"]

LAWS: tuple[Law, ...] = ("productions", "terms", "size", "height", "convergent")
"""The sampling laws."""

FACTOR = 0.1
"""Factor of the law "convergent" when none is given."""

TRIES = 1_000
"""Draws that may be rejected in a row, where legality is tested after drawing."""


def sample(
    grammar: Grammar,
    rng: np.random.Generator,
    law: Law = "productions",
    *,
    max_height: int | None = None,
    max_size: int | None = None,
    factor: float | None = None,
    largest: int = LARGEST,
) -> Derivation:
    """Draw a derivation of a legal term.

    Parameters
    ----------
    grammar
        The grammar; what its constraints forbid is not drawn.
    rng
        Source of randomness; two generators in the same state draw the same.
    law
        "productions": every nonterminal takes each of its alternatives with the alternative's probability, under the condition
        that the term is legal and within the limits. "terms": every distinct term with the same probability. "size", "height":
        every size (number of operators) or height that occurs with the same probability, then every term of it. "convergent":
        as "productions", but a production's weight is multiplied by `factor` for each time that the branch above has used it.
    max_height, max_size
        Only terms up to this height, or of at most so many operators; one of the two.
    factor
        Of the law "convergent", in (0, 1]; default 0.1.
    largest
        Greatest number of productions.

    Returns
    -------
    Derivation
        For the laws over terms the first derivation of the term drawn.

    Raises
    ------
    NasvizError
        If the law is unknown or its arguments make no sense, nothing can be drawn, or an endless language has no uniform law.
    TooLargeDrawError
        If the draw passes `largest` productions, as a recursive grammar of criticality above 1 soon does.

    Examples
    --------
    >>> from nasviz.algebra import Operator
    >>> g = Grammar.parse("S ::= x | y [1]", [Operator("x"), Operator("y")])
    >>> sample(g, np.random.default_rng(0))
    Derivation(draws=(), macro=(1,))
    """
    _check(grammar, law, max_height, max_size, factor)
    uniforms = Uniforms(rng)
    if law == "productions":
        return _by_productions(grammar, uniforms, max_height, max_size, largest)
    if law == "convergent":
        convergent = Convergent(grammar, FACTOR if factor is None else factor)
        return _rejecting(grammar, lambda: convergent.draw(uniforms, largest), max_height, max_size)
    return parse_derivation(grammar, _uniform(grammar, uniforms, law, max_height, max_size, largest))


def sample_term(
    grammar: Grammar,
    rng: np.random.Generator,
    law: Law = "productions",
    *,
    max_height: int | None = None,
    max_size: int | None = None,
    factor: float | None = None,
    largest: int = LARGEST,
) -> Term:
    """Draw a legal term; see :func:`sample`, which also says how it is derived.

    Raises
    ------
    NasvizError, TooLargeDrawError
        As :func:`sample`.
    """
    if law in ("terms", "size", "height"):
        _check(grammar, law, max_height, max_size, factor)
        return _uniform(grammar, Uniforms(rng), law, max_height, max_size, largest)
    drawn = sample(grammar, rng, law, max_height=max_height, max_size=max_size, factor=factor, largest=largest)
    return derive(grammar, drawn)


def _check(grammar: Grammar, law: str, max_height: int | None, max_size: int | None, factor: float | None) -> None:
    if law not in LAWS:
        raise NasvizError(f"unknown sampling law {law!r}; known: {', '.join(map(repr, LAWS))}")
    if max_height is not None and max_size is not None:
        raise NasvizError("choose max_height or max_size, not both")
    for name, limit in (("max_height", max_height), ("max_size", max_size)):
        if limit is not None and not isinstance(limit, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            whole(limit, name, 1)
        if limit is not None and limit < 1:
            raise NasvizError(f"{name} is {limit}; choose 1 or more")
    other = {"size": ("max_height", max_height), "height": ("max_size", max_size)}.get(law, ("", None))
    if other[1] is not None:
        raise NasvizError(f"the law {law!r} takes max_{law}, not {other[0]}")
    if factor is not None and law != "convergent":
        raise NasvizError(f"a factor belongs to the law 'convergent', not to {law!r}")


def _limit(max_height: int | None, max_size: int | None) -> tuple[Grading, int | None]:
    if max_height is not None:
        return "height", max_height
    return ("size", max_size) if max_size is not None else ("", None)


def _by_productions(
    grammar: Grammar, uniforms: Uniforms, max_height: int | None, max_size: int | None, largest: int
) -> Derivation:
    if not grammar.constraint and max_height is None and max_size is None:
        return draw(grammar, uniforms, largest)
    try:
        parts = weighted(grammar, *_limit(max_height, max_size)).draw(uniforms, None, largest)
    except BudgetError:
        return _rejecting(grammar, lambda: draw(grammar, uniforms, largest), max_height, max_size)
    except TooLargeDrawError as error:
        raise TooLargeDrawError(f"{error}; {advice(grammar)}") from None
    if parts is None:
        raise _nothing(grammar)
    draws = tuple(tuple(parts.get(leaf, ())) for leaf in grammar.normal_form.inner)
    return Derivation(draws, tuple(parts[-1]))


def weighted(grammar: Grammar, grading: Grading = "", limit: int | None = None) -> Sampler:
    """Return what draws by the user's probabilities under the condition of being legal and within a limit.

    Raises
    ------
    BudgetError
        If the product of grammar and constraint is past its budget.
    """
    samplers = grammar.product.samplers
    key = ("weights", grading, limit)
    if key not in samplers:
        rules = grammar.normal_form.rules
        notes = [None if rule.production < 0 else rule.production for rule in rules]
        samplers[key] = Sampler(grammar.product.language("weights"), grading, limit, notes, leaves=False)
    return samplers[key]


def _nothing(grammar: Grammar) -> NasvizError:
    wanted = " and ".join(grammar.requires)
    return NasvizError(
        f"nothing to draw: no term fulfils 'require {wanted}'" if wanted else "nothing to draw within the limits"
    )


def _rejecting(grammar: Grammar, one: Callable[[], Derivation], max_height: int | None, max_size: int | None) -> Derivation:
    for _ in range(TRIES):
        derivation = one()
        if not grammar.constraint and max_height is None and max_size is None:
            return derivation
        term = derive(grammar, derivation)
        low = max_height is None or term.height <= max_height
        if low and (max_size is None or len(term) <= max_size) and grammar.constraint.holds(term):
            return derivation
    raise NasvizError(f"{TRIES} draws in a row were illegal or past the limits; loosen the constraints or take another law")


def _uniform(
    grammar: Grammar, uniforms: Uniforms, law: Law, max_height: int | None, max_size: int | None, largest: int
) -> Term:
    sampler, grades = _counted(grammar, law, max_height, max_size)
    grade = None
    if law != "terms" and grades:
        grade = grades[int(uniforms.rng.integers(len(grades)))]
    parts = sampler.draw(uniforms, grade, largest)
    if parts is None:
        raise _nothing(grammar)
    return grammar.ranking.term(parts)


def _counted(grammar: Grammar, law: Law, max_height: int | None, max_size: int | None) -> tuple[Sampler, list[int]]:
    """Return the sampler of distinct terms, and the sizes or heights that occur for the laws over these."""
    language = grammar.product.exact_terms()
    try:
        grading, limit = _limit(max_height, max_size)
        if law == "terms" and not grading and language.count() == math.inf:
            raise EndlessError
        if law == "size":
            grading = "size"
        if law == "height":
            grading, limit = "height", max_height if max_height is not None else language.highest()
        samplers = grammar.product.samplers
        key = ("terms", grading, limit)
        if key not in samplers:
            samplers[key] = Sampler(language, grading, limit, list(range(len(language.automaton.labels))), leaves=True)
        sampler = samplers[key]
        return sampler, sampler.grades() if law in ("size", "height") else []
    except EndlessError:
        limits = "max_height= or max_size=" if law == "terms" else f"max_{law}="
        raise NasvizError(
            f"there are endlessly many terms, so none is drawn uniformly by {law!r}: give {limits}, "
            "or take the law 'productions' or 'convergent'"
        ) from None
    except (BudgetError, TooLargeError) as error:
        raise NasvizError(f"the law {law!r} needs numbers that are out of reach: {error or 'they are too large'}") from error


def log_probability(
    grammar: Grammar,
    derivation: Derivation,
    law: Law = "productions",
    *,
    max_height: int | None = None,
    max_size: int | None = None,
) -> float:
    """Return the natural logarithm of the probability with which a law draws.

    Parameters
    ----------
    grammar, law, max_height, max_size
        As for :func:`sample`; not "convergent".
    derivation
        A derivation; for the laws over terms its term counts.

    Returns
    -------
    float
        ``-inf`` for what is illegal or past the limits.

    Raises
    ------
    NasvizError
        If it is no derivation of this grammar, or as :func:`sample`.
    """
    _check(grammar, law, max_height, max_size, None)
    tables = grammar.tables
    emit(tables, derivation)
    limited = max_height is not None or max_size is not None
    if law != "productions" or limited or grammar.constraint:
        term = derive(grammar, derivation)
        past = (max_height is not None and term.height > max_height) or (max_size is not None and len(term) > max_size)
        if past or not grammar.constraint.holds(term):
            return -math.inf
        if law != "productions":
            return _log_uniform(grammar, term, law, max_height, max_size)
    parts = [(tables.start, derivation.macro), *zip(tables.shared, derivation.draws, strict=True)]
    own = math.fsum(
        tables.log_weights[a][k]
        for start, numbers in parts
        if numbers
        for a, k in zip(visited(tables, start, numbers), numbers, strict=True)
    )
    if not limited and not grammar.constraint:
        return own
    try:
        return own - math.log(weighted(grammar, *_limit(max_height, max_size)).total())
    except BudgetError as error:
        raise NasvizError(f"the probability of being legal is out of reach: {error}") from error


def _log_uniform(grammar: Grammar, term: Term, law: Law, max_height: int | None, max_size: int | None) -> float:
    if law == "convergent":
        raise NasvizError("the law 'convergent' has no log-probability here; the others have")
    sampler, grades = _counted(grammar, law, max_height, max_size)
    grade = {"size": len(term), "height": term.height}.get(law)
    return -math.log(sampler.total(grade)) - (math.log(len(grades)) if grades else 0.0)
