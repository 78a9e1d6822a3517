"""The figures of a search board: which there are, what each of them needs, and how it is drawn."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import plotly.graph_objects as go

from nasviz.records import Trial
from nasviz.search import Study
from nasviz.surrogate.basis import Basis
from nasviz.view.calibration import calibration_figure, calibration_info
from nasviz.view.curves import curves_figure, curves_info
from nasviz.view.gram import gram_figure, gram_info
from nasviz.view.history import Direction, history_figure, history_info
from nasviz.view.numbered import numbers_of
from nasviz.view.pareto import compared, objectives_of, pareto_figure, pareto_info
from nasviz.view.regret import regret_figure, regret_info
from nasviz.view.surrogate import SurrogateInfo, surrogate_figure, surrogate_info
from nasviz.view.timeline import timeline_figure, timeline_info
from nasviz.view.weights import weights_figure, weights_info

if TYPE_CHECKING:
    from nasviz.spaces import Architecture

Drawn = tuple[go.Figure, str]
"""A figure and one line about it."""


@dataclass(frozen=True)
class Seen:
    """What a board saw of its study at one moment.

    Attributes
    ----------
    study
        The study.
    trials
        Its trials.
    runs
        Trials of each run that it is compared with.
    value_name
        What is measured.
    total
        Budget of finished trials.
    running
        Whether it runs.
    objective, way
        Name and direction of the objective that is shown where there are several, else ""; values and runs are of it.
    """

    study: Study
    trials: Sequence[Trial]
    runs: Sequence[Sequence[Trial]]
    value_name: str
    total: int
    running: bool = False
    objective: str = ""
    way: str = ""

    @property
    def direction(self) -> Direction:
        """Whether less or more is better."""
        return cast("Direction", self.way or self.study.direction)

    @property
    def version(self) -> Hashable:
        """Changes whenever a figure of the progress does; it begins with the name of the objective."""
        states = tuple((t.number, t.state, t.value, len(t.curve)) for t in self.trials)
        runs = tuple(len(run) for run in self.runs), tuple(sum(t.usable for t in run) for run in self.runs)
        return self.objective, states, runs, self.total


@dataclass(frozen=True)
class Tab:
    """A figure that a pane can show.

    Attributes
    ----------
    name, title
        What it is called by programs and by people.
    tip
        How to read it, in one or two sentences.
    draw
        Makes it, of what was seen or of what the surrogate rests on.
    heavy
        Whether it takes so long that it is drawn at most every second, beside the writer.
    """

    name: str
    title: str
    tip: str
    draw: Callable[[Any], Drawn]
    heavy: bool = False

    def to_json(self) -> list[str]:
        """Return what the page shows of it as long as it is not drawn: name, title, tip."""
        return [self.name, self.title, self.tip]


@dataclass(frozen=True)
class Asked:
    """What the figures of the surrogate are drawn of.

    Attributes
    ----------
    basis
        The surrogate.
    seen
        The study.
    arch
        The architecture that is shown, or None.
    colour
        What the colour of the map says.
    """

    basis: Basis
    seen: Seen
    arch: Architecture | None
    colour: str = "mean"


def _history(seen: Seen) -> Drawn:
    info = history_info(seen.trials, list(seen.runs), direction=seen.direction, value_name=seen.value_name)
    return history_figure(
        info, total=seen.total
    ), "" if seen.runs else "The value of each trial, and the best so far as a line."


def _regret(seen: Seen) -> Drawn:
    other = "baseline" if seen.study.name != "baseline" else "the baseline"
    runs = {seen.study.name: [seen.trials], **({other: seen.runs} if seen.runs else {})}
    info = regret_info(runs, direction=seen.direction, value_name=seen.value_name)
    return regret_figure(info, total=seen.total), info.summary


def _timeline(seen: Seen) -> Drawn:
    now = time.time() if seen.running else None
    info = timeline_info(seen.trials, now=now, direction=seen.direction, value_name=seen.value_name)
    return timeline_figure(info), info.summary


def _pareto(seen: Seen) -> Drawn:
    (x, more_x), (y, more_y) = compared(seen.study, seen.trials)
    info = pareto_info(
        seen.trials,
        _numbers(seen, x),
        _numbers(seen, y),
        x_name=x,
        y_name=y,
        maximize=(more_x, more_y),
        limits=seen.study.limits.most,
        value_name=seen.value_name,
    )
    return pareto_figure(info), info.summary


def _numbers(seen: Seen, name: str) -> dict[int, float]:
    """One number of each trial, by the number of the trial."""
    own = {t.number: t.objectives[name] for t in seen.trials if name in t.objectives}
    return own or seen.study.quantity(name)


def _curves(seen: Seen) -> Drawn:
    info = curves_info(seen.trials, direction=seen.direction)
    return curves_figure(info), info.summary


def left_out(basis: Basis, value_name: str = "value") -> SurrogateInfo:
    """Return the leave-one-out predictions of a fitted surrogate, each with the number of its trial."""
    gp = basis.gp
    mean, sd = gp.leave_one_out()
    return surrogate_info(
        gp.y,
        mean,
        sd,
        trials=numbers_of(basis.trials),
        terms=[str(arch) for arch in gp.archs],
        value_name=value_name,
        known=["" if trial is None else trial.baseline for trial in basis.trials],
        equal=gp.equal,
    )


def _left_out(asked: Asked) -> Drawn:
    info = left_out(asked.basis, asked.seen.value_name)
    if asked.arch is not None:
        (belief,) = asked.basis.beliefs([asked.arch])
        info = replace(info, current=(belief.mean, belief.sd), current_term=str(asked.arch))
    return surrogate_figure(info), info.summary


def _calibration(asked: Asked) -> Drawn:
    gp, name = asked.basis.gp, asked.seen.objective or "value"
    info = calibration_info(gp.calibration(), value_name=name, equal=gp.equal)
    return calibration_figure(info), info.summary


def _weights(asked: Asked) -> Drawn:
    info = weights_info(asked.basis.gp.weights(), value_name=asked.seen.objective or "value")
    return weights_figure(info), info.summary


def _gram(asked: Asked) -> Drawn:
    info = gram_info(asked.basis.gp.similarity(), asked.seen.trials, value_name=asked.seen.value_name)
    return gram_figure(info), info.summary


def several(study: Study) -> bool:
    """Whether a study has several objectives."""
    return len(study.directions) > 1 or bool(getattr(study.strategy, "objectives", ()))


def sought(study: Study, trials: Sequence[Trial], value_name: str) -> str:
    """Return in words what a study looks for."""
    if not several(study):
        return f"looks for the {'smallest' if study.direction == 'minimize' else 'largest'} {value_name}"
    found = [f"{'maximises' if more else 'minimises'} {name}" for name, more in objectives_of(study, trials)]
    return " and ".join(found) if found else f"looks for what no other beats in {len(study.directions)} objectives"


def progress_of(study: Study) -> tuple[str, ...]:
    """Return the names of the tabs of the progress in their order: what compares objectives leads where there are several."""
    lead = ("pareto",) if several(study) else ()
    return (*lead, *(name for name in PROGRESS if name not in lead))


_PROGRESS = (
    Tab(
        "history",
        "History",
        "The value of each trial, the best so far as a line, a baseline in grey.",
        _history,
    ),
    Tab(
        "regret",
        "Regret",
        "How far the best so far is from the best that was found.",
        _regret,
        True,
    ),
    Tab("timeline", "Timeline", "When each worker evaluated which trial, and how the trials ended.", _timeline, True),
    Tab("curves", "Learning curves", "What the trials reported while they were evaluated, the best one on top.", _curves, True),
    Tab("pareto", "Pareto", "Two numbers of each trial; no other trial beats those of the front in both.", _pareto, True),
)
_SURROGATE = (
    Tab(
        "leave_one_out",
        "Leave-one-out",
        "Each finished trial is predicted from all the others. Kendall τ says how well the order is predicted: 1 all pairs in "
        "order, 0 by chance. Of the bars of ± 1 sd about 68 % should reach the diagonal.",
        _left_out,
    ),
    Tab(
        "calibration",
        "Calibration",
        "Of honest intervals of probability p a share p holds what was observed, and the transform is flat; the band is where "
        "an honest surrogate would be.",
        _calibration,
        True,
    ),
    Tab(
        "kernel_weights",
        "Kernel weights",
        "How much each part of the kernel counts, with what it compares and how far it sees.",
        _weights,
        True,
    ),
    Tab("gram", "Gram", "Who is like whom: prior correlation of each two trials, like beside like.", _gram, True),
)
PROGRESS: Mapping[str, Tab] = MappingProxyType({tab.name: tab for tab in _PROGRESS})
"""Figures of the progress, by name."""
SURROGATE: Mapping[str, Tab] = MappingProxyType({tab.name: tab for tab in _SURROGATE})
"""Figures of the surrogate, by name."""
