"""Evolution that maximises a function which scores many architectures at once, such as an acquisition function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from nasviz.spaces import Architecture, SearchSpace

Score = Callable[[Sequence["Architecture"]], np.ndarray]
"""Takes architectures and returns a number for each ``(m,)``, the larger the better."""

TRIES = 200
"""Draws without anything new after which a generation is left smaller than it was meant to be."""


@dataclass(frozen=True)
class Member:
    """An architecture and its own score.

    Parameters
    ----------
    arch
        The architecture.
    value
        Its score.
    """

    arch: Architecture
    value: float


@dataclass(frozen=True)
class Evolution:
    """How candidates are bred: mutation and crossover of the best, chosen by tournament.

    The first generation is half draws from the space, half mutants of given parents. In each later one a child comes from
    tournament winners among the best `population` of all before: by crossover with probability `crossover`, else by mutation.
    All distinct terms that were scored are candidates, not only the last generation. A space of no more than `candidates`
    architectures is scored as a whole.

    Parameters
    ----------
    candidates
        How many distinct terms are scored, ≥ 1.
    generations
        In how many batches, ≥ 1; with 1 nothing is bred.
    population
        How many of the best may become parents, ≥ 1.
    tournament
        How many meet in a tournament, ≥ 1.
    crossover
        Share of the children that have two parents, in [0, 1].
    """

    candidates: int = 2000
    generations: int = 5
    population: int = 50
    tournament: int = 5
    crossover: float = 0.1

    def run(
        self,
        space: SearchSpace,
        score: Score,
        rng: np.random.Generator,
        parents: Sequence[Architecture] = (),
        seen: Iterable[Architecture] = (),
    ) -> list[Member]:
        """Return all candidates with their scores, best first.

        Parameters
        ----------
        space
            What is drawn from; with ``space.restrict(partial)`` candidates are completions of a partial term.
        score
            What is maximised; called once a generation.
        rng
            The only source of randomness.
        parents
            Architectures of the space, mutated at the start.
        seen
            Architectures that are no candidates, by their terms; canonical forms are not looked at.
        """
        known = set(seen)
        total = space.count("derivations")
        if isinstance(total, int) and total <= self.candidates:
            return _ranked([], [arch for arch in space.enumerate() if arch not in known], score)
        known.update(parents)
        members: list[Member] = []
        for generation in range(self.generations):
            size = (self.candidates * (generation + 1)) // self.generations - len(members)
            members = _ranked(members, self._bred(space, members[: self.population], parents, size, known, rng), score)
        return members

    def _bred(
        self,
        space: SearchSpace,
        best: Sequence[Member],
        parents: Sequence[Architecture],
        size: int,
        known: set[Architecture],
        rng: np.random.Generator,
    ) -> list[Architecture]:
        """Up to `size` architectures that are not in `known`, to which they are added."""
        drawn: list[Architecture] = []
        vain = 0
        while len(drawn) < size and vain < TRIES:
            arch = self._child(space, best, parents, 2 * len(drawn) < size, rng)
            if arch in known:
                vain += 1
                continue
            vain = 0
            known.add(arch)
            drawn.append(arch)
        return drawn

    def _child(
        self,
        space: SearchSpace,
        best: Sequence[Member],
        parents: Sequence[Architecture],
        near: bool,
        rng: np.random.Generator,
    ) -> Architecture:
        """A child of the best; in the first generation a mutant of a given parent, or if not `near`, a draw."""
        if best:
            one = self._winner(best, rng)
            if rng.random() >= self.crossover:
                return space.mutate(one, rng)
            pair = space.crossover(one, self._winner(best, rng), rng)
            return pair[int(rng.integers(2))] if isinstance(pair, tuple) else pair
        if parents and near:
            return space.mutate(parents[int(rng.integers(len(parents)))], rng)
        return space.sample(seed=rng)

    def _winner(self, best: Sequence[Member], rng: np.random.Generator) -> Architecture:
        """The best of some that are drawn: `best` is sorted, so it is the one of the smallest number."""
        return best[int(rng.integers(len(best), size=self.tournament).min())].arch


def _ranked(members: list[Member], drawn: Sequence[Architecture], score: Score) -> list[Member]:
    """The members and what was drawn, each with its own score, best first; of equal ones the earlier first."""
    if not drawn:
        return members
    scored = [Member(arch, float(value)) for arch, value in zip(drawn, score(drawn), strict=True)]
    return sorted([*members, *scored], key=lambda member: -member.value)
