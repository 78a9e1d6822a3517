"""Usual slips in the exercises of 04_search, and what each is told."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from nasviz.exercises import check, solution
from nasviz.exercises.notebook_04 import NESTED, PAIR, TRIALS, TWINS
from nasviz.search import ExhaustedError, RandomSearch, Study
from nasviz.spaces import SearchSpace, parse, three_node_cells
from nasviz.surrogate import GP, UCB, FlatWL, HierarchicalWL, gram


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("04.1", [1.0, 0.67]),
        ("04.1", (Fraction(1), Fraction(2, 3))),
        ("04.1", np.array([1, 8 / 12])),
        ("04.2", ("Linear(relu, Linear(relu, relu))", "Linear(Linear(relu, relu), relu)")),
        ("04.2", [SearchSpace(NESTED).parse(text) for text in TWINS]),
        ("04.2", tuple(parse(text) for text in TWINS)),
        ("04.3", (-0.8, 0.8**0.5)),
        ("04.3", np.array([-0.8, 0.89])),
        ("04.4", 4.0),
        ("04.4", np.float64(4)),
        ("04.6", np.int64(59)),
        ("04.6", 59.0),
    ],
)
def test_other_right_answers(number, answer):
    assert check(number, answer)


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("04.1", (7, 2 / 3), "For h = 0 the sum of products is 7; divide it"),
        ("04.1", (0, 2 / 3), "both networks have the same ones"),
        ("04.1", (1, 8), "For h = 1 the sum of products is 8; divide it"),
        ("04.1", (1, 7 / 12), "one neighbourhood is common to both"),
        ("04.1", (1, 0.2), "These are the neighbourhoods alone"),
        ("04.1", (1, 5 / 8), "The input and the output are operations, too"),
        ("04.1", (1, 0.5), "For h = 1 it is not 0.500: write down every operation, input and output included, with what feeds"),
        ("04.1", (0.5, 0.5), "For h = 0 it is not 0.500: write down every operation, input and output included, and how often"),
        ("04.1", 0.5, "Expected two numbers, (similarity for h = 0, similarity for h = 1)"),
        ("04.1", (1, float("nan")), "Expected two numbers"),
        ("04.2", (TWINS[0], TWINS[0]), "the two must differ"),
        ("04.2", ("Linear(conv3x3, relu)", "Linear(relu, conv3x3)"), "FlatWL gives 0.333, not 1: these two graphs differ."),
        ("04.2", ("Linear(relu, conv3x4)", "relu"), "conv3x4"),
        ("04.2", ("Linear(id, relu)", "relu"), "no rule of the grammar derives"),
        ("04.2", "relu", "Expected two terms as text"),
        ("04.3", (-1, 0.866), "This is without noise"),
        ("04.3", (-0.8, 0.8), "the second number is the variance"),
        ("04.3", (0.8, 0.894), "its sign is that of the observation"),
        ("04.3", (-0.8, 1.0247), "This sd is that of a new observation"),
        ("04.3", (-0.8, 1), "the sd is below that of the prior"),
        ("04.3", (-0.8, 0.5), "The mean is right. The variance is 1 - k² / (1 + σ²)"),
        ("04.3", (-2, 1), "The mean is k / (1 + σ²) times what was observed, not −2.00."),
        ("04.4", 2, "beta is the square of their number"),
        ("04.4", 1, "the bounds are −1.20 for A and −0.900 for B, so A is proposed"),
        ("04.4", 9, "the bounds are −1.60 for A and −1.90 for B, so B is proposed"),
        ("04.4", -4, "beta is the weight of a variance: 0 or more."),
        ("04.4", (2, 4), "Expected one number, beta"),
        ("04.6", 58, "Nearly: 0.95⁵⁸ = 0.051 is still more than 5 %."),
        ("04.6", 20, "with 0.95²⁰ = 36 % there is none"),
        ("04.6", 19, "multiply the chances that each of them misses"),
        ("04.6", 100, "100 draws all miss with probability 0.00592: fewer are enough."),
        ("04.6", 10, "10 draws all miss with probability 0.599."),
        ("04.6", 50.5, "Expected a whole number of draws"),
        ("04.6", 58.404, "draws come whole"),
        ("04.6", 1, "One draw misses with probability 0.950."),
        ("04.6", -3, "At least one draw"),
    ],
)
def test_slips(number, answer, words):
    feedback = check(number, answer)
    assert not feedback
    assert words in repr(feedback).replace("\xa0", " ")


def asks_only(study, measure, n):
    for _ in range(n):
        measure(study.ask().arch)


def is_careless(study, measure, n):
    for _ in range(n):
        trial = study.ask()
        study.tell(trial, measure(trial.arch))


def leaves_out_what_failed(study, measure, n):
    for _ in range(n):
        trial = study.ask()
        try:
            study.tell(trial, measure(trial.arch))
        except RuntimeError:
            continue


def makes_up_what_failed(study, measure, n):
    for _ in range(n):
        trial = study.ask()
        try:
            study.tell(trial, measure(trial.arch))
        except RuntimeError:
            study.tell(trial, 1.0)


def tells_something_else(study, measure, n):
    for _ in range(n):
        trial = study.ask()
        try:
            measure(trial.arch)
        except RuntimeError as error:
            study.tell(trial, error=str(error))
        else:
            study.tell(trial, 0.0)


def measures_nothing(study, measure, n):
    for k in range(n):
        study.tell(study.ask(), float(k))


def stops_at_an_error(study, measure, n):
    solution("04.5").answer(study, measure, 3)


def never_ends(study, measure, n):
    solution("04.5").answer(study, measure, 10_000)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda study, measure, n: None, "Your function asked for no trial: study.ask() gives one."),
        (lambda study: None, "Your function raised TypeError:"),
        (asks_only, "The fifth measurement raised an error, 'out of memory', and your function ended with it."),
        (is_careless, "The fifth measurement raised an error, 'out of memory', and your function ended with it."),
        (leaves_out_what_failed, "Trial 4 was asked for and never told"),
        (makes_up_what_failed, "The measurement of trial 4 raised an error, and the study was told a value."),
        (tells_something_else, "Trial 0 was measured as 1.00, and the study was told 0."),
        (measures_nothing, "Trial 0 was told a value, but Residual2("),
        (stops_at_an_error, "12 trials were wanted, 3 were asked for."),
        (never_ends, f"Your function raised {ExhaustedError.__name__}:"),
    ],
)
def test_loops_that_go_wrong(function, words):
    feedback = check("04.5", function)
    assert not feedback
    assert words in repr(feedback)


def test_the_solution_of_the_loop_is_shown_as_code_and_works_elsewhere():
    assert "trial = study.ask()" in repr(solution("04.5"))
    study = Study(three_node_cells(), strategy=RandomSearch())
    solution("04.5").answer(study, lambda arch: float(len(str(arch))), TRIALS)
    assert [trial.state for trial in study.trials] == ["finished"] * TRIALS


def test_the_library_says_what_the_solutions_say():
    pair = [parse(text) for text in PAIR]
    found = [gram(FlatWL(h), pair)[0, 1] for h in (0, 1)]
    assert found == pytest.approx(solution("04.1").answer)
    space = SearchSpace(NESTED)
    twins = [space.parse(text) for text in TWINS]
    assert gram(FlatWL(), twins)[0, 1] == pytest.approx(1)
    assert gram(HierarchicalWL(), twins)[0, 1] < 0.9
    gp = GP(FlatWL(1)).fit([pair[0]], [0.3])
    mean, sd = gp.posterior([pair[1]])
    k, z = found[1], gp.target.forward(np.array([0.3]))[0]
    assert mean[0] == pytest.approx(k / (1 + gp.noise) * z)
    assert sd[0] ** 2 == pytest.approx(1 - k**2 / (1 + gp.noise))
    assert UCB(solution("04.4").answer).bind(gp, 0.3, np.random.default_rng(0))(pair[1:])[0] == pytest.approx(2 * sd - mean)
