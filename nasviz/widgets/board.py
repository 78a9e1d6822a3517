"""The search board: progress, what the surrogate believes, a map of the space, what goes on now, and the selected trial."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import traitlets

from nasviz import numbers
from nasviz.errors import NasvizError
from nasviz.records import Trial
from nasviz.records.trial import ENDED
from nasviz.search import Study
from nasviz.search.explaining import Explaining
from nasviz.view.folding import Folding
from nasviz.widgets.base import expect
from nasviz.widgets.beliefs import Beliefs
from nasviz.widgets.board_commands import BoardCommands
from nasviz.widgets.board_detail import arch_of, chosen
from nasviz.widgets.board_figures import Figures
from nasviz.widgets.board_map import COLOURS
from nasviz.widgets.board_parts import blind, compared_with, failure_of, runnable, runs_of, shown_of, value_name_of
from nasviz.widgets.board_tabs import PROGRESS, SURROGATE, Seen, progress_of, sought
from nasviz.widgets.clock import Clock
from nasviz.widgets.follow import follow
from nasviz.widgets.workspace import WORKSPACE

if TYPE_CHECKING:
    from nasviz.spaces import Architecture


class Board(BoardCommands):
    """A search while it runs, and after.

    Four panes: progress (history, regret, timeline, Pareto front, learning curves), surrogate (leave-one-out, calibration,
    kernel weights, Gram matrix), a map of the space, and what goes on now with Start, Pause and Stop. A click on a point, or
    the keys j and k, select a trial in all of them; its term, graph, credit and reasons stand below. A click on a candidate
    of the map shows an architecture that was not evaluated; so does an edit of the term: mean, sd and acquisition move.

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
        The architecture that is shown, or a view that shows one, e.g. an :class:`ArchitectureView` in which it is edited.
    value_name
        What is measured, e.g. "validation error"; of several objectives the one that is shown at first.

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
    progress, surrogate, colour
        Which figure the two panes show, and what the map's colour says; settable, synchronised.
    objective
        Of a study with several objectives the name of the one that all panes show; "" for the first. Settable, synchronised.
    arch
        The architecture shown; follows `trial`, settable, observable.
    """

    stem = "board"
    plots = True
    _complete = False

    finished = traitlets.Int(0).tag(sync=True)
    phase = traitlets.Unicode("empty").tag(sync=True)
    progress = traitlets.Enum(tuple(PROGRESS), "history").tag(sync=True)
    surrogate = traitlets.Enum(tuple(SURROGATE), "leave_one_out").tag(sync=True)
    colour = traitlets.Enum(tuple(COLOURS), "mean").tag(sync=True)
    objective: Any = traitlets.Unicode("").tag(sync=True)

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
        self._runs = runs_of(baseline)
        self._given_name = value_name
        self._tabs = progress_of(study)
        redraw = _redraw(self)
        self._beliefs = Beliefs(study, redraw, _redraw(self, 0.0))
        self._figures = Figures(self._beliefs, redraw)
        self._clock = Clock(study.trials)
        self._drawing = threading.RLock()
        super().__init__(total=total or study.total or 20, progress=self._tabs[0])
        for run in (study, *(run for run in self._runs if isinstance(run, Study))):
            self._leave.append(weakref.finalize(self, run.on_change(lambda _study: redraw())))
        leave = follow(self, source, Board._offer)
        self._leave += [leave] if leave else []
        self._complete = True
        self._show()

    def close(self) -> None:
        """Close the view; the study goes on."""
        for leave in self._leave:
            leave()
        if hasattr(self, "_figures"):
            self._beliefs.close()
            self._figures.close()
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
        found = next((t for t in self.study.trials if t.number == change["new"]), None)
        if found is not None:
            arch, _ = arch_of(found)
            self.selection = None if arch is None else (arch, ())
            self.arch = arch
        self._show()

    @traitlets.observe("selection")
    def _selection_shown(self, change: Any) -> None:
        if change["new"] is not None:
            self.arch = change["new"][0]

    @traitlets.observe("arch")
    def _arch_changed(self, change: Any) -> None:
        arch, self._folding = change["new"], Folding()
        if arch is not None:
            trials = self.study.trials
            shown = next((t for t in trials if t.number == self.trial), None)
            if shown is None or shown.term != str(arch):
                self.trial = next((t.number for t in trials if t.term == str(arch) and t.fingerprint == arch.fingerprint), None)
        WORKSPACE.submit(self, Board._show, key="show")

    def _offer(self, architectures: tuple[Any, ...]) -> None:
        if architectures:
            self.arch = architectures[-1]

    def find_architecture(self, key: str) -> Architecture | None:
        """Return the architecture with that key that is shown, or among the trials; else None."""
        if self.arch is not None and self.arch.key == key:
            return self.arch
        found = (arch_of(trial)[0] for trial in self.study.trials)
        return next((arch for arch in found if arch is not None and arch.key == key), None)

    @property
    def _seen(self) -> Explaining:
        return shown_of(self.study, self.objective)

    def _called(self, shown: Explaining) -> str:
        """What the values that are shown are called."""
        return shown.value_name if shown is not self.study else self._given_name or value_name_of(self.study)

    @traitlets.validate("objective")
    def _objective_exists(self, proposal: Any) -> str:
        if proposal["value"]:
            self.study.seen_by(proposal["value"])
        return proposal["value"]

    @traitlets.observe("progress", "surrogate", "colour", "objective")
    def _tab_changed(self, _change: Any) -> None:
        if self._complete:
            WORKSPACE.submit(self, Board._show, key="show")

    # ---- what is shown

    def _show(self) -> None:
        with self._drawing:
            self._draw(self._seen)

    def _draw(self, shown: Explaining) -> None:
        trials = shown.trials
        running = self.study.running
        finished = sum(1 for t in trials if t.state in ENDED and not t.baseline)
        if running and self.study.total:
            self.total = self.study.total
        self._stopping = self._stopping and running
        failure = None if running else failure_of(self.study)
        self._clock.tick(running and not self.study.paused, finished)
        self.finished = finished
        self.phase = self._phase(running, finished, failure)
        runs = [run for run in (compared_with(run, shown) for run in self._runs) if run is not None]
        called = self._called(shown)
        seen = Seen(self.study, trials, runs, called, self.total, running, shown.value_name, shown.direction)
        self._beliefs.consider(trials, self.arch, self._folding, shown)
        detail = self._beliefs.detail(self.arch, self._folding)
        self._folded = detail["body"]["folded"] if detail else ()
        self.publish(
            {
                **self._now(seen, failure),
                "tabs": {
                    "progress": [PROGRESS[name].to_json() for name in self._tabs],
                    "surrogate": [tab.to_json() for tab in SURROGATE.values()],
                    "colour": [[name, title] for name, title in COLOURS.items()],
                },
                "open": {"progress": self.progress, "surrogate": self.surrogate, "colour": self.colour},
                "objective": shown.value_name,
                "objectives": list(self.study.objectives) if shown.value_name and any(t.usable for t in trials) else [],
                "figures": self._figures.shown(seen, self.progress, self.surrogate, self.colour, self.arch),
                "blind": blind(self.study),
                "chosen": chosen(trials, self.trial),
                "detail": detail,
            }
        )

    def _now(self, seen: Seen, failure: tuple[str, str] | None) -> dict[str, Any]:
        """What the pane "now" says."""
        best = _best(seen)
        return {
            "name": self.study.name,
            "phase": self.phase,
            "sentence": sought(self.study, seen.trials, seen.value_name),
            "note": "" if seen.running else self.study.note,
            "cannot": "" if seen.running else runnable(self.study),
            "done": self.finished,
            "total": self.total,
            "failed": sum(1 for t in seen.trials if t.state in ("failed", "finished") and not t.usable),
            "waiting": sum(1 for t in seen.trials if t.state == "waiting"),
            "seconds": self._clock.seconds,
            "ticking": self._clock.ticking,
            "rest": self._clock.rest(self.total - self.finished) if seen.running else "–",
            "best": "" if best is None else numbers.measure(float(best.value or 0.0)),
            "front": len(self.study.best_trials) if len(self.study.directions) > 1 else None,
            "best_trial": None if best is None else best.number,
            "value_name": seen.value_name,
            "reason": "" if failure is None else failure[0],
            "traceback": "" if failure is None else failure[1],
        }

    def _phase(self, running: bool, finished: int, failure: tuple[str, str] | None) -> str:
        if running:
            return "stopping" if self._stopping else "paused" if self.study.paused else "running"
        if failure is not None:
            return "failed"
        if finished == 0:
            return "empty"
        return "done" if finished >= self.total else "stopped"

    def fallback(self) -> str:
        """Text for a saved notebook: how far the search is and the best architecture."""
        head, shown = f"Search {self.study.name}: {self.finished}/{self.total} trials, {self.phase}", self._seen
        try:
            best = shown.best_trial
        except NasvizError:
            return head
        value = numbers.measure(float(best.value or 0.0))
        return f"{head}\nbest {self._called(shown)} {value}, trial {best.number}: {best.term}"


def _best(seen: Seen) -> Trial | None:
    """The trial with the best value that is shown."""
    sign = 1.0 if seen.direction == "minimize" else -1.0
    usable = [t for t in seen.trials if t.usable and not t.baseline]
    return min(usable, key=lambda t: (sign * float(t.value or 0.0), t.number), default=None)


def _redraw(view: Board, after: float = 0.2) -> Callable[[], None]:
    """What draws the view after so many seconds, without keeping it alive; changes until then are drawn together."""
    me = weakref.ref(view)

    def redraw() -> None:
        found = me()
        if found is not None:
            WORKSPACE.submit(found, Board._show, after=after, key="show")

    return redraw
