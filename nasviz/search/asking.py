"""Ask and tell: trials are taken from a study, evaluated anywhere, and told."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from nasviz.errors import NasvizError
from nasviz.records import Belief, Curve, Trial
from nasviz.search.evaluate import Objective, Outcome, outcome_of
from nasviz.search.lease import Renewer
from nasviz.search.reading import ENDED, StudyReader
from nasviz.search.seeds import evaluation_seed, proposal_generator
from nasviz.search.storage import StudyStorage
from nasviz.search.strategy import Proposal, Strategy
from nasviz.search.trial import DRAW, TERM, StudyTrial

if TYPE_CHECKING:
    from nasviz.spaces import Architecture, SearchSpace

_log = logging.getLogger("nasviz.search")


@dataclass(frozen=True)
class Taken:
    """A trial taken for evaluation: its slot in the storage, the trial, and the random state of its evaluation."""

    slot: int
    trial: StudyTrial
    seed: int


class AskTell(StudyReader):
    """The half of :class:`Study` that takes trials and is told their values."""

    def __init__(
        self, storage: StudyStorage, space: SearchSpace | None, objective: Objective | None, strategy: Strategy | None
    ) -> None:
        super().__init__(storage, space, objective, strategy)
        self._asking = threading.RLock()
        self._renewer = Renewer(storage.renew, storage.timing.renew)
        self._begun: dict[int, float] = {}
        self._listeners: list[Callable[[Self], object]] = []

    @property
    def held(self) -> set[int]:
        """Slots that this study object runs or was asked for."""
        return self._renewer.held

    def ask(self) -> StudyTrial:
        """Return the next trial to evaluate; it counts as running until it is told.

        Raises
        ------
        ExhaustedError
            If the space holds no architecture that was not evaluated.
        StorageError
            If the storage fails.
        """
        return self.take().trial

    def take(self) -> Taken:
        """Return the next trial with its slot and the random state of its evaluation; see :meth:`ask`."""
        with self._asking:
            slot, number, queued = self.storage.begin()
            self._renewer.hold(slot)
            try:
                term, draw = self._drawn(slot, number, queued)
                if not queued or "number" not in self.storage.attrs(slot)[DRAW]:
                    self.storage.draw(slot, term, draw)
            except BaseException:
                self._renewer.release(slot)
                self.storage.discard(slot)
                raise
            self._begun[slot] = time.perf_counter()
            taken = Taken(slot, self.storage.slots()[slot].of(self._space), int(draw["seed"]))
        self.changed()
        return taken

    def _drawn(self, slot: int, number: int, queued: bool) -> tuple[str, dict[str, Any]]:
        fresh = {"number": number, "seed": evaluation_seed(self.seed, number)}
        if queued:
            attrs = self.storage.attrs(slot)
            return attrs[TERM], {**fresh, **attrs[DRAW]}
        others = [trial for at, trial in sorted(self.storage.slots().items()) if at != slot]
        proposal = self.propose(number, others)
        belief = proposal.belief
        pending = [trial.number for trial in others if trial.state not in ENDED]
        return proposal.term, {
            **fresh,
            "proposed_by": proposal.reason,
            "belief": None if belief is None else belief.to_json(),
            "pending": pending,
        }

    def propose(self, number: int, trials: Sequence[Trial]) -> Proposal:
        """Return what the strategy proposes for trial `number`, given `trials`: a function of these and the study's seed."""
        rng = proposal_generator(self.seed, number)
        ordered = sorted(trials, key=lambda trial: trial.number)
        proposal = self.strategy.propose(self.space, [_signed(trial, self._sign) for trial in ordered], rng)
        if proposal.belief is None or self._sign > 0:
            return proposal
        belief = Belief(-proposal.belief.mean, proposal.belief.sd, proposal.belief.acquisition)
        return Proposal(proposal.term, belief, proposal.reason)

    def tell(self, trial: Trial | int, value: float | None = None, *, error: str = "", curve: Sequence[Curve] = ()) -> None:
        """Say how the evaluation of a trial ended.

        Parameters
        ----------
        trial
            The trial or its number.
        value
            Its value; one that is not finite makes the trial fail.
        error
            Why there is no value.
        curve
            Its learning curve.

        Raises
        ------
        NasvizError
            If this trial is not running, or it is no trial.
        """
        number = trial if isinstance(trial, int) else getattr(trial, "number", None)
        if number is None:
            raise NasvizError(f"tell takes what ask() gave, or the number of a trial, found {type(trial).__name__}")
        running = [slot for slot, t in self.storage.slots().items() if t.number == number and t.state == "running"]
        if not running:
            raise NasvizError(f"trial {number} of the study {self.name!r} is not running, so it cannot be told")
        slot = running[0]
        seconds = time.perf_counter() - self._begun.get(slot, time.perf_counter())
        self.record(slot, replace(Outcome(None, error) if error else outcome_of(value), seconds=seconds), curve)

    def record(self, slot: int, outcome: Outcome, curve: Sequence[Curve] = ()) -> None:
        """Store how the evaluation of a slot ended."""
        if curve:
            self.storage.curve(slot, curve)
        self.storage.finish(slot, outcome)
        self._let_go(slot)

    def give_back(self, slot: int, reason: str) -> None:
        """Queue a running slot again."""
        self.storage.requeue(slot, reason)
        self._let_go(slot)

    def _let_go(self, slot: int) -> None:
        self._renewer.release(slot)
        self._begun.pop(slot, None)
        self.changed()

    def enqueue(self, arch: Architecture | str, reason: str = "enqueued") -> None:
        """Queue an architecture to be evaluated next; one that the study already has is not queued twice.

        Parameters
        ----------
        arch
            An architecture of the study's space, or the text of its term.
        reason
            Shown as who proposed it.

        Raises
        ------
        TermError
            If the space does not contain it.
        """
        term = str(self.space.parse(str(arch)))
        if all(trial.term != term for trial in self.storage.trials()):
            self.storage.enqueue(term, {"proposed_by": reason})
            self.changed()

    def on_change(self, callback: Callable[[Self], object]) -> Callable[[], None]:
        """Call `callback(study)` after every change, on the thread that made it; it must be quick.

        Returns
        -------
        callable
            Ends the subscription.
        """
        self._listeners.append(callback)

        def unsubscribe() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(callback)

        return unsubscribe

    def changed(self) -> None:
        """Tell the subscribers that something changed."""
        for callback in list(self._listeners):
            try:
                callback(self)
            except Exception:
                _log.exception("a listener of the study %r failed", self.name)


def _signed(trial: Trial, sign: float) -> Trial:
    return trial if sign > 0 or trial.value is None else replace(trial, value=-trial.value)
