"""Strategies as samplers of optuna."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState

from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError
from nasviz.search.strategy import Strategy


class StrategySampler(BaseSampler):
    """A strategy as the sampler of an optuna study: it proposes architectures, another sampler all other parameters.

    Parameters
    ----------
    strategy
        Who proposes what :func:`nasviz.suggest` returns, e.g. ``nv.BayesOpt()`` or ``nv.RegularisedEvolution()``.
    seed
        Trial n draws from (seed, n), ≥ 0.
    others
        Sampler of numbers and categories that the objective asks for beside the architecture; TPE when None.

    Raises
    ------
    NasvizError
        If `strategy` is none, or `seed` is no whole number.

    Examples
    --------
    >>> import optuna
    >>> from nasviz.search import RegularisedEvolution, StrategySampler, suggest
    >>> from nasviz.spaces import digits_cells
    >>> optuna.logging.set_verbosity(optuna.logging.ERROR)
    >>> study = optuna.create_study(sampler=StrategySampler(RegularisedEvolution(), seed=1))
    >>> study.optimize(lambda trial: len(str(suggest(trial, digits_cells()))) * trial.suggest_float("lr", 0.1, 1), n_trials=3)
    >>> len(study.trials)
    3
    """

    def __init__(self, strategy: Strategy, seed: int = 0, others: BaseSampler | None = None) -> None:
        if not isinstance(strategy, Strategy):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise NasvizError(f"the strategy is {strategy!r:.60}, expected an object with a method propose, e.g. nv.BayesOpt()")
        self.strategy = strategy
        self.seed = whole(seed, "seed", 0)
        self.others: BaseSampler = TPESampler(seed=self.seed) if others is None else others

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """Ask the other sampler."""
        return self.others.infer_relative_search_space(study, trial)

    def sample_relative(self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]) -> dict[str, Any]:
        """Ask the other sampler."""
        return self.others.sample_relative(study, trial, search_space)

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        """Ask the other sampler."""
        return self.others.sample_independent(study, trial, param_name, param_distribution)

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """Tell the other sampler."""
        self.others.before_trial(study, trial)

    def after_trial(self, study: Study, trial: FrozenTrial, state: TrialState, values: Sequence[float] | None) -> None:
        """Tell the other sampler."""
        self.others.after_trial(study, trial, state, values)

    def reseed_rng(self) -> None:
        """Give the other sampler fresh randomness; proposals derive from the seed and the trial's number, and keep theirs."""
        self.others.reseed_rng()

    def __str__(self) -> str:
        return f"StrategySampler({self.strategy!r}, seed={self.seed})"
