"""Exercises of the notebook 01_grammars."""

from __future__ import annotations

import math

from nasviz.algebra import Term
from nasviz.errors import NasvizError
from nasviz.exercises.answers import (
    as_grammar,
    as_integers,
    as_numbers,
    as_probability,
    as_term,
    grammar,
    same_language,
    short,
)
from nasviz.exercises.exercise import Answer, Exercise
from nasviz.exercises.feedback import Verdict
from nasviz.grammar import Partial, count, expected_size
from nasviz.grammar.ambiguity import ambiguities

NESTED = """\
S ::= Residual(T, id, T)
T ::= conv3x3 | S
"""

TWICE = """\
S ::= Linear(C, C) | Residual(C, id, C)
C ::= conv3x3 | conv3x3 | B
B ::= conv1x1 | id
"""

AMBIGUOUS = """\
S ::= Linear(A, A) | Linear(B, B)
A ::= conv3x3 | conv1x1
B ::= conv1x1 | avg_pool
"""

REPAIRED = """\
S ::= Linear(A, A) | Linear(conv1x1, avg_pool) | Linear(avg_pool, B)
A ::= conv3x3 | conv1x1
B ::= conv1x1 | avg_pool
"""

BLOCKS = """\
S ::= Linear(B, B) | Linear(S, B)
B ::= conv3x3 | Residual(B, id, B)
"""

TARGET = "Linear(Linear(conv3x3, Residual(conv3x3, id, conv3x3)), conv3x3)"

PROBABILITY = """\
S ::= Linear(S, S) [{p}] | conv3x3
"""

SIZE = 5.0
"""Number of operators that a draw shall have on average."""


def _nested(answer: Answer) -> Verdict:
    verdict = same_language(answer, grammar(NESTED))
    return Verdict(True, "Endlessly many terms, and exactly the wanted ones.") if verdict.right else verdict


def _twice(answer: Answer) -> Verdict:
    terms, ways = as_integers(answer, 2, "two whole numbers, (terms, derivations)")
    space = grammar(TWICE)
    right = (count(space), count(space, "derivations"))
    if (terms, ways) == right:
        return Verdict(True, "The second conv3x3 adds derivations, and no term.")
    if (ways, terms) == right:
        return Verdict(False, "The other way round: there cannot be fewer derivations than terms.")
    if terms == right[0]:
        return Verdict(False, f"The terms are right; {ways} derivations are not: C has 4, one for each way to choose.")
    if ways == right[1]:
        return Verdict(False, f"The derivations are right; {terms} terms are not: write down the different terms of C.")
    return Verdict(False, f"Neither {terms} nor {ways}: begin with B, then C, and note both numbers for each.")


def _repaired(answer: Answer) -> Verdict:
    found = as_grammar(answer)
    verdict = same_language(found, grammar(AMBIGUOUS))
    if not verdict.right:
        return verdict
    ways = count(found, "derivations")
    if count(found) == ways:
        return Verdict(True, "The same 7 terms, each with one derivation.")
    examples = [a.term for a in ambiguities(found).found if a.nonterminal == found.start]
    if examples:
        return Verdict(False, f"The terms are right, but {short(examples[0])} can still be derived in two ways.")
    return Verdict(
        False, f"The terms are right, but there are {'endlessly many' if ways == math.inf else ways} derivations of 7 terms."
    )


def _steps(answer: Answer) -> Verdict:
    if isinstance(answer, Partial):
        return _derived(answer.term)
    numbers = as_numbers(answer, "a list of production numbers such as [0, 1], counted from 0, or a partial derivation")
    partial = Partial.begin(grammar(BLOCKS))
    for done, k in enumerate(numbers):
        if partial.done:
            return Verdict(
                False, f"After {done} choices nothing is open: {partial} is derived, and {len(numbers) - done} are left."
            )
        try:
            partial = partial.expand(partial.frontier[0], k)
        except NasvizError as error:
            return Verdict(False, f"After {done} choices, at {partial}: {error}.")
    return _derived(partial.term)


def _derived(term: Term) -> Verdict:
    if term.nonterminals():
        return Verdict(False, f"You are at {short(term)}: something is still open.")
    wanted = as_term(TARGET)
    if term == wanted:
        return Verdict(True, f"{short(term)}.")
    return Verdict(False, f"You have derived {short(term)}.")


def _probability(answer: Answer) -> Verdict:
    p = as_probability(answer)
    if p >= 0.5:
        return Verdict(False, f"With p = {p:.3g} each S makes {2 * p:.3g} new ones on average: drawing need not end.")
    size = expected_size(grammar(PROBABILITY.format(p=f"{p:.9f}")))
    if abs(size - SIZE) < 0.01:
        return Verdict(True, "The criticality is 0.8: each S makes 0.8 new ones on average.")
    return Verdict(False, f"With p = {p:.3g} a draw has {size:.3g} operators on average.")


EXERCISES = (
    Exercise(
        id="01.1",
        title="Write a grammar",
        asks="write a grammar of all nested residual blocks: a block is Residual(x, id, y), where x and y are conv3x3 or "
        "blocks again. A conv3x3 alone is no block.",
        judge=_nested,
        solution=NESTED,
        why="S is a block, T is what may stand in it: two things that play two roles need two nonterminals.",
    ),
    Exercise(
        id="01.2",
        title="Derive a network",
        asks="give the numbers of the productions that derive the network, always for the first open place, counted from 0.",
        judge=_steps,
        solution=[1, 0, 0, 1, 0, 0, 0],
        why="The list is a derivation: read from left to right it says which production each open place takes.",
    ),
    Exercise(
        id="01.3",
        title="Count by hand",
        asks="give two numbers, (terms, derivations), of the grammar above.",
        judge=_twice,
        solution=(18, 32),
        why="B has 2 terms and 2 derivations, C has 3 and 2 + 2 = 4, so S has 3·3 + 3·3 = 18 terms and 32 derivations.",
    ),
    Exercise(
        id="01.4",
        title="Repair an ambiguous grammar",
        asks="write a grammar with the same 7 terms in which each has exactly one derivation.",
        judge=_repaired,
        solution=REPAIRED,
        why="Only Linear(conv1x1, conv1x1) had two derivations: 4 + 4 - 1 = 7. Leave it out of the second alternative.",
    ),
    Exercise(
        id="01.5",
        title="A draw of five operators",
        asks="for which probability p has a draw 5 operators on average?",
        judge=_probability,
        solution=0.4,
        why="The expected size E fulfils E = 1 + p · 2E, so E = 1 / (1 - 2p), and E = 5 gives p = 0.4.",
    ),
)
"""In the order of the notebook."""
