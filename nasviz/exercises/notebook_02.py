"""Exercises of the notebook 02_workbench."""

from __future__ import annotations

import math
from typing import Any, cast

from nasviz import numbers
from nasviz.algebra import Term, position_text
from nasviz.exercises.answers import as_space, as_term, grammar, same_language, short
from nasviz.exercises.exercise import Answer, Exercise, UnreadableError
from nasviz.exercises.feedback import Verdict
from nasviz.grammar import Grammar, Partial, log_probability, parse_derivation
from nasviz.spaces import Architecture, digits_cells

BROKEN = """\
NET   ::= Linear(BLOK, NET)
BLOCK ::= Residual(OP, id) | OP
OP    ::= conv3x3 [0.6] | con1x1 [0.3] | avg_pool [0.3]
POOL  ::= max_pool
"""

REPAIRED = """\
NET   ::= Linear(BLOCK, NET) | BLOCK
BLOCK ::= Residual(OP, id, OP) | OP
OP    ::= conv3x3 [0.5] | conv1x1 | avg_pool
"""

SHARES = {"conv3x3": 0.5, "conv1x1": 0.25, "avg_pool": 0.25}
"""How often each operation of the repaired grammar is drawn."""

TARGET = "Linear(Residual(conv3x3, id, conv1x1), down, Linear(dconv3x3, avg_pool))"

EDITED = "Linear(Residual(conv3x3, id, conv1x1), down, Residual(dconv3x3, id, conv3x3))"

MOST = 20_000
"""Parameters that the edited network may have."""

_WIDE = 1000
"""No operator has so many operands."""


def _shown(answer: Answer) -> Answer:
    """What a view shows: the derivation of a stepper, else its architecture; anything else as it is."""
    if isinstance(answer, Architecture | Partial | Term | str):
        return answer
    for name in ("partial", "arch"):
        shown = getattr(answer, name, None)
        if isinstance(shown, Architecture | Partial):
            return shown
    return answer


# ---- 02.1


def _repaired(answer: Answer) -> Verdict:
    found = as_space(answer).known_grammar("repair")
    verdict = same_language(found, grammar(REPAIRED))
    if not verdict.right:
        return verdict
    for one in SHARES:
        wanted = SHARES[one] / SHARES["conv3x3"]
        share = _chance(found, one) / _chance(found, "conv3x3")
        if not math.isclose(share, wanted, rel_tol=1e-3):
            return Verdict(
                False, f"The terms are right, but {one} is drawn {share:.3g} times as often as conv3x3; wanted is {wanted:.3g}."
            )
    return Verdict(True, "The wanted networks, no other, and each operation as often as it should be.")


def _chance(found: Grammar, name: str) -> float:
    return math.exp(log_probability(found, parse_derivation(found, as_term(name))))


# ---- 02.2


def _derived(answer: Answer) -> Verdict:
    shown = _shown(answer)
    partial = shown.term if isinstance(shown, Partial) else None
    term, wanted = partial or as_term(shown), digits_cells().parse(TARGET).term
    if term == wanted:
        return Verdict(True, f"{short(term)}: seven choices, and each was one production.")
    place = _leaves(term, wanted)
    if place is None:
        n = len(term.nonterminals())
        return Verdict(False, f"You are on the way, at {short(term)}: {n} {'place is' if n == 1 else 'places are'} still open.")
    i, k = place
    found, right = term.operator(i).name, wanted.operator(k).name
    if found == right:
        found, right = (f"{t.operator(j).name} with {t.arity[j]} operands" for t, j in ((term, i), (wanted, k)))
    return Verdict(
        False, f"At {position_text(term.position(i))} you have {found}, the network has {right}: go back there with Backspace."
    )


def _leaves(term: Term, wanted: Term) -> tuple[int, int] | None:
    """The first nodes at which a partial term leaves the way to another term; None if it does not."""
    i = k = 0
    opened = set(term.nonterminals())
    while i < len(term):
        if i in opened:
            i, k = i + 1, k + int(wanted.size[k])
            continue
        if term.operator(i) != wanted.operator(k) or term.arity[i] != wanted.arity[k]:
            return i, k
        i, k = i + 1, k + 1
    return None


# ---- 02.3


def _heaviest(answer: Answer) -> Verdict:
    arch = digits_cells().parse(EDITED)
    position = _position(answer, arch)
    rows = {row.position: row for row in arch.cost().rows if row.part == "body"}
    row = rows.get(position)
    if row is None:
        inside = [other for other in rows if other[: len(position)] == position]
        return Verdict(False, f"At {position_text(position)} stand {len(inside)} operations: select a single one.")
    most = max(rows.values(), key=lambda one: one.parameters)
    said = f"{row.operator} at {position_text(position)} has {numbers.grouped(row.parameters)} parameters"
    if row.parameters == most.parameters:
        return Verdict(True, f"{said}, more than all others together.")
    return Verdict(False, f"{said}; another operation has more. Sort the table of costs.")


def _position(answer: Answer, arch: Architecture) -> tuple[int, ...]:
    """A position, or the selection of a view, which is a pair of architecture and position."""
    given: Any = getattr(answer, "selection", answer)
    if isinstance(given, tuple | list) and len(cast("Any", given)) == 2 and isinstance(given[0], Architecture):
        chosen, given = cast("tuple[Architecture, Any]", given)
        if chosen.term != arch.term:
            raise UnreadableError(f"This selection is of another network, {short(chosen.term)}.")
    if given is None:
        raise UnreadableError("Nothing is selected: click an operation in the view.")
    items = cast("list[Any]", list(given)) if isinstance(given, tuple | list) else None
    if items is None or not all(isinstance(k, int) and not isinstance(k, bool) and 0 <= k < _WIDE for k in items):
        raise UnreadableError("Expected the selection of the view, such as view.selection, or a position such as (0, 2).")
    position = tuple(items)
    arch.term.index(position)
    return position


# ---- 02.4


def _smaller(answer: Answer) -> Verdict:
    space = digits_cells()
    arch, before = space.parse(as_term(_shown(answer)).text), space.parse(EDITED)
    changed = _changed(before.term, arch.term)
    if changed is None:
        return Verdict(False, f"{short(arch.term)} differs in more than one operator, or in how many there are.")
    if not changed:
        return Verdict(False, "This is the network as it was: select an operator and press Replace.")
    parameters = arch.cost().parameters
    if parameters > MOST:
        return Verdict(False, f"One operator has changed, and {numbers.grouped(parameters)} parameters are left: too many.")
    return Verdict(True, f"One operator, and {numbers.grouped(parameters)} parameters instead of 27 162.")


def _changed(before: Term, after: Term) -> list[int] | None:
    """The nodes whose operators differ; None when it is more than one, or the shapes of the terms differ."""
    if before.arity.tolist() != after.arity.tolist():
        return None
    nodes = [i for i, (a, b) in enumerate(zip(before.operators, after.operators, strict=True)) if a != b]
    return nodes if len(nodes) <= 1 else None


EXERCISES = (
    Exercise(
        id="02.1",
        title="Repair a grammar",
        asks="write the grammar that was meant: a network is a block, or a block followed by a network; a block is a residual "
        "block of two operations around an id, or one operation; half of the operations are conv3x3, a quarter conv1x1, a "
        "quarter avg_pool.",
        judge=_repaired,
        solution=REPAIRED,
        why="Two names were misspelled, Residual takes three operands, probabilities sum to at most 1, and a recursion "
        "needs an alternative that ends it. POOL was reached by nothing.",
    ),
    Exercise(
        id="02.2",
        title="Derive a network by hand",
        asks="derive Linear(Residual(conv3x3, id, conv1x1), down, Linear(dconv3x3, avg_pool)) in the stepper.",
        judge=_derived,
        solution=TARGET,
        why="First Linear(CELL, down, CELL), then Residual for the first CELL and Linear for the second, then each OP.",
    ),
    Exercise(
        id="02.3",
        title="Find the parameters",
        asks="select the operation with the most parameters.",
        judge=_heaviest,
        solution=(1,),
        why="down halves the resolution and doubles the channels with two convolutions and a projection: 14 464 parameters, "
        "more than half of the network.",
    ),
    Exercise(
        id="02.4",
        title="One edit, a quarter less",
        asks="change a single operator, so that the network has at most 20 000 parameters and is still in the space.",
        judge=_smaller,
        solution="Linear(Residual(conv3x3, id, conv1x1), down, Residual(dconv3x3, id, conv1x1))",
        why="The last conv3x3 works on twice as many channels as the first, so it has four times the parameters.",
    ),
)
"""In the order of the notebook."""
