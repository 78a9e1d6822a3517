"""Bayesian optimisation: a Gaussian process says where an evaluation is expected to gain most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from nasviz.algebra.arguments import whole
from nasviz.records import Belief, Trial
from nasviz.search.evolution import Evolution, Score
from nasviz.search.limits import LimitedSpace, admits, without_limits
from nasviz.search.memory import Bounds, Memory
from nasviz.search.random_search import at_random
from nasviz.search.strategy import Proposal
from nasviz.surrogate import GP, Acquisition, Covariance, FeatureStore, HierarchicalWL, LogEI, log_feasible
from nasviz.surrogate.covariance import checked_kernel

if TYPE_CHECKING:
    from nasviz.spaces import SearchSpace

LONG = 100
"""Number of trials from which hyperparameters are learned only now and then."""


@dataclass(frozen=True)
class BayesOpt:
    """Bayesian optimisation with a Gaussian process, its acquisition function maximised by evolution.

    The first `n_init` trials are random. Later ones maximise `acquisition` over about `candidates` distinct architectures, bred
    from the best trials and from random draws (:class:`nasviz.search.evolution.Evolution`); a space of no more than that is
    scored whole. Of the best candidates the first is proposed whose canonical form was not evaluated and that is within the
    limits.

    What is learned from: trials that finished with a value. Trials that still run count as if they had returned what is
    expected of them (kriging believer). Failed and stopped trials have no value and teach nothing, so they cannot distort the
    scale; they are not proposed again. Values are taken as noisy, with a noise variance that is learned; it is the noise-free
    function that is predicted. A measured limit, such as a latency, has a surrogate of its own, and the logarithm of the
    probability that it is kept is added.

    Parameters
    ----------
    kernel
        Covariance function of the surrogate. On a space without hierarchy, such as one cell, the levels of ``HierarchicalWL()``
        become one, so it is ``FlatWL()`` with a number of iterations that is learned, beside the outermost production.
    n_init
        Number of random trials at the start, ≥ 1.
    candidates
        How many architectures are scored for one proposal, ≥ 1.
    parents
        How many of the best trials are mutated, ≥ 1.
    acquisition
        What is maximised: ``LogEI()``, ``UCB(beta)``, ``Thompson()``, or an object like these.
    generations
        In how many batches candidates are bred, ≥ 1.
    refit
        From 100 trials on, hyperparameters are learned anew at every `refit`-th, ≥ 1.

    Raises
    ------
    NasvizError
        If a number is no whole number or below 1, or `kernel` is no covariance function.
    """

    kernel: Covariance = field(default_factory=HierarchicalWL)
    n_init: int = 10
    candidates: int = 1000
    parents: int = 10
    acquisition: Acquisition = field(default_factory=LogEI)
    generations: int = 5
    refit: int = 10
    _memory: Memory = field(default_factory=Memory, init=False, repr=False, compare=False)
    _learned: _Learned = field(default_factory=lambda: _Learned(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checked_kernel(self.kernel)
        for name in ("n_init", "candidates", "parents", "generations", "refit"):
            whole(getattr(self, name), name, 1)

    def propose(
        self,
        space: SearchSpace,
        trials: Sequence[Trial],
        rng: np.random.Generator,
        *,
        limits: Bounds = None,
    ) -> Proposal:
        """Propose the best of the acquisition, or at random while there is too little to learn from; see :class:`Strategy`."""
        space = self._memory.limited(space, limits)
        ordered = sorted(trials, key=lambda trial: trial.number)
        done = [t for t in ordered if t.usable]
        pending = [t for t in ordered if t.state in ("waiting", "running")]
        if len(done) + len(pending) < self.n_init or len(done) < 2:
            return at_random(self._memory, space, ordered, rng)
        gp = self._surrogate(space, done, pending)
        best = min(done, key=lambda t: (t.value, t.number))
        score = self._feasible(space, ordered, gp, self.acquisition.bind(gp, float(best.value or 0.0), rng))
        drawn = without_limits(space)
        top = sorted(done, key=lambda t: (t.value, t.number))[: self.parents]
        parents = [arch for arch in self._memory.archs(drawn, top) if drawn.contains(arch)]
        members = Evolution(self.candidates, self.generations).run(drawn, score, rng, parents, gp.archs)
        seen = self._memory.seen(drawn, ordered)
        winner = next((m for m in members if m.arch not in seen and admits(space, m.arch)), None)
        if winner is None:
            return at_random(self._memory, space, ordered, rng)
        mean, sd = gp.predict([winner.arch])
        belief = Belief(float(mean[0]), float(sd[0]), winner.value)
        return Proposal(str(winner.arch), belief, f"{self.acquisition.name} over {len(members)} candidates")

    def _surrogate(self, space: SearchSpace, done: Sequence[Trial], pending: Sequence[Trial]) -> GP:
        """The process fitted to `done`, believing in `pending`; what it shares with the last one is not computed again."""
        drawn = without_limits(space)
        values = np.array([t.value for t in done], dtype=np.float64)
        known = self._memory.archs(drawn, [*done, *pending])
        store = self._learned.store(drawn, self.kernel)
        store.rows(known)
        gp = GP(self.kernel, store=store.copy()).fit(
            known[: len(done)], values, every=self.refit if len(done) >= LONG else 1, previous=self._learned.last
        )
        self._learned.last = gp
        return gp.believe(known[len(done) :])

    def _feasible(self, space: SearchSpace, trials: Sequence[Trial], gp: GP, score: Score) -> Score:
        """The score, and the log probability of each measured limit of which two or more measurements are known."""
        if not isinstance(space, LimitedSpace):
            return score
        models: list[tuple[GP, float]] = []
        for name in space.limits.measured:
            found = [t for t in trials if np.isfinite(t.metrics.get(name, np.nan))]
            if len(found) >= 2:
                archs = self._memory.archs(space.whole, found)
                models.append(
                    (GP(self.kernel, store=gp.store).fit(archs, [t.metrics[name] for t in found]), space.limits.most[name])
                )
        return lambda archs: (
            score(archs) + sum((log_feasible(model, archs, most) for model, most in models), np.zeros(len(archs)))
        )


class _Learned:
    """Features of trials and the last process, kept between proposals; it saves time and changes nothing."""

    def __init__(self) -> None:
        self.last: GP | None = None
        self._key: tuple[SearchSpace, Covariance] | None = None
        self._store: FeatureStore | None = None

    def store(self, space: SearchSpace, kernel: Covariance) -> FeatureStore:
        """The feature store of a space."""
        if self._store is None or self._key != (space, kernel):
            self.last, self._key, self._store = None, (space, kernel), GP(kernel).store
        return self._store
