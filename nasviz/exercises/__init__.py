"""Exercises of the notebooks: a check that looks at values and answers with a counter-example.

An *exercise* has a number ("01.2": the second of notebook 01), says what is asked, and judges an answer by what it *means*: two
grammars are equal when they derive the same terms, however they are written, and if they do not, the smallest term that tells
them apart is shown. So a wrong answer is no dead end but the next thing to look at. ``check("01.2", answer)`` returns a
:class:`Feedback` that is true when the exercise is solved; a placeholder (``...``) is "not answered yet", an answer of another
kind is told what is expected, and nothing raises, so that *Run All* goes through. ``solution("01.2")`` shows one right answer
to whoever asks for it. A notebook's exercises stand in one file of its number; the tests prove that each solution passes and
that placeholders and usual slips do not.
"""

from __future__ import annotations

from nasviz.exercises import notebook_00, notebook_01, notebook_02, notebook_03, notebook_04, notebook_05
from nasviz.exercises.exercise import Answer, Exercise, Solution, by_id, find
from nasviz.exercises.feedback import Feedback, Verdict

EXERCISES = by_id(
    exercise
    for notebook in (notebook_00, notebook_01, notebook_02, notebook_03, notebook_04, notebook_05)
    for exercise in notebook.EXERCISES
)
"""All exercises by number."""


def check(number: str, answer: Answer = ...) -> Feedback:
    """Say whether an answer solves an exercise, and if not, what to look at.

    Parameters
    ----------
    number
        The exercise, e.g. "01.3".
    answer
        What the exercise asks for; ``...`` or None: not answered yet.

    Returns
    -------
    Feedback
        True when the answer is right; the last line of a cell shows it. The same answer has the same feedback each time.

    Raises
    ------
    NasvizError
        If there is no such exercise; names the nearest. A wrong answer never raises.

    Examples
    --------
    >>> check("01.3", (32, 18))
    → 01.3 Count by hand: not yet. The other way round: there cannot be fewer derivations than terms.
    >>> bool(check("00.1", "Linear(conv, Residual(conv3x3, avg_pool, conv1x1), fc)"))
    True
    """
    return find(EXERCISES, number).check(answer)


def solution(number: str) -> Solution:
    """Return one solution of an exercise and why it is right.

    Parameters
    ----------
    number
        The exercise, e.g. "01.3".

    Raises
    ------
    NasvizError
        If there is no such exercise; names the nearest.

    Examples
    --------
    >>> solution("01.5").answer
    0.4
    """
    exercise = find(EXERCISES, number)
    return Solution(exercise.id, exercise.solution, exercise.why)


__all__ = ["EXERCISES", "Answer", "Exercise", "Feedback", "Solution", "Verdict", "check", "solution"]
