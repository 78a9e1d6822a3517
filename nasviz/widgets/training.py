"""Train one or several architectures by a button: device, size and time before it starts, curves and Stop while it runs."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import traitlets

from nasviz import numbers
from nasviz.errors import NasvizError
from nasviz.jobs import Job, Plan, plan, train
from nasviz.records import Curve
from nasviz.spaces import Architecture
from nasviz.view import theme
from nasviz.view.training import TrainingInfo, training_figure, training_info
from nasviz.widgets.base import View, expect
from nasviz.widgets.follow import architectures, follow
from nasviz.widgets.workspace import WORKSPACE


class Training(View):
    """Train architectures and watch it.

    Nothing runs before the button is pressed (or `start` is called); training happens in a worker process, so the notebook
    stays free. Several architectures train one after another on one device.

    Parameters
    ----------
    source
        An architecture, several, or a view: a gallery gives its ticked architectures, another view the one that it shows; the
        training follows when that changes. A job or several are watched, without a button that trains.
    data
        (train, val) or (train, val, test), the last unused; datasets or arrays (X, y), e.g. ``nv.data.digits()``. Not needed
        to watch jobs.
    epochs
        Passes over the training set, ≥ 1.
    device
        "auto" takes the best one present.
    seed
        Of the weights at the start and the order of the examples.
    options
        Further keyword arguments of `nasviz.train`: `batch_size`, `lr`, `optimizer`, `keep_best`.

    Raises
    ------
    NasvizError
        If `epochs` is below 1, or there are no data to train with.

    Attributes
    ----------
    architectures
        What the button trains, a tuple; settable and observable.
    jobs
        The newest trainings, one for each architecture that was trained, a tuple; observable.
    progress
        Share of them that is done, in [0, 1]; synchronised, so that it can be linked to an ``ipywidgets.FloatProgress``.
    phase
        "", "waiting", "starting", "running", "done", "stopped" or "failed"; synchronised.
    """

    stem = "training"
    plots = True
    interval = 0.2

    architectures = traitlets.Tuple()
    jobs = traitlets.Tuple()
    progress = traitlets.Float(0.0).tag(sync=True)
    phase = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        source: Any,
        data: Sequence[Any] | None = None,
        *,
        epochs: int = 20,
        device: str = "auto",
        seed: int = 0,
        **options: Any,
    ) -> None:
        self._leave: list[Callable[[], object]] = []
        watched = tuple(job for job in architectures(source) if isinstance(job, Job))
        if epochs < 1:
            raise NasvizError(f"epochs must be at least 1, found {epochs}")
        if data is None and not watched:
            raise NasvizError("a training needs data. Type: nv.Training(arch, data=(train, val))")
        self._data: Sequence[Any] = () if data is None else data
        self._settings: dict[str, Any] = {"epochs": epochs, "device": device, "seed": seed, **options}
        self._plans: dict[str, Plan | str] = {}
        self._drawing = threading.RLock()
        super().__init__()
        leave = None if watched else follow(self, source, Training._offer)
        self._leave += [leave] if leave else []
        self._watch(watched)

    @property
    def job(self) -> Job | None:
        """The newest training; of several the last one, or None before the first."""
        return self.jobs[-1] if self.jobs else None

    # ---- what can be done

    def start(self) -> tuple[Job, ...]:
        """Start training what `architectures` holds, as the button does, and return the jobs at once.

        Raises
        ------
        NasvizError
            If there is nothing to train or trainings still run.
        """
        wanted = [arch for arch in self.architectures if not isinstance(self._plans.get(arch.key), str)]
        if not wanted:
            raise NasvizError("there is no architecture to train: tick one, or set training.architectures")
        if any(not job.finished for job in self.jobs):
            raise NasvizError("the trainings before still run; wait for them or stop them")
        self._watch(tuple(train(wanted, self._data, estimate=False, **self._settings)))
        return self.jobs

    def _watch(self, jobs: tuple[Job, ...]) -> None:
        self.jobs = jobs
        listener = _listener(self)
        self._leave += [weakref.finalize(self, job.on_change(listener)) for job in jobs]
        self._show()

    def stop(self) -> None:
        """Stop all trainings that run or wait; each keeps the weights that it has."""
        for job in self.jobs:
            job.stop()

    def do_train(self, body: dict[str, Any]) -> None:
        """The button Train."""
        self.start()

    def do_stop(self, body: dict[str, Any]) -> None:
        """The button Stop, of one job (its id in ``body["job"]``) or of all."""
        for job in self.jobs:
            if body.get("job") in (None, job.id):
                job.stop()

    def close(self) -> None:
        """Close the view; trainings go on and stay in `jobs`."""
        for leave in self._leave:
            leave()
        super().close()

    # ---- what is trained

    def _offer(self, architectures: tuple[Any, ...]) -> None:
        self.architectures = architectures

    @traitlets.validate("architectures")
    def _check_architectures(self, proposal: Any) -> Any:
        for arch in proposal["value"]:
            expect(arch, Architecture, "an architecture, several, a job or a view")
        return proposal["value"]

    @traitlets.observe("architectures")
    def _plan(self, _change: Any) -> None:
        missing = [arch for arch in self.architectures if arch.key not in self._plans]
        if missing:
            arguments = (weakref.ref(self), missing, self._data, self._settings)
            threading.Thread(target=_plan_all, args=arguments, name="nasviz-plan", daemon=True).start()
        self._show()

    def find_architecture(self, key: str) -> Architecture | None:
        """Return the architecture with that key, or None."""
        return next((arch for arch in self.architectures if arch.key == key), None)

    # ---- what is shown

    def _show(self) -> None:
        with self._drawing:
            self._draw(self.jobs)

    def _draw(self, jobs: tuple[Job, ...]) -> None:
        labels = _labels([job.to_record().term for job in jobs])
        info = training_info(dict(zip(labels, map(_rows, jobs), strict=True)))
        figure = training_figure(info, epochs=max(job.settings.epochs for job in jobs)) if jobs else None
        lines = [self._line(arch) for arch in self.architectures]
        self.publish(
            {
                "facts": self.facts,
                "why": f"{numbers.CONVENTIONS['parameters']} {numbers.CONVENTIONS['time']}",
                "can_train": any(not line["reason"] for line in lines),
                "watching": bool(jobs) and not lines and not self._data,
                "lines": lines,
                "jobs": [_job(job, label, info) for job, label in zip(jobs, labels, strict=True)],
                "figure": None if figure is None else theme.spec(figure),
            }
        )
        self.progress = sum(job.progress for job in jobs) / len(jobs) if jobs else 0.0
        self.phase = _overall([job.state for job in jobs])

    @property
    def facts(self) -> str:
        """What the training will be like, in one line: "CPU (2 threads) · 78 k parameters · 20 epochs · about 40 s"."""
        plans: list[Plan | str | None] = [self._plans.get(arch.key) for arch in self.architectures]
        if not self._data:
            plans = [job.plan for job in self.jobs]
        if not plans:
            return "no architecture chosen"
        known = [p for p in plans if isinstance(p, Plan)]
        if any(p is None for p in plans) and not known:
            return "measuring …"
        if not known:
            return "cannot be trained"
        epochs = known[0].epochs
        seconds = [p.seconds for p in known]
        waiting = any(p is None for p in plans) or any(s is None for s in seconds)
        parts = [
            known[0].device_name,
            f"{len(known)} architectures" if len(known) > 1 else "",
            numbers.parameters(sum(p.parameters for p in known)),
            f"{epochs}{numbers.GAP}{'epoch' if epochs == 1 else 'epochs'}",
            numbers.about(sum(s for s in seconds if s is not None)) if not waiting else "measuring …" if self._data else "",
        ]
        return " · ".join(part for part in parts if part)

    def _line(self, arch: Architecture) -> dict[str, Any]:
        known = self._plans.get(arch.key)
        facts = ""
        if isinstance(known, Plan):
            time = "" if known.seconds is None else f" · {numbers.about(known.seconds)}"
            facts = numbers.parameters(known.parameters) + time
        return {"key": arch.key, "term": str(arch), "facts": facts, "reason": known if isinstance(known, str) else ""}

    def fallback(self) -> str:
        """Text for a saved notebook: what was trained, and the last accuracy of each."""
        lines = [f"{job.state}: {job.to_record().term}" for job in self.jobs] or [str(a) for a in self.architectures]
        return "\n".join([f"Training: {self.facts}", *lines])


def _listener(view: Training) -> Callable[[Job], None]:
    """A listener that does not keep the view alive; changes of several jobs are drawn together."""
    me = weakref.ref(view)

    def changed(_job: Job) -> None:
        if (view := me()) is not None:
            WORKSPACE.submit(view, Training._show, after=0.1, key="show")

    return changed


def _plan_all(me: weakref.ref[Training], archs: Sequence[Architecture], data: Sequence[Any], settings: dict[str, Any]) -> None:
    """Find size and time of each architecture: sizes first, since they take no time."""
    options = {key: settings[key] for key in ("epochs", "device", "batch_size", "optimizer") if key in settings}
    for estimate in (False, True):
        for arch in archs:
            view = me()
            if view is None:
                return
            if isinstance(view._plans.get(arch.key), str):
                continue
            try:
                found: Plan | str = plan(arch, data, estimate=estimate, **options)
            except NasvizError as error:
                found = str(error)
            view._plans[arch.key] = found
            WORKSPACE.submit(view, Training._show, after=0.05, key="show")
            del view


def _labels(terms: Sequence[str], width: int = 48) -> list[str]:
    """A short and distinct label for each term: its beginning, numbered where there are several."""
    short = [term if len(term) <= width else f"{term[: width - 1]}…" for term in terms]
    return short if len(short) == 1 else [f"{i + 1} {label}" for i, label in enumerate(short)]


def _rows(job: Job) -> list[Curve]:
    """The curve by epochs, and the mean loss of what has been reported since the last one."""
    history = job.history
    last = history[-1].step if history else -1
    fresh = [row for row in job.steps if row.step > last and "train_loss" in row.metrics]
    if not fresh:
        return history
    loss = sum(row.metrics["train_loss"] for row in fresh) / len(fresh)
    return [*history, replace(fresh[-1], metrics={"train_loss": loss})]


def _job(job: Job, label: str, info: TrainingInfo) -> dict[str, Any]:
    record = job.to_record()
    epochs = job.settings.epochs
    parts: list[str] = []
    if record.phase in ("running", "done", "stopped"):
        parts.append(f"epoch {round(record.progress * epochs)} of {epochs}")
    accuracy = info.last(label, "validation", "accuracy")
    if accuracy is not None:
        parts.append(f"accuracy {100 * accuracy:.1f}{numbers.GAP}%")
    if record.phase == "running" and job.remaining is not None:
        parts.append(f"{numbers.about(job.remaining)} left")
    return {
        "id": record.id,
        "label": label,
        "phase": record.phase,
        "progress": record.progress,
        "detail": " · ".join(parts),
        "clock": numbers.elapsed(record.seconds) if record.seconds else "",
        "reason": record.reason,
        "traceback": record.traceback,
    }


def _overall(phases: Sequence[str]) -> str:
    """The phase of several trainings together: what still goes on first, then what went wrong."""
    order = ("running", "starting", "waiting", "failed", "stopped", "done")
    return next((phase for phase in order if phase in phases), "")
