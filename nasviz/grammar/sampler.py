"""Drawing from a language: first the values of the shared draws, then each draw, then the rest."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

from nasviz.grammar.drawing import LARGEST, Uniforms
from nasviz.grammar.language import Grading, Language
from nasviz.grammar.numbers import Draws, Number
from nasviz.grammar.rows import Rows, exactly, up_to

Place = tuple[Draws, int, int]
"""Used draws, state and grade of the rest."""


class Sampler:
    """Draws from a language with the shares that its numbers say.

    Parameters
    ----------
    language
        Terms, or weights of derivations.
    grading, limit
        Whether heights or sizes are limited, and the greatest one; None for sizes stands for all.
    notes, leaves
        As for :class:`~nasviz.grammar.rows.Rows`.
    """

    def __init__(
        self, language: Language, grading: Grading, limit: int | None, notes: Sequence[int | None], leaves: bool
    ) -> None:
        self._language = language
        self._grading: Grading = grading
        self._limit = limit
        self._notes = notes
        self._leaves = leaves
        self._rows: dict[Draws, Rows] = {}
        self._starts: dict[int | None, tuple[list[float], list[Place], Number]] = {}

    def rows(self, used: Draws) -> Rows:
        """Return the choices at the vertices, given the used shared draws."""
        if used not in self._rows:
            self._rows[used] = Rows(self._language.numbers, used, self._grading, self._notes, self._leaves, self._limit)
        return self._rows[used]

    def _start(self, grade: int | None) -> tuple[list[float], list[Place], Number]:
        if grade not in self._starts:
            weights: list[Number] = []
            places: list[Place] = []
            for block in self._language.blocks(self._grading, self._limit):
                factor = math.prod(block.factors)
                for state in self._language.roots(block.used):
                    for g, n in self._grades(block.used, state, grade):
                        if n > 0:
                            weights.append(factor * n)
                            places.append((block.used, state, g))
            self._starts[grade] = (_steps(weights), places, sum(weights))
        return self._starts[grade]

    def _grades(self, used: Draws, state: int, grade: int | None) -> list[tuple[int, Number]]:
        rows, limit = self.rows(used), self._limit
        if self._grading == "height":
            code = up_to(limit or 0) if grade is None else exactly(grade)
            return [(code, rows.number(state, code))]
        if self._grading == "":
            return [(0, rows.number(state, 0))]
        sizes = range(rows.greatest(state) + 1) if grade is None else [grade]
        return [(size, rows.number(state, size)) for size in sizes]

    def grades(self) -> list[int]:
        """Return the heights or sizes that occur."""
        if self._grading == "size":
            return [k for k, n in enumerate(self._language.sizes(self._limit)) if n]
        return [h for h in range(1, (self._limit or 0) + 1) if self._start(h)[1]]

    def total(self, grade: int | None = None) -> Number:
        """Return the number or weight of all that may be drawn, or of one height or size."""
        return self._start(grade)[2]

    def draw(self, uniforms: Uniforms, grade: int | None = None, largest: int = LARGEST) -> dict[int, list[int]] | None:
        """Return the notes of the used draws, by leaf, and under -1 those of the rest; None when there is nothing to draw.

        Parameters
        ----------
        uniforms
            Source of randomness.
        grade
            Draw only what has exactly this height or size.
        largest
            Greatest number of notes of each part.

        Raises
        ------
        TooLargeDrawError
            If a part passes `largest` notes.
        """
        steps, places, _ = self._start(grade)
        if not places:
            return None
        used, state, own = places[_pick(steps, uniforms)]
        found: dict[int, list[int]] = {}
        for i, (leaf, value, height_or_size) in enumerate(used):
            rows = self.rows(used[:i])
            code = exactly(height_or_size) if self._grading == "height" else height_or_size
            states = self._language.states(leaf, value)
            chosen = states[_pick(_steps([rows.number(q, code) for q in states]), uniforms)]
            found[leaf] = rows.draw(rows.key(chosen, code), uniforms, largest)
        rows = self.rows(used)
        found[-1] = rows.draw(rows.key(state, own), uniforms, largest)
        return found


def _steps(weights: list[Number]) -> list[float]:
    total = sum(weights)
    running: Number = 0
    steps: list[float] = []
    for weight in weights:
        running += weight
        steps.append(running / total)
    if steps:
        steps[-1] = math.inf
    return steps


def _pick(steps: list[float], uniforms: Uniforms) -> int:
    if len(steps) == 1:
        return 0
    buffer = uniforms.buffer or uniforms.refill()
    return bisect_right(steps, buffer.pop())
