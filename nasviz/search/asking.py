"""Ask and tell: trials are taken from a study, evaluated anywhere, and told."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import warnings
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self, cast

from nasviz.algebra.arguments import shown
from nasviz.errors import NasvizError, NasvizWarning, StorageError
from nasviz.records import Curve, Trial
from nasviz.records.trial import ENDED
from nasviz.search.directions import arranged, names_of, turned, turned_belief
from nasviz.search.evaluate import Objective, Outcome, accepted, outcome_of
from nasviz.search.lease import Renewer
from nasviz.search.limits import Limits
from nasviz.search.pruning import ranked
from nasviz.search.reading import StudyReader
from nasviz.search.sameness import check_task
from nasviz.search.seeds import evaluation_seed, proposal_generator
from nasviz.search.storage import StudyStorage
from nasviz.search.strategy import Proposal, Strategy
from nasviz.search.trial import DRAW, TERM, StudyTrial

if TYPE_CHECKING:
    from nasviz.spaces import Architecture, SearchSpace

_log = logging.getLogger("nasviz.search")

AGAIN = "stopped with the study; queued again"
"""Why a trial waits again that was running when its study was stopped."""


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
        self._kept: dict[int, tuple[Outcome, Sequence[Curve]] | None] = {}
        self._guests: dict[str, Architecture] = {}

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
        taken = self.take()
        assert taken is not None
        return taken.trial

    def take(self, total: int | None = None, apart: Collection[int] = ()) -> Taken | None:
        """Return the next trial with its slot and the random state of its evaluation; see :meth:`ask`.

        With a `total`, None when as many trials, those of other processes included, were taken before it: of all processes that
        take one at the same time, those with the first slots keep theirs. Slots in `apart` do not count.
        """
        with self._asking:
            slot, number, queued = self.storage.begin()
            self._renewer.hold(slot)
            try:
                if total is not None and self.storage.ahead(slot, apart) >= total:
                    self._put_back(slot, queued)
                    return None
                term, draw = self._drawn(slot, number, queued)
                if not queued or "number" not in self.storage.attrs(slot)[DRAW]:
                    self.storage.draw(slot, term, draw)
            except BaseException:
                self._renewer.release(slot)
                self.storage.discard(slot)
                raise
            self._begun[slot] = time.perf_counter()
            taken = Taken(slot, self._bound(self.storage.slots()[slot]), int(draw["seed"]))
        self.changed()
        return taken

    def _put_back(self, slot: int, queued: bool) -> None:
        if queued:
            self.storage.requeue(slot, "")
        else:
            self.storage.discard(slot)
        self._renewer.release(slot)

    def _bound(self, trial: StudyTrial) -> StudyTrial:
        return trial.of(self._guests[trial.term].space) if trial.term in self._guests else trial.of(self._space)

    def _drawn(self, slot: int, number: int, queued: bool) -> tuple[str, dict[str, Any]]:
        fresh = {"number": number, "seed": evaluation_seed(self.seed, number)}
        if queued:
            attrs = self.storage.attrs(slot)
            return attrs[TERM], {**fresh, **attrs[DRAW]}
        while self.storage.undecided(slot):  # what another process proposes now must not be proposed again
            time.sleep(self.storage.timing.poll / 10)
        others = [trial for at, trial in sorted(self.storage.slots().items()) if at != slot and not trial.foreign]
        lessons = self.known
        began = time.perf_counter()
        proposal = self.propose(number, [*lessons, *others])
        belief = proposal.belief
        return proposal.term, {
            **fresh,
            "proposed_by": proposal.reason,
            "belief": None if belief is None else belief.to_json(),
            "pending": [trial.number for trial in others if trial.state not in ENDED],
            "ended": ranges(trial.number for trial in others if trial.state in ENDED),
            "lessons": len(lessons),
            "proposing": time.perf_counter() - began,
        }

    def propose(self, number: int, trials: Sequence[Trial]) -> Proposal:
        """Return what the strategy proposes for trial `number`, given `trials`: a function of these and the study's seed.

        Trials that have not ended count as running, without a curve; pruned ones stand at the value of their rank.
        """
        rng = proposal_generator(self.seed, number)
        seen = [trial if trial.state in ENDED else _pending(trial) for trial in sorted(trials, key=lambda trial: trial.number)]
        told = [turned(trial, self._signs) for trial in ranked(seen)]
        proposal = self.strategy.propose(self.space, told, rng, **accepted(self.strategy.propose, **self._bounds))
        names = names_of(seen, len(self._signs)) if len(self._signs) > 1 else ()
        return replace(proposal, belief=turned_belief(proposal.belief, self._signs, names))

    def replay(self, number: Trial | int) -> Proposal:
        """Return once more what the strategy proposed for a trial, given or by number, from what was known when it was asked.

        On one thread, with the strategy that the study began with, it equals what was stored, bit for bit.

        Raises
        ------
        NasvizError
            If there is no such trial, it was queued and not proposed, or the study was opened for looking and its strategy
            cannot be read back.
        """
        number, strategy = number_of(number, "replay"), self.strategy
        if self._guessed:
            began = str(self.storage.protocol.get("strategy"))
            raise NasvizError(
                f"the study {self.name!r} began with {began:.80}, which cannot be read back, so {type(strategy).__name__} "
                "would propose something else. Type: nv.Study(space, …, strategy=…, storage=…, name=…)"
            )
        slots = self.storage.slots()
        mine = next((slot for slot, trial in slots.items() if trial.number == number), None)
        draw = {} if mine is None else self.storage.attrs(mine).get(DRAW, {})
        if mine is None:
            raise NasvizError(f"the study {self.name!r} has no trial {number}, it has {len(slots)} trials")
        if "ended" not in draw:
            raise NasvizError(
                f"trial {number} of the study {self.name!r} was not proposed by a strategy, so there is nothing to replay"
            )
        ended = {n for first, last in draw["ended"] for n in range(first, last + 1)}
        pending = set(draw["pending"])
        others = [_pending(t) if t.number in pending else t for t in slots.values() if t.number in ended | pending]
        return self.propose(number, [*self.known[: draw["lessons"]], *others])

    def tell(self, trial: Trial | int, value: Any = None, *, error: str = "", curve: Sequence[Curve] = ()) -> None:
        """Say how the evaluation of a trial ended.

        Parameters
        ----------
        trial
            The trial or its number.
        value
            Its value, or several as a tuple or by name; one that is not finite makes the trial fail.
        error
            Why there is no value.
        curve
            Its learning curve.

        Raises
        ------
        NasvizError
            If this trial is not running, it is no trial, or the curve is none.
        """
        number, curve = number_of(trial, "tell"), _checked_curve(curve)
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
        self.storage.finish(slot, arranged(outcome, len(self.directions), self._called))
        self._let_go(slot)

    @property
    def _called(self) -> tuple[str, ...]:
        """What the first trial with a value called its objectives."""
        return names_of(self.storage.trials(), len(self.directions))

    def keep(self, slot: int, outcome: Outcome, curve: Sequence[Curve] = ()) -> None:
        """Store how an evaluation ended; where the storage fails, keep it for :meth:`store_kept` and say so.

        Raises
        ------
        StorageError
            If the storage fails.
        """
        self._kept[slot] = outcome, curve
        try:
            self.store_kept()
        except StorageError as error:
            raise StorageError(
                f"{error}. What {len(self._kept)} evaluation(s) gave is kept in this process and stored by the next run: "
                "type study.run(total) or study.start(total) once the storage can be written again"
            ) from error

    def store_kept(self) -> None:
        """Store what could not be stored when it came."""
        for slot, kept in list(self._kept.items()):
            if kept is None:
                self.give_back(slot, AGAIN)
            else:
                self.record(slot, *kept)
            del self._kept[slot]

    def give_back(self, slot: int, reason: str) -> None:
        """Queue a running slot again; where the storage fails, :meth:`store_kept` does it later."""
        self._kept.setdefault(slot, None)
        self.storage.requeue(slot, reason)
        self._kept.pop(slot, None)
        self._let_go(slot)

    def _let_go(self, slot: int) -> None:
        self._renewer.release(slot)
        self._begun.pop(slot, None)
        self.changed()

    def enqueue(self, arch: Architecture | str, reason: str = "enqueued", *, baseline: str = "") -> None:
        """Queue an architecture to be evaluated next; one that the study already has is not queued twice.

        A baseline is a row to compare with, marked in figures and reports: it does not count and is never the best. So is every
        architecture of another space, such as ``nv.known.resnet20()``, which also teaches the strategy nothing.

        Parameters
        ----------
        arch
            An architecture, or the text of a term of the study's space.
        reason
            Shown as who proposed it.
        baseline
            What to call it in figures and reports where it is one to compare with.

        Raises
        ------
        TermError
            If it is a text that the space does not derive.
        NasvizError
            If it is of another space and has another input shape or number of classes, exceeds a limit and is no baseline, or
            is no architecture at all; or a text is none.

        Warns
        -----
        NasvizWarning
            If a baseline is a trial of the search already.
        """
        for what, text in (("reason", reason), ("baseline", baseline)):
            if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise NasvizError(f"{what} is {shown(text)}, expected a text, e.g. {what}='ResNet-20'")
        if not isinstance(arch, str) and not hasattr(arch, "term"):
            raise NasvizError(f"an architecture or the text of a term can be queued, found {arch!r:.60}")
        draw: dict[str, Any] = {"proposed_by": reason, **({"baseline": baseline} if baseline else {})}
        if isinstance(arch, str) or arch.space == self.space or self.space.contains(arch):
            own = self.space.parse(str(arch))
            reason = "" if baseline else self.limits.exceeded(own)
            if reason:
                raise NasvizError(f"it would not be evaluated: {reason}. To compare with it, say baseline='its name'")
            term = str(own)
        else:
            check_task(arch, self.space)
            term, name = str(arch), baseline or arch.space.name or "baseline"
            draw = {"proposed_by": f"baseline: {name}", "baseline": name, "home": arch.space.to_json()}
            self._guests[term] = arch
        before = next((trial for trial in self.storage.trials() if trial.term == term), None)
        if before is None:
            self.storage.enqueue(term, draw)
            self.changed()
        elif baseline and not before.baseline:
            warnings.warn(
                f"the study {self.name!r} has this architecture as trial {before.number}, which stays a trial of the search: "
                f"there will be no baseline {baseline!r}. Baselines are queued before the search begins",
                NasvizWarning,
                stacklevel=2,
            )

    @property
    def limits(self) -> Limits:
        """What an architecture may cost."""
        return Limits(self._bounds.get("limits") or {})

    def evaluated(self, trial: StudyTrial) -> Callable[..., Any]:
        """Return what evaluates a trial: the objective, with the measured limits checked unless the trial is a baseline."""
        return self.objective if trial.baseline else self.limits.within(self.objective)

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


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return whole numbers as ranges from first to last.

    >>> ranges([0, 1, 2, 5, 7, 8])
    [(0, 2), (5, 5), (7, 8)]
    """
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found


def number_of(trial: Any, method: str) -> int:
    """Return the number of a trial, or the number that stands for it.

    Raises
    ------
    NasvizError
        If it is neither; `method` is who was asked.

    >>> number_of(3, "tell")
    3
    """
    number = trial if isinstance(trial, int) else getattr(trial, "number", None)
    if number is None:
        raise NasvizError(f"{method} takes what ask() gave, or the number of a trial, found {type(trial).__name__}")
    return int(number)


def _checked_curve(curve: object) -> tuple[Curve, ...]:
    rows = tuple(curve) if isinstance(curve, Iterable) else (None,)
    if not all(isinstance(row, Curve) for row in rows):
        raise NasvizError(
            f"a learning curve is a list of rows, found {shown(curve)}. Type: from nasviz.records import Curve; "
            'curve=[Curve(step=10, epoch=1.0, metrics={"val_error": 0.3})]'
        )
    return cast("tuple[Curve, ...]", rows)


def _pending(trial: Trial) -> Trial:
    return replace(trial, state="running", value=None, reason="", curve=(), seconds=0.0, ended=None, objectives={})
