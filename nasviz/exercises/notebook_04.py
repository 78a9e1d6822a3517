"""Exercises of the notebook 04_search."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from nasviz import numbers
from nasviz.exercises.answers import as_integers, as_real, as_reals, as_term, near, short
from nasviz.exercises.exercise import Answer, Exercise, UnreadableError
from nasviz.exercises.feedback import Verdict
from nasviz.spaces import Architecture, SearchSpace, three_node_cells

if TYPE_CHECKING:
    from nasviz.search import Study

PAIR = ("Linear(conv3x3, relu, conv3x3)", "Linear(conv3x3, conv3x3, relu)")

NESTED = """\
S ::= Linear(S, S) | conv3x3 | conv1x1 | relu
"""

TWINS = ("Linear(Linear(conv3x3, relu), conv1x1)", "Linear(conv3x3, Linear(relu, conv1x1))")

ALIKE, NOISE, OBSERVED = 0.5, 0.25, -2.0
"""Similarity of the two networks, noise variance and observed value of the posterior that is computed by hand."""

SAFE, OPEN = (-1.0, 0.2), (-0.4, 0.5)
"""Mean and sd of two candidates, in standardised units."""

TOP, SURE = 0.05, 0.95
"""The best share of a space, and how surely random draws shall meet it."""

TRIALS = 12


def _near(found: Sequence[float], wanted: Sequence[float]) -> bool:
    """Whether all numbers are those that are wanted, to two places."""
    return all(near(a, b, 0.006) for a, b in zip(found, wanted, strict=True))


# ---- 04.1


def _similar(answer: Answer) -> Verdict:
    found = as_reals(answer, 2, "two numbers, (similarity for h = 0, similarity for h = 1), such as (0.5, 1 / 3)")
    slips: list[tuple[int, float, str]] = [
        (0, 7, "For h = 0 the sum of products is 7; divide it by the lengths of both lists of counts, √7 · √7."),
        (0, 0, "For h = 0 only the operations are counted, and both networks have the same ones."),
        (1, 8, "For h = 1 the sum of products is 8; divide it by the lengths of both lists of counts, √12 · √12."),
        (1, 7 / 12, "For h = 1 one neighbourhood is common to both: the input feeds conv3x3."),
        (1, 1 / 5, "These are the neighbourhoods alone; h = 1 counts the operations of h = 0, too."),
        (1, 5 / 8, "The input and the output are operations, too; each is counted, with its neighbour."),
    ]
    right = (1.0, 2 / 3)
    if _near(found, right):
        return Verdict(True, "The same operations, in another order: h = 0 does not see it, h = 1 does.")
    for k, value, words in slips:
        if _near(found[k : k + 1], (value,)) and not _near(found[k : k + 1], right[k : k + 1]):
            return Verdict(False, words)
    wrong = 0 if not _near(found[:1], right[:1]) else 1
    return Verdict(
        False,
        f"For h = {wrong} it is not {numbers.measure(found[wrong])}: write down every operation, input and output included"
        + (", with what feeds it and what it feeds, and count." if wrong else ", and how often it stands in each network."),
    )


# ---- 04.2


def _twins(answer: Answer) -> Verdict:
    pair = cast("list[Any]", list(answer)) if isinstance(answer, tuple | list) else []
    if len(pair) != 2 or not all(isinstance(one, str | Architecture) for one in pair):
        raise UnreadableError("Expected two terms as text, such as ('Linear(relu, relu)', 'Linear(relu, conv1x1)').")
    space = SearchSpace(NESTED)
    first, second = (space.parse(as_term(one).text) for one in pair)
    if first == second:
        return Verdict(False, f"Both terms are {short(first.term)}: the two must differ.")
    flat, folded = (_similarity(name, first, second) for name in ("FlatWL", "HierarchicalWL"))
    if flat < 1 - 1e-9:
        return Verdict(False, f"FlatWL gives {numbers.measure(flat)}, not 1: these two graphs differ.")
    if folded > 1 - 1e-9:
        return Verdict(False, "FlatWL gives 1, and so does HierarchicalWL: no fold of these two differs.")
    return Verdict(True, f"One graph, so FlatWL gives 1; built in another way, so HierarchicalWL gives {folded:.3g}.")


def _similarity(kernel: str, first: Architecture, second: Architecture) -> float:
    from nasviz import surrogate

    return float(surrogate.gram(getattr(surrogate, kernel)(), [first], [second])[0, 0])


# ---- 04.3


def _posterior(answer: Answer) -> Verdict:
    found = as_reals(answer, 2, "two numbers, (mean, sd), such as (0.5, 1.0)")
    weight = ALIKE / (1 + NOISE)
    mean, variance = weight * OBSERVED, 1 - weight * ALIKE
    right = (mean, math.sqrt(variance))
    if _near(found, right):
        return Verdict(True, "One noisy observation of a network half alike: the mean moves by 0.8, and little is known.")
    slips = {
        (
            ALIKE * OBSERVED,
            math.sqrt(1 - ALIKE**2),
        ): "This is without noise: an observation has variance 1 + σ².",
        (mean, variance): "The mean is right; the second number is the variance, the sd is its square root.",
        (-mean, math.sqrt(variance)): "The sd is right, and so is the size of the mean: its sign is that of the observation.",
        (mean, math.sqrt(variance + NOISE)): "This sd is that of a new observation; asked is that of the network's own value.",
        (mean, 1.0): "The mean is right. An observation tells something, so the sd is below that of the prior.",
    }
    for slip, words in slips.items():
        if _near(found, slip):
            return Verdict(False, words)
    if _near(found[:1], right[:1]):
        return Verdict(False, "The mean is right. The variance is 1 - k² / (1 + σ²), the sd its square root.")
    return Verdict(False, f"The mean is k / (1 + σ²) times what was observed, not {numbers.measure(found[0])}.")


# ---- 04.4


def _beta(answer: Answer) -> Verdict:
    found = as_real(answer, "one number, beta, such as 2.5")
    steps = (OPEN[0] - SAFE[0]) / (OPEN[1] - SAFE[1])
    if _near((found,), (steps**2,)):
        return Verdict(True, "At two standard deviations both bounds are −1.4; beyond, the less certain one is proposed.")
    if _near((found,), (steps,)):
        return Verdict(False, "That many standard deviations are right; beta is the square of their number.")
    if not found >= 0:
        return Verdict(False, "beta is the weight of a variance: 0 or more.")
    bounds = [mean - math.sqrt(found) * sd for mean, sd in (SAFE, OPEN)]
    chosen = "A" if bounds[0] < bounds[1] else "B"
    told = " and ".join(f"{numbers.measure(bound)} for {name}" for name, bound in zip("AB", bounds, strict=True))
    return Verdict(False, f"With this beta the bounds are {told}, so {chosen} is proposed; wanted is where they are equal.")


# ---- 04.5


def _loop(answer: Answer) -> Verdict:
    if not callable(answer):
        raise UnreadableError("Expected a function of three arguments, a study, what measures, and a number of trials.")
    measured: list[str] = []

    def measure(arch: Architecture) -> float:
        measured.append(str(arch))
        if len(measured) == 5:
            raise RuntimeError("out of memory")
        return float(len(measured))

    from nasviz.search import RandomSearch, Study

    study = Study(three_node_cells(), strategy=RandomSearch(), seed=0)
    try:
        cast("Any", answer)(study, measure, TRIALS)
    except Exception as error:
        if measured and len(measured) == 5 and str(error) == "out of memory":
            return Verdict(False, "The fifth measurement raised an error, 'out of memory', and your function ended with it.")
        return Verdict(False, f"Your function raised {type(error).__name__}:", str(error)[:500])
    return _told(study, measured)


def _told(study: Study, measured: Sequence[str]) -> Verdict:
    trials = study.trials
    if not trials:
        return Verdict(False, "Your function asked for no trial: study.ask() gives one.")
    left = [trial for trial in trials if trial.state == "running"]
    if left:
        return Verdict(False, f"Trial {left[0].number} was asked for and never told, so the study waits for it for ever.")
    if len(trials) != TRIALS:
        return Verdict(False, f"{TRIALS} trials were wanted, {len(trials)} were asked for.")
    for trial in trials:
        if trial.term not in measured:
            return Verdict(False, f"Trial {trial.number} was told a value, but {trial.term} was never measured.")
        k = measured.index(trial.term) + 1
        if k == 5 and trial.state != "failed":
            return Verdict(False, f"The measurement of trial {trial.number} raised an error, and the study was told a value.")
        if k != 5 and trial.value != k:
            said = "an error" if trial.value is None else numbers.measure(trial.value)
            return Verdict(False, f"Trial {trial.number} was measured as {numbers.measure(k)}, and the study was told {said}.")
    return Verdict(True, "Each trial asked for was told, the failed one with its reason: such a loop may run for weeks.")


def ask_and_tell(study: Study, measure: Any, n: int) -> None:
    """Ask, measure and tell `n` times."""
    for _ in range(n):
        trial = study.ask()
        try:
            value = measure(trial.arch)
        except Exception as error:
            study.tell(trial, error=str(error))
        else:
            study.tell(trial, value)


# ---- 04.6


def _draws(answer: Answer) -> Verdict:
    exact = math.log(1 - SURE) / math.log(1 - TOP)
    right = math.ceil(exact)
    if isinstance(answer, float) and not answer.is_integer() and near(answer, exact, 0.006):
        return Verdict(False, "There the chance that all miss is exactly 5 %; draws come whole, so round up.")
    (found,) = as_integers([answer], 1, "a whole number of draws")
    if found < 1:
        return Verdict(False, "At least one draw is needed to find anything.")
    if found == right:
        return Verdict(True, "0.95⁵⁹ = 0.048: random search is a strong baseline, in a space of any size.")
    if found == right - 1:
        return Verdict(False, "Nearly: 0.95⁵⁸ = 0.051 is still more than 5 %.")
    if found == round(1 / TOP):
        return Verdict(False, "Twenty draws hold one of the best 5 % on average, but with 0.95²⁰ = 36 % there is none.")
    if found == round(SURE / TOP):
        return Verdict(False, "Chances of several draws do not add up: multiply the chances that each of them misses.")
    missed = (1 - TOP) ** min(found, 10**6)
    return Verdict(
        False,
        ("One draw misses" if found == 1 else f"{numbers.count(found)} draws all miss")
        + f" with probability {numbers.measure(missed)}"
        + ("." if missed > 1 - SURE else ": fewer are enough."),
    )


EXERCISES = (
    Exercise(
        id="04.1",
        title="A similarity by hand",
        asks="give the flat similarity of the two networks above as (for h = 0, for h = 1).",
        judge=_similar,
        solution=(1, 2 / 3),
        why="For h = 0 both count input, output and relu once and conv3x3 twice: 7 / 7. For h = 1 five neighbourhoods come to "
        "each, and only 'the input feeds conv3x3' is common: (7 + 1) / (7 + 5).",
    ),
    Exercise(
        id="04.2",
        title="One graph, built in two ways",
        asks="write two terms of this grammar for which FlatWL gives 1 and HierarchicalWL less.",
        judge=_twins,
        solution=TWINS,
        why="Linear associates, so both are one chain. Cut below the first level, one is an S followed by conv1x1, the other "
        "conv3x3 followed by an S.",
    ),
    Exercise(
        id="04.3",
        title="A posterior by hand",
        asks="give (mean, sd) of the network x after one observation of another one, with the numbers above.",
        judge=_posterior,
        solution=(-0.8, 0.894),
        why="k / (1 + σ²) = 0.5 / 1.25 = 0.4. The mean is 0.4 · (−2) = −0.8, the variance 1 − 0.4 · 0.5 = 0.8.",
    ),
    Exercise(
        id="04.4",
        title="Safe or open",
        asks="give the beta of UCB at which A and B are worth the same.",
        judge=_beta,
        solution=4,
        why="−1 − 0.2 s = −0.4 − 0.5 s gives s = 2 standard deviations, and beta is the square of their number.",
    ),
    Exercise(
        id="04.5",
        title="A loop of your own",
        asks="write a function of (study, measure, n) that asks for n trials, measures each and tells the study, and that "
        "goes on when a measurement raises an error.",
        judge=_loop,
        solution=ask_and_tell,
        why="A trial that is asked for belongs to whoever asked until it is told; an error is told, too, so that the strategy "
        "does not wait for it and nothing else is lost.",
    ),
    Exercise(
        id="04.6",
        title="What random search finds",
        asks="give the least number of random draws of which, with probability at least 95 %, one is among the best 5 % of the "
        "space.",
        judge=_draws,
        solution=59,
        why="All n draws miss with probability 0.95ⁿ, and 0.95⁵⁹ is the first below 0.05, in a space of any size.",
    ),
)
"""In the order of the notebook."""
