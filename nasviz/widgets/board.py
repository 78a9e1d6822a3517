"""The search board: progress, what the surrogate believes, what goes on now, and the selected trial."""

from __future__ import annotations

import math
import threading
import traceback
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import traitlets

from nasviz import numbers
from nasviz.errors import NasvizError, said
from nasviz.records import Trial
from nasviz.search import Study
from nasviz.view import theme
from nasviz.view.history import HistoryInfo, history_figure, history_info
from nasviz.view.surrogate import surrogate_figure
from nasviz.widgets.base import View, expect
from nasviz.widgets.beliefs import Beliefs
from nasviz.widgets.clock import Clock
from nasviz.widgets.follow import follow
from nasviz.widgets.workspace import WORKSPACE

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

WHY_SURROGATE = (
    "Each finished trial is predicted from all the others. Kendall τ says how well the order is predicted: 1 all pairs in "
    "order, 0 by chance. Of the bars of ± 1 sd about 68 % should reach the diagonal."
)


class Board(View):
    """A search while it runs, and after.

    Parameters
    ----------
    study
        The study; it may run, have run, or not have begun. The board can start, pause and stop it.
    baseline
        What the search is compared with, drawn in grey: a study (random search with the same budget, say), its trials, or a
        list of studies, whose incumbents are pooled.
    total
        Budget of finished trials that the board offers; what the going run aims at when None, else 20.
    source
        The architecture whose mean ± sd is shown beside the trials, or a view that shows one.
    value_name
        What is measured, e.g. "validation error".

    Attributes
    ----------
    trial
        Number of the selected trial, or None; settable, synchronised.
    total
        Budget; settable, synchronised.
    finished
        Number of trials that have ended; synchronised.
    phase
        "empty", "running", "paused", "stopping", "stopped", "done" or "failed"; synchronised.
    arch
        The architecture shown; follows `trial`, observable.
    """

    stem = "board"
    plots = True
    interval = 0.2

    trial = traitlets.Int(None, allow_none=True).tag(sync=True)
    total = traitlets.Int(20, min=1).tag(sync=True)
    finished = traitlets.Int(0).tag(sync=True)
    phase = traitlets.Unicode("empty").tag(sync=True)
    arch = traitlets.Any(default_value=None, allow_none=True)

    def __init__(
        self,
        study: Study,
        baseline: Any = None,
        *,
        total: int | None = None,
        source: Any = None,
        value_name: str = "",
    ) -> None:
        self._leave: list[Callable[[], object]] = []
        expect(study, Study, "a study")
        self.study = study
        self._runs = _runs(baseline)
        self._value_name = value_name or _value_name(study)
        self._beliefs = Beliefs(study, self._value_name, _redraw(self))
        self._stopping = False
        self._clock = Clock(study.trials)
        self._drawing = threading.RLock()
        super().__init__(total=total or study.total or 20)
        listener = _redraw(self)
        for run in (study, *(run for run in self._runs if isinstance(run, Study))):
            self._leave.append(weakref.finalize(self, run.on_change(lambda _study: listener())))
        leave = follow(self, source, Board._offer)
        self._leave += [leave] if leave else []
        self._show()

    # ---- what can be done

    def do_start(self, body: dict[str, Any]) -> None:
        """The button Start or Go on: run until ``body["total"]`` trials are finished."""
        total = body.get("total")
        if not isinstance(total, int) or isinstance(total, bool) or not 1 <= total <= 10**6:
            raise NasvizError(f"a budget is a whole number of trials from 1 to 1,000,000, found {str(total)[:40]!r}")
        self.total = total
        if self.study.paused:
            self.study.resume()
        self.study.start(total=total)
        self._show()

    def do_pause(self, body: dict[str, Any]) -> None:
        """The button Pause: evaluations that run go on, no new one begins."""
        self.study.pause()
        self._show()

    def do_resume(self, body: dict[str, Any]) -> None:
        """The button Resume."""
        self.study.resume()
        self._show()

    def do_stop(self, body: dict[str, Any]) -> None:
        """The button Stop: what runs is ended and queued again."""
        self._stopping = self.study.running
        self.study.stop()
        self._show()

    def do_choose(self, body: dict[str, Any]) -> None:
        """A click on a point: select that trial."""
        number = body.get("trial")
        if not isinstance(number, int) or isinstance(number, bool):
            raise NasvizError(f"a trial is chosen by its number, found {str(number)[:40]!r}")
        self.trial = number

    def close(self) -> None:
        """Close the view; the study goes on."""
        for leave in self._leave:
            leave()
        super().close()

    # ---- the selected trial and the architecture shown

    @traitlets.validate("trial")
    def _trial_exists(self, proposal: Any) -> int | None:
        number = proposal["value"]
        if number is not None and all(t.number != number for t in self.study.trials):
            raise NasvizError(f"the study {self.study.name!r} has no trial {number}")
        return number

    @traitlets.observe("trial")
    def _trial_changed(self, change: Any) -> None:
        chosen = next((t for t in self.study.trials if t.number == change["new"]), None)
        if chosen is not None:
            self.selection = (chosen.arch, ())
        self._show()

    @traitlets.observe("selection")
    def _selection_shown(self, change: Any) -> None:
        if change["new"] is not None:
            self.arch = change["new"][0]

    @traitlets.observe("arch")
    def _arch_changed(self, _change: Any) -> None:
        WORKSPACE.submit(self, Board._show, key="show")

    def _offer(self, architectures: tuple[Any, ...]) -> None:
        if architectures:
            self.arch = architectures[-1]

    def find_architecture(self, key: str) -> Architecture | None:
        """Return the architecture with that key among the trials, or None."""
        return next((t.arch for t in self.study.trials if t.arch.key == key), None)

    # ---- what is shown

    def _show(self) -> None:
        with self._drawing:
            self._draw(self.study.trials)

    def _draw(self, trials: Sequence[Trial]) -> None:
        running, finished = self.study.running, self.study.finished
        if running and self.study.total:
            self.total = self.study.total
        self._stopping = self._stopping and running
        failure = None if running else _failure(self.study)
        info = history_info(trials, self._baseline(), direction=_direction(self.study), value_name=self._value_name)
        self._clock.tick(running and not self.study.paused, finished)
        self._beliefs.consider(len(info.values), self.arch)
        self.finished = finished
        self.phase = self._phase(running, finished, failure)
        belief = self._beliefs.info
        self.publish(
            {
                "name": self.study.name,
                "phase": self.phase,
                "sentence": self._sentence(info),
                "note": "" if running else self.study.note,
                "done": finished,
                "total": self.total,
                "failed": len(info.failed),
                "seconds": self._clock.seconds,
                "ticking": self._clock.ticking,
                "rest": self._clock.rest(self.total - finished) if running else "–",
                "best": "" if info.best is None else numbers.measure(info.values[info.best]),
                "best_trial": None if info.best is None else info.trials[info.best],
                "value_name": self._value_name,
                "reason": "" if failure is None else failure[0],
                "traceback": "" if failure is None else failure[1],
                "history": theme.spec(history_figure(info, total=self.total)),
                "surrogate": theme.spec(surrogate_figure(belief)),
                "belief": self._beliefs.trouble or belief.summary,
                "shown": numbers.spread(*belief.current) if belief.current else "",
                "why": WHY_SURROGATE,
                "chosen": _chosen(trials, self.trial),
            }
        )

    def _baseline(self) -> list[list[Trial]]:
        return [list(run.trials) if isinstance(run, Study) else run for run in self._runs]

    def _phase(self, running: bool, finished: int, failure: tuple[str, str] | None) -> str:
        if running:
            return "stopping" if self._stopping else "paused" if self.study.paused else "running"
        if failure is not None:
            return "failed"
        if finished == 0:
            return "empty"
        return "done" if finished >= self.total else "stopped"

    def _sentence(self, info: HistoryInfo) -> str:
        verb = "smallest" if info.direction == "minimize" else "largest"
        return f"looks for the {verb} {self._value_name}"

    def fallback(self) -> str:
        """Text for a saved notebook: how far the search is and the best architecture."""
        head = f"Search {self.study.name}: {self.finished}/{self.total} trials, {self.phase}"
        try:
            best = self.study.best_trial
        except NasvizError:
            return head
        return f"{head}\nbest {self._value_name} {numbers.measure(self.study.best_value)}, trial {best.number}: {best.term}"


def _redraw(view: Board) -> Callable[[], None]:
    """What draws the view soon, without keeping it alive; changes within a fifth of a second are drawn together."""
    me = weakref.ref(view)

    def redraw() -> None:
        found = me()
        if found is not None:
            WORKSPACE.submit(found, Board._show, after=0.2, key="show")

    return redraw


def _runs(baseline: Any) -> list[Any]:
    """The runs of a baseline: studies, or lists of trials."""
    if baseline is None:
        return []
    if isinstance(baseline, Study):
        return [baseline]
    words = "a baseline is a study, a list of studies, or a list of trials"
    if not isinstance(baseline, (list, tuple)):
        raise NasvizError(words)
    items = list(cast("Sequence[Any]", baseline))
    if all(isinstance(item, Trial) for item in items):
        return [items] if items else []
    for item in items:
        if not isinstance(item, (Study, list, tuple)) or (
            not isinstance(item, Study) and not all(isinstance(t, Trial) for t in cast("Sequence[Any]", item))
        ):
            raise NasvizError(words)
    return [item if isinstance(item, Study) else list(item) for item in items]


def _value_name(study: Study) -> str:
    """What the study measures, where its objective says so."""
    try:
        metric = getattr(study.objective, "metric", "")
    except NasvizError:
        return "value"
    return f"validation {metric}" if isinstance(metric, str) and metric else "value"


def _direction(study: Study) -> Any:
    return study.direction


def _failure(study: Study) -> tuple[str, str] | None:
    """Words and traceback of what ended the last run, if that was an error."""
    try:
        study.wait(timeout=0)
    except TimeoutError:
        return None
    except Exception as error:
        words = said(error, name=not isinstance(error, NasvizError))
        return words, "".join(traceback.format_exception(error))
    return None


def _chosen(trials: Sequence[Trial], number: int | None) -> dict[str, Any] | None:
    trial = next((t for t in trials if t.number == number), None)
    if trial is None:
        return None
    belief = trial.belief
    return {
        "trial": trial.number,
        "state": trial.state,
        "value": numbers.measure(trial.value) if trial.value is not None and not math.isnan(trial.value) else "",
        "believed": "" if belief is None else numbers.spread(belief.mean, belief.sd),
        "proposed_by": trial.proposed_by,
        "term": trial.term,
        "reason": trial.reason,
    }
