"""What can be read of a study: its trials, its best, its surrogate, its tables."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasviz.errors import NasvizError, StorageError
from nasviz.extension import lower
from nasviz.records import StudyRecord, Trial, Which
from nasviz.records.report import StudyReport
from nasviz.records.trial import ENDED
from nasviz.search.aspect import Aspect, called_by, looked_for, place_of
from nasviz.search.directions import signs_of
from nasviz.search.evaluate import Objective
from nasviz.search.explaining import Explaining
from nasviz.search.provenance import versions
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

    from nasviz.spaces import SearchSpace


class StudyReader(Explaining):
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
        self._aspects: dict[str, Aspect] = {}
        self._bounds: dict[str, Any] = {}
        self.costs: Costs = {}

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
    def objectives(self) -> tuple[str, ...]:
        """Names of what the study looks for, in order; of one objective what the first trial called it, or "value".

        Of several that are returned as a tuple ``("values_0", "values_1")``, as optuna calls them; or those that the strategy
        names, ``ParetoBayesOpt(("error", "parameters"))``.

        Examples
        --------
        >>> from nasviz.search import RandomSearch, Study
        >>> from nasviz.spaces import digits_cells
        >>> both = lambda arch: {"length": len(str(arch)), "convolutions": str(arch).count("conv")}
        >>> study = Study(digits_cells(), both, direction=("minimize", "maximize"), strategy=RandomSearch())
        >>> study.run(total=8, executor="inline")
        >>> study.objectives, study.seen_by("convolutions").direction
        (('length', 'convolutions'), 'maximize')
        """
        return tuple(looked_for(self))

    @property
    def value_name(self) -> str:
        """What the value of a trial is called where the study has several directions, else ""."""
        return called_by(self.storage.trials(), self.directions)[0] if len(self.directions) > 1 else ""

    def seen_by(self, objective: Which = None) -> Explaining:
        """Return this study as one of its objectives sees it: figures and explanations of it are those of this objective.

        Its trials have this objective's numbers as their values; its `direction`, `best_trial` and `surrogate` follow.

        Parameters
        ----------
        objective
            The name of an objective, or its place counted from 0; None is the study itself, whose value is the first.

        Raises
        ------
        NasvizError
            If the study has no such objective; the sentence names those that it has.

        Examples
        --------
        >>> from nasviz.search import RandomSearch, Study
        >>> from nasviz.spaces import digits_cells
        >>> both = lambda arch: (len(str(arch)), str(arch).count("conv"))
        >>> study = Study(digits_cells(), both, direction=("minimize", "maximize"), strategy=RandomSearch())
        >>> study.run(total=8, executor="inline")
        >>> study.seen_by("values_1").best_value == max(trial.objectives["values_1"] for trial in study.trials)
        True
        """
        if objective is None:
            return self
        found = looked_for(self)
        name = list(found)[place_of(self.name, tuple(found), objective)]
        if len(found) == 1 or (len(self.directions) > 1 and name == self.value_name):
            return self
        if name not in self._aspects:
            self._aspects[name] = Aspect(self, name, found[name])
        return self._aspects[name]

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
        return quantity(self.trials, name, self.costs)

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
