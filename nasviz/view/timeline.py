"""When each trial was evaluated and by which worker: where time goes in a parallel search.

An evaluation ends where the trial's end was stored and begins `seconds` before; what lies between two evaluations of a
worker is proposing, handing over and waiting. A worker that replaces another one takes over its row. What is known of no
worker (a trial that runs, whose worker died, or that was told by hand) stands in the first row that was free. Long times
in which nothing ran, as between two days, are cut out and marked.
"""

import bisect
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from nasviz import numbers
from nasviz.records import Trial, TrialState
from nasviz.view import theme
from nasviz.view.history import Direction
from nasviz.view.states import LOOKS

UNITS = (("hours", 3600.0), ("minutes", 60.0), ("seconds", 1.0))
"""What the axis counts in, the first of which there are more than two."""

BARS: tuple[TrialState, ...] = ("finished", "pruned", "failed", "stopped", "running")
"""States that are drawn as bars."""


@dataclass(frozen=True)
class Bar:
    """One trial on the timeline.

    Attributes
    ----------
    trial
        Its number.
    lane
        Its row, from 0.
    start, stop
        Seconds on the axis, cut-out times left out.
    state
        Its state.
    proposing
        Seconds from being asked for to the begin of its evaluation, or NaN where that is not known.
    worker
        The process, "" where it is not known.
    term, reason
        Its term, and why it ended without a value.
    value
        Its value or None.
    known
        What it is called where it is a known network to compare with, else "".
    """

    trial: int
    lane: int
    start: float
    stop: float
    state: TrialState
    proposing: float
    worker: str
    term: str
    reason: str
    value: float | None
    known: str


@dataclass(frozen=True)
class Cut:
    """A time in which nothing ran: where it is on the axis, and how many seconds were cut out there."""

    at: float
    seconds: float


@dataclass(frozen=True)
class TimelineInfo:
    """Evaluations by worker and time as plain data.

    Attributes
    ----------
    bars
        Trials that were or are evaluated, by begin.
    lanes
        Names of the rows.
    waiting
        Numbers and terms of the trials that wait, in their order.
    cuts
        Times that were cut out.
    span
        Seconds on the axis, from the first begin to the last end.
    best
        Number of the best trial, or None.
    value_name
        What is measured.
    """

    bars: tuple[Bar, ...] = ()
    lanes: tuple[str, ...] = ()
    waiting: tuple[tuple[int, str], ...] = ()
    cuts: tuple[Cut, ...] = ()
    span: float = 0.0
    best: int | None = None
    value_name: str = "value"

    @property
    def utilisation(self) -> float:
        """Share of the workers' time that went into evaluations, 0 … 1; NaN without any."""
        whole = len(self.lanes) * self.span
        return min(1.0, sum(bar.stop - bar.start for bar in self.bars) / whole) if whole > 0 else math.nan

    @property
    def summary(self) -> str:
        """One line: trials, workers, time and utilisation."""
        if not self.bars:
            return f"{len(self.waiting)} waiting, nothing evaluated yet" if self.waiting else "nothing evaluated yet"
        trials, workers = len(self.bars), len(self.lanes)
        busy = "" if math.isnan(self.utilisation) else f", {numbers.share(self.utilisation)} busy"
        waiting = f" · {len(self.waiting)} waiting" if self.waiting else ""
        return (
            f"{trials} trial{'s' * (trials != 1)} by {workers} worker{'s' * (workers != 1)} at once in "
            f"{numbers.elapsed(self.span)}{busy}{waiting}"
        )


def timeline_info(
    trials: Sequence[Trial],
    *,
    now: float | None = None,
    direction: Direction = "minimize",
    value_name: str = "value",
) -> TimelineInfo:
    """Collect what the timeline shows.

    Parameters
    ----------
    trials
        Trials of a study, in any order and state.
    now
        Until when running trials are drawn, seconds since 1970; the last time that the trials know when None.
    direction
        Whether less or more is better.
    value_name
        What is measured.
    """
    begun = [t for t in trials if t.began is not None and t.state != "waiting"]
    last = max([t.ended or t.began or 0.0 for t in begun], default=0.0)
    spans = {t.number: _span(t, max(last, now or 0.0)) for t in begun}
    begun.sort(key=lambda t: (spans[t.number], t.number))
    lanes, names = _lanes([(t.worker, *spans[t.number]) for t in begun])
    times = _Axis([spans[t.number] for t in begun])
    usable = [(float(t.value), t.number) for t in trials if t.usable and t.value is not None and not t.baseline]
    sign = 1.0 if direction == "minimize" else -1.0
    return TimelineInfo(
        bars=tuple(
            Bar(
                t.number,
                lane,
                times.place(start),
                times.place(stop),
                t.state,
                start - float(t.began or 0.0) if t.ended is not None and t.seconds > 0 else math.nan,
                t.worker,
                t.term,
                t.reason,
                t.value,
                t.baseline,
            )
            for t, lane, (start, stop) in zip(begun, lanes, (spans[t.number] for t in begun), strict=True)
        ),
        lanes=names,
        waiting=tuple((t.number, t.term) for t in sorted(trials, key=lambda t: t.number) if t.state == "waiting"),
        cuts=times.cuts,
        span=times.place(max((stop for _, stop in spans.values()), default=0.0)) if begun else 0.0,
        best=min(usable, key=lambda pair: (sign * pair[0], pair[1]))[1] if usable else None,
        value_name=value_name,
    )


def _span(trial: Trial, now: float) -> tuple[float, float]:
    """Begin and end of the evaluation of a trial, in seconds since 1970."""
    began = float(trial.began or 0.0)
    if trial.state == "running":
        return began, max(began, now)
    stop = began + trial.seconds if trial.ended is None else max(began, trial.ended)
    return (max(began, stop - trial.seconds) if trial.seconds > 0 else began), stop


def _lanes(spans: Sequence[tuple[str, float, float]]) -> tuple[list[int], tuple[str, ...]]:
    """Rows of evaluations, given by worker, begin and end in the order of begins, and the names of the rows."""
    life: dict[str, tuple[float, float]] = {}
    for worker, start, stop in spans:
        low, high = life.get(worker, (start, stop))
        life[worker] = min(low, start), max(high, stop)
    rows: list[tuple[str, float]] = []  # machine and last end of each row
    of_worker: dict[str, int] = {}
    for worker, (start, stop) in sorted(((w, s) for w, s in life.items() if w), key=lambda item: (item[1][0], item[0])):
        machine = worker.rpartition(":")[0]
        free = [k for k, (host, end) in enumerate(rows) if host == machine and end <= start]
        of_worker[worker] = free[0] if free else len(rows)
        rows[of_worker[worker] : of_worker[worker] + 1] = [(machine, stop)]
    machines = list(dict.fromkeys(host for host, _ in rows))
    order = sorted(range(len(rows)), key=lambda k: (machines.index(rows[k][0]), k))
    found = [order.index(of_worker[worker]) if worker in of_worker else -1 for worker, _, _ in spans]
    _fill(spans, found, len(rows))
    hosts = [rows[k][0] for k in order] + [""] * (max([-1, *found]) + 1 - len(rows))
    if len(machines) < 2:
        return found, tuple(f"worker {k + 1}" for k in range(len(hosts)))
    return found, tuple(f"{host or 'worker'} {hosts[: k + 1].count(host)}" for k, host in enumerate(hosts))


def _fill(spans: Sequence[tuple[str, float, float]], found: list[int], rows: int) -> None:
    """Give those of no known worker the first row that is free for all their time, or a new one."""
    taken: list[list[tuple[float, float]]] = [[] for _ in range(rows)]
    for lane, (_, start, stop) in zip(found, spans, strict=True):
        if lane >= 0 and taken[lane] and start < taken[lane][-1][1]:  # clocks of two machines may disagree
            taken[lane][-1] = taken[lane][-1][0], max(taken[lane][-1][1], stop)
        elif lane >= 0:
            taken[lane].append((start, stop))
    for k, (_, start, stop) in enumerate(spans):
        if found[k] < 0:
            found[k] = next((r for r, row in enumerate(taken) if _free(row, start, stop)), len(taken))
            if found[k] == len(taken):
                taken.append([])
            bisect.insort(taken[found[k]], (start, stop))


def _free(row: Sequence[tuple[float, float]], start: float, stop: float) -> bool:
    """Whether nothing in a row, ordered by begin, runs between two times."""
    k = bisect.bisect_left(row, (start, stop))
    return (k == 0 or row[k - 1][1] <= start) and (k == len(row) or row[k][0] >= stop)


class _Axis:
    """Seconds since the first trial began, without long times in which nothing ran.

    Parameters
    ----------
    spans
        Begins and ends, by begin, (n,).
    """

    def __init__(self, spans: Sequence[tuple[float, float]]) -> None:
        self._first = spans[0][0] if spans else 0.0
        gaps: list[tuple[float, float]] = []
        end = self._first
        for start, stop in spans:
            if start > end:
                gaps.append((end, start))
            end = max(end, stop)
        busy = end - self._first - sum(b - a for a, b in gaps)
        typical = statistics.median(stop - start for start, stop in spans) if spans else 0.0
        self._gaps = [(a, b) for a, b in gaps if b - a > max(60.0, 10 * typical, 0.2 * busy)]
        self.cuts = tuple(Cut(self.place(a), b - a) for a, b in self._gaps)

    def place(self, time: float) -> float:
        """Where a time is on the axis."""
        return time - self._first - sum(min(time, b) - a for a, b in self._gaps if a < time)


def timeline_figure(info: TimelineInfo, *, dark: bool = False) -> go.Figure:
    """Evaluations as bars by worker and time; waiting trials as rings in a row of their own, after now.

    Parameters
    ----------
    info
        From `timeline_info`.
    dark
        See `nasviz.view.theme.template`.

    Returns
    -------
        Bars of "finished", "pruned", "failed", "stopped" and "running" trials, a star on the "best", the mark of "known
        networks" on theirs, rings of "waiting" ones; always these eight in this order.
    """
    unit, size = next((u for u in UNITS if info.span > 2 * u[1]), UNITS[-1])
    traces: list[go.Bar | go.Scatter] = [_bars(info, state, size) for state in BARS]
    best = [bar for bar in info.bars if bar.trial == info.best]
    known = [bar for bar in info.bars if bar.known]
    traces += [
        _marks(info, best, size, "best", {"color": theme.INCUMBENT, "size": 13, "symbol": "star"}),
        _marks(info, known, size, "known networks", {"color": theme.KNOWN, "size": 12, "symbol": theme.KNOWN_SYMBOL}),
        _waiting(info, size),
    ]
    fig = theme.figure(*traces, x=f"{unit} since the first trial began", y="", dark=dark)
    names = [*info.lanes, *(["waiting"] if info.waiting else [])]
    fig.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=[theme.clipped(name, 24, 1) for name in names],
        range=[max(len(names), 1) - 0.4, -0.6],
        showgrid=False,
        ticks="",
    )
    fig.update_xaxes(rangemode="tozero")
    fig.update_layout(barmode="overlay", height=110 + 46 * max(len(names), 1.5))
    for cut in info.cuts:
        fig.add_vline(cut.at / size, line={"color": theme.BASELINE, "width": 1.5, "dash": "dot"})
        word = f"{numbers.about(cut.seconds)} later"
        fig.add_annotation(x=cut.at / size, y=-0.5, text=word, showarrow=False, xanchor="left", yanchor="middle")
    if not info.bars:
        theme.note(fig, "Nothing has been evaluated yet", y=bool(info.waiting))
    return fig


def _bars(info: TimelineInfo, state: TrialState, size: float) -> go.Bar:
    look, mine = LOOKS[state], [bar for bar in info.bars if bar.state == state]
    least = info.span / 400  # what took no time is still seen, and can be clicked
    return go.Bar(
        x=[max(bar.stop - bar.start, least) / size for bar in mine],
        base=[bar.start / size for bar in mine],
        y=[bar.lane for bar in mine],
        orientation="h",
        width=0.72,  # said, for otherwise a state that occurs in few rows has thicker bars
        name=state,
        marker={
            "color": look.colour,
            "pattern": {"shape": look.pattern, "fillmode": "replace", "size": 6, "solidity": 0.4},
            "line": {"color": look.colour if look.pattern else "#ffffff", "width": 1 if look.pattern else 0.5},
        },
        customdata=[bar.trial for bar in mine],
        hovertext=[_hover(bar, info.value_name) for bar in mine],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=bool(mine),
    )


def _marks(info: TimelineInfo, bars: Sequence[Bar], size: float, name: str, marker: Mapping[str, Any]) -> go.Scatter:
    """Marks in the middle of some bars."""
    return go.Scatter(
        x=[(bar.start + bar.stop) / 2 / size for bar in bars],
        y=[bar.lane for bar in bars],
        mode="markers",
        name=name,
        marker={**marker, "line": {"color": "white", "width": 1}},
        customdata=[bar.trial for bar in bars],
        hovertext=[_hover(bar, info.value_name) for bar in bars],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=bool(bars),
    )


def _waiting(info: TimelineInfo, size: float) -> go.Scatter:
    step = min(0.02, 0.2 / max(1, len(info.waiting))) * (info.span or 1.0)
    return go.Scatter(
        x=[(info.span + (k + 1) * step) / size for k in range(len(info.waiting))],
        y=[len(info.lanes)] * len(info.waiting),
        mode="markers",
        name="waiting",
        marker={"color": LOOKS["waiting"].colour, "size": 8, "symbol": LOOKS["waiting"].symbol},
        customdata=[number for number, _ in info.waiting],
        hovertext=[f"trial {number} waits<br>{theme.clipped(term)}" for number, term in info.waiting],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=bool(info.waiting),
    )


def _hover(bar: Bar, value_name: str) -> str:
    value = (
        ""
        if bar.value is None or bar.state != "finished"
        else f": {theme.clipped(value_name, 40, 1)} {numbers.measure(bar.value)}"
    )
    took = f"{numbers.measure(bar.stop - bar.start)}{numbers.GAP}s"
    before = (
        "" if not bar.proposing > 0 else f", after {numbers.measure(bar.proposing, 2)}{numbers.GAP}s to propose and hand over"
    )
    who = theme.clipped(bar.worker) or "worker not recorded"
    why = f"<br>{theme.clipped(bar.reason)}" if bar.reason else ""
    known = f"{theme.clipped(bar.known)}, " if bar.known else ""
    head = f"{known}trial {bar.trial} {LOOKS[bar.state].words}{value}{why}"
    return f"{head}<br>{took}{before}<br>{who}<br>{theme.clipped(bar.term)}"
