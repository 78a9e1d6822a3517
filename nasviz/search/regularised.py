"""Regularised evolution: the classical baseline (Real et al. 2019), and AREA, which starts from a zero-cost score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError
from nasviz.records import Trial
from nasviz.search.limits import admits, without_limits
from nasviz.search.memory import Bounds, Memory
from nasviz.search.random_search import at_random, fresh
from nasviz.search.strategy import Proposal, unseen

if TYPE_CHECKING:
    from nasviz.spaces import Architecture, SearchSpace

TRIES = 200
"""Mutants of a parent without anything new after which the next best parent is tried."""


@dataclass(frozen=True)
class RegularisedEvolution:
    """Mutation of the best of some that are drawn from the youngest; the oldest die, not the worst (Real et al. 2019).

    The first `population` trials are random. Then the population is the last `population` trials that finished with a value:
    `sample` of them are drawn without replacement, and the best is mutated once. Failed trials are in no population.

    Parameters
    ----------
    population
        How many of the youngest may become parents, ≥ 1.
    sample
        How many are drawn for a tournament, 1 … `population`.

    Raises
    ------
    NasvizError
        If a number is no whole number, below 1, or `sample` exceeds `population`.

    Examples
    --------
    >>> from nasviz.spaces import digits_cells
    >>> RegularisedEvolution().propose(digits_cells(), [], np.random.default_rng(0)).reason
    'random, for the first population'
    """

    population: int = 30
    sample: int = 10
    _memory: Memory = field(default_factory=Memory, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        whole(self.population, "population", 1)
        if whole(self.sample, "sample", 1) > self.population:
            raise NasvizError(f"sample is {self.sample}; no more than the population of {self.population} can be drawn")

    def propose(
        self, space: SearchSpace, trials: Sequence[Trial], rng: np.random.Generator, *, limits: Bounds = None
    ) -> Proposal:
        """Mutate the winner of a tournament, or draw while the population is incomplete; see :class:`Strategy`."""
        space = self._memory.limited(space, limits)
        ordered = sorted(trials, key=lambda trial: trial.number)
        living = [t for t in ordered if t.usable][-self.population :]
        young = sum(1 for t in ordered if t.usable or t.state in ("waiting", "running")) < self.population
        if young or not living:
            return self._first(space, ordered, rng)
        drawn = rng.choice(len(living), size=min(self.sample, len(living)), replace=False)
        return offspring(self._memory, space, ordered, [living[i] for i in drawn], rng, f"best of {len(drawn)}")

    def _first(self, space: SearchSpace, trials: Sequence[Trial], rng: np.random.Generator) -> Proposal:
        return at_random(self._memory, space, trials, rng, "random, for the first population")


@dataclass(frozen=True)
class AREA(RegularisedEvolution):
    """Regularised evolution whose first population is chosen by a zero-cost score (Mellor et al. 2021).

    Each of the first `population` trials is the best of `pool` random draws by the score, among those not evaluated yet.

    Parameters
    ----------
    population, sample
        See :class:`RegularisedEvolution`.
    score
        Takes an architecture and returns a number, the larger the better, such as a zero-cost proxy. None is ``naswot``, as
        published, on a batch of the data that the study's objective trains on. An architecture that has no score comes last.
    pool
        Draws for each of the first trials, ≥ 1.

    Raises
    ------
    NasvizError
        If `score` is no function, or as :class:`RegularisedEvolution`. When proposing, or when a study is made, if there is no
        score and the objective has no ``data``.

    Examples
    --------
    >>> from nasviz.spaces import digits_cells
    >>> AREA(score=lambda arch: -len(str(arch))).propose(digits_cells(), [], np.random.default_rng(0)).reason
    'best zero-cost score of 3 draws, for the first population'
    """

    score: Callable[[Architecture], float] | None = field(default=None, kw_only=True)
    pool: int = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        whole(self.pool, "pool", 1)
        if self.score is not None and not callable(self.score):
            raise NasvizError(f"the score is {self.score!r:.60}, expected a function of an architecture")

    def given(self, objective: object) -> AREA:
        """Return this strategy with a score: its own, or ``naswot`` on a batch of what `objective` trains on.

        Raises
        ------
        NasvizError
            If there is neither.
        """
        if self.score is not None:
            return self
        data = getattr(objective, "data", None)
        if data is None:
            raise NasvizError(
                "AREA chooses its first trials by a score, and the objective has no data to measure one on. "
                "Type: nv.AREA(score=nv.proxies.naswot.on(data)), or score=nv.proxies.naswot for inputs that are noise"
            )
        from nasviz.evaluation.proxies import naswot

        return replace(self, score=naswot.on(data))

    def _scored(self, arch: Architecture) -> float:
        score = self.given(None).score
        assert score is not None
        try:
            return _finite(score(arch))
        except NasvizError:  # it has no network, or one whose score is no number
            return -np.inf

    def _first(self, space: SearchSpace, trials: Sequence[Trial], rng: np.random.Generator) -> Proposal:
        seen = self._memory.seen(space, trials)
        drawn = [fresh(self._memory, space, trials, rng)]
        for _ in range(self.pool - 1):
            arch = space.sample(seed=rng)
            if arch not in drawn and arch not in seen:
                drawn.append(arch)
        scores = [self._scored(arch) for arch in drawn]
        reason = f"best zero-cost score of {len(drawn)} draws, for the first population"
        return Proposal(str(drawn[int(np.argmax(scores))]), reason=reason)


def offspring(
    memory: Memory,
    space: SearchSpace,
    trials: Sequence[Trial],
    candidates: Sequence[Trial],
    rng: np.random.Generator,
    chosen: str,
) -> Proposal:
    """Return a mutant, new and within limits, of the best of `candidates`; of the next best where it has none.

    Parameters
    ----------
    memory
        The strategy's.
    space
        The space, with its limits.
    trials
        All trials: their canonical forms are not proposed again.
    candidates
        Trials with a value.
    rng
        The only source of randomness.
    chosen
        How the parent was chosen, for the reason.

    Raises
    ------
    ExhaustedError
        If neither mutants nor draws are new.
    """
    drawn, seen = without_limits(space), memory.seen(space, trials)
    for trial in sorted(candidates, key=lambda t: (t.value, t.number)):
        parent = memory.archs(drawn, [trial])[0]
        if not drawn.contains(parent):
            continue
        for _ in range(TRIES):
            arch = unseen(lambda generator, parent=parent: drawn.mutate(parent, generator), seen, rng, tries=TRIES)
            if arch is None:
                break
            if admits(space, arch):
                return Proposal(str(arch), reason=f"mutant of trial {trial.number}, {chosen}")
    return at_random(memory, space, trials, rng, "random, for no mutant is new")


def _finite(score: float) -> float:
    return float(score) if np.isfinite(score) else -np.inf
