"""A study: the search for good architectures of a space, stored trial by trial."""

from __future__ import annotations

import asyncio
import math
import statistics
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from nasviz.algebra.arguments import whole
from nasviz.errors import NasvizError, NasvizWarning
from nasviz.records import StudyRecord
from nasviz.search.directions import check_objectives, checked_directions
from nasviz.search.estimate import Estimate, estimate
from nasviz.search.evaluate import Objective, accepted
from nasviz.search.limits import Limits
from nasviz.search.provenance import data_digest, settings_of, versions
from nasviz.search.pruning import Pruning, pruning_of
from nasviz.search.reading import StudyReader
from nasviz.search.recalled import default_strategy
from nasviz.search.running import Place, Running
from nasviz.search.sameness import open_study
from nasviz.search.seeds import evaluation_seed
from nasviz.search.storage import StudyStorage, Timing
from nasviz.search.strategy import Strategy
from nasviz.search.table import confirm, confirmation_frame
from nasviz.search.trial import DRAW
from nasviz.search.warm_start import Lessons, lessons

if TYPE_CHECKING:
    import pandas as pd
    from optuna.pruners import BasePruner

    from nasviz.algebra import Operator
    from nasviz.spaces import SearchSpace

Direction = Literal["minimize", "maximize"]


class Study(Running):
    """A search over a space.

    Parameters
    ----------
    space
        Where to search.
    objective
        ``objective(arch) -> float``, or a tuple or dict of several; it is also given ``seed`` and ``report`` if it takes
        keywords of these names. None for a study that is told its values by hand.
    direction
        Whether smaller or larger values are better. With several objectives one for each, in the order in which the objective
        returns them, as a tuple or by name: ``direction=("minimize", "maximize")``. The value of a trial is then the first,
        `objectives` has all; :attr:`best_trials` is their Pareto front.
    strategy
        Who proposes; when None :class:`BayesOpt`, of several objectives :class:`ParetoBayesOpt`. Other strategies look at the
        first objective only.
    seed
        Trial n draws its random state from (seed, n).
    storage
        SQLAlchemy URL such as ``"sqlite:///nas.db"``, or None for memory. A study of the same name there goes on.
    name
        Name in the storage; the space's name when None.
    warm_start
        Another study, or its record: what it found is known from the beginning, see :meth:`learn_from`.
    limits
        What an architecture may cost, e.g. ``{"parameters": 500_000, "flops": 1e8, "latency_ms": 5}``: nothing over a limit
        that can be computed is proposed; a trial over a measured one fails. See :class:`nasviz.search.limits.Limits`.
    pruner
        Ends evaluations early by their learning curves: :class:`Pruning`, or one of ``optuna.pruners``. None ends none.
    timeout
        Seconds that one evaluation may take; longer ones fail with a sentence. A worker process is ended if it does not answer,
        what runs in this process can only be asked, where it takes ``report``.
    timing
        How long the study's own doings may take.

    Raises
    ------
    NasvizError
        If an argument makes no sense.
    StorageError
        If the storage cannot be used, or holds a study of this name with another direction, seed or task, or whose objective
        had other settings (what its method ``protocol`` returns).

    Warns
    -----
    NasvizWarning
        If the study of this name was begun with another grammar. It is kept; this one goes on under the next free name and
        knows the trials that still derive; the sentence names the others. Also if the objective's data have another digest.

    Examples
    --------
    >>> from nasviz.search import RandomSearch
    >>> from nasviz.spaces import digits_cells
    >>> study = Study(digits_cells(), lambda arch: len(str(arch)), strategy=RandomSearch())
    >>> study.run(total=5, executor="inline")
    >>> [trial.state for trial in study.trials] == ["finished"] * 5
    True
    """

    def __init__(
        self,
        space: SearchSpace,
        objective: Objective | None = None,
        *,
        direction: Direction | Sequence[Direction] = "minimize",
        strategy: Strategy | None = None,
        seed: int = 0,
        storage: str | None = None,
        name: str | None = None,
        warm_start: StudyReader | StudyRecord | None = None,
        limits: Mapping[str, float] | None = None,
        pruner: Pruning | BasePruner | None = None,
        timeout: float | None = None,
        timing: Timing | None = None,
    ) -> None:
        directions = checked_directions(direction)
        if not hasattr(space, "fingerprint"):
            raise NasvizError(f"the space is {space!r:.60}, expected one. Type: nv.Study(nv.SearchSpace(…), objective)")
        if objective is not None and not callable(objective):
            raise NasvizError(f"the objective is {objective!r:.60}, expected a function of an architecture")
        _check_strategy(strategy)
        if name is not None and not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise NasvizError(f"the name is {name!r:.60}, expected a text")
        strategy = default_strategy(len(directions)) if strategy is None else strategy
        given: Callable[[object], Strategy] | None = getattr(strategy, "given", None)
        strategy = given(objective) if given is not None else strategy
        check_objectives(strategy, directions)
        pruning = pruning_of(pruner)
        bounds = _checked_limits(limits, strategy)
        protocol = {
            "direction": directions[0],
            **({"directions": list(directions)} if len(directions) > 1 else {}),
            "seed": whole(seed, "seed", 0),
            "fingerprint": space.fingerprint,
            "objective": _called(objective),
            "settings": settings_of(objective),
            "metric": str(getattr(objective, "metric", "") or ""),
            "strategy": repr(strategy)[:2000],
            "begun": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "limits": bounds,
            "pruning": "" if pruning is None else str(pruning),
            "timeout": _checked_timeout(timeout),
            "data": data_digest(objective),
            "versions": versions(),
        }
        kept, before = open_study(storage, name or space.name or "study", space, protocol, timing or Timing())
        super().__init__(kept, space, objective, strategy, pruning=pruning, timeout=timeout)
        self._bounds = {"limits": bounds} if bounds else {}
        if before is not None:
            learned = self.learn_from(Running(before, None, None, None))
            warnings.warn(
                f"the grammar has changed since the study {before.name!r} began. It is kept as it was; the search goes on as "
                f"{kept.name!r}: {learned}",
                NasvizWarning,
                stacklevel=2,
            )
        if warm_start is not None:
            self.learn_from(warm_start)

    def learn_from(self, other: StudyReader | StudyRecord) -> Lessons:
        """Make known here what another study found: the trials with a value whose terms this study's grammar derives.

        They teach the strategy and the surrogate, are not proposed again, and do not count; :attr:`best_trial` is among this
        study's own. The values must come from the same objective to help. Learning twice adds what is new.

        Parameters
        ----------
        other
            A study, e.g. of ``nv.load_study``, or its record.

        Returns
        -------
        Lessons
            What is known now and which trials do not derive, to print; kept in :attr:`lessons`.

        Raises
        ------
        NasvizError
            If `other` is no study, or looks for the opposite.
        """
        known = {trial.term for trial in self.known}
        learned = lessons(self.space, self.direction, other, known)
        if learned.trials or learned.left:
            self.storage.add("lessons", learned.to_json())
            self.changed()
        return learned

    def estimate(self, total: int, executor: Place = None, *, workers: int | None = None) -> Estimate:
        """Return how long a run until `total` will take, on which device; its text says it in one line.

        From the mean of the trials that were measured. Where there are fewer than three and the objective has a method
        ``estimate(arch) -> seconds``, as :class:`TrainingObjective` has, three random architectures are timed in the process
        that would evaluate them, which takes some seconds.

        Parameters
        ----------
        total, executor, workers
            See :meth:`run`.

        Raises
        ------
        NasvizError
            If the study has no objective, its space is unknown, or `total` is no whole number.

        Examples
        --------
        >>> from nasviz.search import RandomSearch
        >>> from nasviz.spaces import digits_cells
        >>> study = Study(digits_cells(), lambda arch: 1.0, strategy=RandomSearch())
        >>> study.run(total=4, executor="inline")
        >>> print(str(study.estimate(total=10, executor="inline")).replace(chr(160), " "))
        6 more evaluations: under 1 s, under 1 s each (from 4 measured trials)
        """
        total = whole(total, "total", 0)
        place = self._place(executor, workers)
        samples = [self.space.sample(seed=evaluation_seed(self.seed, n)) for n in range(3)]
        slots = [slot for slot, trial in sorted(self.storage.slots().items()) if not trial.foreign]
        took = [float(self.storage.attrs(slot)[DRAW].get("proposing", 0.0)) for slot in slots[-10:]]
        return estimate(
            [trial for trial in self.trials if not trial.foreign],
            max(0, total - self.finished),
            self.objective,
            samples,
            place,
            self._seats(place, workers),
            statistics.fmean(took) if took else 0.0,
        )

    def confirm(
        self, top: int = 3, seeds: int = 3, data: Any = None, executor: Place = None, *, baselines: bool = False
    ) -> pd.DataFrame:
        """Evaluate the best trials again, with several seeds and on data that the search never saw; returns when done.

        The minimum that a search has seen is better than the truth; what is found here is the result to report.

        Parameters
        ----------
        top
            How many of the best trials, ≥ 1.
        seeds
            How many seeds each, ≥ 1.
        data
            Handed to ``objective.confirm(arch, seed, data) -> float``. None evaluates the objective itself again.
        executor
            See :meth:`run`.
        baselines
            Whether the known networks of the study (:meth:`enqueue`) are evaluated again, too, in the same way, so that the
            results can be compared.

        Returns
        -------
        DataFrame
            One row a trial: number, term, searched (the value that the search saw), mean and sd over the seeds, result (both as
            text), values, seeds, reasons (of seeds that gave no value), baseline (what a known network is called). Kept in the
            study, see :attr:`confirmations`.

        Raises
        ------
        NasvizError
            If a number is below 1, no trial has a value, or `data` is given and the objective has no method `confirm`.
        """
        top, seeds = whole(top, "top", 1), whole(seeds, "seeds", 1)
        place = self._place(executor)
        usable = [trial for trial in self.trials if trial.usable]
        best = sorted((t for t in usable if not t.baseline), key=lambda t: (self._sign * float(t.value or 0.0), t.number))[:top]
        if not best:
            raise NasvizError(f"no trial of the study {self.name!r} has a value yet, so there is nothing to confirm")
        known = [t for t in usable if t.baseline] if baselines else []
        found = confirm(self.objective, [*best, *known], seeds, data, place, self.seed)
        self.storage.note("confirmations", [row.to_json() for row in found])
        self.changed()
        return confirmation_frame(found)

    async def confirm_async(
        self, top: int = 3, seeds: int = 3, data: Any = None, executor: Place = None, *, baselines: bool = False
    ) -> pd.DataFrame:
        """Do the same as :meth:`confirm` while the caller's event loop goes on."""
        return await asyncio.to_thread(self.confirm, top, seeds, data, executor, baselines=baselines)


def load_study(
    storage: str, name: str | None = None, operators: Sequence[Operator] = (), *, timing: Timing | None = None
) -> Study:
    """Open an existing study for looking; it needs neither the objective nor the operators of its grammar.

    Parameters
    ----------
    storage
        SQLAlchemy URL such as ``"sqlite:///nas.db"``.
    name
        Name of the study; the only one when None.
    operators
        Operators of one's own that its grammar uses; without them its architectures can be looked at, but not built.
    timing
        How long the study's own doings may take.

    Raises
    ------
    StorageError
        If there is no such study.
    """
    from nasviz.spaces import SearchSpace

    kept = StudyStorage.load(storage, name, timing or Timing())
    try:
        space = SearchSpace.from_json(dict(kept.space), tuple(operators), declared_only=True)
    except NasvizError:
        space = None
    study = Study.__new__(Study)
    Running.__init__(study, kept, space, None, None)
    limits = dict(kept.protocol.get("limits") or {})
    study._bounds = {"limits": limits} if limits else {}
    return study


def _called(objective: Objective | None) -> str:
    if objective is None:
        return ""
    return str(getattr(objective, "__qualname__", type(objective).__qualname__))


def _check_strategy(strategy: object) -> None:
    if isinstance(strategy, type):
        raise NasvizError(f"the strategy is the class {strategy.__name__}. Type: strategy={strategy.__name__}()")
    if strategy is not None and not callable(getattr(strategy, "propose", None)):
        raise NasvizError(f"the strategy is {strategy!r:.60}, expected one such as nv.BayesOpt() or nv.RandomSearch()")


def _checked_limits(limits: Mapping[str, float] | None, strategy: Strategy) -> dict[str, float]:
    if not limits:
        return {}
    Limits(limits)
    if not accepted(strategy.propose, limits=limits):
        raise NasvizError(f"the strategy {type(strategy).__name__} takes no limits; its method propose has no argument limits")
    return {str(name): bound for name, bound in limits.items()}


def _checked_timeout(timeout: float | None) -> float | None:
    if timeout is not None and not (isinstance(timeout, int | float) and timeout > 0 and math.isfinite(timeout)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NasvizError(f"timeout is {timeout!r}, expected seconds above 0, or None for no limit")
    return timeout
