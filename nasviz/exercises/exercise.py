"""Exercise: what is asked, how an answer is judged, and a solution; and the two functions that students call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import getsource
from types import EllipsisType, FunctionType

from nasviz.errors import NasvizError, nearest
from nasviz.exercises.feedback import Feedback, Verdict

Answer = object
"""Whatever a student writes."""


class UnreadableError(NasvizError):
    """An answer of another kind than the exercise asks for; the text says what it expects."""


@dataclass(frozen=True)
class Exercise:
    """An exercise of a notebook.

    Parameters
    ----------
    id
        Number of the notebook and of the exercise in it: "01.2".
    title
        A few words.
    asks
        What is asked, in one or two sentences.
    judge
        Takes an answer (never a placeholder) and returns a :class:`~nasviz.exercises.Verdict`. It looks at values, not at how
        they are written, and says what is wrong by an example. A :class:`~nasviz.errors.NasvizError` in it is a wrong answer.
    solution
        One right answer.
    why
        One or two sentences that explain the solution.
    """

    id: str
    title: str
    asks: str
    judge: Callable[[Answer], Verdict]
    solution: Answer
    why: str

    def check(self, answer: Answer | EllipsisType | None) -> Feedback:
        """Judge an answer; ``...`` and None are placeholders. Never raises for a wrong answer."""
        if answer is None or answer is ...:
            return Feedback(self.id, self.title, "open", self.asks)
        try:
            verdict = self.judge(answer)
        except UnreadableError as error:
            verdict = Verdict(False, str(error))
        except NasvizError as error:
            verdict = Verdict(False, "This cannot be read:", str(error))
        return Feedback(self.id, self.title, "right" if verdict.right else "wrong", verdict.message, verdict.excerpt)


@dataclass(frozen=True)
class Solution:
    """A right answer, and why it is one."""

    id: str
    answer: Answer
    why: str

    def __repr__(self) -> str:
        code = getsource(self.answer) if isinstance(self.answer, FunctionType) else repr(self.answer)
        shown = self.answer if isinstance(self.answer, str) else code
        return f"A solution of {self.id}:\n{shown.rstrip()}\n\n{self.why}"


def by_id(exercises: Iterable[Exercise]) -> Mapping[str, Exercise]:
    """Return exercises by their number.

    Raises
    ------
    NasvizError
        If a number stands twice.
    """
    table: dict[str, Exercise] = {}
    for exercise in exercises:
        if exercise.id in table:
            raise NasvizError(f"exercise {exercise.id} stands twice")
        table[exercise.id] = exercise
    return table


def find(table: Mapping[str, Exercise], number: object) -> Exercise:
    """Return the exercise of a number.

    Raises
    ------
    NasvizError
        If there is none; names the nearest.
    """
    if isinstance(number, str) and number in table:
        return table[number]
    close = nearest(number, table) if isinstance(number, str) else None
    known = list(table)
    hint = f"did you mean {close!r}?" if close else f"there are {known[0]}, … {known[-1]}, each as text"
    raise NasvizError(f"no exercise {str(number)[:60]!r}; {hint}")
