"""The storage of a study: optuna holds the trials; terms, leases, curves and commands are attributes beside them.

A *slot* is the number of a trial in optuna's storage. A trial whose process died is failed and queued again in a new slot, so
slots may outnumber trials.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState

from nasviz.errors import StorageError
from nasviz.records import Curve
from nasviz.search.backend import backend, check_there, quiet, translated
from nasviz.search.evaluate import Outcome
from nasviz.search.lease import Lease, this_process
from nasviz.search.pruning import points
from nasviz.search.trial import CURVE, DRAW, END, LEASE, RETRY, TERM, StudyTrial, living, read_trial

SCHEMA = 1
_SCHEMA, _SPACE, _PROTOCOL = "nasviz/schema", "nasviz/1/space", "nasviz/1/protocol"
_COMMAND = "cmd/"


@dataclass(frozen=True)
class Timing:
    """How long things may take, in seconds.

    Parameters
    ----------
    renew
        Between two renewals of a lease.
    stale
        Age at which a lease that was not renewed counts as abandoned.
    write
        Least time between two writes of one trial's curve.
    poll
        Between two looks at the storage while waiting.
    grace
        What a running evaluation gets to end when the study is stopped.
    patience
        How long a write waits for a SQLite file that another process has locked.
    """

    renew: float = 10.0
    stale: float = 60.0
    write: float = 0.5
    poll: float = 0.5
    grace: float = 8.0
    patience: float = 60.0


class StudyStorage:
    """One study in a storage.

    Parameters
    ----------
    study
        The optuna study.
    where
        The storage's URL, or "" for memory.
    timing
        See :class:`Timing`.
    """

    def __init__(self, study: optuna.Study, where: str, timing: Timing) -> None:
        self._study = study
        self.where = where
        self.name = study.study_name
        self.timing = timing
        attrs = self._attrs()
        version = attrs.get(_SCHEMA)
        if not isinstance(version, int) or not 1 <= version <= SCHEMA:
            found = "was not made by nasviz" if version is None else f"has the schema version {version!r}"
            raise StorageError(
                f"the study {self.name!r} in {where or 'memory'} {found}; this nasviz reads versions 1 to {SCHEMA}"
            )
        self.space: Mapping[str, Any] = attrs[_SPACE]
        self.protocol: Mapping[str, Any] = attrs[_PROTOCOL]
        self._finished: dict[int, StudyTrial] = {}
        self._told: dict[int, dict[int, float]] = {}

    @classmethod
    def create(
        cls, url: str | None, name: str, *, space: Mapping[str, Any], protocol: Mapping[str, Any], timing: Timing
    ) -> StudyStorage:
        """Make a study, or go on with the one of this name.

        Parameters
        ----------
        url
            SQLAlchemy URL such as ``sqlite:///nas.db``, or None for memory.
        name
            Name of the study within the storage.
        space, protocol
            JSON data stored with a new study.
        timing
            See :class:`Timing`.

        Raises
        ------
        StorageError
            If the storage cannot be opened or the study was not made by nasviz.
        """
        with translated(url, everything=True), quiet():
            study = optuna.create_study(
                storage=backend(url, timing.patience),
                study_name=name,
                directions=protocol.get("directions") or [protocol["direction"]],
                load_if_exists=True,
                sampler=optuna.samplers.RandomSampler(seed=0),
                pruner=optuna.pruners.NopPruner(),
            )
            attrs = study.user_attrs
            unfinished = all(key in (_SPACE, _PROTOCOL) for key in attrs)
            if unfinished and not study.get_trials(deepcopy=False):
                study.set_user_attr(_SPACE, dict(space))
                study.set_user_attr(_PROTOCOL, dict(protocol))
                study.set_user_attr(_SCHEMA, SCHEMA)
        return cls(study, url or "", timing)

    @classmethod
    def load(cls, url: str, name: str | None, timing: Timing) -> StudyStorage:
        """Open an existing study; without a name the only one.

        Raises
        ------
        StorageError
            If the storage cannot be opened or has no such study; the sentence names those it has.
        """
        with translated(url, everything=True), quiet():
            check_there(url)
            there = backend(url, timing.patience)
            names = optuna.get_all_study_names(there)
            if name is None and len(names) == 1:
                name = names[0]
            if name not in names:
                known = ", ".join(map(repr, names)) or "none"
                wanted = "several studies" if name is None and names else f"no study {name!r}" if name else "no study"
                raise StorageError(f"{url} holds {wanted}; it has: {known}")
            study = optuna.load_study(
                storage=there,
                study_name=name,
                sampler=optuna.samplers.RandomSampler(seed=0),
                pruner=optuna.pruners.NopPruner(),
            )
        return cls(study, url, timing)

    @property
    def direction(self) -> str:
        """ "minimize" or "maximize": of the first objective where there are several."""
        return str(self.protocol["direction"])

    @property
    def directions(self) -> tuple[str, ...]:
        """The direction of each objective."""
        return tuple(self.protocol.get("directions") or [self.direction])

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the grammar that the study began with."""
        return str(self.protocol["fingerprint"])

    def trials(self) -> list[StudyTrial]:
        """Return the trials that have a term, by number."""
        with translated(self.where):
            frozen = living(self._raw())
        trials = [self._read(t, i) for i, t in enumerate(frozen) if TERM in t.user_attrs]
        return sorted(trials, key=lambda trial: trial.number)

    def slots(self) -> dict[int, StudyTrial]:
        """Return the trials that have a term, by slot."""
        with translated(self.where):
            return {t.number: self._read(t, i) for i, t in enumerate(living(self._raw())) if TERM in t.user_attrs}

    def enqueue(self, term: str, draw: Mapping[str, Any], retry_of: int | None = None) -> None:
        """Queue a term; it is what `begin` gives next."""
        attrs: dict[str, Any] = {TERM: term, DRAW: dict(draw), LEASE: _lease()}
        if retry_of is not None:
            attrs[RETRY] = retry_of
        with translated(self.where):
            self._study.enqueue_trial({}, user_attrs=attrs)

    def begin(self) -> tuple[int, int, bool]:
        """Start the next queued trial, or a new one, under a lease of this process.

        Returns
        -------
        tuple
            Its slot, its number in the order of asking, and whether it was queued and thus has a term.
        """
        while True:
            slot = self._claim()
            with translated(self.where):
                raw = self._raw()
            mine = raw[slot].user_attrs
            if RETRY in mine and any(t.user_attrs.get(RETRY) == mine[RETRY] for t in raw[:slot]):
                self.discard(slot)  # two processes queued the same trial again; the first one stands
                continue
            draw: Mapping[str, Any] = mine.get(DRAW) or {}
            if "number" in draw:
                return slot, int(draw["number"]), True
            before = [t for t in living(raw) if t.number < slot]
            taken = [int(t.user_attrs[DRAW]["number"]) for t in before if "number" in t.user_attrs.get(DRAW, {})]
            return slot, max([len(before), *(n + 1 for n in taken)]), TERM in mine

    def _claim(self) -> int:
        """Take a queued trial, or make one that carries a lease from the start; return its slot."""
        with translated(self.where):
            while any(t.state is TrialState.WAITING for t in self._raw()):
                slot = self._study.ask().number
                if self._set(slot, LEASE, _lease()):
                    return slot
            template = optuna.trial.create_trial(state=TrialState.RUNNING, user_attrs={LEASE: _lease()})
            storage = self._study._storage
            return storage.get_trial_number_from_id(storage.create_new_trial(self._study._study_id, template))

    def ahead(self, slot: int, apart: Collection[int] = ()) -> int:
        """Return how many trials of the search end before the one in `slot`: those over, and those running in earlier slots.

        Baselines are beside the search: they do not count, and nothing is ahead of them. Slots in `apart` do not count.
        """
        with translated(self.where):
            trials = [t for t in living(self._raw()) if not (t.user_attrs.get(DRAW) or {}).get("baseline")]
        if all(t.number != slot for t in trials):
            return 0
        over = [t.state.is_finished() or (t.state is TrialState.RUNNING and t.number < slot) for t in trials]
        return sum(1 for t, counts in zip(trials, over, strict=True) if counts and t.number != slot and t.number not in apart)

    def undecided(self, slot: int) -> bool:
        """Return whether a trial begun before the one in `slot` has no term yet, and its process lives."""
        with translated(self.where):
            before = self._raw()[:slot]
        now = time.time()
        return any(t.state is TrialState.RUNNING and TERM not in t.user_attrs and not self._abandoned(t, now) for t in before)

    def draw(self, slot: int, term: str, draw: Mapping[str, Any]) -> None:
        """Store what a running trial evaluates; the term comes last, so that a trial with a term is complete."""
        self._set(slot, DRAW, dict(draw))
        self._set(slot, TERM, term)

    def attrs(self, slot: int) -> Mapping[str, Any]:
        """Return the attributes of a trial."""
        with translated(self.where):
            return self._raw()[slot].user_attrs

    def renew(self, slots: set[int]) -> None:
        """Renew the leases of running trials."""
        for slot in slots:
            self._set(slot, LEASE, _lease())

    def curve(self, slot: int, rows: Sequence[Curve]) -> bool:
        """Store the learning curve of a running trial; False if the trial is no longer running.

        Where there is one objective, what it measures is also an intermediate value of optuna's, one an epoch, which its plots,
        pruners and dashboard know.
        """
        return self._set(slot, CURVE, [row.to_json() for row in rows]) and self._step(slot, rows)

    def _step(self, slot: int, rows: Sequence[Curve]) -> bool:
        told = self._told.setdefault(slot, {})
        found = points(rows, str(self.protocol.get("metric") or "")) if len(self.directions) == 1 else {}
        fresh = {epoch: value for epoch, value in found.items() if told.get(epoch) != value}
        if not fresh:
            return True
        with translated(self.where):
            storage = self._study._storage
            trial = storage.get_trial_id_from_study_id_trial_number(self._study._study_id, slot)
            try:
                for epoch, value in fresh.items():
                    storage.set_trial_intermediate_value(trial, epoch, value)
            except UpdateFinishedTrialError:
                return False
        told.update(fresh)
        return True

    def finish(self, slot: int, outcome: Outcome) -> bool:
        """End a running trial with a value, or without one and a reason; False if somebody else ended it before."""
        value = outcome.value
        values = list(outcome.objectives.values()) or value
        early = outcome.stopped or outcome.pruned
        state = TrialState.COMPLETE if value is not None else TrialState.PRUNED if early else TrialState.FAIL
        names = ("reason", "seconds", "traceback", "pruned", "worker", "device", "rank", "metrics", "objectives")
        self._told.pop(slot, None)
        end = {name: getattr(outcome, name) for name in names}
        return self._set(slot, END, end) and self._tell(slot, state, values if value is not None else None)

    def discard(self, slot: int) -> None:
        """Take back a trial that has not got a term."""
        self._tell(slot, TrialState.FAIL, None)

    def requeue(self, slot: int, reason: str) -> None:
        """Queue a running trial again, at its place, and end it here."""
        with translated(self.where):
            raw = self._raw()
            attrs = raw[slot].user_attrs
            queued = any(t.user_attrs.get(RETRY) == slot for t in raw)
        if TERM in attrs and not queued:
            self.enqueue(attrs[TERM], {**attrs[DRAW], "requeued": reason}, retry_of=slot)
        self.finish(slot, Outcome(None, reason))

    def reclaim(self) -> int:
        """Queue again the running trials whose process died; return how many."""
        with translated(self.where):
            running = [t for t in self._raw() if t.state is TrialState.RUNNING]
        now = time.time()
        lost = [t.number for t in running if self._abandoned(t, now)]
        for slot in lost:
            self.requeue(slot, "its process ended; queued again")
        return len(lost)

    def command(self, kind: str, **body: Any) -> None:
        """Leave a command for whoever runs the study; each has a key of its own, so none is lost."""
        with translated(self.where):
            self._study.set_user_attr(f"{_COMMAND}{uuid.uuid4().hex}", {"kind": kind, "at": time.time(), **body})

    def commands(self) -> dict[str, Mapping[str, Any]]:
        """Return all commands ever left, by key."""
        return {key: body for key, body in self._attrs().items() if key.startswith(_COMMAND)}

    def note(self, key: str, value: Any) -> None:
        """Store JSON data with the study."""
        with translated(self.where):
            self._study.set_user_attr(f"nasviz/1/{key}", value)

    def noted(self, key: str) -> Any:
        """Return what was stored under `key`, or None."""
        return self._attrs().get(f"nasviz/1/{key}")

    def add(self, kind: str, value: Mapping[str, Any]) -> None:
        """Store one more piece of JSON data of a kind; each has a key of its own, so two processes overwrite nothing."""
        self.note(f"{kind}/{uuid.uuid4().hex}", {"at": time.time(), **value})

    def added(self, kind: str) -> list[Mapping[str, Any]]:
        """Return what was added of a kind, in the order of time."""
        prefix = f"nasviz/1/{kind}/"
        found = {key: body for key, body in self._attrs().items() if key.startswith(prefix)}
        return [found[key] for key in sorted(found, key=lambda key: (found[key]["at"], key))]

    def _abandoned(self, trial: FrozenTrial, now: float) -> bool:
        if LEASE in trial.user_attrs:
            return Lease.from_json(trial.user_attrs[LEASE]).stale(self.timing.stale, now)
        began = trial.datetime_start.timestamp() if trial.datetime_start else 0.0
        return now - began > self.timing.stale

    def _read(self, frozen: FrozenTrial, rank: int) -> StudyTrial:
        if not frozen.state.is_finished():
            return read_trial(frozen, rank, self.fingerprint)
        if frozen.number not in self._finished:
            self._finished[frozen.number] = read_trial(frozen, rank, self.fingerprint)
        return self._finished[frozen.number]

    def _raw(self) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False)

    def _attrs(self) -> dict[str, Any]:
        with translated(self.where):
            return self._study.user_attrs

    def _set(self, slot: int, key: str, value: Any) -> bool:
        with translated(self.where):
            storage, study = self._study._storage, self._study._study_id
            try:
                storage.set_trial_user_attr(storage.get_trial_id_from_study_id_trial_number(study, slot), key, value)
            except UpdateFinishedTrialError:
                return False
        return True

    def _tell(self, slot: int, state: TrialState, value: float | Sequence[float] | None) -> bool:
        with translated(self.where):
            try:
                self._study.tell(slot, value, state=state)
            except (ValueError, UpdateFinishedTrialError):
                return False
        return True


def _lease() -> dict[str, Any]:
    return Lease(this_process(), time.time()).to_json()
