"""Exercises of the notebook 03_architectures."""

from __future__ import annotations

from collections.abc import Sequence

from nasviz import numbers
from nasviz.errors import NasvizError, ShapeError
from nasviz.exercises.answers import as_integers, as_term, short
from nasviz.exercises.exercise import Answer, Exercise, UnreadableError
from nasviz.exercises.feedback import Verdict
from nasviz.graph import is_connected, topology, walk
from nasviz.spaces import SearchSpace, parse, same_function

LONG = "Linear(Linear(conv3x3, id), Residual(relu, zero, Linear(id, conv1x1)), fc)"

SHORTEST = "Linear(conv3x3, relu, conv1x1, fc)"

BRIDGE = "1>2 1>3 2>3 2>4 3>4"

PATHS = ("ad", "ace", "be")
"""Ways through the wiring that is asked for, operands in the order in which a value passes them."""

CELLS = """\
S ::= Residual(B, B, B)
B ::= conv1x1 | id | zero
"""

UNFIT = "Linear(conv, Residual(down, id, conv3x3), fc)"

FIT = "Linear(conv, Residual(down, down, conv3x3), fc)"

GAIN = 5 * sum(9 * c * c + 2 * c for c in (16, 32, 64))
"""Parameters of a conv3x3 in each of the 15 cells of NAS-Bench-201: weights, scales and shifts."""


def _shortest(answer: Answer) -> Verdict:
    term = as_term(answer)
    arch, wanted = parse(term.text), parse(LONG)
    if not same_function(arch, wanted):
        found = ", ".join(edge.label for edge in arch.graph().edges) if is_connected(term) else "nothing"
        return Verdict(False, f"{short(term)} computes something else: what a value passes in it is {found}.")
    least = len(parse(SHORTEST).term)
    if len(term) > least:
        return Verdict(False, f"The same function, with {len(term)} operators; {least} are enough.")
    return Verdict(True, "id adds nothing, zero cuts its shortcut off, and what is left is a chain.")


def _bridge(answer: Answer) -> Verdict:
    if not isinstance(answer, str):
        raise UnreadableError("Expected edges as text, such as '1>2 1>3 2>3'.")
    wiring = topology("Mine", answer)
    if not wiring.accepts(5):
        return Verdict(False, f"A wiring of five operands has five edges; yours has {wiring.arity}.")
    space = SearchSpace.free(operators=[wiring])
    graph = space.parse("Mine(conv3x3, conv1x1, avg_pool, max_pool, relu)").graph()
    ways = walk(
        graph,
        [""],
        lambda edge, before: [f"{way}{'_abcde'[edge.index]}" for way in before],
        lambda node, join, several: [way for ways in several for way in ways],
    )
    if sorted(ways) == sorted(PATHS):
        return Verdict(True, "a is on two ways, so no Linear and no Residual of these five can write it.")
    return Verdict(False, f"In your wiring a value can pass {_said(ways)}; wanted are {_said(PATHS)}.")


def _said(ways: Sequence[str]) -> str:
    return ", ".join(" then ".join(way) for way in sorted(ways))


def _functions(answer: Answer) -> Verdict:
    (found,) = as_integers([answer], 1, "a whole number, how many different functions there are")
    right = len({arch.canonical_key for arch in SearchSpace(CELLS).enumerate()})
    if found == right:
        return Verdict(True, "27 terms, 9 functions: zero absorbs, id adds nothing, and sums commute.")
    if found == 27:
        return Verdict(False, "27 is the number of terms; Residual(id, id, zero) and Residual(zero, id, id) are one function.")
    if found == right - 1:
        return Verdict(False, "One is missing: the terms with no way through compute a function, too; its result is zero.")
    many = "many" if found > right else "few"
    return Verdict(False, f"{numbers.count(found)} are too {many}. Collect arch.canonical_key of all arch in the space.")


def _fit(answer: Answer) -> Verdict:
    term = as_term(answer)
    wanted, hole = parse(UNFIT).term, parse("id").term
    try:
        same = term.replace(term.index((1, 1)), hole) == wanted
    except NasvizError:
        same = False
    if not same:
        return Verdict(False, f"Only the shortcut may change, the second operand of Residual in {UNFIT}.")
    arch = parse(term.text, input_shape=(1, 8, 8))
    if not any(edge.position[:2] == (1, 1) for edge in arch.graph().edges):
        return Verdict(False, "It fits, but nothing goes through this shortcut.")
    try:
        arch.output_shape()
    except ShapeError as error:
        return Verdict(False, "The paths still disagree:", str(error))
    return Verdict(
        True, f"Both paths halve the resolution and double the channels; {short(arch[1, 1].term)} is on the shortcut."
    )


def _gain(answer: Answer) -> Verdict:
    (found,) = as_integers([answer], 1, "a whole number of parameters")
    slips = {
        5 * sum(9 * c * c for c in (16, 32, 64)): "These are the convolutions alone; each is followed by a normalisation "
        "with a scale and a shift for every channel.",
        GAIN // 5: "These are three cells, one of each width; there are five of each.",
        5 * sum(9 * c * c + 3 * c for c in (16, 32, 64)): "These convolutions have no bias: the normalisation has a shift.",
        9 * 16 * 16 + 2 * 16: "This is one cell with 16 channels; the cell stands 15 times.",
    }
    if found == GAIN:
        return Verdict(True, "Five times 9·16² + 2·16, 9·32² + 2·32 and 9·64² + 2·64.")
    if found in slips:
        return Verdict(False, slips[found])
    return Verdict(
        False, f"{numbers.count(found)} is too {'many' if found > GAIN else 'few'}: begin with one cell of c channels."
    )


EXERCISES = (
    Exercise(
        id="03.1",
        title="A wiring of your own",
        asks="write the edges of a topology of a, b, c, d, e that computes d(a(x)) + e(b(x) + c(a(x))).",
        judge=_bridge,
        solution=BRIDGE,
        why="a leads from the input to node 2, b and c meet in node 3, d and e in node 4; operands and edges stand "
        "in the same order.",
    ),
    Exercise(
        id="03.2",
        title="The shortest spelling",
        asks="write the shortest term that computes the same function as the one above.",
        judge=_shortest,
        solution=SHORTEST,
        why="id adds nothing, Linear in Linear is one chain, and zero removes the shortcut, so Residual is a chain, too.",
    ),
    Exercise(
        id="03.3",
        title="Count functions",
        asks="say how many different functions the 27 terms of this grammar compute.",
        judge=_functions,
        solution=9,
        why="len({arch.canonical_key for arch in cells.enumerate()}) counts them: equal keys are equal functions.",
    ),
    Exercise(
        id="03.4",
        title="Make the shapes fit",
        asks="write the term above with another shortcut, so that its shapes fit.",
        judge=_fit,
        solution=FIT,
        why="down halves the resolution and doubles the channels, so the shortcut must do both, too.",
    ),
    Exercise(
        id="03.5",
        title="What a convolution costs",
        asks="say how many parameters a NAS-Bench-201 network gains when one id of its cell becomes conv3x3.",
        judge=_gain,
        solution=GAIN,
        why="A conv3x3 of c channels has 9c² weights and 2c numbers of its normalisation; five cells each have 16, 32 and 64 "
        "channels.",
    ),
)
"""In the order of the notebook."""
