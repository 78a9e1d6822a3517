"""Feedback: what a check says about an answer, as text and as a box in the notebook."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

State = Literal["right", "wrong", "open"]

_MARKS: dict[State, str] = {"right": "✓", "wrong": "→", "open": "…"}
_COLOURS: dict[State, str] = {"right": "#009e73", "wrong": "#d55e00", "open": "#808080"}
_WORDS: dict[State, str] = {"right": "right", "wrong": "not yet", "open": "not answered yet"}


@dataclass(frozen=True)
class Verdict:
    """What a checker found.

    Attributes
    ----------
    right
        Whether the answer is right.
    message
        One or two sentences: what is right, or what to look at.
    excerpt
        Lines in a code font, e.g. an error with its caret; "" for none.
    """

    right: bool
    message: str = ""
    excerpt: str = ""


@dataclass(frozen=True, repr=False)
class Feedback:
    """The answer of :func:`nasviz.exercises.check`: true when the exercise is solved.

    Attributes
    ----------
    id, title
        The exercise.
    state
        "right", "wrong", or "open" (a placeholder).
    message
        What is right, what to look at, or what is asked.
    excerpt
        Lines in a code font; "" for none.

    Examples
    --------
    >>> feedback = Feedback("01.2", "Two sizes", "wrong", "the terms are right")
    >>> bool(feedback), feedback
    (False, → 01.2 Two sizes: not yet. the terms are right)
    """

    id: str
    title: str
    state: State
    message: str = ""
    excerpt: str = ""

    def __bool__(self) -> bool:
        return self.state == "right"

    def __repr__(self) -> str:
        head = f"{_MARKS[self.state]} {self.id} {self.title}: {_WORDS[self.state]}"
        text = f"{head}{'' if not self.message else (': ' if self.state == 'open' else '. ')}{self.message}"
        return f"{text}\n{self.excerpt}" if self.excerpt else text

    def _repr_html_(self) -> str:
        colour = _COLOURS[self.state]
        box = f"border-left: 4px solid {colour}; padding: 4px 12px; margin: 4px 0; max-width: 60em; line-height: 1.5"
        mark = f'<span aria-hidden="true" style="color: {colour}; font-weight: bold">{_MARKS[self.state]}</span>'
        head = f"{mark} <b>{escape(self.id)} {escape(self.title)}</b>: {_WORDS[self.state]}"
        gap = ": " if self.state == "open" else "<br>"
        body = f"{head}{gap}{escape(self.message)}" if self.message else head
        if self.excerpt:
            body += f'<pre style="margin: 6px 0 2px; white-space: pre-wrap">{escape(self.excerpt)}</pre>'
        return f'<div class="nv-feedback nv-{self.state}" role="status" style="{box}">{body}</div>'
