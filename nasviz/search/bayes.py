"""Bayesian optimisation: a Gaussian process says where an evaluation is expected to gain most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError
from nasviz.records import Belief, Trial
from nasviz.search.random_search import RandomSearch
from nasviz.search.strategy import Proposal, unseen
from nasviz.surrogate import GP, Covariance, FeatureStore, FlatWL, log_ei

if TYPE_CHECKING:
    from nasviz.spaces import Architecture, SearchSpace


@dataclass(frozen=True)
class BayesOpt:
    """Expected improvement of a Gaussian process, over mutations of the best trials and random draws.

    The first `n_init` trials are random. Later ones maximise the logarithm of the expected improvement (Ament et al. 2023) over
    `candidates` distinct architectures that were not evaluated: half of them mutations of the best `parents` trials, the rest
    drawn from the space. Trials that still run count as if they had returned what is expected of them (kriging believer).

    Parameters
    ----------
    kernel
        Covariance function of the surrogate.
    n_init
        Number of random trials at the start, ≥ 1.
    candidates
        How many architectures are scored for one proposal, ≥ 1.
    parents
        How many of the best trials are mutated, ≥ 1.

    Raises
    ------
    NasvizError
        If a number is no whole number or below 1.
    """

    kernel: Covariance = field(default_factory=FlatWL)
    n_init: int = 10
    candidates: int = 500
    parents: int = 10
    _memory: _Memory = field(default_factory=lambda: _Memory(), repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("n_init", "candidates", "parents"):
            whole(getattr(self, name), name, 1)

    def propose(self, space: SearchSpace, trials: Sequence[Trial], rng: np.random.Generator) -> Proposal:
        """Propose by expected improvement, or at random while there is too little to learn from; see :class:`Strategy`."""
        ordered = sorted(trials, key=lambda trial: trial.number)
        done = [t for t in ordered if t.usable]
        pending = [t for t in ordered if t.state in ("waiting", "running")]
        if len(done) + len(pending) < self.n_init or len(done) < 2:
            return RandomSearch().propose(space, trials, rng)
        pool = self._pool(space, ordered, rng)
        if not pool:
            return RandomSearch().propose(space, trials, rng)
        values = np.array([t.value for t in done], dtype=np.float64)
        store = self._memory.store(space, self.kernel.h)
        known = self._memory.archs(space, [*done, *pending])
        store.rows(known)
        gp = GP(self.kernel, store=store.copy()).fit(known[: len(done)], values).believe(known[len(done) :])
        gain = log_ei(gp, pool, float(values.min()))
        winner = int(np.argmax(gain))
        mean, sd = gp.predict([pool[winner]])
        belief = Belief(float(mean[0]), float(sd[0]), float(gain[winner]))
        return Proposal(str(pool[winner]), belief, f"log expected improvement over {len(pool)} candidates")

    def _pool(self, space: SearchSpace, trials: Sequence[Trial], rng: np.random.Generator) -> list[Architecture]:
        """Distinct candidates that are not among `trials`, in an order that `rng` decides."""
        seen = {trial.term for trial in trials}
        best = sorted((t for t in trials if t.usable), key=lambda t: (t.value, t.number))[: self.parents]
        parents = self._memory.archs(space, best)
        pool: list[Architecture] = []
        for i in range(self.candidates):
            mutating = 2 * i < self.candidates
            parent = parents[i % len(parents)]

            def draw(generator: np.random.Generator, parent: Architecture = parent, mutating: bool = mutating) -> Architecture:
                return space.mutate(parent, generator) if mutating else space.sample(seed=generator)

            arch = unseen(draw, seen, rng, tries=20)
            if arch is not None:
                seen.add(str(arch))
                pool.append(arch)
        return pool


class _Memory:
    """Architectures and features of trials, kept between proposals; it saves time and changes nothing."""

    def __init__(self) -> None:
        self._parsed: dict[tuple[str, str], Architecture] = {}
        self._stores: dict[tuple[str, int], FeatureStore] = {}

    def archs(self, space: SearchSpace, trials: Sequence[Trial]) -> list[Architecture]:
        """The architectures of `trials`.

        Raises
        ------
        NasvizError
            If a trial's term does not belong to the space.
        """
        return [self._arch(space, trial) for trial in trials]

    def store(self, space: SearchSpace, h: int) -> FeatureStore:
        """The feature store of a space."""
        return self._stores.setdefault((space.fingerprint, h), FeatureStore(h))

    def _arch(self, space: SearchSpace, trial: Trial) -> Architecture:
        key = (space.fingerprint, trial.term)
        if key not in self._parsed:
            try:
                self._parsed[key] = space.parse(trial.term)
            except NasvizError as error:
                raise NasvizError(f"trial {trial.number} does not belong to the space: {error}") from error
        return self._parsed[key]
