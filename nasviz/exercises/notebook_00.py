"""Exercises of the notebook 00_first_look."""

from __future__ import annotations

from nasviz import numbers
from nasviz.algebra import position_text
from nasviz.exercises.answers import as_space, as_term, chained
from nasviz.exercises.exercise import Answer, Exercise
from nasviz.exercises.feedback import Verdict
from nasviz.grammar import AtMost
from nasviz.spaces import parse

SHORTCUT = "Linear(conv, Residual(conv3x3, avg_pool, conv1x1), fc)"

HUNDRED = """\
S ::= Linear(A, A) | Residual(A, id, B) | Residual(B, id, A) | Linear(B, B)
A ::= conv3x3 | conv1x1 | avg_pool | max_pool | id
B ::= relu | hardswish | mish | batch | instance
"""


def _shortcut(answer: Answer) -> Verdict:
    term, wanted = as_term(answer), parse(SHORTCUT).term
    if chained(term) == chained(wanted):
        return Verdict(True, "The second operand of Residual is the shortcut, the others follow one another.")
    if "Residual2" not in {op.name for op in term.operators}:
        return Verdict(False, "There is no Residual with three operands in your term; a Linear alone has no shortcut.")
    block = next(i for i, op in enumerate(term.operators) if op.name == "Residual2")
    operands = [term.subterm(i).text for i in term.children(block)]
    if sorted(operands) == ["avg_pool", "conv1x1", "conv3x3"] and operands != ["conv3x3", "avg_pool", "conv1x1"]:
        main = f"{operands[0]} then {operands[2]}"
        return Verdict(False, f"In your Residual {operands[1]} is the shortcut, and the main path is {main}.")
    for i, op in enumerate(term.operators):
        where = position_text(term.position(i))
        if i >= len(wanted) or op != wanted.operators[i]:
            return Verdict(False, f"Look at {op.name} at {where}: the description has something else there.")
        if term.arity[i] != wanted.arity[i]:
            return Verdict(False, f"{op.name} at {where} has {term.arity[i]} operands; the description has {wanted.arity[i]}.")
    return Verdict(False, "Your term stops too early.")


def _hundred(answer: Answer) -> Verdict:
    space = as_space(answer)
    terms = space.count()
    if isinstance(terms, AtMost):
        return Verdict(False, f"Your grammar has {terms}; a smaller one can be counted exactly.")
    if not isinstance(terms, int):
        return Verdict(False, "Your grammar derives endlessly many architectures: a nonterminal reaches itself.")
    if terms != 100:
        step = f"{numbers.count(abs(terms - 100))} too {'many' if terms > 100 else 'few'}"
        return Verdict(False, f"Your grammar derives {numbers.count(terms)} architectures, {step}.")
    ways = space.count("derivations")
    said = ways if isinstance(ways, AtMost) else numbers.count(ways)
    more = "" if ways == terms else f" It has {said} derivations: some terms are derived in more than one way."
    return Verdict(True, f"Exactly 100 architectures.{more}")


EXERCISES = (
    Exercise(
        id="00.1",
        title="A shortcut around two operations",
        asks="write a term: first conv; then a residual block with conv3x3 followed by conv1x1 on its main path and avg_pool "
        "on its shortcut; then fc.",
        judge=_shortcut,
        solution=SHORTCUT,
        why="Residual(a, b, c) computes c(a(x)) + b(x): its second operand is the shortcut.",
    ),
    Exercise(
        id="00.2",
        title="Exactly one hundred",
        asks="write a grammar with exactly 100 architectures.",
        judge=_hundred,
        solution=HUNDRED,
        why="Alternatives add, operands multiply: with 5 terms for A and 5 for B that share none, 25 + 25 + 25 + 25 = 100.",
    ),
)
"""In the order of the notebook."""
