"""The bridge to optuna: architectures in anybody's optuna study, beside its other parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import optuna
from optuna.trial import FrozenTrial

from nasviz.errors import NasvizError
from nasviz.records import Trial
from nasviz.search.directions import signs_of, turned, turned_belief
from nasviz.search.samplers import StrategySampler
from nasviz.search.seeds import proposal_generator
from nasviz.search.trial import DRAW, TERM, read_trial

if TYPE_CHECKING:
    from nasviz.search.strategy import Strategy
    from nasviz.spaces import Architecture, SearchSpace

_FINGERPRINT = "nasviz/1/fingerprint"


def suggest(
    trial: optuna.Trial,
    space: SearchSpace,
    strategy: Strategy | None = None,
    *,
    seed: int = 0,
    limits: Mapping[str, float] | None = None,
) -> Architecture:
    """Return the architecture of a trial of an optuna study, as ``trial.suggest_float`` returns a number.

    An enqueued trial brings its term along (:func:`enqueue`); otherwise a strategy proposes one, from the study's trials of the
    same space. The term is stored in the trial at once, so asking again gives the same architecture, and other processes see
    what is being evaluated. Values of a study that maximises are turned for the strategy.

    Parameters
    ----------
    trial
        The trial.
    space
        Where to search.
    strategy
        Who proposes; None takes that of the study's :class:`StrategySampler`, else :class:`RandomSearch`.
    seed
        Trial n draws from (seed, n); a :class:`StrategySampler` brings its own.
    limits
        See :class:`nasviz.search.limits.Limits`; those that can be computed hold.

    Raises
    ------
    NasvizError
        If `trial` is no trial of an optuna study, or the study has several objectives and the strategy looks for one.
    TermError
        If the trial's term is none of the space.
    ExhaustedError
        If no architecture is left that was not evaluated.

    Examples
    --------
    >>> import optuna
    >>> from nasviz.spaces import digits_cells
    >>> optuna.logging.set_verbosity(optuna.logging.ERROR)
    >>> study = optuna.create_study()
    >>> trial = study.ask()
    >>> suggest(trial, digits_cells()) == suggest(trial, digits_cells())
    True
    """
    if not isinstance(trial, optuna.Trial):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NasvizError(f"suggest takes the trial of an optuna study, found {type(trial).__name__}")
    attrs = trial.user_attrs
    if TERM in attrs:
        return space.parse(str(attrs[TERM]))
    study = trial.study
    sampler = study.sampler
    if isinstance(sampler, StrategySampler):
        strategy, seed = strategy or sampler.strategy, sampler.seed
    elif strategy is None:
        from nasviz.search.random_search import RandomSearch

        strategy = RandomSearch()
    known = _known(study, space, trial.number)
    if len(study.directions) > 1 and not hasattr(strategy, "objectives"):
        raise NasvizError(
            f"{type(strategy).__name__} searches one objective, this study has {len(study.directions)}. "
            "Type: nv.suggest(trial, space, nv.ParetoBayesOpt())"
        )
    told: dict[str, Any] = {"limits": limits} if limits else {}
    proposal = strategy.propose(space, known, proposal_generator(seed, trial.number), **told)
    belief = turned_belief(proposal.belief, _signs(study))
    drawn = {
        "number": trial.number,
        "proposed_by": proposal.reason,
        "belief": None if belief is None else belief.to_json(),
    }
    trial.set_user_attr(DRAW, drawn)
    trial.set_user_attr(_FINGERPRINT, space.fingerprint)
    trial.set_user_attr(TERM, proposal.term)
    return space.parse(proposal.term)


def enqueue(study: optuna.Study, arch: Architecture, params: Mapping[str, Any] | None = None) -> None:
    """Queue an architecture in an optuna study; the next trial is given it by :func:`suggest`.

    Parameters
    ----------
    study
        The study.
    arch
        The architecture.
    params
        Values of other parameters.
    """
    attrs = {DRAW: {"proposed_by": "enqueued"}, _FINGERPRINT: arch.fingerprint, TERM: str(arch)}
    study.enqueue_trial(dict(params or {}), user_attrs=attrs)


def _known(study: optuna.Study, space: SearchSpace, number: int) -> list[Trial]:
    """The study's trials of the space, but for one, smaller values being better."""
    frozen = [t for t in study.get_trials(deepcopy=False) if t.number != number and TERM in t.user_attrs]
    return [_signed(t, space, _signs(study)) for t in frozen if t.user_attrs.get(_FINGERPRINT) == space.fingerprint]


def _signed(frozen: FrozenTrial, space: SearchSpace, signs: tuple[float, ...]) -> Trial:
    trial = read_trial(frozen, frozen.number, space.fingerprint)
    if trial.value is None:
        return trial
    several = {f"values_{i}": value for i, value in enumerate(frozen.values)} if len(signs) > 1 else {}
    return turned(replace(trial, number=frozen.number, objectives=several), signs)


def _signs(study: optuna.Study) -> tuple[float, ...]:
    return signs_of([way.name.lower() for way in study.directions])
