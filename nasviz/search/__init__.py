"""Search: which architecture to evaluate next, and what came of it.

A *study* is a search over a space with an objective, stored trial by trial. A *trial* is one evaluation of one architecture.
A *strategy* proposes the next one: at random, or by *Bayesian optimisation*, where a surrogate says what an evaluation is
expected to gain on the *incumbent*, the best so far. `ask` and `tell` evaluate by hand; `run` and `start` use any
`concurrent.futures.Executor`. The storage is the channel: optuna holds trials, terms, learning curves and commands in a
database, so several processes can work on one study, and a killed one loses nothing: its running trials lose their *lease*
and are queued again. Everything random of trial n derives from (study seed, n). `confirm` evaluates the best again with other
seeds on data that the search never saw: the selected minimum is always better than the truth.
Further reading: Garnett 2023, Bayesian Optimization; Li & Talwalkar 2020 on random search as the baseline.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasviz.search.bayes import BayesOpt
    from nasviz.search.limits import Limits
    from nasviz.search.local_search import LocalSearch
    from nasviz.search.pruning import Pruning
    from nasviz.search.random_search import RandomSearch
    from nasviz.search.regularised import AREA, RegularisedEvolution
    from nasviz.search.samplers import StrategySampler
    from nasviz.search.several import ParetoBayesOpt, pareto_trials
    from nasviz.search.storage import Timing
    from nasviz.search.strategy import ExhaustedError, Proposal, Strategy
    from nasviz.search.study import Study, load_study
    from nasviz.search.suggesting import suggest
    from nasviz.search.table import Confirmation
    from nasviz.search.tpe import TPE
    from nasviz.search.trial import StudyTrial

__all__ = [
    "AREA",
    "TPE",
    "BayesOpt",
    "Confirmation",
    "ExhaustedError",
    "Limits",
    "LocalSearch",
    "ParetoBayesOpt",
    "Proposal",
    "Pruning",
    "RandomSearch",
    "RegularisedEvolution",
    "Strategy",
    "StrategySampler",
    "Study",
    "StudyTrial",
    "Timing",
    "load_study",
    "pareto_trials",
    "suggest",
]

_HOME = {
    "pareto_trials": "several",
    "ParetoBayesOpt": "several",
    "StrategySampler": "samplers",
    "suggest": "suggesting",
    "Limits": "limits",
    "TPE": "tpe",
    "LocalSearch": "local_search",
    "RegularisedEvolution": "regularised",
    "AREA": "regularised",
    "BayesOpt": "bayes",
    "Confirmation": "table",
    "ExhaustedError": "strategy",
    "Proposal": "strategy",
    "Pruning": "pruning",
    "RandomSearch": "random_search",
    "Strategy": "strategy",
    "Study": "study",
    "StudyTrial": "trial",
    "Timing": "storage",
    "load_study": "study",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use: a random search needs no torch, a worker no database."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
