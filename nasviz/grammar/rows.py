"""Drawing from the tables of an automaton: top down, each step with the share of the whole that it leads to.

With counts as numbers a draw is uniform over terms; with the probabilities of productions it follows the user's law under the
condition of being legal. Heights and sizes may be prescribed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from nasviz.grammar.drawing import LARGEST, TooLargeDrawError, Uniforms
from nasviz.grammar.language import Grading
from nasviz.grammar.numbers import Draws, Number, Numbers
from nasviz.grammar.polynomials import Poly

Row = tuple[list[float] | None, list[tuple[int | None, tuple[int, ...]]]]
"""Cumulative shares for `bisect_right` (None for a single choice); of each choice what to note and to expand, last first."""

Choice = tuple[Number, int | None, tuple[int, ...]]

_INLINE = 64
_WIDE = 50


class Rows:
    """Choices at the vertices of an automaton, given the shared draws; made when they are first needed.

    Parameters
    ----------
    numbers
        Counts or weights.
    draws
        The used shared draws.
    grading
        Whether the height that is left or the exact size is part of a place.
    notes
        What to note for each label; None for nothing.
    leaves
        Whether to note shared leaves, as ``-1 - leaf``.
    limit
        Greatest height or size.
    """

    def __init__(
        self,
        numbers: Numbers,
        draws: Draws,
        grading: Grading,
        notes: Sequence[int | None],
        leaves: bool,
        limit: int | None,
    ) -> None:
        self._limit = limit
        self._numbers = numbers
        self._auto = numbers.automaton
        self._draws = draws
        self._grading: Grading = grading
        self._notes = notes
        self._n = len(self._auto.symbols)
        self._rows: dict[int, Row] = {}
        self._shares: dict[int, list[float]] = {}
        self._singles: dict[int, list[tuple[Number, int | None, int]]] = {}
        for label, v in self._auto.singles:
            self._singles.setdefault(v, []).append((numbers.weight(label), notes[label], 1))
        for leaf, value, grade in draws:
            v = self._auto.leaf_states.get((leaf, value))
            if v is not None:
                self._singles.setdefault(v, []).append((1, -1 - leaf if leaves else None, grade))
        self._label = {v: label for label, v in self._auto.roots}
        for p, _, target in self._auto.edges:
            if self._auto.read[target]:
                self._label[target] = self._label[p]

    def key(self, v: int, grade: int = 0) -> int:
        """Return the number of a place: a vertex with a size, or with a height as :func:`up_to` or :func:`exactly` say it."""
        return v + self._n * grade

    def draw(self, start: int, uniforms: Uniforms, largest: int = LARGEST) -> list[int]:
        """Return what was noted while a vertex was expanded, in preorder.

        Raises
        ------
        TooLargeDrawError
            If more than `largest` notes would be made.
        """
        rows = self._rows
        buffer = uniforms.buffer
        stack = [start]
        noted: list[int] = []
        while stack:
            key = stack.pop()
            row = rows.get(key) or self._row(key)
            steps, choices = row
            if steps is None:
                note, push = choices[0]
            else:
                if not buffer:
                    buffer = uniforms.refill()
                note, push = choices[bisect_right(steps, buffer.pop())]
            if note is not None:
                noted.append(note)
                if len(noted) > largest:
                    raise TooLargeDrawError(f"a draw passed {largest:,} choices")
            stack += push
        return noted

    def _row(self, key: int) -> Row:
        """Make a row, and first those of the partial matches that it continues."""
        stack = [key]
        while stack:
            here = stack[-1]
            if here in self._rows:
                stack.pop()
                continue
            choices = list(self._choices(here))
            if not self._grading:
                before = [push[-1] for _, _, push in choices if push and self._narrow(push[-1]) and push[-1] not in self._rows]
                if before:
                    stack += before
                    continue
            self._rows[here] = self._compiled(here, choices)
            stack.pop()
        return self._rows[key]

    def _narrow(self, key: int) -> bool:
        return 0 < self._auto.read[key % self._n] <= _WIDE

    def _compiled(self, key: int, choices: list[Choice]) -> Row:
        total = sum(weight for weight, _, _ in choices)
        shares = [weight / total for weight, _, _ in choices]
        out = [(note, push) for _, note, push in choices]
        if not self._grading:
            shares, out = self._inlined(shares, out)
        self._shares[key] = shares
        if len(out) == 1:
            return None, out
        running = 0.0
        steps: list[float] = []
        for share in shares:
            running += share
            steps.append(running)
        steps[-1] = float("inf")
        return steps, out

    def _inlined(
        self, shares: list[float], out: list[tuple[int | None, tuple[int, ...]]]
    ) -> tuple[list[float], list[tuple[int | None, tuple[int, ...]]]]:
        """Take the choices of partial matches into a row while it stays short."""
        known = [
            self._rows[push[-1]][1] if push and push[-1] in self._shares and self._narrow(push[-1]) else None for _, push in out
        ]
        if sum(1 if inner is None else len(inner) for inner in known) > _INLINE:
            return shares, out
        new_shares: list[float] = []
        new_out: list[tuple[int | None, tuple[int, ...]]] = []
        for share, (note, push), inner in zip(shares, out, known, strict=True):
            if inner is None:
                new_shares.append(share)
                new_out.append((note, push))
                continue
            for part, (_, below) in zip(self._shares[push[-1]], inner, strict=True):
                new_shares.append(share * part)
                new_out.append((note, (*push[:-1], *below)))
        return new_shares, new_out

    def _choices(self, key: int) -> Iterator[Choice]:
        """Yield weight, note and places of each way to a vertex; the last place is expanded first."""
        grade, v = divmod(key, self._n)
        partial = self._auto.read[v] > 0
        if not partial:
            for weight, note, own in self._singles.get(v, ()):
                if weight and self._fits(own, grade):
                    yield weight, note, ()
            for label, source in self._numbers.units[v]:
                weight = self._numbers.weight(label) * self.number(source, grade)
                if weight > 0:
                    yield weight, self._notes[label], (self.key(source, grade),)
        for p, q in self._numbers.into[v]:
            note = None if partial else self._notes[self._label[p]]
            deeper = self._auto.read[p] > 0
            for weight, gp, gq in self._splits(p, q, grade):
                push = (self.key(q, gq), self.key(p, gp)) if deeper else (self.key(q, gq),)
                yield weight, note, push

    def _fits(self, own: int, grade: int) -> bool:
        if self._grading == "size":
            return own == grade
        return not self._grading or (own == grade // 2 if grade % 2 else own <= grade // 2)

    def number(self, v: int, grade: int) -> Number:
        """Return the weight of a place."""
        if self._grading == "size":
            poly = self._polys[v]
            return poly[grade] if grade < len(poly) else 0
        if not self._grading:
            return self._numbers.total(self._draws)[v]
        height = grade // 2
        number = self._numbers.up_to_height(height, self._draws)[v]
        return number - self._numbers.up_to_height(height - 1, self._draws)[v] if grade % 2 else number

    def greatest(self, v: int) -> int:
        """Return the greatest size at a vertex."""
        return len(self._polys[v]) - 1

    @cached_property
    def _polys(self) -> list[Poly]:
        return self._numbers.by_size(self._limit, self._draws)

    def _splits(self, p: int, q: int, grade: int) -> Iterator[tuple[Number, int, int]]:
        """Yield weight and grades of both parts of an edge."""
        if self._grading == "size":
            a, b = self._polys[p], self._polys[q]
            for k in range(max(1, grade - len(b) + 1), min(grade, len(a))):
                weight = a[k] * b[grade - k]
                if weight:
                    yield weight, k, grade - k
            return
        parts = [(grade, 0)] if not self._grading else [(grade, up_to(grade // 2 - 1))]
        if self._grading and grade % 2:
            below = grade // 2 - 1
            parts = [(grade, up_to(below)), (up_to(below), exactly(below))] if below > 0 else []
        for gp, gq in parts:
            weight = self.number(p, gp) * self.number(q, gq)
            if weight > 0:
                yield weight, gp, gq


def up_to(height: int) -> int:
    """Return the grade of what has at most a height."""
    return 2 * height


def exactly(height: int) -> int:
    """Return the grade of what has exactly a height."""
    return 2 * height + 1
