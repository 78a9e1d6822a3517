"""The terms of an automaton in lexicographic order, as in a dictionary: how many come before one, and which is the n-th.

Terms are compared symbol by symbol in preorder. While a term is read, the *context* of the next subterm is a weight for each
state: in how many ways the rest can go on if the subterm runs to that state. Weights are keyed by the height that is left, too,
so that the terms of exactly height h are those up to h less those up to h - 1.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from nasviz.grammar.numbers import Draws, Numbers

Context = Mapping[tuple[int, int], int]
"""Weight by (height left, state); the height is 0 where heights do not count."""


@dataclass
class _Level:
    """Tables up to one height.

    Attributes
    ----------
    ways
        For each partial match: in how many ways it can go on to each state.
    makers
        For each state the places in the order of what makes it, and how many terms come before each.
    """

    ways: list[dict[int, int]]
    makers: dict[int, tuple[list[int], list[int]]]


@dataclass
class _Frame:
    """An operator whose operands are being read: partial match (-1 around the whole), context, operands left, height so far."""

    p: int
    context: Context
    left: int
    tallest: int = 0


class Lexicon:
    """The order of the terms that run to the states of a deterministic automaton, given the shared draws.

    A term is given as labels in preorder; ``-1 - leaf`` stands for a shared leaf.

    Parameters
    ----------
    numbers
        Counts over the automaton.
    draws
        The used shared draws.
    order
        Place of each label in the order; shared leaves come after all labels.
    graded
        Whether heights count.
    """

    def __init__(self, numbers: Numbers, draws: Draws, order: Sequence[int], graded: bool) -> None:
        self._numbers = numbers
        self._auto = numbers.automaton
        self._draws = draws
        self._graded = graded
        self._place = dict(enumerate(order))
        self._state = dict(self._auto.singles)
        self._height = dict.fromkeys(self._state, 1)
        for k, (leaf, value, grade) in enumerate(draws):
            if (leaf, value) in self._auto.leaf_states:
                self._place[-1 - leaf] = len(order) + k
                self._state[-1 - leaf] = self._auto.leaf_states[leaf, value]
                self._height[-1 - leaf] = grade
        self._label = {place: label for label, place in self._place.items()}
        self._root = dict(self._auto.roots)
        self._next = {(p, q): target for p, q, target in self._auto.edges}
        self._out: dict[int, list[tuple[int, int]]] = {}
        for p, q, target in self._auto.edges:
            self._out.setdefault(p, []).append((q, target))
        self._levels: dict[int, _Level] = {}

    def _counts(self, height: int) -> list[int]:
        if not self._graded:
            return cast("list[int]", self._numbers.total(self._draws))
        return cast("list[int]", self._numbers.up_to_height(height, self._draws))

    def _level(self, height: int) -> _Level:
        if height not in self._levels:
            self._levels[height] = self._make(height)
        return self._levels[height]

    def _make(self, height: int) -> _Level:
        auto = self._auto
        below = self._counts(height - 1)
        ways: list[dict[int, int]] = [{} for _ in auto.symbols]
        for p, q, target in reversed(auto.edges):
            if below[q]:
                here = ways[p]
                for state, n in (ways[target] if auto.read[target] else {target: 1}).items():
                    here[state] = here.get(state, 0) + below[q] * n
        makers: dict[int, list[tuple[int, int]]] = {}
        for label, state in self._state.items():
            if not self._graded or self._height[label] <= height:
                makers.setdefault(state, []).append((self._place[label], 1))
        for label, v in auto.roots:
            for state, n in ways[v].items():
                makers.setdefault(state, []).append((self._place[label], n))
        return _Level(ways, {q: _running(sorted(m)) for q, m in makers.items()})

    def _inside(self, frame: _Frame) -> Context:
        """Return the context of the next operand."""
        if frame.p < 0:
            return frame.context
        found: dict[tuple[int, int], int] = {}
        out, read = self._out.get(frame.p, ()), self._auto.read
        for (height, state), weight in frame.context.items():
            left = height - 1 if self._graded else 0
            if self._graded and left < max(1, frame.tallest):
                continue
            ways = self._level(height).ways
            for q, target in out:
                n = ways[target].get(state, 0) if read[target] else int(target == state)
                if n:
                    found[left, q] = found.get((left, q), 0) + weight * n
        return found

    def _advance(self, frames: list[_Frame], label: int) -> int:
        """Read a finished subterm, a leaf first, and those that it finishes; return the state of the last one."""
        state, height = self._state[label], self._height[label]
        while frames[-1].p >= 0:
            frame = frames[-1]
            frame.p = self._next[frame.p, state]
            frame.left -= 1
            frame.tallest = max(frame.tallest, height)
            if frame.left:
                break
            state, height = frame.p, frame.tallest + 1
            frames.pop()
        return state

    def before(self, labels: Sequence[int], context: Context) -> tuple[int, int]:
        """Return how many come before a term in a context, and the state of the term.

        Raises
        ------
        KeyError
            If it runs to no state.
        """
        total = 0
        frames = [_Frame(-1, context, 0)]
        state = -1
        for label in labels:
            here = self._inside(frames[-1])
            place = self._place[label]
            for (height, q), weight in here.items():
                places, running = self._level(height).makers.get(q, _NONE)
                total += weight * running[bisect_left(places, place)]
            if label in self._root:
                frames.append(_Frame(self._root[label], here, self._auto.labels[label][1]))
            else:
                state = self._advance(frames, label)
        return total, state

    def pick(self, n: int, context: Context) -> tuple[list[int], int, int]:
        """Return the labels of the n-th term in a context, what is left of `n`, and the state of the term."""
        labels: list[int] = []
        frames = [_Frame(-1, context, 0)]
        while True:
            here = self._inside(frames[-1])
            place, n = self._choose(here, n)
            label = self._label[place]
            labels.append(label)
            if label in self._root:
                frames.append(_Frame(self._root[label], here, self._auto.labels[label][1]))
                continue
            state = self._advance(frames, label)
            if frames[-1].p < 0:
                return labels, n, state

    def _choose(self, context: Context, n: int) -> tuple[int, int]:
        """Return the place of the operator of the n-th term in a context, and what is left of `n`."""
        if len(context) == 1:
            ((height, state), weight) = next(iter(context.items()))
            places, running = self._level(height).makers[state]
            k = bisect_right(running, n // weight) - 1
            return places[k], n - running[k] * weight
        counts: dict[int, int] = {}
        for (height, state), weight in context.items():
            places, running = self._level(height).makers.get(state, _NONE)
            for k, place in enumerate(places):
                counts[place] = counts.get(place, 0) + weight * (running[k + 1] - running[k])
        for place in sorted(counts):
            if n < counts[place]:
                return place, n
            n -= counts[place]
        raise IndexError(n)

    def total(self, context: Context) -> int:
        """Return how many terms a context holds, each as often as the rest can go on."""
        return sum(weight * self._counts(height)[state] for (height, state), weight in context.items())


_NONE: tuple[list[int], list[int]] = ([], [0])


def _running(makers: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    totals = [0]
    for _, n in makers:
        totals.append(totals[-1] + n)
    return [place for place, _ in makers], totals
