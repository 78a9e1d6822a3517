"""Exercises of the notebook 05_inspect_surrogate."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from nasviz import numbers
from nasviz.algebra import position_text
from nasviz.exercises.answers import as_real, as_reals, as_term, near, short, shown_in
from nasviz.exercises.exercise import Answer, Exercise, UnreadableError
from nasviz.exercises.feedback import Verdict
from nasviz.spaces import Architecture, SearchSpace, three_node_cells

if TYPE_CHECKING:
    from nasviz.surrogate import GP
    from nasviz.surrogate.why import Explanation

BLIND = ("Residual2(conv3x3, id, conv1x1)", "Residual2(conv1x1, id, conv3x3)")

TRIALS, INSIDE, LEVEL = 50, 21, 0.68
"""Of so many trials so many lie inside the interval of this probability."""

COUNTS, WORTH = (3, 4), (1, 2)
"""How often two features occur, and what each is worth."""

START = "Residual2(avg_pool, zero, conv1x1)"

BEST = "Residual2(conv3x3, zero, conv1x1)"

LEARNED = 0.2
"""Kendall's tau from which on an objective counts as predicted."""


def truth(arch: Architecture) -> float:
    """The error that every cell has in a world where each operation multiplies it."""
    ops = str(arch)
    return 0.8 * 0.6 ** ops.count("conv3x3") * 0.8 ** ops.count("conv1x1") * 1.1 ** ops.count("avg_pool")


@cache
def _cells() -> SearchSpace:
    return three_node_cells()


@cache
def _split() -> tuple[tuple[Architecture, ...], tuple[Architecture, ...]]:
    """Every fourth cell, which the surrogate has seen, and the others."""
    every = tuple(_cells().enumerate())
    return every[::4], tuple(arch for k, arch in enumerate(every) if k % 4)


def _learned(objective: Callable[[Architecture], float], log: bool | None = None) -> GP:
    from nasviz.surrogate import GP, FlatWL

    seen = _split()[0]
    return GP(FlatWL(h=1), log=log).fit(seen, [objective(arch) for arch in seen])


@cache
def _toy(log: bool) -> GP:
    return _learned(truth, log)


# ---- 05.1


def _blind(answer: Answer) -> Verdict:
    from nasviz.surrogate.bag import features

    pair = cast("list[Any]", list(answer)) if isinstance(answer, tuple | list) else []
    if len(pair) != 2:
        raise UnreadableError("Expected two cells, such as ('Residual2(avg_pool, id, id)', 'Residual2(conv1x1, zero, id)').")
    cells = [_cell(one) for one in pair]
    if cells[0] == cells[1]:
        return Verdict(False, "This is one cell twice.")
    told = _told_apart(*(features(cell, h=0).counted for cell in cells))
    if told:
        return Verdict(False, f"h = 0 tells them apart: {told}")
    told = _told_apart(*(features(cell, h=1).counted for cell in cells))
    if not told:
        return Verdict(False, "h = 0 cannot tell them apart, but neither can h = 1: what their graphs compute is the same.")
    return Verdict(True, f"The same operations, so h = 0 predicts one value for both. h = 1 sees more: {told}")


def _cell(one: Any) -> Architecture:
    return _cells().parse(as_term(one).text)


def _told_apart(first: Iterable[Any], second: Iterable[Any]) -> str:
    """The first feature of which two bags hold different numbers, in words; "" for equal bags."""
    a, b = ({c.feature.words: c.count for c in counted} for counted in (first, second))
    for words in (*a, *b):
        n, m = a.get(words, 0), b.get(words, 0)
        if n != m:
            return f"'{words}' occurs {_times(n)} in the first and {_times(m)} in the second."
    return ""


def _times(n: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(n, f"{n} times")


# ---- 05.2


def _chance(answer: Answer) -> Verdict:
    found = as_real(answer, "a number of standard deviations, such as 1.5")
    expected = TRIALS * LEVEL
    variance = expected * (1 - LEVEL)
    right = (INSIDE - expected) / math.sqrt(variance)
    if near(abs(found), abs(right), 0.016):
        return Verdict(True, "Four standard deviations are no chance: the intervals are too narrow, the surrogate too sure.")
    share = INSIDE / TRIALS
    slips = {
        INSIDE - expected: "This is the difference itself; divide it by the standard deviation of the number inside.",
        (INSIDE - expected) / variance: "This is divided by the variance, n p (1 − p); take its root.",
        (INSIDE - expected) / math.sqrt(TRIALS * share * (1 - share)): "This standard deviation is that of the share that "
        "was found. Asked is what an honest surrogate does, so p = 0.68.",
        (share - LEVEL) / math.sqrt(LEVEL * (1 - LEVEL)): "This is for a single trial; of 50 the share varies less.",
    }
    for slip, words in slips.items():
        if near(abs(found), abs(slip), 0.01):
            return Verdict(False, words)
    return Verdict(False, f"An honest surrogate has {expected:.0f} of 50 inside, and the number varies by √(n p (1 − p)).")


# ---- 05.3


def rebuilt(why: Any) -> float:
    """The solution of 05.3."""
    total = why.table["own"].sum()
    return why.base * math.exp(total) if why.log else why.base + total


def _rebuilt(answer: Answer) -> Verdict:
    from nasviz.surrogate.why import explain

    function = _function(answer, "a function of an explanation, such as def rebuilt(why): return why.base")
    for log in (True, False):
        for arch in _split()[1][:40:13]:
            why = explain(_toy(log), arch)
            found = _called(function, why)
            wanted = rebuilt(why)
            if not near(found, wanted, 1e-6):
                return Verdict(False, _account_slip(why, found, wanted))
    return Verdict(True, "Nothing is left over: the credits are the whole of the prediction, on both scales.")


def _account_slip(why: Explanation, found: float, wanted: float) -> str:
    table = why.table
    total, double = float(table["own"].sum()), float(table["credit"].sum())
    scale = "logarithms here, so why.log is true" if why.log else "in the units of the objective here, so why.log is false"
    multiplied, added = _exp(total) * why.base, why.base + total
    slips = [
        (why.base, "This is what credits are counted from; add them."),
        (total, "This is the sum of the credits; they are counted from why.base."),
        (_exp(total), "This is the factor that the credits make; it multiplies why.base."),
        (added if why.log else multiplied, f"The credits are {scale}."),
        (why.base + double, "The credit of a subterm contains those within it: own counts each of them once."),
        (_exp(double) * why.base, "The credit of a subterm contains those within it: own counts each of them once."),
        (why.belief.mean, "This is read off the prediction, a mean that includes half the variance; rebuild it from credits."),
    ]
    for slip, words in slips:
        if near(found, slip, 1e-6):
            return words
    return f"For {short(why.arch.term)} your function gives {numbers.measure(found)}, wanted is {numbers.measure(wanted)}."


def _exp(x: float) -> float:
    return math.exp(min(x, 700.0))


# ---- 05.4


def by_hand() -> tuple[float, ...]:
    """Credits and gradients of the two features."""
    length = math.hypot(*COUNTS)
    value = sum(n * v for n, v in zip(COUNTS, WORTH, strict=True))
    credit = [n * v / length for n, v in zip(COUNTS, WORTH, strict=True)]
    gradient = [v / length - value * n / length**3 for n, v in zip(COUNTS, WORTH, strict=True)]
    return (*credit, *gradient)


def _by_hand(answer: Answer) -> Verdict:
    found = as_reals(answer, 4, "four numbers: the credits of f and g, then the derivatives by f and g")
    right = by_hand()
    if all(near(a, b, 0.0006) for a, b in zip(found, right, strict=True)):
        return Verdict(
            True,
            "One f more adds 0.2 and dilutes all by 0.264. 3 · (−0.064) + 4 · 0.048 = 0: a gradient hands out nothing.",
        )
    if all(near(a, b, 0.006) for a, b in zip(found, right, strict=True)):
        return Verdict(False, "Nearly: give three decimal places.")
    length = math.hypot(*COUNTS)
    if not _all_near(found[:2], right[:2]):
        slips = [
            ([n * v for n, v in zip(COUNTS, WORTH, strict=True)], "These credits are not divided by the length, √(3² + 4²)."),
            ([v / length for v in WORTH], "This is what one occurrence is worth; f occurs 3 times, g 4 times."),
            (right[1::-1], "The credits of f and g are exchanged."),
        ]
        return Verdict(False, _named(found[:2], slips, "The credits shall sum to the mean, (3 · 1 + 4 · 2) / 5 = 2.2."))
    slips = [
        ([v / length for v in WORTH], "The credits are right. One more of f makes the length greater, too: it is no constant."),
        (right[:1:-1], "The credits are right; the derivatives by f and g are exchanged."),
        ([-x for x in right[2:]], "The credits are right, and so are the sizes of the derivatives; look at their signs."),
    ]
    return Verdict(False, _named(found[2:], slips, "The credits are right. The derivative of u / L is u' / L − u L' / L²."))


def _all_near(found: Sequence[float], wanted: Sequence[float]) -> bool:
    return all(near(a, b, 0.0006) for a, b in zip(found, wanted, strict=True))


def _named(found: Sequence[float], slips: Iterable[tuple[Sequence[float], str]], else_: str) -> str:
    return next((words for slip, words in slips if _all_near(found, slip)), else_)


# ---- 05.5


def _what_if(answer: Answer) -> Verdict:
    arch, start = _cell(shown_in(answer)), _cells().parse(START)
    places = [i for i in range(1, 4) if arch.term.operator(i) != start.term.operator(i)]
    if not places:
        return Verdict(False, f"This is {START}, nothing is edited yet.")
    if len(places) > 1:
        return Verdict(False, f"{short(arch.term)} is {len(places)} edits away; asked is a single one. Undo goes back.")
    rivals = _edits(start)
    means, _ = _toy(True).predict([*rivals, arch])
    least, now = float(means[:-1].min()), float(means[-1])
    if now <= least + 1e-9:
        return Verdict(True, f"{short(arch.term)}: predicted {numbers.measure(now)}, the least of {len(rivals)} single edits.")
    better = rivals[int(means[:-1].argmin())]
    (wanted,) = (i for i in range(1, 4) if better.term.operator(i) != start.term.operator(i))
    where = "at this place" if [wanted] == places else f"elsewhere than at {position_text(arch.term.position(places[0]))}"
    return Verdict(False, f"Predicted {numbers.measure(now)}; an edit {where} gives less. The credits say what hurts.")


def _edits(start: Architecture) -> list[Architecture]:
    return [
        other
        for other in _cells().enumerate()
        if sum(a != b for a, b in zip(other.term.operators, start.term.operators, strict=True)) == 1
    ]


# ---- 05.6


def checksum(arch: Any) -> float:
    """The solution of 05.6."""
    return zlib.crc32(str(arch).encode()) % 97 + 1


def _hidden(answer: Answer) -> Verdict:
    function = _function(answer, "a function of an architecture that returns a number")
    values = {arch: _called(function, arch) for part in _split() for arch in part}
    if any(_called(function, arch) != value for arch, value in list(values.items())[:20]):
        return Verdict(False, "It gives another value at the second call: that is noise, no function. Nothing could learn it.")
    seen, others = _split()
    if len({values[arch] for arch in seen}) == 1:
        return Verdict(False, "All values that the surrogate has seen are equal: it says itself that it learns nothing.")
    if len({values[arch] for arch in others}) == 1:
        return Verdict(False, "All values that it has to predict are equal: they have no order.")
    tau = _learned(values.__getitem__).calibration(others, [values[arch] for arch in others]).tau
    if not tau <= LEARNED:
        return Verdict(
            False,
            f"The surrogate learns this: Kendall τ is {tau:.2f} for cells that it has not seen; wanted is at most 0.2.",
        )
    return Verdict(
        True, f"Kendall τ {0.0 if math.isnan(tau) else tau:.2f}: neighbourhoods of operations say nothing about these values."
    )


# ---- functions that are handed in


def _function(answer: Answer, what: str) -> Callable[[Any], Any]:
    if not callable(answer):
        raise UnreadableError(f"Expected {what}.")
    return cast("Callable[[Any], Any]", answer)


def _called(function: Callable[[Any], Any], given: Any) -> float:
    """The number that a function returns; what it raises instead is told."""
    try:
        found = function(given)
    except Exception as error:
        raise UnreadableError(f"Your function raised {type(error).__name__}: {str(error)[:300]}") from error
    return as_real(found, "a function that returns a number")


EXERCISES = (
    Exercise(
        id="05.1",
        title="A blind spot",
        asks="write two cells, as a pair of texts, that the features of h = 0 cannot tell apart and those of h = 1 can.",
        judge=_blind,
        solution=BLIND,
        why="Without neighbourhoods a network is a bag of operations, and their order is lost.",
    ),
    Exercise(
        id="05.2",
        title="Chance, or too sure",
        asks="say by how many standard deviations of the binomial law 21 of 50 differ from what an honest surrogate has.",
        judge=_chance,
        solution=round((INSIDE - TRIALS * LEVEL) / math.sqrt(TRIALS * LEVEL * (1 - LEVEL)), 2),
        why="Expected are 50 · 0.68 = 34, and their number varies by √(50 · 0.68 · 0.32) = 3.3.",
    ),
    Exercise(
        id="05.3",
        title="An account",
        asks="write a function of an explanation that gives the predicted value from its credits, under a logarithm or not.",
        judge=_rebuilt,
        solution=rebuilt,
        why="Credits sum to the predicted mean minus the prior mean; logarithms that are added multiply.",
    ),
    Exercise(
        id="05.4",
        title="Credit and gradient by hand",
        asks="give (credit of f, credit of g, derivative by f, derivative by g) of the mean, with the numbers above.",
        judge=_by_hand,
        solution=tuple(round(x, 3) for x in by_hand()),
        why="The length is 5. Credits are 3 · 1 / 5 and 4 · 2 / 5; a derivative is v / 5 minus 2.2 · n / 25.",
    ),
    Exercise(
        id="05.5",
        title="The best single edit",
        asks=f"replace one operation of {START} so that the predicted error is least, and hand in the view, or the term.",
        judge=_what_if,
        solution=BEST,
        why="Only avg_pool at (0,) has a credit that raises the error, and conv3x3 is what helps most elsewhere.",
    ),
    Exercise(
        id="05.6",
        title="What it cannot learn",
        asks="write a function of an architecture, of its text say, with values that this surrogate cannot predict.",
        judge=_hidden,
        solution=checksum,
        why="A checksum of the text depends on every character, but on no neighbourhood: architectures that are alike have "
        "nothing in common.",
    ),
)
"""In the order of the notebook."""
