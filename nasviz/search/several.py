"""Several objectives at once: Bayesian optimisation of the Pareto front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError
from nasviz.records import Belief, Trial
from nasviz.search.evolution import Evolution
from nasviz.search.limits import COMPUTED, admits, without_limits
from nasviz.search.memory import Bounds, Memory
from nasviz.search.random_search import at_random
from nasviz.search.strategy import Proposal
from nasviz.surrogate import GP, Covariance, HierarchicalWL
from nasviz.surrogate.covariance import checked_kernel
from nasviz.surrogate.pareto import log_nehvi, pareto_front

if TYPE_CHECKING:
    from nasviz.spaces import Architecture, SearchSpace

T = TypeVar("T", bound=Trial)


@dataclass(frozen=True)
class ParetoBayesOpt:
    """Maximise the expected growth of the volume that the Pareto front dominates, under noise (qLogNEHVI, Ament et al. 2023).

    Each objective has a Gaussian process of its own; finished trials without one of the numbers are left out, trials that still
    run count at their expected values. What is believed of each is stored with the trial (``trial.belief.objectives``).

    Parameters
    ----------
    objectives
        Two or more names of numbers that the objective returns, ``{"error": 0.1, "latency_ms": 3.0}``; "parameters" and "flops"
        need not be returned, they are computed. Smaller is better in each, unless the study has a direction for it. Without
        any, the objectives of a study with several directions.
    kernel, n_init, candidates
        See :class:`BayesOpt`.

    Raises
    ------
    NasvizError
        If there are fewer than two objectives, one is named twice, a number is below 1, or `kernel` is no covariance function.

    Examples
    --------
    >>> from nasviz.spaces import digits_cells
    >>> strategy = ParetoBayesOpt(("error", "parameters"))
    >>> strategy.propose(digits_cells(), [], np.random.default_rng(0)).reason
    'random, by productions'
    """

    objectives: tuple[str, ...] = ()
    kernel: Covariance = field(default_factory=HierarchicalWL)
    n_init: int = 10
    candidates: int = 500
    _memory: Memory = field(default_factory=Memory, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.objectives != ():
            _checked(self.objectives)
        checked_kernel(self.kernel)
        for name in ("n_init", "candidates"):
            whole(getattr(self, name), name, 1)

    def propose(
        self, space: SearchSpace, trials: Sequence[Trial], rng: np.random.Generator, *, limits: Bounds = None
    ) -> Proposal:
        """Return the candidate of the largest expected gain in hypervolume; see :class:`Strategy`."""
        space = self._memory.limited(space, limits)
        drawn = without_limits(space)
        ordered = sorted(trials, key=lambda trial: trial.number)
        finished = [t for t in ordered if t.state == "finished"]
        names = self.objectives or next((tuple(t.objectives) for t in finished if t.objectives), ("value",))
        values = _values(finished, self._memory.archs(drawn, finished), names)
        kept = np.flatnonzero(np.isfinite(values).all(axis=1))
        pending = [t for t in ordered if t.state in ("waiting", "running")]
        if len(kept) + len(pending) < self.n_init or len(kept) < 2:
            return at_random(self._memory, space, ordered, rng)
        archs = self._memory.archs(drawn, [finished[i] for i in kept])
        store = GP(self.kernel).store
        running = self._memory.archs(drawn, pending)
        gps = [GP(self.kernel, store=store).fit(archs, column).believe(running) for column in values[kept].T]
        seed = int(rng.integers(2**31))
        front = [archs[i] for i in pareto_front(values[kept])]
        members = Evolution(self.candidates).run(
            drawn,
            lambda found: log_nehvi(gps, found, seed=seed),
            rng,
            [arch for arch in front if drawn.contains(arch)],
            [*archs, *running],
        )
        seen = self._memory.seen(drawn, ordered)
        winner = next((m for m in members if m.arch not in seen and admits(space, m.arch)), None)
        if winner is None:
            return at_random(self._memory, space, ordered, rng)
        moments = [gp.predict([winner.arch]) for gp in gps]
        believed = {name: (float(mean[0]), float(sd[0])) for name, (mean, sd) in zip(names, moments, strict=True)}
        reason = f"log expected hypervolume improvement of {', '.join(names)} over {len(members)} candidates"
        return Proposal(str(winner.arch), Belief(*believed[names[0]], winner.value, believed), reason)


def pareto_trials(trials: Sequence[T], objectives: Sequence[str]) -> list[T]:
    """Return the finished trials that no other beats in all objectives, in the order given.

    Parameters
    ----------
    trials
        Of a study whose objective returns numbers by name; each must know its architecture (``trial.arch``) where "parameters"
        or "flops" are to be computed.
    objectives
        Two or more names, smaller is better in each.

    Raises
    ------
    NasvizError
        If there are fewer than two objectives, or one is named twice.
    """
    _checked(tuple(objectives))
    finished = [trial for trial in trials if trial.state == "finished"]
    archs = [getattr(trial, "arch", None) for trial in finished]
    return [finished[i] for i in pareto_front(_values(finished, archs, objectives))]


def unbeaten(trials: Sequence[T], signs: Sequence[float]) -> list[T]:
    """Return the trials that no other beats in all of their own objectives; of one objective all that share the best value.

    Parameters
    ----------
    trials
        Of one study; those without a value and baselines are left out.
    signs
        1 for each objective of which less is better, else −1.
    """
    usable = [trial for trial in trials if trial.usable and not trial.baseline]
    rows = [list(t.objectives.values()) or [float(t.value or 0.0)] for t in usable]
    return [usable[i] for i in pareto_front(np.array(rows).reshape(len(usable), len(signs)) * np.array(signs))]


def _values(trials: Sequence[Trial], archs: Sequence[Architecture | None], objectives: Sequence[str]) -> np.ndarray:
    """The objectives of trials ``(n, m)``; NaN where one is not known."""
    rows = [[_value(trial, arch, name) for name in objectives] for trial, arch in zip(trials, archs, strict=True)]
    return np.array(rows, dtype=np.float64).reshape(len(trials), len(objectives))


def _value(trial: Trial, arch: Architecture | None, name: str) -> float:
    for found in (trial.objectives, trial.metrics):
        if name in found:
            return found[name]
    if name not in COMPUTED or arch is None:
        return np.nan
    try:
        return float(getattr(arch.cost(), name))
    except NasvizError:
        return np.nan


def _checked(objectives: tuple[str, ...]) -> None:
    if len(objectives) < 2 or len(set(objectives)) < len(objectives):
        raise NasvizError(f"several objectives are two or more different names, found {objectives!r:.80}")
