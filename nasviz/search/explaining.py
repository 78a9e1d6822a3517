"""What is believed of a search and why: its best, its surrogate, and the explanations that rest on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nasviz.errors import NasvizError
from nasviz.records import Belief, Which
from nasviz.search.directions import signs_of
from nasviz.search.pruning import ranked
from nasviz.search.strategy import Strategy
from nasviz.search.trial import StudyTrial

if TYPE_CHECKING:
    import pandas as pd

    from nasviz.spaces import Architecture, SearchSpace
    from nasviz.surrogate import GP
    from nasviz.surrogate.ablation import Ablation
    from nasviz.surrogate.why import Explanation


class Explaining(ABC):
    """A search as its surrogate sees it: trials with a value each, of which less or more is better."""

    _fitted: tuple[tuple[int, ...], GP] | None = None
    _space: SearchSpace | None = None

    @property
    @abstractmethod
    def name(self) -> str:
        """What the study is called."""

    @property
    @abstractmethod
    def direction(self) -> str:
        """ "minimize" or "maximize"."""

    @property
    @abstractmethod
    def strategy(self) -> Strategy:
        """Who proposes."""

    @property
    @abstractmethod
    def trials(self) -> list[StudyTrial]:
        """All trials by number."""

    @property
    @abstractmethod
    def known(self) -> list[StudyTrial]:
        """Trials of other studies that teach the surrogate."""

    @property
    @abstractmethod
    def objectives(self) -> tuple[str, ...]:
        """Names of what is looked for."""

    @property
    @abstractmethod
    def value_name(self) -> str:
        """What the value of a trial is called where a study has several objectives, else ""."""

    @abstractmethod
    def seen_by(self, objective: Which = None) -> Explaining:
        """The same search, its value one of its objectives."""

    @property
    def _sign(self) -> float:
        return signs_of([self.direction])[0]

    def _teaching(self) -> list[StudyTrial]:
        """What a surrogate learns from: trials with a value, known from elsewhere, pruned ones at the value of their rank."""
        own = [trial for trial in self.trials if not trial.foreign]
        return [t.of(self._space) for t in ranked([*self.known, *own], self._sign) if t.usable]

    def _own(self) -> list[StudyTrial]:
        """The trials of the study's own space that have a value."""
        return [trial for trial in self.trials if trial.usable and not trial.foreign]

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
    def best_value(self) -> float:
        """Value of :attr:`best_trial`."""
        value = self.best_trial.value
        assert value is not None
        return value

    def surrogate(self, objective: Which = None) -> GP:
        """Return the Gaussian process fitted to all finished trials; the same object until another trial finishes.

        It knows what other studies found (:attr:`known`). Failed trials teach it nothing. A pruned one stands at the value that
        has the same rank among finished trials as it had when it was pruned; it says nothing of the other objectives.

        Parameters
        ----------
        objective
            Whose, where the study has several, see :meth:`seen_by`; that of the first when None.

        Raises
        ------
        NasvizError
            If no trial has a value, the study's space is unknown, or it has no such objective.
        """
        if objective is not None:
            return self.seen_by(objective).surrogate()
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

    def beliefs(self, archs: Sequence[Architecture], objective: Which = None) -> list[Belief]:
        """Return what the surrogate believes of `archs`, with the logarithm of the improvement expected of each.

        Parameters
        ----------
        archs
            Architectures.
        objective
            Of which objective, where the study has several, see :meth:`seen_by`; of the first when None.

        Raises
        ------
        NasvizError
            If no trial has a value, or the study has no such objective.
        """
        if objective is not None:
            return self.seen_by(objective).beliefs(archs)
        gp = self.surrogate()
        from nasviz.surrogate import log_ei

        mean, sd = gp.predict(archs)
        gain = log_ei(gp, archs, self.best_value, maximize=self.direction == "maximize")
        return [Belief(float(m), float(s), float(g)) for m, s, g in zip(mean, sd, gain, strict=True)]

    def explain(self, arch: Architecture, objective: Which = None) -> Explanation:
        """Return why the surrogate believes what it believes of an architecture; see :func:`nasviz.explain`.

        Parameters
        ----------
        arch
            Any architecture of the space.
        objective
            Of which objective, where the study has several, see :meth:`seen_by`; of the first when None.

        Raises
        ------
        NasvizError
            If no trial has a value, or the study has no such objective.
        """
        from nasviz.surrogate.why import explain

        return explain(self, arch, objective=objective)

    def importance(self, objective: Which = None) -> pd.DataFrame:
        """Return how each production goes with the values of the trials, the weightiest first.

        By Bayesian linear regression on how often productions are used, see :func:`nasviz.surrogate.importance.importance`.
        Columns: trials and uses of the production; effect of one use in the place of an average use of its nonterminal, with
        its central 95 % interval (low, high), in the objective's units, or as natural logarithms (a factor of exp(effect)) when
        all values are positive and smaller is better; weight; sure, whether the interval leaves out 0.

        Parameters
        ----------
        objective
            For which objective, where the study has several, see :meth:`seen_by`; for the first when None.

        Raises
        ------
        NasvizError
            If no trial has a value, or the study has no such objective.
        """
        if objective is not None:
            return self.seen_by(objective).importance()
        from nasviz.surrogate.importance import importance_table

        usable = self._own()
        if not usable:
            raise NasvizError(f"no trial of the study {self.name!r} has a value yet, so no production matters")
        log = None if self.direction == "minimize" else False
        return importance_table([trial.arch for trial in usable], [float(t.value or 0.0) for t in usable], log)

    def ablation(
        self, first: Architecture | None = None, last: Architecture | None = None, objective: Which = None
    ) -> Ablation:
        """Return a way from one architecture to another in single edits, with what is believed and was observed of each step.

        Parameters
        ----------
        first
            Where it begins; the first baseline of this space when None, or else the first trial with a value.
        last
            Where it ends; the best trial when None.
        objective
            Which objective is looked at, where the study has several, see :meth:`seen_by`; the first when None.

        Raises
        ------
        NasvizError
            If no trial has a value, the two are of different spaces, or the study has no such objective.
        """
        if objective is not None:
            return self.seen_by(objective).ablation(first, last)
        from nasviz.surrogate.ablation import ablate
        from nasviz.surrogate.basis import basis_of

        basis = basis_of(self)
        usable = self._own()
        if first is None and not usable:
            raise NasvizError(f"no trial of the study {self.name!r} has a value yet, so say where to begin: ablation(first)")
        begin = min(usable, key=lambda trial: (not trial.baseline, trial.number)).arch if first is None else first
        return ablate(basis, begin, self.best_trial.arch if last is None else last)
