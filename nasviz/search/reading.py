"""What can be read of a study: its trials, its best, its surrogate, its tables."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasviz.errors import NasvizError, StorageError
from nasviz.extension import lower
from nasviz.records import Belief, StudyRecord, Trial
from nasviz.records.report import StudyReport
from nasviz.records.trial import ENDED
from nasviz.search.directions import signs_of
from nasviz.search.evaluate import Objective
from nasviz.search.provenance import versions
from nasviz.search.pruning import ranked
from nasviz.search.quantities import Costs, quantity
from nasviz.search.recalled import default_strategy, recalled
from nasviz.search.storage import StudyStorage
from nasviz.search.strategy import Strategy
from nasviz.search.table import Confirmation, frame
from nasviz.search.trial import StudyTrial
from nasviz.search.warm_start import Lessons
from nasviz.spaces.mimebundle import mimebundle

if TYPE_CHECKING:
    import pandas as pd

    from nasviz.spaces import Architecture, SearchSpace
    from nasviz.surrogate import GP
    from nasviz.surrogate.ablation import Ablation
    from nasviz.surrogate.why import Explanation


class StudyReader:
    """The reading half of :class:`Study`.

    Parameters
    ----------
    storage
        Where the study is.
    space
        Its space, or None when opened without its operators.
    objective, strategy
        What is evaluated and who proposes, or None.
    """

    def __init__(
        self,
        storage: StudyStorage,
        space: SearchSpace | None,
        objective: Objective | None,
        strategy: Strategy | None,
    ) -> None:
        self.storage = storage
        self.seed = int(storage.protocol["seed"])
        self._space = space
        self._objective = objective
        self._strategy, self._guessed = strategy, False
        self._fitted: tuple[tuple[int, ...], GP] | None = None
        self._bounds: dict[str, Any] = {}
        self._costs: Costs = {}

    @property
    def name(self) -> str:
        """Name in the storage."""
        return self.storage.name

    def to_record(self) -> StudyRecord:
        """Return the study as one record, to keep or to cite; its `to_json` is JSON data with a schema version."""
        trials = tuple(Trial(**{f.name: getattr(trial, f.name) for f in fields(Trial)}) for trial in self.trials)
        return StudyRecord(self.name, self.direction, dict(self.storage.space), dict(self.storage.protocol), trials)

    def to_json(self) -> dict[str, Any]:
        """Return the study as JSON data with a schema version; ``StudyRecord.from_json`` reads it."""
        return self.to_record().to_json()

    @property
    def direction(self) -> str:
        """ "minimize" or "maximize": of the first objective where there are several."""
        return self.storage.direction

    @property
    def directions(self) -> tuple[str, ...]:
        """The direction of each objective."""
        return self.storage.directions

    @property
    def space(self) -> SearchSpace:
        """Where the study searches.

        Raises
        ------
        NasvizError
            If the study was opened without the operators of its grammar.
        """
        if self._space is None:
            raise NasvizError(
                f"the study {self.name!r} was opened without the operators of its grammar. "
                "Type: nv.load_study(storage, name, operators=[…])"
            )
        return self._space

    @property
    def objective(self) -> Objective:
        """What is evaluated.

        Raises
        ------
        NasvizError
            If the study has none.
        """
        if self._objective is None:
            raise NasvizError(
                f"the study {self.name!r} has no objective to evaluate. "
                "Type: nv.Study(space, objective, …), or tell its values: trial = study.ask(); study.tell(trial, value)"
            )
        return self._objective

    @property
    def strategy(self) -> Strategy:
        """Who proposes; of a study opened for looking, who did, or the default where that cannot be read back."""
        if self._strategy is None:
            began = recalled(str(self.storage.protocol.get("strategy", "")))
            self._strategy = began or default_strategy(len(self.directions))
            self._guessed = began is None
        return self._strategy

    @property
    def trials(self) -> list[StudyTrial]:
        """All trials by number: waiting, running, finished, failed and stopped ones."""
        return [trial.of(self._space) for trial in self.storage.trials()]

    @property
    def finished(self) -> int:
        """Number of trials that have ended: with a value, pruned, failed, or stopped by hand; baselines do not count."""
        return sum(1 for trial in self.storage.trials() if trial.state in ENDED and not trial.baseline)

    @property
    def lessons(self) -> list[Lessons]:
        """What was taken over from other studies, in the order of time; see :meth:`Study.learn_from`."""
        return [Lessons.from_json(body) for body in self.storage.added("lessons")]

    @property
    def known(self) -> list[StudyTrial]:
        """Trials of other studies that the strategy knows of; their numbers run −1, −2, … and they do not count."""
        found: dict[str, Trial] = {}
        for lessons in self.lessons:
            for trial in lessons.trials:
                found.setdefault(trial.term, trial)
        return [StudyTrial.like(replace(trial, number=-1 - k)).of(self._space) for k, trial in enumerate(found.values())]

    def _teaching(self) -> list[StudyTrial]:
        """What a surrogate learns from: trials with a value, known from elsewhere, pruned ones at the value of their rank."""
        own = [trial for trial in self.trials if not trial.foreign]
        return [t.of(self._space) for t in ranked([*self.known, *own], self._sign) if t.usable]

    @property
    def best_trial(self) -> StudyTrial:
        """The trial with the best value, of the first objective where there are several; the first of equal ones.

        Raises
        ------
        NasvizError
            If no trial has a value.
        """
        usable = [(float(t.value), t) for t in self.trials if t.usable and t.value is not None and not t.baseline]
        if not usable:
            raise NasvizError(f"no trial of the study {self.name!r} has a value yet")
        sign = self._sign
        return min(usable, key=lambda pair: (sign * pair[0], pair[1].number))[1]

    @property
    def best_trials(self) -> list[StudyTrial]:
        """The trials that no other beats: the Pareto front of several objectives, or all with the best value of one.

        Examples
        --------
        >>> from nasviz.search import RandomSearch, Study
        >>> from nasviz.spaces import digits_cells
        >>> both = lambda arch: (arch.cost().parameters, str(arch).count("conv"))
        >>> study = Study(digits_cells(), both, direction=("minimize", "maximize"), strategy=RandomSearch())
        >>> study.run(total=8, executor="inline")
        >>> fewest = min(trial.objectives["values_0"] for trial in study.trials)
        >>> fewest in [trial.objectives["values_0"] for trial in study.best_trials]
        True
        """
        from nasviz.search.several import unbeaten

        return unbeaten(self.trials, self._signs)

    @property
    def best_value(self) -> float:
        """Value of :attr:`best_trial`."""
        value = self.best_trial.value
        assert value is not None
        return value

    @property
    def _sign(self) -> float:
        return self._signs[0]

    @property
    def _signs(self) -> tuple[float, ...]:
        return signs_of(self.directions)

    def trials_dataframe(self) -> pd.DataFrame:
        """Return one row a trial: number, state, value, term, who proposed it, what was believed, seconds, reason."""
        return frame(self.storage.trials())

    def quantity(self, name: str) -> dict[int, float]:
        """Return one number of every trial that has it, by the number of the trial.

        Parameters
        ----------
        name
            "value"; "seconds" of evaluation; "parameters" or "flops" (2 per multiply-add), computed once for each architecture
            that can be built; or a number that the objective gave beside its value, e.g. "latency_ms".

        Raises
        ------
        NasvizError
            If trials have numbers of other names only.

        Examples
        --------
        >>> from nasviz.search import RandomSearch, Study
        >>> from nasviz.spaces import digits_cells
        >>> study = Study(digits_cells(), lambda arch: 0.5, strategy=RandomSearch())
        >>> study.run(total=2, executor="inline")
        >>> study.quantity("value")
        {0: 0.5, 1: 0.5}
        """
        return quantity(self.trials, name, self._costs)

    @property
    def confirmations(self) -> list[Confirmation]:
        """What :meth:`Study.confirm` found last; an empty list before."""
        return [Confirmation.from_json(row) for row in self.storage.noted("confirmations") or ()]

    def _told(self) -> StudyReport:
        """What a report of the study is written from."""
        return StudyReport(
            self.to_record(),
            tuple(row.to_json() for row in self.confirmations),
            tuple(map(str, self.lessons)),
            time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            versions(),
        )

    def report(self, path: str | Path | None = None) -> Any:
        """Return all that is needed to judge, repeat and cite the search; with a path, write it there, too.

        Seeds, strategy and limits, versions, device, a digest of the data, evaluations and time, the grammar, figures, the best
        trials, what :meth:`Study.confirm` found, baselines, and an entry for BibTeX.

        Parameters
        ----------
        path
            Ends in .html (one page that loads nothing), .txt, .md or .json.

        Returns
        -------
        nasviz.view.report.Report
            Prints as text; ``.html()``, ``.bibtex``, ``.to_json()``, ``.save(path)``.

        Raises
        ------
        NasvizError
            If the ending is another one, or the file cannot be written.
        """
        report = lower("study_report")(self._told())
        if path is not None:
            report.save(path)
        return report

    def surrogate(self) -> GP:
        """Return the Gaussian process fitted to all finished trials; the same object until another trial finishes.

        It knows what other studies found (:attr:`known`). Failed trials teach it nothing. A pruned one stands at the value that
        has the same rank among finished trials as it had when it was pruned.

        Raises
        ------
        NasvizError
            If no trial has a value, or the study's space is unknown.
        """
        usable = self._teaching()
        if not usable:
            raise NasvizError(f"no trial of the study {self.name!r} has a value yet, so there is nothing to learn from")
        from nasviz.surrogate import GP, HierarchicalWL

        numbers = tuple(trial.number for trial in usable)
        if self._fitted is None or self._fitted[0] != numbers:
            kernel = getattr(self.strategy, "kernel", None) or HierarchicalWL()
            store = self._fitted[1].store if self._fitted and self._fitted[1].kernel == kernel else None
            gp = GP(kernel, store=store, log=None if self.direction == "minimize" else False)
            self._fitted = numbers, gp.fit([trial.arch for trial in usable], [float(t.value or 0.0) for t in usable])
        return self._fitted[1]

    def beliefs(self, archs: Sequence[Architecture]) -> list[Belief]:
        """Return what the surrogate believes of `archs`, with the logarithm of the improvement expected of each.

        Raises
        ------
        NasvizError
            If no trial has a value.
        """
        gp = self.surrogate()
        from nasviz.surrogate import log_ei

        mean, sd = gp.predict(archs)
        gain = log_ei(gp, archs, self.best_value, maximize=self.direction == "maximize")
        return [Belief(float(m), float(s), float(g)) for m, s, g in zip(mean, sd, gain, strict=True)]

    def explain(self, arch: Architecture) -> Explanation:
        """Return why the surrogate believes what it believes of an architecture; see :func:`nasviz.explain`.

        Raises
        ------
        NasvizError
            If no trial has a value.
        """
        from nasviz.surrogate.why import explain

        return explain(self, arch)

    def importance(self) -> pd.DataFrame:
        """Return how each production goes with the values of the trials, the weightiest first.

        By Bayesian linear regression on how often productions are used, see :func:`nasviz.surrogate.importance.importance`.
        Columns: trials and uses of the production; effect of one use in the place of an average use of its nonterminal, with
        its central 95 % interval (low, high), in the objective's units, or as natural logarithms (a factor of exp(effect)) when
        all values are positive and smaller is better; weight; sure, whether the interval leaves out 0.

        Raises
        ------
        NasvizError
            If no trial has a value.
        """
        from nasviz.surrogate.importance import importance_table

        usable = [trial for trial in self.trials if trial.usable and not trial.foreign]
        if not usable:
            raise NasvizError(f"no trial of the study {self.name!r} has a value yet, so no production matters")
        log = None if self.direction == "minimize" else False
        return importance_table([trial.arch for trial in usable], [float(t.value or 0.0) for t in usable], log)

    def ablation(self, first: Architecture | None = None, last: Architecture | None = None) -> Ablation:
        """Return a way from one architecture to another in single edits, with what is believed and was observed of each step.

        Parameters
        ----------
        first
            Where it begins; the first baseline of this space when None, or else the first trial with a value.
        last
            Where it ends; the best trial when None.

        Raises
        ------
        NasvizError
            If no trial has a value, or the two are of different spaces.
        """
        from nasviz.surrogate.ablation import ablate
        from nasviz.surrogate.basis import basis_of

        basis = basis_of(self)
        usable = [trial for trial in self.trials if trial.usable and not trial.foreign]
        if first is None and not usable:
            raise NasvizError(f"no trial of the study {self.name!r} has a value yet, so say where to begin: ablation(first)")
        begin = min(usable, key=lambda trial: (not trial.baseline, trial.number)).arch if first is None else first
        return ablate(basis, begin, self.best_trial.arch if last is None else last)

    def __repr__(self) -> str:
        try:
            return self._described()
        except StorageError as error:
            return f"Study {self.name!r}: {error}"

    def _described(self) -> str:
        trials = self.storage.trials()
        counts = {state: sum(1 for t in trials if t.state == state) for state in dict.fromkeys(t.state for t in trials)}
        said = ", ".join(f"{n} {state}" for state, n in counts.items()) or "no trials yet"
        usable = any(trial.usable and not trial.baseline for trial in trials)
        best = f", best {self.best_value:.4g} (trial {self.best_trial.number})" if usable else ""
        return f"Study {self.name!r} in {self.storage.where or 'memory'}: {said}{best}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return mimebundle(self, repr(self))
